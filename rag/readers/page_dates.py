"""When a page says that its article was published and last changed. A wrong date is worse than none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import dropwhile, islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from lxml.etree import XPath
from lxml.html import HtmlElement

from rag.domain import DateBasis
from rag.knowledge.tables import pattern_of, words_of
from rag.readers.date_lines import DateLine, read_date_line, says_published, says_updated
from rag.readers.json_ld import as_list
from rag.readers.page_data import PageData
from rag.text.canonical import fold
from rag.text.dates.written import compact_day, doubtful_days, written_days
from rag.text.dates.written import moment as parse_moment

# Names of meta tags, the surest first.
_PUBLISHED = """
    article:published_time og:article:published_time og:published_time datepublished article.published publishdate
    publish_date pubdate publish-date publication_date published-date cxenseparse:recs:publishtime parsely-pub-date
    sailthru.date dc.date.issued dcterms.issued dcterms.created dc.date.created datecreated dc.date dcterms.date date
    article_date_original originalpublicationdate citation_publication_date
""".split()
_UPDATED = """
    article:modified_time og:updated_time datemodified last-modified dcterms.modified dc.date.modified lastmod revised
    cxenseparse:recs:articlemodifiedtime
""".split()
_IN_URL = re.compile(
    r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2]|[a-z]{3})[-/_]?(0[1-9]|[12]\d|3[01])(?=\D|$)", re.IGNORECASE
)
_UTC = re.compile(r"T(\d\d):(\d\d)(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]00:?00)$")
_OFFSET = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?\s?(?:GMT|UTC)?([+-])(\d\d):?(\d\d)\b")
_LOWER = "translate(concat(@class,' ',@id,' ',@itemprop),'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
# Elements made for dates, outside posts that are embedded from elsewhere.
_DATE_ELEMENTS = XPath(
    f"descendant-or-self::*[self::time or contains({_LOWER},'date') or contains({_LOWER},'time') or "
    f"contains({_LOWER},'publish') or "
    f"contains({_LOWER},'posted') or contains({_LOWER},'byline')][not(ancestor-or-self::blockquote)]"
)
_EVERYWHERE = words_of("addresses", "generic_domains")
_UNRELATED_NAME = pattern_of("furniture", "names", "other_days")
_POST = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/\w+/status/(\d{16,19})\b")
_VERSION = re.compile(r"[?&](?:oldid|diff)=\d+")  # an address of one version of a page, as wikis give it
_FIRST_POST = 1_288_834_974_657  # thousandths of a second since 1970 from which the numbers of posts count
_LONGEST_LABEL = 30  # characters
_TEXTLESS_TAGS = frozenset(("script", "style", "noscript", "template"))
_LONGEST_LINE, _MOST_LINES = 160, 30  # of the lines below the headline
_LONGEST_MARK, _MOST_MARKS = 100, 300  # characters of an element that shows a date; elements that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """The two days and where they came from; `doubt` is a note on a day that may be two."""

    published: date | None = None
    updated: date | None = None
    basis: DateBasis | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """Converts UTC times to local days, by the UTC offset of other times on the page, the days in its address and its
    visible text, and the time zones of the site's country."""

    offset: timedelta | None
    days: tuple[date, ...]
    zones: tuple[ZoneInfo, ...] = ()
    language: str | None = None

    def day(self, value: object) -> date | None:
        """The day of a time stamp, or of a date written out, as the readers of the site have it."""
        value = next(iter(as_list(value)), "")  # JSON-LD may give a list
        value = str(value).strip()[:80] if isinstance(value, str | int | float) else ""
        if (moment := parse_moment(value)) is None:
            if not (days := written_days(value, self.language)):
                return compact_day(value)
            day = days[0].day
            if not (utc := _UTC.search(value)):
                return day
            moment = datetime(day.year, day.month, day.day, int(utc[1]) % 24, int(utc[2]) % 60, tzinfo=UTC)
        day = moment.date()
        if self.offset is not None:
            return (moment + self.offset).date()
        if near := next((near for near in (day, day - timedelta(1), day + timedelta(1)) if near in self.days), None):
            return near
        local = {moment.astimezone(zone).date() for zone in self.zones}
        return local.pop() if len(local) == 1 else day


def page_dates(tree: HtmlElement, data: PageData, *, source: str, url: str | None) -> PageDates:
    """The dates of a page. JSON-LD takes precedence over meta tags, these over the address, and that over the text.

    `source` is the page as text, `url` the address that it was fetched from. A time in UTC becomes the local day where
    the page shows its local time.
    """
    part = _article_part(tree, data.title)
    others = _unrelated_parts(part)
    marks = [mark for mark in _DATE_ELEMENTS(part)[:_MOST_MARKS] if mark not in others]
    texts = [*map(_text_with_label, marks), *_below_headline(part, others)]
    visible = _visible_dates(texts, data.language)
    in_url = _url_day(data.url, url)
    days = (in_url,) if in_url else tuple(day.day for text in texts for day in written_days(text, data.language))
    clock = _Clock(offset=_offset(source), days=days, zones=_zones(data.url or url), language=data.language)
    published, basis = _published_day(marks, data, clock)
    if published is None and (published := in_url or _post_day(data.url, url)):
        basis = "url"
    elif published is None:
        published = visible.published or (None if visible.updated else _day_in_text(part, others, data.language))
        basis = "text" if published else None
    stamps = [item.get("dateModified") for item in data.described] + [data.meta.get(name) for name in _UPDATED]
    updated = next((day for value in stamps if (day := clock.day(value))), visible.updated)
    if updated and any(map(_VERSION.search, filter(None, (data.url, url)))):
        published = updated  # the text of an older or newer version is not what was first published
    if updated and published and updated <= published:
        updated = None
    return PageDates(
        published=published, updated=updated, basis=basis or ("text" if updated else None),
        doubt=None if published else _doubt_note(texts, data.language),
    )  # fmt: skip


def _article_part(tree: HtmlElement, title: str | None) -> HtmlElement:
    """The element that holds the headline and the article, as far as the page marks it: the heading that the title
    repeats, else the first.
    """
    headings = [element for element in tree.iter("h1") if _text(element)]
    folded_title = fold(title or "")
    heading = next((one for one in headings if fold(_text(one)) == folded_title), headings[0] if headings else None)
    around = () if heading is None else heading.iterancestors("article", "main")
    return next(iter(around), tree)


def _unrelated_parts(part: HtmlElement) -> set[HtmlElement]:
    """The elements of lists of other articles, sidebars, footers and comments. An element with half of the text is not
    one of these, whatever its name.
    """
    elements = list(part.iter())
    sizes = dict.fromkeys(elements, 0)
    for element in reversed(elements):
        if element.tag not in _TEXTLESS_TAGS:
            sizes[element] += len(element.text or "") + sum(sizes[child] + len(child.tail or "") for child in element)
    others: set[HtmlElement] = set()
    for element in elements[1:]:
        match = _UNRELATED_NAME.search(f"{element.get('class')} {element.get('id')}")
        apart = element.tag in ("aside", "footer", "nav") or (match and sizes[element] * 2 < sizes[part])
        if apart or element.getparent() in others:
            others.add(element)
    return others


def _text(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _text_with_label(element: HtmlElement) -> str:
    """The text of an element, after the date label in the element before it, as in a definition list."""
    text, previous = _text(element), element.getprevious()
    if previous is None or (previous.tail or "").strip() or not isinstance(previous.tag, str):
        return text
    label = _text(previous)
    is_label = 0 < len(label) <= _LONGEST_LABEL and not any(char.isdigit() for char in label)
    return f"{label} {text}" if is_label and (says_updated(label) or says_published(label)) else text


def _below_headline(part: HtmlElement, others: set[HtmlElement]) -> list[str]:
    """The short lines between the headline and the first sentences, on both sides of one long summary."""
    lines: list[str] = []
    summaries = 0
    for element in islice(dropwhile(lambda one: one.tag != "h1", part.iter()), _MOST_LINES * 20):
        if element.tag in ("p", "div", "span", "li", "small", "em", "dd") and all(
            child.tag in ("a", "br", "b", "strong", "i", "em", "span", "time") for child in element
        ):
            text = _text_with_label(element)
            if len(element) and len(text) > _LONGEST_LINE:
                continue
            summaries += len(text) > _LONGEST_LINE
            if summaries > 1 or len(lines) >= _MOST_LINES:
                break
            lines += [text] if 0 < len(text) <= _LONGEST_LINE and element not in others else []
    return lines


def _published_day(marks: list[HtmlElement], data: PageData, clock: _Clock) -> tuple[date | None, DateBasis | None]:
    for item in data.described:
        if day := clock.day(item.get("datePublished") or item.get("dateCreated")):
            return day, "json-ld"
    stamps = [
        mark
        for mark in marks
        if mark.tag == "time" or "published" in f"{mark.get('itemprop')} {mark.get('class')}".lower()
    ]
    values = (
        mark.get("datetime") or mark.get("content") or mark.get("title")
        for mark in stamps
        if not says_updated(_label_before(mark))
    )
    for value in (*map(data.meta.get, _PUBLISHED), *values):
        if day := clock.day(value):
            return day, "meta"
    return None, None


def _label_before(mark: HtmlElement) -> str:
    """The text before the date of an element, and the element's names."""
    parent, previous = mark.getparent(), mark.getprevious()
    before = previous.tail if previous is not None else parent.text if parent is not None else ""
    beside = _text(previous) if previous is not None and not (before or "").strip() else ""
    return f"{beside[-40:]} {before or ''} {mark.text or ''} {mark.get('class') or ''} {mark.get('itemprop') or ''}"


def _offset(source: str) -> timedelta | None:
    """The commonest UTC offset of the times on the page, other than zero; None if all are in UTC."""
    offsets = Counter(match for match in _OFFSET.findall(source) if match[1:] != ("00", "00"))
    if not offsets:
        return None
    (sign, hours, minutes), _ = offsets.most_common(1)[0]
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return offset if sign == "+" else -offset


def _zones(url: str | None) -> tuple[ZoneInfo, ...]:
    """The time zones of the country of a site's top-level domain; none for domains that the whole world uses."""
    host = (urlsplit(url or "").hostname or "") if url else ""
    ending = host.rpartition(".")[2].upper()
    return _zones_of("GB" if ending == "UK" else ending) if len(ending) == 2 and ending not in _EVERYWHERE else ()


@cache
def _zones_of(territory: str) -> tuple[ZoneInfo, ...]:
    try:
        return tuple(ZoneInfo(name) for name in get_global("territory_zones").get(territory, ()))
    except (ZoneInfoNotFoundError, ValueError):  # a system without its own table
        return ()


def _url_day(*addresses: str | None) -> date | None:
    for match in filter(None, map(_IN_URL.search, filter(None, addresses))):
        if days := written_days((" " if match[2].isalpha() else "-").join(match.groups())):
            return days[0].day
    return None


def _visible_dates(texts: list[str], language: str | None) -> DateLine:
    """The days that the page shows in elements made for dates and below its headline; what says that it is the day of
    publication or of the last change counts before a bare day.
    """
    total = DateLine()
    for text in texts:
        if len(text) > _LONGEST_LINE:
            continue
        dates = read_date_line(text, language)
        if dates is None and len(text) <= _LONGEST_MARK and (days := written_days(text, language)):
            is_update = says_updated(text[: days[0].start][-_LONGEST_LABEL:])
            dates = DateLine(updated=days[0].day) if is_update else DateLine(published=days[0].day)
        if dates is None:
            continue
        labelled = says_published(text)
        if dates.published and (total.published is None or (labelled and not total.labelled)):
            total.published, total.labelled = dates.published, labelled
        total.updated = total.updated or dates.updated
    return total


def _doubt_note(texts: list[str], language: str | None) -> str | None:
    """A note where the page shows a date that can be read as two days."""
    for text, first, second in filter(None, (doubtful_days(text, language) for text in texts)):
        return f"date in doubt: the page gives {text}, which is {first.isoformat()} or {second.isoformat()}."
    return None


def _day_in_text(part: HtmlElement, others: set[HtmlElement], language: str | None) -> date | None:
    """The first day in a short text node that says that something was published on it."""
    for element in part.iter():
        if element.tag in _TEXTLESS_TAGS or element in others:
            continue
        for piece in (element.text, *(child.tail for child in element)):
            if piece and len(piece) <= _LONGEST_LINE and (days := written_days(piece, language)):
                label = piece[: days[0].start]
                if says_published(label) and not says_updated(label):
                    return days[0].day
    return None


def _post_day(*addresses: str | None) -> date | None:
    """The day, in UTC, of a post on Twitter, whose number counts the thousandths of a second before it."""
    match = next((match for address in addresses if address and (match := _POST.match(address))), None)
    return datetime.fromtimestamp(((int(match[1]) >> 22) + _FIRST_POST) / 1000, UTC).date() if match else None
