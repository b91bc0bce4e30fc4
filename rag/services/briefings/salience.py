"""Extractive summarisation without a model: TextRank for weights, greedy selection against repetition.

The weight is TextRank (Mihalcea and Tarau, EMNLP 2004): sentences vote for each other by the words that they share.
The selection is greedy, as for the monotone submodular functions of Lin and Bilmes (ACL 2011): each further sentence
counts by its weight, less its overlap with those already chosen. Deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.text.terms import content_words

MAX_SENTENCES = 1500  # sentences that are compared with each other: the table of them takes 18 MB
_DAMPING, _MAX_ITERATIONS, _TOLERANCE = 0.85, 60, 1e-6
_LEAD_BONUS, _LEAD_HALF_LIFE = (
    0.15,
    2.0,
)  # bonus of the lead for a summary of full length; sentences after which it halves
REPEATS = 0.5  # share of the shorter sentence's words from which on two repeat each other

Floats = npt.NDArray[np.float64]


def weights(texts: Sequence[str]) -> Floats:
    """How central each sentence is among `texts` (at most MOST): shape (n,), the sum 1; empty for no texts."""
    if not texts:
        return np.zeros(0)
    overlaps, sizes = _word_overlaps([frozenset(content_words(text)) for text in texts[:MAX_SENTENCES]])
    logs = np.log(sizes + 1.0)
    votes = overlaps / np.maximum(logs[:, None] + logs[None, :], math.log(2))
    np.fill_diagonal(votes, 0.0)
    votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)
    rank = np.full(len(votes), 1 / len(votes))
    for _ in range(_MAX_ITERATIONS):
        next_rank = (1 - _DAMPING) / len(votes) + _DAMPING * (votes.T @ rank)
        converged = float(np.abs(next_rank - rank).sum()) < _TOLERANCE
        rank = next_rank
        if converged:
            break
    return np.concatenate([rank, np.zeros(len(texts) - len(rank))])


def favour_lead(worth: Sequence[float] | Floats, *, share: float) -> Floats:
    """The worth of a text's sentences, in their order, with a bonus for early ones. The bonus grows as `share`, the
    length of the summary as a part of the text (0..1), shrinks: a short summary of news is its lead, a long one is not.
    """
    places = np.arange(len(worth))
    lead = _LEAD_BONUS / min(1.0, max(share, 0.01)) ** 2
    result: Floats = np.asarray(worth, dtype=np.float64) * (1 + lead * 0.5 ** (places / _LEAD_HALF_LIFE))
    return result


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
    """Indices of the sentences of greatest worth in the order of choice: at most `most`, or about `words` words. A
    sentence that exceeds `words` by more than a twentieth is skipped, unless `nearest` is set and the total is nearer
    to `words` with it. A sentence of worth 0 is never chosen.

    A sentence whose overlap with a chosen one is `repeats` or more is skipped; a smaller overlap times `spread` (0..1)
    reduces its worth.
    """
    bags = [frozenset(content_words(text)) for text in texts]
    sizes = [len(text.split()) for text in texts]
    gain = {at: float(value) for at, value in enumerate(worth) if value > 0 and bags[at]}
    repetition = dict.fromkeys(gain, 0.0)
    selection: list[int] = []
    length = 0
    least_worth = 0.0  # worth of what may fill a gap that better ones were too long for
    while gain and (most is None or len(selection) < most) and (words is None or length < words):
        at = max(gain, key=lambda one: (gain[one] * (1 - spread * repetition[one]), -one))
        value = gain.pop(at)
        if value < least_worth:
            break
        excess = 0 if words is None else length + sizes[at] - words
        comes_nearer = nearest and words is not None and excess <= words - length
        if words is not None and excess > words * 0.05 and not comes_nearer and (selection or gain):
            least_worth = max(least_worth, value / 2)
            continue
        selection.append(at)
        length += sizes[at]
        for other in list(gain):
            similarity = overlap(bags[at], bags[other])
            repetition[other] = max(repetition[other], similarity)
            if similarity >= repeats:
                del gain[other]
    return selection


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """0..1: the share of the smaller set that is in the other; 0 if one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _word_overlaps(bags: Sequence[frozenset[str]]) -> tuple[Floats, Floats]:
    """The number of words in common of each pair, shape (n, n), and of words of each, shape (n,)."""
    columns: dict[str, int] = {}
    for bag in bags:
        for word in sorted(bag):
            columns.setdefault(word, len(columns))
    table = np.zeros((len(bags), max(1, len(columns))), dtype=np.float32)
    for at, bag in enumerate(bags):
        table[at, [columns[word] for word in bag]] = 1.0
    overlaps = (table @ table.T).astype(np.float64)
    return overlaps, overlaps.diagonal().copy()
