"""Messages forwarded within the text of a mail, by the headers of many mail programs and languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from rag.knowledge.tables import pattern_of, table
from rag.readers.field_values import day_of
from rag.text.canonical import fold

_LABEL = re.compile(r"^[>\s*_|]*(?P<label>[^\W\d_][^:：\n]{0,24})[:：](?P<value>.*)$")
_MEANINGS = ("from", "date", "subject", "to")
_FEWEST_FIELDS = 3  # of a header in one line
_FEWEST_WORDS = 20  # below a header, else it heads no article
_LONGEST, _MOST_HEADERS = 1_000, 50  # characters of a line; messages in one another
_LONGEST_HEADER = 40  # lines
_GAP = 2  # lines without a label that may stand within a header: a long list of receivers, empty lines
_BEFORE_CLOCK = pattern_of("mail", "before_clock", flags=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedMessage:
    """A forwarded message: its subject, its day, and the lines below its header."""

    subject: str | None
    sent: date | None
    has_date: bool
    lines: list[str]


@cache
def _header_labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for meaning in _MEANINGS:
        for name in table("mail")[meaning]:
            labels.setdefault(fold(name), meaning)
    return labels


def innermost_message(lines: Sequence[str]) -> ForwardedMessage | None:
    """The innermost forwarded message that has a text, or None.

    Its header names at least sender and subject or day, in lines that stand together.
    """
    best = None
    lines = [part for line in lines for part in _split_header_line(line)]
    at = headers = 0
    while at < len(lines) and headers < _MOST_HEADERS:
        end, fields = _header(lines, at)
        if end > at:
            below = _without_quoting(lines[end:])
            if sum(len(line.split()) for line in below) >= _FEWEST_WORDS:
                stamp = fields.get("date", "")
                best = ForwardedMessage(
                    subject=fields.get("subject") or None, sent=day_of(stamp) or _day_without_clock(stamp),
                    has_date=bool(stamp), lines=below,
                )  # fmt: skip
            at, headers = end, headers + 1
        else:
            at += 1
    return best


def _split_header_line(line: str) -> list[str]:
    """The fields of a header that stand in one line behind the words for a forwarded message, as Yahoo writes it."""
    if len(line) > _LONGEST or not (match := _forward_mark().match(line)):
        return [line]
    parts = re.split(rf"(?=(?:{_label_pattern()}):)", line[match.end() :])
    return [line[: match.end()], *parts] if len(parts) > _FEWEST_FIELDS else [line]


@cache
def _forward_mark() -> re.Pattern[str]:
    marks = "|".join(map(re.escape, table("mail")["forwarded"]))
    return re.compile(rf"\s*[-_]{{2,}}\s*(?:{marks})\s*[-_]{{2,}}", re.IGNORECASE)


@cache
def _label_pattern() -> str:
    names = {name.title() for meaning in _MEANINGS for name in table("mail")[meaning]}
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


def _header(lines: Sequence[str], start: int) -> tuple[int, dict[str, str]]:
    """The number of the line below the header that begins at `start`, and its fields; `start` where none does."""
    fields: dict[str, str] = {}
    at = end = start
    gap = 0
    while at < min(len(lines), start + _LONGEST_HEADER) and gap <= _GAP:
        match = _LABEL.match(lines[at].rstrip()) if len(lines[at]) < _LONGEST else None
        meaning = _header_labels().get(fold(match["label"].strip(" \t*_"))) if match else None
        if meaning is None:
            if at == start:
                return start, {}
            beside_address = "@" in lines[at] and len(lines[at]) < 500
            gap += 0 if beside_address else 1
            end = at + 1 if beside_address else end
        elif match is not None:
            fields.setdefault(meaning, match["value"].strip(" \t*_"))
            gap, end = 0, at + 1
            if not match["value"].strip() and at + 1 < len(lines) and lines[at + 1].strip():
                fields[meaning] = lines[at + 1].strip()  # a table's cell below its label
        at += 1
    whole = "from" in fields and ("subject" in fields or "date" in fields) and len(fields) >= 3
    return (end, fields) if whole else (start, {})


def _without_quoting(lines: Sequence[str]) -> list[str]:
    """The lines without the ">" that a mail program sets before what it forwards."""
    full = [line for line in lines if line.strip()]
    marks = sum(line.lstrip().startswith(">") for line in full)
    if marks * 10 < len(full) * 7:
        return list(lines)
    return [without_mark(line) for line in lines]


def without_mark(line: str) -> str:
    """A line without the ">" of a quotation before it."""
    return re.sub(r"^\s*(?:> ?)+", "", line)


def _day_without_clock(stamp: str) -> date | None:
    """The day of "Mon, Mar 3, 2025 at 7:02 AM" and "Montag, 3. März 2025 um 07:02"."""
    return day_of(_BEFORE_CLOCK.split(stamp)[0])
