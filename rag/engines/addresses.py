"""Reading articles from addresses: a page, a file on a site, or a feed with the pages that it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from rag.errors import UnreadableSource, UnusableInput
from rag.providers.fetch import Page
from rag.text.ingest.decode import decoded
from rag.text.ingest.feed import FeedItem, feed_links, is_feed, read_feed
from rag.text.ingest.html import is_html
from rag.text.ingest.read import Entry, read_entries

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:(?!\\)")  # not a drive letter


class Fetches(Protocol):
    """What is needed of a fetcher."""

    def get(self, url: str) -> Page:
        """The page at an address. Raises UnreadableSource or SourceUnavailable."""
        ...


def is_address(source: str) -> bool:
    """True if a source is written as an address (of any scheme: refusing one is the fetcher's task), not as a path."""
    return _SCHEME.match(source) is not None


def read_address(url: str, fetcher: Fetches, *, feed: bool = False) -> Iterator[Entry]:
    """Every article at an address, each under its own address; errors are entries too, so that one stops no other.

    A feed is followed to the pages that it lists; where one can't be read, what the feed itself gives is taken. With
    `feed`, a page is asked for its feed, and the first one it offers is read in its place.
    """
    try:
        page = fetcher.get(url)
        text = _text(page)
        if feed and text is not None and not is_feed(text):
            page, text = _offered(text, page, fetcher)
        if text is not None and is_feed(text):
            listed = read_feed(text, url=page.url)
            for item in listed.items:
                yield _followed(item, listed.title, fetcher)
            return
        yield from read_entries(page.data, url, url=page.url, charset=page.charset)
    except UnusableInput as exc:
        yield Entry(name=url, found=exc)


def _text(page: Page) -> str | None:
    """The page as text, None where it is a document of another kind."""
    head = page.data[:1024].lstrip()
    if not head.startswith((b"<", b"\xef\xbb\xbf<", b"{", b"\xff\xfe", b"\xfe\xff")):
        return None
    return decoded(page.data, name=page.url, declared=page.charset)


def _offered(text: str, page: Page, fetcher: Fetches) -> tuple[Page, str]:
    links = feed_links(text, page.url) if is_html(text) else []
    if not links:
        raise UnreadableSource(f"{page.url} offers no feed; give the address of the feed, or add single pages.")
    found = fetcher.get(links[0])
    return found, decoded(found.data, name=found.url, declared=found.charset)


def _followed(item: FeedItem, outlet: str | None, fetcher: Fetches) -> Entry:
    name = item.url or item.title or "an item without an address"
    refused: UnusableInput | None = None
    if item.url:
        try:
            page = fetcher.get(item.url)
            entry = next(read_entries(page.data, name, url=page.url, charset=page.charset))
            if not isinstance(entry.found, UnusableInput):
                return Entry(name=name, found=item.filled(entry.found, outlet))
            refused = entry.found
        except UnusableInput as exc:
            refused = exc
    try:
        return Entry(name=name, found=item.extract(outlet))
    except UnusableInput as exc:
        return Entry(name=name, found=refused or exc)
