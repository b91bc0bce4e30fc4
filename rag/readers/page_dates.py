"""When a page says that its article was published and last changed. A wrong date is worse than none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from htmldate import find_date
from lxml.etree import XPath
from lxml.html import HtmlElement

from rag.domain import DateBasis
from rag.readers.page_data import PageData
from rag.text.dates.written import written_days

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
_IN_URL = re.compile(r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?=\D|$)")
_UTC = re.compile(r"T(\d\d):(\d\d)(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]00:?00)$")
_OFFSET = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?\s?(?:GMT|UTC)?([+-])(\d\d):?(\d\d)\b")
_LOWER = "translate(concat(@class,' ',@id,' ',@itemprop),'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
# Elements made for dates, outside posts that are embedded from elsewhere.
_MARKED = XPath(
    f"//*[self::time or contains({_LOWER},'date') or contains({_LOWER},'time') or contains({_LOWER},'publish') or "
    f"contains({_LOWER},'posted') or contains({_LOWER},'byline')][not(ancestor-or-self::blockquote)]"
)
_EVERYWHERE = frozenset("AI CC CO FM GG IO LY ME SH TO TV WS".split())
_LONGEST_MARK, _MOST_MARKS = 100, 300  # characters of an element that shows a date; elements that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """The two days and where they came from."""

    published: date | None = None
    updated: date | None = None
    basis: DateBasis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """What tells the local day of a moment that is given in universal time: the offset from it that other times on the
    page have, the days that its address and its visible parts give, and the time zones of the site's country."""

    offset: timedelta | None
    days: tuple[date, ...]
    zones: tuple[ZoneInfo, ...] = ()

    def day(self, value: object) -> date | None:
        """The day of a time stamp, or of a date written out, as the readers of the site have it."""
        if not isinstance(value, str) or not (written := written_days(value.strip()[:80])):
            return None
        day = written[0].day
        if not (utc := _UTC.search(value.strip())):
            return day
        moment = datetime(day.year, day.month, day.day, int(utc[1]) % 24, int(utc[2]) % 60, tzinfo=UTC)
        if self.offset is not None:
            return (moment + self.offset).date()
        if near := next((near for near in (day, day - timedelta(1), day + timedelta(1)) if near in self.days), None):
            return near
        local = {moment.astimezone(zone).date() for zone in self.zones}
        return local.pop() if len(local) == 1 else day


def page_dates(tree: HtmlElement, data: PageData, *, source: str, url: str | None) -> PageDates:
    """The days of a page. JSON-LD wins over meta tags, those over the address, that over what the page shows.

    `source` is the page as text, `url` the address that it was fetched from. A moment given in universal time is
    turned into the local day wherever the page gives away what its local time is.
    """
    marks = _MARKED(tree)[:_MOST_MARKS]
    shown = _shown(marks)
    in_url = _in_url(data.url, url)
    days = (in_url,) if in_url else tuple(shown)
    clock = _Clock(offset=_offset(source), days=days, zones=_zones(data.url or url))
    published, basis = _published(marks, data, clock)
    if published is None and in_url:
        published, basis = in_url, "url"
    elif published is None and shown:
        published, basis = shown[0], "text"
    elif published is None:
        published, basis = _searched(tree, url)
    stated = [item.get("dateModified") for item in data.described] + [data.meta.get(name) for name in _UPDATED]
    updated = next((day for value in stated if (day := clock.day(value))), None)
    if updated and published and updated <= published:
        updated = None
    return PageDates(published=published, updated=updated, basis=basis)


def _published(marks: list[HtmlElement], data: PageData, clock: _Clock) -> tuple[date | None, DateBasis | None]:
    for item in data.described:
        if day := clock.day(item.get("datePublished") or item.get("dateCreated")):
            return day, "json-ld"
    stamps = [mark for mark in marks if mark.tag == "time" or "published" in (mark.get("itemprop") or "").lower()]
    for value in (*map(data.meta.get, _PUBLISHED), *(mark.get("datetime") or mark.get("content") for mark in stamps)):
        if day := clock.day(value):
            return day, "meta"
    return None, None


def _offset(source: str) -> timedelta | None:
    """The offset from universal time that times on the page are written with, if it is not universal time itself."""
    offsets = Counter(match for match in _OFFSET.findall(source) if match[1:] != ("00", "00"))
    if not offsets:
        return None
    (sign, hours, minutes), _ = offsets.most_common(1)[0]
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return offset if sign == "+" else -offset


def _zones(url: str | None) -> tuple[ZoneInfo, ...]:
    """The time zones of the country that a site's name ends with; none for endings that the whole world uses."""
    host = (urlsplit(url or "").hostname or "") if url else ""
    ending = host.rpartition(".")[2].upper()
    return _zones_of("GB" if ending == "UK" else ending) if len(ending) == 2 and ending not in _EVERYWHERE else ()


@cache
def _zones_of(territory: str) -> tuple[ZoneInfo, ...]:
    try:
        return tuple(ZoneInfo(name) for name in get_global("territory_zones").get(territory, ()))
    except (ZoneInfoNotFoundError, ValueError):  # a system without its own table
        return ()


def _in_url(*addresses: str | None) -> date | None:
    for address in addresses:
        if address and (match := _IN_URL.search(address)) and (days := written_days("-".join(match.groups()))):
            return days[0].day
    return None


def _shown(marks: list[HtmlElement]) -> list[date]:
    """The days that the page shows in elements made for dates, in their order."""
    days = []
    for mark in marks:
        text = " ".join(" ".join(mark.itertext()).split())
        if len(text) <= _LONGEST_MARK:
            days += [written.day for written in written_days(text)]
    return days


def _searched(tree: HtmlElement, url: str | None) -> tuple[date | None, DateBasis | None]:
    """What htmldate finds in the rest of the page. A first of the month is its way to say that no day was given."""
    guess = find_date(tree, url=url, original_date=True, extensive_search=True)
    day = date.fromisoformat(guess) if guess else None
    return (day, "text") if day and day.day != 1 else (None, None)
