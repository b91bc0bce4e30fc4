"""Jobs in threads that outlive a rerun: a page starts a job, shows its events, and can come back to it.

The threads touch plain data only: no Streamlit call, no session state.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, Literal, TypeVar

from rag.errors import OnRecordError

Event = TypeVar("Event")
Item = TypeVar("Item")
State = Literal["queued", "running", "done", "stopped", "failed"]
Work = Callable[[threading.Event], Iterator[Event]]

MOST_AT_ONCE = 16
MOST_KEPT = 100
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

    def wait(self, seen: int, timeout: float) -> None:
        """Block until there are more than `seen` events, the job has ended, or `timeout` seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > seen or not self.running, timeout)

    def run(self) -> None:
        """Do the work in this thread, unless the job was stopped before."""
        if not self._begin():
            return
        try:
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
        if self._on_end:
            self._on_end(self)


class Jobs:
    """Runs at most `most` jobs at a time, each in a thread, and queues at most `waiting` others."""

    def __init__(self, most: int = MOST_AT_ONCE, waiting: int = MOST_WAITING) -> None:
        self._most = most
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._working = 0
        self._waiting: deque[Job[Any]] = deque()

    def start(self, work: Work[Event], on_end: Callable[[Job[Event]], None] | None = None) -> Job[Event]:
        """Start or queue `work`, which gets an event that is set when it should stop. `on_end` is called with the ended
        job in another thread. The job fails at once if the queue is full.
        """
        job = Job(work, on_end)
        target: Callable[[], None] = job.refuse
        with self._lock:
            self._waiting = deque(one for one in self._waiting if one.running)  # drop those that were stopped
            if self._working < self._most:
                self._working += 1
                target = partial(self._work_from, job)
            elif len(self._waiting) < self._most_waiting:
                self._waiting.append(job)
                return job
        threading.Thread(target=target, name="onrecord-job", daemon=True).start()
        return job

    def _work_from(self, job: Job[Any]) -> None:
        """Run a job, then the queued ones in order, until the queue is empty."""
        current: Job[Any] | None = job
        while current:
            try:
                current.run()
            except Exception:  # noqa: BLE001  # raised by `on_end`; the other jobs go on
                _log.exception("a job could not be ended")
            with self._lock:
                current = self._waiting.popleft() if self._waiting else None
                self._working -= current is None


class JobRegistry(Generic[Item]):
    """The latest `most` items under ids that can't be guessed, so that a page switch or a reload finds them again.
    Thread-safe.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str | None) -> Item | None:
        """An item by its id; None if it is unknown or was dropped."""
        with self._lock:
            return self._items.get(key or "")

    def items(self) -> list[Item]:
        """All items, the oldest first."""
        with self._lock:
            return list(self._items.values())

    def put(self, key: str, item: Item) -> Item | None:
        """Add an item; returns the oldest if it had to be dropped."""
        with self._lock:
            self._items[key] = item
            return self._items.popitem(last=False)[1] if len(self._items) > self._most else None

    def drop(self, key: str) -> Item | None:
        """Drop an item and return it."""
        with self._lock:
            return self._items.pop(key, None)

    @staticmethod
    def new_id() -> str:
        """An id that can't be guessed."""
        return secrets.token_urlsafe(16)
