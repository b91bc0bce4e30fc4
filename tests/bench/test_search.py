"""Search in a library of many passages: speed, filters included, and what approximate vectors lose.

Texts and vectors are generated, so that only the search is measured. Sizes come from ONRECORD_BENCH_PASSAGES, such as
"1000,10000,100000". Seconds of the processor are told beside those of the clock: others may use the machine.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from rag.domain import Extract, Filters, Span
from rag.evidence.retrieval import Retriever
from rag.providers.base import EmbedKind
from rag.stores.base import Vectors
from rag.stores.chroma import ChromaVectors
from rag.stores.library import Library

pytestmark = pytest.mark.bench
SIZES = [int(size) for size in os.environ.get("ONRECORD_BENCH_PASSAGES", "1000,10000,100000").split(",")]
EACH = 10  # passages of an article
DIMENSIONS, TOPICS, QUERIES = 384, 200, 100
OUTLETS = [f"Outlet {n}" for n in range(20)]
FIRST = date(2020, 1, 1)


class Generated:
    """Vectors around the middle of a topic, as texts of one topic have."""

    fingerprint, window, languages, dimensions = "generated", 240, None, DIMENSIONS

    def __init__(self) -> None:
        self._middles = np.random.default_rng(0).normal(size=(TOPICS, DIMENSIONS))

    def embed(self, texts: list[str], kind: EmbedKind) -> Vectors:
        rows = [self._row(text) for text in texts]
        return np.array(rows, dtype=np.float32)

    def _row(self, text: str) -> Vectors:
        drawn = np.random.default_rng(abs(hash_of(text)))
        row = self._middles[hash_of(text.split()[0]) % TOPICS] + 1.2 * drawn.normal(size=DIMENSIONS)
        return np.asarray(row / np.linalg.norm(row), dtype=np.float32)

    def count(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def hash_of(text: str) -> int:
    import zlib

    return zlib.crc32(text.encode())


def fill(library: Library, vectors: ChromaVectors, model: Generated, passages: int) -> None:
    """Articles of ten passages of forty words, some words far more frequent than others."""
    drawn = random.Random(1)
    names = [f"w{n}" for n in range(20_000)]
    weights = [1 / (n + 10) for n in range(len(names))]
    pairs = []
    for n in range(passages // EACH):
        lines = [" ".join(drawn.choices(names, weights, k=40)) for _ in range(EACH)]
        text = "\n".join(lines)
        spans, at = [], 0
        for line in lines:
            spans.append(Span(at, at + len(line)))
            at += len(line) + 1
        extract = Extract(text=text, title=f"T{n}", outlet=OUTLETS[n % 20], published=FIRST + timedelta(days=n % 1000))
        put = library.put(extract, key=None, name="x", cut=lambda _, spans=spans: spans, cut_as="x")  # type: ignore[misc]
        pairs.append((put.article_id or "", put.version or ""))
    for at in range(0, len(pairs), 200):
        texts = library.texts(pairs[at : at + 200])
        kept = []
        for pair, found in library.vector_rows(pairs[at : at + 200]).items():
            kept += [(row, span.of(texts[pair])) for row, span in found]
        vectors.upsert([row for row, _ in kept], model.embed([text for _, text in kept], "document"))


def timed(call: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def told(name: str, spent: list[tuple[float, float]]) -> None:
    walls, cpus = sorted(wall for wall, _ in spent), sorted(cpu for _, cpu in spent)
    p95 = int(0.95 * len(spent))
    print(
        f"{name}: p50 {statistics.median(walls):.1f} ms, p95 {walls[p95]:.1f} ms;"
        f" processor p50 {statistics.median(cpus):.1f} ms, p95 {cpus[p95]:.1f} ms"
    )


@pytest.mark.parametrize("passages", SIZES)
def test_search_speed_and_recall(passages: int, tmp_path: Path) -> None:
    library, model = Library(tmp_path / "library.db"), Generated()
    vectors = ChromaVectors(tmp_path / "vectors", "generated")
    fill(library, vectors, model, passages)
    retriever = Retriever(library, vectors, model)  # type: ignore[arg-type]
    drawn = random.Random(2)
    queries = [" ".join(f"w{int(drawn.paretovariate(0.4)) % 20_000}" for _ in range(6)) for _ in range(QUERIES)]
    kinds = {
        "no filter": Filters(),
        "one outlet of twenty": Filters(outlet=OUTLETS[3]),
        "a tenth of the days": Filters(since=FIRST, until=FIRST + timedelta(days=99)),
        "as of a day": Filters(as_of=FIRST + timedelta(days=500)),
    }
    retriever.search(queries[0], k=10, filters=Filters())
    for name, filters in kinds.items():
        spent = [timed(lambda q=q, f=filters: retriever.search(q, k=10, filters=f)) for q in queries]  # type: ignore[misc]
        told(f"{passages} passages, {name}", spent)
    pairs = library.vector_rows([(item.article_id, item.version) for item in library.articles(Filters())])
    rows = [(row, span, pair) for pair, found in pairs.items() for row, span in found]
    texts = library.texts(pairs)
    matrix = model.embed([span.of(texts[pair]) for _, span, pair in rows], "document")
    for name, filters in kinds.items():
        allowed = set(library.passages([row.passage_id for row, _, _ in rows], filters)) if passages <= 30_000 else None
        if allowed is None and filters:
            continue
        hits = wanted = 0
        for asked in model.embed(queries, "query"):
            order = np.argsort(-(matrix @ asked))
            exact = [rows[i][0].passage_id for i in order if allowed is None or rows[i][0].passage_id in allowed][:10]
            found = {key for key, _ in vectors.nearest(asked, k=10, filters=filters)}
            hits, wanted = hits + len(found & set(exact)), wanted + len(exact)
        print(f"{passages} passages, {name}: recall@10 {hits / max(1, wanted):.3f}")
        assert hits / max(1, wanted) >= 0.98
