"""Ingest beside what the embedding model alone reaches, memory from 1,000 to 10,000 articles, an unchanged folder."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from rag import Newsroom, Settings
from rag.composition import Composition
from tests.conftest import PROJECT
from tests.killing import TinyNewsroom  # noqa: F401  # for the program below

pytestmark = pytest.mark.bench

FIRST = "bar dol fen gim hus kar lom nit por sel tor vin wex yar zul bri cla dro fla gre".split()
MIDDLE = "a e i o u an en in on un al el il ol ul".split()
LAST = "da bo ka lu mi ter den sing ston ford berg ton land mer val".split()
WORDS = [first + middle + last for first in FIRST for middle in MIDDLE for last in LAST]
SMALL = "the of a in to and for on with by that was from after before its which had will over".split()


def story(number: int) -> str:
    """About 350 words, every other one a small one; articles share words, but no runs of them."""
    draw = random.Random(number)

    def sentence() -> str:
        length = draw.randint(10, 28)
        words = [draw.choice(SMALL if place % 2 else WORDS) for place in range(length)]
        speaker = f"{draw.choice(WORDS).capitalize()} {draw.choice(WORDS).capitalize()}"
        return " ".join([speaker, draw.choice(("said that", "saw", "denied that")), *words]) + "."

    return "\n\n".join(" ".join(sentence() for _ in range(3)) for _ in range(6))


def folder_of(path: Path, articles: int) -> Path:
    path.mkdir()
    for number in range(articles):
        (path / f"{number:05}.txt").write_text(story(number), "utf-8")
    return path


class PlainComposition(Composition):
    """Without statements, which are other work than the model's."""

    @cached_property
    def extractor(self) -> Any:
        return None


class Plain(Newsroom):
    """Without statements."""

    composition = PlainComposition


def rates(where: Path, articles: int, kind: type[Newsroom]) -> dict[str, float]:
    """Passages a second: of the whole ingest, and of the model on the same passages, half before and half after it.

    The share is given by the clock, and by processor time, which other work on the machine hardly changes.
    """
    where.mkdir()
    folder = folder_of(where / "news", articles)
    with kind.open(Settings(home=where / "home")) as room:
        model = room._parts.embedder
        assert model is not None
        model.embed(["load"], "document")
        passages = [
            span.of(text)
            for number in range(articles)
            for text in [story(number)]
            for span in room._parts.indexer.cut(text)
        ]
        started, worked = time.perf_counter(), time.process_time()
        model.embed(passages[::2], "document")
        alone, alone_worked = time.perf_counter() - started, time.process_time() - worked
        started, worked = time.perf_counter(), time.process_time()
        assert {item.status for item in room.add(folder)} == {"added"}
        stored = time.perf_counter() - started
        room.wait()
        whole, whole_worked = time.perf_counter() - started, time.process_time() - worked
        started, worked = time.perf_counter(), time.process_time()
        model.embed(passages[1::2], "document")
        alone += time.perf_counter() - started
        alone_worked += time.process_time() - worked
        assert room.doctor().vectors == len(passages)
        started = time.perf_counter()
        assert {item.status for item in room.add(folder)} == {"duplicate"}
        again = time.perf_counter() - started
    return {
        "articles": articles,
        "passages": len(passages),
        "model alone, passages/s": round(len(passages) / alone, 1),
        "ingest, passages/s": round(len(passages) / whole, 1),
        "share": round(alone / whole, 3),
        "share of processor time": round(alone_worked / whole_worked, 3),
        "seconds until all was stored": round(stored, 1),
        "unchanged, articles/s": round(articles / again),
    }


@pytest.mark.parametrize("kind", [Plain, Newsroom], ids=["vectors", "vectors-and-statements"])
def test_ingest_beside_the_model_alone(tmp_path: Path, kind: type[Newsroom]) -> None:
    said = rates(tmp_path / "bench", 2000 if kind is Plain else 200, kind)
    print(f"\n{json.dumps(said, indent=1)}")
    if kind is Plain:
        assert said["share"] >= 0.9
        assert said["unchanged, articles/s"] >= 2000


PEAK = """
import resource, sys
from pathlib import Path
from rag import Settings
from tests.bench.test_ingest import Plain, TinyNewsroom, folder_of
where, articles, kind = Path(sys.argv[1]), int(sys.argv[2]), {"tiny": TinyNewsroom, "real": Plain}[sys.argv[3]]
where.mkdir()
with kind.open(Settings(home=where / "home")) as room:
    room.add(folder_of(where / "news", articles))
    room.wait()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak(where: Path, articles: int, kind: str) -> int:
    """Megabytes that a process of its own takes at most."""
    command = [sys.executable, "-c", PEAK, str(where), str(articles), kind]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT).stdout)


def test_memory_is_flat_from_a_thousand_articles_to_ten_thousand(tmp_path: Path) -> None:
    few, many = peak(tmp_path / "few", 1000, "tiny"), peak(tmp_path / "many", 10_000, "tiny")
    print(f"\npeak memory: {few} MB for 1,000 articles, {many} MB for 10,000")
    assert many <= 1.25 * few


def test_memory_with_the_built_in_model(tmp_path: Path) -> None:
    print(f"\npeak memory with the built-in model, 500 articles: {peak(tmp_path / 'real', 500, 'real')} MB")
