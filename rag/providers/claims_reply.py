"""The claims that a chat model writes in reply to a prompt, and one repair of those that fail their check."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.domain import DraftSentence, Usage
from rag.errors import ModelError
from rag.providers.base import ChatModel, Message, Reply
from rag.text.prompts import CLAIMS_SCHEMA, repair_message
from rag.verification.model_claims import ClaimVerdict, ModelClaimChecker
from rag.verification.replies import read_reply

_MOST_PROBLEMS = 12  # claims that are sent back


@dataclass(slots=True)
class ClaimsReply:
    """The reply of a model to `messages`: how it ended, and what it and its repair have cost, once they are there."""

    model: ChatModel
    messages: Sequence[Message]
    ending: Reply = field(default_factory=lambda: Reply(ending="complete"))
    usages: list[Usage] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The reply as the model wrote it."""
        return "".join(self._pieces)

    def drafts(self, cancel: threading.Event) -> Iterator[DraftSentence]:
        """The claims as they complete. Raises ModelError."""
        return read_reply(self._stream(cancel), cut_off=lambda: self.ending.ending == "cut")

    def repair(self, checker: ModelClaimChecker, items: list[ClaimVerdict]) -> list[ClaimVerdict]:
        """The claims with the model's revisions of those that failed, each sent back with its reason; unchanged if the
        model fails.
        """
        problems = [(item.draft.text, item.check.note or "") for item in items if item.rank < 2][:_MOST_PROBLEMS]
        answer = Message(role="assistant", content=self.text)
        request = Message(role="user", content=repair_message(problems))
        try:
            reply = self.model.complete([*self.messages, answer, request], schema=CLAIMS_SCHEMA)
        except ModelError:
            return items
        self.usages.append(reply.usage)
        return checker.apply_revisions(items, list(read_reply([reply.text])))

    def _stream(self, cancel: threading.Event) -> Iterator[str]:
        for piece in self.model.stream(self.messages, cancel=cancel, schema=CLAIMS_SCHEMA):
            if isinstance(piece, Usage):
                self.usages.append(piece)
            elif isinstance(piece, Reply):
                self.ending = piece
            else:
                self._pieces.append(piece)
                yield piece
