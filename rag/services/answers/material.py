"""What of the evidence a model is sent: each thing once, nothing of articles that are about something else, and as much
as its budget holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain import Evidence, EvidenceSentence, Statement
from rag.text.prompts import attribution
from rag.text.terms import words
from rag.text.token_count import count_tokens

ENOUGH = 1_900  # tokens of evidence for most questions
_AS_GOOD = 0.7  # of the best score
_LINE = 8  # tokens of an id and its line
_ALIKE = 0.85  # share of the words of the longer of two sentences that make them one
_ON_TOPIC = 0.4  # of the best sentence's score, that of the best sentence of an article which is about the question
_NEAR = 0.002  # a judged score from which an article is about the question, whether or not it answers
_DENIALS = frozenset("not no never none neither nor cannot without".split())
_FEWEST_WORDS = 5  # shorter sentences are alike by chance


def material(evidence: Evidence, budget: int) -> list[EvidenceSentence]:
    """The sentences to send, in reading order: those of statements asked for, and the best that fit `budget`, in
    tokens; of those beyond ENOUGH only what scores nearly as well as the best.
    """
    chosen, spent = set[str](), 0
    kept = _once(_on_topic(evidence), evidence.statements)
    best = max((item.score for item in kept), default=0.0)
    stated = {item.sid for item in kept if any(_stands_in(one, item) for one in evidence.positions)}
    for item in sorted(kept, key=lambda one: (one.sid not in stated, -one.score)):
        cost = tokens_of(item, evidence.statements)
        if spent + cost <= (budget if item.score >= _AS_GOOD * best else min(budget, ENOUGH)):
            chosen.add(item.sid)
            spent += cost
    return [item for item in kept if item.sid in chosen]


def _stands_in(item: Statement, sentence: EvidenceSentence) -> bool:
    same = (item.article_id, item.version) == (sentence.article_id, sentence.version)
    return same and any(part.span.touches(sentence.span) for part in item.content)


def tokens_of(item: EvidenceSentence, statements: Sequence[Statement] = ()) -> int:
    """What the line of a sentence costs, about."""
    return count_tokens(f"{attribution(item, statements)} {item.text}") + _LINE


def _on_topic(evidence: Evidence) -> list[EvidenceSentence]:
    """The sentences of articles of which one sentence comes near the best, or that hold a statement asked for."""
    best: dict[str, float] = {}
    for item in evidence.sentences:
        best[item.article_id] = max(best.get(item.article_id, 0.0), item.score)
    floor = _ON_TOPIC * max(best.values(), default=0.0)
    if evidence.judged:  # scores say how sure an answer is, and what is near need not answer by itself
        floor = min(floor, _NEAR)
    stated = {item.article_id for item in evidence.positions}
    return [item for item in evidence.sentences if item.article_id in stated or best[item.article_id] >= floor]


def _once(items: Sequence[EvidenceSentence], statements: Sequence[Statement]) -> list[EvidenceSentence]:
    """The sentences without those that another article has in nearly the same words; who speaks is known of the one
    that stays, if of either.
    """
    ranked = sorted(items, key=lambda one: (not attribution(one, statements), -one.score))
    kept: list[tuple[set[str], EvidenceSentence]] = []
    for item in ranked:
        own = set(words(item.text))
        alike = (other.article_id != item.article_id and _same(own, theirs) for theirs, other in kept)
        if len(own) < _FEWEST_WORDS or not any(alike):
            kept.append((own, item))
    stay = {item.sid for _, item in kept}
    return [item for item in items if item.sid in stay]


def _same(own: set[str], theirs: set[str]) -> bool:
    """True for nearly the same words that differ in no number and no denial."""
    if len(own & theirs) < _ALIKE * max(len(own), len(theirs)):
        return False
    return not any(word in _DENIALS or any(map(str.isdigit, word)) for word in own ^ theirs)
