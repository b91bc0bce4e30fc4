"""Work in threads that outlives a rerun: a page starts a job, shows what it has yielded, and may come back to it.

A thread here touches plain data only: no Streamlit call, no session state.
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
Item = TypeVar("Kept")
State = Literal["queued", "running", "done", "stopped", "failed"]
Work = Callable[[threading.Event], Iterator[Event]]

MOST_AT_ONCE = 16
MOST_KEPT = 100
MOST_WAITING = 100  # behind them; whoever comes later is told to come back
_log = logging.getLogger(__name__)


def stream_call(call: Callable[[Callable[[Event], None]], Event]) -> Iterator[Event]:
    """What a blocking call reports while it works, and last what it gives; what it raises is raised here."""
    queue: SimpleQueue[tuple[Literal["said", "gave", "failed"], Any]] = SimpleQueue()

    def run() -> None:
        try:
            queue.put(("gave", call(lambda event: queue.put(("said", event)))))
        except BaseException as exc:  # noqa: BLE001  # it goes on where it is waited for
            queue.put(("failed", exc))

    threading.Thread(target=run, name="onrecord-call", daemon=True).start()
    while True:
        what, value = queue.get()
        if what == "failed":
            raise value
        yield value
        if what == "gave":
            return


class Job(Generic[Event]):
    """One piece of work and the events that it has yielded so far. Safe for many threads.

    `error` is set once the state is `failed`: an error of this package as it is, any other as one that names the log.
    """

    def __init__(self, work: Work[Event], on_end: Callable[[Job[Event]], None] | None = None) -> None:
        self.state: State = "queued"
        self.error: OnRecordError | None = None
        self._events: list[Event] = []
        self._news = threading.Condition()
        self._cancel = threading.Event()
        self._work = work
        self._on_end = on_end

    @property
    def running(self) -> bool:
        """True until the job has come to an end, of whatever kind."""
        return self.state in ("queued", "running")

    @property
    def events(self) -> tuple[Event, ...]:
        """What has been yielded so far."""
        with self._news:
            return tuple(self._events)

    def request_end(self) -> None:
        """Ask the work to end by itself and to hand over what stands; until it does, the job is running."""
        self._cancel.set()

    def stop(self) -> None:
        """Keep what stands and take nothing more, at once; the thread ends when its work looks at the cancel event."""
        self._cancel.set()
        self._end("stopped")

    def wait(self, seen: int, timeout: float) -> None:
        """Block until there are more than `seen` events, the job has ended, or `timeout` seconds are over."""
        with self._news:
            self._news.wait_for(lambda: len(self._events) > seen or not self.running, timeout)

    def run(self) -> None:
        """Do the work in this thread, unless it was stopped before."""
        if not self._begin():
            return
        try:
            for event in self._work(self._cancel):
                if not self._take(event):
                    return
            self._end("done")
        except OnRecordError as exc:
            self._end("failed", exc)
        except Exception as exc:  # noqa: BLE001  # nobody above a thread could tell the reader
            _log.exception("a job failed")
            message = f"Something went wrong on our side ({type(exc).__name__}). Try again; the server's log has more."
            self._end("failed", OnRecordError(message))

    def refuse(self) -> None:
        """End it without beginning: too many others wait."""
        self._end("failed", OnRecordError("Too many others wait for this server. Try again in a minute."))

    def _begin(self) -> bool:
        with self._news:
            if self.state == "queued":
                self.state = "running"
            return self.running

    def _take(self, event: Event) -> bool:
        with self._news:
            if self.running:
                self._events.append(event)
                self._news.notify_all()
            return self.running

    def _end(self, state: State, error: OnRecordError | None = None) -> None:
        with self._news:
            if not self.running:
                return
            self.state, self.error = state, error
            self._news.notify_all()
        if self._on_end:
            self._on_end(self)


class Jobs:
    """Starts jobs, at most `most` of them working at a time, each in a thread; at most `waiting` others wait their turn
    without one.
    """

    def __init__(self, most: int = MOST_AT_ONCE, waiting: int = MOST_WAITING) -> None:
        self._most = most
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._working = 0
        self._waiting: deque[Job[Any]] = deque()

    def start(self, work: Work[Event], on_end: Callable[[Job[Event]], None] | None = None) -> Job[Event]:
        """Start `work`, which is given an event that is set when it should stop. Once it has ended, of whatever kind,
        `on_end` is called with the job, in another thread than this. Where too many wait, it fails at once.
        """
        job = Job(work, on_end)
        target: Callable[[], None] = job.refuse
        with self._lock:
            self._waiting = deque(one for one in self._waiting if one.running)  # without those that were stopped
            if self._working < self._most:
                self._working += 1
                target = partial(self._work_from, job)
            elif len(self._waiting) < self._most_waiting:
                self._waiting.append(job)
                return job
        threading.Thread(target=target, name="onrecord-job", daemon=True).start()
        return job

    def _work_from(self, job: Job[Any]) -> None:
        """Run a job and then those that wait, the longest waiting first, until none does."""
        stream_call: Job[Any] | None = job
        while stream_call:
            try:
                stream_call.run()
            except Exception:  # noqa: BLE001  # of `on_end`; the others go on
                _log.exception("a job could not be ended")
            with self._lock:
                stream_call = self._waiting.popleft() if self._waiting else None
                self._working -= stream_call is None


class JobRegistry(Generic[Item]):
    """What is under way on this server under ids that can't be guessed, the latest of it, so that a page switch or a
    reload finds it again. Safe for many threads.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, Item] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str | None) -> Item | None:
        """One by its id; None if it is not known, or no longer."""
        with self._lock:
            return self._kept.get(key or "")

    def put(self, key: str, item: Item) -> Item | None:
        """Keep one; gives the oldest where there is no room for it any longer."""
        with self._lock:
            self._kept[key] = item
            return self._kept.popitem(last=False)[1] if len(self._kept) > self._most else None

    def drop(self, key: str) -> Item | None:
        """Keep one no longer, and give it."""
        with self._lock:
            return self._kept.pop(key, None)

    @staticmethod
    def new_id() -> str:
        """An id that can't be guessed."""
        return secrets.token_urlsafe(16)
