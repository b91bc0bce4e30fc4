"""Search in a library of many passages: speed, filters included, and what approximate vectors lose.

Texts and vectors are generated, so that only the search is measured. Sizes come from ONRECORD_BENCH_PASSAGES, such as
"1000,10000,100000". Seconds of the processor are told beside those of the clock: others may use the machine. Lines that
begin with `{` are for `python -m tests.bench.growth`.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from rag.domain import Filters
from rag.evidence.nearest import nearest
from rag.evidence.retrieval import Retriever
from rag.stores.base import Vectors
from rag.stores.chroma import ChromaVectors
from rag.stores.library import Library
from tests.bench.generated import DAYS, EACH, FIRST, OUTLETS, RARE, Generated, around, fill, questions

pytestmark = pytest.mark.bench
SIZES = [int(size) for size in os.environ.get("ONRECORD_BENCH_PASSAGES", "1000,10000,100000").split(",")]
QUERIES = int(os.environ.get("ONRECORD_BENCH_QUERIES", "100"))
EXACT = 50  # queries whose nearest are worked out exactly
KINDS = {
    "no filter": Filters(),
    "one outlet of twenty": Filters(outlet=OUTLETS[3]),
    "an outlet with a thousandth": Filters(outlet=RARE),
    "a tenth of the days": Filters(since=FIRST, until=FIRST + timedelta(days=DAYS // 10 - 1)),
    "as of a day": Filters(as_of=FIRST + timedelta(days=DAYS // 2)),
}


@pytest.mark.parametrize("passages", SIZES)
def test_search_speed_and_recall(passages: int, tmp_path: Path) -> None:
    """A thousand passages at a time go in; then each kind of filter is searched with the same questions."""
    library, model = Library(tmp_path / "library.db"), Generated()
    vectors = ChromaVectors(tmp_path / "vectors", "generated")
    told: dict[str, object] = {"passages": passages}
    keys, matrix = build(library, vectors, passages, told)
    retriever = Retriever(library, vectors, model)  # type: ignore[arg-type]
    asked = questions(QUERIES)
    for name, filters in KINDS.items():
        retriever.search(asked[0], k=10, filters=filters)
        spent = [timed(lambda q=q, f=filters: retriever.search(q, k=10, filters=f)) for q in asked]  # type: ignore[misc]
        walls, cpus = (sorted(values) for values in zip(*spent, strict=True))
        told[name] = {"p50_ms": at(walls, 0.5), "p95_ms": at(walls, 0.95), "cpu_p50_ms": at(cpus, 0.5)}
        told[name] |= {"cpu_p95_ms": at(cpus, 0.95), "recall@10": recall(library, vectors, filters, keys, matrix)}  # type: ignore[operator]
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told["disk_mb"] = round(sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) / 1e6)
    print(json.dumps(told))
    assert all(told[name]["recall@10"] >= 0.98 for name in KINDS)  # type: ignore[index]


def build(
    library: Library, vectors: ChromaVectors, passages: int, told: dict[str, object]
) -> tuple[list[str], Vectors]:
    """Fill both stores; tells the seconds of each and, of the vectors, the rate of each tenth."""
    keys: list[str] = []
    made: list[Vectors] = []
    rates: list[float] = []
    library_cpu = vectors_cpu = begun = 0.0
    before = time.process_time()
    for batch in fill(library, passages // EACH, at_once=100):
        library_cpu += time.process_time() - before
        started = time.process_time()
        vectors.upsert(batch.rows, batch.vectors)
        vectors_cpu += time.process_time() - started
        keys += [row.passage_id for row in batch.rows]
        made.append(batch.vectors)
        if len(keys) >= passages * (len(rates) + 1) // 10:
            rates.append(round(passages / 10 / max(vectors_cpu - begun, 1e-9)))
            begun = vectors_cpu
        before = time.process_time()
    told |= {"library_cpu_s": round(library_cpu, 1), "vectors_cpu_s": round(vectors_cpu, 1), "vectors_a_second": rates}
    return keys, np.concatenate(made)


def recall(library: Library, vectors: ChromaVectors, filters: Filters, keys: list[str], matrix: Vectors) -> float:
    """The share of the ten nearest, by exact search among what the filters allow, that search by meaning finds."""
    drawn = np.random.default_rng(99)
    allowed = set(library.passage_ids(filters))
    inside = np.array([key in allowed for key in keys])
    hits = wanted = 0
    for asked in around(list(drawn.integers(0, 200, EXACT)), drawn):
        nearness = np.where(inside, matrix @ asked, -2.0)
        exact = {keys[n] for n in np.argpartition(-nearness, 10)[:10] if inside[n]}
        found = {key for key, _ in nearest(library, vectors, asked, k=10, filters=filters)}
        hits, wanted = hits + len(found & exact), wanted + len(exact)
    return round(hits / max(1, wanted), 4)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def at(ordered: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return round(ordered[int(share * len(ordered))] if share != 0.5 else statistics.median(ordered), 1)
