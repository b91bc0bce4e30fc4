"""Deriving what is searched by workers: processes that share a library on a server, and take its jobs from a queue.

What there is to do is read from the library, as ever. A job wakes a worker for one kind of work on one part of the
library; while it is in hand no other worker takes the same, so nothing is made twice. Whoever adds asks for jobs, and
workers look by themselves now and then, so nothing is left lying either: not by a worker that was killed, nor by an
application that ended before it asked.
"""

from __future__ import annotations

import logging
import threading
import time

from rag import logs
from rag.domain import Progress
from rag.errors import OnRecordError, StoreError
from rag.providers.base import Embedder
from rag.services.indexing.indexer import UNCLEAN, Extractor, Indexer, why_paused
from rag.stores.base import VectorStore
from rag.stores.index_state import Work
from rag.stores.jobs import Job, Jobs
from rag.stores.library import Library

_SECONDS_A_JOB = 15.0  # about; then the part goes to the end of the queue, and a worker that is to end can
_SECONDS_BETWEEN = 0.25  # two looks at whether all is done, and two askings for jobs
_SECONDS_ALONE = 20.0  # that one waits for a first worker
_PAUSED = "paused_"  # noted in the library with the kind of work: why workers could not do it; empty once they could
_SECONDS_TO_REPAIR = 3600.0  # between two comparisons of the whole index with the library
_log = logging.getLogger(__name__)


class QueuedIndexer(Indexer):
    """An Indexer that has its work done by workers; `work` makes this process one."""

    def __init__(
        self,
        library: Library,
        *,
        vectors: VectorStore | None,
        embedder: Embedder | None,
        extractor: Extractor | None,
        jobs: Jobs,
        release: str = "",
    ) -> None:
        super().__init__(library, vectors=vectors, embedder=embedder, extractor=extractor, release=release)
        self._jobs = jobs
        self._asked = False  # for the first time
        self._repaired = float("-inf")

    def start(self) -> None:
        """See to it that workers hear of outstanding work, a moment later: many additions are one call."""
        with self._lock:
            if self._closed:
                return
            self._asked = True
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-asker", daemon=True)
                self._thread.start()

    def sync(self) -> None:
        """Ask for outstanding work on first use."""
        if not self._asked or self._put_off:
            self.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until workers have left nothing to do; False if time ran out. Where no worker lives, `fault` says so
        and nothing is waited for.
        """
        begun = time.monotonic()
        while any(
            self._library.index_state.pending(work, made_as, limit=1) for work, made_as in self._works().values()
        ):
            passed = time.monotonic() - begun
            if timeout is not None and passed >= timeout:
                return False
            if passed > _SECONDS_ALONE and not self._jobs.workers():
                self.fault = "No worker is running, so nothing is indexed: start `onrecord worker`."
                return True
            if passed > _SECONDS_ALONE and (reason := self.paused()):
                self.fault = reason
                return True
            time.sleep(_SECONDS_BETWEEN)
        self.fault = None
        return True

    def paused(self) -> str | None:
        """Why workers could not do what is left."""
        reasons = (self._library.meta.get(f"{_PAUSED}{kind}") for kind in self._works())
        return " ".join(dict.fromkeys(filter(None, reasons))) or None

    def close(self) -> None:
        """Ask for what was not asked for yet, and let go of the queue. What is left is the workers'."""
        super().close()
        self._jobs.close()

    def progress(self) -> tuple[Progress, ...]:
        """How much is left to the workers; how fast they are is not known here."""
        return tuple(
            Progress(step=step, done=0, total=left, seconds_left=None) for step, left in self.left().items() if left
        )

    def workers(self) -> int:
        """How many workers live. Raises StoreUnavailable."""
        return self._jobs.workers()

    def work(self, *, once: bool = False) -> None:
        """Do jobs until the process is told to end; with `once`, until none waits. Raises StoreUnavailable."""
        self._jobs.work(self._do, self._tend, once=once)

    def _works(self) -> dict[str, tuple[Work, str]]:
        """By kind of job: what the library calls it, and the fingerprint of how it is done."""
        works: dict[str, tuple[Work, str]] = {}
        if self._embedder and self._vectors:
            works["vectors"] = ("embedded_as", self.cut_as)
        if self._extractor:
            works["statements"] = ("stated_as", self._extractor.fingerprint)
        return works

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            try:
                self._ask()
                self._put_off = False
            except OnRecordError as exc:  # workers look by themselves
                self._put_off = True
                _log.warning("asking for jobs failed", extra=logs.fields(**logs.error_fields(exc)))
            if self._closed:
                return
            time.sleep(_SECONDS_BETWEEN)

    def _ask(self) -> None:
        for kind, (work, made_as) in self._works().items():
            self._jobs.enqueue(Job(kind, part) for part in self._library.index_state.pending_parts(work, made_as))

    def _tend(self) -> None:
        """What one of the workers does now and then."""
        self._retry()
        self._ask()
        due = time.monotonic() - self._repaired > _SECONDS_TO_REPAIR
        if self._vectors and (due or self._vectors.loss_notice or self._library.meta.get(UNCLEAN)):
            self._repaired = time.monotonic()
            self._jobs.enqueue([Job("repair")])

    def _do(self, job: Job) -> None:
        """One job. What fails stays to do, and is asked for again when workers next look."""
        begun = time.monotonic()
        try:
            if job.kind == "repair":
                self._recut()
                self._whole = False
                self._repair()
                self._ask()
                return
            step = self._embed_some if job.kind == "vectors" else self._state_some
            while step(job.part):
                self._note_work_pause(job.kind, "")
                if time.monotonic() - begun > _SECONDS_A_JOB:
                    self._jobs.enqueue([job])
                    return
        except Exception as exc:  # noqa: BLE001  # a worker lives on
            if job.kind == "repair":
                self._repaired = float("-inf")
            level = logging.WARNING if isinstance(exc, OnRecordError | MemoryError | OSError) else logging.ERROR
            _log.log(level, "job paused", extra=logs.fields(job=job.name, **logs.error_fields(exc)))
            self._note_work_pause(job.kind, why_paused(exc))

    def _note_work_pause(self, kind: str, reason: str) -> None:
        """Have whoever shares the library told why this kind of work waits, or that it goes on."""
        try:
            if (self._library.meta.get(f"{_PAUSED}{kind}") or "") != reason:
                self._library.meta.set(f"{_PAUSED}{kind}", reason)
        except StoreError as exc:  # then the store itself is what is lacking, and everybody is told so
            _log.warning("a pause could not be noted", extra=logs.fields(**logs.error_fields(exc)))
