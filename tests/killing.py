"""Ingests a folder in processes that are killed, one after the other, and says what the library holds in the end.

A program, since only a process without threads may fork: `python -m tests.killing FOLDER ARTICLES KILLS`. Every second
process kills itself (SIGKILL) at a numbered point: around a commit, a write of vectors, a seal, an embedding, an
extraction. The others are killed from outside after some time, be it within a system call. What was reported is in
`FOLDER/reported`, a line each, written as soon as it was known.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import chromadb.api.rust
import chromadb.telemetry.product.posthog  # noqa: F401  # what a first use imports is imported before the fork
import numpy as np
import numpy.random
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from sqlalchemy import text as sql

from rag.composition import Composition
from rag.domain import Article, Fragment, Statement, as_json
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom
from rag.providers.base import EmbedKind
from rag.readers.dispatch import read_source_bytes
from rag.services.indexing.indexer import Extractor
from rag.settings import Settings
from rag.statements.extract import Reading
from rag.stores import chroma, integrity
from rag.stores.base import Vectors
from rag.stores.library import Library
from rag.text.canonical import digest

DIMENSIONS = 48
VOCABULARY = [f"{first}{last}" for first in ("bar", "dol", "fen", "gim", "hus", "kar", "lom", "nit", "por", "sel")
              for last in ("ada", "ebo", "ika", "olu", "umi", "ant", "erd", "inz", "osk", "ulf")]  # fmt: skip


class TinyEmbedder:
    """A bag of words: every word has a direction of its own."""

    fingerprint = "tiny"
    window = 40
    languages = None
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._words: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        point()
        result = np.stack([sum((self._word(word) for word in text.split()), self._word("")) for text in texts])
        unit: Vectors = (result / np.linalg.norm(result, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _word(self, word: str) -> Vectors:
        if word not in self._words:
            result = np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSIONS)
            self._words[word] = result.astype(np.float32)
        return self._words[word]


def first_words(article: Article) -> Reading:
    """One statement: the first ten characters."""
    point()
    said = Fragment(start=0, end=10, text=article.text[:10])
    return Reading(
        statements=(
            Statement(
                speaker="Nobody", kind="indirect", source=None, cue=None, content=(said,), text=said.text,
                article_id=article.article_id, version=article.version,
            ),
        )
    )  # fmt: skip


class TinyComposition(Composition):
    """Models that take no time."""

    @cached_property
    def embedder(self) -> Any:
        return TinyEmbedder()

    @cached_property
    def extractor(self) -> Any:
        return Extractor(fingerprint="tiny", extract=first_words)


class TinyNewsroom(Newsroom):
    """A newsroom whose models take no time."""

    composition = TinyComposition


# -- points at which a process may kill itself

_left: list[int] = []  # points until then; empty: never


def point() -> None:
    """Die here if it is this process's turn to."""
    if _left:
        _left[0] -= 1
        if _left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str) -> None:
    """Put a point before and after a function."""
    original = getattr(owner, name)

    @wraps(original)
    def call(*args: Any, **named: Any) -> Any:
        point()
        done = original(*args, **named)
        point()
        return done

    setattr(owner, name, call)


def set_points() -> None:
    """Put points around everything that lasts, and let Chroma write its graph often."""
    write = Library.writing

    @contextmanager
    def pointed(self: Library) -> Iterator[Any]:
        with write(self) as connection:
            yield connection
            point()  # before the commit
        point()

    Library.writing = pointed  # type: ignore[method-assign]
    for name in ("upsert", "remove", "drop", "clear"):
        around(chroma.ChromaVectors, name)
    around(integrity, "renew_seal")
    chroma._SPACE = CreateCollectionConfiguration(
        hnsw=CreateHNSWConfiguration(
            space="ip", ef_construction=200, ef_search=5_000, max_neighbors=48, sync_threshold=50, batch_size=25
        )
    )


# -- what is ingested


def story(number: int, edition: int = 0) -> str:
    """Three passages of words drawn at random, with one of its own."""
    draw = random.Random(f"{number}-{edition}")
    lines = [
        " ".join(["The", f"n{number}e{edition}", *draw.choices(VOCABULARY, k=24)]).capitalize() + "." for _ in range(4)
    ]
    return "\n\n".join(lines)


def events(articles: int) -> list[tuple[str, int]]:
    """What happens in order: each article is added; every tenth is changed later, every twentieth removed."""
    happening: list[tuple[str, int]] = []
    for number in range(articles):
        happening.append(("add", number))
        if number % 10 == 9:
            happening.append(("change", number - 4))
        if number % 20 == 19:
            happening.append(("remove", number - 8))
    return happening


def happen(room: Newsroom, folder: Path, kind: str, number: int) -> dict[str, Any]:
    """Let one event happen and give what was reported."""
    path = folder / f"{number:04}.txt"
    if kind == "remove":
        article_id = last_reports(folder)[number]["article_id"]
        with suppress(UnknownArticle):  # the process before this one may have removed it and been killed
            room.remove(article_id)
        path.unlink(missing_ok=True)
        return {"kind": kind, "number": number, "article_id": article_id, "version": ""}
    path.write_text(story(number, edition=1 if kind == "change" else 0), "utf-8")
    (result,) = room.add(path)
    assert result.status in ("added", "updated", "duplicate"), result
    return {"kind": kind, "number": number, "article_id": result.article_id, "version": result.version}


def last_reports(folder: Path) -> dict[int, dict[str, Any]]:
    """The last report about each article."""
    lines = (folder / "reported").read_text("utf-8").splitlines() if (folder / "reported").exists() else []
    return {line["number"]: line for line in map(json.loads, lines)}


def ingest(room: Newsroom, folder: Path, articles: int, *, upto: int) -> None:
    """Go on after what was reported, and report each event as soon as it is known to have happened."""
    log = os.open(folder / "reported", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    done = len((folder / "reported").read_text("utf-8").splitlines())
    for kind, number in events(articles)[done:upto]:
        report = happen(room, folder, kind, number)
        os.write(log, (json.dumps(report) + "\n").encode())
    room.wait()


# -- killing


def live(run: Callable[[], None], idle: int) -> None:
    """The life of a child: never returns."""
    try:
        run()
        os.write(idle, b"i")
        signal.pause()
    except BaseException as exc:  # noqa: BLE001
        os.write(idle, f"E{type(exc).__name__}: {exc}".encode())
    os._exit(3)


def load_readers() -> None:
    """Load before a fork what a first article loads: in each of hundreds of lives it would take a second anew."""
    read_source_bytes(story(0).encode(), "story.txt")


def kill_one(run: Callable[[], None], seconds: float | None) -> tuple[str, float]:
    """Start a process and kill it after `seconds`, or once it has nothing left to do. Gives `killed`, `idle` or an
    error, and how long it lived.
    """
    idle, told = os.pipe()
    started = time.perf_counter()
    if (child := os.fork()) == 0:
        os.close(idle)
        live(run, told)
    os.close(told)
    ready = select.select([idle], [], [], seconds)[0]
    lived = time.perf_counter() - started
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = os.read(idle, 1000).decode() if ready else ""
    os.close(idle)
    return ("idle" if said == "i" else said[1:] or "killed"), lived


def kill_many(folder: Path, articles: int, kills: int, opened: Callable[[], Newsroom]) -> dict[str, Any]:
    """Ingest with that many kills, spread over the events, and then to the end."""
    draw = random.Random(kills)
    total = len(events(articles))
    ends: dict[str, int] = {"killed": 0, "idle": 0}
    errors: list[str] = []
    usual = 0.5  # seconds to the end of a life
    for number in range(kills):
        upto = total * (number + 1) // kills

        def run(number: int = number, upto: int = upto) -> None:
            if number % 2:
                _left[:] = [draw.randint(1, 45)]
            ingest(opened(), folder, articles, upto=upto)

        draw.random()
        end, lived = kill_one(run, None if number % 2 else draw.uniform(0, 1.2 * usual))
        if end == "idle":
            usual = 0.7 * usual + 0.3 * lived
        if end in ends:
            ends[end] += 1
        else:
            errors.append(end)
    return {"ends": ends, "errors": errors}


def inventory(room: Newsroom, folder: Path) -> dict[str, Any]:
    """What the library and its indices hold, against what was reported."""
    last = last_reports(folder)
    with room._parts.library.reading() as connection:
        rows = connection.execute(sql("SELECT article_id, version FROM article")).all()
        halves = connection.execute(
            sql("SELECT count(*) FROM passage p LEFT JOIN passage_words w ON w.rowid = p.rowid WHERE w.rowid IS NULL")
        ).scalar_one()
        strays = connection.execute(
            sql("SELECT count(*) FROM passage_words WHERE rowid NOT IN (SELECT rowid FROM passage)")
        ).scalar_one()
        passages = set(connection.execute(sql("SELECT passage_id FROM passage")).scalars())
        uncut = connection.execute(
            sql("SELECT count(*) FROM version v WHERE NOT EXISTS (SELECT 1 FROM passage p WHERE"
                " p.article_id = v.article_id AND p.version = v.version)")
        ).scalar_one()  # fmt: skip
        stated = connection.execute(sql("SELECT article_id, version, count(*) FROM statement GROUP BY 1, 2")).all()
        versions = connection.execute(sql("SELECT count(*) FROM version")).scalar_one()
    expected = {number: line for number, line in last.items() if line["kind"] != "remove"}
    results = [row.article_id for row in rows]
    current = {row.article_id: row.version for row in rows}
    lost = [number for number, line in expected.items() if current.get(line["article_id"]) != line["version"]]
    assert room._parts.vectors is not None
    return {
        "expected": len(expected),
        "lost": lost,
        "twice": len(results) - len({room.article(article_id).text for article_id in results}),
        "unreported": len(set(results) - {line["article_id"] for line in expected.values()}),
        "half indexed": halves + strays + uncut,
        "passages without vector": len(passages - room._parts.vectors.ids()),
        "vectors without passage": len(room._parts.vectors.ids() - passages),
        "versions without statements": versions - len([row for row in stated if row[2] == 1]),
        "pending": room.pending(),
    }


def searches(room: Newsroom, folder: Path, articles: int) -> list[str]:
    """For each of many searches a digest of what it finds."""
    draw = random.Random(7)
    results = []
    for number in range(0, articles, 6):
        for query in (f"n{number}e0", " ".join(draw.sample(VOCABULARY, 5))):
            results.append(digest(json.dumps(as_json(room.search(query, k=10)))))
    return results


def main(folder: Path, articles: int, kills: int) -> dict[str, Any]:
    """Ingest under fire, then once more in peace elsewhere, and compare."""
    set_points()
    load_readers()
    broken, peace = folder / "broken", folder / "peace"
    for made in (broken, peace):
        made.mkdir(parents=True)

    def open_room(where: Path) -> Newsroom:
        return TinyNewsroom.open(Settings(home=where / "home"))

    started = time.perf_counter()
    said = kill_many(broken, articles, kills, lambda: open_room(broken))
    said["seconds"] = round(time.perf_counter() - started, 1)
    total = len(events(articles))
    for where in (broken, peace):
        with open_room(where) as room:
            ingest(room, where, articles, upto=total)
            assert room.wait(300)
            said[where.name] = inventory(room, where)
            said[f"searches {where.name}"] = searches(room, where, articles)
            said["repaired"] = said.get("repaired") or room.doctor().repaired
    said["all seconds"] = round(time.perf_counter() - started, 1)
    return said


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
