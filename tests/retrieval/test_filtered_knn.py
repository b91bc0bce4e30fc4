"""The nearest passages that filters allow, on a real library and a real vector index, against exact search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import update

from rag.domain import Filters
from rag.retrieval.filtered_knn import nearest
from rag.stores.base import Vectors
from rag.stores.chroma import ChromaVectors
from rag.stores.library import Library
from rag.stores.tables import passage
from tests.bench.generated import FIRST, OUTLETS, RARE, TOPICS, around, fill

PASSAGES = 2000


@dataclass(frozen=True)
class Stores:
    library: Library
    vectors: ChromaVectors
    keys: list[str]
    matrix: Vectors

    def exact(self, asked: Vectors, k: int, filters: Filters) -> set[str]:
        allowed = set(self.library.passages.ids(filters))
        order = np.argsort(-(self.matrix @ asked))
        return set([self.keys[n] for n in order if self.keys[n] in allowed][:k])

    def approximate(self, asked: Vectors, k: int, filters: Filters) -> list[str]:
        return [item.passage_id for item, _ in nearest(self.library, self.vectors, asked, k=k, filters=filters)]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    home = tmp_path_factory.mktemp("nearest")
    library, vectors = Library(home / "library.db"), ChromaVectors(home / "vectors", "generated")
    keys: list[str] = []
    made: list[Vectors] = []
    for batch in fill(library, PASSAGES // 10):
        vectors.upsert(batch.rows, batch.vectors)
        keys += [row.passage_id for row in batch.rows]
        made.append(batch.vectors)
    yield Stores(library, vectors, keys, np.concatenate(made))
    vectors.close()
    library.close()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(outlet=OUTLETS[3]),
        Filters(outlet=RARE),
        Filters(since=FIRST, until=FIRST + timedelta(days=19)),
        Filters(as_of=FIRST + timedelta(days=100)),
    ],
)
def test_a_filter_loses_nothing_to_the_cut(stores: Stores, filters: Filters) -> None:
    hits = wanted = 0
    for asked in around(list(range(0, TOPICS, 10)), np.random.default_rng(5)):
        exact = stores.exact(asked, 10, filters)
        hits, wanted = hits + len(exact & set(stores.approximate(asked, 10, filters))), wanted + len(exact)
    assert wanted == 10 * 20
    assert hits / wanted >= 0.98


def test_an_outlet_with_one_article_gives_its_passages(stores: Stores) -> None:
    asked = around([0], np.random.default_rng(1))[0]
    assert set(stores.approximate(asked, 10, Filters(outlet=RARE))) == set(
        stores.library.passages.ids(Filters(outlet=RARE))
    )


def test_a_filter_that_nothing_passes_gives_nothing(stores: Stores) -> None:
    assert stores.approximate(around([0], np.random.default_rng(1))[0], 10, Filters(outlet="No Such Outlet")) == []


def test_what_is_far_off_is_found_also_where_it_is_too_much_to_be_named(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the first look is allowed, so that its share says nothing of how much further to look."""
    monkeypatch.setattr("rag.retrieval.filtered_knn._MAX_IDS", 5)
    asked = around([0], np.random.default_rng(1))[0]
    for filters in (Filters(outlet=RARE), Filters(since=FIRST, until=FIRST + timedelta(days=1))):
        assert set(stores.approximate(asked, 10, filters)) == stores.exact(asked, 10, filters)


def test_older_versions_take_no_places(stores: Stores) -> None:
    asked = around([3], np.random.default_rng(2))[0]
    before = stores.approximate(asked, 20, Filters())
    with stores.library.writing() as connection:
        connection.execute(update(passage).where(passage.c.passage_id.in_(before[:15])).values(known_to=1))
    after = stores.approximate(asked, 20, Filters())
    assert len(after) == 20
    assert not set(after) & set(before[:15])
    assert set(before[15:]) <= set(after)
