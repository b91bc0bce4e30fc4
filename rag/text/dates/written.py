"""Calendar days as people write them, in the forms and languages of the news. A doubtful date is no date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from rag.knowledge.words import MONTHS, WEEKDAYS
from rag.text.canonical import fold

# Languages whose month and weekday names are read, beside English. Names come from CLDR, so no list is kept here.
_LANGUAGES = "de fr es it pt nl tr ru uk pl cs sk sv da nb fi ro hu el bg sr ar he id az ca".split()

_WORD = r"(?P<month>[^\W\d_]{2,14})\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|ère|º|ª|\.)?"
_FORMS = tuple(
    re.compile(rf"(?<![\w.,/-]){form}(?![\w/]|[-.]\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?:[T ]\d\d:\d\d(?::\d\d)?\S{{0,8}})?",
        rf"{_DAY}\s?[-/]?\s?(?:of |de |d’)?{_WORD},?[-/]?\s?(?:de |del |of )?{_YEAR}",
        rf"{_WORD}\s?{_DAY},?\s{_YEAR}",
        rf"{_YEAR}[.,]?\s{_WORD}\s{_DAY}",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"(?P<either>\d{{1,2}})(?P<mark>[-/])(?P<other>\d{{1,2}})(?P=mark){_YEAR}",
        rf"{_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일]",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDay:
    """A day and the half-open interval of characters in which it is written."""

    day: date
    start: int
    end: int


def written_days(line: str) -> list[WrittenDay]:
    """The days written out in `line` with day, month and year, in order, none overlapping another.

    3/4/2022 is left out: it is April in one country and March in another. 13/4/2022 is taken.
    """
    days: list[WrittenDay] = []
    for form in _FORMS:
        for match in form.finditer(line):
            start, end = match.span()
            if all(end <= other.start or other.end <= start for other in days) and (day := _day(match)):
                days.append(WrittenDay(day=day, start=start, end=end))
    return sorted(days, key=lambda written: written.start)


def is_weekday(word: str) -> bool:
    """True if `word` names a day of the week, in full or cut short, in a language that is read."""
    folded = fold(word)
    short = folded[:3] in {name[:3] for name in WEEKDAYS} and any(day.startswith(folded) for day in WEEKDAYS)
    return short or folded in _names("days")


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    if "either" in parts:
        first, second = int(parts["either"]), int(parts["other"])
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = (second, first) if second > 12 else (first, second)
    else:
        day, month = int(parts["day"]), _month(parts["month"])
    try:
        return date(int(parts["year"]), month, day)
    except ValueError:
        return None


def _month(written: str) -> int:
    """1..12, or 0 where the word names no month or, over the languages, more than one."""
    if written.isdigit():
        return int(written)
    folded = fold(written)
    for number, name in enumerate(MONTHS, start=1):
        if folded == name or (folded.startswith(name[:3]) and name.startswith(folded)):
            return number
    return _names("months").get(folded, 0)


@cache
def _names(kind: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for name, number in _cldr(kind):
        names[name] = number if names.get(name, number) == number else 0
    return names


def _cldr(kind: str) -> Iterator[tuple[str, int]]:
    for language in _LANGUAGES:
        forms = getattr(Locale(language), kind)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in forms[context][width].items():
                    yield fold(name).rstrip("."), int(number)
