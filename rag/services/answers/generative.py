"""The engine that lets a chat model write: it is sent numbered sentences and may only cite their numbers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Usage
from rag.errors import RequestTooLong
from rag.providers.base import ChatModel, Message, Reply
from rag.question.intent import Question
from rag.services.answers.base import total
from rag.text.prompts import REPAIR, answer_messages
from rag.text.token_count import count_tokens
from rag.verification.replies import declines, read_reply

_LEAST_BUDGET = 250  # tokens of evidence; a model that can't read as many is of no use
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

    A model that can't read so much is sent half, and half of that again. One whose reply cites nothing at all is asked
    once more, with a word about what was wrong.
    """

    def __init__(self, model: ChatModel, *, budget: int) -> None:
        self.name = model.name
        self._model = model
        self._budget = budget

    def draft(
        self, question: Question, evidence: Evidence, cancel: threading.Event
    ) -> Iterator[DraftSentence | Reply | Usage]:
        """Sentences of the model's reply as they complete, how it ended where it is not complete, then what it cost.
        Raises ModelError.
        """
        spent: list[Usage] = []
        budget = self._budget
        while True:
            kept = _within(evidence, budget)
            system, user = answer_messages(question.text, kept)
            sent = [Message(role="system", content=system), Message(role="user", content=user)]
            try:
                yield from self._cited(sent, cancel, spent)
                break
            except RequestTooLong:  # before the first word of a reply
                budget = sum(map(_cost, kept)) // 2
                if budget < _LEAST_BUDGET:
                    raise
        yield total(spent)

    def _cited(
        self, sent: Sequence[Message], cancel: threading.Event, spent: list[Usage]
    ) -> Iterator[DraftSentence | Reply | Usage]:
        """The drafts of a reply, or of a second one where no draft of the first cites a sentence; then how it ended,
        if it is not complete or nothing in it can be used.
        """
        heard = _Heard()
        waiting: list[DraftSentence] = []
        cites = False
        for draft in self._drafts(sent, cancel, spent, heard):
            waiting.append(draft)
            if cites := cites or bool(draft.sids):
                yield from waiting
                waiting.clear()
        if cancel.is_set():
            yield from waiting
        elif cites:
            yield from heard.shortfall()
        elif not waiting or heard.ended.ending in ("refusal", "tool_calls") or _refuses(waiting):
            yield from heard.nothing(waiting)
        else:
            yield from self._again(sent, waiting, cancel, spent, heard)

    def _again(
        self,
        sent: Sequence[Message],
        waiting: Sequence[DraftSentence],
        cancel: threading.Event,
        spent: list[Usage],
        first: _Heard,
    ) -> Iterator[DraftSentence | Reply | Usage]:
        """The drafts of a second reply, asked for with a word about the first; those of the first where it is none."""
        again = [*sent, Message(role="assistant", content=first.text), Message(role="user", content=REPAIR)]
        heard = _Heard()
        drafts: list[DraftSentence] = []
        try:
            for draft in self._drafts(again, cancel, spent, heard):
                drafts.append(draft)
                yield draft
        except RequestTooLong:
            yield from waiting
            yield from first.shortfall()
            return
        if drafts or cancel.is_set():
            yield from heard.shortfall()
        else:
            yield from heard.nothing(drafts)

    def _drafts(
        self, sent: Sequence[Message], cancel: threading.Event, spent: list[Usage], heard: _Heard
    ) -> Iterator[DraftSentence]:
        """What a reply drafts; into `heard` goes what was said and how it ended."""

        def pieces() -> Iterator[str]:
            for piece in self._model.stream(sent, cancel=cancel):
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
        if self.ended.ending in ("refusal", "tool_calls"):
            yield self.ended
        elif drafts:
            yield Reply(ending="refusal", words=" ".join(draft.text for draft in drafts))
        elif not declines(self.text):
            yield Reply(ending="empty")


def _refuses(drafts: Sequence[DraftSentence]) -> bool:
    """True if a model that cites nothing says that it will not answer."""
    return len(drafts) <= _REFUSED_IN and bool(_REFUSAL.match(drafts[0].text))


def _within(evidence: Evidence, budget: int) -> list[EvidenceSentence]:
    """The best sentences that fit the budget, in reading order."""
    chosen, left = set(), budget
    for item in sorted(evidence.sentences, key=lambda one: (-one.score, one.sid)):
        cost = _cost(item)
        if cost <= left:
            chosen.add(item.sid)
            left -= cost
    return [item for item in evidence.sentences if item.sid in chosen]


def _cost(item: EvidenceSentence) -> int:
    return count_tokens(item.text) + 8  # the id and the line
