"""The engine that lets a chat model write: it is sent numbered sentences and may only cite their numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Usage
from rag.errors import RequestTooLong
from rag.providers.base import ChatModel, Message
from rag.question.intent import Question
from rag.services.answers.base import total
from rag.text.prompts import REPAIR, answer_messages
from rag.text.token_count import count_tokens
from rag.verification.replies import read_reply

_LEAST_BUDGET = 250  # tokens of evidence; a model that can't read as many is of no use


class ChatEngine:
    """Drafts with a ChatModel. `budget` is the most evidence that it sends, in tokens; whole sentences only.

    A model that can't read so much is sent half, and half of that again. One whose reply cites nothing at all is asked
    once more, with a word about what was wrong.
    """

    def __init__(self, model: ChatModel, *, budget: int) -> None:
        self.name = model.name
        self._model = model
        self._budget = budget

    def draft(self, question: Question, evidence: Evidence, cancel: threading.Event) -> Iterator[DraftSentence | Usage]:
        """Sentences of the model's reply as they complete, then what it cost. Raises ModelError."""
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
    ) -> Iterator[DraftSentence | Usage]:
        """The drafts of a reply; those of a second one where no draft of the first cites a sentence."""
        said: list[str] = []
        waiting: list[DraftSentence] = []
        cites = False
        for draft in read_reply(self._pieces(sent, cancel, spent, said)):
            waiting.append(draft)
            if cites := cites or bool(draft.sids):
                yield from waiting
                waiting.clear()
        if not waiting or cancel.is_set():
            yield from waiting
            return
        again = [*sent, Message(role="assistant", content="".join(said)), Message(role="user", content=REPAIR)]
        try:
            yield from read_reply(self._pieces(again, cancel, spent, []))
        except RequestTooLong:
            yield from waiting

    def _pieces(
        self, sent: Sequence[Message], cancel: threading.Event, spent: list[Usage], said: list[str]
    ) -> Iterator[str]:
        for piece in self._model.stream(sent, cancel=cancel):
            if isinstance(piece, Usage):
                spent.append(piece)
            else:
                said.append(piece)
                yield piece


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
