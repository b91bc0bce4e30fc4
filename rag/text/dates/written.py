"""Calendar days as people and programs write them, in the languages of the news. A doubtful date is no date."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from babel import Locale

from rag.knowledge.tables import table
from rag.knowledge.words import MONTHS, WEEKDAYS
from rag.text.canonical import fold

# Letters with the marks that Indian, Thai, Hebrew and Arabic scripts set on them, which are no letters to `re`.
LETTER = (
    "(?:[^\\W\\d_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0981-\u0983"
    "\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
)
_WORD = rf"(?P<month>{LETTER}{{2,14}}(?:\s(?:ال)?(?:[أا]ول|ثاني))?)[.׳']?(?:\s?/\s?{LETTER}{{2,14}})?"
_YEAR = r"(?P<year>(?:1[5-9]|2[05])\d\d)"
_SOLAR = str(table("calendar")["solar_months"]).split()
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|ère|º|ª|\.|a(?!\w))?"
_ZONE = r"(?:[A-Z]{2,5}(?:[+-]\d\d:?\d\d)?\s+|[+-]\d{4}\s+)?"
_FORMS = (
    *(re.compile(rf"(?:(?<![\w.,/-])|(?<=\bב-)){form}(?![\w/]|[-.]\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?:[T ]\d\d:\d\d(?::\d\d)?\S{{0,8}})?",
        rf"{_DAY}\s?[-/]?\s?(?:of |de |d’)?{_WORD},?[-/]?\s?(?:de |del |of |พ\.ศ\.\s?)?{_YEAR}",
        rf"{_WORD}\s?{_DAY},?\s{_YEAR}",
        rf"{_WORD}\s+{_DAY}\s+\d\d:\d\d:\d\d\s+{_ZONE}{_YEAR}",  # as C and Java write it
        rf"{_YEAR}(?:\s?(?:m|թ)\.|\(?e?\)?ko)?[.,]?\s{_WORD}\s{_DAY}",
        rf"{_YEAR}(?:\.\sgada|\s?ж\.),?\s{_DAY}\s{_WORD}",
        rf"{_DAY}\s(?:tháng|thg)\s(?P<month>\d{{1,2}})(?:,|,?\snăm)?\s{_YEAR}",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<short>\d\d)(?!\d|:)",
        rf"(?P<day>\d{{1,2}})\s(?P<solar>{'|'.join(_SOLAR).replace('ی', '[یي]')})(?:\sماه)?،?\s(?P<year>1[34]\d\d)",
        rf"(?P<either>\d{{1,2}})(?P<mark>[-/])(?P<other>\d{{1,2}})(?P=mark){_YEAR}",
    )),
    re.compile(rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일号號]"),
    re.compile(r"(?P<era>令和|平成|(?:中華)?民國)\s?(?P<year>\d{1,3}|元)\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日"),
)  # fmt: skip
_ERAS: dict[str, int] = table("calendar")["eras"]
_MINGUO = 1911
_SOLAR_EPOCH = 356_033  # days by which the count of that calendar below runs ahead of ours
_BUDDHIST = 543  # years that Thai calendars are ahead
_THAI = re.compile("[\u0e01-\u0e4e]")
_EPOCH = re.compile(r"(?:/Date\()?(?P<seconds>\d{9,10})(?P<thousandths>\d{3})?(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[T ]?\d{4,6}(?:Z|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDay:
    """A day and the half-open interval of characters in which it is written."""

    day: date
    start: int
    end: int


def written_days(line: str, language: str | None = None) -> list[WrittenDay]:
    """The days written out in `line` with day, month and year, in order, none overlapping another.

    3/4/2022 is left out: it is April in one country and March in another. 13/4/2022 is taken. `language` is the code of
    the text's language, where it is known: it decides what a month name means that is another month elsewhere, and
    that 3/4/2022 is in April where no country with that language writes the month first.
    """
    line = _ascii_digits(line)
    days: list[WrittenDay] = []
    for form in _FORMS:
        for match in form.finditer(line):
            start, end = match.span()
            if all(end <= other.start or other.end <= start for other in days) and (day := _day(match, language)):
                days.append(WrittenDay(day=day, start=start, end=end))
    return sorted(days, key=lambda item: item.start)


def doubtful_days(line: str, language: str | None = None) -> tuple[str, date, date] | None:
    """The first date in `line` that may be two days (3/4/2022), as written, and the days that it may be."""
    if language in _day_first():
        return None
    for match in _FORMS[-3].finditer(_ascii_digits(line)):
        first, second, year = (int(match[name]) for name in ("either", "other", "year"))
        if first != second and 1 <= first <= 12 and 1 <= second <= 12:
            return line[match.start() : match.end()], date(year, second, first), date(year, first, second)
    return None


def moment(value: str) -> datetime | None:
    """The moment, in UTC, that a count of seconds or thousandths since 1970 names; None for anything else."""
    match = _EPOCH.fullmatch(value.strip())
    return datetime.fromtimestamp(int(match["seconds"]), UTC) if match else None


def compact_day(value: str) -> date | None:
    """The day of a date in one number, "20250303", perhaps with a time behind it; None for anything else."""
    match = _COMPACT.fullmatch(value.strip())
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def is_weekday(word: str) -> bool:
    """True if `word` names a day of the week, in full or cut short, in a language that is read."""
    key = fold(word)
    short = key[:3] in {name[:3] for name in WEEKDAYS} and any(day.startswith(key) for day in WEEKDAYS)
    return short or key in _weekdays()


def _ascii_digits(line: str) -> str:
    """The line with Arabic, Indian and other digits as 0 to 9, character for character."""
    if line.isascii():
        return line
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in line)


def _day(match: re.Match[str], language: str | None) -> date | None:
    parts = match.groupdict()
    if "solar" in parts:
        return _solar_day(int(parts["year"]), _SOLAR.index(parts["solar"].replace("ي", "ی")) + 1, int(parts["day"]))
    if "either" in parts:
        first, second = int(parts["either"]), int(parts["other"])
        if first <= 12 and second <= 12 and first != second and language not in _day_first():
            return None
        day, month = (second, first) if second > 12 else (first, second)
    else:
        day, month = int(parts["day"]), _month(parts["month"], language)
    if "short" in parts:
        parts["year"] = f"20{parts['short']}" if language in _short_years() else "0"
    year = 1 if parts["year"] == "元" else int(parts["year"])
    if "era" in parts:
        year += _ERAS.get(parts["era"], _MINGUO)
    elif year >= 2500:
        year -= _BUDDHIST if _THAI.search(match.string) else 0
    try:
        return date(year, month, day) if year < 2500 else None
    except ValueError:
        return None


def _solar_day(year: int, month: int, day: int) -> date | None:
    """A day of the solar calendar of Iran: six months of 31 days, five of 30, and one of 29 or, eight times in 33
    years, of 30.
    """
    if not 1 <= day <= (31 if month <= 6 else 30):
        return None
    years = year + 1595
    days = 365 * years + years // 33 * 8 + (years % 33 + 3) // 4
    return date.fromordinal(days + min(month - 1, 6) * 31 + max(month - 7, 0) * 30 + day - _SOLAR_EPOCH)


@cache
def _day_first() -> frozenset[str]:
    return frozenset(str(table("calendar")["day_first"]).split())


@cache
def _short_years() -> frozenset[str]:
    return frozenset(str(table("calendar")["short_years"]).split())


def _month(word: str, language: str | None) -> int:
    """1..12, or 0 where the word names no month or, over the languages, more than one."""
    if word.isdigit():
        return int(word)
    key = fold(word).removeprefix("ב")  # "in" in Hebrew, written together with the month
    if language and (number := _months_of(language).get(key)):
        return number
    for number, name in enumerate(MONTHS, start=1):
        if key == name or (key.startswith(name[:3]) and name.startswith(key)):
            return number
    return _months().get(key, 0)


@cache
def _months() -> dict[str, int]:
    names = {fold(name): int(number) for name, number in table("calendar")["other_months"].items()}
    for language in str(table("calendar")["languages"]).split():
        for name, number in _locale_names(language, "months"):
            names[name] = number if names.get(name, number) == number else 0
    return names


@cache
def _months_of(language: str) -> dict[str, int]:
    """The month names of one language in all its spellings; nothing for a language that is not read."""
    spellings = [code for code in str(table("calendar")["languages"]).split() if code.split("_")[0] == language]
    return {name: number for code in spellings for name, number in _locale_names(code, "months")}


@cache
def _weekdays() -> frozenset[str]:
    languages = str(table("calendar")["languages"]).split()
    return frozenset(
        word for code in languages for name, _ in _locale_names(code, "days") for word in (name, *name.split())
    )


@cache
def _locale_names(language: str, kind: str) -> tuple[tuple[str, int], ...]:
    """Names of months or weekdays, folded, with their numbers."""
    forms = getattr(Locale.parse(language), kind)
    names = [
        (fold(name).rstrip(".׳'"), int(number))
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in forms[context][width].items()
        if not name[:1].isdigit()
    ]
    return tuple(names + [(f"{name}ren", number) for name, number in names if language == "eu"])
