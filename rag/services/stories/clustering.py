"""Which articles are about one event: each joins the story of those it is like, or begins one. Pure, deterministic.

Two articles are compared by the words and the names that they share, a rare one weighing more, and by their vectors.
An article that comes later never moves an earlier one, so the story of an article is settled once it is read.
"""

from __future__ import annotations

import math
import operator
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.text.canonical import digest, fold
from rag.text.terms import content_words

LONGEST_PAUSE = 30  # days after which what happens is another event
LEAD_WORDS = 150  # of a text that are compared: below them stands background that other events share
_MIN_LIKENESS = 0.25  # likeness from which an article belongs to a story
_NAME_WEIGHT, _TERM_WEIGHT, _VECTOR_WEIGHT = 0.3, 0.25, 0.45  # what each kind of likeness weighs
_TIME_PENALTY = 0.2  # what is lost of it over the longest pause
_NEAREST = 3  # articles of a story that count, those most like
_MOST_TERMS, _MOST_CANDIDATES = (
    40,
    60,
)  # words by which others are looked up, the rarest; articles that are compared in full
_CAPITALIZED = re.compile(r"(?<![.!?:“\"])\s[“\"]?([^\W\d_a-z][\w’'-]+)")

Vector = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is compared of an article: its day (proleptic ordinal), stems of headline and lead, folded names, and its
    unit vector, empty where there is no model.
    """

    article_id: str
    day: int
    terms: frozenset[str]
    names: frozenset[str]
    vector: Vector = ()


def lead_of(title: str, text: str) -> str:
    """What of an article is compared, and put into its vector."""
    return f"{title}. {' '.join(text.split()[:LEAD_WORDS])}"


def sketch_of(
    article_id: str, day: int, title: str, text: str, *, speakers: Iterable[str] = (), vector: Vector = ()
) -> Sketch:
    """The sketch of an article; `speakers` are those of its statements."""
    lead = lead_of(title, text)
    names = {fold(match.group(1)).removesuffix("'s").removesuffix("’s") for match in _CAPITALIZED.finditer(lead)}
    names |= {fold(word) for name in speakers for word in name.split() if word[:1].isupper()}
    return Sketch(
        article_id=article_id, day=day, terms=frozenset(content_words(lead)), names=frozenset(names), vector=vector
    )


def story_id_of(article_id: str) -> str:
    """The id of the story that an article begins."""
    return digest("story", article_id)


class Stories:
    """Articles by story, to which others are added one by one. `members` are those known, with their stories."""

    def __init__(self, members: Mapping[str, tuple[Sketch, str]] | None = None) -> None:
        self._members: dict[str, tuple[Sketch, str]] = {}
        self._holding: dict[str, set[str]] = defaultdict(set)  # of a term, the articles that have it
        for item, story_id in (members or {}).values():
            self._keep(item, story_id)

    def add(self, item: Sketch, *, story_id: str | None = None) -> str:
        """The story that an article joins or begins, or `story_id` where that is settled."""
        chosen = story_id or self._story_for(item) or story_id_of(item.article_id)
        self._keep(item, chosen)
        return chosen

    def _keep(self, item: Sketch, story_id: str) -> None:
        self._members[item.article_id] = item, story_id
        for term in item.terms | item.names:
            self._holding[term].add(item.article_id)

    def _story_for(self, item: Sketch) -> str | None:
        weights = {term: self._weight(term) for term in item.terms | item.names}
        shared: dict[str, float] = defaultdict(float)
        for term in sorted(weights, key=lambda one: (-weights[one], one))[:_MOST_TERMS]:
            for other_id in self._holding.get(term, ()):
                shared[other_id] += weights[term] ** 2
        candidates = sorted(shared, key=lambda one: (-shared[one], one))[:_MOST_CANDIDATES]
        by_story: dict[str, list[float]] = defaultdict(list)
        for candidate in candidates:
            other, story_id = self._members[candidate]
            if candidate != item.article_id and abs(other.day - item.day) <= LONGEST_PAUSE:
                by_story[story_id].append(self._likeness(item, other, weights))
        best = max(((_mean_of_nearest(scores), story_id) for story_id, scores in by_story.items()), default=(0.0, ""))
        return best[1] if best[0] >= _MIN_LIKENESS else None

    def _likeness(self, one: Sketch, other: Sketch, weights: Mapping[str, float]) -> float:
        names = self._overlap(one.names, other.names, weights)
        terms = self._overlap(one.terms - one.names, other.terms - other.names, weights)
        if one.vector and len(one.vector) == len(other.vector):
            cosine = sum(map(operator.mul, one.vector, other.vector))
            alike = _NAME_WEIGHT * names + _TERM_WEIGHT * terms + _VECTOR_WEIGHT * max(0.0, cosine)
        else:
            alike = (_NAME_WEIGHT * names + _TERM_WEIGHT * terms) / (_NAME_WEIGHT + _TERM_WEIGHT)
        return float(alike - _TIME_PENALTY * abs(one.day - other.day) / LONGEST_PAUSE)

    def _overlap(self, ours: frozenset[str], theirs: frozenset[str], weights: Mapping[str, float]) -> float:
        """The cosine of two sets of words, each weighing what it tells."""
        shared = sum(weights[word] ** 2 for word in ours & theirs)
        if not shared:
            return 0.0
        sizes = sum(weights[word] ** 2 for word in ours) * sum(self._weight(word) ** 2 for word in theirs)
        return float(shared / math.sqrt(sizes))

    def _weight(self, term: str) -> float:
        return math.log(1 + (len(self._members) + 1) / (len(self._holding.get(term, ())) + 1))


def _mean_of_nearest(scores: Sequence[float]) -> float:
    best = sorted(scores, reverse=True)[:_NEAREST]
    return sum(best) / len(best)
