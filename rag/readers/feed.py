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

from rag.domain import Extract, LeftOut, Span
from rag.errors import UnreadableSource
from rag.knowledge.tables import pattern_of
from rag.readers.headlines import clean_authors
from rag.readers.html import parse_html, read_html
from rag.readers.json_ld import one_line
from rag.readers.page_data import web_address
from rag.readers.source import normalized
from rag.text.dates.written import written_days

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_KINDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_MOST, _NEWEST = 1_000, 200  # articles that are read of a feed at once; of these, where older ones are read in rounds
_FOOT = pattern_of("furniture", "feed_foot")
_ITEM_TAG = re.compile(r"<(?P<end>/?)(?P<name>item|entry)\b[^<>]*(?<!/)>", re.IGNORECASE)
_DAY_OF_ITEM = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|updated|date|publication_date|lastmod)\b[^>]*>\s*([^<]{6,40})<", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
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

    def partial_extract(self, outlet: str | None) -> Extract:
        """The article as far as the feed itself gives it; `text` is empty where the feed gives none."""
        fields = Extract(
            text="", title=self.title, outlet=outlet, byline=self.byline, published=self.published,
            updated=self.updated if self.updated != self.published else None,
            date_basis="meta" if self.published else None, url=self.url,
        )  # fmt: skip
        fields = normalized(fields)
        if not any(char.isalpha() for char in _TAG.sub("", self.html)):
            return fields  # at once: of a page, an empty body is searched for in every way there is
        try:
            page = f"<html><body><article>{self.html}</article></body></html>"
            body = read_html(page, url=self.url, whole=False)
        except UnreadableSource:
            return fields
        text, _, last = body.text.rpartition("\n\n")
        if text and _FOOT.fullmatch(last):
            body = replace(body, text=text, left_out=(*body.left_out, LeftOut(text=last, at=len(text))))
        return replace(
            fill_missing(fields, normalized(body)), text=body.text, language=body.language, left_out=body.left_out
        )

    def extract(self, outlet: str | None) -> Extract:
        """As `partial_extract`. Raises UnreadableSource where the feed gives no text."""
        if not (extract := self.partial_extract(outlet)).text:
            raise UnreadableSource(f"The feed gives no text for {self.url or self.title}; add its page.")
        return extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: its title, which names the outlet, and its items, in its order. Where it lists more than is read at once,
    these are the newest and `left` counts the older ones.
    """

    title: str | None
    items: tuple[FeedItem, ...]
    left: int = 0


def fill_missing(extract: Extract, listed: Extract) -> Extract:
    """`extract`, as read from the page of an article, with its empty fields filled from what a feed lists."""
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
    text, left = _limit_items(text, left)
    try:
        feed = feedparser.parse(io.BytesIO(text.encode("utf-8")), response_headers=_UTF8)
    except (ValueError, LookupError, AttributeError, TypeError) as exc:  # what feedparser itself stumbles over
        raise UnreadableSource("This feed is damaged; try it again later, or add its pages.") from exc
    is_rss = str(feed.get("version") or "").startswith("rss")
    items = tuple(_item(dict(entry), url, is_rss=is_rss) for entry in feed.entries[:_MOST])
    if not items:
        raise UnreadableSource("This feed lists no articles; check its address.")
    return Feed(title=_line(feed.feed.get("title")), items=items, left=left)


def _limit_items(text: str, left: int | None) -> tuple[str, int]:
    """The feed with only the items to read in this round, newest first, and how many older ones are left."""
    items = _item_spans(text)
    if len(items) <= _MOST:
        return text, 0
    newest = sorted((item.of(text) for item in items), key=item_time, reverse=True)
    batch, left = next_round(newest, left)
    return text[: items[0].start] + "".join(batch) + text[items[-1].end :], left


def _item_spans(text: str) -> list[Span]:
    """Where the items of a feed stand, each from its first opening tag to the next closing one, in one pass."""
    spans: list[Span] = []
    first: re.Match[str] | None = None
    for tag in _ITEM_TAG.finditer(text):
        if not tag["end"]:
            first = first or tag
        elif first and tag["name"].lower() == first["name"].lower():
            spans.append(Span(first.start(), tag.end()))
            first = None
    return spans


def next_round(newest: Sequence[str], left: int | None) -> tuple[Sequence[str], int]:
    """The items of a long list, newest first, to read in this round, and how many older ones are left for later rounds:
    the newest 1,000, or where an earlier round left `left` items, the newest 200 and the next of those.
    """
    if left is None or len(newest) <= _MOST:
        return newest[:_MOST], max(0, len(newest) - _MOST)
    start = max(len(newest) - left, _NEWEST)
    end = start + _MOST - _NEWEST
    return [*newest[:_NEWEST], *newest[start:end]], max(0, len(newest) - end)


def item_time(item: str) -> str:
    """When an item of a feed or a sitemap was published, as a sort key; empty for one that does not say so."""
    match = _DAY_OF_ITEM.search(item)
    if match is None:
        return ""
    stamp = match[1].strip()
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(stamp).astimezone(UTC).isoformat()
    day = _day(stamp)
    return (stamp if stamp[:4].isdigit() else day.isoformat()) if day else ""


def older_articles_error(left: int) -> UnreadableSource:
    """The notice for the older articles of a feed that were not read."""
    return UnreadableSource(f"This feed lists {left:,} older articles too; follow it, and they are read in rounds.")


def feed_links(html: str, url: str) -> list[str]:
    """Addresses of the feeds that a page offers, in its order, without those of comments."""
    tree = parse_html(html)
    addresses = []
    for link in tree.iter("link") if tree is not None else ():
        kind, address = (link.get("type") or "").lower().split(";")[0].strip(), (link.get("href") or "").strip()
        if kind in _KINDS and address and "comment" not in address.lower() + (link.get("title") or "").lower():
            addresses.append(web_address(address, url))
    return [address for address in dict.fromkeys(addresses) if address]


def _item(entry: Mapping[str, object], url: str | None, *, is_rss: bool) -> FeedItem:
    published, updated = _day(entry.get("published") or entry.get("created")), _day(entry.get("updated"))
    if is_rss and published is None:  # dc:date, which feedparser gives for the last change, is the only day of an item
        published = updated
    contents = entry.get("content")
    bodies = [str(part.get("value", "")) for part in contents] if isinstance(contents, list) else []
    return FeedItem(
        url=web_address(str(entry["link"]), url) if entry.get("link") else None, title=_line(entry.get("title")),
        byline=_byline(entry),
        published=published, updated=updated,
        html=max([*bodies, str(entry.get("summary") or "")], key=len),
    )  # fmt: skip


def _byline(entry: Mapping[str, object]) -> str | None:
    """The names of all authors that an item lists, joined by commas. Of "desk@paper.example (Jane Doe)" feedparser may
    leave "ple (Jane Doe".
    """
    authors = entry.get("authors")
    listed = [author.get("name") for author in authors if author] if isinstance(authors, list) else []
    listed = [name if ")" in name else name.rpartition("(")[2] for name in map(str, filter(None, listed))]
    names = [clean_authors(name) for name in listed] or [clean_authors(str(entry.get("author") or ""))]
    return ", ".join(dict.fromkeys(filter(None, names))) or None


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
