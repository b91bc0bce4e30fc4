"""The engine that lets a chat model write: it is sent numbered sentences and may only cite their numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from rag.domain import DraftSentence, EvidenceSentence, Usage
from rag.evidence.question import Question
from rag.evidence.replies import read_reply
from rag.evidence.retrieval import Evidence
from rag.providers.base import ChatModel, Message
from rag.text.prompts import answer_messages
from rag.text.tokens import count_tokens


class ChatEngine:
    """Drafts with a ChatModel. `budget` is the most evidence that it sends, in tokens; whole sentences only."""

    def __init__(self, model: ChatModel, *, budget: int) -> None:
        self.name = model.name
        self._model = model
        self._budget = budget

    def draft(self, question: Question, evidence: Evidence, cancel: threading.Event) -> Iterator[DraftSentence | Usage]:
        """Sentences of the model's reply as they complete, then what it cost."""
        kept = _within(evidence, self._budget)
        system, user = answer_messages(question.text, kept)
        spent: list[Usage] = []

        def pieces() -> Iterator[str]:
            sent = [Message(role="system", content=system), Message(role="user", content=user)]
            for piece in self._model.stream(sent, cancel=cancel):
                if isinstance(piece, Usage):
                    spent.append(piece)
                else:
                    yield piece

        yield from read_reply(pieces())
        yield from spent


def _within(evidence: Evidence, budget: int) -> list[EvidenceSentence]:
    """The best sentences that fit the budget, in reading order."""
    chosen, left = set(), budget
    for item in sorted(evidence.sentences, key=lambda one: (-one.score, one.sid)):
        cost = count_tokens(item.text) + 8  # the id and the line
        if cost <= left:
            chosen.add(item.sid)
            left -= cost
    return [item for item in evidence.sentences if item.sid in chosen]
