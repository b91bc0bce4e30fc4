"""Ctrl-C waits until a transaction has ended: raised inside one, it can leave the library locked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interrupts_deferred"]


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Hold SIGINT back until the block has ended, then hand it to the handler that was there before.

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
