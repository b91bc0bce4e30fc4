"""A library on servers while each of them is killed: `python -m tests.faults --servers [--count N]`.

One application adds article after article and two workers index them, on a real PostgreSQL and a real Chroma server.
Now the application, now a worker, now Chroma, now PostgreSQL gets SIGKILL and is started again. After the last fault
all goes on in peace until nothing waits; then whatever was reported as added must be there, once, with its passages,
vectors and statements, and be found by its words.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.domain import Filters
from rag.settings import Settings
from tests.servers.chroma import ChromaProcess
from tests.servers.postgres import Cluster, cluster
from tests.servers.sharing import SharingNewsroom, Told, started

KINDS = ("application", "worker", "Chroma", "PostgreSQL")
NONE = (
    "lost",
    "twice",
    "passages without vector",
    "vectors without passage",
    "articles without statements",
    "not found by their words",
)
_ENDLESS = 1_000_000
_SECONDS_TO_GO_ON, _SECONDS_OF_PEACE = 240.0, 600.0


class Site:
    """The processes of one installation, each started again when it is gone."""

    def __init__(self, folder: Path, database: Cluster, chroma: ChromaProcess) -> None:
        self._database, self._chroma = database, chroma
        self.log, self._said = folder / "log", folder / "said"
        self.settings = Settings(home=folder / "home", database_url=database.database(), chroma_url=chroma.address)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.log.touch()

    def added(self) -> dict[str, None]:
        """The ids of the articles that were reported as added, in their order."""
        lines = [line.split() for line in self.log.read_text("utf-8").splitlines()]
        return dict.fromkeys(words[3] for words in lines if words[0] == "added")

    def keep_up(self, names: Sequence[str] = ("application", "worker", "other worker")) -> None:
        """Start what is not running; the application goes on after what was last reported."""
        for name in names:
            process = self._running.get(name)
            if process is None or process.poll() is not None:
                role = f"app:{len(self.added())}:{_ENDLESS}" if name == "application" else "worker"
                self._running[name] = self._start(role)

    def kill(self, kind: str) -> None:
        """SIGKILL; servers are started again at once, as a supervisor would."""
        if kind == "Chroma":
            self._chroma.kill()
            self._chroma.start()
        elif kind == "PostgreSQL":
            self._database.kill()
            self._database.start()
        else:
            self._running[kind].kill()
            self._running[kind].wait()

    def end(self) -> None:
        """Kill the application and the workers."""
        for process in self._running.values():
            process.kill()
            process.wait()

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        with self._said.open("ab") as said:
            return started(self.settings, role, self.log, said)


def inject(site: Site, count: int) -> Counter[str]:
    """So many faults, each kind in turn, each at some moment while articles go in. Gives how often each was met."""
    draw, kinds = random.Random(count), Counter[str]()
    for number in range(count):
        before = len(site.added())

        def goes_on(before: int = before) -> bool:
            site.keep_up()  # one that met the fault amid its work ends a little later
            return len(site.added()) > before + 1

        # Whoever was started anew has to be at work again, or faults would only meet processes that start.
        assert _until(goes_on, _SECONDS_TO_GO_ON), "the application no longer adds"
        time.sleep(draw.uniform(0, 0.5))
        kind = KINDS[number % len(KINDS)]
        site.kill(kind)
        kinds[kind] += 1
    return kinds


def inventory(site: Site) -> dict[str, Any]:
    """What is there of what was reported, once nothing waits."""
    reported = list(site.added())
    SharingNewsroom.told = Told(site.log)
    with SharingNewsroom.open(site.settings) as room:

        def is_idle() -> bool:
            site.keep_up(("worker", "other worker"))
            return not any(room.pending().values())

        assert _until(is_idle, _SECONDS_OF_PEACE), f"still waiting: {room.pending()}"
        assert room._parts.vectors is not None
        texts = [room.article(item.article_id).text for item in room.articles()]
        with room._parts.library.reading() as connection:
            passages = set(connection.exec_driver_sql("SELECT passage_id FROM passage").scalars())
        by_words = [number for number in range(len(reported)) if _first(room, number) != reported[number]]
        vectors = room._parts.vectors.ids()
        return {
            "reported": len(reported),
            "lost": len(set(reported) - {item.article_id for item in room.articles()}),
            "twice": len(texts) - len(set(texts)),
            "passages without vector": len(passages - vectors),
            "vectors without passage": len(vectors - passages),
            "articles without statements": len(texts) - len(room.statements()),
            "not found by their words": len(by_words),
        }


def _first(room: SharingNewsroom, number: int) -> str | None:
    result = room._parts.library.passages.match([f"barada{number}"], k=1, filters=Filters())
    return result[0][0].article_id if result else None


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def main(count: int) -> dict[str, Any]:
    """Faults, then peace, then a count."""
    with cluster() as database, tempfile.TemporaryDirectory() as folder, ChromaProcess(Path(folder)) as chroma:
        site = Site(Path(folder), database, chroma)
        try:
            kinds = inject(site, count)
            site.kill("application")
            return {"faults": count, "kinds": dict(kinds), **inventory(site)}
        finally:
            site.end()
