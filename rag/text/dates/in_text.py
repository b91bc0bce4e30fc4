"""Days named in running text, resolved against the day that the text was published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.domain import Span
from rag.knowledge.tables import WordLists, pattern_of, table
from rag.knowledge.words import (
    AHEAD,
    AHEAD_TO,
    ANY_MONTH,
    BASE_FORMS,
    COMMON_DAY_FORMS,
    COUNTS,
    MONTH_FORMS,
    MONTHS,
    WEEKDAY_FORMS,
    WEEKDAY_PATTERN,
    WEEKDAYS,
)

_NUMBERS = {"a": 1} | {word: value for word, value in COUNTS.items() if 1 <= value <= 10}
_WEEKDAY = rf"(?P<weekday>{WEEKDAY_PATTERN}|(?:{'|'.join(WEEKDAY_FORMS)})\.)"
_MONTH = rf"(?P<month{{0}}>{ANY_MONTH})\.?"
_NUMBER = r"(?P<day{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year{0}>\d{{4}})\b)?"
_BARS, _PAPERS, _PARTS_OF_DAY = (
    "|".join(str(table("calendar")[key]).split()) for key in ("no_single_day", "papers", "parts_of_day")
)
_PART = rf"(?:\s+(?:{_PARTS_OF_DAY}))?"
_DAY = re.compile(
    rf"(?<![\w-])(?:(?P<bar>{_BARS})\s+)?"
    r"(?:(?:late|later|early|earlier)\s+)?(?:on\s+)?(?:"
    rf"(?:(?P<which>last|next|this|past)\s+)?{_WEEKDAY}(?!s|\s+(?:{_PAPERS})\b)"
    rf"(?:,?\s+{_MONTH}\s+{_NUMBER}{_YEAR})?{_PART}".format("")
    + rf"|{_MONTH}\s+{_NUMBER}(?!\d|[.:]\d){_YEAR}".format("2")
    + rf"|{_NUMBER}\s+(?:of\s+)?{_MONTH}{_YEAR}".format("3")
    + r"|(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
    rf"|(?P<ago>\d{{1,3}}|{'|'.join(_NUMBERS)})\s+days?\s+ago"
    rf"|(?P<word>today|tonight|this\s+(?:morning|afternoon|evening)|yesterday|last\s+night|tomorrow){_PART}"
    r")(?!\w)",
    re.IGNORECASE,
)
_CLAUSE_START = pattern_of("calendar", "clause_start", flags=0)
_LEXICON = WordLists("calendar")
_BEFORE_NAME = re.compile(r"\b(?:[Tt]he|[A-Z]\w*) $")  # of a word with a capital
_OFFSETS: dict[str, int] = table("calendar")["offsets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMention:
    """A day that a text names, with its words: "late on Wednesday"."""

    span: Span
    day: date


def mentions(text: str, anchor: date) -> Iterator[DayMention]:
    """The exact days named in `text`, in order, as seen on the day `anchor`.

    A weekday is the last one up to and including `anchor` ("next" the one after it); a day without a year is the one
    nearest to `anchor`. Months, years, weeks and "before Friday" name no day.
    """
    ranged = 0  # where a range that began with "between" may go on
    for match in _DAY.finditer(text):
        bar = (match["bar"] or "").lower()
        goes_on = ranged and text[ranged : match.start()].strip().lower() in ("and", "to")
        ranged = match.end() if bar == "between" else 0
        if (
            not bar
            and not goes_on
            and not _common_word(match)
            and not _in_name(match)
            and (day := _day(match, anchor)) is not None
        ):
            yield DayMention(span=Span(match.start(), match.end()), day=day)


def event_days(text: str, anchor: date) -> Iterator[DayMention]:
    """As `mentions`, but a weekday on which something is still to happen, as seen on the day `anchor`, is the first one
    from that day on: "will meet on Friday". "Friday's vote" names no day if no verb says which Friday it is."""
    for mention in mentions(text, anchor):
        match = _DAY.fullmatch(text, mention.span.start, mention.span.end)
        is_open = match and match["weekday"] and not match["day"] and match["which"] in (None, "this")
        ahead = _is_ahead(text, mention.span) if is_open and mention.day < anchor else False
        if ahead:
            yield replace(mention, day=mention.day + timedelta(days=7))
        elif ahead is False or not _is_possessive(text, mention.span):
            yield mention


def _is_possessive(text: str, span: Span) -> bool:
    return text[span.end : span.end + 1] in ("'", "’")


def _is_ahead(text: str, span: Span) -> bool | None:
    """True if the verb nearest before a weekday in its clause says that something is to happen, False if it is in the
    past tense; the first verb after a weekday that opens its clause counts, too. None if there is no such verb."""
    start = max((match.end() for match in _CLAUSE_START.finditer(text, 0, span.start)), default=0)
    before = text[start : span.start].split()
    for at in range(len(before) - 1, -1, -1):
        if (ahead := _points_ahead(before, at)) is not None:
            return ahead
    is_possessive = _is_possessive(text, span)
    if before and not is_possessive:
        return None
    end = _CLAUSE_START.search(text, span.end)
    after = text[span.end : end.start() if end else len(text)].split()
    ahead = next((ahead for at in range(len(after)) if (ahead := _points_ahead(after, at)) is not None), None)
    return None if ahead and is_possessive else ahead  # "Tuesday's vote will please"


def _points_ahead(words: Sequence[str], at: int) -> bool | None:
    """True if a word says that something is to happen, False if it is a past tense, else None."""
    word, previous = words[at].strip(",'’"), words[at - 1] if at else ""
    if word.lower() in AHEAD or (word in ("to", "for") and previous in AHEAD_TO):
        was = {previous, *words[max(0, at - 2) : at]} & _LEXICON.past_forms
        return not was and words[at + 1 : at + 2] != ["have"]
    is_past = word in BASE_FORMS or word in _LEXICON.past_forms or (word.islower() and word.endswith("ed"))
    return False if is_past and previous not in _LEXICON.passives else None


def resolve(phrase: str, anchor: date) -> date | None:
    """The one day that `phrase` names as seen on the day `anchor`; None where it names none or several."""
    days = {mention.day for mention in mentions(phrase, anchor)}
    return days.pop() if len(days) == 1 else None


def _in_name(match: re.Match[str]) -> bool:
    """True for "today" in a name: "USA TODAY", "the Today programme"."""
    word = match["word"]
    return bool(word and word[0].isupper() and _BEFORE_NAME.search(match.string, 0, match.start()))


def _common_word(match: re.Match[str]) -> bool:
    """True for "may 5 times" and "in the sun.": short names of months and days count only with a capital."""
    name = next((match[group].rstrip(".") for group in ("weekday", "month2", "month3") if match[group]), "")
    return name[:1].islower() and (name in COMMON_DAY_FORMS or len(name) < 4)


def _day(match: re.Match[str], anchor: date) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        for suffix in ("", "2", "3"):
            if match["day" + suffix]:
                return _calendar(match["month" + suffix], int(match["day" + suffix]), match["year" + suffix], anchor)
        if match["weekday"]:
            return _weekday(match["weekday"], (match["which"] or "").lower(), anchor)
        if match["ago"]:
            count = match["ago"].lower()
            return anchor - timedelta(days=_NUMBERS[count] if count in _NUMBERS else int(count))
        return anchor + timedelta(days=_OFFSETS.get(" ".join(match["word"].lower().split()), 0))
    except (ValueError, OverflowError):  # 31 February, or a day before year 1
        return None


def _calendar(month: str, day: int, year: str | None, anchor: date) -> date | None:
    number = MONTHS.index(MONTH_FORMS[month.lower()]) + 1
    if year:
        return date(int(year), number, day)
    near = []
    for candidate in (anchor.year - 1, anchor.year, anchor.year + 1):
        try:
            near.append(date(candidate, number, day))
        except ValueError:
            continue
    return min(near, key=lambda candidate: abs(candidate - anchor), default=None)


def _weekday(name: str, which: str, anchor: date) -> date:
    number = WEEKDAYS.index(WEEKDAY_FORMS[name.lower().rstrip(".")])
    if which == "next":
        return anchor + timedelta(days=(number - anchor.weekday() - 1) % 7 + 1)
    back = (anchor.weekday() - number) % 7
    if which in ("last", "past") and back == 0:
        back = 7
    return anchor - timedelta(days=back)
