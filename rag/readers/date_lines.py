"""Lines that say when something was published or changed, and datelines at the head of a report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from rag.readers import boilerplate
from rag.readers.headlines import byline
from rag.text.canonical import fold
from rag.text.dates.written import is_weekday, written_days

_CLOCK = re.compile(r"\b\d{1,2}(?:[:.]\d\d(?::\d\d)?|h\d\d)\s?(?:[ap]\.?m\b\.?)?", re.IGNORECASE)
_UPDATED = re.compile(
    "updat|modif|correct|revis|aktuali|geändert|à jour|actualiz|atualiz|aggiorn|güncel|обновл|оновл|uppdat|oppdat|"
    "opdat|bijgewerkt",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publi|post|issued|created|first|released|filed|veröffentlich|erschienen|stand|yayın|опубл|date|datum|fecha|data\b|"
    "tarih|дата",
    re.IGNORECASE,
)
# Words that stand beside a date and say nothing else.
_BESIDE_DATE = frozenset(
    "on at um uhr the am pm a m p à às alle le el den der de la g г o clock gmt utc cet cest eet eest msk est edt et "
    "pst pdt pt bst ist trt local time by ago".split()
)
_DATELINE = re.compile(r"[A-ZÀ-ÞŞĞİČŠŽА-ЯІЇЄҐ][^!?:;\"“”()]{1,60}?(?:\s?\([^()]{2,40}\))?\s?(?:[–—]|\s-{1,2})\s(?=\S)")


@dataclass(slots=True)
class DateLine:
    """The days that a line gives for publication and for the last change. `labelled` is True where the line says so or
    gives the time of day; `rest` is the byline beside them."""

    published: date | None = None
    updated: date | None = None
    labelled: bool = False
    rest: list[str] = field(default_factory=list)


def is_date_line(line: str) -> bool:
    """True if the line says when something was published or changed, and little else."""
    dates = read_date_line(line)
    return dates is not None and dates.labelled


def read_date_line(line: str) -> DateLine | None:
    """The dates of a line that says little else, or None. A byline beside them is handed back in `rest`."""
    if len(line) > 160 or not (days := written_days(line)):
        return None
    dates, label, at = DateLine(), "", 0
    leftover: list[str] = []
    for written in days:
        before = line[at : written.start]
        label = before if dates.published or _UPDATED.search(before) or _PUBLISHED.search(before) else label
        if _UPDATED.search(label):
            dates.updated, dates.labelled = written.day, True
        elif dates.published is None:
            dates.published = written.day
            dates.labelled |= _PUBLISHED.search(label) is not None
        leftover.append(before)
        at = written.end
    leftover.append(line[at:])
    rest = " ".join(leftover)
    dates.labelled |= _CLOCK.search(rest) is not None
    rest = _CLOCK.sub(" ", rest)
    if author := byline(re.split(r"[|•·]|\s[–—-]\s", rest.strip(" |•·–—-,"))[0].strip(" ,")):
        dates.rest.append(f"By {author}")
        return dates
    return dates if _says_little(rest) else None


def _says_little(rest: str) -> bool:
    """True if the words beside a date are labels, weekdays, zones or the name of one place."""
    names = []
    for word in re.findall(r"[^\W\d_]+", rest):
        silent = fold(word) in _BESIDE_DATE or is_weekday(word) or _UPDATED.search(word) or _PUBLISHED.search(word)
        if not silent and boilerplate.is_furniture(word) is False:
            names.append(word)
    return len(names) <= 2 and all(name[0].isupper() for name in names) and not boilerplate.quotes(rest)


def dateline_day(paragraph: str) -> date | None:
    """The day of a dateline such as "KYIV, February 3, 2022 (Agency) - ", if it gives the year."""
    match = _DATELINE.match(paragraph[:140])
    days = written_days(match.group()) if match else []
    return days[0].day if len(days) == 1 else None
