"""Driving one answer from question to checked sentences."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import NamedTuple

from rag.domain import (
    Answer,
    AskEvent,
    Citation,
    Conflict,
    Ending,
    Evidence,
    Filters,
    Finished,
    Hit,
    Phase,
    Statement,
    Understood,
    Usage,
)
from rag.errors import ModelError
from rag.providers.base import Reply
from rag.question.compound import Part, together
from rag.question.coverage import MOST_CARRYING, absent, as_asked, spared, strangers_beside, unheard
from rag.question.intent import Question, read_question
from rag.question.scope import Reading
from rag.retrieval.search import Retriever, held_share
from rag.services.answers.base import DraftEngine, total
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.generative import ChatEngine
from rag.services.answers.lead import RECORD, LeadOutcome, LeadWriter
from rag.services.answers.lead_evidence import LeadEvidence, only
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.places import country_of
from rag.text.terms import content_words, stem, words
from rag.verification.conflicts import show_both_sides
from rag.verification.entailment import EntailmentJudge
from rag.verification.ledger import CitationLedger

# Below SUPPORT_FLOOR the evidence does not answer, and nobody is asked to write. On development passages it keeps nine
# of ten questions that can be answered and declines two of three that can't.
SUPPORT_FLOOR = 0.45
_LONG_FLOOR = 0.40  # of a question with so many words that no passage holds them all; chosen on half of such questions
_TOPIC_FLOOR = 0.42  # the same for a statement and the topic that it should be on
_BY_WORDS = 0.3  # of a sentence's score where sentences answer; the rest is likeness of meaning
_HELD = 0.3  # of the support: the words that the best passage holds; the rest is its best sentence's score
_PASSAGES = 10
_NEAREST = 3
_BRIEF = 30  # words of a question that asks for somebody's words and nothing more
_HEADED = 0.5  # what a topic word adds that stands in the headline over a statement, but not in it
_CANDIDATES = 40  # statements looked at for an answer, in each way of finding them
_ABOUT_TOPIC = 200  # the same where statements themselves are asked for


class _Gathered(NamedTuple):
    """Evidence, how well it answers (0..1), and what is missing where it does not: None where it does, empty where
    nothing can be named. `notes` say which part of the question it does not answer.
    """

    evidence: Evidence
    support: float
    gap: str | None
    notes: tuple[str, ...] = ()


class _Asked(NamedTuple):
    """A question, or one of several, with what was gathered for it; `part` is None for the whole of what was asked."""

    question: Question
    gathered: _Gathered
    part: Part | None = None


class Answering:
    """Answers questions over one library with one engine."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        engine: DraftEngine,
        *,
        entailment: EntailmentJudge | None = None,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._engine = engine
        self._entailment = entailment

    def stream(
        self,
        text: str,
        *,
        filters: Filters,
        cancel: threading.Event,
        reading: Reading | None = None,
        whole: str | None = None,
        parts: Sequence[Part] = (),
        spent: Usage | None = None,
    ) -> Iterator[AskEvent]:
        """Phases, verified sentences and withheld notes as they come, then the finished answer. `reading`, where given,
        has the filters with those that the question names; `whole` is a follow-up made whole, which is then answered;
        `parts` are the questions of one that asks several: each is answered, or said not to be, by itself, if any is;
        `spent` is what making it so has cost.

        Where a chat model answers, its lead stands first and what the built-in engine finds below it, which stands
        alone where nothing that the model wrote does, or the model fails.
        """
        started = time.monotonic()
        yield Phase(name="searching")
        if whole:
            yield Phase(name="searching", detail=whole)
        question = self._read(whole or text, reading)
        filters = reading.filters if reading else filters
        asked = self._apart(parts) or [_Asked(question, self._gather(question, filters))]
        book = CitationLedger()
        notices: list[str] = []
        endings: list[Ending] = []
        conflicts: list[Conflict] = []
        if isinstance(self._engine, ChatEngine):
            asked = yield from self._led(self._engine, asked, filters, book, cancel, notices, endings)
        answered = [item for item in asked if item.gathered.gap is None]
        evidence = together([item.gathered.evidence for item in answered or asked])
        if answered:
            if not isinstance(self._engine, ChatEngine):
                yield _read_through(evidence)
                yield Phase(name="writing", detail=self._engine.name)
            yield from self._written(asked, book, cancel, notices, endings)
            if cancel.is_set():
                notices.append("Stopped before the end.")
            more, conflicts = show_both_sides(book, evidence)
            yield from more
            notices += self._owned_up(book.citations)
        elif gap := asked[0].gathered.gap:
            notices.insert(0, gap)
        notices += self._retriever.told(book.citations or evidence.hits, text)
        shown = book.citations or evidence.hits[:_NEAREST]
        notices += _aside(evidence, [item.article_id for item in shown])
        yield Finished(
            answer=Answer(
                question=text,
                rewritten=whole,
                abstained=not book.sentences,
                support=round(_supported(asked) if book.sentences else min(_supported(asked), _floor(question)), 4),
                engine=_engine_of(self._engine, book),
                answer=book.text(),
                sentences=tuple(book.sentences),
                citations=tuple(book.citations),
                withheld=tuple(book.withheld),
                conflicts=tuple(conflicts),
                usage=total([spent, book.usage]) if spent else book.usage,
                elapsed_ms=round((time.monotonic() - started) * 1000, 1),
                nearest=() if book.sentences else evidence.hits[:_NEAREST],
                notices=tuple(notices),
                understood=_understood(asked),
                ending=endings[0] if endings else "complete",
            )
        )

    def _apart(self, parts: Sequence[Part]) -> list[_Asked]:
        """The questions of one that asks several, each gathered and judged by itself; none where no article answers
        any of them, as the whole may say more than its parts."""
        found = []
        for part in parts:
            question = self._read(part.text, part.reading)
            found.append(_Asked(question, self._gather(question, part.reading.filters), part))
        return found if any(item.gathered.gap is None for item in found) else []

    def _led(
        self,
        engine: ChatEngine,
        asked: Sequence[_Asked],
        filters: Filters,
        book: CitationLedger,
        cancel: threading.Event,
        notices: list[str],
        endings: list[Ending],
    ) -> Generator[AskEvent, None, list[_Asked]]:
        """The model's lead for each question that it may answer. Gives back the questions, where one that the model
        alone answers rests on what its lead cites.
        """
        gathering = LeadEvidence(self._library, self._retriever, filters)
        today = filters.as_of or datetime.now(UTC).date()
        writer = LeadWriter(engine, judge=self._entailment, search=gathering.search, today=today)
        outcomes: list[LeadOutcome] = []
        result: list[_Asked] = []
        for item in asked:
            gathered = item.gathered
            if gathered.gap is None or gathering.worth_asking(item.question, gathered.evidence):
                evidence = gathering.widened(item.question, gathered.evidence)
                yield _read_through(evidence)
                yield Phase(name="writing", detail=engine.name)
                outcome = LeadOutcome()
                yield from writer.write(item.question, evidence, book, cancel, outcome)
                if gathered.gap is not None and outcome.cited:
                    rest = only(evidence, outcome.cited)
                    gathered = gathered._replace(evidence=rest, gap=None, notes=())
                outcomes.append(outcome)
            result.append(item._replace(gathered=gathered))
        shown = any(outcome.shown for outcome in outcomes)
        for outcome in outcomes:
            if shown or cancel.is_set():
                notices += outcome.notices
            elif any(item.gathered.gap is None for item in result):
                notices.append(f"{outcome.why_empty} {RECORD}")
                endings += [outcome.ending] if outcome.ending != "complete" else []
                break  # one is enough
            elif outcome.notices:
                notices += outcome.notices[:1]
        return result

    def _written(
        self,
        asked: Sequence[_Asked],
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
        engine = BuiltinEngine() if isinstance(self._engine, ChatEngine) else self._engine
        for question, (evidence, _, gap, notes), part in asked:
            if part and gap is not None:
                notices.append(f"The articles do not answer “{part.typed.rstrip(' ?.!')}”. {gap}".strip())
                continue
            notices += notes
            before, repeats = {item.text for item in book.sentences}, False
            try:
                for draft in engine.draft(question, evidence, cancel):
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
                notices.append(f"Nothing that was found or written on “{part.typed.rstrip(' ?.!')}” could be shown.")

    def _read(self, text: str, reading: Reading | None = None) -> Question:
        """The question, against the speakers that the library knows and whose names it may hold."""
        return read_question(text, self._library.actors_ending(words(text)), reading)

    def _owned_up(self, cited: Sequence[Citation]) -> list[str]:
        """The corrections and retractions of the cited articles, as these word them."""
        articles = self._library.summaries(item.article_id for item in cited)
        marks = ("correction: ", "retraction: ")
        return [
            f"“{item.title}” carries a {note}"
            for item in articles.values()
            for note in item.notes
            if note.startswith(marks)
        ]

    def statements(self, actor: str | None, topic: str | None, filters: Filters) -> list[Statement]:
        """Statements by or for an actor (None: anybody), newest first, or about a topic, closest first."""
        actors: Sequence[str | None] = (None,)
        if actor:
            actors = self._read(actor).actors or (actor,)
        if not topic or not (asked := read_question(topic, ()).topic):
            return list(
                dict.fromkeys(item for name in actors for item in self._library.statements(filters, actor=name))
            )
        hits = self._retriever.search(topic, k=_ABOUT_TOPIC, filters=filters)
        found = self._candidates(actors, asked, hits, filters, limit=_ABOUT_TOPIC)
        return self._on_topic(asked, self._retriever.evidence((), found))[0]

    def _gather(self, question: Question, filters: Filters) -> _Gathered:
        hits = self._retriever.search(
            question.text, k=_PASSAGES, filters=filters, parts=question.parts, outlets=question.outlets
        )
        # A longer one tells of more than whose words it wants.
        brief = len(set(question.names)) <= MOST_CARRYING and len(words(question.text)) <= _BRIEF
        if question.missing_actor and brief:
            if found := self._through_others(question, [question.missing_actor], hits, filters):
                return found
            gap = f"The articles hold no statement by or for {question.missing_actor}."
            return _Gathered(self._retriever.evidence(hits), 0.0, gap)
        if question.asks_position and question.actors:
            told = self._positions(question, hits, filters)
            if brief or told.gap is None:
                return told
        anybodys = question.asks_who or not question.names  # "who said that ..."
        if question.asks_position and anybodys and (question.topic or question.asks_denial):
            found = self._positions(question, hits, filters)
            if found.evidence.positions or (question.asks_who and question.asks_denial):
                return found
        spoken = self._library.statements(filters, articles=list({hit.article_id for hit in hits}))
        evidence = self._retriever.score(question.text, self._retriever.evidence(hits), by_words=_BY_WORDS)
        evidence = replace(evidence, statements=tuple(spoken))
        missing = absent(question, evidence)
        if missing and not spared(missing, question):
            return _Gathered(evidence, 0.0, self._unmentioned(missing[0]))
        support = self._support(question, evidence)
        notes = tuple(self._unmentioned(name) for name in missing)
        return _Gathered(evidence, support, None if support >= _floor(question) else " ".join(notes), notes)

    def _positions(self, question: Question, hits: Sequence[Hit], filters: Filters) -> _Gathered:
        strangers = strangers_beside(question)
        unknown = {word for name in strangers for word in words(name)}
        question = replace(question, topic=tuple(word for word in question.topic if word not in unknown))
        actors = question.actors or (None,)
        statements = self._candidates(actors, question.topic, hits, filters, limit=_CANDIDATES)
        evidence = self._retriever.evidence(_around(hits, statements), statements)
        whose = " or ".join(dict.fromkeys(as_asked(actor, question) for actor in question.actors))
        whose = f" by or for {whose}" if whose else ""
        ranked, support = self._of_each(question, evidence) if statements else ([], 0.0)
        if not ranked and question.actors and (found := self._through_others(question, actors, hits, filters)):
            return found
        if ranked and question.asks_denial and not (ranked := [item for item in ranked if item.denied]):
            return _Gathered(evidence, support, f"The articles hold no denial of this{whose}.")
        if not statements:
            return _Gathered(evidence, 0.0, f"The articles hold no statement{whose}.")
        if not ranked:
            return _Gathered(evidence, support, f"The articles hold statements{whose}, but none on this.")
        return _Gathered(
            replace(evidence, positions=tuple(ranked)), support, None, _unheard(question, strangers, statements, ranked)
        )

    def _through_others(
        self, question: Question, actors: Sequence[str | None], hits: Sequence[Hit], filters: Filters
    ) -> _Gathered | None:
        """What is said on the topic in the actors' name by a body that bears it (their office, campaign, book): shown
        as that body's, never as their own. None where nothing is; somebody else with a name of their own never counts.
        """
        if not question.topic:
            return None
        near = self._library.statements(filters, articles=list({hit.article_id for hit in hits}))
        keys = [f" {' '.join(words(actor))} " for actor in actors if actor and not country_of(actor)]
        bearing = [
            item for item in near if item.source and item.speaker and _bears(item.speaker, item.source.text, keys)
        ]
        evidence = self._retriever.evidence(_around(hits, bearing), bearing)
        ranked, support = self._on_topic(question.topic, evidence)
        return _Gathered(replace(evidence, positions=tuple(ranked)), support, None) if ranked else None

    def _candidates(
        self, actors: Sequence[str | None], topic: Sequence[str], hits: Sequence[Hit], filters: Filters, *, limit: int
    ) -> list[Statement]:
        """The actors' statements: the latest, or those that share words with the topic or stand where the hits do."""
        found: list[Statement] = []
        near = list({hit.article_id for hit in hits})
        for actor in actors:
            if topic:
                found += self._library.statements(filters, actor=actor, terms=topic, limit=limit)
                found += self._library.statements(filters, actor=actor, articles=near, limit=limit)
            # With a topic, one is enough to know that there are statements, though none on it.
            found += self._library.statements(filters, actor=actor, limit=1 if topic else limit)
        return list(dict.fromkeys(found))

    def _of_each(self, question: Question, evidence: Evidence) -> tuple[list[Statement], float]:
        """The statements on the topic, in turn of each of those whose words are asked for: one who says much of it
        leaves room for another who touches it.
        """
        if len(question.actors) < 2:
            return self._on_topic(question.topic, evidence)
        lists, support = [], 0.0
        for actor in question.actors:
            own = tuple(item for item in evidence.statements if not unheard([actor], [item]))
            found, best = self._on_topic(question.topic, replace(evidence, statements=own))
            lists.append(found)
            support = max(support, best)
        turns = (item for turn in zip_longest(*lists) for item in turn if item)
        return list(dict.fromkeys(turns)), support

    def _on_topic(self, topic: Sequence[str], evidence: Evidence) -> tuple[list[Statement], float]:
        """The statements that bear on the topic, best first, and the support of the best."""
        if not topic:
            return list(evidence.statements), 1.0
        scored = self._retriever.score(" ".join(topic), evidence)
        by_place = [(_closeness(item, scored, topic), item) for item in evidence.statements]
        best = max((score for score, _ in by_place), default=0.0)
        if best < _TOPIC_FLOOR:
            return [], best
        near = [(score, item) for score, item in by_place if score >= max(_TOPIC_FLOOR, 0.6 * best)]
        return [item for _, item in sorted(near, key=lambda pair: -pair[0])], best

    def _unmentioned(self, name: str) -> str:
        """That what was found does not have a name, or that no article has it where that is so."""
        if self._library.frequency(fold(name)):
            return f"The passages that were found do not mention {name}."
        return f"The articles do not mention {name}."

    def _support(self, question: Question, evidence: Evidence) -> float:
        """How well the best passage answers: the weighted share of the question's words that it holds together with its
        title, and the best sentence's own score."""
        weights = self._retriever.weights(question.text)
        best = max((item.score for item in evidence.sentences), default=0.0)
        if not weights:
            return best
        held = max(
            (
                held_share(weights, set(content_words(f"{hit.title} {hit.outlet or ''} {hit.text}")))
                for hit in evidence.hits
            ),
            default=0.0,
        )
        return _HELD * held + (1 - _HELD) * best


def _read_through(evidence: Evidence) -> Phase:
    count = len({item.article_id for item in evidence.sentences})
    return Phase(name="reading", detail=f"{len(evidence.sentences)} sentences of {count} articles")


def _engine_of(engine: DraftEngine, book: CitationLedger) -> str:
    """Who has written what is shown: the built-in engine where nothing of a model's is."""
    led = any(item.kind == "synthesis" for item in book.sentences)
    return BuiltinEngine.name if isinstance(engine, ChatEngine) and book.sentences and not led else engine.name


def _supported(asked: Sequence[_Asked]) -> float:
    """The support of a question; of several, their mean, where one that is not answered counts at most its floor."""
    each = [
        item.gathered.support if item.gathered.gap is None else min(item.gathered.support, _floor(item.question))
        for item in asked
    ]
    return sum(each) / len(each)


def _understood(asked: Sequence[_Asked]) -> tuple[Understood, ...]:
    """What was read out of the question, or out of each of several, by its place in what was typed."""
    found = [one for item in asked for one in (item.part.told(item.question.understood) if item.part else ())]
    return tuple(found) if found else asked[0].question.understood


def _floor(question: Question) -> float:
    return SUPPORT_FLOOR if len(words(question.text)) <= _BRIEF else _LONG_FLOOR


def _unheard(
    question: Question, strangers: Sequence[str], statements: Sequence[Statement], ranked: Sequence[Statement]
) -> tuple[str, ...]:
    """Of whom the answer has nothing although the question asks after them, too."""
    asked = {
        name: as_asked(name, question) for name in question.actors
    }  # several may be one person, differently titled
    heard = {asked[name] for name in asked if name not in unheard(question.actors, statements)}
    told = {asked[name] for name in asked if name not in unheard(question.actors, ranked)}
    silent = [*dict.fromkeys(name for name in asked.values() if name not in heard), *strangers]
    off_topic = list(dict.fromkeys(name for name in asked.values() if name not in told))
    notes = [f"The articles hold no statement by or for {name}." for name in silent]
    return (
        *notes,
        *(
            f"The articles hold statements by or for {name}, but none on this."
            for name in off_topic
            if name not in silent
        ),
    )


def _aside(evidence: Evidence, shown: Sequence[str]) -> list[str]:
    """One notice for each shown article in which something speaks to the reader."""
    titles = {item.article_id: item.title for item in evidence.aside if item.article_id in shown}
    return [
        f"Something in “{title}” is addressed to its reader instead of telling news; it was set aside."
        for title in titles.values()
    ]


def _bears(speaker: str, source: str, keys: Sequence[str]) -> bool:
    """True for a speaker whose own words are those of the source and hold one of the names and more besides."""
    line = f" {' '.join(words(speaker))} "
    return any(key in line and key != line for key in keys) and fold(speaker) in fold(source)


def _around(hits: Sequence[Hit], statements: Sequence[Statement]) -> list[Hit]:
    """The hits in articles that hold one of the statements: context for them, and nothing of other articles."""
    articles = {item.article_id for item in statements}
    return [hit for hit in hits if hit.article_id in articles] if articles else list(hits)


_POINTING = frozenset("this that it these those so such".split())
_POINTS_WITH = 3  # words at most: "such accusations"


def _closeness(item: Statement, scored: Evidence, topic: Sequence[str]) -> float:
    """The best score of the sentences that its content stands in, raised by the headline and the venue; 1 where
    the content has every word of the topic, if need be spread over several sentences. A content that only points
    back ("denied such claims") is about what the sentence before it tells.
    """
    if {stem(word) for word in topic} <= set(content_words(item.text)):
        return 1.0
    told = [
        one
        for one in scored.sentences
        if one.article_id == item.article_id and any(part.span.touches(one.span) for part in item.content)
    ]
    given = words(item.text)
    if told and len(given) <= _POINTS_WITH and _POINTING.intersection(given[:1]):
        before = [one for one in scored.sentences if one.article_id == item.article_id and one.end <= told[0].start]
        told += [max(before, key=lambda one: one.end)] if before else []
    best = max((one.score for one in told), default=0.0)
    headed = {stem(word) for word in topic} & set(content_words(told[0].title)) if told else set()
    best += _HEADED * len(headed - {term for one in told for term in content_words(one.text)}) / len(topic)
    asked = set(words(item.venue or "")) & set(topic)
    return min(1.0, best + len(asked) / len(topic))
