"""Driving one answer from question to checked sentences."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
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
from rag.retrieval.search import Retriever
from rag.services.answers.base import DraftEngine, total_usage
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.gathering import Asked, Gatherer, floor_of, nearest_to
from rag.services.answers.generative import ChatEngine
from rag.services.answers.lead import RECORD, LeadOutcome, LeadWriter
from rag.services.answers.lead_evidence import LeadEvidence, only
from rag.services.answers.planning import Plan, translated
from rag.services.answers.shapes.base import Overview
from rag.stores.library import Library
from rag.text.language import question_language
from rag.text.revisions import genre_of
from rag.verification.conflicts import show_both_sides
from rag.verification.ledger import CitationLedger
from rag.verification.model_claims import EntailmentJudge


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
        read: Interpretation,
        *,
        cancel: threading.Event,
        plan: Plan | None = None,
        translator: ChatModel | None = None,
    ) -> Iterator[AskEvent]:
        """Phases, verified sentences and withheld notes as they come, then the finished answer. Of a question that asks
        several things each is answered, or said not to be, by itself, if any is.

        Where a chat model answers, its lead stands first and what the built-in engine finds below it, which stands
        alone where nothing that the model wrote does, or the model fails. A `plan` has more to search for, and the
        language of the question where that is not the library's: `translator` then puts the record into it.
        """
        started = time.monotonic()
        yield Phase(name="searching")
        if read.rewritten:
            yield Phase(name="searching", detail=read.rewritten)
        items = self._each(read.sub_questions, cancel) or [self._gatherer.ask(read, cancel)]
        language = self._foreign(read.original)
        if language and all(item.gathered.gap is not None for item in items):
            items = [self._gatherer.named(read, language)]
        question = items[0].question
        book = CitationLedger()
        notices: list[str] = []
        endings: list[Ending] = []
        conflicts: list[Conflict] = []
        if isinstance(self._engine, ChatEngine):
            items = yield from self._led(
                self._engine, items, read.filters, book, cancel, notices, endings, plan or Plan()
            )
        answered = [item for item in items if item.gathered.gap is None]
        evidence = merge_evidence([item.gathered.evidence for item in answered or items])
        if answered:
            if not isinstance(self._engine, ChatEngine):
                yield _read_through(evidence)
                yield Phase(name="writing", detail=self._engine.name)
            yield from self._written(items, book, cancel, notices, endings)
            if cancel.is_set():
                notices.append("Stopped before the end.")
            if read.sub_questions or (read.kind.weighs_sources and not read.scope.is_dated):
                more, conflicts = show_both_sides(book, evidence)
                yield from more
            notices += self._owned_up(book.citations)
        elif gap := items[0].gathered.gap:
            notices.insert(0, gap)
        away = next((item.away for item in items if item.away), None)
        if not language:
            notices += self._retriever.search_notices(book.citations or evidence.hits, read.original, away=away)
        nearest = nearest_to(evidence)
        shown = book.citations or nearest
        notices += _aside(evidence, [item.article_id for item in shown])
        sentences = tuple(book.sentences)
        spent = [one for one in (read.usage, book.usage) if one]
        if plan and plan.language and translator and not cancel.is_set():
            sentences, cost = translated(sentences, plan.language, translator)
            spent += [cost] if cost else []
        yield Finished(
            answer=Answer(
                question=read.original,
                rewritten=read.rewritten,
                abstained=not book.sentences,
                support=round(_supported(items) if book.sentences else min(_supported(items), floor_of(question)), 4),
                engine=_engine_of(self._engine, book),
                answer=book.text(),
                sentences=sentences,
                citations=tuple(book.citations),
                withheld=tuple(book.withheld),
                conflicts=tuple(conflicts),
                usage=total_usage(spent) if len(spent) > 1 else book.usage,
                elapsed_ms=round((time.monotonic() - started) * 1000, 1),
                nearest=() if book.sentences else nearest,
                notices=tuple(notices),
                understood=_understood(items),
                ending=endings[0] if endings else "complete",
                kind=UNREADABLE if language and not book.sentences else str(read.kind),
                subject=read.shape.subject,
            )
        )

    def _each(self, sub_questions: Sequence[Interpretation], cancel: threading.Event) -> list[Asked]:
        """The questions of one that asks several, each gathered and judged by itself; none where no article answers
        any of them, as the whole may say more than its parts."""
        each = [self._gatherer.ask(item, cancel) for item in sub_questions]
        return each if any(item.gathered.gap is None for item in each) else []

    def _led(
        self,
        engine: ChatEngine,
        items: Sequence[Asked],
        filters: Filters,
        book: CitationLedger,
        cancel: threading.Event,
        notices: list[str],
        endings: list[Ending],
        plan: Plan,
    ) -> Generator[AskEvent, None, list[Asked]]:
        """The model's lead for each question that it may answer. Gives back the questions, where one that the model
        alone answers rests on what its lead cites.
        """
        gathering = LeadEvidence(self._library, self._retriever, filters)
        today = filters.as_of or datetime.now(UTC).date()
        writer = LeadWriter(
            engine, judge=self._entailment, search=gathering.search, today=today, language=plan.language
        )
        outcomes: list[LeadOutcome] = []
        result: list[Asked] = []
        for item in items:
            gathered = item.gathered
            if not item.read.kind.is_counted and (
                gathered.gap is None or gathering.worth_asking(item.question, gathered.evidence)
            ):
                evidence = gathering.widened(item.question, gathered.evidence, plan.searches)
                yield _read_through(evidence)
                yield Phase(name="writing", detail=engine.name)
                outcome = LeadOutcome()
                yield from writer.write(item.question, evidence, book, cancel, outcome)
                if gathered.gap is not None and outcome.cited:
                    rest = only(evidence, outcome.cited)
                    gathered = gathered._replace(evidence=rest, gap=None, notes=())
                outcomes.append(outcome)
            drafts = item.drafts if item.gathered.gap is None else None
            result.append(item._replace(gathered=gathered, drafts=drafts))
        shown = any(outcome.shown for outcome in outcomes)
        answered = any(item.gathered.gap is None for item in result)
        for outcome in outcomes:
            endings += [outcome.ending] if answered and outcome.ending != "complete" else []
            if shown or cancel.is_set():
                notices += outcome.notices
            elif answered:
                notices.append(f"{outcome.why_empty} {RECORD}")
                break  # one is enough
            elif outcome.why_empty:
                notices.append(outcome.why_empty)
        return result

    def _written(
        self,
        items: Sequence[Asked],
        book: CitationLedger,
        cancel: threading.Event,
        notices: list[str],
        endings: list[Ending],
    ) -> Iterator[AskEvent]:
        """The checked sentences for each question that the evidence answers; into `notices` goes what the others lack,
        into `endings` how replies ended that are not complete.
        Raises ModelError while the book is empty.
        """
        spent: list[Usage] = []
        own = isinstance(self._engine, ChatEngine | BuiltinEngine)
        engine = BuiltinEngine() if own else self._engine
        for item in items:
            question, part = item.question, item.part
            evidence, _, gap, notes = item.gathered
            if part and gap is not None:
                notices.append(f"The articles do not answer “{part.original.rstrip(' ?.!')}”. {gap}".strip())
                continue
            notices += notes
            before, repeats = {one.text for one in book.sentences}, False
            try:
                record = iter(item.drafts) if own and item.drafts else engine.draft(question, evidence, cancel)
                for draft in takewhile(lambda _: not cancel.is_set(), record):
                    if isinstance(draft, Usage):
                        spent.append(draft)
                    elif isinstance(draft, Reply):
                        endings.append(draft.ending)
                        notices.append(draft.notice)
                    elif draft.text in before:
                        repeats = True  # what answers two questions is said once
                    else:
                        yield book.admit(draft, evidence)
            except ModelError as exc:
                if not book.sentences:
                    raise
                notices.append(f"The model broke off: {exc}")
                break
            finally:
                if spent:
                    book.usage = book.usage.plus(spent.pop())
            if cancel.is_set():
                break
            if part and not repeats and len(book.sentences) == len(before):
                notices.append(f"Nothing that was found or written on “{part.original.rstrip(' ?.!')}” could be shown.")

    def _foreign(self, text: str) -> str | None:
        """The language of a question that the built-in engine does not read; None for English and for a model."""
        language = question_language(text) or "en"
        return language if isinstance(self._engine, BuiltinEngine) and language != "en" else None

    def _owned_up(self, cited: Sequence[Citation]) -> list[str]:
        """The corrections and retractions of the cited articles, as these word them, and which of the articles call
        themselves something else than a report."""
        articles = self._library.articles.summaries(item.article_id for item in cited)
        marks = ("correction: ", "retraction: ")
        notes = [
            f"“{item.title}” carries a {note}"
            for item in articles.values()
            for note in item.notes
            if note.startswith(marks)
        ]
        texts = self._library.articles.texts({(item.article_id, item.version) for item in cited})
        for (key, _), text in texts.items():
            if genre := genre_of(articles[key].title, articles[key].outlet, text):
                notes.append(f"“{articles[key].title}” is marked as {genre}.")
        return notes


def _read_through(evidence: Evidence) -> Phase:
    count = len({item.article_id for item in evidence.sentences})
    return Phase(name="reading", detail=f"{len(evidence.sentences)} sentences of {count} articles")


def _engine_of(engine: DraftEngine, book: CitationLedger) -> str:
    """Who has written what is shown: the built-in engine where nothing of a model's is."""
    led = any(item.kind == "synthesis" for item in book.sentences)
    return BuiltinEngine.name if isinstance(engine, ChatEngine) and book.sentences and not led else engine.name


def _supported(items: Sequence[Asked]) -> float:
    """The support of a question; of several, their mean, where one that is not answered counts at most its floor."""
    each = [
        item.gathered.support if item.gathered.gap is None else min(item.gathered.support, floor_of(item.question))
        for item in items
    ]
    return sum(each) / len(each)


def _understood(items: Sequence[Asked]) -> tuple[Understood, ...]:
    """What was read out of the question, or out of each of several, by its place in what was typed."""
    readings = [one for item in items for one in (item.part.readings(item.question.understood) if item.part else ())]
    return tuple(readings) if readings else items[0].question.understood


def _aside(evidence: Evidence, shown: Sequence[str]) -> list[str]:
    """One notice for each shown article in which something speaks to the reader."""
    titles = {item.article_id: item.title for item in evidence.aside if item.article_id in shown}
    return [
        f"Something in “{title}” is addressed to its reader instead of telling news; it was set aside."
        for title in titles.values()
    ]
