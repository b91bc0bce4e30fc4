"""Jobs in threads that outlive a request or the run of a page, which can come back to them; and Ctrl-C, held back.

The threads touch plain data only: no Streamlit call, no session state.
"""

from __future__ import annotations

import logging
import secrets
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType
from typing import Any, Generic, Literal, Protocol, TypeVar, cast

from rag.errors import OnRecordError

Event = TypeVar("Event")
State = Literal["queued", "running", "done", "stopped", "failed"]
Work = Callable[[threading.Event], Iterator[Event]]

MOST_AT_ONCE = 16
MOST_KEPT = 400  # tasks; no more than MOST_AT_ONCE + MOST_WAITING of them run or wait
MOST_WAITING = 100  # queued jobs; further ones fail at once
_log = logging.getLogger(__name__)


def stream_call(call: Callable[[Callable[[Event], None]], Event]) -> Iterator[Event]:
    """Yields what a blocking call reports, then its result. Raises what the call raises."""
    queue: SimpleQueue[tuple[Literal["event", "result", "error"], Any]] = SimpleQueue()

    def run() -> None:
        try:
            queue.put(("result", call(lambda event: queue.put(("event", event)))))
        except BaseException as exc:  # noqa: BLE001  # raised again in the calling thread
            queue.put(("error", exc))

    threading.Thread(target=run, name="onrecord-call", daemon=True).start()
    while True:
        kind, value = queue.get()
        if kind == "error":
            raise value
        yield value
        if kind == "result":
            return


class Job(Generic[Event]):
    """A piece of work and the events that it has yielded so far. Thread-safe.

    `error` is set in state `failed`: an error of this package unchanged, any other replaced by one that names the log.
    """

    def __init__(self, work: Work[Event], on_end: Callable[[Job[Event]], None] | None = None) -> None:
        self.state: State = "queued"
        self.error: OnRecordError | None = None
        self._events: list[Event] = []
        self._changed = threading.Condition()
        self._cancel = threading.Event()
        self._work = work
        self._on_end = on_end

    @property
    def running(self) -> bool:
        """True until the job is done, stopped or failed."""
        return self.state in ("queued", "running")

    @property
    def events(self) -> tuple[Event, ...]:
        """The events so far."""
        with self._changed:
            return tuple(self._events)

    def request_end(self) -> None:
        """Ask the work to finish early with what it has; the job is running until it does."""
        self._cancel.set()

    def stop(self) -> None:
        """Stop at once and ignore further events; the thread ends when its work looks at the cancel event."""
        self._cancel.set()
        self._end("stopped")

    def wait(self, count: int, timeout: float) -> None:
        """Block until there are more than `seen` events, the job has ended, or `timeout` seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > count or not self.running, timeout)

    def run(self, on_exit: Callable[[], None]) -> None:
        """Do the work in this thread, unless the job was stopped before; then call `on_exit`."""
        try:
            if not self._begin():
                return
            for event in self._work(self._cancel):
                if not self._append(event):
                    return
            self._end("done")
        except OnRecordError as exc:
            self._end("failed", exc)
        except Exception as exc:  # noqa: BLE001  # nothing above a thread could show it to the reader
            _log.exception("a job failed")
            message = (
                f"Something went wrong on the server ({type(exc).__name__}). Try again; the server's log has more."
            )
            self._end("failed", OnRecordError(message))
        finally:
            on_exit()

    def refuse(self) -> None:
        """Fail without starting, because too many jobs are queued."""
        self._end("failed", OnRecordError("Too many others wait for this server. Try again in a minute."))

    def _begin(self) -> bool:
        with self._changed:
            if self.state == "queued":
                self.state = "running"
            return self.running

    def _append(self, event: Event) -> bool:
        with self._changed:
            if self.running:
                self._events.append(event)
                self._changed.notify_all()
            return self.running

    def _end(self, state: State, error: OnRecordError | None = None) -> None:
        with self._changed:
            if not self.running:
                return
            self.state, self.error = state, error
            self._changed.notify_all()
        try:
            if self._on_end:
                self._on_end(self)
        except Exception:  # noqa: BLE001  # the thread goes on to the next job
            _log.exception("a job could not be ended")


class Task(Protocol):
    """What a request or a page started and may come back to: an answer, a briefing, the check of a draft, an intake."""

    @property
    def running(self) -> bool:
        """True while a job of it runs or waits to run."""
        ...


Item = TypeVar("Item", bound=Task)


class Jobs:
    """The jobs of a server: at most `most` run at a time, each in a thread, and at most `waiting` others are queued.
    The latest `kept` tasks that they belong to are known by their ids, so that a later request, a page switch or a
    reload finds them again. Thread-safe.
    """

    def __init__(self, most: int = MOST_AT_ONCE, waiting: int = MOST_WAITING, kept: int = MOST_KEPT) -> None:
        self._most = most
        self._most_waiting = waiting
        self._most_kept = kept
        self._lock = threading.Lock()
        self._working = 0
        self._waiting: deque[Job[Any]] = deque()
        self._tasks: dict[tuple[type[Task], str], Task] = {}  # the oldest first

    def start(self, job: Job[Event]) -> Job[Event]:
        """Start or queue a job; it fails at once if the queue is full."""
        with self._lock:
            self._waiting = deque(one for one in self._waiting if one.running)  # drop those that were stopped
            is_full = len(self._waiting) >= self._most_waiting
            if self._working < self._most:
                self._working += 1
                self._thread(job).start()
                return job
            if not is_full:
                self._waiting.append(job)
        if is_full:
            job.refuse()
        return job

    def _thread(self, job: Job[Any]) -> threading.Thread:
        return threading.Thread(target=job.run, args=(self._run_next,), name="onrecord-job", daemon=True)

    def _run_next(self) -> None:
        """Called in the thread of a job that has ended."""
        with self._lock:
            if self._waiting:
                self._thread(self._waiting.popleft()).start()
            else:
                self._working -= 1

    def get(self, kind: type[Item], task_id: str | None) -> Item | None:
        """The task of this kind with this id; None if it is unknown or was dropped."""
        with self._lock:
            return cast("Item | None", self._tasks.get((kind, task_id or "")))

    def tasks(self, kind: type[Item]) -> list[Item]:
        """All tasks of a kind, the oldest first."""
        with self._lock:
            return [item for item in self._tasks.values() if isinstance(item, kind)]

    def register(self, task_id: str, task: Task) -> bool:
        """Make a task known under its id; False if there is one of its kind. The oldest that has ended may be dropped
        for it.
        """
        with self._lock:
            if (type(task), task_id) in self._tasks:
                return False
            self._tasks[type(task), task_id] = task
            ended = (key for key, item in self._tasks.items() if not item.running)
            if len(self._tasks) > self._most_kept and (oldest := next(ended, None)):
                del self._tasks[oldest]
            return True

    def drop(self, kind: type[Task], task_id: str) -> None:
        """Forget a task."""
        with self._lock:
            self._tasks.pop((kind, task_id), None)


def new_job_id() -> str:
    """An id that can't be guessed."""
    return secrets.token_urlsafe(16)


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Hold SIGINT back until the block has ended, then hand it to the handler that was there before: Ctrl-C within a
    transaction can leave the library locked, and within an event of `threading` its lock.

    Python raises KeyboardInterrupt between any two instructions of the main thread, thus also after BEGIN and before
    the block that would roll back. Other threads are never interrupted; a handler that is not Python's stays in place.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    arrived: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: arrived.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if arrived:
            handler(*arrived[0])
