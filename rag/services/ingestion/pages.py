"""Reading articles from addresses: a page, a file on a site, or a feed with the pages that it lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.providers.base import Page
from rag.providers.fetch import Fetcher
from rag.readers.decode import decoded
from rag.readers.dispatch import read_entries
from rag.readers.feed import feed_links, fill_missing, is_feed, next_round, read_feed
from rag.readers.html import is_html
from rag.readers.listing import listed_addresses

Validators = tuple[str | None, str | None]  # ETag and Last-Modified of the response that was read last
ValidatorsFor = Callable[[str], Validators]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedArticle:
    """What one article's address gave: `content`, or None where it has not changed since it was last read.

    `address` is the one that was asked for, and `page` the answer of the site: None where there was none, or where it
    holds more than this article. `settled` is False where trying again later may give more.
    """

    name: str
    address: str
    content: Extract | UnusableInput | None
    page: Page | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An article that a feed lists, as far as the feed itself gives it: the text may be empty, the fields unsure."""

    name: str
    content: Extract


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """What is at an address. Of a feed, `feed` is the answer of the site, `items` what it lists, and `left` how many
    older articles it lists beside these.
    """

    address: str
    items: tuple[FetchedArticle | FeedEntry, ...]
    feed: Page | None = None
    left: int = 0


def fetch_articles(
    url: str, fetcher: Fetcher, validators: ValidatorsFor, *, feed: bool = False, left: int | None = None
) -> FetchResult:
    """Fetch an address: a page or a file with its articles, or a feed with the articles that it lists.

    With `feed`, the first feed that a page offers is read in its place. `validators` gives the ETag and Last-Modified
    of the response that was last read at an address; `left` is as in `read_feed`. An error is an entry of the result;
    nothing is raised.
    """
    address = url
    try:
        page = _get(url, fetcher, no_validators if feed else validators)
        text = _text(page)
        if feed and text is not None and not is_feed(text):
            address = _first_feed(text, page)
            page = _get(address, fetcher, validators)
            text = _text(page)
        if page.unchanged:
            same = FetchedArticle(name=url, address=address, content=None, page=page)
            return FetchResult(address=address, items=(same,))
        if text is not None and is_feed(text):
            feed_content = read_feed(text, url=page.url, left=left)
            names = [item.url or item.title or "an item without an address" for item in feed_content.items]
            extracts = [item.partial_extract(feed_content.title) for item in feed_content.items]
            items = (FeedEntry(name=name, content=extract) for name, extract in zip(names, extracts, strict=True))
            return FetchResult(address=address, items=tuple(items), feed=page, left=feed_content.left)
        entries = list(read_entries(page.data, url, url=page.url, charset=page.charset))
        alone = page if len(entries) == 1 else None
        places = (address + item.name.removeprefix(url) for item in entries)  # in a file of many: the place in it
        articles = (
            FetchedArticle(name=item.name, address=place, content=item.content, page=alone)
            for item, place in zip(entries, places, strict=True)
        )
        return FetchResult(address=address, items=tuple(articles))
    except UnusableInput as exc:
        return _failure(url, address, exc)


def _failure(url: str, address: str, error: UnusableInput) -> FetchResult:
    article = FetchedArticle(name=url, address=address, content=error, settled=not error.retryable)
    return FetchResult(address=address, items=(article,))


def fetch_listed(url: str, fetcher: Fetcher, validators: ValidatorsFor, *, left: int | None = None) -> FetchResult:
    """The articles that a feed, a news sitemap or a page lists: of a page, those of the feed that it offers, else those
    that it links. An error is an entry of the result; nothing is raised.
    """
    result = fetch_articles(url, fetcher, validators, left=left)
    articles = [item for item in result.items if isinstance(item, FetchedArticle)]
    if result.feed or all(item.page and item.page.unchanged for item in articles):
        return result
    try:
        page = fetcher.get(url)
        text = _text(page) or ""
        if is_html(text) and feed_links(text, page.url):
            return fetch_articles(url, fetcher, validators, feed=True, left=left)
        addresses = listed_addresses(text, page.url)
    except UnusableInput as exc:
        return _failure(url, url, exc)
    if not addresses:
        return result
    batch, after = next_round(addresses, left)
    entries = (FeedEntry(name=item, content=Extract(text="", url=item)) for item in batch)
    return FetchResult(address=url, items=tuple(entries), feed=page, left=after)


def fetch_entry(name: str, listed: Extract, fetcher: Fetcher, validators: ValidatorsFor) -> FetchedArticle:
    """Read the page of an article that a feed lists; where it can't be read, use what the feed itself gives."""
    refused: UnusableInput | None = None
    address = listed.url or name
    if listed.url:
        try:
            page = _get(listed.url, fetcher, validators)
            if page.unchanged:
                return FetchedArticle(name=name, address=address, content=None, page=page)
            entry = next(read_entries(page.data, name, url=page.url, charset=page.charset))
            if isinstance(entry.content, Extract):
                return FetchedArticle(
                    name=name, address=address, content=fill_missing(entry.content, listed), page=page
                )
            refused = entry.content
        except UnusableInput as exc:
            refused = exc
    notice = f"The feed gives no text for {listed.url or listed.title}; add its page."
    content = listed if listed.text else refused or UnreadableSource(notice)
    return FetchedArticle(name=name, address=address, content=content, settled=not (refused and refused.retryable))


def read_item(item: FetchedArticle | FeedEntry, fetcher: Fetcher, validators: ValidatorsFor) -> FetchedArticle:
    """The article itself: of a feed's entry its page is fetched."""
    return fetch_entry(item.name, item.content, fetcher, validators) if isinstance(item, FeedEntry) else item


def read_address(url: str, fetcher: Fetcher, *, feed: bool = False) -> Iterator[FetchedArticle]:
    """Every article at an address, feeds followed, whether it has changed or not."""
    for item in fetch_articles(url, fetcher, no_validators, feed=feed).items:
        yield read_item(item, fetcher, no_validators)


def no_validators(_url: str) -> Validators:
    """The validators of an address that was never read."""
    return None, None


def _get(url: str, fetcher: Fetcher, validators: ValidatorsFor) -> Page:
    etag, modified = validators(url)
    return fetcher.get(url, etag=etag, modified=modified)


def _text(page: Page) -> str | None:
    """The page as text, None where it is a document of another kind."""
    head = page.data[:1024].lstrip()
    if not head.startswith((b"<", b"\xef\xbb\xbf<", b"{", b"\xff\xfe", b"\xfe\xff")):
        return None
    return decoded(page.data, name=page.url, declared=page.charset)


def _first_feed(text: str, page: Page) -> str:
    links = feed_links(text, page.url) if is_html(text) else []
    if not links:
        raise UnreadableSource(f"{page.url} offers no feed; give the address of the feed, or add single pages.")
    return links[0]
