"""How the cost of search grows with the library: `python -m tests.bench.growth`.

`grow HOME PASSAGES [--seconds S]` adds generated passages to an embedded library until it has so many, or until S
seconds of the processor are spent; it goes on where it stopped. `measure HOME` searches with every kind of filter and
compares the nearest with exact search. `servers HOME PASSAGES...` does both on a PostgreSQL and a Chroma server of its
own, up to each of these sizes in turn. All append lines to HOME/growth.jsonl, grow one for each ten thousand passages.
`report FILE...` makes docs/evaluation/growth.json and the plot docs/images/growth.svg of such lines; then
`onrecord eval report` makes the page.

Seconds of the processor are told beside those of the clock, since others may use the machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as installed_version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from rag.domain import Filters
from rag.evaluation import reports
from rag.retrieval.filtered_knn import nearest
from rag.retrieval.search import Retriever
from rag.stores.base import Vectors
from rag.stores.chroma import ChromaServer, ChromaVectors
from rag.stores.library import Library
from rag.stores.tables import passage
from tests.bench.generated import (
    DAYS,
    EACH,
    FIRST,
    OUTLETS,
    RARE,
    TOPICS,
    Generated,
    around,
    fill,
    questions,
    vectors_of,
)
from tests.servers import spent
from tests.servers.chroma import ChromaProcess
from tests.servers.postgres import cluster

ROOT = Path(__file__).parents[2]
KINDS = {
    "no filter": Filters(),
    "an outlet of twenty": Filters(outlet=OUTLETS[3]),
    "an outlet with a thousandth": Filters(outlet=RARE),
    "a tenth of the days": Filters(since=FIRST, until=FIRST + timedelta(days=DAYS // 10 - 1)),
    "as of a day": Filters(as_of=FIRST + timedelta(days=DAYS // 2)),
}
EXACT = 30  # queries whose nearest are worked out exactly
_BATCH = 1000  # passages written at a time
STEP = 10_000  # passages between two lines of `grow`


class Stores:
    """Two stores, as the door opens them."""

    def __init__(self, library: Library, vectors: ChromaVectors | ChromaServer) -> None:
        self.library, self.vectors = library, vectors

    @classmethod
    def of(cls, home: Path) -> Stores:
        """Those of a folder."""
        return cls(Library(home / "library.db"), ChromaVectors(home / "vectors", "generated"))

    def close(self) -> None:
        self.vectors.close()
        self.library.close()


def grow(stores: Stores, passages: int, *, seconds: float = math.inf) -> Iterator[dict[str, Any]]:
    """Add passages; one line for each `STEP`, with what these took of this process and by the clock."""
    begun, clock = time.process_time(), time.perf_counter()
    held = stores.library.passages.count()
    took = {"library_cpu_s": 0.0, "vectors_cpu_s": 0.0}
    since = held
    while held < passages and time.process_time() - begun < seconds:
        started = time.process_time()
        items = list(fill(stores.library, _BATCH // EACH, start=held // EACH))
        start = time.process_time()
        for batch in items:
            stores.vectors.upsert(batch.rows, batch.vectors)
        took["library_cpu_s"] += start - started
        took["vectors_cpu_s"] += time.process_time() - start
        held += _BATCH
        if held % STEP == 0 or held >= passages:
            messages = {name: round(value, 2) for name, value in took.items()}
            passed = round(time.perf_counter() - clock, 1)
            yield {"grown_to": held, "passages": held - since, **messages, "clock_s": passed, "peak_mb": peak()}
            took, since, clock = dict.fromkeys(took, 0.0), held, time.perf_counter()


def measure(stores: Stores, queries: int = 100, kinds: Sequence[str] = tuple(KINDS)) -> Iterator[dict[str, Any]]:
    """Search with each kind of filter: a line with milliseconds and the recall of the ten nearest."""
    model = Generated()
    retriever = Retriever(stores.library, stores.vectors, model)  # type: ignore[arg-type]
    texts = questions(queries)
    size = stores.library.passages.count()
    keys, matrix = everything(stores)
    for name in kinds:
        filters = KINDS[name]
        retriever.search(texts[0], k=10, filters=filters)
        pairs = [timed(lambda q=q, f=filters: retriever.search(q, k=10, filters=f)) for q in texts]  # type: ignore[misc]
        walls, cpus = (sorted(values) for values in zip(*pairs, strict=True))
        yield {
            "measured": size,
            "kind": name,
            "p50_ms": below(walls, 0.5),
            "p95_ms": below(walls, 0.95),
            "cpu_p50_ms": below(cpus, 0.5),
            "cpu_p95_ms": below(cpus, 0.95),
            "recall@10": recall(stores, filters, keys, matrix),
            "peak_mb": peak(),
        }


def everything(stores: Stores) -> tuple[list[str], Vectors]:
    """The ids of all passages and their vectors, in the order that they were written."""
    with stores.library.reading() as connection:
        keys = list(connection.execute(select(passage.c.passage_id).order_by(passage.c.rowid)).scalars())
    return keys, np.concatenate(list(vectors_of(len(keys) // EACH)))


def recall(stores: Stores, filters: Filters, keys: Sequence[str], matrix: Vectors) -> float:
    """The share of the ten nearest, by exact search among what the filters allow, that search by meaning finds."""
    rng = np.random.default_rng(99)
    allowed = set(stores.library.passages.ids(filters))
    inside = np.array([key in allowed for key in keys])
    hits = wanted = 0
    for asked in around(list(rng.integers(0, TOPICS, EXACT)), rng):
        nearness = np.where(inside, matrix @ asked, -2.0)
        exact = {keys[n] for n in np.argpartition(-nearness, 10)[:10] if inside[n]}
        result = nearest(stores.library, stores.vectors, asked, k=10, filters=filters)
        hits += len({item.passage_id for item, _ in result} & exact)
        wanted += len(exact)
    return round(hits / max(1, wanted), 4)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def below(ordered: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return round(statistics.median(ordered) if share == 0.5 else ordered[int(share * len(ordered))], 1)


def peak() -> int:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def on_servers(home: Path, sizes: Sequence[int], queries: int) -> Iterator[dict[str, Any]]:
    """The lines of `grow` and `measure` for a library on servers, up to each size in turn."""
    with cluster() as database, ChromaProcess(home) as chroma:
        library = Library(database.database())
        stores = Stores(library, ChromaServer(chroma.address, "generated", owner="growth"))
        running = {"postgres": database.pid, "chroma": chroma.pid}
        for size in sizes:
            for line in chain(grow(stores, size), measure(stores, queries)):
                took = {f"{name}_cpu_s": spent.seconds(pid) for name, pid in running.items()}
                yield {**line, "on": "servers", **took, "chroma_peak_mb": spent.megabytes(chroma.pid)}
        stores.close()


# -- reporting

_SHOWN = ("cpu_p50_ms", "cpu_p95_ms", "recall@10")  # the clock tells how busy the machine was
_SHOWN_ON_SERVERS = ("p50_ms", "p95_ms", "recall@10")  # their processor time is not this process's


def report(lines: Sequence[dict[str, Any]]) -> reports.Report:
    """The measurements as a report: dotted names begin with how many passages the library had."""
    metrics: dict[str, float] = {}
    seconds = 0.0
    for line in lines:
        if line.get("on") == "servers":
            if size := line.get("measured"):
                named = f"{size:,} on servers.{line['kind']}"
                metrics |= {f"{named}.{name}": line[name] for name in _SHOWN_ON_SERVERS}
                metrics[f"{size:,} on servers.chroma_peak_mb"] = line["chroma_peak_mb"]
            elif size := line.get("grown_to"):
                rate = round(line["passages"] / line["clock_s"])
                metrics[f"{size:,} on servers.passages added in a second by the clock"] = rate
        elif size := line.get("measured"):
            metrics |= {f"{size:,}.{line['kind']}.{name}": line[name] for name in _SHOWN}
            metrics[f"{size:,}.peak_mb"] = max(line["peak_mb"], metrics.get(f"{size:,}.peak_mb", 0))
        elif size := line.get("grown_to"):
            seconds += line["library_cpu_s"] + line["vectors_cpu_s"]
            taken = line["library_cpu_s"] + line["vectors_cpu_s"]
            metrics[f"{size:,}.passages added in a second of the processor"] = round(line["passages"] / taken)
    generated = hashlib.sha256((Path(__file__).parent / "generated.py").read_bytes()).hexdigest()
    return reports.Report(
        name="growth",
        about="what search costs as the library grows: processor time, generated passages",
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        code_version=installed_version("onrecord"),
        data_sha256=generated,
        settings={},
        seconds=round(seconds, 1),
        metrics=metrics,
        intervals={},
        items={},
    )


def plot(lines: Sequence[dict[str, Any]]) -> str:
    """Milliseconds of the processor over passages, both on scales of powers of ten, as an SVG."""
    measured = {(line["kind"], line["measured"]): line for line in lines if line.get("measured") and "on" not in line}
    sizes = sorted({size for _, size in measured})
    left, top, width, height = 60, 20, 520, 300
    low, high = math.log10(min(sizes)), math.log10(max(sizes))

    def place(size: float, value: float) -> str:
        x = left + width * (math.log10(size) - low) / max(high - low, 1e-9)
        return f"{x:.0f},{top + height * (1 - math.log10(max(value, 1.0)) / 3):.0f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 370" font-family="sans-serif" font-size="12">',
        '<rect width="840" height="370" fill="white"/>',
    ]
    for power in range(4):
        x, y = place(min(sizes), 10.0**power).split(",")
        parts.append(f'<line x1="{x}" y1="{y}" x2="{left + width}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{int(y) + 4}" text-anchor="end">{10**power} ms</text>')
    for size in sizes:
        x = place(size, 1).split(",")[0]
        parts.append(f'<text x="{x}" y="{top + height + 18}" text-anchor="middle">{size:,}</text>')
    colours = ("#1b6ca8", "#d1495b", "#66a182", "#8d6a9f", "#c98a00")
    for at, (name, colour) in enumerate(zip(KINDS, colours, strict=True)):
        for what, dash in (("cpu_p50_ms", ""), ("cpu_p95_ms", ' stroke-dasharray="4 3"')):
            points = " ".join(place(size, measured[name, size][what]) for size in sizes if (name, size) in measured)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{left + width + 15}" y="{top + 20 + 20 * at}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{left + width + 15}" y="{top + 140}">p50; dashed: p95</text>')
    parts.append(f'<text x="{left}" y="{top + height + 40}">passages in the library; processor time of a search</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    doing = parser.add_subparsers(dest="doing", required=True)
    growing = doing.add_parser("grow")
    growing.add_argument("home", type=Path)
    growing.add_argument("passages", type=int)
    growing.add_argument("--seconds", type=float, default=math.inf)
    measuring = doing.add_parser("measure")
    measuring.add_argument("home", type=Path)
    measuring.add_argument("--queries", type=int, default=100)
    measuring.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    serving = doing.add_parser("servers")
    serving.add_argument("home", type=Path)
    serving.add_argument("sizes", type=int, nargs="+")
    serving.add_argument("--queries", type=int, default=100)
    reporting = doing.add_parser("report")
    reporting.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    if args.doing == "report":
        lines = [json.loads(line) for path in args.files for line in path.read_text("utf-8").splitlines()]
        reports.write(report(lines), reports.folder() / "growth.json")
        (ROOT / "docs" / "images" / "growth.svg").write_text(plot(lines), "utf-8")
        return
    with ExitStack() as stack:
        if args.doing == "servers":
            told = on_servers(args.home, args.sizes, args.queries)
        else:
            stores = stack.enter_context(closing(Stores.of(args.home)))
            if args.doing == "grow":
                told = grow(stores, args.passages, seconds=args.seconds)
            else:
                told = measure(stores, args.queries, args.kinds)
        for line in told:
            with (args.home / "growth.jsonl").open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
