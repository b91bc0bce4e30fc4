"""What every vector store must do. A test class inherits `VectorContract` and gives the fixture `store`."""

from __future__ import annotations

import numpy as np
import pytest

from rag.stores.base import VectorRow, Vectors, VectorStore


def rows(count: int) -> list[VectorRow]:
    return [VectorRow(passage_id=f"p{n}", article_id=f"a{n // 4}") for n in range(count)]


def vectors(count: int, seed: int = 0) -> Vectors:
    result = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    unit: Vectors = (result / np.linalg.norm(result, axis=1, keepdims=True)).astype(np.float32)
    return unit


class VectorContract:
    @pytest.fixture
    def store(self) -> VectorStore:
        raise NotImplementedError

    def test_the_nearest_are_those_of_exact_search(self, store: VectorStore) -> None:
        made = vectors(2000)
        store.upsert(rows(2000), made)
        hits = 0
        for asked in vectors(40, seed=1):
            exact = {f"p{n}" for n in np.argsort(-(made @ asked))[:10]}
            hits += len(exact & {key for key, _ in store.nearest(asked, k=10)})
        assert hits / 400 >= 0.98

    def test_cosines_come_back_best_first(self, store: VectorStore) -> None:
        made = vectors(50)
        store.upsert(rows(50), made)
        result = store.nearest(made[7], k=5)
        assert result[0][0] == "p7"
        assert result[0][1] == pytest.approx(1.0, abs=1e-5)
        assert [cosine for _, cosine in result] == sorted((cosine for _, cosine in result), reverse=True)

    @pytest.mark.parametrize("allowed", [5, 1500])
    def test_the_nearest_among_named_passages_are_those_of_exact_search(self, store: VectorStore, allowed: int) -> None:
        made = vectors(2000)
        store.upsert(rows(2000), made)
        named = [*range(0, 2 * allowed, 2)] if allowed < 1000 else [*range(allowed)]
        hits = 0
        for asked in vectors(20, seed=1):
            exact = {f"p{n}" for n in sorted(named, key=lambda n: -float(made[n] @ asked))[:5]}
            result = store.nearest(asked, k=5, among=[*(f"p{n}" for n in named), "unknown"])
            hits += len(exact & {key for key, _ in result})
        assert hits / 100 >= 0.98
        assert store.nearest(made[0], k=5, among=["unknown"]) == []
        assert store.nearest(made[0], k=5, among=[]) == []

    def test_storing_twice_changes_nothing_and_removal_is_complete(self, store: VectorStore) -> None:
        made = vectors(8)
        store.upsert(rows(8), made)
        store.upsert(rows(8), made)
        assert store.count() == 8
        store.remove(["a0", "unknown"])
        assert {key for key, _ in store.nearest(made[0], k=9)} == {"p4", "p5", "p6", "p7"}

    @pytest.mark.parametrize("backwards", [False, True])
    def test_ties_fall_by_id_in_whatever_order_passages_came(self, store: VectorStore, backwards: bool) -> None:
        result = np.repeat(vectors(1), 9, axis=0)  # a wire text in nine articles
        order = range(8, -1, -1) if backwards else range(9)
        for n in order:
            store.upsert([rows(9)[n]], result[n : n + 1])
        assert [key for key, _ in store.nearest(result[0], k=4)] == ["p0", "p1", "p2", "p3"]

    def test_what_was_cleared_is_gone_and_new_vectors_are_taken(self, store: VectorStore) -> None:
        store.upsert(rows(8), vectors(8))
        store.clear()
        assert (store.count(), store.ids()) == (0, set())
        store.upsert(rows(3), vectors(3))
        assert store.ids() == {"p0", "p1", "p2"}
        store.drop(["p1", "unknown"])
        assert store.ids() == {"p0", "p2"}

    def test_all_pages_together_are_what_was_stored(self, store: VectorStore) -> None:
        made, kept = vectors(1100), rows(1100)
        store.upsert(kept, made)
        pairs = [pair for part, some in store.pages() for pair in zip(part, some, strict=True)]
        results = {row.passage_id: (row, vector) for row, vector in pairs}
        assert {key: row for key, (row, _) in results.items()} == {row.passage_id: row for row in kept}
        assert np.allclose(np.vstack([results[row.passage_id][1] for row in kept]), made, atol=1e-6)
