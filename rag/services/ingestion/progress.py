"""How far the adding is, and the one way into the library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from rag.domain import AddResult, Extract, Progress
from rag.errors import UnusableInput
from rag.readers.source import Entry

ProgressCallback = Callable[[Progress], None]
_SECONDS_BETWEEN = 0.2  # two reports of progress


class Put(Protocol):
    """Stores one extract, with the fields of the user in place of those read."""

    def __call__(self, extract: Extract, *, name: str, fields: dict[str, Any], key: str | None = None) -> AddResult:
        """What became of it."""
        ...


def put_entries(entries: Iterable[Entry], put: Put, fields: dict[str, Any], key: str | None = None) -> list[AddResult]:
    """Add what was read of one source; what could not be read is a result too."""
    return [
        rejection(item.name, item.found)
        if isinstance(item.found, UnusableInput)
        else put(item.found, name=item.name, fields=fields, key=key)
        for item in entries
    ]


def rejection(name: str, error: UnusableInput) -> AddResult:
    """The result for what can't be read."""
    return AddResult(source=name, status="rejected", reason=str(error))


class Reporter:
    """Tells how far the adding is, a few times a second, and whether to go on."""

    def __init__(self, callback: ProgressCallback | None, cancel: threading.Event | None, total: int) -> None:
        self._callback = callback
        self._cancel = cancel
        self._total = total
        self._done = 0
        self._started = self._last = time.monotonic()

    @property
    def cancelled(self) -> bool:
        """True once the rest is not wanted any more."""
        return self._cancel is not None and self._cancel.is_set()

    def more(self, count: int) -> None:
        """There is so much more to do than was known."""
        self._total += count

    def count_one(self) -> None:
        """One is done."""
        self._done += 1
        if time.monotonic() - self._last >= _SECONDS_BETWEEN:
            self.end()

    def end(self) -> None:
        """Tell how far it is now."""
        self._last = time.monotonic()
        if self._callback and self._total:
            left = (self._last - self._started) / max(1, self._done) * (self._total - self._done)
            self._callback(Progress(step="adding", done=self._done, total=self._total, seconds_left=left))
