"""Evidence for a question: the statements that it asks for, or the sentences that the judge takes for answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from rag import logs
from rag.domain import DraftSentence, Evidence, Filters, Hit, Statement
from rag.errors import ModelError
from rag.providers.base import RelevanceJudge, log_odds
from rag.question.answer_type import VALUE_REQUIRED, AnswerType, spans_of
from rag.question.compound import merge_evidence
from rag.question.conversation import person_in
from rag.question.coverage import (
    MOST_CARRYING,
    is_partly_answerable,
    missing_names,
    name_in_question,
    shared_words,
    uncovered_names,
)
from rag.question.intent import Question, is_intent_word, names_in, parse_intent
from rag.question.interpret import Interpretation, interpret_one
from rag.question.kinds import AnswerKind, is_cue
from rag.question.lexicon import PATTERNS
from rag.question.requirements import Requirements, requirements
from rag.question.scope import QueryScope
from rag.question.spelling import SpellingRepair, repair_spelling
from rag.retrieval.search import Hits, Retriever
from rag.services.answers.base import BY_WORDS, overlaps, passage_support, value_name
from rag.services.answers.extractive import draft_of
from rag.services.answers.hearsay import HEARSAY_ODDS, hearsay
from rag.services.answers.relevance import best_of, judge_sentences, support_of
from rag.services.answers.selection import NEWS_SCORE, answering, breadth_of, with_news
from rag.services.answers.shapes import arrange_by_kind, draft_by_kind
from rag.services.answers.shapes.base import Overview, Toolkit
from rag.services.answers.stated import Assessment, StatementFinder, not_quoted
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.dates.in_text import event_days
from rag.text.language import language_name
from rag.text.terms import STOPWORDS, content_words, stem, words

# Below SUPPORT_FLOOR the evidence does not answer. On development passages it keeps nine of ten questions that can be
# answered and declines two of three that can't.
SUPPORT_FLOOR = 0.45
_LONG_FLOOR = 0.40  # of a question with so many words that no passage holds them all; chosen on half of such questions
_PASSAGES = 10
_NEAREST = 3
_NEWEST = 5  # statements of speakers whom a question names that could not be read
_BESIDE_WORDS = (AnswerKind.REASON, AnswerKind.VALUE, AnswerKind.YES_NO)  # that reports answer, if no statement does
_BRIEF = 30  # words of a question that asks for somebody's words and nothing more

_log = logging.getLogger(__name__)


class AnswerBasis(NamedTuple):
    """A question, or one of several, as read, with the assessment of its evidence; `away` says why the search went by
    words alone. `drafts` are the sentences of the record, if anything answers.
    """

    reading: Interpretation
    assessment: Assessment
    away: str | None = None
    drafts: tuple[DraftSentence, ...] | None = None

    @property
    def question(self) -> Question:
        """The question as parsed: its actors and topic."""
        return self.reading.question


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
        self._finder = StatementFinder(library, retriever)
        self._tools = Toolkit(
            library=library, retriever=retriever, finder=self._finder, judge=self._score, overview=overview
        )

    def gather(self, reading: Interpretation, cancel: threading.Event | None = None) -> AnswerBasis:
        """The question with the evidence for it; if it has spelling mistakes, for the words that the library has."""
        cancel = cancel or threading.Event()
        if reading.unclear:
            gap = f"The question does not say {reading.unclear}."
            return AnswerBasis(reading, Assessment(Evidence(), 0.0, gap))
        hits = self._search(reading)
        corrections = self._corrections(reading.question, hits, reading.scope)
        if corrections.replacements:
            reading = self._reinterpret(reading, corrections)
            hits = self._search(reading)
        answer = draft_by_kind(reading, self._tools, cancel)
        if answer is None:
            answer = arrange_by_kind(reading, self._tools, self._assess(reading, hits), cancel)
        drafts = answer.drafts[:1] if reading.shape.is_brief else answer.drafts
        return AnswerBasis(reading, answer.assessment, hits.away, drafts)

    def gather_foreign(self, reading: Interpretation, language: str) -> AnswerBasis:
        """For a question in a language that nothing here reads: the newest statements of the speakers whom it names,
        with a note on what works.
        """
        remedy = (
            f"The question is in {language_name(language)}. Without a model only questions in English are read: ask in"
            " English, or add a model in Settings."
        )
        actors = self._finder.actors_in(reading.original)
        statements = {
            item: None
            for name in names_in(reading.original)
            for actor in parse_intent(f"What did {name} say?", actors).actors
            for item in self._library.statements.find(reading.filters, actor=actor)
        }
        newest = sorted(statements, key=attrgetter("sort_day"), reverse=True)[:_NEWEST]
        evidence = self._retriever.evidence((), newest)
        if not newest:
            return AnswerBasis(reading, Assessment(evidence, 0.0, remedy))
        drafts = {(draft := draft_of([item], evidence.sentences)).text: draft for item in reversed(newest)}
        speakers = sorted({item.speaker for item in newest if item.speaker}, key=len)
        whose = " and ".join({name.split()[-1]: name for name in speakers}.values())
        note = f"{remedy} These are the newest statements of {whose}, whom the question names."
        return AnswerBasis(reading, Assessment(evidence, 0.5, None, (note,)), drafts=tuple(reversed(drafts.values())))

    def _reinterpret(self, reading: Interpretation, corrections: SpellingRepair) -> Interpretation:
        """The interpretation of the corrected text, with the scope and the places of the original."""
        new = interpret_one(corrections.text, self._library.corpus, reading.scope.ignored, reading.filters)
        understood = [*reading.scope.understood, *corrections.readings(reading.question.text)]
        present = {(item.kind, item.value) for item in understood}
        understood += [
            replace(item, start=corrections.original_offset(item.start), end=corrections.original_offset(item.end))
            for item in new.question.understood
            if (item.kind, item.value) not in present
        ]
        question = replace(
            new.question,
            understood=tuple(sorted(understood, key=lambda item: item.start)),
            segments=reading.question.segments,
            outlets=reading.question.outlets,
        )
        return replace(
            new, original=reading.original, scope=reading.scope, question=question, sub_question=reading.sub_question,
            last_answer=reading.last_answer, is_bare_why=reading.is_bare_why,
        )  # fmt: skip

    def _search(self, reading: Interpretation) -> Hits:
        """The best passages; for a question with days also what articles of other days date to these."""
        question = reading.question
        search = partial(
            self._retriever.search, question.text, k=_PASSAGES, segments=question.segments, outlets=question.outlets
        )
        hits = search(filters=reading.filters)
        if reading.scope.is_dated:
            article_ids = {hit.article_id for hit in hits}
            others = [hit for hit in search(filters=reading.scope.without_dates) if hit.article_id not in article_ids]
            hits.extend(hit for hit in others if hit.published is None)  # their day is not known
            hits.extend(self._of_days([hit for hit in others if hit.published], reading.scope))
        return hits

    def _of_days(self, hits: Sequence[Hit], scope: QueryScope) -> list[Hit]:
        """The sentences of the hits that name a day of the scope, or hold a statement of one, as hits of their own."""
        statements = [
            item
            for item in self._finder.near(hits, scope.without_dates)
            if item.said_on and scope.is_within(item.said_on)
        ]
        by_article = {hit.article_id: hit for hit in hits}
        return [
            replace(by_article[one.article_id], start=one.start, end=one.end, text=one.text)
            for one in self._retriever.evidence(hits).sentences
            if any(overlaps(item, one) for item in statements)
            or (one.published and any(scope.is_within(day.day) for day in event_days(one.text, one.published)))
        ]

    def _positions(self, reading: Interpretation, hits: Sequence[Hit]) -> Assessment:
        """The statements that the question asks for; of days only those of these days, whenever they were published."""
        if not reading.scope.is_dated:
            return self._finder.positions(reading.question, hits, reading.filters)
        each = [
            self._finder.positions(reading.question, hits, one)
            for one in (reading.filters, reading.scope.without_dates)
        ]
        answers = [one for one in each if one.gap is None]
        if not answers:
            return each[0]
        union = answers[0]._replace(evidence=merge_evidence([one.evidence for one in answers]))
        since, until = reading.filters.since, reading.filters.until

        def is_within(item: Statement) -> bool:
            if item.said_on:
                return reading.scope.is_within(item.said_on)
            day = item.published
            return day is not None and not (since and day < since) and not (until and day > until)

        if positions := tuple(item for item in union.evidence.positions if is_within(item)):
            return union._replace(evidence=replace(union.evidence, positions=positions))
        return Assessment(union.evidence, union.support, "The articles hold no such statement of these days.")

    def _corrections(self, question: Question, hits: Sequence[Hit], scope: QueryScope) -> SpellingRepair:
        """The question with its spelling corrected, unless the reader does not want that."""
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

    def _assess(self, reading: Interpretation, hits: Sequence[Hit]) -> Assessment:
        question, filters = _on_claim(reading), reading.scope.without_dates
        # A longer one is about more than somebody's words.
        is_brief = len(set(question.names)) <= MOST_CARRYING and len(words(question.text)) <= _BRIEF
        if question.unknown_actor and is_brief:
            return self._by_stranger(reading, question, question.unknown_actor, hits)
        if question.asks_position and question.actors:
            assessment = self._positions(reading, hits)
            if assessment.gap is None:
                return assessment
            if is_brief:
                return self._beside_statements(reading, question, assessment, hits)
        of_anybody = question.asks_who or not question.names  # "who said that ..."
        if question.asks_position and of_anybody and (question.topic or question.asks_denial):
            result = self._positions(reading, hits)
            if self._judge is not None:
                answers = self._answering_positions(question, result.evidence)
                result = result._replace(evidence=replace(result.evidence, positions=answers))
            if result.evidence.positions or (question.asks_who and question.asks_denial):
                return result
        if question.asks_position and not question.actors and (of_holder := self._by_holder(reading)):
            return of_holder
        evidence = self._evidence(hits, filters)
        missing = uncovered_names(question, evidence)
        if missing and not is_partly_answerable(missing, question):
            return Assessment(evidence, 0.0, self._unmentioned(missing[0]))
        notes = tuple(self._unmentioned(name) for name in missing)
        scored = self._score(question, evidence)
        if scored is not None and (is_brief or answering(scored.sentences)):
            scored, sequel = self._with_sequel(reading, question, scored)
            return self._assess_judged(question, with_news(scored, reading, sequel), notes)
        evidence = self._retriever.score(question.text, evidence, by_words=BY_WORDS)
        support = passage_support(self._retriever, question.text, evidence)
        return Assessment(evidence, support, None if support >= floor_of(question) else " ".join(notes), notes)

    def _beside_statements(
        self, reading: Interpretation, question: Question, assessment: Assessment, hits: Sequence[Hit]
    ) -> Assessment:
        """For the words of somebody of whom no statement answers: what articles report of them, their statements in
        other words, those of whoever holds the office, or the sentences that answer; else the `assessment`.
        """
        names = list(dict.fromkeys(name_in_question(actor, question) for actor in question.actors))
        has_statements = bool(assessment.evidence.statements)
        evidence = self._evidence(hits, reading.scope.without_dates)
        account = self._hearsay(question, names, evidence, has_statements=has_statements)
        sure = account or self._surely_answering(question, assessment.evidence) or self._by_holder(reading)
        if question.asks_claim:  # about somebody's words, so not answered by all that names them
            return sure if sure and _shares_topic(question, sure.evidence) else assessment
        if sure or reading.kind not in _BESIDE_WORDS:
            return sure or assessment
        scored = self._score(question, evidence)
        best = best_of(scored.sentences) if scored else None
        if scored is None or best is None or log_odds(best.score) < HEARSAY_ODDS:
            return assessment
        return self._assess_judged(question, scored, ())

    def _evidence(self, hits: Sequence[Hit], filters: Filters) -> Evidence:
        """The evidence of some hits, with all statements of their articles."""
        return replace(self._retriever.evidence(hits), statements=tuple(self._finder.near(hits, filters)))

    def _by_stranger(self, reading: Interpretation, question: Question, name: str, hits: Sequence[Hit]) -> Assessment:
        """For the words of somebody who is no known speaker: those of a body that bears the name, what articles report
        of them, or the words of whoever holds the office.
        """
        filters = reading.scope.without_dates
        relayed = self._finder.through_others(question, [name], hits, filters)
        account = None
        if reading.shape.newest_first or not relayed:
            account = self._hearsay(question, [name], self._evidence(hits, filters))
        if relayed and not (account and _newest_day(account.evidence) > _newest_day(relayed.evidence)):
            return relayed
        gap = not_quoted([name])
        return account or self._by_holder(reading) or Assessment(self._retriever.evidence(hits), 0.0, gap)

    def _score(self, question: Question, evidence: Evidence) -> Evidence | None:
        """The evidence with its sentences judged; None without a judge, or if it fails."""
        if self._judge is None:
            return None
        try:
            return judge_sentences(self._judge, _without_dates(question), requirements(question), evidence)
        except ModelError as exc:
            _log.warning("not judged", extra=logs.fields(**logs.error_fields(exc)))
            return None

    def _with_sequel(
        self, reading: Interpretation, question: Question, scored: Evidence
    ) -> tuple[Evidence, frozenset[str]]:
        """The evidence, and the ids of the sentences of later articles, judged without the names of a question for a
        state, where these articles go on about somebody whose words answer it: "Reed has taken back his resignation"
        need not repeat of which town he is mayor.
        """
        best = best_of(scored.sentences)
        if best is None or not best.published or not reading.shape.newest_first or not question.names:
            return scored, frozenset()
        answers = [
            one for one in answering(scored.sentences, breadth_of(question.text)) if one.article_id == best.article_id
        ]
        people = {
            person
            for item in scored.statements
            if any(overlaps(item, one) for one in answers) and (person := person_in(item.speaker or ""))
        }
        later = {
            (one.article_id, one.version)
            for one in scored.sentences
            if one.published and one.published > best.published
        }
        sequel = {
            key
            for key in later
            if any(person in scored.texts.get(key, "") for person in people)
            if len(missing_names(question.names, scored.texts[key])) == len(set(question.names))
        }
        own = tuple(one for one in scored.sentences if (one.article_id, one.version) in sequel)
        judged = self._score(replace(question, names=()), replace(scored, sentences=own, hits=())) if own else None
        if judged is None:
            return scored, frozenset()
        stems = set(content_words(question.text)) - {term for name in question.names for term in content_words(name)}
        by_sid = {
            one.sid: replace(one, score=max(one.score, NEWS_SCORE)) if PATTERNS.takes_back.search(one.text) else one
            for one in judged.sentences
            if shared_words(stems, one.text)
        }
        sentences = tuple(by_sid.get(one.sid, one) for one in scored.sentences)
        return replace(scored, sentences=sentences), frozenset(by_sid)

    def _assess_judged(self, question: Question, evidence: Evidence, notes: tuple[str, ...]) -> Assessment:
        """Judged evidence, which answers if one of its sentences does."""
        best = best_of(evidence.sentences)
        support = support_of(best.score) if best else 0.0
        if answering(evidence.sentences):
            return Assessment(evidence, support, None, notes)
        return Assessment(
            evidence, support, " ".join([*notes, *_missing_value(requirements(question), evidence)]), notes
        )

    def _hearsay(
        self, question: Question, names: Sequence[str], evidence: Evidence, *, has_statements: bool = False
    ) -> Assessment | None:
        """As `hearsay`, on evidence that is not judged yet; None without a judge."""
        scored = self._score(question, evidence)
        return None if scored is None else hearsay(question, names, scored, has_statements=has_statements)

    def _surely_answering(self, question: Question, evidence: Evidence) -> Assessment | None:
        """The statements in sentences that surely answer, though in other words; None if there are none."""
        scored = self._score(question, replace(evidence, hits=()))
        sure = [one for one in scored.sentences if log_odds(one.score) >= HEARSAY_ODDS] if scored else []
        positions = tuple(item for item in evidence.statements if any(overlaps(item, one) for one in sure))
        best = best_of(one for one in sure if any(overlaps(item, one) for item in positions))
        return Assessment(replace(evidence, positions=positions), support_of(best.score), None) if best else None

    def _by_holder(self, reading: Interpretation) -> Assessment | None:
        """The words of whoever holds the office that the question names, if another article says who that is."""
        match = PATTERNS.office_asked.match(reading.question.text)
        if match is None:
            return None
        office = match["office"]
        hits = self._retriever.search(office, k=_PASSAGES, filters=reading.scope.without_dates)
        name, basis = self._holder(office, hits, reading)
        if not name:
            return None
        text = reading.question.text.replace(office, name)
        new = interpret_one(text, self._library.corpus, reading.scope.ignored, reading.filters)
        if not new.question.actors:
            return None
        result = self._positions(new, self._search(new))
        if result.gap is not None:
            return None
        return result._replace(notes=(*result.notes, f"“{office}” was read as {name}, by “{basis}”"))

    def _holder(self, office: str, hits: Sequence[Hit], reading: Interpretation) -> tuple[str, str]:
        """Who holds an office, and the words that say so: the last speaker in that role, else the only person in the
        sentence that the judge surely takes for an answer. Empty if nobody is known.
        """
        terms = set(words(office)) - STOPWORDS
        for item in sorted(
            self._finder.near(hits, reading.scope.without_dates), key=attrgetter("sort_day"), reverse=True
        ):
            if item.speaker and item.role and terms <= set(words(f"{item.role} {item.on_behalf_of or ''}")):
                return item.speaker, f"{item.speaker}, {item.role}"
        scored = self._score(parse_intent(f"Who is {office}?", ()), self._retriever.evidence(hits))
        best = best_of(scored.sentences) if scored else None
        if best is None or log_odds(best.score) < HEARSAY_ODDS:
            return "", ""
        people = {person_in(span.of(best.text)) for span in spans_of(AnswerType.PERSON, best.text)} - {None}
        return (str(people.pop()), best.text) if len(people) == 1 else ("", "")

    def _unmentioned(self, name: str) -> str:
        """A note that the closest articles do not have a name, or that no article has it."""
        if self._library.passages.frequency(fold(name)):
            return f"None of the closest articles mentions {name}."
        return f"The articles do not mention {name}."

    def _answering_positions(self, question: Question, evidence: Evidence) -> tuple[Statement, ...]:
        """The positions whose sentence answers, or all if the judge fails."""
        scored = self._score(question, replace(evidence, hits=(), statements=evidence.positions))
        if scored is None:
            return evidence.positions
        sentences = answering(scored.sentences, breadth_of(question.text))
        return tuple(item for item in evidence.positions if any(overlaps(item, one) for one in sentences))


def _without_dates(question: Question) -> str:
    """The question without the days that the search keeps to: a sentence of these articles says "on Monday"."""
    text = question.text
    for item in sorted(question.understood, key=lambda item: -item.start):
        if item.kind == "date" and item.applied and text[item.start : item.end] == item.text:
            text = f"{text[: item.start].rstrip()}{text[item.end :]}"
    return text


def _on_claim(reading: Interpretation) -> Question:
    """The question; if it asks whether a quotation is true, whether what it says is: its words need not occur."""
    claim = PATTERNS.claim_asked.match(reading.question.text) if reading.shape.is_claim else None
    return replace(reading.question, text=f"Is it true that {claim['claim']}?") if claim else reading.question


def _shares_topic(question: Question, evidence: Evidence) -> bool:
    """True if a sentence that answers has a word of the question's topic."""
    names = {term for name in question.names for term in content_words(name)}
    terms = set(map(stem, question.topic)) - names
    answers = [one for one in evidence.sentences if any(overlaps(item, one) for item in evidence.positions)]
    answers = answers or answering(evidence.sentences)
    return any(terms & set(content_words(one.text)) for one in answers)


def _newest_day(evidence: Evidence) -> date:
    """The last day of publication of what answers: of the statements, else of the sentences with a score."""
    days = [item.published for item in evidence.positions or [one for one in evidence.sentences if one.score > 0]]
    return max((day for day in days if day), default=date.min)


def _missing_value(needs: Requirements, evidence: Evidence) -> list[str]:
    """A note on the value that the question asks for, if the nearest sentences have none."""
    near = sorted(evidence.sentences, key=lambda item: -item.score)[:_NEAREST]
    near = [item for item in near if len(missing_names(needs.names, item.text)) < len(needs.names)] or near
    is_missing = near and needs.kind in VALUE_REQUIRED and all(needs.lacks_value(item.text) for item in near)
    return [f"The closest match does not give {value_name(needs.kind)}."] if is_missing else []


def nearest_to(evidence: Evidence) -> tuple[Hit, ...]:
    """What comes nearest to a question without an answer: the best sentence of each article if they are judged, else
    the best passages.
    """
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
