"""The pipeline of one answer, from the question to checked sentences."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import takewhile

from rag.domain import (
    COURTESY,
    UNCLEAR,
    UNREADABLE,
    Answer,
    AskEvent,
    Citation,
    Evidence,
    Filters,
    Finished,
    Phase,
    Understood,
)
from rag.providers.base import ChatModel, RelevanceJudge
from rag.question.compound import merge_evidence
from rag.question.conversation import Turn
from rag.question.courtesy import reply_to_courtesy
from rag.question.interpret import Interpretation, interpret
from rag.question.kinds import AnswerKind
from rag.retrieval.search import Retriever
from rag.services.answers.base import best_scores, total_usage
from rag.services.answers.engines import AnswerProgress, Engine
from rag.services.answers.extractive import draft_record
from rag.services.answers.gathering import AnswerBasis, Gatherer, floor_of, nearest_to
from rag.services.answers.lead_evidence import LeadEvidence, wants_plan
from rag.services.answers.planning import Plan, make_plan, translate
from rag.services.answers.reading_order import in_reading_order
from rag.services.answers.shapes.base import Overview
from rag.stores.library import Library
from rag.text.directives import is_prompt_injection
from rag.text.language import question_language
from rag.text.revisions import genre_of
from rag.text.terms import words
from rag.verification.citation_ledger import CitationLedger
from rag.verification.conflicts import show_both_sides

_LABEL_WORDS = 3  # of a correction that says no more than that it is one
_MAY_ANSWER = 0.5  # score from which a sentence may answer


class AnswerPipeline:
    """Answers questions over one library. The parts behind the callables are opened when a question first needs them;
    during an answer, background work gives way.
    """

    def __init__(
        self,
        library: Library,
        retriever: Callable[[], Retriever],
        *,
        judge: Callable[[], RelevanceJudge | None],
        overview: Overview | None = None,
        give_way: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._judge = judge
        self._overview = overview
        self._give_way = give_way

    def stream(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        filters: Filters,
        ignore: Collection[str],
        engine: Engine,
        cancel: threading.Event,
    ) -> Iterator[AskEvent]:
        """Phases, verified sentences and withheld notes as they come, then the finished answer. If a question asks
        several things and any is answered, each is answered by itself, or said not to be.

        The lead of the engine comes first, then the record, which stands alone if the engine has no lead, fails, or
        nothing that it wrote is shown. For a question in another language the record is translated. Thanks and
        greetings are answered by a line, without a search. Raises ModelError.
        """
        if reply := reply_to_courtesy(question):
            yield Finished(answer=_courteous(question, reply))
            return
        with self._give_way():
            plan = self._plan(question, turns, engine.model)
            reading = self._interpret(question, turns, plan, engine.model, filters, ignore)
            retriever, judge = self._retriever(), self._judge()
            started = time.monotonic()
            yield Phase(name="searching")
            if reading.rewritten:
                yield Phase(name="searching", detail=reading.rewritten)
            gatherer = Gatherer(self._library, retriever, judge, self._overview)
            items = [gatherer.gather(item, cancel) for item in reading.sub_questions]
            if not _has_answer(items):  # the whole may say more than its parts
                items = [gatherer.gather(reading, cancel)]
            language = None if engine.model or _has_answer(items) else _unread_language(reading.original)
            if language:
                items = [gatherer.gather_foreign(reading, language)]
            progress = AnswerProgress(cancel)
            lead_evidence = LeadEvidence(self._library, retriever, reading.filters, gatherer)
            items = yield from engine.lead(items, lead_evidence, progress, plan=plan, as_of=reading.filters.as_of)
            yield from self._write_record(reading, items, progress)
            answer = in_reading_order(self._finish(reading, items, progress, engine, plan, retriever, language))
            yield Finished(answer=replace(answer, elapsed_ms=round((time.monotonic() - started) * 1000, 1)))

    def _plan(self, question: str, turns: Sequence[Turn], model: ChatModel | None) -> Plan:
        """A model's plan for a question that is not in the language of most articles, or that compares things."""
        if model is None:
            return Plan()
        languages = [code for code, _ in self._library.articles.languages() if code] or ["en"]
        is_foreign = (question_language(question) or languages[0]) != languages[0]
        if not is_foreign and not wants_plan(question):
            return Plan()
        plan = make_plan(question, [turn.question for turn in turns], languages, model)
        return plan if is_foreign and plan.question else replace(plan, question=None, language=None)

    def _interpret(
        self,
        question: str,
        turns: Sequence[Turn],
        plan: Plan,
        model: ChatModel | None,
        filters: Filters,
        ignore: Collection[str],
    ) -> Interpretation:
        """The interpretation of a question; of one in another language, that of its translation, which is shown."""
        if plan.question is None:
            reading = interpret(question, turns, self._library.corpus, ignore, filters, model=model)
        else:
            reading = interpret(plan.question, (), self._library.corpus, ignore, filters)
            reading = replace(reading, original=question, rewritten=plan.question)
        usages = [one for one in (reading.usage, plan.usage) if one]
        return replace(reading, usage=total_usage(usages)) if usages else reading

    def _write_record(
        self, reading: Interpretation, items: Sequence[AnswerBasis], progress: AnswerProgress
    ) -> Iterator[AskEvent]:
        """The checked sentences for each question that the evidence answers, and the other side where cited sources
        contradict each other, with notices on the sources and on what the others lack; if none is answered, what is
        missing.
        """
        ledger, notices = progress.ledger, progress.notices
        if not _has_answer(items):
            notices[:0] = filter(None, [items[0].assessment.gap])
            return
        for item in items:
            yield from _write_sentences(item, progress)
            if progress.cancel.is_set():
                notices.append("Stopped before the end.")
                break
        asks_one_day = reading.scope.is_dated and reading.kind is not AnswerKind.YES_NO
        if reading.sub_questions or (reading.kind.weighs_sources and not asks_one_day):
            more, conflicts = show_both_sides(ledger, _on_question(_evidence_of(items), ledger))
            progress.conflicts.extend(conflicts)
            yield from more
        notices += self._source_notices(ledger.citations)

    def _finish(
        self,
        reading: Interpretation,
        items: Sequence[AnswerBasis],
        progress: AnswerProgress,
        engine: Engine,
        plan: Plan,
        retriever: Retriever,
        language: str | None,
    ) -> Answer:
        """The answer, but for the time that it took. `language` is that of a question that was not read."""
        ledger, notices = progress.ledger, progress.notices
        evidence = _evidence_of(items)
        if not language:
            away = next((item.away for item in items if item.away), None)
            notices += retriever.search_notices(ledger.citations or evidence.hits, reading.text, away=away)
        nearest = nearest_to(evidence)
        notices += _quarantine_notices(evidence, [item.article_id for item in ledger.citations or nearest])
        sentences = tuple(ledger.sentences)
        usages = [one for one in (reading.usage, ledger.usage) if one]
        if plan.language and engine.model and not progress.cancel.is_set():
            sentences, usage = translate(sentences, plan.language, engine.model)
            usages += [usage] if usage else []
        support = _support_of(items)
        is_record = ledger.sentences and all(item.kind != "synthesis" for item in ledger.sentences)
        return Answer(
            question=reading.original,
            rewritten=reading.rewritten,
            abstained=not ledger.sentences,
            support=round(support if ledger.sentences else min(support, floor_of(items[0].question)), 4),
            engine=Engine.name if is_record else engine.name,
            answer=ledger.text(),
            sentences=sentences,
            citations=tuple(ledger.citations),
            withheld=tuple(ledger.withheld),
            conflicts=tuple(progress.conflicts),
            usage=total_usage(usages) if len(usages) > 1 else ledger.usage,
            nearest=() if ledger.sentences else nearest,
            notices=tuple(notices),
            understood=_understood(items),
            ending=progress.endings[0] if progress.endings else "complete",
            kind=str(reading.kind) if ledger.sentences else _kind_without_answer(reading, language),
            subject=reading.shape.subject,
        )

    def _source_notices(self, citations: Sequence[Citation]) -> list[str]:
        """The corrections and retractions of the cited articles in their own words, and which of the articles call
        themselves something other than a report.
        """
        articles = self._library.articles.summaries(item.article_id for item in citations)
        notices = []
        for item in articles.values():
            notes = [note for note in item.notes if note.startswith(("correction: ", "retraction: "))]
            worded = [note for note in notes if len(words(note)) > _LABEL_WORDS]  # not "CORRECTION APPENDED."
            notices += [f"“{item.title}” carries a {note}" for note in worded or notes[:1]]
        texts = self._library.articles.texts({(item.article_id, item.version) for item in citations})
        for (key, _), text in texts.items():
            if genre := genre_of(articles[key].title, articles[key].outlet, text):
                notices.append(f"“{articles[key].title}” is marked as {genre}.")
        return notices


def _courteous(text: str, reply: str) -> Answer:
    """The answer to a text that asks nothing."""
    return Answer(
        question=text, abstained=True, support=0.0, engine=Engine.name, answer="", notices=(reply,),
        kind=COURTESY,
    )  # fmt: skip


def _kind_without_answer(reading: Interpretation, language: str | None) -> str:
    return UNREADABLE if language else UNCLEAR if reading.unclear else str(reading.kind)


def _unread_language(text: str) -> str | None:
    """The language of a question that is not in English."""
    language = question_language(text) or "en"
    return language if language != "en" else None


def _has_answer(items: Sequence[AnswerBasis]) -> bool:
    """True if the evidence answers any of the questions."""
    return any(item.assessment.gap is None for item in items)


def _write_sentences(item: AnswerBasis, progress: AnswerProgress) -> Iterator[AskEvent]:
    """The checked sentences of the record for one question, with a notice if there are none."""
    evidence, _, gap, notes = item.assessment
    ledger, notices = progress.ledger, progress.notices
    part = item.reading.sub_question
    topic = part.label if part else ""
    if part and gap is not None:
        notices.append(f"The articles do not answer “{topic}”. {gap}".strip())
        return
    notices += notes
    shown_before, has_repeats = {one.text for one in ledger.sentences}, False
    drafts = item.drafts or draft_record(item.question, evidence, progress.cancel)
    for draft in takewhile(lambda _: not progress.cancel.is_set(), drafts):
        if draft.text in shown_before:
            has_repeats = True  # what answers two questions is shown once
        else:
            yield ledger.admit(draft, evidence)
    is_empty = not has_repeats and len(ledger.sentences) == len(shown_before)
    if part and is_empty and not progress.cancel.is_set():
        notices.append(f"Nothing found or written on “{topic}” could be shown.")


def _evidence_of(items: Sequence[AnswerBasis]) -> Evidence:
    """The evidence of the questions that are answered, or of all if none is answered."""
    with_answer = [item for item in items if item.assessment.gap is None]
    return merge_evidence([item.assessment.evidence for item in with_answer or items])


def _on_question(evidence: Evidence, ledger: CitationLedger) -> Evidence:
    """The evidence without articles that have no sentence which may answer: another event contradicts nothing."""
    if not evidence.judged:
        return evidence
    best = best_scores(evidence.sentences)
    article_ids = {key for key, score in best.items() if score >= _MAY_ANSWER} | {
        item.article_id for item in ledger.citations
    }
    return replace(evidence, sentences=tuple(item for item in evidence.sentences if item.article_id in article_ids))


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


def _quarantine_notices(evidence: Evidence, article_ids: Sequence[str]) -> list[str]:
    """One notice for each shown article with a sentence that addresses the reader. Letters and opinion do so by nature:
    of theirs only words to a program are reported."""
    titles = {
        item.article_id: item.title
        for item in evidence.quarantined
        if item.article_id in article_ids
        and (
            is_prompt_injection(item.text)
            or not genre_of(item.title, item.outlet, evidence.texts.get((item.article_id, item.version), ""))
        )
    }
    return [
        f"A passage in “{title}” gives instructions instead of reporting news; it was set aside."
        for title in titles.values()
    ]
