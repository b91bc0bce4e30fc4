"""RSS and Atom feeds: what they list, and which feeds a page offers."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date
from email.utils import parsedate_to_datetime

import feedparser

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.headlines import person
from rag.readers.html import parsed, read_html
from rag.readers.json_ld import one_line
from rag.readers.page_data import web_address
from rag.readers.source import normalized
from rag.text.dates.written import written_days

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_KINDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_MOST, _NEWEST = 1_000, 200  # articles that are read of a feed at once; of these, where older ones are read in rounds
_ITEM = re.compile(r"<(item|entry)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_DAY_OF_ITEM = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|updated|date|publication_date|lastmod)\b[^>]*>\s*([^<]{6,40})<", re.IGNORECASE
)
_UTF8 = {"content-type": "application/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One article that a feed lists. `html` is as much of it as the feed gives."""

    url: str | None
    title: str | None
    byline: str | None
    published: date | None
    updated: date | None
    html: str

    def listed(self, outlet: str | None) -> Extract:
        """The article as far as the feed itself gives it; the text is empty where that is nothing."""
        fields = Extract(
            text="", title=self.title, outlet=outlet, byline=self.byline, published=self.published,
            updated=self.updated if self.updated != self.published else None,
            date_basis="meta" if self.published else None, url=self.url,
        )  # fmt: skip
        fields = normalized(fields)
        try:
            page = f"<html><body><article>{self.html}</article></body></html>"
            read = read_html(page, url=self.url, whole=False)
        except UnreadableSource:
            return fields
        return replace(filled(fields, normalized(read)), text=read.text, language=read.language)

    def extract(self, outlet: str | None) -> Extract:
        """The article as far as the feed itself gives it. Raises UnreadableSource where that is nothing."""
        if not (extract := self.listed(outlet)).text:
            raise UnreadableSource(f"The feed gives no text for {self.url or self.title}; add its page.")
        return extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: the outlet's name as it gives it, and its items, in its order. Of one that lists more than is read at
    once these are the newest, and `left` counts the older ones.
    """

    title: str | None
    items: tuple[FeedItem, ...]
    left: int = 0


def filled(extract: Extract, listed: Extract) -> Extract:
    """`extract`, as read from the page of an article, with the fields that only another reading of it gives."""
    return replace(
        extract, title=extract.title or listed.title, outlet=extract.outlet or listed.outlet,
        byline=extract.byline or listed.byline, published=extract.published or listed.published,
        updated=extract.updated or listed.updated, date_basis=extract.date_basis or listed.date_basis,
        url=extract.url or listed.url,
    )  # fmt: skip


def is_feed(text: str) -> bool:
    """True if `text` begins as an RSS or Atom feed."""
    return _START.match(text[:4000]) is not None


def read_feed(text: str, *, url: str | None = None, left: int | None = None) -> Feed:
    """What a feed lists. `url` is where it was fetched from. Raises UnreadableSource where it lists nothing.

    Of a feed of more than 1,000 articles, `left` is how many of the oldest were left when it was read last: then the
    next of these are read after the newest. feedparser reads broken feeds too; it resolves no external entity, and
    fetches nothing when given text.
    """
    text, left = _at_once(text, left)
    try:
        listed = feedparser.parse(io.BytesIO(text.encode("utf-8")), response_headers=_UTF8)
    except (ValueError, LookupError, AttributeError, TypeError) as exc:  # what feedparser itself stumbles over
        raise UnreadableSource("This feed is damaged; try it again later, or add its pages.") from exc
    items = tuple(_item(dict(entry), url) for entry in listed.entries[:_MOST])
    if not items:
        raise UnreadableSource("This feed lists no articles; check its address.")
    return Feed(title=_line(listed.feed.get("title")), items=items, left=left)


def _at_once(text: str, left: int | None) -> tuple[str, int]:
    """The feed with no more items than are read at once, the newest first, and how many older ones are left."""
    found = list(_ITEM.finditer(text))
    if len(found) <= _MOST:
        return text, 0
    newest = [item[0] for item in sorted(found, key=lambda item: moment_in(item[0]), reverse=True)]
    chosen, left = in_rounds(newest, left)
    return text[: found[0].start()] + "".join(chosen) + text[found[-1].end() :], left


def in_rounds(newest: Sequence[str], left: int | None) -> tuple[Sequence[str], int]:
    """What is read at once of a long list, the newest first, and how many older ones are left then: the newest 1,000,
    or where `left` are left already, the newest few and the next of those.
    """
    if left is None or len(newest) <= _MOST:
        return newest[:_MOST], max(0, len(newest) - _MOST)
    begun = max(len(newest) - left, _NEWEST)
    end = begun + _MOST - _NEWEST
    return [*newest[:_NEWEST], *newest[begun:end]], max(0, len(newest) - end)


def moment_in(item: str) -> str:
    """When an item of a feed or a sitemap was published, to sort by; nothing for one that does not say so."""
    match = _DAY_OF_ITEM.search(item)
    written = match[1].strip() if match else ""
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(written).astimezone(UTC).isoformat()
    day = _day(written)
    return (written if written[:4].isdigit() else day.isoformat()) if day else ""


def more_listed(left: int) -> UnreadableSource:
    """What is told of the older articles of a feed that were not read."""
    return UnreadableSource(f"This feed lists {left:,} older articles too; follow it, and they are read in rounds.")


def feed_links(html: str, url: str) -> list[str]:
    """Addresses of the feeds that a page offers, in its order, without those of comments."""
    tree = parsed(html)
    addresses = []
    for link in tree.iter("link") if tree is not None else ():
        kind, address = (link.get("type") or "").lower().split(";")[0].strip(), (link.get("href") or "").strip()
        if kind in _KINDS and address and "comment" not in address.lower() + (link.get("title") or "").lower():
            addresses.append(web_address(address, url))
    return [address for address in dict.fromkeys(addresses) if address]


def _item(entry: Mapping[str, object], url: str | None) -> FeedItem:
    contents = entry.get("content")
    bodies = [str(part.get("value", "")) for part in contents] if isinstance(contents, list) else []
    return FeedItem(
        url=web_address(str(entry["link"]), url) if entry.get("link") else None, title=_line(entry.get("title")),
        byline=person(str(entry.get("author") or "")), published=_day(entry.get("published") or entry.get("created")),
        updated=_day(entry.get("updated")), html=max([*bodies, str(entry.get("summary") or "")], key=len),
    )  # fmt: skip


def _line(value: object) -> str | None:
    return one_line(str(value or "")) or None


def _day(value: object) -> date | None:
    """The day of a date as the feed writes it, in the feed's own time zone."""
    text = str(value or "").strip()
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        days = written_days(text[:80])
        return days[0].day if days else None
