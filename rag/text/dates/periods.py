"""Periods that a text names ("last week", "in October", "since 3 February"), resolved against a day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rag.domain import Span
from rag.knowledge.tables import Patterns, pattern_of, table
from rag.knowledge.words import ANY_MONTH, COUNTS, MONTH_FORMS, MONTH_PATTERN, MONTHS
from rag.text.dates.in_text import mentions

_COUNTS = {word: value for word, value in COUNTS.items() if 2 <= value <= 12}
_UNITS = "day|week|month|year"
_PATTERNS = Patterns("calendar")
_PERIOD = re.compile(
    rf"(?<![\w-])(?:"
    rf"(?P<which>this|last|past|previous)\s+(?P<unit>week|month|year)"
    rf"|(?:last|past)\s+(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?P<units>{_UNITS})s"
    rf"|(?P<month>{ANY_MONTH})\.?(?:,?\s+(?:of\s+)?(?P<of>\d{{4}}))?"
    rf"|(?P<year>(?:19|20)\d\d)"
    rf")(?![\w-])",
    re.IGNORECASE,
)
_SEASONS: dict[str, tuple[int, int]] = table("calendar")["seasons"]
_RELATIVE = pattern_of("calendar", "relative", months=MONTH_PATTERN, season="|".join(_SEASONS))
_OPENING, _CLOSING = table("calendar")["opening"], table("calendar")["closing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `since` to `until`, both inclusive, None for open, with the words that name them."""

    span: Span
    since: date | None
    until: date | None


def periods(text: str, anchor: date) -> list[Period]:
    """The periods and days named in `text`, in order, as seen on the day `anchor`.

    "Last week" is the Monday to Sunday before the anchor's week, "the last two weeks" the fourteen days up to it. A
    month without a year is the latest that has begun by the anchor. A month or a year counts only after a word such as
    "in" or "since": "March" and "2000" are often something else. What can't be resolved ("since the ceasefire") is left
    out.
    """
    result: list[Period] = []
    for span, first, last in sorted(_dates_and_periods(text, anchor)):
        if result and span.start < result[-1].span.end:
            continue
        before = _PATTERNS.bounding.search(text, 0, span.start)
        how = " ".join(before["how"].lower().split()) if before else ""
        start = before.start() if before else span.start
        is_range = result and _PATTERNS.range_link.fullmatch(text, result[-1].span.end, span.start)
        if is_range and text[result[-1].span.start :].lower().startswith(("between", "from")):
            opening = result.pop()
            since, until, start = opening.since, last, opening.span.start
        elif how in _OPENING:
            since, until = first, None
        elif how == "after":
            since, until = last + timedelta(days=1), None
        elif how == "before":
            since, until = None, first - timedelta(days=1)
        elif how in _CLOSING:
            since, until = None, last
        else:
            since, until = first, last
        if since is None or until is None or since <= until:
            result.append(Period(span=Span(start, span.end), since=since, until=until))
    return result


def _dates_and_periods(text: str, anchor: date) -> Iterator[tuple[Span, date, date]]:
    """Days and periods without the word before them, some overlapping: the longer first."""
    days = [(mention.span, mention.day) for mention in mentions(_without_bars(text), anchor)]
    for span, day in days:
        yield span, day, day
    for match in _PERIOD.finditer(text):
        span = Span(match.start(), match.end())
        if any(span.touches(other) for other, _ in days):
            continue
        has_lead = _PATTERNS.bounding.search(text, 0, match.start()) is not None
        capital = match[0][0].isupper()
        if (match["month"] and not (capital and (has_lead or match["of"]))) or (match["year"] and not has_lead):
            continue
        if bounds := _bounds(match, anchor):
            yield span, *bounds


def _without_bars(text: str) -> str:
    """The text with the words that keep `mentions` from a day ("before Friday") blanked out: here they bound it."""
    return _PATTERNS.bars.sub(lambda bar: " " * len(bar[0]), text)


def _bounds(match: re.Match[str], anchor: date) -> tuple[date, date] | None:
    try:
        if match["count"]:
            count = match["count"].lower()
            size = {"day": 1, "week": 7, "month": 30, "year": 365}[match["units"].lower()]
            return anchor - timedelta(days=(_COUNTS.get(count) or int(count)) * size - 1), anchor
        if match["unit"]:
            return _current_or_last(match["which"].lower() == "this", match["unit"].lower(), anchor)
        if match["month"]:
            number = MONTHS.index(MONTH_FORMS[match["month"].lower()]) + 1
            year = int(match["of"]) if match["of"] else anchor.year - (number > anchor.month)
            return _months(year, number)
        return _months(int(match["year"]), 1, 12)
    except (ValueError, OverflowError):
        return None


def _current_or_last(this: bool, unit: str, anchor: date) -> tuple[date, date]:
    """This or the last week (Monday to Sunday), month or year."""
    if unit == "week":
        first = anchor - timedelta(days=anchor.weekday() + (0 if this else 7))
        return first, first + timedelta(days=6)
    if unit == "year":
        return _months(anchor.year - (not this), 1, 12)
    last = anchor if this else anchor.replace(day=1) - timedelta(days=1)
    return _months(last.year, last.month)


def named_periods(text: str, anchor: date) -> list[tuple[Span, date, date]]:
    """The days, months, seasons and years that `text` names, in order, each with its words, first and last day; the
    words that bound one ("since", "before") are left aside.
    """
    result: list[tuple[Span, date, date]] = []
    for span, first, last in sorted(_dates_and_periods(text, anchor)):
        if not result or span.start >= result[-1][0].end:
            result.append((span, first, last))
    for match in _RELATIVE.finditer(text):
        span = Span(*match.span())
        if not any(span.touches(other) for other, _, _ in result) and (bounds := _relative_bounds(match, anchor)):
            result.append((span, *bounds))
    return sorted(result)


def _relative_bounds(match: re.Match[str], anchor: date) -> tuple[date, date] | None:
    try:
        if match["month"]:
            number, is_next = MONTHS.index(MONTH_FORMS[match["month"].lower()]) + 1, match["way"].lower() == "next"
            return _months(anchor.year + (number <= anchor.month if is_next else -(number >= anchor.month)), number)
        if match["season"]:
            first, last = _SEASONS[match["season"].lower()]
            years = {"last": -(anchor.month <= last), "this": 0, "next": 1}[match["which"].lower()]
            return _months(anchor.year + years, first, last)
        if match["coming"]:
            return _next(match["unit"].lower(), anchor)
        count = (match["count"] or "").lower()
        year = anchor.year - (_COUNTS.get(count) or int(count)) if count else int(match["year"])
        return _months(year, 1, 12)
    except (ValueError, OverflowError):
        return None


def _months(year: int, first: int, last: int | None = None) -> tuple[date, date]:
    """The first and the last day of a month, or of the months from `first` to `last`."""
    last = last or first
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _next(unit: str, anchor: date) -> tuple[date, date]:
    if unit == "week":
        first = anchor + timedelta(days=7 - anchor.weekday())
        return first, first + timedelta(days=6)
    if unit == "month":
        return _months(anchor.year + anchor.month // 12, anchor.month % 12 + 1)
    return _months(anchor.year + 1, 1, 12)
