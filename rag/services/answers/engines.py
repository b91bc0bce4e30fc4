"""The engines of answers. The record, which is what the articles say, is the built-in engine's in every answer; an
engine decides what leads it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from rag.domain import AskEvent, Conflict, Ending, Evidence, Phase
from rag.providers.base import ChatModel
from rag.question.compound import merge_evidence
from rag.services.answers.gathering import AnswerBasis
from rag.services.answers.lead import RECORD, LeadOutcome, LeadWriter
from rag.services.answers.lead_evidence import LeadEvidence, narrow
from rag.services.answers.planning import Plan
from rag.verification.citation_ledger import CitationLedger
from rag.verification.entailment import EntailmentModel
from rag.verification.model_claims import EntailmentJudge


@dataclass(frozen=True, slots=True)
class AnswerProgress:
    """An unfinished answer: what is shown so far, notices, sources that differ, and how replies ended that are not
    complete.
    """

    cancel: threading.Event
    ledger: CitationLedger = field(default_factory=CitationLedger)
    notices: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


class Engine:
    """What leads an answer above the record; nothing that it writes is trusted. This one, built in, has no lead: the
    record stands alone. `name` is what a reader calls it; `model` plans searches and translates, and without it only
    questions in English are read.
    """

    name = "built-in"
    model: ChatModel | None = None

    def lead(
        self,
        items: Sequence[AnswerBasis],
        evidence: LeadEvidence,
        progress: AnswerProgress,
        *,
        plan: Plan,
        as_of: date | None,
    ) -> Generator[AskEvent, None, list[AnswerBasis]]:
        """Enters the lead for each question, or for none, in the ledger. Returns the questions for the record: one that
        only the lead answers then rests on what the lead cites.
        """
        with_answer = [item.assessment.evidence for item in items if item.assessment.gap is None]
        if with_answer:
            yield _reading_phase(merge_evidence(with_answer))
            yield Phase(name="writing", detail=self.name)
        return list(items)


class ChatEngine(Engine):
    """The lead of a chat model, checked sentence by sentence. `budget` is the most evidence that it gets, in tokens."""

    def __init__(
        self,
        model: ChatModel,
        *,
        budget: int,
        entailment: EntailmentModel | None = None,
        judge: EntailmentJudge | None = None,
    ) -> None:
        self.name = model.name
        self.model = self._model = model
        self._budget = budget
        self._entailment = entailment
        self._judge = judge

    def lead(
        self,
        items: Sequence[AnswerBasis],
        evidence: LeadEvidence,
        progress: AnswerProgress,
        *,
        plan: Plan,
        as_of: date | None,
    ) -> Generator[AskEvent, None, list[AnswerBasis]]:
        """The model's lead for each question that it may answer."""
        writer = LeadWriter(
            model=self._model,
            budget=self._budget,
            entailment=self._entailment,
            judge=self._judge,
            search=evidence.search,
            find_answer=evidence.find_answer,
            today=as_of or datetime.now(UTC).date(),
            language=plan.language,
        )
        outcomes: list[LeadOutcome] = []
        result: list[AnswerBasis] = []
        for item in items:
            assessment, has_answer = item.assessment, item.assessment.gap is None
            if not item.reading.kind.is_counted and (
                has_answer or evidence.is_worth_asking(item.question, assessment.evidence)
            ):
                wider = evidence.widen(item.question, assessment.evidence, plan.searches)
                yield _reading_phase(wider)
                yield Phase(name="writing", detail=self.name)
                outcome = LeadOutcome()
                yield from writer.write(item.question, wider, progress.ledger, progress.cancel, outcome)
                if not has_answer and outcome.sids:
                    assessment = assessment._replace(evidence=narrow(wider, outcome.sids), gap=None, notes=())
                outcomes.append(outcome)
                for answer in outcome.answers if has_answer else ():
                    if all(one.text != answer.draft.text for one in progress.ledger.sentences):
                        yield progress.ledger.admit(answer.draft, answer.evidence)
            result.append(item._replace(assessment=assessment, drafts=item.drafts if has_answer else None))
        _note_outcomes(outcomes, progress, has_answer=any(item.assessment.gap is None for item in result))
        return result


def _note_outcomes(outcomes: Sequence[LeadOutcome], progress: AnswerProgress, *, has_answer: bool) -> None:
    """Tell the reader of leads that are not shown or are not complete."""
    is_shown = any(outcome.count for outcome in outcomes)
    for outcome in outcomes:
        if has_answer and outcome.ending != "complete":
            progress.endings.append(outcome.ending)
        if is_shown or progress.cancel.is_set():
            progress.notices.extend(outcome.notices)
        elif has_answer:
            progress.notices.append(f"{outcome.why_empty} {RECORD}")
            break  # one is enough
        elif outcome.why_empty:
            progress.notices.append(outcome.why_empty)


def _reading_phase(evidence: Evidence) -> Phase:
    count = len({item.article_id for item in evidence.sentences})
    return Phase(name="reading", detail=f"{len(evidence.sentences)} sentences of {count} articles")
