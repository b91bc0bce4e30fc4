"""A question to a chat model: the model gets numbered sentences and may only cite their numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.domain import DraftSentence, Evidence, Usage
from rag.errors import RequestTooLong
from rag.providers.base import ChatModel, Reply, prompt_messages
from rag.providers.claims import ClaimsReply
from rag.question.intent import Question
from rag.question.lexicon import PATTERNS
from rag.services.answers.material import material, tokens_of
from rag.text.prompts import answer_messages
from rag.verification.model_claims import ClaimVerdict, ModelClaimChecker
from rag.verification.replies import declines

_LEAST_BUDGET = 100  # tokens of evidence; a model that can't read as many is of no use
_LONGEST_REFUSAL = 4  # sentences


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
    _reply: ClaimsReply = field(init=False)

    @property
    def usages(self) -> list[Usage]:
        """What the requests have cost."""
        return self._reply.usages

    @property
    def has_declined(self) -> bool:
        """True if the model says that the articles hold no answer."""
        return declines(self._reply.text)

    def first(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply]:
        """Sentences of the model's reply as they complete, then a Reply on its ending if it is incomplete or unusable.
        Raises ModelError.
        """
        budget = self.budget
        while True:
            sentences = material(self.evidence, budget)
            prompt = answer_messages(
                self.question.text, sentences, self.evidence.statements, today=self.today, language=self.language
            )
            self._reply = ClaimsReply(self.model, prompt_messages(*prompt))
            try:
                yield from self._usable(cancel)
                return
            except RequestTooLong:  # before the first word of a reply
                budget = sum(tokens_of(item, self.evidence.statements) for item in sentences) // 2
                if budget < _LEAST_BUDGET:
                    raise

    def repair(self, checker: ModelClaimChecker, items: list[ClaimVerdict]) -> list[ClaimVerdict]:
        """As `ClaimsReply.repair`."""
        return self._reply.repair(checker, items)

    def _usable(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply]:
        """The drafts of the reply, or only its ending if it is a refusal."""
        reply = self._reply
        drafts: list[DraftSentence] = []
        is_usable = False
        for draft in reply.drafts(cancel):
            drafts.append(draft)
            if is_usable := is_usable or bool(draft.sids) or draft.claim == "gap":
                yield from drafts
                drafts.clear()
        if cancel.is_set():
            yield from drafts
        elif not is_usable and (not drafts or reply.ending.ending in ("refusal", "tool_calls") or _is_refusal(drafts)):
            yield from self._why_empty(drafts)
        else:
            yield from drafts
            if reply.ending.ending != "complete":
                yield reply.ending

    def _why_empty(self, drafts: Sequence[DraftSentence]) -> Iterator[Reply]:
        """Why the reply has no sentence to show; nothing if it says that the articles hold no answer."""
        if self._reply.ending.ending in ("refusal", "tool_calls", "cut"):
            yield self._reply.ending
        elif drafts:
            yield Reply(ending="refusal", words=" ".join(draft.text for draft in drafts))
        elif not self.has_declined:
            yield Reply(ending="empty")


def _is_refusal(drafts: Sequence[DraftSentence]) -> bool:
    """True if a reply without citations says that the model will not answer."""
    return len(drafts) <= _LONGEST_REFUSAL and bool(PATTERNS.refusal.match(drafts[0].text))
