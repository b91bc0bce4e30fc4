"""A trial of a language model before it is used: is it listed, does it stream, keep to a form, and judge claims?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from rag.display import plural
from rag.domain import Evidence, EvidenceSentence, ModelTrial, TrialStep, Usage
from rag.errors import ModelError, OnRecordError
from rag.providers.base import ChatModel, Message, Reply, prompt_messages
from rag.text.prompts import CLAIMS_SCHEMA, EXAMPLE_QUESTION, EXAMPLE_SENTENCES, answer_messages, source_lines
from rag.verification.model_claims import ClaimCheck, EntailmentJudge
from rag.verification.replies import read_reply
from rag.verification.verify import verify

_TITLE, _OUTLET, _DAY = "Pier to close", "Lakeside Courier", date(2021, 4, 12)
_TRUE = "The ferry pier is to be closed on 4 May."
_FALSE = "The ferry pier stays open for good."
_MOST_NAMES = 3  # of other models, if the model is not listed

_Result = tuple[bool, str]
_RULINGS = {"supported": "supported", "contradicted": "contradicted", "not_stated": "not stated"}


class _Trial:
    """The steps of a trial with one model. `models` lists what its server offers."""

    def __init__(
        self, model: ChatModel, judge: EntailmentJudge | None, models: Callable[[], Sequence[str]] | None
    ) -> None:
        self._model, self._judge, self._models = model, judge, models
        self._evidence = _example()
        self.usage = Usage()

    def is_listed(self) -> _Result:
        """Whether the server lists the model."""
        if self._models is None:
            return True, "The model is a file, so there is nothing to list."
        names = list(self._models())
        if self._model.name in names:
            which = "that one" if len(names) == 1 else "one of them"
            return True, f"The server lists {plural(len(names), 'model')}; {self._model.name!r} is {which}."
        some = ", ".join(sorted(names)[:_MOST_NAMES])
        more = " …" if len(names) > _MOST_NAMES else ""
        return False, f"The server does not list {self._model.name!r}; it lists {f'{some}{more}' if some else 'none'}."

    def streams(self) -> _Result:
        """Whether an answer comes in pieces, and whether its claims pass their check."""
        started, first = time.monotonic(), 0.0
        pieces: list[str] = []
        for item in self._model.stream(self._messages(), cancel=threading.Event(), schema=CLAIMS_SCHEMA):
            if isinstance(item, Usage):
                self.usage = self.usage.plus(item)
            elif isinstance(item, Reply):
                return False, item.notice
            elif item:
                first = first or time.monotonic() - started
                pieces.append(item)
        if not pieces:
            return False, "The model said nothing."
        drafts = list(read_reply(pieces))
        good = sum(verify(draft, self._evidence).outcome != "withheld" for draft in drafts)
        if not drafts:
            return False, "The model answered, but not with claims and their sources."
        pace = f"First words after {first:.1f} s, all after {time.monotonic() - started:.1f} s"
        how = "in pieces" if len(pieces) > 1 else "in one piece, so that nothing is shown before its end"
        return good > 0, f"{pace}, {how}; {good} of {len(drafts)} claims stand up to their check."

    def keeps_form(self) -> _Result:
        """Whether a complete reply keeps to the schema."""
        reply = self._model.complete(self._messages(), schema=CLAIMS_SCHEMA)
        self.usage = self.usage.plus(reply.usage)
        claims = [draft for draft in read_reply([reply.text]) if draft.claim]
        if claims:
            return (
                True,
                f"The reply has the requested form: {plural(len(claims), 'claim')} with their sources and kinds.",
            )
        return False, "The reply is not in the requested form; plain sentences with ids are read instead."

    def judges(self) -> _Result:
        """Whether the judge distinguishes a true claim from a false one."""
        if self._judge is None:
            return True, "Claims are not judged by a model (ONRECORD_CHECK is off); the rules alone check them."
        sources = source_lines(self._evidence.sentences[:1])
        judgement = self._judge.judge([ClaimCheck(text=text, sources=sources) for text in (_TRUE, _FALSE)])
        self.usage = self.usage.plus(judgement.usage)
        rulings = [verdict.ruling if verdict else None for verdict in judgement.verdicts]
        if None in rulings:
            return False, f"{self._judge.name!r} gave no verdict that can be read; what rules can't confirm is marked."
        of_true, of_false = (_RULINGS[ruling] for ruling in rulings if ruling)
        if rulings[0] == "supported" and rulings[1] != "supported":
            return True, f"{self._judge.name!r} tells a true claim from a false one."
        return False, f"{self._judge.name!r} calls a true claim {of_true} and a false one {of_false}."

    def _messages(self) -> list[Message]:
        return prompt_messages(*answer_messages(EXAMPLE_QUESTION, self._evidence.sentences))


def try_model(
    model: ChatModel, judge: EntailmentJudge | None, models: Callable[[], Sequence[str]] | None
) -> ModelTrial:
    """A trial on an invented article of three sentences, with at most four requests. A step that fails says why, and
    the others follow all the same, unless the first two requests fail in the same words: then these are all that there
    is to say. A ModelError is never raised.
    """
    trial = _Trial(model, judge, models)
    steps: list[TrialStep] = []
    for name, try_step in (
        ("models", trial.is_listed), ("stream", trial.streams),
        ("structured", trial.keeps_form), ("judged", trial.judges),
    ):  # fmt: skip
        started = time.monotonic()
        try:
            works, says = try_step()
        except ModelError as exc:
            works, says = False, str(exc)
            if [step.says for step in steps] == [says]:
                return ModelTrial(model=model.name, steps=(replace(steps[0], name="settings"),), usage=trial.usage)
        steps.append(TrialStep(name=name, works=works, says=says, seconds=round(time.monotonic() - started, 2)))
    return ModelTrial(model=model.name, steps=tuple(steps), usage=trial.usage)


def no_trial(name: str | None, why: OnRecordError | str) -> ModelTrial:
    """The trial of a model that can't be reached at all."""
    step = TrialStep(name="settings", works=False, says=str(why), seconds=0.0)
    return ModelTrial(model=name, steps=(step,), usage=Usage())


def _example() -> Evidence:
    text, sentences = "", []
    for sid, sentence in EXAMPLE_SENTENCES.items():
        start = len(text)
        text += f"{sentence} "
        sentences.append(
            EvidenceSentence(
                sid=sid, article_id="trial", version="1", start=start, end=start + len(sentence), text=sentence,
                title=_TITLE, outlet=_OUTLET, published=_DAY,
            )
        )  # fmt: skip
    return Evidence(sentences=tuple(sentences), texts={("trial", "1"): text})
