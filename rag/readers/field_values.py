"""Values as programs write them in a field: days, names of authors, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from rag.knowledge.tables import pattern_of
from rag.readers.headlines import byline, clean_authors, is_job, names_job
from rag.text.canonical import fold
from rag.text.dates.written import compact_day, moment, written_days
from rag.text.terms import joint_speakers

DayOrder = Literal["day first", "month first"]

_ISO = re.compile(r"(?P<year>[12]\d{3})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_SLASHED = re.compile(r"(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?P<year>\d{4}|\d\d)(?=$|[ T,])")
_SHORT_YEAR = re.compile(r"(?P<rest>\d{1,2}[- ][^\W\d_]{3,9}\.?[- ])(?P<year>\d\d)(?=$|[ T,])")  # 17-Sep-24
_EMPTY = frozenset(("", "~", "null", "none", "nan", "n/a", "na", "nat", "-", "unknown", "undefined", "[]", "{}"))
_BEFORE_NAME = pattern_of("bylines", "before_name")
_BETWEEN = re.compile(r"\s*[;|\n]\s*")


def is_empty(value: str) -> bool:
    """True for what programs write where they have nothing."""
    return value.strip().lower() in _EMPTY


def day_of(value: str, order: DayOrder | None = None) -> date | None:
    """The day that a program wrote, in its own time zone; None where it is no day, or in doubt.

    "3/4/2025" is in doubt unless `order` says how days are written where it stands.
    """
    text = value.strip().strip("'\"")
    if time := moment(text):
        return time.date()
    if match := _ISO.match(text):
        return _valid_date(match["year"], match["month"], match["day"])
    if match := _SLASHED.match(text):
        return _slashed_date(match, order)
    if day := compact_day(text):
        return day
    if match := _SHORT_YEAR.match(text):
        text = f"{match['rest']}{'19' if int(match['year']) > 68 else '20'}{match['year']}"  # as POSIX reads it
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        days = written_days(text[:120])
        return days[0].day if len({item.day for item in days}) == 1 else None


def day_order(values: Iterable[str]) -> DayOrder | None:
    """How a column writes its days, where one of them can only be read in one way and none in the other."""
    orders: set[DayOrder] = set()
    for value in values:
        if match := _SLASHED.match(value.strip()):
            first, second = int(match["first"]), int(match["second"])
            if first > 12 >= second:
                orders.add("day first")
            elif second > 12 >= first:
                orders.add("month first")
    return orders.pop() if len(orders) == 1 else None


def _slashed_date(match: re.Match[str], order: DayOrder | None) -> date | None:
    first, second, year = int(match["first"]), int(match["second"]), match["year"]
    if len(year) == 2 and order is None:
        return None
    year = f"20{year}" if len(year) == 2 else year
    if first <= 12 and second <= 12 and first != second and order is None and "." not in match[0]:
        return None
    month_first = order == "month first" if order else second > 12
    return _valid_date(year, str(first if month_first else second), str(second if month_first else first))


def _valid_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def author_names(values: Iterable[str | None]) -> str | None:
    """The authors in the values of a field, joined by commas: "By" goes, "Reyes, Ada" becomes "Ada Reyes", addresses
    are left out.
    """
    names: list[str] = []
    for value in values:
        for part in _BETWEEN.split(value or ""):
            part = re.sub(r"\s*[(<]?\S+@\S+[)>]?", "", " ".join(part.split())).strip(" ,")
            if is_empty(part) or part.lower().startswith(("http://", "https://")):
                continue
            name = byline(part) or _BEFORE_NAME.sub("", part)
            name = re.sub(r"^([^\W\d_][\w'’-]+), ((?:[^\W\d_][\w'’.-]*)(?: [^\W\d_]\.?)?)$", r"\2 \1", name)
            if names and is_job(name):
                continue
            name = (clean_authors(name) or name) if names_job(name) else name
            several = joint_speakers(name.replace(" & ", " and "))
            names += [one for one in several if clean_authors(one) or "," in one or " " in one]
    return ", ".join(dict.fromkeys(names)) or None


def language_code(value: str | None) -> str | None:
    """ISO 639-1 code of a language by its code ("en-US", "eng") or by its name, in English or its own; else None."""
    bare = fold((value or "").strip())
    code = re.split(r"[-_]", bare)[0]
    code = str(get_global("language_aliases").get(code, code))
    if re.fullmatch(r"[a-z]{2}", code):
        return code
    return _language_codes().get(re.split(r"[;,(]", bare)[0].strip())


@cache
def _language_codes() -> dict[str, str]:
    names: dict[str, str] = {}
    english = {str(code): str(name) for code, name in Locale("en").languages.items() if len(str(code)) == 2}
    for code, name in english.items():
        names[fold(name)] = code
    for code in english:
        try:
            own = Locale(code)
        except UnknownLocaleError:
            continue
        names.setdefault(fold(str(own.languages.get(code) or "")), code)
    for locale in ("de", "fr", "es", "it", "pt", "nl", "ru", "tr", "pl"):
        for code, name in ((str(code), str(name)) for code, name in Locale(locale).languages.items()):
            if len(code) == 2:
                names.setdefault(fold(name), code)
    return names
