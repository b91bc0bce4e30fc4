"""Gathering what answers: the statements that are asked for, or the sentences that the judge takes for answers."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from rag import logs
from rag.domain import (
    DraftSentence,
    Evidence,
    Filters,
    Hit,
    Statement,
)
from rag.errors import ModelError
from rag.providers.base import RelevanceJudge
from rag.question.answer_type import AnswerType, spans_of
from rag.question.compound import SubQuestion, merge_evidence
from rag.question.conversation import person_in
from rag.question.coverage import (
    MOST_CARRYING,
    is_partly_answerable,
    missing_names,
    name_in_question,
    uncovered_names,
)
from rag.question.intent import Question, is_intent_word, names_in, parse_intent
from rag.question.interpret import Interpretation, interpret_one
from rag.question.kinds import is_cue
from rag.question.requirements import Requirements, requirements
from rag.question.scope import QueryScope
from rag.question.spelling import SpellingRepair, repair_spelling
from rag.retrieval.search import Hits, Retriever, idf_coverage
from rag.services.answers.extractive import draft_of
from rag.services.answers.hearsay import MAY_TELL, hearsay
from rag.services.answers.relevance import best_of, judged, log_odds, support_of
from rag.services.answers.selection import answering
from rag.services.answers.shapes import arranged_by_kind, shaped_by_kind
from rag.services.answers.shapes.base import Overview, Workbench, stands_in
from rag.services.answers.stated import Gathered, StatementFinder, unquoted
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.dates.in_text import mentions
from rag.text.language import language_name
from rag.text.terms import STOPWORDS, content_words, words

# Below SUPPORT_FLOOR the evidence does not answer, and nobody is asked to write. On development passages it keeps nine
# of ten questions that can be answered and declines two of three that can't.
SUPPORT_FLOOR = 0.45
_LONG_FLOOR = 0.40  # of a question with so many words that no passage holds them all; chosen on half of such questions
_BY_WORDS = 0.3  # of a sentence's score where sentences answer; the rest is likeness of meaning
_HELD = 0.3  # of the support: the words that the best passage holds; the rest is its best sentence's score
_PASSAGES = 10
_NEAREST = 3
_NEWEST = 5  # statements of speakers whom a question names that could not be read
_OFFICE = re.compile(
    r"^\W*[Ww]hat (?:did|does|do|has|have|had)\s+(?P<office>(?:the\s+|[A-Z]\S+['’]s?\s+).*?[a-z]{4,}.*?)\s+"
    r"(?:say|said|saying|think|want|claim|announce|promise|warn|tell|told)\b"
)
_CLAIM = re.compile(r"^\W*(?:is|was) (?:it|that|this) true that\s+[“\"]?(?P<claim>.+?)[”\"]?\W*$", re.IGNORECASE)
_BRIEF = 30  # words of a question that asks for somebody's words and nothing more

# What to call a value that is asked for and missing.
_VALUES = {
    AnswerType.AGE: "age",
    AnswerType.COUNT: "number",
    AnswerType.MONEY: "sum of money",
    AnswerType.SHARE: "share",
    AnswerType.AMOUNT: "amount",
    AnswerType.MEASURE: "measure",
    AnswerType.COUNTRY: "country",
    AnswerType.NAME: "name",
}

_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A question, or one of several, as read, with what was gathered for it; `away` says why the search went by words
    alone. `drafts` are the sentences of the record, where anything answers.
    """

    read: Interpretation
    gathered: Gathered
    away: str | None = None
    drafts: tuple[DraftSentence, ...] | None = None

    @property
    def question(self) -> Question:
        """Whose words are asked for, and about what."""
        return self.read.question

    @property
    def part(self) -> SubQuestion | None:
        """Where it stands in a text that asks several; None for the whole of what was asked."""
        return self.read.sub_question


class Gatherer:
    """Gathers over one library."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        judge: RelevanceJudge | None,
        overview: Overview | None = None,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._judge = judge
        self._stated = StatementFinder(library, retriever)
        self._bench = Workbench(
            library=library, retriever=retriever, stated=self._stated, judged=self._judged, overview=overview
        )

    def ask(self, read: Interpretation, cancel: threading.Event | None = None) -> Asked:
        """A question with what was gathered for it; where it has slips of the pen, for what the library has instead."""
        cancel = cancel or threading.Event()
        if read.unclear:
            gap = f"The question does not say who “{read.unclear.casefold()}” is. Ask again with the name."
            return Asked(read, Gathered(Evidence(), 0.0, gap))
        hits = self._found(read)
        slips = self._mended(read.question, hits, read.scope)
        if slips.replacements:
            read = self._read_again(read, slips)
            hits = self._found(read)
        shaped = shaped_by_kind(read, self._bench, cancel)
        if shaped is None:
            shaped = arranged_by_kind(read, self._bench, self._gather(read, hits), cancel)
        return Asked(read, shaped.gathered, hits.away, shaped.drafts)

    def named(self, read: Interpretation, language: str) -> Asked:
        """For a question in a language that nothing here reads: the newest statements of the speakers whom it names,
        under one sentence on what works."""
        remedy = (
            f"The question is in {language_name(language)}. Without a model only questions in English are read: ask in"
            f" English, or set ONRECORD_CHAT_MODEL."
        )
        known = self._library.statements.actors_ending(words(read.original))
        actors = [
            actor for name in names_in(read.original) for actor in parse_intent(f"What did {name} say?", known).actors
        ]
        found = [
            item for actor in dict.fromkeys(actors) for item in self._library.statements.find(read.filters, actor=actor)
        ]
        found = sorted(dict.fromkeys(found), key=lambda item: item.said_on or item.published or date.min, reverse=True)
        evidence = self._retriever.evidence((), found[:_NEWEST])
        if not found:
            return Asked(read, Gathered(evidence, 0.0, remedy))
        drafts = {(draft := draft_of([item], evidence.sentences)).text: draft for item in reversed(found[:_NEWEST])}
        named = sorted({item.speaker for item in found[:_NEWEST] if item.speaker}, key=len)
        whose = " and ".join({name.split()[-1]: name for name in named}.values())
        note = f"{remedy} These are the newest statements of {whose}, whom the question names."
        return Asked(read, Gathered(evidence, 0.5, None, (note,)), drafts=tuple(reversed(drafts.values())))

    def _read_again(self, read: Interpretation, slips: SpellingRepair) -> Interpretation:
        """The reading of the mended text, within the scope of what was typed; what was understood stands where it was
        typed."""
        again = interpret_one(slips.text, self._library.corpus, read.scope.ignored, read.filters)
        understood = [*read.scope.understood, *slips.readings(read.question.text)]
        known = {(item.kind, item.value) for item in understood}
        understood += [
            replace(item, start=slips.original_offset(item.start), end=slips.original_offset(item.end))
            for item in again.question.understood
            if (item.kind, item.value) not in known
        ]
        question = replace(
            again.question,
            understood=tuple(sorted(understood, key=lambda item: item.start)),
            segments=read.question.segments,
            outlets=read.question.outlets,
        )
        return replace(
            again, original=read.original, scope=read.scope, question=question, sub_question=read.sub_question
        )

    def _found(self, read: Interpretation) -> Hits:
        """The best passages; for a question with days also what is dated to these days in articles of other days."""
        question = read.question

        def search(filters: Filters) -> Hits:
            return self._retriever.search(
                question.text, k=_PASSAGES, filters=filters, segments=question.segments, outlets=question.outlets
            )

        hits = search(read.filters)
        if read.scope.is_dated:
            known = {hit.article_id for hit in hits}
            others = [hit for hit in search(read.scope.without_dates) if hit.article_id not in known]
            hits.extend(hit for hit in others if hit.published is None)  # of what day they are is not known
            hits.extend(self._of_days([hit for hit in others if hit.published], read.scope))
        return hits

    def _of_days(self, hits: Sequence[Hit], scope: QueryScope) -> list[Hit]:
        """The sentences of the hits that name a day asked for, or hold what was said on one, as hits of their own."""
        spoken = self._library.statements.find(scope.without_dates, articles=list({hit.article_id for hit in hits}))
        then = [item for item in spoken if item.said_on and scope.is_within(item.said_on)]
        evidence = self._retriever.evidence(hits)
        of = {hit.article_id: hit for hit in hits}
        return [
            replace(of[one.article_id], start=one.start, end=one.end, text=one.text)
            for one in evidence.sentences
            if any(stands_in(item, one) for item in then)
            or (one.published and any(scope.is_within(day.day) for day in mentions(one.text, one.published)))
        ]

    def _positions(self, read: Interpretation, hits: Sequence[Hit]) -> Gathered:
        """The statements that are asked for; of days only those that were said then, whenever they were printed."""
        if not read.scope.is_dated:
            return self._stated.positions(read.question, hits, read.filters)
        each = [self._stated.positions(read.question, hits, one) for one in (read.filters, read.scope.without_dates)]
        stated = [one for one in each if one.gap is None]
        if not stated:
            return each[0]
        merged = stated[0]._replace(evidence=merge_evidence([one.evidence for one in stated]))
        since, until = read.filters.since, read.filters.until
        kept = tuple(
            item
            for item in merged.evidence.positions
            if (read.scope.is_within(item.said_on) if item.said_on else _is_between(item.published, since, until))
        )
        if kept:
            return merged._replace(evidence=replace(merged.evidence, positions=kept))
        return Gathered(merged.evidence, merged.support, "The articles hold no such statement of these days.")

    def _mended(self, question: Question, hits: Sequence[Hit], scope: QueryScope) -> SpellingRepair:
        """The question with its slips mended; as it is where the reader does not want that."""
        if "spelling" in {fold(one) for one in scope.ignored}:
            return SpellingRepair(text=question.text)
        prefix = "spelling:"
        return repair_spelling(
            question.text,
            is_known=lambda word: is_cue(word) or is_intent_word(word) or self._library.passages.frequency(word) > 0,
            texts=[text for hit in hits for text in (hit.title, hit.text)],
            speakers=self._library.statements.speakers(),
            ignore={fold(one).removeprefix(prefix) for one in scope.ignored if fold(one).startswith(prefix)},
        )

    def _gather(self, read: Interpretation, hits: Sequence[Hit]) -> Gathered:
        question, filters = _of_claim(read), read.scope.without_dates
        # A longer one tells of more than whose words it wants.
        brief = len(set(question.names)) <= MOST_CARRYING and len(words(question.text)) <= _BRIEF
        if question.unknown_actor and brief:
            return self._of_stranger(read, question, question.unknown_actor, hits)
        if question.asks_position and question.actors:
            stated = self._positions(read, hits)
            if stated.gap is None:
                return stated
            if question.asks_claim:
                return stated
            if brief:
                names = list(dict.fromkeys(name_in_question(actor, question) for actor in question.actors))
                told = self._told_of(question, names, hits, filters, heard=bool(stated.evidence.statements))
                return told or self._of_holder(read) or stated
        anybodys = question.asks_who or not question.names  # "who said that ..."
        if question.asks_position and anybodys and (question.topic or question.asks_denial):
            result = self._positions(read, hits)
            sure = [] if self._judge is None else self._surely(question, result.evidence)
            if self._judge is not None:
                result = result._replace(evidence=replace(result.evidence, positions=tuple(sure)))
            if result.evidence.positions or (question.asks_who and question.asks_denial):
                return result
        if question.asks_position and not question.actors and (held := self._of_holder(read)):
            return held
        spoken = self._library.statements.find(filters, articles=list({hit.article_id for hit in hits}))
        evidence = replace(self._retriever.evidence(hits), statements=tuple(spoken))
        missing = uncovered_names(question, evidence)
        if missing and not is_partly_answerable(missing, question):
            return Gathered(evidence, 0.0, self._unmentioned(missing[0]))
        notes = tuple(self._unmentioned(name) for name in missing)
        if brief and (scored := self._judged(question, evidence)) is not None:
            return self._answered(question, scored, notes)
        evidence = self._retriever.score(question.text, evidence, by_words=_BY_WORDS)
        support = self._support(question, evidence)
        return Gathered(evidence, support, None if support >= floor_of(question) else " ".join(notes), notes)

    def _of_stranger(self, read: Interpretation, question: Question, name: str, hits: Sequence[Hit]) -> Gathered:
        """For the words of somebody who is known as no speaker: those of a body that bears the name, what is told of
        it, or those of who holds the office."""
        filters = read.scope.without_dates
        relayed = self._stated.through_others(question, [name], hits, filters)
        told = self._told_of(question, [name], hits, filters) if read.shape.newest_first or not relayed else None
        if relayed and not (told and _newest(told.evidence) > _newest(relayed.evidence)):
            return relayed
        gap = unquoted([name])
        return told or self._of_holder(read) or Gathered(self._retriever.evidence(hits), 0.0, gap)

    def _judged(self, question: Question, evidence: Evidence) -> Evidence | None:
        """The evidence with its sentences judged; None without a judge, or where it fails."""
        if self._judge is None:
            return None
        try:
            return judged(self._judge, question.text, requirements(question), evidence)
        except ModelError as exc:
            _log.warning("not judged", extra=logs.fields(**logs.error_fields(exc)))
            return None

    def _answered(self, question: Question, evidence: Evidence, notes: tuple[str, ...]) -> Gathered:
        """Judged evidence, which answers where one of its sentences does."""
        best = best_of(evidence.sentences)
        support = support_of(best.score) if best else 0.0
        if answering(evidence.sentences):
            return Gathered(evidence, support, None, notes)
        return Gathered(evidence, support, " ".join([*notes, *_unsaid(requirements(question), evidence)]), notes)

    def _told_of(
        self,
        question: Question,
        names: Sequence[str],
        hits: Sequence[Hit],
        filters: Filters,
        *,
        heard: bool = False,
    ) -> Gathered | None:
        """What the articles tell of somebody's words where no statement on this is known to be theirs, and where they
        are `heard` none at all. None where they tell nothing, or without a judge."""
        near = self._library.statements.find(filters, articles=list({hit.article_id for hit in hits}))
        scored = self._judged(question, replace(self._retriever.evidence(hits), statements=tuple(near)))
        return hearsay(question, names, scored, heard=heard) if scored is not None else None

    def _of_holder(self, read: Interpretation) -> Gathered | None:
        """The words of whoever holds the office that the question asks after, where another article says who that is.
        None where no sentence surely does."""
        match = _OFFICE.match(read.question.text)
        if match is None:
            return None
        office = match["office"]
        hits = self._retriever.search(office, k=_PASSAGES, filters=read.scope.without_dates)
        name, basis = self._holder(office, hits, read)
        if not name:
            return None
        text = read.question.text.replace(office, name)
        again = interpret_one(text, self._library.corpus, read.scope.ignored, read.filters)
        if not again.question.actors:
            return None
        found = self._positions(again, self._found(again))
        if found.gap is not None:
            return None
        return found._replace(notes=(*found.notes, f"“{office}” was read as {name}, by “{basis}”"))

    def _holder(self, office: str, hits: Sequence[Hit], read: Interpretation) -> tuple[str, str]:
        """Who holds an office, and the words that say so: the last who spoke in that role, else whom the sentence names
        that the judge surely takes for an answer. Empty where nobody is known."""
        terms = set(words(office)) - STOPWORDS
        spoken = self._library.statements.find(
            read.scope.without_dates, articles=list({hit.article_id for hit in hits})
        )
        for item in sorted(spoken, key=lambda one: one.said_on or one.published or date.min, reverse=True):
            if item.speaker and item.role and terms <= set(words(f"{item.role} {item.on_behalf_of or ''}")):
                return item.speaker, f"{item.speaker}, {item.role}"
        scored = self._judged(parse_intent(f"Who is {office}?", ()), self._retriever.evidence(hits))
        best = best_of(scored.sentences) if scored else None
        if best is None or log_odds(best.score) < MAY_TELL:
            return "", ""
        people = {person_in(span.of(best.text)) for span in spans_of(AnswerType.PERSON, best.text)} - {None}
        return (str(people.pop()), best.text) if len(people) == 1 else ("", "")

    def _unmentioned(self, name: str) -> str:
        """That what was found does not have a name, or that no article has it where that is so."""
        if self._library.passages.frequency(fold(name)):
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
                idf_coverage(weights, set(content_words(f"{hit.title} {hit.outlet or ''} {hit.text}")))
                for hit in evidence.hits
            ),
            default=0.0,
        )
        return _HELD * held + (1 - _HELD) * best

    def _surely(self, question: Question, evidence: Evidence) -> list[Statement]:
        """Of statements by anybody those that stand in a sentence which answers."""
        around = replace(evidence, hits=(), statements=evidence.positions)
        scored = self._judged(question, around)
        if scored is None:
            return list(evidence.positions)
        sure = answering(scored.sentences)
        return [item for item in evidence.positions if any(stands_in(item, one) for one in sure)]


def _of_claim(read: Interpretation) -> Question:
    """The question; of one whether something is true, what is said about that."""
    claim = _CLAIM.match(read.question.text) if read.shape.is_claim else None
    return replace(read.question, text=f"What is said about {claim['claim']}?") if claim else read.question


def _newest(evidence: Evidence) -> date:
    """The last day of publication of what answers: of the statements, else of the sentences with a score."""
    days = [item.published for item in evidence.positions or [one for one in evidence.sentences if one.score > 0]]
    return max((day for day in days if day), default=date.min)


def _unsaid(needs: Requirements, evidence: Evidence) -> list[str]:
    """What is missing, where a value is asked for and what comes nearest has none."""
    near = sorted(evidence.sentences, key=lambda item: -item.score)[:_NEAREST]
    near = [item for item in near if len(missing_names(needs.names, item.text)) < len(needs.names)] or near
    return (
        [f"What comes nearest gives no {_VALUES[needs.kind]}."]
        if near and needs.kind in _VALUES and all(needs.lacks_value(item.text) for item in near)
        else []
    )


def _is_between(day: date | None, since: date | None, until: date | None) -> bool:
    return day is not None and not (since and day < since) and not (until and day > until)


def nearest_to(evidence: Evidence) -> tuple[Hit, ...]:
    """What comes nearest to a question without an answer: the best sentences, one of an article, where they are judged;
    else the best passages."""
    hits = {(hit.article_id, hit.version): hit for hit in reversed(evidence.hits)}
    best: dict[str, Hit] = {}
    for item in sorted(evidence.sentences, key=lambda item: -item.score) if evidence.judged else ():
        hit = hits.get((item.article_id, item.version))
        if hit and item.score > 0 and item.article_id not in best:
            best[item.article_id] = replace(hit, start=item.start, end=item.end, text=item.text)
    return tuple(best.values())[:_NEAREST] or evidence.hits[:_NEAREST]


def floor_of(question: Question) -> float:
    """The support below which evidence that was not judged does not answer."""
    return SUPPORT_FLOOR if len(words(question.text)) <= _BRIEF else _LONG_FLOOR
