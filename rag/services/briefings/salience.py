"""Which sentences tell the most, without a model: TextRank for weight, greedy choice against repetition.

The weight is TextRank (Mihalcea and Tarau, EMNLP 2004): sentences vote for each other by the words that they share.
The choice is greedy, as for the monotone submodular functions of Lin and Bilmes (ACL 2011): each further sentence
counts by its weight, less what those already chosen tell. Deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.text.terms import content_words

MOST = 1500  # sentences that are compared with each other: the table of them takes 18 MB
_DAMPING, _ROUNDS, _STILL = 0.85, 60, 1e-6
_LEAD, _HALVED = 0.15, 2.0  # how far a summary of all of a text keeps to its lead; sentences by which that halves
REPEATS = 0.5  # share of the shorter sentence's words at which two tell the same

Floats = npt.NDArray[np.float64]


def weights(texts: Sequence[str]) -> Floats:
    """How central each sentence is among `texts` (at most MOST): shape (n,), the sum 1; empty for no texts."""
    if not texts:
        return np.zeros(0)
    shared, sizes = _shared([frozenset(content_words(text)) for text in texts[:MOST]])
    logs = np.log(sizes + 1.0)
    votes = shared / np.maximum(logs[:, None] + logs[None, :], math.log(2))
    np.fill_diagonal(votes, 0.0)
    votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)
    rank = np.full(len(votes), 1 / len(votes))
    for _ in range(_ROUNDS):
        after = (1 - _DAMPING) / len(votes) + _DAMPING * (votes.T @ rank)
        done = float(np.abs(after - rank).sum()) < _STILL
        rank = after
        if done:
            break
    return np.concatenate([rank, np.zeros(len(texts) - len(rank))])


def led(worth: Sequence[float] | Floats, *, share: float) -> Floats:
    """The worth of a text's sentences, in their order, with what news puts on top put first: the more, the smaller the
    `share` of the text (0..1) that is asked for, as a short summary of news is its lead and a long one is not.
    """
    places = np.arange(len(worth))
    lead = _LEAD / min(1.0, max(share, 0.01)) ** 2
    raised: Floats = np.asarray(worth, dtype=np.float64) * (1 + lead * 0.5 ** (places / _HALVED))
    return raised


def choose(
    texts: Sequence[str],
    worth: Sequence[float] | Floats,
    *,
    most: int | None = None,
    words: int | None = None,
    repeats: float = REPEATS,
    spread: float = 1.0,
    nearest: bool = False,
) -> list[int]:
    """Indices of the sentences of most worth in the order of choice: at most `most`, or about `words` words (one that
    goes over by more than a twentieth is passed over, unless with `nearest` it brings the length nearer to `words` than
    it is without). What is worth 0 is never chosen.

    A sentence that shares `repeats` of its words, or of theirs, with one that was chosen is passed over; one that
    shares less counts for less, by that share times `spread` (0..1).
    """
    bags = [frozenset(content_words(text)) for text in texts]
    sizes = [len(text.split()) for text in texts]
    gain = {at: float(value) for at, value in enumerate(worth) if value > 0 and bags[at]}
    repeated = dict.fromkeys(gain, 0.0)
    chosen: list[int] = []
    used = 0
    least = 0.0  # worth of what may fill a gap that better ones were too long for
    while gain and (most is None or len(chosen) < most) and (words is None or used < words):
        at = max(gain, key=lambda one: (gain[one] * (1 - spread * repeated[one]), -one))
        value = gain.pop(at)
        if value < least:
            break
        over = 0 if words is None else used + sizes[at] - words
        nearer = nearest and words is not None and over <= words - used
        if words is not None and over > words * 0.05 and not nearer and (chosen or gain):
            least = max(least, value / 2)
            continue
        chosen.append(at)
        used += sizes[at]
        for other in list(gain):
            alike = overlap(bags[at], bags[other])
            repeated[other] = max(repeated[other], alike)
            if alike >= repeats:
                del gain[other]
    return chosen


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """0..1: the share of the smaller set that stands in the other; 0 where one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _shared(bags: Sequence[frozenset[str]]) -> tuple[Floats, Floats]:
    """How many words each two have in common, and how many each has."""
    places: dict[str, int] = {}
    for bag in bags:
        for word in sorted(bag):
            places.setdefault(word, len(places))
    table = np.zeros((len(bags), max(1, len(places))), dtype=np.float32)
    for at, bag in enumerate(bags):
        table[at, [places[word] for word in bag]] = 1.0
    shared = (table @ table.T).astype(np.float64)
    return shared, shared.diagonal().copy()
