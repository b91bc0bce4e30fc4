"""Looks for work that another process left, and for what was put off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from rag import logs
from rag.errors import OnRecordError
from rag.stores.library import Library

_SECONDS_BETWEEN = 3.0  # two looks at whether another process has written
_LOOKS = 5  # at what others wrote, for one at what was put off
_log = logging.getLogger(__name__)


class Watcher:
    """Has outstanding work begun a little after opening, and whenever the library was written to since: what another
    process added and did not wait for is seen to here, without anybody asking for it. What was `put_off`, as while a
    vector server is away, is tried again now and then.
    """

    def __init__(
        self, library: Library, *, begin: Callable[[], None], put_off: Callable[[], bool] = lambda: False
    ) -> None:
        self._library = library
        self._begin = begin
        self._put_off = put_off
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="onrecord-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        seen, looks = None, 0
        while not self._closed.wait(_SECONDS_BETWEEN):
            looks += 1
            try:
                now = self._library.change_counter()
                changed, seen = now != seen, now
                if changed or (looks % _LOOKS == 0 and self._put_off()):
                    self._begin()
            except (OnRecordError, MemoryError, OSError) as exc:  # whoever asks is told; the next look may succeed
                _log.warning("looking for work failed", extra=logs.fields(**logs.error_fields(exc)))
