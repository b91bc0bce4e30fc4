"""Running one input within bounds of processor time and memory."""

from __future__ import annotations

import resource
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rag.errors import OnRecordError
from tests.fuzz.targets import Target

SECONDS = 5.0  # of the processor, for one input
MEMORY = 500_000_000  # bytes, beyond what the process holds


class TooLong(BaseException):
    """An input took more than its time."""


def failure_of(target: Target, data: bytes) -> str | None:
    """What went wrong with an input: None for a value or an error of ours, else the error and where it came from."""
    try:
        with timed():
            target(data)
    except OnRecordError:
        return None
    except (Exception, TooLong) as exc:  # noqa: BLE001  # whatever else there is, is what is looked for
        frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if "/fuzz/bounded" not in frame.filename]
        ours = [frame for frame in frames if "/rag/" in frame.filename] or frames
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}" if ours else "?"
        return f"{type(exc).__name__} at {place}: {str(exc)[:200]}"
    return None


@contextmanager
def timed() -> Iterator[None]:
    """TooLong is raised inside once SECONDS of the processor have passed."""

    def late(_: int, __: FrameType | None) -> None:
        raise TooLong(f"took more than {SECONDS:g} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_memory() -> None:
    """From now on this process gets MEMORY more than it has; beyond it a MemoryError is raised."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    held = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, resource.RLIM_INFINITY))
