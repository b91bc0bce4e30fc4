"""What every peer runs inside its own environment: articles in, questions asked, seconds and memory told.

`python harness.py ADAPTER WORK.json OUT.json`, with the project's root on PYTHONPATH for the embedding model. WORK.json
has `articles` (id, title, outlet, published, text) and `questions`, both in lists. An adapter is a module with a class
`Peer`: `add(articles)` and `search(question, k)`, which gives the ids of articles, passage by passage, best first.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

PASSAGES = 50  # that are looked at for ten articles


def main(adapter: Path, work: Path, out: Path) -> None:
    """Run one adapter over one set of articles and questions."""
    asked: dict[str, Any] = json.loads(work.read_text("utf-8"))
    started = time.perf_counter()
    spec = importlib.util.spec_from_file_location("adapter", adapter)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    peer = module.Peer(out.parent / "home")
    startup = time.perf_counter() - started
    started, cpu = time.perf_counter(), time.process_time()
    peer.add(asked["articles"])
    added, added_cpu = time.perf_counter() - started, time.process_time() - cpu
    peer.search(asked["questions"][0], PASSAGES)
    rankings, walls, cpus = [], [], []
    for question in asked["questions"]:
        started, cpu = time.perf_counter(), time.process_time()
        match = peer.search(question, PASSAGES)
        walls.append((time.perf_counter() - started) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
        rankings.append(list(dict.fromkeys(match)))
    messages = {
        "startup_s": round(startup, 2),
        "add_s": round(added, 1),
        "add_cpu_s": round(added_cpu, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rankings": rankings,
        "walls_ms": walls,
        "cpus_ms": cpus,
    }
    out.write_text(json.dumps(messages), "utf-8")


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:4]))
