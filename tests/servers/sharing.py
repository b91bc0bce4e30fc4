"""Processes that share a library on servers, with models that take no time: `python -m tests.servers.sharing ROLE LOG`.

ROLE is `worker`, `dying` (a worker that kills itself amid its third batch) or `app:FIRST:LAST`, which adds the articles
of these numbers. The settings are the environment's. A line in LOG tells each passage embedded, article stated and
article added, by the process that did it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from rag.composition import parts
from rag.domain import Article
from rag.providers.base import EmbedKind
from rag.services.indexing.indexer import Extractor
from rag.settings import Settings
from rag.statements.extract import Reading
from rag.stores import jobs
from rag.stores.base import Vectors
from tests.killing import TinyComposition, TinyEmbedder, TinyNewsroom, first_words

ROOT = Path(__file__).parents[2]
HEARTBEAT = 0.4  # seconds


def environment(settings: Settings) -> dict[str, str]:
    """What a process needs to know to share the library of these settings."""
    assert settings.database_url
    assert settings.chroma_url
    return {
        **os.environ,
        "ONRECORD_HOME": str(settings.home),
        "ONRECORD_DATABASE_URL": settings.database_url.get_secret_value(),
        "ONRECORD_CHROMA_URL": settings.chroma_url.get_secret_value(),
    }


def started(settings: Settings, role: str, log: Path, said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """A process of this role; what it writes as errors goes into `said`."""
    command = [sys.executable, "-m", "tests.servers.sharing", role, str(log)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(settings), stderr=said)


class Told:
    """Lines in a file that many processes write to."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def line(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())


class TellingEmbedder(TinyEmbedder):
    def __init__(self, told: Told, dies: bool) -> None:
        super().__init__()
        self._told, self._left = told, 3 if dies else -1

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        self._left -= 1
        if self._left == 0:
            self._told.line("died", os.getpid())
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)  # so that the other worker has its turn
        for text in texts:
            self._told.line("embedded", os.getpid(), text.replace(" ", "_"))
        return super().embed(texts, kind)


class SharingComposition(TinyComposition):
    @cached_property
    def embedder(self) -> Any:
        return TellingEmbedder(SharingNewsroom.told, SharingNewsroom.dies)

    @cached_property
    def extractor(self) -> Any:
        def extract(article: Article) -> Reading:
            SharingNewsroom.told.line("stated", os.getpid(), article.article_id)
            return first_words(article)

        return Extractor(fingerprint="tiny", extract=extract)


class SharingNewsroom(TinyNewsroom):
    composition = SharingComposition
    told: Told
    dies = False


def text(number: int) -> str:
    """Article `number`: of one passage, like no other."""
    return f"Report {number} of the harbour: barada{number} went to dolebo{number * 7} with fenika{number * 13}."


def main(role: str, log: str) -> None:
    jobs._MAINTENANCE_CRON = "* * * * * */1"
    parts.job_queue = lambda settings: jobs.JobQueue(  # type: ignore[attr-defined]
        settings.database_url.get_secret_value() if settings.database_url else "", heartbeat=HEARTBEAT
    )
    SharingNewsroom.told, SharingNewsroom.dies = Told(Path(log)), role == "dying"
    room = SharingNewsroom.open(Settings())
    if role in ("worker", "dying"):
        room.work()
    else:
        _, first, last = role.split(":")
        for number in range(int(first), int(last)):
            result = room.add_text(text(number), title=f"Report {number}")
            room.told.line("added", os.getpid(), result.status, result.article_id)
    room.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
