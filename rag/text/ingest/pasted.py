"""Plain text as pasted from a page: headline, dates and byline are lifted out, furniture goes, paragraphs stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.text.canonical import canonical, fold
from rag.text.ingest import furniture
from rag.text.ingest.headlines import byline, first_words, is_headline, names_site_and
from rag.text.ingest.language import detected
from rag.text.ingest.wrapping import unwrapped
from rag.text.ingest.written_dates import is_weekday, written_days

_HEAD = 24  # lines in which headline, dates and byline are looked for
_STOP = re.compile(r"[.!?…。！？][\"”’»'」』)\]]*$")
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
class _Dates:
    """The day that a line, or several, give for publication and for the last change."""

    published: date | None = None
    updated: date | None = None
    labelled: bool = False
    rest: list[str] = field(default_factory=list)


def read_pasted(text: str) -> Extract:
    """What a pasted page says. Raises UnreadableSource where there are no words.

    A field that the page does not clearly give stays empty. Where no line is a headline, the title is the beginning of
    the first sentence, which stays in the text. Words are dropped, never altered or added.
    """
    clean = canonical(text)
    if not any(char.isalnum() for char in clean):
        raise UnreadableSource("There are no words in this text; paste or save the article itself and add it again.")
    whole = [line.strip() for line in unwrapped(clean).split("\n") if line.strip()]
    lines = without_furniture(whole) or whole
    head, body = lines[:_HEAD], lines[_HEAD:]
    dates, head = _lift_dates(head, body)
    author, head = _lift_byline(head)
    title, head = _lift_title(head)
    kept = [*head, *body] or lines
    title = title or first_words(kept[0])
    published = dates.published or _dateline_day(kept[0])
    updated = dates.updated if dates.updated != published else None
    body_text = canonical("\n\n".join(kept))
    return Extract(
        text=body_text,
        title=canonical(title),
        byline=author,
        published=published,
        updated=updated,
        date_basis="dateline" if published or updated else None,
        language=detected(body_text),
    )


def without_furniture(lines: list[str]) -> list[str]:
    """The lines that belong to an article. Below its first sentence, a heading such as "Related" takes the lines under
    it along, until a sentence follows."""
    kept: list[str] = []
    begun = in_list = False
    for line in lines:
        begun = begun or _is_prose(line)
        if furniture.heads_list(line):
            in_list = begun
        elif in_list and not _is_prose(line) and not line.startswith(("“", '"', "„", "«")):
            continue
        elif not furniture.is_furniture(line):
            in_list = False
            kept.append(line)
    return kept


def is_date_line(line: str) -> bool:
    """True if the line says when something was published or changed, and little else."""
    found = _dates_of(line)
    return found is not None and found.labelled


def _is_prose(line: str) -> bool:
    return len(line) > 220 or (_STOP.search(line) is not None and len(line.split()) >= 6)


def _lift_dates(head: list[str], body: list[str]) -> tuple[_Dates, list[str]]:
    """The dates of the lines that hold nothing else, and the lines without them.

    A labelled date or one with a time of day counts before a bare one. Bare days that differ, anywhere in the text,
    are the entries of a timeline or the clock of the page: none of them is taken and all stay.
    """
    read = [(line, _dates_of(line)) for line in head]
    bare = {found.published for _, found in read if found and not found.labelled}
    bare |= {found.published for line in body if len(line) < 60 and (found := _dates_of(line)) and not found.labelled}
    total, kept = _Dates(), []
    for line, found in read:
        if found is None or (not found.labelled and len(bare) > 1):
            kept.append(line)
            continue
        if found.published and (total.published is None or (found.labelled and not total.labelled)):
            total.published, total.labelled = found.published, found.labelled
        total.updated = found.updated or total.updated
        kept.extend(found.rest)
    return total, kept


def _dates_of(line: str) -> _Dates | None:
    """The dates of a line that says little else, or None. A byline beside them is handed back in `rest`."""
    if len(line) > 160 or not (days := written_days(line)):
        return None
    found, label, at = _Dates(), "", 0
    leftover: list[str] = []
    for written in days:
        before = line[at : written.start]
        label = before if found.published or _UPDATED.search(before) or _PUBLISHED.search(before) else label
        if _UPDATED.search(label):
            found.updated, found.labelled = written.day, True
        elif found.published is None:
            found.published = written.day
            found.labelled |= _PUBLISHED.search(label) is not None
        leftover.append(before)
        at = written.end
    leftover.append(line[at:])
    rest = " ".join(leftover)
    found.labelled |= _CLOCK.search(rest) is not None
    rest = _CLOCK.sub(" ", rest)
    if author := byline(re.split(r"[|•·]|\s[–—-]\s", rest.strip(" |•·–—-,"))[0].strip(" ,")):
        found.rest.append(f"By {author}")
        return found
    return found if _says_little(rest) else None


def _says_little(rest: str) -> bool:
    """True if the words beside a date are labels, weekdays, zones or the name of one place."""
    names = []
    for word in re.findall(r"[^\W\d_]+", rest):
        silent = fold(word) in _BESIDE_DATE or is_weekday(word) or _UPDATED.search(word) or _PUBLISHED.search(word)
        if not silent and furniture.is_furniture(word) is False:
            names.append(word)
    return len(names) <= 2 and all(name[0].isupper() for name in names) and not furniture.quotes(rest)


def _lift_byline(head: list[str]) -> tuple[str | None, list[str]]:
    for at, line in enumerate(head):
        others = (other for other in head if other is not line)
        if (name := byline(line)) and any(is_headline(other) and not byline(other) for other in others):
            return name, head[:at] + head[at + 1 :]
    return None, head


def _lift_title(head: list[str]) -> tuple[str | None, list[str]]:
    """The headline and the lines without it. A line that stands twice is the headline; otherwise the first that looks
    like one, above the first sentence. Short lines above it were the names of sections and go."""
    folded = [fold(line) for line in head]
    twice = next((line for line in head if is_headline(line) and folded.count(fold(line)) > 1), None)
    above = next((at for at, line in enumerate(head) if _is_prose(line) and not is_headline(line)), len(head))
    first = [line for line in head[:above] if is_headline(line)]
    title = twice or next((line for line in first if len(line.split()) >= 4), first[0] if first else None)
    if title is None or (len(head) == 1 and not twice):
        return None, head
    at = folded.index(fold(title))
    kept = [line for line in head[:at] if len(line.split()) > 3 or furniture.quotes(line)]
    kept = [line for line in kept if not names_site_and(title, line)]
    return title, kept + [line for line in head[at + 1 :] if fold(line) != fold(title)]


def _dateline_day(paragraph: str) -> date | None:
    """The day of a dateline such as "KYIV, February 3, 2022 (Agency) - ", if it gives the year."""
    match = _DATELINE.match(paragraph[:140])
    days = written_days(match.group()) if match else []
    return days[0].day if len(days) == 1 else None
