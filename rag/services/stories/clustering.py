"""Incremental clustering of articles into stories. Pure and deterministic.

Two articles are compared by the words and names that they share, weighted by rarity, and by their vectors. A later
article never moves an earlier one, so an article keeps the story that it was first assigned to.
"""

from __future__ import annotations

import math
import operator
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.text.canonical import digest, fold
from rag.text.terms import content_words

LONGEST_PAUSE = 30  # days; articles further apart are about different events
LEAD_WORDS = 150  # of a text that are compared; the rest is background shared with other events
_FEWEST_OWN_WORDS = 5  # of an article that is compared by them; others are as those that they repeat
_MIN_LIKENESS = 0.25  # likeness from which an article joins a story
_NAME_WEIGHT, _TERM_WEIGHT, _VECTOR_WEIGHT = 0.3, 0.25, 0.45  # of each kind of likeness
_TIME_PENALTY = 0.2  # subtracted over the longest pause
_NEAREST = 3  # most similar articles of a story that count
_MOST_TERMS = 40  # by which articles are looked up, the rarest
_MOST_CANDIDATES = 60  # articles that are compared in full
_CAPITALIZED = re.compile(r"(?<![.!?:“\"])\s[“\"]?([^\W\d_a-z][\w’'-]+)")

Vector = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The features of an article: its day (proleptic ordinal), stems of headline and lead, folded names, its unit
    vector, empty without a model, and the keys of its paragraphs.
    """

    article_id: str
    day: int
    terms: frozenset[str]
    names: frozenset[str]
    vector: Vector = ()
    paragraphs: frozenset[str] = frozenset()


def paragraphs_of(outlet: str | None, text: str) -> dict[str, str]:
    """The paragraphs of an article by their keys, which are the same in all articles of one outlet."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return {digest(outlet or "", fold(line), length=12): line for line in lines if line}


def own_text(paragraphs: Mapping[str, str], repeated: Collection[str]) -> str:
    """The paragraphs that are not `repeated` in other articles of the outlet: what an outlet says of itself below each
    of its articles would make one story of them all. All paragraphs where hardly anything else remains.
    """
    own = "\n".join(text for key, text in paragraphs.items() if key not in repeated)
    return own if len(own.split()) >= _FEWEST_OWN_WORDS else "\n".join(paragraphs.values())


def lead_of(title: str, text: str) -> str:
    """The headline and the first words: the part of an article that is compared and embedded."""
    return f"{title}. {' '.join(text.split()[:LEAD_WORDS])}"


def sketch_of(
    article_id: str,
    day: int,
    title: str,
    text: str,
    *,
    speakers: Iterable[str] = (),
    vector: Vector = (),
    paragraphs: Iterable[str] = (),
) -> Sketch:
    """The sketch of an article by its own text; `speakers` are those of its statements."""
    lead = lead_of(title, text)
    names = {fold(match.group(1)).removesuffix("'s").removesuffix("’s") for match in _CAPITALIZED.finditer(lead)}
    names |= {fold(word) for name in speakers for word in name.split() if word[:1].isupper()}
    return Sketch(
        article_id=article_id, day=day, terms=frozenset(content_words(lead)), names=frozenset(names), vector=vector,
        paragraphs=frozenset(paragraphs),
    )  # fmt: skip


def story_id_of(article_id: str) -> str:
    """The id of a story that begins with this article."""
    return digest("story", article_id)


class Stories:
    """Articles by story; more are added one by one. `members` are the articles assigned already, with their stories."""

    def __init__(self, members: Mapping[str, tuple[Sketch, str]] | None = None) -> None:
        self._members: dict[str, tuple[Sketch, str]] = {}
        self._articles_by_term: dict[str, set[str]] = defaultdict(set)
        for item, story_id in (members or {}).values():
            self._insert(item, story_id)

    def add(self, item: Sketch, *, story_id: str | None = None) -> str:
        """Assign an article to a story and return its id: `story_id` if given, else the most similar or a new one."""
        target = story_id or self._story_for(item) or story_id_of(item.article_id)
        self._insert(item, target)
        return target

    def _insert(self, item: Sketch, story_id: str) -> None:
        self._members[item.article_id] = item, story_id
        for term in item.terms | item.names:
            self._articles_by_term[term].add(item.article_id)

    def _story_for(self, item: Sketch) -> str | None:
        weights = {term: self._weight(term) for term in item.terms | item.names}
        shared: dict[str, float] = defaultdict(float)
        for term in sorted(weights, key=lambda one: (-weights[one], one))[:_MOST_TERMS]:
            for other_id in self._articles_by_term.get(term, ()):
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
            likeness = _NAME_WEIGHT * names + _TERM_WEIGHT * terms + _VECTOR_WEIGHT * max(0.0, cosine)
        else:
            likeness = (_NAME_WEIGHT * names + _TERM_WEIGHT * terms) / (_NAME_WEIGHT + _TERM_WEIGHT)
        return float(likeness - _TIME_PENALTY * abs(one.day - other.day) / LONGEST_PAUSE)

    def _overlap(self, ours: frozenset[str], theirs: frozenset[str], weights: Mapping[str, float]) -> float:
        """The cosine of two sets of words, weighted by rarity."""
        shared = sum(weights[word] ** 2 for word in ours & theirs)
        if not shared:
            return 0.0
        sizes = sum(weights[word] ** 2 for word in ours) * sum(self._weight(word) ** 2 for word in theirs)
        return float(shared / math.sqrt(sizes))

    def _weight(self, term: str) -> float:
        return math.log(1 + (len(self._members) + 1) / (len(self._articles_by_term.get(term, ())) + 1))


def _mean_of_nearest(scores: Sequence[float]) -> float:
    best = sorted(scores, reverse=True)[:_NEAREST]
    return sum(best) / len(best)
