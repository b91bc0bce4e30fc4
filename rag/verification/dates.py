"""Checks the days, months and years of a claim against those of its sources, each resolved against the day on which its
article was published; and weekdays and months as words."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from rag.domain import Span
from rag.knowledge.words import WEEKDAY_PATTERN
from rag.text.dates.periods import named_periods
from rag.verification.lexicon import PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.premise import Premise
from rag.verification.quotations import blank_span
from rag.verification.tokens import Token, tokens

_Interval = tuple[date, date]  # both days included
_NEAR = timedelta(days=330)  # within which "in April" may be of the year before or after
_WEEKDAY = re.compile(rf"\b(?:{WEEKDAY_PATTERN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateCheck:
    """The claim with blanks for the dates that were checked, and the objections to those that its sources lack."""

    rest: str
    objections: tuple[Objection, ...]


def check_dates(text: str, premise: Premise) -> DateCheck:
    """Each date of the claim names a day, month or year that holds one of its sources' days.

    A date that the cited spans do not bear out is a doubt where the article names it elsewhere, or where it is the day
    of publication; else it contradicts the source.
    """
    anchor = next(iter(premise.published.values()), None)
    if anchor is None:
        return DateCheck(text, ())
    rest, objections = text, list[Objection]()
    there = list(_cited_intervals(premise))
    for span, first, last in _dates_of_claim(text, anchor):
        if not _any_within((first, last), there):
            objections += _check_date(text, span, (first, last), there, premise)
        rest = blank_span(rest, span)
    return DateCheck(rest, tuple(objections))


def _check_date(
    text: str, span: Span, interval: _Interval, there: Sequence[_Interval], premise: Premise
) -> Iterator[Objection]:
    where, phrase = (span.start, span.end), span.of(text).strip(" ,")
    is_day = interval[0] == interval[1]
    if is_day:
        there = [item for item in there if item[0] == item[1]]
    if any(interval[0] <= day <= interval[1] for day in premise.published.values()):
        if there or (is_day and not PATTERNS.appeared.search(text)):  # "in March 2022" fits any report of that month
            yield Objection(f"“{phrase}” is when its source appeared, not when it happened", "firm", where)
        return
    elsewhere = (item for key, day in premise.published.items() for item in _intervals(premise.texts[key], day))
    if _any_within(interval, elsewhere) or (there and PATTERNS.bound_of_time.search(text[: span.start])):
        yield Objection(f"its source does not date this “{phrase}”", "soft", where)
    else:
        yield Objection(f"the date “{phrase}” does not occur in its source", "hard", where)


def _any_within(interval: _Interval, intervals: Iterable[_Interval]) -> bool:
    return any(interval[0] <= first and last <= interval[1] for first, last in intervals)


def _dates_of_claim(text: str, anchor: date) -> Iterator[tuple[Span, date, date]]:
    """Dates of the claim that name their year, or a day of an article that does not: bare weekdays are compared as
    words."""
    for span, first, last in named_periods(text, anchor):
        if re.search(r"\d", span.of(text)) or first == last:
            yield span, first, last


def _cited_intervals(premise: Premise) -> Iterator[_Interval]:
    """The dates that the cited spans name, and those of their statements."""
    for key, span in premise.spans:
        if day := premise.published.get(key):
            yield from _intervals(span.of(premise.texts[key]), day)
    yield from ((item.said_on, item.said_on) for item in premise.cited_statements if item.said_on)


@lru_cache(maxsize=256)
def _intervals(text: str, anchor: date) -> tuple[_Interval, ...]:
    """Days, months and years named in a source. What may be of another year or week ("in April", "on Wednesday") is
    taken for each that is near."""
    intervals: list[_Interval] = []
    for span, first, last in named_periods(text, anchor):
        intervals.append((first, last))
        phrase = span.of(text)
        if _WEEKDAY.search(phrase) and not re.search(r"\d|last", phrase):
            intervals += [(first + timedelta(days=days), last + timedelta(days=days)) for days in (7, -7)]
        elif not PATTERNS.yearless.search(phrase):
            intervals += [
                (_shift_year(first, years), _shift_year(last, years))
                for years in (1, -1)
                if abs(first.year + years - anchor.year) < 2 and abs(_shift_year(first, years) - anchor) < _NEAR
            ]
    return tuple(intervals)


def _shift_year(day: date, years: int) -> date:
    last = monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


# -- weekdays and months as words


def check_day_names(ours: Sequence[Token], theirs: Sequence[Token], premise: Premise) -> Iterator[Objection]:
    """Objections to weekdays and months of the claim, `ours`, that its sources, `theirs`, do not name; and to another
    number beside them.
    """
    dates = set(_day_numbers(theirs))
    for day, number in _day_numbers(ours):
        if (day, number) not in dates:
            yield Objection(f"the date {number} {day.title()} does not occur in its source", "hard")
    source_names = {item.key for item in theirs if item.kind == "day"}
    source_names |= {name for day in premise.published.values() for name in f"{day:%B} {day:%A}".lower().split()}
    for item in ours:
        if item.kind == "day" and item.key not in source_names:
            is_elsewhere = any(one.key == item.key for one in tokens(premise.article_text) if one.kind == "day")
            yield Objection(
                f"the day or month “{item.form}” does not occur in its source",
                "soft" if is_elsewhere else "hard",
                (item.start, item.end),
            )


def _day_numbers(items: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Days and months with a number beside them: February 3, 3 February."""
    for left, right in pairwise(items):
        if left.kind == "day" and right.kind == "number" and right.is_adjacent:
            yield left.key, right.key
        elif left.kind == "number" and right.kind == "day" and right.is_adjacent:
            yield right.key, left.key
