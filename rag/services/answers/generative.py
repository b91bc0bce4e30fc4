"""The engine that lets a chat model write: it is sent numbered sentences and may only cite their numbers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from datetime import date

from rag.domain import DraftSentence, Evidence, Usage
from rag.errors import RequestTooLong
from rag.providers.base import ChatModel, Message, Reply
from rag.question.intent import Question
from rag.services.answers.base import total_usage
from rag.services.answers.material import material, tokens_of
from rag.text.prompts import CLAIMS_SCHEMA, answer_messages, repair_message
from rag.verification.replies import declines, read_reply

_LEAST_BUDGET = 100  # tokens of evidence; a model that can't read as many is of no use
_MOST_PROBLEMS = 12  # claims that are sent back
_REFUSED_IN = 4  # sentences, at most
_REFUSAL = re.compile(
    r"(?:i['’]?m (?:(?:very |so )?sorry|unable|not able|afraid)|i am (?:(?:very |so )?sorry|unable|not able)|sorry\b"
    r"|i apologi[sz]e|unfortunately,? i\b|i (?:can(?:no|['’]?)t|won['’]?t|will not|must decline)\b"
    r"|as an ai|(?:es )?tut mir leid|ich kann\b[^.]*\bnicht"
    r"|lo siento|no puedo|je suis désolé|désolé|je ne (?:peux|suis) pas"
    r"|mi dispiace|non posso|desculpe|não posso|üzgünüm|извините|het spijt me|przykro mi)",
    re.IGNORECASE,
)


class ChatEngine:
    """Drafts with a ChatModel. `budget` is the most evidence that it sends, in tokens; whole sentences only.

    A model that can't read so much is sent half, and half of that again.
    """

    def __init__(self, model: ChatModel, *, budget: int) -> None:
        self.name = model.name
        self._model = model
        self._budget = budget

    def draft(
        self, question: Question, evidence: Evidence, cancel: threading.Event
    ) -> Iterator[DraftSentence | Reply | Usage]:
        """Sentences of the model's reply as they complete, how it ended where it is not complete or has nothing that
        can be used, then what it cost. Raises ModelError.
        """
        yield from self.conversation(question, evidence).first(cancel)

    def conversation(
        self, question: Question, evidence: Evidence, *, today: date | None = None, language: str | None = None
    ) -> Conversation:
        """What is said to the model, and by it, about one question, which is asked on the day `today`; it is to write
        in `language`, if one is given.
        """
        return Conversation(self._model, question, evidence, self._budget, today, language)


class Conversation:
    """One question to a model: its first reply, and a second one on what did not pass."""

    def __init__(
        self,
        model: ChatModel,
        question: Question,
        evidence: Evidence,
        budget: int,
        today: date | None,
        language: str | None,
    ) -> None:
        self._model = model
        self._question = question
        self._evidence = evidence
        self._budget = budget
        self._today = today
        self._language = language
        self._sent: list[Message] = []
        self._heard = _Heard()

    @property
    def declined(self) -> bool:
        """True if the model has said that the articles hold no answer."""
        return declines(self._heard.text)

    def first(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply | Usage]:
        """As `ChatEngine.draft`."""
        spent: list[Usage] = []
        budget = self._budget
        while True:
            kept = material(self._evidence, budget)
            system, user = answer_messages(
                self._question.text, kept, self._evidence.statements, today=self._today, language=self._language
            )
            self._sent = [Message(role="system", content=system), Message(role="user", content=user)]
            self._heard = _Heard()
            try:
                yield from self._cited(cancel, spent)
                break
            except RequestTooLong:  # before the first word of a reply
                budget = sum(tokens_of(item, self._evidence.statements) for item in kept) // 2
                if budget < _LEAST_BUDGET:
                    raise
        yield total_usage(spent)

    def again(self, problems: Sequence[tuple[str, str]]) -> tuple[list[DraftSentence], Usage]:
        """What the model makes of claims that did not pass, each with its reason. Raises ModelError."""
        answer = Message(role="assistant", content=self._heard.text)
        request = Message(role="user", content=repair_message(problems[:_MOST_PROBLEMS]))
        reply = self._model.complete([*self._sent, answer, request], schema=CLAIMS_SCHEMA)
        return list(read_reply([reply.text])), reply.usage

    def _cited(self, cancel: threading.Event, spent: list[Usage]) -> Iterator[DraftSentence | Reply]:
        """The drafts of the reply; where all it says is that it will not answer, that alone."""
        heard = self._heard
        waiting: list[DraftSentence] = []
        usable = False
        for draft in self._drafts(cancel, spent):
            waiting.append(draft)
            if usable := usable or bool(draft.sids) or draft.claim == "gap":
                yield from waiting
                waiting.clear()
        if cancel.is_set():
            yield from waiting
        elif usable:
            yield from heard.shortfall()
        elif not waiting or heard.ended.ending in ("refusal", "tool_calls") or _refuses(waiting):
            yield from heard.nothing(waiting)
        else:
            yield from waiting
            yield from heard.shortfall()

    def _drafts(self, cancel: threading.Event, spent: list[Usage]) -> Iterator[DraftSentence]:
        """What the reply drafts; what was said and how it ended is kept."""
        heard = self._heard

        def pieces() -> Iterator[str]:
            for piece in self._model.stream(self._sent, cancel=cancel, schema=CLAIMS_SCHEMA):
                if isinstance(piece, Usage):
                    spent.append(piece)
                elif isinstance(piece, Reply):
                    heard.ended = piece
                else:
                    heard.said.append(piece)
                    yield piece

        return read_reply(pieces(), cut_off=lambda: heard.ended.ending == "cut")


class _Heard:
    """What a model said, and how it ended."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.ended = Reply(ending="complete")

    @property
    def text(self) -> str:
        return "".join(self.said)

    def shortfall(self) -> Iterator[Reply]:
        """How the reply ended, where it is not complete."""
        if self.ended.ending != "complete":
            yield self.ended

    def nothing(self, drafts: Sequence[DraftSentence]) -> Iterator[Reply]:
        """Why the reply has no sentence to show; nothing where it says that the articles hold no answer."""
        if self.ended.ending in ("refusal", "tool_calls", "cut"):
            yield self.ended
        elif drafts:
            yield Reply(ending="refusal", words=" ".join(draft.text for draft in drafts))
        elif not declines(self.text):
            yield Reply(ending="empty")


def _refuses(drafts: Sequence[DraftSentence]) -> bool:
    """True if a model that cites nothing says that it will not answer."""
    return len(drafts) <= _REFUSED_IN and bool(_REFUSAL.match(drafts[0].text))
