"""The nearest passages that filters allow: the library applies the filters, the vector store ranks by nearness."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.domain import Filters, Passage
from rag.stores.base import Vectors, VectorStore
from rag.stores.library import Library

_WIDEN_FACTOR = 2.5  # times as many as are asked for are looked at first, where there are filters
_MARGIN_FACTOR = 1.3  # how much further than the first look makes expect: approximate search is weakest at its far end
_MAX_IDS = 10_000  # passages that are allowed: up to so many are named to the vector store
_LOOK_FURTHER_FROM = (
    500  # allowed passages times their share: from there on to look further takes less than to name them all
)
_NONE_FOUND_FACTOR = 10  # times as many are looked at where none was allowed, and yet too many are to be named


def nearest(
    library: Library, vectors: VectorStore, query: Vectors, *, k: int, filters: Filters
) -> list[tuple[Passage, float]]:
    """The `k` passages nearest to one vector that the filters allow, best first, with their cosine.

    An outlet, an article or a speaker mostly allows few passages: the library lists their ids, and the vector store
    searches among these. Otherwise the nearest of all are fetched and those that the library allows are kept. Where
    that leaves too few, the share that was allowed says how many more to fetch, or that few enough are allowed to list
    them. So a narrow filter never loses hits to the cut-off.
    """
    if filters.outlet or filters.article or filters.speaker:
        ids = library.passages.ids(filters, most=_MAX_IDS + 1)
        if len(ids) <= _MAX_IDS:
            return _nearest_of(library, vectors, query, k, filters, ids)
    limit = math.ceil(k * _WIDEN_FACTOR) if filters else k
    while True:
        neighbours = vectors.nearest(query, k=limit)
        allowed = library.passages.get([key for key, _ in neighbours], filters)
        hits = [(allowed[key], cosine) for key, cosine in neighbours if key in allowed]
        if len(hits) >= k or len(neighbours) < limit:
            return hits[:k]
        share = len(hits) / limit
        expected_count = share * library.passages.count()
        if expected_count <= _MAX_IDS and share * expected_count <= _LOOK_FURTHER_FROM:
            ids = library.passages.ids(filters, most=_MAX_IDS + 1)
            if len(ids) <= _MAX_IDS:
                return _nearest_of(library, vectors, query, k, filters, ids)
        limit = math.ceil(_MARGIN_FACTOR * k / share) if share else _NONE_FOUND_FACTOR * limit


def _nearest_of(
    library: Library, vectors: VectorStore, query: Vectors, k: int, filters: Filters, ids: Sequence[str]
) -> list[tuple[Passage, float]]:
    neighbours = vectors.nearest(query, k=k, among=ids)
    passages = library.passages.get([key for key, _ in neighbours], filters)
    return [(passages[key], cosine) for key, cosine in neighbours if key in passages]
