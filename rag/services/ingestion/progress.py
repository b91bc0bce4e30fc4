"""Progress of adding, and the one way into the library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from rag.domain import AddResult, Extract, Progress
from rag.errors import UnusableInput
from rag.readers.source import Entry

Item = TypeVar("Item")
ProgressCallback = Callable[[Progress], None]
_SECONDS_BETWEEN = 0.2  # two reports of progress


class Put(Protocol):
    """Stores one extract, with the fields of the user in place of those read."""

    def __call__(self, extract: Extract, *, name: str, fields: dict[str, Any], key: str | None = None) -> AddResult:
        """The result of adding it."""
        ...


def put_entries(entries: Iterable[Entry], put: Put, fields: dict[str, Any], key: str | None = None) -> list[AddResult]:
    """Add the entries of one source; an entry that could not be read is a result too."""
    return [
        rejection(item.name, item.content)
        if isinstance(item.content, UnusableInput)
        else put(item.content, name=item.name, fields=fields, key=key)
        for item in entries
    ]


def rejection(name: str, error: UnusableInput) -> AddResult:
    """The result for what can't be read."""
    return AddResult(source=name, status="rejected", reason=str(error))


class Reporter:
    """Reports the progress of adding a few times a second, and knows whether it was cancelled."""

    def __init__(self, callback: ProgressCallback | None, cancel: threading.Event | None, total: int) -> None:
        self._callback = callback
        self._cancel = cancel
        self._total = total
        self._done = 0
        self._started = self._last = time.monotonic()

    @property
    def cancelled(self) -> bool:
        """True once the user has cancelled."""
        return self._cancel is not None and self._cancel.is_set()

    def more(self, count: int) -> None:
        """Add `count` to the total."""
        self._total += count

    def count_one(self) -> None:
        """Count one as done."""
        self._done += 1
        if time.monotonic() - self._last >= _SECONDS_BETWEEN:
            self.end()

    def each(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, each counted once the caller is done with it; none after the user has cancelled."""
        for item in items:
            yield item
            self.count_one()
            if self.cancelled:
                break
        self.end()

    def end(self) -> None:
        """Report the progress now."""
        self._last = time.monotonic()
        if self._callback and self._total:
            seconds = (self._last - self._started) / max(1, self._done) * (self._total - self._done)
            self._callback(Progress(step="adding", done=self._done, total=self._total, seconds_left=seconds))
