"""The nearest passages that filters allow: filters are the library's, nearness is the vector store's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.domain import Filters, Passage
from rag.stores.base import Vectors, VectorStore
from rag.stores.library import Library

_WIDER = 2.5  # times as many as are asked for are looked at first, where there are filters
_SURE = 1.3  # how much further than the first look makes expect: approximate search is weakest at its far end
_NAMED = 10_000  # passages that are allowed: up to so many are named to the vector store
_MUCH = 500  # allowed passages times their share: from there on to look further takes less than to name them all
_FURTHER = 10  # times as many are looked at where none was allowed, and yet too many are to be named


def nearest(
    library: Library, vectors: VectorStore, query: Vectors, *, k: int, filters: Filters
) -> list[tuple[Passage, float]]:
    """The `k` passages nearest to one vector that the filters allow, best first, with their cosine.

    What an outlet, an article or a speaker allows is mostly few passages: the library names them, and the nearest are
    found among these. Else the nearest of all are found and those kept that the library allows; where that leaves too
    few, the share that was allowed says how much further to look, or that few enough are allowed to name them. So a
    narrow filter loses nothing to the cut.
    """
    if filters.outlet or filters.article or filters.speaker:
        named = library.passages.ids(filters, most=_NAMED + 1)
        if len(named) <= _NAMED:
            return _among(library, vectors, query, k, filters, named)
    wanted = math.ceil(k * _WIDER) if filters else k
    while True:
        neighbours = vectors.nearest(query, k=wanted)
        allowed = library.passages.get([key for key, _ in neighbours], filters)
        kept = [(allowed[key], cosine) for key, cosine in neighbours if key in allowed]
        if len(kept) >= k or len(neighbours) < wanted:
            return kept[:k]
        share = len(kept) / wanted
        about = share * library.passages.count()
        if about <= _NAMED and share * about <= _MUCH:
            named = library.passages.ids(filters, most=_NAMED + 1)
            if len(named) <= _NAMED:
                return _among(library, vectors, query, k, filters, named)
        wanted = math.ceil(_SURE * k / share) if share else _FURTHER * wanted


def _among(
    library: Library, vectors: VectorStore, query: Vectors, k: int, filters: Filters, named: Sequence[str]
) -> list[tuple[Passage, float]]:
    neighbours = vectors.nearest(query, k=k, among=named)
    allowed = library.passages.get([key for key, _ in neighbours], filters)
    return [(allowed[key], cosine) for key, cosine in neighbours if key in allowed]
