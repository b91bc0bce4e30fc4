"""Begins indexing after another process has written to the library, and retries postponed work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from rag import logs
from rag.errors import OnRecordError
from rag.stores.library import Library

_SECONDS_BETWEEN = 3.0  # between two looks at whether another process has written
_LOOKS_PER_RETRY = 5  # looks for changes, for each look at postponed work
_log = logging.getLogger(__name__)


class Watcher:
    """Calls `begin` shortly after opening and whenever the library was written to, so that articles that another
    process added are indexed without a request. While `is_postponed` is true, as when a vector server is unavailable,
    it calls `begin` from time to time as well.
    """

    def __init__(
        self, library: Library, *, begin: Callable[[], None], is_postponed: Callable[[], bool] = lambda: False
    ) -> None:
        self._library = library
        self._begin = begin
        self._is_postponed = is_postponed
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="onrecord-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        last_change, looks = None, 0
        while not self._closed.wait(_SECONDS_BETWEEN):
            looks += 1
            try:
                change = self._library.change_counter()
                has_changed, last_change = change != last_change, change
                if has_changed or (looks % _LOOKS_PER_RETRY == 0 and self._is_postponed()):
                    self._begin()
            except (OnRecordError, MemoryError, OSError) as exc:  # reported to whoever asks; the next look may succeed
                _log.warning("looking for work failed", extra=logs.fields(**logs.error_fields(exc)))
