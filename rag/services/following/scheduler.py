"""Reading followed addresses in the background when they are due, while an app or a worker runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from rag import logs
from rag.domain import Refresh
from rag.errors import LibraryBusy, OnRecordError

_EVERY = 60  # seconds between two checks
_log = logging.getLogger(__name__)


class Scheduler:
    """Calls `refresh` once a minute in its own thread, never twice at a time, until closed."""

    def __init__(self, refresh: Callable[[threading.Event], Refresh], *, every: float = _EVERY) -> None:
        self._refresh = refresh
        self._cancel = threading.Event()
        self._scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        self._scheduler.add_job(self._look, "interval", seconds=every, max_instances=1, coalesce=True)
        self._scheduler.start()

    def close(self) -> None:
        """Stop checking; a running refresh keeps what it has read."""
        self._cancel.set()
        self._scheduler.shutdown(wait=False)

    def _look(self) -> None:
        try:
            self._refresh(self._cancel)
        except LibraryBusy:  # another process is reading the addresses
            return
        except OnRecordError as exc:
            _log.warning("not refreshed", extra=logs.fields(**logs.error_fields(exc)))
