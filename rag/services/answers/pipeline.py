"""Driving one answer from question to checked sentences."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from rag import logs
from rag.domain import (
    Answer,
    AskEvent,
    Citation,
    Conflict,
    Ending,
    Evidence,
    EvidenceSentence,
    Filters,
    Finished,
    Hit,
    Phase,
    Statement,
    Understood,
    Usage,
)
from rag.errors import ModelError
from rag.providers.base import RelevanceJudge, Reply
from rag.question.answer_type import AnswerType
from rag.question.compound import Part, together
from rag.question.coverage import MOST_CARRYING, absent, as_asked, missing_in, spared, strangers_beside, unheard
from rag.question.intent import Question, read_question
from rag.question.requirements import Requirements, requirements
from rag.question.scope import Reading
from rag.question.spelling import Mended, mended
from rag.retrieval.search import Retriever, held_share
from rag.services.answers.base import DraftEngine, total
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.relevance import best_of, judged, log_odds, support_of
from rag.services.answers.selection import answering
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.language import asked_in
from rag.text.places import country_of
from rag.text.terms import content_words, stem, words
from rag.verification.conflicts import show_both_sides
from rag.verification.ledger import Book

# Below SUPPORT_FLOOR the evidence does not answer, and nobody is asked to write. On development passages it keeps nine
# of ten questions that can be answered and declines two of three that can't.
SUPPORT_FLOOR = 0.45
_LONG_FLOOR = 0.40  # of a question with so many words that no passage holds them all; chosen on half of such questions
_TOPIC_FLOOR = 0.42  # the same for a statement and the topic that it should be on
_BY_WORDS = 0.3  # of a sentence's score where sentences answer; the rest is likeness of meaning
_HELD = 0.3  # of the support: the words that the best passage holds; the rest is its best sentence's score
_FOR_WRITERS = -3.0  # log-odds of the best sentence below which a chat model is not asked to write
_TOLD = 3.0  # log-odds from which a sentence may tell of words that are not known to be a statement
_PASSAGES = 10
_NEAREST = 3
_SAYS = re.compile(
    r"\b(?:sa(?:y|id|ys|ying)|told|tell|sp[eo]ke?n?|comment|respon|repl|answer|declin|refus|den(?:y|ied|ies)|quot|claim"
    r"|insist|warn|promis|announc|argu|critici|prais|wants?\b|call)",
    re.IGNORECASE,
)
_BRIEF = 30  # words of a question that asks for somebody's words and nothing more
_HEADED = 0.5  # what a topic word adds that stands in the headline over a statement, but not in it
_CANDIDATES = 40  # statements looked at for an answer, in each way of finding them
_ABOUT_TOPIC = 200  # the same where statements themselves are asked for

# What to call a value that is asked for and missing.
_VALUES = {
    AnswerType.AGE: "age",
    AnswerType.COUNT: "number",
    AnswerType.AMOUNT: "amount",
    AnswerType.MEASURE: "measure",
}

_FOREIGN = (
    "The built-in engine reads questions in English. Ask in English, or set ONRECORD_CHAT_MODEL to a model that reads "
    "this language."
)

_log = logging.getLogger(__name__)


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
        self, library: Library, retriever: Retriever, engine: DraftEngine, judge: RelevanceJudge | None = None
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._engine = engine
        self._judge = judge

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

        Raises ModelError only while nothing has been shown yet; later the answer keeps what stands and says so.
        """
        started = time.monotonic()
        yield Phase(name="searching")
        if whole:
            yield Phase(name="searching", detail=whole)
        filters = reading.filters if reading else filters
        asked = self._apart(parts) or [self._asked(whole or text, reading, filters)]
        question = asked[0].question
        answered = [item for item in asked if item.gathered.gap is None]
        evidence = together([item.gathered.evidence for item in answered or asked])
        book = Book()
        notices: list[str] = []
        endings: list[Ending] = []
        conflicts: list[Conflict] = []
        if answered:
            count = len({item.article_id for item in evidence.sentences})
            yield Phase(name="reading", detail=f"{len(evidence.sentences)} sentences of {count} articles")
            yield Phase(name="writing", detail=self._engine.name)
            yield from self._written(asked, book, cancel, notices, endings)
            if cancel.is_set():
                notices.append("Stopped before the end.")
            more, conflicts = show_both_sides(book, evidence)
            yield from more
            notices += self._owned_up(book.citations)
        elif (gap := asked[0].gathered.gap) and not self._foreign(text):
            notices.append(gap)
        elif self._foreign(text):
            notices.append(_FOREIGN)
        notices += self._retriever.told(book.citations or evidence.hits, text)
        nearest = _nearest(evidence)
        shown = book.citations or nearest
        notices += _aside(evidence, [item.article_id for item in shown])
        yield Finished(
            answer=Answer(
                question=text,
                rewritten=whole,
                abstained=not book.sentences,
                support=round(_supported(asked) if book.sentences else min(_supported(asked), _floor(question)), 4),
                engine=self._engine.name,
                answer=book.text(),
                sentences=tuple(book.sentences),
                citations=tuple(book.citations),
                withheld=tuple(book.withheld),
                conflicts=tuple(conflicts),
                usage=total([spent, book.usage]) if spent else book.usage,
                elapsed_ms=round((time.monotonic() - started) * 1000, 1),
                nearest=() if book.sentences else nearest,
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
            found.append(self._asked(part.text, part.reading, part.reading.filters, part))
        return found if any(item.gathered.gap is None for item in found) else []

    def _asked(self, text: str, reading: Reading | None, filters: Filters, part: Part | None = None) -> _Asked:
        """A question with what was gathered for it; where it has slips of the pen, for what the library has instead."""
        question = self._read(text, reading)
        hits = self._found(question, filters)
        slips = self._mended(question, hits, reading or Reading())
        if slips.places:
            typed = question.text
            again = self._read(slips.text, replace(reading, understood=()) if reading else None)
            understood = [*(reading.understood if reading else ()), *slips.told(typed)]
            understood += [
                replace(item, start=slips.as_typed(item.start), end=slips.as_typed(item.end))
                for item in again.understood
            ]
            question = replace(again, understood=tuple(sorted(understood, key=lambda item: item.start)))
            hits = self._found(question, filters)
        return _Asked(question, self._gather(question, hits, filters), part)

    def _found(self, question: Question, filters: Filters) -> list[Hit]:
        return self._retriever.search(
            question.text, k=_PASSAGES, filters=filters, parts=question.parts, outlets=question.outlets
        )

    def _mended(self, question: Question, hits: Sequence[Hit], reading: Reading) -> Mended:
        """The question with its slips mended; as it is where the reader does not want that."""
        if "spelling" in {fold(one) for one in reading.ignored}:
            return Mended(text=question.text)
        prefix = "spelling:"
        return mended(
            question.text,
            known=lambda word: self._library.frequency(word) > 0,
            near=[text for hit in hits for text in (hit.title, hit.text)],
            speakers=self._library.speakers(),
            refused={fold(one).removeprefix(prefix) for one in reading.ignored if fold(one).startswith(prefix)},
        )

    def _written(
        self,
        asked: Sequence[_Asked],
        book: Book,
        cancel: threading.Event,
        notices: list[str],
        endings: list[Ending],
    ) -> Iterator[AskEvent]:
        """The checked sentences for each question that the evidence answers; into `notices` goes what the others lack,
        into `endings` how replies ended that are not complete.
        Raises ModelError while the book is empty.
        """
        spent: list[Usage] = []
        for question, (evidence, _, gap, notes), part in asked:
            if part and gap is not None:
                notices.append(f"The articles do not answer “{part.typed.rstrip(' ?.!')}”. {gap}".strip())
                continue
            notices += notes
            before, repeats = {item.text for item in book.sentences}, False
            try:
                for draft in self._engine.draft(question, evidence, cancel):
                    if isinstance(draft, Usage):
                        spent.append(draft)
                    elif isinstance(draft, Reply):
                        endings.append(draft.ending)
                        notices.append(draft.notice)
                    elif draft.text in before:
                        repeats = True  # what answers two questions is said once
                    else:
                        yield book.enter(draft, evidence)
            except ModelError as exc:
                if not book.sentences:
                    raise
                notices.append(f"The model broke off: {exc}")
                break
            finally:
                book.usage = total(spent) if len(spent) > 1 else spent[0] if spent else Usage()
            if cancel.is_set():
                break
            if part and not repeats and len(book.sentences) == len(before):
                notices.append(f"Nothing that was found or written on “{part.typed.rstrip(' ?.!')}” could be shown.")

    def _read(self, text: str, reading: Reading | None = None) -> Question:
        """The question, against the speakers that the library knows and whose names it may hold."""
        return read_question(text, self._library.actors_ending(words(text)), reading)

    def _foreign(self, text: str) -> bool:
        """True for a question in a language that the built-in engine does not read."""
        return isinstance(self._engine, BuiltinEngine) and (asked_in(text) or "en") != "en"

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

    def _gather(self, question: Question, hits: Sequence[Hit], filters: Filters) -> _Gathered:
        # A longer one tells of more than whose words it wants.
        brief = len(set(question.names)) <= MOST_CARRYING and len(words(question.text)) <= _BRIEF
        if question.missing_actor and brief:
            if found := self._through_others(question, [question.missing_actor], hits, filters):
                return found
            gap = f"The articles hold no statement by or for {question.missing_actor}."
            found = self._told_of(question, [question.missing_actor], hits, filters)
            return found or _Gathered(self._retriever.evidence(hits), 0.0, gap)
        if question.asks_position and question.actors:
            stated = self._positions(question, hits, filters)
            if stated.gap is None:
                return stated
            if brief:
                names = [as_asked(actor, question) for actor in question.actors]
                return self._told_of(question, names, hits, filters) or stated
        anybodys = question.asks_who or not question.names  # "who said that ..."
        if question.asks_position and anybodys and (question.topic or question.asks_denial):
            found = self._positions(question, hits, filters)
            sure = [] if self._judge is None else self._surely(question, found.evidence)
            if self._judge is not None:
                found = found._replace(evidence=replace(found.evidence, positions=tuple(sure)))
            if found.evidence.positions or (question.asks_who and question.asks_denial):
                return found
        spoken = self._library.statements(filters, articles=list({hit.article_id for hit in hits}))
        evidence = replace(self._retriever.evidence(hits), statements=tuple(spoken))
        missing = absent(question, evidence)
        if missing and not spared(missing, question):
            return _Gathered(evidence, 0.0, self._unmentioned(missing[0]))
        notes = tuple(self._unmentioned(name) for name in missing)
        if brief and (scored := self._judged(question, evidence)) is not None:
            return self._answered(question, scored, notes)
        evidence = self._retriever.score(question.text, evidence, by_words=_BY_WORDS)
        support = self._support(question, evidence)
        return _Gathered(evidence, support, None if support >= _floor(question) else " ".join(notes), notes)

    def _judged(self, question: Question, evidence: Evidence) -> Evidence | None:
        """The evidence with its sentences judged; None without a judge, or where it fails."""
        if self._judge is None:
            return None
        try:
            return judged(self._judge, question.text, requirements(question), evidence)
        except ModelError as exc:
            _log.warning("not judged", extra=logs.fields(**logs.why(exc)))
            return None

    def _answered(self, question: Question, evidence: Evidence, notes: tuple[str, ...]) -> _Gathered:
        """Judged evidence, which answers where one of its sentences does; a model that writes may make an answer of
        what comes near."""
        best = best_of(evidence.sentences)
        support = support_of(best.score) if best else 0.0
        near = best is not None and log_odds(best.score) >= _FOR_WRITERS and not isinstance(self._engine, BuiltinEngine)
        if near or answering(evidence.sentences):
            return _Gathered(evidence, support, None, notes)
        return _Gathered(evidence, support, " ".join([*notes, *_unsaid(requirements(question), evidence)]), notes)

    def _surely(self, question: Question, evidence: Evidence) -> list[Statement]:
        """Of statements by anybody those that stand in a sentence which answers."""
        around = replace(evidence, hits=(), statements=evidence.positions)
        scored = self._judged(question, around)
        if scored is None:
            return list(evidence.positions)
        sure = answering(scored.sentences)
        return [item for item in evidence.positions if any(_stands_in(item, one) for one in sure)]

    def _told_of(
        self, question: Question, names: Sequence[str], hits: Sequence[Hit], filters: Filters
    ) -> _Gathered | None:
        """What the articles tell of somebody's words where no statement is known to be theirs: sentences that name them
        and surely answer, and that no other named speaker says. None where there are none, or no judge.
        """
        near = self._library.statements(filters, articles=list({hit.article_id for hit in hits}))
        scored = self._judged(question, replace(self._retriever.evidence(hits), statements=tuple(near)))
        if scored is None:
            return None
        kept = {
            item.sid
            for item in scored.sentences
            if log_odds(item.score) >= _TOLD
            and _SAYS.search(item.text)
            and any(not missing_in([name], item.text) for name in names)
            and not any(_stands_in(one, item) and _named(one.speaker or "") for one in near)
        }
        if not kept:
            return None
        told = replace(
            scored, sentences=tuple(item if item.sid in kept else replace(item, score=0.0) for item in scored.sentences)
        )
        best = max(item.score for item in told.sentences)
        whose = " or ".join(names)
        return _Gathered(
            told, support_of(best), None, (f"No statement is known to be by or for {whose}; this is told of it.",)
        )

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
        scored = self._retriever.score(" ".join(topic), evidence, by_rarity=False)
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


def _unsaid(needs: Requirements, evidence: Evidence) -> list[str]:
    """What is missing, where a value is asked for and what comes nearest has none."""
    near = sorted(evidence.sentences, key=lambda item: -item.score)[:_NEAREST]
    near = [item for item in near if len(missing_in(needs.names, item.text)) < len(needs.names)] or near
    return (
        [f"What comes nearest gives no {_VALUES[needs.kind]}."]
        if near and needs.kind in _VALUES and all(needs.lacks(item.text) for item in near)
        else []
    )


def _nearest(evidence: Evidence) -> tuple[Hit, ...]:
    """What comes nearest to a question without an answer: the best sentences, one of an article, where they are judged;
    else the best passages."""
    hits = {(hit.article_id, hit.version): hit for hit in reversed(evidence.hits)}
    best: dict[str, Hit] = {}
    for item in sorted(evidence.sentences, key=lambda item: -item.score) if evidence.judged else ():
        hit = hits.get((item.article_id, item.version))
        if hit and item.score > 0 and item.article_id not in best:
            best[item.article_id] = replace(hit, start=item.start, end=item.end, text=item.text)
    return tuple(best.values())[:_NEAREST] or evidence.hits[:_NEAREST]


def _stands_in(item: Statement, sentence: EvidenceSentence) -> bool:
    same = (item.article_id, item.version) == (sentence.article_id, sentence.version)
    return same and any(part.span.touches(sentence.span) for part in item.content)


def _named(speaker: str) -> bool:
    """True for a speaker with a name, who is somebody else, and be it by a surname that may be anybody's."""
    parts = speaker.split()
    return any(part[:1].isupper() for part in parts[1:]) or (len(parts) == 1 and parts[0][:1].isupper())


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
