"""What every command shares: opening the newsroom, reading arguments, showing results and progress."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from rag.domain import AmendedField, Filters, Progress, as_json, parse_day

if TYPE_CHECKING:  # `--help` and a mistyped command need none of it, and it takes a second
    from rag.newsroom import Newsroom
    from rag.settings import Settings

_BETWEEN_LOOKS, _BETWEEN_LINES = 0.2, 10.0  # seconds between reports: on a terminal; in a file or a pipe
DONE, PARTLY, UNUSABLE = 0, 1, 2
FIELDS = get_args(AmendedField)


def parse_day_argument(value: str) -> date:
    """The day of an argument YYYY-MM-DD. Raises ArgumentTypeError."""
    try:
        return parse_day(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a date; write YYYY-MM-DD, for example 2022-02-03") from None


def parse_positive_int(value: str) -> int:
    """The number of an argument, at least 1. Raises ArgumentTypeError."""
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number of at least 1")
    return int(value)


def filters_of(args: argparse.Namespace) -> Filters:
    """The filters among the arguments."""
    names = ("outlet", "since", "until", "speaker", "article", "language", "as_of")
    return Filters(**{name: getattr(args, name, None) for name in names})


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings, with the home of `--home` if it is given."""
    from rag.settings import Settings

    return Settings(home=args.home) if args.home else Settings()


def open_newsroom(args: argparse.Namespace) -> Newsroom:
    """Open the newsroom of the settings."""
    from rag.newsroom import Newsroom

    settings = settings_of(args)
    Newsroom.log(settings)
    return Newsroom.open(settings)


def print_result(args: argparse.Namespace, value: Any, lines: Callable[[], None]) -> None:
    """Print the value as JSON with `--json`, else by calling `lines`."""
    if args.json:
        json.dump(as_json(value), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        lines()


def print_note(args: argparse.Namespace, line: str) -> None:
    """Print a line that is not part of the result: with `--json` it goes to standard error."""
    print(line, file=sys.stderr if args.json else sys.stdout)


class Meter:
    """Progress on standard error of what takes over a second. On a terminal one line is rewritten; elsewhere a line is
    added if anything has changed, at most one in ten seconds.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + 1
        self._has_written = False
        self._last: object = None

    def show(self, at: Progress) -> None:
        """Write the step, how many of how many are done, and the time left."""
        of = " to add" if at.step == "adding" else " in all"  # the time of the steps after adding is not known yet
        time_left = "" if at.seconds_left is None else f", {_duration(at.seconds_left)} left{of}"
        self.write(f"{at.step}: {at.done} of {at.total}{time_left}", about=(at.step, at.done, at.total))

    def write(self, line: str, *, about: object = None) -> None:
        """Write the line, unless one was written a moment ago. Except on a terminal, also skip it if `about` (by
        default the line itself) has not changed.
        """
        about = about or line
        if time.monotonic() < self._next or (about == self._last and not self._terminal):
            return
        self._next = time.monotonic() + (_BETWEEN_LOOKS if self._terminal else _BETWEEN_LINES)
        self._last = about
        print(
            f"\r\x1b[K{line}" if self._terminal else line,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )
        self._has_written = True

    def end(self) -> None:
        """Clear the line."""
        if self._terminal and self._has_written:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self._has_written = False


def _duration(seconds: float) -> str:
    rounded = math.ceil(seconds)
    return f"{rounded} s" if rounded < 100 else f"{rounded // 60} min"


def wait_for(room: Newsroom) -> None:
    """Wait for vectors and statements, and show their progress."""
    meter = Meter()
    while not room.wait(0.2):
        for at in room.progress()[:1]:
            meter.show(at)
    meter.end()
