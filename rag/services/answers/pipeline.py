"""The pipeline of one answer, from the question to checked sentences."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile

from rag.domain import (
    UNREADABLE,
    Answer,
    AskEvent,
    Citation,
    Conflict,
    Ending,
    Evidence,
    Filters,
    Finished,
    Phase,
    Understood,
    Usage,
)
from rag.errors import ModelError
from rag.providers.base import ChatModel, RelevanceJudge, Reply
from rag.question.compound import merge_evidence
from rag.question.interpret import Interpretation
from rag.question.kinds import AnswerKind
from rag.retrieval.search import Retriever
from rag.services.answers.base import DraftEngine, best_scores, total_usage
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.gathering import AnswerBasis, Gatherer, floor_of, nearest_to
from rag.services.answers.generative import ChatEngine
from rag.services.answers.lead import RECORD, LeadOutcome, LeadWriter
from rag.services.answers.lead_evidence import LeadEvidence, narrow
from rag.services.answers.planning import Plan, translate
from rag.services.answers.shapes.base import Overview
from rag.stores.library import Library
from rag.text.language import question_language
from rag.text.revisions import genre_of
from rag.verification.citation_ledger import CitationLedger
from rag.verification.conflicts import show_both_sides
from rag.verification.model_claims import EntailmentJudge

_MAY_ANSWER = 0.5  # score from which a sentence may answer


@dataclass(frozen=True, slots=True)
class _Run:
    """One answer in the making: what is shown so far, its notices, and how replies ended that are not complete."""

    cancel: threading.Event
    ledger: CitationLedger = field(default_factory=CitationLedger)
    notices: list[str] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


class AnswerPipeline:
    """Answers questions over one library with one engine."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        engine: DraftEngine,
        judge: RelevanceJudge | None = None,
        *,
        entailment: EntailmentJudge | None = None,
        overview: Overview | None = None,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._engine = engine
        self._entailment = entailment
        self._gatherer = Gatherer(library, retriever, judge, overview)

    def stream(
        self,
        reading: Interpretation,
        *,
        cancel: threading.Event,
        plan: Plan | None = None,
        translator: ChatModel | None = None,
    ) -> Iterator[AskEvent]:
        """Phases, verified sentences and withheld notes as they come, then the finished answer. If a question asks
        several things and any is answered, each is answered by itself, or said not to be.

        The lead of a chat model comes first, then the record that the built-in engine finds, which stands alone if the
        model fails or nothing that it wrote is shown. A `plan` has more to search for, and the language of the question
        if that is not the library's: `translator` then translates the record.
        """
        started = time.monotonic()
        yield Phase(name="searching")
        if reading.rewritten:
            yield Phase(name="searching", detail=reading.rewritten)
        items = [self._gatherer.gather(item, cancel) for item in reading.sub_questions]
        if all(item.assessment.gap is not None for item in items):  # the whole may say more than its parts
            items = [self._gatherer.gather(reading, cancel)]
        language = self._unreadable_language(reading.original)
        if language and all(item.assessment.gap is not None for item in items):
            items = [self._gatherer.gather_foreign(reading, language)]
        run = _Run(cancel)
        ledger, notices = run.ledger, run.notices
        floor = floor_of(items[0].question)
        conflicts: list[Conflict] = []
        if isinstance(self._engine, ChatEngine):
            items = yield from self._write_leads(self._engine, items, reading.filters, run, plan or Plan())
        with_answer = [item for item in items if item.assessment.gap is None]
        evidence = merge_evidence([item.assessment.evidence for item in with_answer or items])
        if with_answer:
            if not isinstance(self._engine, ChatEngine):
                yield _reading_phase(evidence)
                yield Phase(name="writing", detail=self._engine.name)
            yield from self._write_record(items, run)
            if cancel.is_set():
                notices.append("Stopped before the end.")
            asks_one_day = reading.scope.is_dated and reading.kind is not AnswerKind.YES_NO
            if reading.sub_questions or (reading.kind.weighs_sources and not asks_one_day):
                more, conflicts = show_both_sides(ledger, _on_question(evidence, ledger))
                yield from more
            notices += self._source_notices(ledger.citations)
        elif gap := items[0].assessment.gap:
            notices.insert(0, gap)
        away = next((item.away for item in items if item.away), None)
        if not language:
            notices += self._retriever.search_notices(ledger.citations or evidence.hits, reading.original, away=away)
        nearest = nearest_to(evidence)
        notices += _quarantine_notices(evidence, [item.article_id for item in ledger.citations or nearest])
        sentences = tuple(ledger.sentences)
        usages = [one for one in (reading.usage, ledger.usage) if one]
        if plan and plan.language and translator and not cancel.is_set():
            sentences, usage = translate(sentences, plan.language, translator)
            usages += [usage] if usage else []
        support = _support_of(items)
        yield Finished(
            answer=Answer(
                question=reading.original,
                rewritten=reading.rewritten,
                abstained=not ledger.sentences,
                support=round(support if ledger.sentences else min(support, floor), 4),
                engine=_engine_name(self._engine, ledger),
                answer=ledger.text(),
                sentences=sentences,
                citations=tuple(ledger.citations),
                withheld=tuple(ledger.withheld),
                conflicts=tuple(conflicts),
                usage=total_usage(usages) if len(usages) > 1 else ledger.usage,
                elapsed_ms=round((time.monotonic() - started) * 1000, 1),
                nearest=() if ledger.sentences else nearest,
                notices=tuple(notices),
                understood=_understood(items),
                ending=run.endings[0] if run.endings else "complete",
                kind=UNREADABLE if language and not ledger.sentences else str(reading.kind),
                subject=reading.shape.subject,
            )
        )

    def _write_leads(
        self, engine: ChatEngine, items: Sequence[AnswerBasis], filters: Filters, run: _Run, plan: Plan
    ) -> Generator[AskEvent, None, list[AnswerBasis]]:
        """The model's lead for each question that it may answer. Returns the questions; one that the model alone
        answers then rests on what its lead cites.
        """
        lead_evidence = LeadEvidence(self._library, self._retriever, filters)
        today = filters.as_of or datetime.now(UTC).date()
        writer = LeadWriter(
            engine=engine, judge=self._entailment, search=lead_evidence.search, today=today, language=plan.language
        )
        outcomes: list[LeadOutcome] = []
        result: list[AnswerBasis] = []
        for item in items:
            assessment, has_answer = item.assessment, item.assessment.gap is None
            if not item.reading.kind.is_counted and (
                has_answer or lead_evidence.is_worth_asking(item.question, assessment.evidence)
            ):
                evidence = lead_evidence.widen(item.question, assessment.evidence, plan.searches)
                yield _reading_phase(evidence)
                yield Phase(name="writing", detail=engine.name)
                outcome = LeadOutcome()
                yield from writer.write(item.question, evidence, run.ledger, run.cancel, outcome)
                if not has_answer and outcome.sids:
                    assessment = assessment._replace(evidence=narrow(evidence, outcome.sids), gap=None, notes=())
                outcomes.append(outcome)
            result.append(item._replace(assessment=assessment, drafts=item.drafts if has_answer else None))
        is_shown = any(outcome.shown for outcome in outcomes)
        has_answer = any(item.assessment.gap is None for item in result)
        for outcome in outcomes:
            run.endings.extend([outcome.ending] if has_answer and outcome.ending != "complete" else [])
            if is_shown or run.cancel.is_set():
                run.notices.extend(outcome.notices)
            elif has_answer:
                run.notices.append(f"{outcome.why_empty} {RECORD}")
                break  # one is enough
            elif outcome.why_empty:
                run.notices.append(outcome.why_empty)
        return result

    def _write_record(self, items: Sequence[AnswerBasis], run: _Run) -> Iterator[AskEvent]:
        """The checked sentences for each question that the evidence answers, with notices on what the others lack.
        Raises ModelError while the ledger is empty.
        """
        ledger, notices = run.ledger, run.notices
        is_record = isinstance(self._engine, ChatEngine | BuiltinEngine)
        engine = BuiltinEngine() if is_record else self._engine
        for item in items:
            evidence, _, gap, notes = item.assessment
            part = item.reading.sub_question
            topic = part.original.rstrip(" ?.!") if part else ""
            if part and gap is not None:
                notices.append(f"The articles do not answer “{topic}”. {gap}".strip())
                continue
            notices += notes
            before, has_repeats = {one.text for one in ledger.sentences}, False
            try:
                drafts = (
                    iter(item.drafts)
                    if is_record and item.drafts
                    else engine.draft(item.question, evidence, run.cancel)
                )
                for draft in takewhile(lambda _: not run.cancel.is_set(), drafts):
                    if isinstance(draft, Usage):
                        ledger.usage = ledger.usage.plus(draft)
                    elif isinstance(draft, Reply):
                        run.endings.append(draft.ending)
                        notices.append(draft.notice)
                    elif draft.text in before:
                        has_repeats = True  # what answers two questions is shown once
                    else:
                        yield ledger.admit(draft, evidence)
            except ModelError as exc:
                if not ledger.sentences:
                    raise
                notices.append(f"The model broke off: {exc}")
                break
            if run.cancel.is_set():
                break
            if part and not has_repeats and len(ledger.sentences) == len(before):
                notices.append(f"Nothing found or written on “{topic}” could be shown.")

    def _unreadable_language(self, text: str) -> str | None:
        """The language of a question that the engine does not read; None for English, and for a model."""
        language = question_language(text) or "en"
        return language if isinstance(self._engine, BuiltinEngine) and language != "en" else None

    def _source_notices(self, citations: Sequence[Citation]) -> list[str]:
        """The corrections and retractions of the cited articles in their own words, and which of the articles call
        themselves something other than a report.
        """
        articles = self._library.articles.summaries(item.article_id for item in citations)
        notices = [
            f"“{item.title}” carries a {note}"
            for item in articles.values()
            for note in item.notes
            if note.startswith(("correction: ", "retraction: "))
        ]
        texts = self._library.articles.texts({(item.article_id, item.version) for item in citations})
        for (key, _), text in texts.items():
            if genre := genre_of(articles[key].title, articles[key].outlet, text):
                notices.append(f"“{articles[key].title}” is marked as {genre}.")
        return notices


def _on_question(evidence: Evidence, ledger: CitationLedger) -> Evidence:
    """The evidence without articles that have no sentence which may answer: another event contradicts nothing."""
    if not evidence.judged:
        return evidence
    best = best_scores(evidence.sentences)
    kept = {key for key, score in best.items() if score >= _MAY_ANSWER} | {item.article_id for item in ledger.citations}
    return replace(evidence, sentences=tuple(item for item in evidence.sentences if item.article_id in kept))


def _reading_phase(evidence: Evidence) -> Phase:
    count = len({item.article_id for item in evidence.sentences})
    return Phase(name="reading", detail=f"{len(evidence.sentences)} sentences of {count} articles")


def _engine_name(engine: DraftEngine, ledger: CitationLedger) -> str:
    """Which engine wrote what is shown: the built-in one if nothing is by the model."""
    has_lead = any(item.kind == "synthesis" for item in ledger.sentences)
    is_record = isinstance(engine, ChatEngine) and ledger.sentences and not has_lead
    return BuiltinEngine.name if is_record else engine.name


def _support_of(items: Sequence[AnswerBasis]) -> float:
    """The support of a question; of several, their mean, where an unanswered one counts at most its floor."""
    each = [
        item.assessment.support
        if item.assessment.gap is None
        else min(item.assessment.support, floor_of(item.question))
        for item in items
    ]
    return sum(each) / len(each)


def _understood(items: Sequence[AnswerBasis]) -> tuple[Understood, ...]:
    """How the question, or each of several, was understood, with places in the text as typed."""
    readings = [
        one for item in items if (part := item.reading.sub_question) for one in part.readings(item.question.understood)
    ]
    return tuple(readings) if readings else items[0].question.understood


def _quarantine_notices(evidence: Evidence, shown: Sequence[str]) -> list[str]:
    """One notice for each shown article with a sentence that addresses the reader."""
    titles = {item.article_id: item.title for item in evidence.aside if item.article_id in shown}
    return [
        f"A passage in “{title}” gives instructions instead of reporting news; it was set aside."
        for title in titles.values()
    ]
