"""How far the words of a source bear a sentence out: what it takes to cut the sentence out of the source.

Every word that the source does not have, and every place where words of different places are joined, is a doubt; doubts
add up. A word that says something counts 1, a function word a tenth; words that are left out within a sentence 0.2, a
step back in it 0.5, a join with another sentence 0.8 (half of it before a function word). The numbers
are round and were chosen among some on the development data of `onrecord eval qags`, which measures them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem, words

_MISSING, _MISSING_FUNCTION = 1.0, 0.1
_SKIP, _BACK, _JOIN = 0.2, 0.5, 0.8
_FUNCTION_SHARE = 0.5  # of the cost of a join before a function word
_SCALE = 3.0  # doubts at which support has fallen to about a third
_WORSE = 2.2  # a way that costs so much more than the cheapest is given up
_CONTENT = frozenset("said say says tell told".split())  # stop words for a search, but not here
SUPPORT_FLOOR = 0.54  # from which on `onrecord eval qags` counts a sentence as supported

_Word = tuple[str, bool]


def support(sentence: str, source: str) -> float:
    """0..1: how far the words of `source` bear `sentence` out.

    `exp(-doubts / 3)`, the doubts eased by the fourth root of the number of words that carry meaning, so that a long
    sentence may differ a little more than a short one. 1 for words that stand there in one piece; 0 where no word with
    a meaning stands in the source.
    """
    claim = _words(sentence)
    size = sum(content for _, content in claim)
    source_words = [_words(span.of(source)) for span in sentences(source)]
    known = {word for one in source_words for word, _ in one}
    if not any(word in known for word, content in claim if content):
        return 0.0
    doubts = _cheapest(claim, source_words) / size**0.25
    return math.exp(-doubts / _SCALE)


def _words(text: str) -> list[_Word]:
    """Stems, and whether each says something."""
    return [(stem(word), word not in STOPWORDS or word in _CONTENT) for word in words(text)]


def _cheapest(claim: Sequence[_Word], source: Sequence[Sequence[_Word]]) -> float:
    """The least cost of making the words out of the sentences given, by dynamic programming over where each stands."""
    places: dict[str, list[int]] = defaultdict(list)
    owner: list[int] = []
    for number, one in enumerate(source):
        for word, _ in one:
            places[word].append(len(owner))
            owner.append(number)
    ways: dict[int, float] = {-1: 0.0}  # where the last word found stands -> cost so far
    for word, content in claim:
        missing = _MISSING if content else _MISSING_FUNCTION
        after = {at: cost + missing for at, cost in ways.items()}
        for place in places.get(word, ()):
            cost = min(
                cost + _step(at, place, owner) * (1.0 if content else _FUNCTION_SHARE) for at, cost in ways.items()
            )
            after[place] = min(cost, after.get(place, math.inf))
        best = min(after.values())
        ways = {at: cost for at, cost in after.items() if cost <= best + _WORSE}
    return min(ways.values())


def _step(at: int, place: int, owner: Sequence[int]) -> float:
    if at < 0 or place == at + 1:
        return 0.0
    if owner[at] != owner[place]:
        return _JOIN
    return _SKIP if place > at else _BACK
