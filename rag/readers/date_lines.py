"""Lines that say when something was published or changed, and datelines at the head of a report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from rag.knowledge.tables import words_of
from rag.readers import boilerplate
from rag.readers.headlines import byline
from rag.text.canonical import fold
from rag.text.dates.written import LETTER, doubtful_days, is_weekday, written_days

_CLOCK = re.compile(r"\b\d{1,2}(?:[:.]\d\d(?::\d\d)?|h\d\d)\s?(?:[ap]\.?m\b\.?)?", re.IGNORECASE)


def _label_pattern(key: str) -> re.Pattern[str]:
    words = (re.escape(fold(word.replace("_", " "))) for word in words_of("date_labels", key))
    return re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))


_UPDATED, _PUBLISHED = _label_pattern("updated"), _label_pattern("published")
_BESIDE_DATE = frozenset(fold(word) for word in words_of("date_labels", "beside"))  # words that say nothing else
_WORD = re.compile(rf"{LETTER}+")
_PHRASES = tuple(  # labels of several words: "mis a jour"
    fold(words).split("_") for key in ("updated", "published") for words in words_of("date_labels", key) if "_" in words
)
_LABEL_AFTER_DATE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts whose labels follow the date
_LONGEST_UNSPACED = 8  # characters of a name in scripts that set no blanks; more may be a sentence
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


def read_date_line(line: str, language: str | None = None) -> DateLine | None:
    """The dates of a line that says little else, or None. A byline beside them is handed back in `rest`."""
    if len(line) > 160 or not (days := written_days(line, language)):
        return None
    dates, label, at = DateLine(), "", 0
    leftover: list[str] = []
    for found_day in days:
        between = line[at : found_day.start]
        while doubt := doubtful_days(between, language):  # its label is not that of the next day
            between = between.partition(doubt[0])[2]
        before = fold(between)
        label = before if dates.published or _UPDATED.search(before) or _PUBLISHED.search(before) else label
        behind = line[found_day.end :] if found_day is days[-1] and not label.strip() else ""
        if _UPDATED.search(label) or (_LABEL_AFTER_DATE.search(behind) and _UPDATED.search(fold(behind))):
            dates.updated, dates.labelled = found_day.day, True
        elif dates.published is None:
            dates.published = found_day.day
            dates.labelled |= _PUBLISHED.search(label) is not None
        leftover.append(line[at : found_day.start])
        at = found_day.end
    leftover.append(line[at:])
    rest = " ".join(leftover)
    dates.labelled |= _CLOCK.search(rest) is not None
    rest = _CLOCK.sub(" ", rest)
    if author := byline(re.split(r"[|•·]|\s[–—-]\s", rest.strip(" |•·–—-,"))[0].strip(" ,")):
        dates.rest.append(f"By {author}")
        return dates
    return dates if _is_label_or_place(rest) else None


def says_updated(text: str) -> bool:
    """True if `text` has a word for a last change beside a date."""
    return _UPDATED.search(fold(text)) is not None


def says_published(text: str) -> bool:
    """True if `text` has a word for a publication beside a date."""
    return _PUBLISHED.search(fold(text)) is not None


def _is_label_or_place(rest: str) -> bool:
    """True if the words beside a date are labels, weekdays, zones or the name of one place."""
    words = _WORD.findall(rest)
    for at, phrase in [(at, phrase) for at in range(len(words)) for phrase in _PHRASES]:
        if [fold(word) for word in words[at : at + len(phrase)]] == phrase:
            words[at : at + len(phrase)] = [""] * len(phrase)
    names = [word for word in words if word and not _is_label_word(word)]
    return len(names) <= 2 and all(map(_may_be_name, names)) and not boilerplate.has_quotes(rest)


def _is_label_word(word: str) -> bool:
    key = fold(word)
    labels = _UPDATED.search(key) or _PUBLISHED.search(key)
    return key in _BESIDE_DATE or is_weekday(word) or labels is not None or boilerplate.is_furniture(word)


def _may_be_name(word: str) -> bool:
    """True for a capital, and for a short word of a script that has none."""
    return word[0].isupper() or (not word[0].islower() and len(word) <= _LONGEST_UNSPACED)


def dateline_day(paragraph: str) -> date | None:
    """The day of a dateline such as "KYIV, February 3, 2022 (Agency) - ", if it gives the year."""
    match = _DATELINE.match(paragraph[:140])
    days = written_days(match.group()) if match else []
    return days[0].day if len(days) == 1 else None
