"""Days of saying: the day that stands between the cue and what was said, months without a day, and datelines."""

from __future__ import annotations

import re
from datetime import date

from rag.domain import Month, Span
from rag.knowledge.tables import words_of
from rag.knowledge.words import MONTHS, SHORT_MONTHS, WEEKDAY_PATTERN, any_of
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate
from rag.text.dates.in_text import resolve

_WEEKDAY = rf"(?:{WEEKDAY_PATTERN.title()})"
_MONTHS = [month.capitalize() for month in MONTHS]
_MONTH = rf"(?:{'|'.join(_MONTHS)}|(?:{'|'.join(map(str.capitalize, SHORT_MONTHS))})\.)"
_PART = rf"(?: (?:{any_of(words_of('calendar', 'parts_of_day'))}))?"
_DATE = re.compile(
    r"(?:(?:late|later|early|earlier) )?(?:(?:on |last |this )?"
    rf"(?:{_WEEKDAY}{_PART}(?:,? {_MONTH} \d{{1,2}}(?:, \d{{4}})?|,? \d{{1,2}} {_MONTH}(?: \d{{4}})?)?,?"
    rf"|{_MONTH} \d{{1,2}}(?:, \d{{4}})?,?|\d{{1,2}} {_MONTH}(?: \d{{4}})?,?)"
    rf"|yesterday{_PART},?|today,?|tonight,?|last night,?|this (?:morning|afternoon|evening),?|last (?:week|month),?"
    rf"|in {_MONTH}(?: \d{{4}})?,?)(?= )"
)
_NAMED_MONTH = re.compile(
    rf"\b(?:[Ii]n|[Ll]ast|early in|late in|back in) (?P<month>{_MONTH})(?! \d{{1,2}}\b(?!\d))(?:,? (?P<year>\d{{4}}))?"
)
_DATELINE = re.compile(
    r"[A-Z][A-Z'’.-]+(?:[ ,]+[A-Z][\w'’.-]*){0,4},? (?P<day>"
    rf"{_WEEKDAY}|{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
    r"(?: ?\([^)\n]{2,30}\))? ?(?:[-–—―]|--) ?"
)
_GAP = 3  # most words of the date that the parser hung on the cue
_FARTHEST_SUBJECT = 12  # words behind the date


def date_before_content(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """The words of `content` that only tell when it was said: said *on Friday* it had begun. None where the day is what
    the sentence is about (said *Friday* was too late) or stands behind "that"."""
    if candidate.construction not in ("clause", "relayed") or not content:
        return set()
    first, cue_end = min(content), max(candidate.cue) + 1
    if first < candidate.anchor or tree.quoted[first]:
        return set()
    starts = [first, *range(cue_end, first)] if first - cue_end <= _GAP else [first]  # said *on 3* *May* the dam ...
    match = next((match for at in starts if (match := _DATE.match(tree.text, tree[at].start))), None)
    if match is None or match.end() < tree[first].end:
        return set()
    words = {word for word in tree.words(Span(match.start(), match.end())) if tree[word].end <= match.end()}
    after = max(words) + 1
    if after not in content or tree[after].is_verb or tree[after].pos == "PUNCT":
        return set()
    subjects = [word for word in content if tree[word].dep in ("nsubj", "nsubjpass", "expl") and word >= after]
    return words if subjects and min(subjects) - after < _FARTHEST_SUBJECT else set()


def month_of_saying(text: str, published: date) -> tuple[Month, str] | None:
    """The one month that `text` names without a day ("in December"), as seen on `published`, and the words; None where
    it names none or several. "Last month" names none."""
    by_month: dict[Month, str] = {}
    for match in _NAMED_MONTH.finditer(text):
        number = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(match["month"][:3]))
        year = int(match["year"]) if match["year"] else published.year - (number > published.month)
        if 1 <= year <= 9999:
            by_month.setdefault(Month.of(year, number), match[0])
    return next(iter(by_month.items())) if len(by_month) == 1 else None


def dateline_day(text: str, published: date) -> date | None:
    """The day of the dateline that opens `text` ("OSLO, May 30 (Agency) - ..."), None without one."""
    match = _DATELINE.match(text)
    day = resolve(match["day"], published) if match is not None else None
    return day if day is not None and day <= published else None
