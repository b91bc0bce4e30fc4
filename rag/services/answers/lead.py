"""The lead that a model writes above the record: drafted, checked, repaired once, and shown where it is supported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from rag.domain import AskEvent, Ending, Evidence, Phase, SentenceShown
from rag.errors import ModelError
from rag.providers.base import ChatModel, Reply
from rag.question.intent import Question
from rag.services.answers.base import total_usage
from rag.services.answers.generative import Conversation
from rag.verification.citation_ledger import CitationLedger
from rag.verification.entailment import EntailmentModel
from rag.verification.model_claims import (
    ClaimVerdict,
    EntailmentJudge,
    FindAnswer,
    ModelClaimChecker,
    RecordAnswer,
    Search,
)

RECORD = "What stands here is what the articles say, as the built-in engine finds it."


@dataclass(slots=True)
class LeadOutcome:
    """The outcome of a lead: how many of its sentences are shown, how the reply ended, and notices for the reader."""

    count: int = 0
    sids: list[str] = field(default_factory=list)  # of the sentences that it rests on
    ending: Ending = "complete"
    notices: list[str] = field(default_factory=list)
    why_empty: str = ""  # why nothing of it is shown
    answers: list[RecordAnswer] = field(default_factory=list)  # to what it says, untruly, is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadWriter:
    """Writes leads with a chat model, which gets `budget` tokens of evidence. `entailment` and `judge` may be None;
    `search` and `find_answer` look for what it says is missing; `today` is the day of the question; `language` the one
    to write in, if not the question's own.
    """

    model: ChatModel
    budget: int
    entailment: EntailmentModel | None
    judge: EntailmentJudge | None
    search: Search
    find_answer: FindAnswer
    today: date | None = None
    language: str | None = None

    def write(
        self,
        question: Question,
        evidence: Evidence,
        ledger: CitationLedger,
        cancel: threading.Event,
        outcome: LeadOutcome,
    ) -> Iterator[AskEvent]:
        """The checked sentences, as soon as no sentence before them awaits repair; fills in `outcome`. The first one is
        judged by itself, so that it is shown before the model has written all. A failure of the model is no error but
        a notice of the outcome.
        """
        checker = ModelClaimChecker(
            evidence=evidence,
            question=question.text,
            entailment=self.entailment,
            judge=self.judge,
            search=self.search,
            find_answer=self.find_answer,
        )
        conversation = Conversation(self.model, question, evidence, self.budget, self.today, self.language)
        items: list[ClaimVerdict] = []
        entered = judged = 0
        try:
            for draft in conversation.first(cancel):
                if isinstance(draft, Reply):
                    outcome.ending = draft.ending
                    outcome.notices.append(draft.notice)
                else:
                    items.append(checker.check(draft, items[-1] if items else None))
                    if self.judge and len(items) == 1:
                        items = checker.apply_judge(items)  # while the model writes the next one
                        judged = 1
                    if (self.judge is None or len(items) == judged) and all(item.rank == 2 for item in items):
                        yield self._enter(items[-1], evidence, ledger, outcome)
                        entered += 1
        except ModelError as exc:
            outcome.notices.append(f"The model broke off: {exc}" if items else f"The model could not answer: {exc}")
            outcome.ending = "cut" if items else "empty"
        is_complete = not outcome.notices
        if items and not cancel.is_set():
            yield Phase(name="checking", detail=self.judge.name if self.judge else "")
            items = checker.apply_judge(items, since=judged)
            if is_complete and any(item.rank < 2 for item in items):
                items = conversation.repair(checker, items)
        for item in items[entered:]:
            yield self._enter(item, evidence, ledger, outcome)
        ledger.usage = total_usage([ledger.usage, *conversation.usages, *checker.usage])
        if checker.failed and outcome.count:
            outcome.notices.append(
                f"The model that checks sentences gave no verdict ({checker.failed}) "
                "What the rules alone can’t confirm is marked."
            )
        if not outcome.count:
            outcome.why_empty = self._why_empty(outcome, conversation, items)

    @staticmethod
    def _enter(item: ClaimVerdict, evidence: Evidence, ledger: CitationLedger, outcome: LeadOutcome) -> AskEvent:
        event = ledger.enter(item.check, evidence, remark=item.remark)
        if isinstance(event, SentenceShown):
            outcome.count += 1
            outcome.sids += item.draft.sids
        elif item.answer:
            outcome.answers.append(item.answer)
        return event

    def _why_empty(self, outcome: LeadOutcome, conversation: Conversation, items: list[ClaimVerdict]) -> str:
        if outcome.notices:
            return outcome.notices[0]
        if items:
            count = "The one sentence" if len(items) == 1 else f"None of the {len(items)} sentences"
            verb = "could not be" if len(items) == 1 else "could be"
            return f"{count} that {self.model.name} wrote {verb} confirmed."
        if conversation.has_declined:
            return f"{self.model.name} finds no answer to this in the articles."
        return Reply(ending="empty").notice
