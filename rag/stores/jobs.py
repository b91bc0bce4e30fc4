"""Jobs for workers, on a PostgreSQL task queue (procrastinate) beside the library.

A job is a wake-up call: it names a kind of work and a part of the library, and the worker reads from the library what
there is to do. So a job that is lost, doubled or stale does no harm, and at most one job of a kind and part runs at a
time.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from rag import logs
from rag.errors import StoreUnavailable

_QUEUE, _TASK, _MAINTENANCE_TASK = "onrecord", "onrecord.derive", "onrecord.tend"
_MAINTENANCE_CRON = "* * * * * */15"  # every 15 seconds (the last field): a worker looks for work that no job covers
_PRIORITY = {"vectors": 10, "repair": 5, "statements": 0}
_CONNECT_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """One kind of work (`vectors`, `statements`, `repair`) on one part of the library."""

    kind: str
    part: int = 0

    @property
    def name(self) -> str:
        """A name that is unique among running jobs, and among waiting ones."""
        return f"{self.kind}-{self.part}"


class JobQueue:
    """The queue. A worker sends a heartbeat every `heartbeat` seconds; one that has been silent for three of them
    counts as dead, and its jobs go to others. Raises StoreUnavailable while the server is down.
    """

    def __init__(self, address: str, *, heartbeat: float = 10.0) -> None:
        self._address = address
        self._heartbeat = heartbeat
        self._lock = threading.Lock()
        self._app: App | None = None

    @staticmethod
    def schema() -> str:
        """The SQL that creates the queue's tables."""
        return SchemaManager.get_schema()

    def enqueue(self, jobs: Iterable[QueuedJob]) -> None:
        """Queue these jobs, except those that are already waiting."""
        with self._translate_errors():
            app = self._open()
            for job in jobs:
                try:
                    app.configure_task(
                        _TASK, queue=_QUEUE, lock=job.name, queueing_lock=job.name, priority=_PRIORITY[job.kind]
                    ).defer(kind=job.kind, part=job.part)
                except AlreadyEnqueued:
                    continue

    def workers(self) -> int:
        """How many workers are alive."""
        query = "SELECT count(*) AS n FROM procrastinate_workers WHERE last_heartbeat > now() - %(age)s * interval '1s'"
        return int(self._query_one(query, age=3 * self._heartbeat)["n"])

    def work(self, do: Callable[[QueuedJob], None], tend: Callable[[], None], *, once: bool = False) -> None:
        """Run as a worker until the process is told to end (or, with `once`, until no job waits). `do` does a job.
        `tend` is called by one of the workers every 15 seconds, after the jobs of dead workers were queued again.
        """
        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=4, timeout=_CONNECT_SECONDS))

        async def derive(kind: str, part: int) -> None:
            await asyncio.to_thread(do, QueuedJob(kind, part))

        async def look(timestamp: int = 0) -> None:  # noqa: ARG001  # when it was due: procrastinate passes it
            await self._rescue(app)
            await asyncio.to_thread(tend)

        app.task(name=_TASK, queue=_QUEUE)(derive)
        looking = app.task(name=_MAINTENANCE_TASK, queue=_QUEUE, queueing_lock=_MAINTENANCE_TASK)(look)
        if not once:
            app.periodic(cron=_MAINTENANCE_CRON)(looking)

        async def run() -> None:
            async with app.open_async():
                await look()
                await app.run_worker_async(
                    queues=[_QUEUE],
                    wait=not once,
                    delete_jobs="always",  # the library knows what remains to be done
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=3 * self._heartbeat,
                    install_signal_handlers=threading.current_thread() is threading.main_thread(),
                )

        with self._translate_errors():
            asyncio.run(run())

    def close(self) -> None:
        """Release every connection."""
        with self._lock:
            if self._app:
                self._app.close()
            self._app = None

    async def _rescue(self, app: App) -> None:
        """Queue the jobs of dead workers again, unless equal ones are waiting."""
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=3 * self._heartbeat):
            _log.warning("a worker ended amid a job; another takes it", extra=logs.fields(job=job.queueing_lock))
            try:
                await manager.retry_job(job)
            except (UniqueViolation, AlreadyEnqueued, ConnectorException):
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)

    def _open(self) -> App:
        with self._lock:
            if self._app is None:
                connector = SyncPsycopgConnector(
                    conninfo=self._address, min_size=1, max_size=2, timeout=_CONNECT_SECONDS
                )
                self._app = App(connector=connector).open()
            return self._app

    def _query_one(self, query: Any, **values: Any) -> dict[str, Any]:
        with self._translate_errors():
            return self._open().connector.get_sync_connector().execute_query_one(query, **values)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as exc:
            raise StoreUnavailable(
                "The library's job queue can't be reached. Start the server, or check "
                "ONRECORD_DATABASE_URL; pending work is kept in the library."
            ) from exc
