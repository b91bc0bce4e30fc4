"""Checks the days, months and years that a sentence names against those of its sources, each resolved against the day
on which its article was published."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from rag.domain import Span
from rag.knowledge.words import MONTHS
from rag.text.dates.periods import named_periods
from rag.verification.quotations import blank_span
from rag.verification.record import Key, Objection, Record

_Interval = tuple[date, date]
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
_YEARLESS = re.compile(r"\d{4}|last|this|ago|yesterday|today|tomorrow|tonight", re.IGNORECASE)
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_RELATIVE = re.compile(
    rf"\b(?P<way>last|next)\s+(?P<month>{'|'.join(MONTHS)})\b(?! \d)"
    r"|\b(?P<which>last|this|next)\s+(?P<season>spring|summer|autumn|fall)\b|\b(?P<coming>next)\s+(?P<unit>week|month|year)\b"
    r"|(?P<count>\d{1,2}|two|three|four|five|six|ten) years? (?P<ago>ago|earlier)"
    r"|(?<![\d-])(?P<year>(?:19|20)\d\d)(?![\d-])",
    re.IGNORECASE,
)
_COUNTS = dict(zip("two three four five six ten".split(), (2, 3, 4, 5, 6, 10), strict=True))
_APPEARED = re.compile(
    r"\b(?:as of|reported|publish\w+|appeared|dated|according to|article|in an? (?:report|article|dispatch))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DateCheck:
    """The sentence with blanks for the dates that were checked, and the objections to those that its sources lack."""

    rest: str
    objections: tuple[Objection, ...]


def check_days(text: str, record: Record) -> DateCheck:
    """Each date of the sentence names a day, month or year that holds one of its sources' days.

    A date that the cited spans do not bear out is a doubt where the article names it elsewhere, or where it is the day
    of publication; else it contradicts the source.
    """
    rest, objections = text, []
    for anchor in record.published[:1]:
        there = [item for one in _source_dates(record) for item in one]
        for span, first, last in _dates_of_claim(text, anchor):
            if any(_covers((first, last), item) for item in there):
                rest = blank_span(rest, span)
                continue
            objection = _objection(text, span, (first, last), there, record)
            if objection:
                objections.append(objection)
            rest = blank_span(rest, span)
    return DateCheck(rest, tuple(objections))


def _objection(text: str, span: Span, claimed: _Interval, there: list[_Interval], record: Record) -> Objection | None:
    where, shown = (span.start, span.end), span.of(text).strip(" ,")
    if claimed[0] == claimed[1]:
        there = [item for item in there if item[0] == item[1]]
    if any(claimed[0] <= day <= claimed[1] for day in record.published):
        if claimed[0] != claimed[1] and not there:
            return None  # "in March 2022" of what an article of that month tells without a date
        if not there and _APPEARED.search(text):
            return None
        return Objection(f"“{shown}” is when its source appeared, not when it happened", "firm", where)
    elsewhere = [one for key, anchor in _publication_days(record) for one in _intervals(record.texts[key], anchor)]
    if any(_covers(claimed, item) for item in elsewhere):
        return Objection(f"its source does not date this “{shown}”", "soft", where)
    return Objection(f"the date “{shown}” does not occur in its source", "hard", where)


def _dates_of_claim(text: str, anchor: date) -> Iterator[tuple[Span, date, date]]:
    """Dates of the sentence that name their year, or a day of an article that does not: bare weekdays are compared as
    words."""
    for span, first, last in _dates_in(text, anchor):
        if re.search(r"\d", span.of(text)) or first == last:
            yield span, first, last


def _covers(claimed: _Interval, there: _Interval) -> bool:
    return claimed[0] <= there[0] and there[1] <= claimed[1]


def _publication_days(record: Record) -> Iterator[tuple[Key, date]]:
    published = {(item.article_id, item.version): item.published for item in record.cited}
    for key in dict.fromkeys(key for key, _ in record.spans):
        if (day := published.get(key)) is not None:
            yield key, day


def _source_dates(record: Record) -> Iterator[list[_Interval]]:
    published = {(item.article_id, item.version): item.published for item in record.cited}
    for key, span in record.spans:
        if (day := published.get(key)) is None:
            continue
        yield list(_intervals(span.of(record.texts[key]), day))
    yield [(item.said_on, item.said_on) for item in record.cited_statements if item.said_on]


@lru_cache(maxsize=256)
def _intervals(text: str, anchor: date) -> tuple[_Interval, ...]:
    """Days, months and years named in a source. What may be of another year or week ("in April", "on Wednesday") is
    taken for each that is near."""
    intervals: list[_Interval] = []
    for span, first, last in _dates_in(text, anchor):
        intervals.append((first, last))
        phrase = span.of(text)
        if _WEEKDAY.search(phrase) and not re.search(r"\d|last", phrase):
            intervals += [(first + timedelta(days=days), last + timedelta(days=days)) for days in (7, -7)]
        elif not _YEARLESS.search(phrase):
            intervals += [
                (_shift_year(first, years), _shift_year(last, years))
                for years in (1, -1)
                if abs(first.year + years - anchor.year) < 2
            ]
    return tuple(intervals)


def _shift_year(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _dates_in(text: str, anchor: date) -> list[tuple[Span, date, date]]:
    dates = named_periods(text, anchor)
    for match in _RELATIVE.finditer(text):
        span = Span(match.start(), match.end())
        if any(span.touches(other) for other, _, _ in dates):
            continue
        if match["month"]:
            dates.append((span, *_month_interval(match["month"].lower(), anchor, later=match["way"].lower() == "next")))
        elif match["season"]:
            year = anchor.year + {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
            first, last = _SEASONS[match["season"].lower()]
            if match["which"].lower() == "last" and anchor.month > last:
                year = anchor.year
            dates.append((span, date(year, first, 1), date(year, last, 28)))
        elif match["coming"]:
            dates.append((span, *_next_interval(match["unit"].lower(), anchor)))
        elif match["ago"]:
            count = match["count"].lower()
            year = anchor.year - (_COUNTS.get(count) or int(count))
            dates.append((span, date(year, 1, 1), date(year, 12, 31)))
        else:
            year = int(match["year"])
            dates.append((span, date(year, 1, 1), date(year, 12, 31)))
    return sorted(dates)


def _month_interval(name: str, anchor: date, *, later: bool) -> _Interval:
    """The first month of a name after the anchor's, or the last one before."""
    number = next(n for n, one in enumerate(MONTHS, 1) if one.lower() == name)
    year = anchor.year + (number <= anchor.month if later else -(number >= anchor.month))
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def _next_interval(unit: str, anchor: date) -> _Interval:
    if unit == "week":
        first = anchor + timedelta(days=7 - anchor.weekday())
        return first, first + timedelta(days=6)
    if unit == "month":
        first = (anchor.replace(day=1) + timedelta(days=32)).replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return date(anchor.year + 1, 1, 1), date(anchor.year + 1, 12, 31)
