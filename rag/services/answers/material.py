"""What a model gets of the evidence: each thing once, nothing of articles about something else, within its budget."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain import Evidence, EvidenceSentence, Statement
from rag.knowledge.words import FULL_NEGATIONS
from rag.services.answers.base import best_scores, overlaps
from rag.text.prompts import attribution
from rag.text.terms import words
from rag.text.token_count import count_tokens

ENOUGH = 1_900  # tokens of evidence for most questions
_NEAR_BEST = 0.7  # of the best score
_LINE = 8  # tokens of an id and its line
_ALIKE = 0.85  # share of the words of the longer of two sentences that makes them one
_ON_TOPIC = 0.4  # of the best score, for the best sentence of an article that is about the question
_ON_TOPIC_JUDGED = 0.002  # a judge's score from which an article is about the question, whether or not it answers
_FEWEST_WORDS = 5  # shorter sentences are alike by chance


def material(evidence: Evidence, budget: int) -> list[EvidenceSentence]:
    """The sentences to send, in reading order: those of positions first, then the best that fit `budget`, in tokens;
    beyond ENOUGH only those that score nearly as well as the best.
    """
    selection, total = set[str](), 0
    candidates = _without_copies(_on_topic(evidence), evidence.statements)
    best = max((item.score for item in candidates), default=0.0)
    positions = {item.sid for item in candidates if any(overlaps(one, item) for one in evidence.positions)}
    for item in sorted(candidates, key=lambda one: (one.sid not in positions, -one.score)):
        cost = tokens_of(item, evidence.statements)
        if total + cost <= (budget if item.score >= _NEAR_BEST * best else min(budget, ENOUGH)):
            selection.add(item.sid)
            total += cost
    return [item for item in candidates if item.sid in selection]


def tokens_of(item: EvidenceSentence, statements: Sequence[Statement] = ()) -> int:
    """The approximate tokens of a sentence's line."""
    return count_tokens(f"{attribution(item, statements)} {item.text}") + _LINE


def _on_topic(evidence: Evidence) -> list[EvidenceSentence]:
    """The sentences of articles with a sentence near the best, or with a position."""
    best = best_scores(evidence.sentences)
    floor = _ON_TOPIC * max(best.values(), default=0.0)
    if evidence.judged:  # scores say how sure an answer is, and what is near need not answer by itself
        floor = min(floor, _ON_TOPIC_JUDGED)
    articles = {item.article_id for item in evidence.positions}
    return [item for item in evidence.sentences if item.article_id in articles or best[item.article_id] >= floor]


def _without_copies(items: Sequence[EvidenceSentence], statements: Sequence[Statement]) -> list[EvidenceSentence]:
    """The sentences without those that another article has in nearly the same words; one with a known speaker stays."""
    ranked = sorted(items, key=lambda one: (not attribution(one, statements), -one.score))
    unique: list[tuple[set[str], EvidenceSentence]] = []
    for item in ranked:
        own = set(words(item.text))
        copies = (other.article_id != item.article_id and _are_alike(own, theirs) for theirs, other in unique)
        if len(own) < _FEWEST_WORDS or not any(copies):
            unique.append((own, item))
    sids = {item.sid for _, item in unique}
    return [item for item in items if item.sid in sids]


def _are_alike(own: set[str], theirs: set[str]) -> bool:
    """True for nearly the same words that differ in no number and no denial."""
    if len(own & theirs) < _ALIKE * max(len(own), len(theirs)):
        return False
    return not any(word in FULL_NEGATIONS or any(map(str.isdigit, word)) for word in own ^ theirs)
