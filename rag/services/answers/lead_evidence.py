"""The evidence that a model answers from: that of the question, both sides of a comparison, and all its speakers; and
whether to ask the model at all if the built-in engine finds no answer.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rag.domain import Evidence, EvidenceSentence, Filters, Hit, Statement
from rag.providers.base import log_odds
from rag.question.conversation import Turn
from rag.question.coverage import name_in_question, uncovered_names
from rag.question.intent import Question
from rag.question.interpret import interpret
from rag.question.lexicon import PATTERNS
from rag.retrieval.search import Retriever
from rag.services.answers.base import BY_WORDS, passage_support
from rag.services.answers.extractive import draft_record
from rag.services.answers.gathering import Gatherer
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.places import country_asked
from rag.text.terms import content_words, words
from rag.verification.model_claims import RecordAnswer

ASKING_FLOOR = 0.30  # of the support, below which a model is not asked either
_ASKING_ODDS = -5.0  # log-odds of the best sentence from which a model is asked, if sentences are judged
_MOST_SEARCHES = 4
_MOST_STATEMENTS = 8  # of one party
_PASSAGES = 10
_PASSAGES_OF_PLAN = 5  # of each planned search
_PASSAGES_OF_GAP = 6


def parties(question: Question) -> list[str]:
    """Those whom a question sets side by side, as it calls them, each once."""
    names = [name_in_question(actor, question) for actor in question.actors]
    folded = {fold(name) for name in names}
    countries = {country_asked(" ".join(words(name))) for name in names} - {None, ""}
    for name in question.names:
        if fold(name) not in folded and country_asked(" ".join(words(name))) not in countries:
            names.append(name)
            folded.add(fold(name))
    return list(dict.fromkeys(names))


def planned_searches(question: Question) -> tuple[str, ...]:
    """The searches of a question that sets parties side by side: each with the topic of the question, at most four.
    Empty for other questions.
    """
    names = parties(question)
    if len(names) < 2 or (len(question.actors) < 2 and not PATTERNS.sets_side_by_side.search(question.text)):
        return ()
    parts = {word for name in names for word in words(name)}
    topic = [word for word in dict.fromkeys(words(question.text)) if word not in parts and content_words(word)]
    return tuple(f"{name} {' '.join(topic)}".strip() for name in names[:_MOST_SEARCHES])


def wants_plan(text: str) -> bool:
    """True for a question that sets things side by side or asks for an overview, which several searches serve."""
    return bool(PATTERNS.sets_side_by_side.search(text) or PATTERNS.asks_overview.search(text))


class LeadEvidence:
    """Gathers for a model over one library, within the filters of a question; `gatherer` for further questions."""

    def __init__(self, library: Library, retriever: Retriever, filters: Filters, gatherer: Gatherer) -> None:
        self._library = library
        self._retriever = retriever
        self._filters = filters
        self._gatherer = gatherer

    def widen(self, question: Question, evidence: Evidence, searches: Sequence[str] = ()) -> Evidence:
        """The evidence with the results of `searches` and of those of the question itself, scored against it, and with
        all statements of its articles.
        """
        hits = list(evidence.hits)
        statements: list[Statement] = []
        own_searches = planned_searches(question)
        for query in dict.fromkeys([*searches, *own_searches]):
            hits += self._retriever.search(query, k=_PASSAGES_OF_PLAN, filters=self._filters)
        if own_searches:
            find = partial(self._library.statements.find, self._filters, limit=_MOST_STATEMENTS)
            for actor in question.actors[:_MOST_SEARCHES]:
                statements += find(actor=actor, terms=question.topic) or find(actor=actor)
        if (
            PATTERNS.asks_outlets.search(question.text)
            and PATTERNS.sets_side_by_side.search(question.text)
            and not question.outlets
        ):
            names = [name for name, _ in self._library.articles.outlets()]
            hits += self._retriever.search(question.text, k=_PASSAGES, filters=self._filters, outlets=names)
        places = {_place(item) for item in evidence.hits}
        more = [item for item in dict.fromkeys(hits) if _place(item) not in places]
        if more or statements:
            positions = tuple(dict.fromkeys([*evidence.positions, *statements]))
            wider = self._retriever.evidence(
                [*evidence.hits, *more], [*evidence.positions, *evidence.statements, *statements]
            )
            evidence = replace(wider, positions=positions)
        if more or statements or not any(item.score for item in evidence.sentences):
            evidence = self._retriever.score(question.text, evidence, by_words=BY_WORDS)
        articles = list(dict.fromkeys(item.article_id for item in evidence.sentences))
        statements = self._library.statements.find(self._filters, articles=articles)
        return replace(evidence, statements=tuple(dict.fromkeys([*evidence.statements, *statements])))

    def is_worth_asking(self, question: Question, evidence: Evidence) -> bool:
        """True if a model may find an answer though the built-in engine finds none: the evidence has the names of the
        question, and is near enough.
        """
        if not evidence.sentences or any(
            not _opens_only(name, question) for name in uncovered_names(question, evidence)
        ):
            return False
        if evidence.judged:
            return max(log_odds(item.score) for item in evidence.sentences) >= _ASKING_ODDS
        scored = self._retriever.score(question.text, evidence, by_words=BY_WORDS)
        return passage_support(self._retriever, question.text, scored) >= ASKING_FLOOR

    def search(self, text: str) -> Sequence[EvidenceSentence]:
        """The sentences of the passages that a search for the text finds."""
        return self._retriever.evidence(
            self._retriever.search(text, k=_PASSAGES_OF_GAP, filters=self._filters)
        ).sentences

    def find_answer(self, question: str, asked_before: str) -> RecordAnswer | None:
        """The sentence by which the built-in engine answers a question that came up behind another one."""
        reading = interpret(question, [Turn(asked_before)], self._library.corpus, (), self._filters)
        basis = self._gatherer.gather(reading)
        assessment = basis.assessment
        if assessment.gap is not None:
            return None
        drafts = basis.drafts or draft_record(basis.question, assessment.evidence, threading.Event())
        draft = next(iter(drafts), None)
        return RecordAnswer(draft=draft, evidence=assessment.evidence) if draft else None


def narrow(evidence: Evidence, sids: Sequence[str]) -> Evidence:
    """The evidence with only these sentences and without positions."""
    return replace(evidence, sentences=tuple(item for item in evidence.sentences if item.sid in sids), positions=())


def _place(hit: Hit) -> tuple[str, str, int, int]:
    return hit.article_id, hit.version, hit.start, hit.end


def _opens_only(name: str, question: Question) -> bool:
    """True for one word that has its capital because the question opens with it ("Overview of ..."), and no place."""
    opens = question.text.lstrip(" “\"'").startswith(name)
    return opens and len(name.split()) == 1 and name[1:].islower() and not country_asked(" ".join(words(name)))
