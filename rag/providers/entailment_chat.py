"""A judge of entailment that is a chat model: one structured request for all claims of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import ReplyError, RequestTooLong
from rag.providers.base import ChatModel, prompt_messages
from rag.text.prompts import VERDICTS_SCHEMA, check_messages, object_in
from rag.verification.model_claims import ClaimCheck, Ruling, Verdict, Verdicts

_RULINGS: dict[str, Ruling] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_stated": "not_stated",
    "not stated": "not_stated",
}
_MOST_OF_A_CLAUSE = 500


class ChatJudge:
    """An EntailmentJudge behind a ChatModel."""

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self._model = model

    def judge(self, claims: Sequence[ClaimCheck]) -> Verdicts:
        """A verdict for each claim, in their order; None where the reply has none for it. Raises ModelError."""
        if not claims:
            return Verdicts(verdicts=())
        messages = prompt_messages(*check_messages([(item.text, _lines(item)) for item in claims]))
        try:
            reply = self._model.complete(messages, schema=VERDICTS_SCHEMA)
        except RequestTooLong:
            if len(claims) == 1:
                raise
            half = len(claims) // 2
            one, other = self.judge(claims[:half]), self.judge(claims[half:])
            usage = one.usage.plus(other.usage)
            return Verdicts(verdicts=(*one.verdicts, *other.verdicts), usage=usage)
        verdicts = read_verdicts(reply.text)
        return Verdicts(verdicts=tuple(verdicts.get(n) for n in range(1, len(claims) + 1)), usage=reply.usage)


def _lines(item: ClaimCheck) -> tuple[str, ...]:
    return (*([f"The claim before it: {item.before}"] if item.before else []), *item.sources)


def read_verdicts(reply: str) -> dict[int, Verdict]:
    """The verdicts of a reply by the number of their claim. A claim that is given two different ones has none. Raises
    ReplyError where the reply is no such list at all.
    """
    items = (object_in(reply) or {}).get("verdicts")
    if not isinstance(items, list):
        raise ReplyError("The reply of the model that checks claims was not a list of verdicts.")
    verdicts: dict[int, Verdict | None] = {}
    for item in items:
        n, ruling, clause = (
            (item.get(key) for key in ("n", "verdict", "clause")) if isinstance(item, dict) else (0, 0, 0)
        )
        ruling_value = _RULINGS.get(ruling.strip().lower()) if isinstance(ruling, str) else None
        if not isinstance(n, int) or isinstance(n, bool) or ruling_value is None:
            continue
        verdict = Verdict(ruling=ruling_value, clause=clause[:_MOST_OF_A_CLAUSE] if isinstance(clause, str) else "")
        verdicts[n] = verdict if n not in verdicts or verdicts[n] == verdict else None
    return {n: verdict for n, verdict in verdicts.items() if verdict}
