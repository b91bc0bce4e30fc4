"""The vector index against exact search."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.domain import Filters
from rag.stores.base import FOREVER, VectorRow, Vectors
from rag.stores.chroma import ChromaVectors

NONE = Filters()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaVectors]:
    made = ChromaVectors(tmp_path / "vectors", "passages-test")
    yield made
    made.close()


def rows(count: int, **fields: object) -> list[VectorRow]:
    return [
        VectorRow(
            **{  # type: ignore[arg-type]
                "passage_id": f"p{n}", "article_id": f"a{n // 4}", "outlet": "wire" if n % 2 else "herald",
                "language": "en", "published": 20220201 + n % 5, "known_from": 0, "known_to": FOREVER, **fields,
            }
        )
        for n in range(count)
    ]  # fmt: skip


def vectors(count: int, seed: int = 0) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_the_nearest_are_those_of_exact_search(store: ChromaVectors) -> None:
    made = vectors(2000)
    store.upsert(rows(2000), made)
    hits = 0
    for asked in vectors(40, seed=1):
        exact = {f"p{n}" for n in np.argsort(-(made @ asked))[:10]}
        hits += len(exact & {key for key, _ in store.nearest(asked, k=10, filters=NONE)})
    assert hits / 400 >= 0.98


def test_cosines_come_back_best_first(store: ChromaVectors) -> None:
    made = vectors(50)
    store.upsert(rows(50), made)
    found = store.nearest(made[7], k=5, filters=NONE)
    assert found[0][0] == "p7"
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        (Filters(outlet="Wire"), lambda n: n % 2 == 1),
        (Filters(article="a3"), lambda n: n // 4 == 3),
        (Filters(since=date(2022, 2, 3)), lambda n: n % 5 >= 2),
        (Filters(until=date(2022, 2, 2), outlet="herald"), lambda n: n % 5 <= 1 and n % 2 == 0),
        (Filters(language="tr"), lambda n: False),
    ],
)
def test_filters_apply_before_the_cut(store: ChromaVectors, filters: Filters, keeps: object) -> None:
    made = vectors(100)
    store.upsert(rows(100), made)
    expected = {f"p{n}" for n in range(100) if keeps(n)}  # type: ignore[operator]
    assert {key for key, _ in store.nearest(made[0], k=100, filters=filters)} == expected


def test_articles_can_be_named(store: ChromaVectors) -> None:
    made = vectors(20)
    store.upsert(rows(20), made)
    assert {key for key, _ in store.nearest(made[0], k=20, filters=NONE, articles=["a1"])} == {"p4", "p5", "p6", "p7"}
    assert store.nearest(made[0], k=20, filters=NONE, articles=[]) == []


def test_as_of_sees_what_was_current_then(store: ChromaVectors) -> None:
    made = vectors(2)
    old, new = rows(1, known_to=1_000_000_000)[0], rows(2, known_from=1_000_000_000)[1]
    store.upsert([old, new], made)
    assert [key for key, _ in store.nearest(made[0], k=5, filters=NONE)] == ["p1"]
    assert [key for key, _ in store.nearest(made[0], k=5, filters=Filters(as_of=date(2000, 1, 1)))] == ["p0"]


def test_storing_twice_changes_nothing_and_removal_is_complete(store: ChromaVectors) -> None:
    made = vectors(8)
    store.upsert(rows(8), made)
    store.upsert(rows(8), made)
    assert store.count() == 8
    store.remove(["a0", "unknown"])
    assert {key for key, _ in store.nearest(made[0], k=9, filters=NONE)} == {"p4", "p5", "p6", "p7"}


def test_what_another_process_writes_is_seen_at_once(store: ChromaVectors, tmp_path: Path) -> None:
    made = vectors(8)
    store.upsert(rows(8), made)
    store.nearest(made[0], k=1, filters=NONE)
    writer = (
        "import sys; from tests.stores.test_chroma import *\n"
        f"store = ChromaVectors(Path({str(tmp_path / 'vectors')!r}), 'passages-test')\n"
        "store.upsert([VectorRow(passage_id='new', article_id='new', outlet=None, language=None, published=None,"
        " known_from=0, known_to=FOREVER)], vectors(1, seed=5))\n"
    )
    subprocess.run([sys.executable, "-c", writer], check=True, cwd=Path(__file__).parents[2])
    assert store.nearest(vectors(1, seed=5)[0], k=1, filters=NONE)[0][0] == "new"


def test_another_fingerprint_is_another_index(store: ChromaVectors, tmp_path: Path) -> None:
    store.upsert(rows(3), vectors(3))
    store.close()
    other = ChromaVectors(tmp_path / "vectors", "passages-other")
    assert other.count() == 0
    other.close()


@pytest.mark.parametrize("backwards", [False, True])
def test_ties_fall_by_id_in_whatever_order_passages_came(store: ChromaVectors, backwards: bool) -> None:
    made = np.repeat(vectors(1), 9, axis=0)  # a wire text in nine articles
    order = range(8, -1, -1) if backwards else range(9)
    for n in order:
        store.upsert([rows(9)[n]], made[n : n + 1])
    assert [key for key, _ in store.nearest(made[0], k=4, filters=NONE)] == ["p0", "p1", "p2", "p3"]
