"""Faults of many kinds while a folder goes in, and what the library holds in the end.

`python -m tests.faults [--count N] [--articles N]`. Every process of the ingest meets one fault: killed from outside,
killed at a point around a commit or a write of vectors, a disk that is full, a clock that jumps by years, an index
whose files were damaged before it opened. After the last one the ingest goes on in peace, and what was reported as
added is compared with what is there and with an ingest that met no fault.
"""

from __future__ import annotations

import datetime as dt
import random
import resource
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.text.canonical import digest
from tests import killing

KINDS = ("killed", "killed at a point", "disk full", "clock jump", "index damaged")
_REFUSED = ("StoreError", "LibraryBusy")


def inject(folder: Path, articles: int, count: int, opened: Callable[[], Newsroom]) -> dict[str, Any]:
    """Ingest with so many faults, spread over the events. Gives how often each kind was met and how lives ended."""
    draw = random.Random(count)
    total = len(killing.events(articles))
    kinds: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    errors: list[str] = []
    usual = 0.5  # seconds to the end of a life
    for number in range(count):
        upto = total * (number + 1) // count
        kind = KINDS[number % len(KINDS)]
        seed = draw.random()
        if kind == "index damaged" and not damage(folder / "home" / "vectors", draw):
            kind = "killed"

        def run(kind: str = kind, seed: float = seed, upto: int = upto) -> None:
            begin(kind, folder, random.Random(seed))
            killing.ingest(opened(), folder, articles, upto=upto)

        limited = kind in ("killed", "index damaged")
        end, lived = killing.kill_one(run, draw.uniform(0, 1.2 * usual) if limited else 60.0)
        kinds[kind] += 1
        if end == "idle":
            usual = 0.7 * usual + 0.3 * lived
        if end in ("killed", "idle"):
            ends[end] += 1
        elif end.startswith(_REFUSED):
            ends["refused"] += 1
        else:
            errors.append(f"{kind}: {end}")
    return {"kinds": dict(kinds), "ends": dict(ends), "errors": errors}


def begin(kind: str, folder: Path, draw: random.Random) -> None:
    """Bring the fault about in the process that is to meet it."""
    if kind == "killed at a point":
        killing._left[:] = [draw.randint(1, 45)]
    elif kind == "disk full":
        largest = max((path.stat().st_size for path in (folder / "home").rglob("*") if path.is_file()), default=0)
        most = largest + draw.randint(0, 120_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    elif kind == "clock jump":
        jump_by(dt.timedelta(days=draw.randint(-4000, 4000), seconds=draw.randint(0, 86_400)))


def jump_by(offset: dt.timedelta) -> None:
    """From now on the clock of library and indexer is wrong by so much, and `time.time` with it."""
    from rag.services import indexing
    from rag.stores import library

    class Wrong(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) + offset

    right = time.time
    time.time = lambda: right() + offset.total_seconds()
    for module in (library, indexing):
        if hasattr(module, "datetime"):
            module.datetime = Wrong  # type: ignore[attr-defined]


def damage(folder: Path, draw: random.Random) -> bool:
    """Damage one file of an index: cut, garbled, emptied or gone. False where there is none yet."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    if not files:
        return False
    path = draw.choice(files)
    how = draw.randrange(4)
    data = bytearray(path.read_bytes())
    at = draw.randrange(len(data))
    if how == 0:
        path.write_bytes(data[:at])
    elif how == 1:
        data[at : at + 4096] = draw.randbytes(min(4096, len(data) - at))
        path.write_bytes(data)
    elif how == 2:
        path.write_bytes(b"")
    else:
        path.unlink()
    return True


def garble_library(home: Path, where: Path, count: int) -> dict[str, int]:
    """Open copies of a library in which one page is garbage: `refused` with the file untouched, or what reading every
    article came to. `overwritten` and `unnoticed` must not be.
    """
    draw = random.Random(count)
    ends: Counter[str] = Counter()
    with sqlite3.connect(home / "library.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = (home / "library.db").read_bytes()
    for number in range(count):
        copy = where / f"garbled{number}"
        copy.mkdir(parents=True)
        data = bytearray(whole)
        at = 4096 * (0 if number % 4 == 0 else draw.randrange(len(data) // 4096))
        data[at : at + 4096] = draw.randbytes(4096)
        (copy / "library.db").write_bytes(data)
        try:
            room = killing.TinyNewsroom.open(Settings(home=copy))
        except OnRecordError:
            ends["refused" if (copy / "library.db").read_bytes() == bytes(data) else "overwritten"] += 1
        else:
            ends[_read_through(room)] += 1
        shutil.rmtree(copy)
    return dict(ends)


def _read_through(room: Newsroom) -> str:
    """`refused` where reading every article meets the damage, `harmless` where all texts are what their names say, else
    `unnoticed`."""
    try:
        for item in room.articles():
            article = room.article(item.article_id)
            if article.version not in (digest(article.text), *(digest(article.text, str(n)) for n in range(9))):
                return "unnoticed"
        return "harmless"
    except OnRecordError:
        return "refused when read"
    finally:
        room.close()


def main(folder: Path, articles: int, count: int) -> dict[str, Any]:
    """Ingest under faults, then once more in peace elsewhere, and compare."""
    killing.set_points()
    killing.load_readers()
    broken, peace = folder / "broken", folder / "peace"
    for made in (broken, peace):
        made.mkdir(parents=True)

    def open_room(where: Path) -> Newsroom:
        return killing.TinyNewsroom.open(Settings(home=where / "home"))

    said = inject(broken, articles, count, lambda: open_room(broken))
    for where in (broken, peace):
        with open_room(where) as room:
            killing.ingest(room, where, articles, upto=len(killing.events(articles)))
            assert room.wait(120)
            said[where.name] = killing.inventory(room, where)
            said["repaired"] = said.get("repaired") or room.doctor().repaired
    said["faults"] = sum(said["kinds"].values())
    said["lost"] = len(said["broken"]["lost"])
    said["libraries"] = garble_library(peace / "home", folder, max(4, count // 8))
    return said
