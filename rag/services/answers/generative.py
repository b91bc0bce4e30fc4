"""A question to a chat model: the model gets numbered sentences and may only cite their numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.domain import DraftSentence, Evidence, Usage
from rag.errors import RequestTooLong
from rag.providers.base import ChatModel, Message, Reply, prompt_messages
from rag.question.intent import Question
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import total_usage
from rag.services.answers.material import material, tokens_of
from rag.text.prompts import CLAIMS_SCHEMA, answer_messages, repair_message
from rag.verification.replies import declines, read_reply

_LEAST_BUDGET = 100  # tokens of evidence; a model that can't read as many is of no use
_MOST_PROBLEMS = 12  # claims that are sent back
_LONGEST_REFUSAL = 4  # sentences


@dataclass(slots=True)
class _ReplyText:
    """The text of a model's reply, and its ending."""

    pieces: list[str] = field(default_factory=list)
    final: Reply = field(default_factory=lambda: Reply(ending="complete"))

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def shortfall(self) -> Iterator[Reply]:
        """The ending of the reply, unless it is complete."""
        if self.final.ending != "complete":
            yield self.final

    def why_empty(self, drafts: Sequence[DraftSentence]) -> Iterator[Reply]:
        """Why the reply has no sentence to show; nothing if it says that the articles hold no answer."""
        if self.final.ending in ("refusal", "tool_calls", "cut"):
            yield self.final
        elif drafts:
            yield Reply(ending="refusal", words=" ".join(draft.text for draft in drafts))
        elif not declines(self.text):
            yield Reply(ending="empty")


@dataclass(slots=True)
class Conversation:
    """One question of the day `today` to a model: its first reply, and a second one on the claims that failed their
    check. The model is to write in `language`, unless None. It gets whole sentences of evidence, at most `budget`
    tokens; if it can't read so much, half of that, until it can.
    """

    model: ChatModel
    question: Question
    evidence: Evidence
    budget: int
    today: date | None = None
    language: str | None = None
    _messages: list[Message] = field(default_factory=list)
    _reply: _ReplyText = field(default_factory=_ReplyText)

    @property
    def has_declined(self) -> bool:
        """True if the model says that the articles hold no answer."""
        return declines(self._reply.text)

    def first(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply | Usage]:
        """Sentences of the model's reply as they complete, a Reply on its ending if it is incomplete or unusable, then
        its cost. Raises ModelError.
        """
        usages: list[Usage] = []
        budget = self.budget
        while True:
            sentences = material(self.evidence, budget)
            prompt = answer_messages(
                self.question.text, sentences, self.evidence.statements, today=self.today, language=self.language
            )
            self._messages = prompt_messages(*prompt)
            self._reply = _ReplyText()
            try:
                yield from self._usable(cancel, usages)
                break
            except RequestTooLong:  # before the first word of a reply
                budget = sum(tokens_of(item, self.evidence.statements) for item in sentences) // 2
                if budget < _LEAST_BUDGET:
                    raise
        yield total_usage(usages)

    def revise(self, problems: Sequence[tuple[str, str]]) -> tuple[list[DraftSentence], Usage]:
        """The model's revisions of claims that failed, each with its reason. Raises ModelError."""
        answer = Message(role="assistant", content=self._reply.text)
        request = Message(role="user", content=repair_message(problems[:_MOST_PROBLEMS]))
        reply = self.model.complete([*self._messages, answer, request], schema=CLAIMS_SCHEMA)
        return list(read_reply([reply.text])), reply.usage

    def _usable(self, cancel: threading.Event, usages: list[Usage]) -> Iterator[DraftSentence | Reply]:
        """The drafts of the reply, or only its ending if it is a refusal."""
        reply = self._reply
        drafts: list[DraftSentence] = []
        is_usable = False
        for draft in self._read(cancel, usages):
            drafts.append(draft)
            if is_usable := is_usable or bool(draft.sids) or draft.claim == "gap":
                yield from drafts
                drafts.clear()
        if cancel.is_set():
            yield from drafts
        elif is_usable:
            yield from reply.shortfall()
        elif not drafts or reply.final.ending in ("refusal", "tool_calls") or _is_refusal(drafts):
            yield from reply.why_empty(drafts)
        else:
            yield from drafts
            yield from reply.shortfall()

    def _read(self, cancel: threading.Event, usages: list[Usage]) -> Iterator[DraftSentence]:
        """The drafts of the reply, whose text and ending are recorded."""
        reply = self._reply

        def pieces() -> Iterator[str]:
            for piece in self.model.stream(self._messages, cancel=cancel, schema=CLAIMS_SCHEMA):
                if isinstance(piece, Usage):
                    usages.append(piece)
                elif isinstance(piece, Reply):
                    reply.final = piece
                else:
                    reply.pieces.append(piece)
                    yield piece

        return read_reply(pieces(), cut_off=lambda: reply.final.ending == "cut")


def _is_refusal(drafts: Sequence[DraftSentence]) -> bool:
    """True if a reply without citations says that the model will not answer."""
    return len(drafts) <= _LONGEST_REFUSAL and bool(PATTERNS.refusal.match(drafts[0].text))
