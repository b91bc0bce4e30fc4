"""Reading articles from addresses: a page, a file on a site, or a feed with the pages that it lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.providers.page import Page
from rag.readers.decode import decoded
from rag.readers.dispatch import read_entries
from rag.readers.feed import feed_links, filled, in_rounds, is_feed, read_feed
from rag.readers.html import is_html
from rag.readers.listing import listed_addresses

Validators = tuple[str | None, str | None]  # ETag and Last-Modified of the answer that was read last
Asked = Callable[[str], Validators]


class Fetches(Protocol):
    """What is needed of a fetcher."""

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Page:
        """The page at an address, asked for only if it has changed since the answer with these marks. Raises
        UnreadableSource or SourceUnavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedArticle:
    """What one article's address gave: `found`, or None where it has not changed since it was last read.

    `address` is the one that was asked for, and `page` the answer of the site: None where there was none, or where it
    holds more than this article. `settled` is False where trying again later may give more.
    """

    name: str
    address: str
    found: Extract | UnusableInput | None
    page: Page | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An article that a feed lists, as far as the feed itself gives it: the text may be empty, the fields unsure."""

    name: str
    found: Extract


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """What is at an address. Of a feed, `feed` is the answer of the site, `found` what it lists, and `left` how many
    older articles it lists beside these.
    """

    address: str
    found: tuple[FetchedArticle | FeedEntry, ...]
    feed: Page | None = None
    left: int = 0


def fetch_articles(
    url: str, fetcher: Fetches, validators: Asked, *, feed: bool = False, left: int | None = None
) -> FetchResult:
    """Ask for what is at an address: a page or a file with its articles, or a feed with what that lists.

    With `feed`, a page is asked for its feed, and the first one it offers is read in its place. `validators` gives the
    marks of the answer that was read last at an address, `left` is as in `read_feed`. Errors are found too, nothing is
    raised.
    """
    address = url
    try:
        page = _get(url, fetcher, no_validators if feed else validators)
        text = _text(page)
        if feed and text is not None and not is_feed(text):
            address = _offered(text, page)
            page = _get(address, fetcher, validators)
            text = _text(page)
        if page.unchanged:
            return FetchResult(
                address=address, found=(FetchedArticle(name=url, address=address, found=None, page=page),)
            )
        if text is not None and is_feed(text):
            listed = read_feed(text, url=page.url, left=left)
            found = tuple(
                FeedEntry(name=item.url or item.title or "an item without an address", found=item.listed(listed.title))
                for item in listed.items
            )
            return FetchResult(address=address, found=found, feed=page, left=listed.left)
        entries = list(read_entries(page.data, url, url=page.url, charset=page.charset))
        alone = page if len(entries) == 1 else None
        read = (
            FetchedArticle(name=item.name, address=_place(item.name, url, address), found=item.found, page=alone)
            for item in entries
        )
        return FetchResult(address=address, found=tuple(read))
    except UnusableInput as exc:
        failed = FetchedArticle(name=url, address=address, found=exc, settled=not exc.retryable)
        return FetchResult(address=address, found=(failed,))


def fetch_listed(url: str, fetcher: Fetches, validators: Asked, *, left: int | None = None) -> FetchResult:
    """What a feed, a news sitemap or a page that lists articles has: of a page the feed that it offers, else the
    articles that it links. Errors are found too, nothing is raised.
    """
    result = fetch_articles(url, fetcher, validators, left=left)
    if result.feed or all(
        item.page and item.page.unchanged for item in result.found if isinstance(item, FetchedArticle)
    ):
        return result
    try:
        page = fetcher.get(url)
        text = _text(page) or ""
        if is_html(text) and feed_links(text, page.url):
            return fetch_articles(url, fetcher, validators, feed=True, left=left)
        listed = listed_addresses(text, page.url)
    except UnusableInput as exc:
        failed = FetchedArticle(name=url, address=url, found=exc, settled=not exc.retryable)
        return FetchResult(address=url, found=(failed,))
    if not listed:
        return result
    chosen, after = in_rounds(listed, left)
    entries = (FeedEntry(name=item, found=Extract(text="", url=item)) for item in chosen)
    return FetchResult(address=url, found=tuple(entries), feed=page, left=after)


def fetch_entry(name: str, listed: Extract, fetcher: Fetches, validators: Asked) -> FetchedArticle:
    """Read the page of an article that a feed lists. Where it can't be read, what the feed itself gives is taken."""
    refused: UnusableInput | None = None
    address = listed.url or name
    if listed.url:
        try:
            page = _get(listed.url, fetcher, validators)
            if page.unchanged:
                return FetchedArticle(name=name, address=address, found=None, page=page)
            entry = next(read_entries(page.data, name, url=page.url, charset=page.charset))
            if isinstance(entry.found, Extract):
                return FetchedArticle(name=name, address=address, found=filled(entry.found, listed), page=page)
            refused = entry.found
        except UnusableInput as exc:
            refused = exc
    notice = f"The feed gives no text for {listed.url or listed.title}; add its page."
    content = listed if listed.text else refused or UnreadableSource(notice)
    return FetchedArticle(name=name, address=address, found=content, settled=not (refused and refused.retryable))


def read_address(url: str, fetcher: Fetches, *, feed: bool = False) -> Iterator[FetchedArticle]:
    """Every article at an address, feeds followed, whether it has changed or not."""
    for item in fetch_articles(url, fetcher, no_validators, feed=feed).found:
        yield fetch_entry(item.name, item.found, fetcher, no_validators) if isinstance(item, FeedEntry) else item


def feeds(url: str, fetcher: Fetches) -> list[str]:
    """The addresses of the feeds that a page offers, in its order; of a feed its own. Raises UnusableInput."""
    page = fetcher.get(url)
    text = _text(page)
    if text is None:
        return []
    return [page.url] if is_feed(text) else feed_links(text, page.url) if is_html(text) else []


def no_validators(_url: str) -> Validators:
    """Nothing was ever read."""
    return None, None


def _place(name: str, url: str, address: str) -> str:
    """What ties later readings of an entry to it: the address, and in a file of many articles the place in it."""
    return address + name.removeprefix(url)


def _get(url: str, fetcher: Fetches, validators: Asked) -> Page:
    etag, modified = validators(url)
    return fetcher.get(url, etag=etag, modified=modified)


def _text(page: Page) -> str | None:
    """The page as text, None where it is a document of another kind."""
    head = page.data[:1024].lstrip()
    if not head.startswith((b"<", b"\xef\xbb\xbf<", b"{", b"\xff\xfe", b"\xfe\xff")):
        return None
    return decoded(page.data, name=page.url, declared=page.charset)


def _offered(text: str, page: Page) -> str:
    links = feed_links(text, page.url) if is_html(text) else []
    if not links:
        raise UnreadableSource(f"{page.url} offers no feed; give the address of the feed, or add single pages.")
    return links[0]
