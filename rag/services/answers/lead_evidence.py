"""What a model is given to answer from: what was gathered, both sides of a comparison, and who speaks in all of it; and
whether it is asked at all where the built-in engine finds no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence, Filters, Hit, Statement
from rag.question.coverage import name_in_question, uncovered_names
from rag.question.intent import Question
from rag.retrieval.search import Retriever, idf_coverage
from rag.services.answers.relevance import log_odds
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.places import country_asked
from rag.text.terms import content_words, words

ASKING_FLOOR = 0.30  # of the support below which a model is not asked either
_NEAR = -3.0  # log-odds of the best sentence from which a model is asked, where sentences are judged
_BY_WORDS = 0.3  # of a sentence's score; the rest is likeness of meaning
_HELD = 0.3  # of the support: the words that the best passage holds
_PASSAGES = 10
_MOST_SEARCHES = 4
_EACH = 5  # passages of one planned search
_STATEMENTS = 8  # of one party
_SEARCHED = 6  # passages in which a gap is looked for
_COMPARES = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|disagree\w*|versus|vs|both|each|either|sides?|unlike|respond|react\w*)\b",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(r"\b(?:overview|summar\w+|reactions?|views|positions|stances)\b", re.IGNORECASE)
_OUTLETS = re.compile(r"\b(?:outlets?|newspapers?|papers?|media|coverage|sources)\b", re.IGNORECASE)


def parties(question: Question) -> list[str]:
    """Those whom a question sets side by side, as it calls them, each once."""
    called = [name_in_question(actor, question) for actor in question.actors]
    taken = {fold(name) for name in called}
    countries = {country_asked(" ".join(words(name))) for name in called} - {None, ""}
    for name in question.names:
        same = country_asked(" ".join(words(name)))
        if fold(name) not in taken and not (same and same in countries):
            called.append(name)
            taken.add(fold(name))
    return list(dict.fromkeys(called))


def planned_searches(question: Question) -> tuple[str, ...]:
    """What is searched for besides the question where it sets parties side by side: each with the question's topic, at
    most four. Empty for a question after one thing.
    """
    called = parties(question)
    if len(called) < 2 or (len(question.actors) < 2 and not _COMPARES.search(question.text)):
        return ()
    names = {word for name in called for word in words(name)}
    topic = [word for word in dict.fromkeys(words(question.text)) if word not in names and content_words(word)]
    return tuple(f"{name} {' '.join(topic)}".strip() for name in called[:_MOST_SEARCHES])


def wants_plan(text: str) -> bool:
    """True for a question that sets things side by side or asks for an overview, which several searches serve."""
    return bool(_COMPARES.search(text) or _OVERVIEW.search(text))


class LeadEvidence:
    """Gathers for a model over one library, within the filters of a question."""

    def __init__(self, library: Library, retriever: Retriever, filters: Filters) -> None:
        self._library = library
        self._retriever = retriever
        self._filters = filters

    def widened(self, question: Question, evidence: Evidence, searches: Sequence[str] = ()) -> Evidence:
        """The evidence with what `searches` and those that the question itself calls for find, scored against it, and
        with all statements of its articles.
        """
        hits = list(evidence.hits)
        stated: list[Statement] = []
        for query in dict.fromkeys([*searches, *planned_searches(question)]):
            hits += self._retriever.search(query, k=_EACH, filters=self._filters)
        if planned_searches(question):
            for actor in question.actors[:_MOST_SEARCHES]:
                stated += self._library.statements.find(
                    self._filters, actor=actor, terms=question.topic, limit=_STATEMENTS
                ) or self._library.statements.find(self._filters, actor=actor, limit=_STATEMENTS)
        if _OUTLETS.search(question.text) and _COMPARES.search(question.text) and not question.outlets:
            names = [name for name, _ in self._library.articles.outlets()]
            hits += self._retriever.search(question.text, k=_PASSAGES, filters=self._filters, outlets=names)
        known = {_place(item) for item in evidence.hits}
        more = [item for item in dict.fromkeys(hits) if _place(item) not in known]
        if more or stated:
            positions = tuple(dict.fromkeys([*evidence.positions, *stated]))
            wider = self._retriever.evidence(
                [*evidence.hits, *more], [*evidence.positions, *evidence.statements, *stated]
            )
            evidence = replace(wider, positions=positions)
        if more or stated or not any(item.score for item in evidence.sentences):
            evidence = self._retriever.score(question.text, evidence, by_words=_BY_WORDS)
        return self._attributed(evidence)

    def worth_asking(self, question: Question, evidence: Evidence) -> bool:
        """True if a model may find an answer where the built-in engine finds none: the evidence has the names that the
        question calls, and is near enough.
        """
        if not evidence.sentences or any(
            not _opens_only(name, question) for name in uncovered_names(question, evidence)
        ):
            return False
        if evidence.judged:
            return max(log_odds(item.score) for item in evidence.sentences) >= _NEAR
        scored = self._retriever.score(question.text, evidence, by_words=_BY_WORDS)
        best = max(item.score for item in scored.sentences)
        weights = self._retriever.weights(question.text)
        if not weights:
            return best >= ASKING_FLOOR
        held = max(
            (
                idf_coverage(weights, set(content_words(f"{hit.title} {hit.outlet or ''} {hit.text}")))
                for hit in evidence.hits
            ),
            default=0.0,
        )
        return _HELD * held + (1 - _HELD) * best >= ASKING_FLOOR

    def search(self, text: str) -> Sequence[EvidenceSentence]:
        """The sentences of the passages that a search for the text finds."""
        return self._retriever.evidence(self._retriever.search(text, k=_SEARCHED, filters=self._filters)).sentences

    def _attributed(self, evidence: Evidence) -> Evidence:
        """The evidence with all statements of its articles: who speaks in them, and whom they name in full."""
        articles = list(dict.fromkeys(item.article_id for item in evidence.sentences))
        if not articles:
            return evidence
        known = self._library.statements.find(self._filters, articles=articles)
        return replace(evidence, statements=tuple(dict.fromkeys([*evidence.statements, *known])))


def only(evidence: Evidence, sids: Sequence[str]) -> Evidence:
    """The evidence narrowed to some of its sentences."""
    return replace(evidence, sentences=tuple(item for item in evidence.sentences if item.sid in sids), positions=())


def _place(hit: Hit) -> tuple[str, str, int, int]:
    return hit.article_id, hit.version, hit.start, hit.end


def _opens_only(name: str, question: Question) -> bool:
    """True for one word that has its capital because the question opens with it ("Overview of ..."), and no place."""
    opens = question.text.lstrip(" “\"'").startswith(name)
    return opens and len(name.split()) == 1 and name[1:].islower() and not country_asked(" ".join(words(name)))
