"""Digests as documents (text, Markdown, a page, an Atom feed), and lists of feeds. Text from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from rag.display import news_line, plural
from rag.documents import markdown, page, text
from rag.documents.lines import Line, plain
from rag.domain import Digest, DigestFormat, Following, Story

if TYPE_CHECKING:  # only a feed needs it
    from lxml import etree

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(digest: Digest, form: DigestFormat, *, address: str | None = None, app: str | None = None) -> str:
    """The digest in that format. A feed gives its own `address` and links to the articles in the `app`, where they are
    given.
    """
    if form == "atom":
        return _atom(digest, address, app)
    lines = list(_lines(digest))
    if form == "text":
        return text.write(lines) + "\n"
    return (markdown.write(lines) if form == "md" else page.write(lines)).decode()


def title_of(digest: Digest) -> str:
    """The title of a digest."""
    return f"New since {digest.since.isoformat()}"


def _lines(digest: Digest) -> Iterator[Line]:
    yield Line(1, title_of(digest), "title")
    for heading, items in _sections(digest):
        yield Line(2, plain(heading), "heading")
        for item in items:
            yield Line(0, plain(item), "item")
    yield Line(0, plain(_summary_line(digest)), "count")


def _atom(digest: Digest, address: str | None, app: str | None) -> str:
    from lxml import etree  # only a feed needs it

    news = [(watch.title, item) for watch, items in digest.watches for item in items]
    start = datetime.combine(digest.since, time.min, UTC)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _put(feed, "id", address or "urn:onrecord:digest")
    if address:
        etree.SubElement(feed, f"{{{_ATOM}}}link", rel="self", href=_NOT_XML.sub("", address))
    _put(feed, "title", "What is new")
    _put(feed, "updated", max((item.noticed for _, item in news), default=start).isoformat())
    _put(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", "onrecord")
    for title, item in news:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _put(entry, "id", f"urn:onrecord:news:{item.news_id}")
        _put(entry, "title", item.text)
        _put(entry, "updated", item.noticed.isoformat())
        if app:
            etree.SubElement(entry, f"{{{_ATOM}}}link", href=f"{app}/source?{urlencode({'doc': item.article_id})}")
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=_NOT_XML.sub("", title))
        _put(entry, "summary", news_line(item))
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True).decode()  # type: ignore[no-any-return]


def _put(parent: etree._Element, name: str, text: str) -> None:
    from lxml import etree

    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("", text)


def _sections(digest: Digest) -> Iterator[tuple[str, list[str]]]:
    for watch, news in digest.watches:
        yield watch.title, [news_line(item) for item in news]
    if digest.stories:
        yield "Stories", [_story(item) for item in digest.stories]


def _story(item: Story) -> str:
    days = " to ".join(dict.fromkeys(day.isoformat() for day in (item.since, item.until) if day))
    facts = ", ".join(part for part in (days, plural(len(item.articles), "article"), ", ".join(item.outlets)) if part)
    return " ".join(f"{item.title} ({facts})".split())


def _summary_line(digest: Digest) -> str:
    outlets = ", ".join(f"{name} {n}" for name, n in digest.outlets)
    return plural(digest.articles, "article") + (f": {outlets}" if outlets else "")


def outline(items: Iterable[Following]) -> str:
    """The addresses as an OPML 2.0 document, which `opml_feeds` and feed readers read."""
    lines = [
        f"    <outline type={quoteattr('rss')} text={quoteattr(item.outlet or item.address)} "
        f"title={quoteattr(item.outlet or item.address)} xmlUrl={quoteattr(item.address)}/>"
        for item in items
    ]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  <head><title>onrecord</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>", ""])
