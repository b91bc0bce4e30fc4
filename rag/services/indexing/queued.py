"""Indexing by workers: processes that share a library on a server and take jobs from its queue.

The pending work is read from the library, as always. A job stands for one kind of work on one part of the library;
while a worker has it, no other worker takes the same, so nothing is done twice. A process that adds articles requests
jobs, and workers look for pending work from time to time, so nothing is forgotten if a worker is killed or a process
ends before its request.
"""

from __future__ import annotations

import logging
import threading
import time

from rag import logs
from rag.domain import Progress
from rag.errors import OnRecordError
from rag.providers.base import Embedder
from rag.services.indexing.indexer import UNCLEAN_KEY, Extractor, Indexer
from rag.services.indexing.pauses import explain_pause
from rag.stores.base import VectorStore
from rag.stores.index_state import Work
from rag.stores.jobs import JobQueue, QueuedJob
from rag.stores.library import Library

_SECONDS_A_JOB = 15.0  # about; then the part goes to the end of the queue, and the worker may end
_SECONDS_BETWEEN = 0.25  # between two looks at whether all is done, and two requests for jobs
_SECONDS_ALONE = 20.0  # that `wait` waits for a first worker
_PAUSED_PREFIX = "paused_"  # key, with the kind of work, of why workers could not do it; empty once they could
_SECONDS_TO_REPAIR = 3600.0  # between two comparisons of the whole index with the library
_log = logging.getLogger(__name__)


class QueuedIndexer(Indexer):
    """An Indexer whose work is done by workers; `work` makes this process one."""

    def __init__(
        self,
        library: Library,
        *,
        vectors: VectorStore | None,
        embedder: Embedder | None,
        extractor: Extractor | None,
        jobs: JobQueue,
        release: str = "",
    ) -> None:
        super().__init__(library, vectors=vectors, embedder=embedder, extractor=extractor, release=release)
        self._jobs = jobs
        self._was_started = False  # for the first time
        self._last_repair = float("-inf")

    def start(self) -> None:
        """Request jobs for pending work, a moment later, so that many additions make one request."""
        with self._lock:
            if self._closed:
                return
            self._was_started = True
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-asker", daemon=True)
                self._thread.start()

    def sync(self) -> None:
        """Request jobs for pending work on first use, or if the last request failed."""
        if not self._was_started or self._postponed:
            self.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until workers have done all pending work; False if the time ran out. If no worker is running or they
        are paused, `fault` says so and the wait ends.
        """
        started = time.monotonic()
        while any(
            self._library.index_state.pending(work, made_as, limit=1) for work, made_as in self._work_kinds().values()
        ):
            elapsed = time.monotonic() - started
            if timeout is not None and elapsed >= timeout:
                return False
            if elapsed > _SECONDS_ALONE and not self._jobs.workers():
                self.fault = "No worker is running, so nothing is indexed: start `onrecord worker`."
                return True
            if elapsed > _SECONDS_ALONE and (reason := self.pause_reason()):
                self.fault = reason
                return True
            time.sleep(_SECONDS_BETWEEN)
        self.fault = None
        return True

    def pause_reason(self) -> str | None:
        """Why workers could not do the pending work; None if nothing stopped them."""
        reasons = (self._library.meta.get(f"{_PAUSED_PREFIX}{kind}") for kind in self._work_kinds())
        return " ".join(dict.fromkeys(filter(None, reasons))) or None

    def close(self) -> None:
        """Request the jobs that were not requested yet, and close the queue. Workers do the rest."""
        super().close()
        self._jobs.close()

    def progress(self) -> tuple[Progress, ...]:
        """The work that is pending; the pace of the workers is not known here."""
        return tuple(
            Progress(step=step, done=0, total=count, seconds_left=None)
            for step, count in self.pending_counts().items()
            if count
        )

    def workers(self) -> int:
        """The number of running workers. Raises StoreUnavailable."""
        return self._jobs.workers()

    def work(self, *, once: bool = False) -> None:
        """Do jobs until the process is told to end; with `once`, until none is waiting. Raises StoreUnavailable."""
        self._jobs.work(self._do_job, self._do_upkeep, once=once)

    def _work_kinds(self) -> dict[str, tuple[Work, str]]:
        """By kind of job, its column in the library and its current fingerprint."""
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
                self._request_jobs()
                self._postponed = False
            except OnRecordError as exc:  # workers look for pending work themselves
                self._postponed = True
                _log.warning("asking for jobs failed", extra=logs.fields(**logs.error_fields(exc)))
            if self._closed:
                return
            time.sleep(_SECONDS_BETWEEN)

    def _request_jobs(self) -> None:
        for kind, (work, made_as) in self._work_kinds().items():
            self._jobs.enqueue(QueuedJob(kind, part) for part in self._library.index_state.pending_parts(work, made_as))

    def _do_upkeep(self) -> None:
        """The upkeep that one of the workers does from time to time."""
        self._retry_failures()
        self._request_jobs()
        due = time.monotonic() - self._last_repair > _SECONDS_TO_REPAIR
        if self._vectors and (due or self._vectors.loss_notice or self._library.meta.get(UNCLEAN_KEY)):
            self._last_repair = time.monotonic()
            self._jobs.enqueue([QueuedJob("repair")])

    def _do_job(self, job: QueuedJob) -> None:
        """Do one job. If it fails, the work stays pending and is requested again later."""
        started = time.monotonic()
        try:
            if job.kind == "repair":
                self._split_again()
                self._vectors_checked = False
                self._repair()
                self._request_jobs()
                return
            step = self._embed_versions if job.kind == "vectors" else self._extract_statements
            while step(job.part):
                self._note_pause("", f"{_PAUSED_PREFIX}{job.kind}")
                if time.monotonic() - started > _SECONDS_A_JOB:
                    self._jobs.enqueue([job])
                    return
        except Exception as exc:  # noqa: BLE001  # a worker goes on after any error
            if job.kind == "repair":
                self._last_repair = float("-inf")
            level = logging.WARNING if isinstance(exc, OnRecordError | MemoryError | OSError) else logging.ERROR
            _log.log(level, "job paused", extra=logs.fields(job=job.name, **logs.error_fields(exc)))
            self._note_pause(explain_pause(exc), f"{_PAUSED_PREFIX}{job.kind}")
