"""Days, counts and excerpts as a reader sees them, the same on screens, in files and in messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from rag.domain import Finding, FindingOutcome, Month

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(value: date | None) -> str:
    """A day as `2 Feb 2022`, a month as `Feb 2022`, whatever the locale; `no date` where there is none."""
    if value is None:
        return "no date"
    month = f"{_MONTHS[value.month - 1][:3]} {value.year}"
    return month if isinstance(value, Month) else f"{value.day} {month}"


def long_day(value: date) -> str:
    """A day as `2 February 2022`, a month as `February 2022`, whatever the locale: for running text."""
    month = f"{_MONTHS[value.month - 1]} {value.year}"
    return month if isinstance(value, Month) else f"{value.day} {month}"


def plural(number: int, noun: str, several: str | None = None) -> str:
    """`1 article`, `2 articles`, `12,000 articles`; `several` where an s does not make the plural."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def quoted(text: str) -> str:
    """The text in quotation marks, of which it may have its own already: those of an article stand in its words."""
    words = text.strip('“” "')
    return f"“{words}”"


def truncate(text: str, most: int) -> str:
    """The text on one line, of at most `most` characters; cut before a word, with an ellipsis, where it is longer."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[:most].rsplit(" ", 1)[0][: most - 1].rstrip(" ,;:")
    return f"{kept or line[: most - 1]}…"


def tally(findings: Iterable[Finding], names: Mapping[FindingOutcome, str]) -> list[tuple[str, str]]:
    """How many quotations and how many claims a draft has, with what became of them, in the order of `names`:
    (`3 quotations`, `2 as said, 1 altered`). A kind that it has none of is left out.
    """
    items = list(findings)
    lines = []
    for kind in ("quotation", "claim"):
        outcomes = [item.outcome for item in items if item.kind == kind]
        if outcomes:
            parts = (f"{n} {name.lower()}" for outcome, name in names.items() if (n := outcomes.count(outcome)))
            lines.append((plural(len(outcomes), kind), ", ".join(parts)))
    return lines
