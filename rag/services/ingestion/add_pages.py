"""Adding from addresses, page by page; a page is downloaded only if it may have changed since it was last read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rag.domain import AddResult, Extract
from rag.errors import UnusableInput
from rag.providers.base import Page
from rag.providers.fetch import Fetcher
from rag.readers.feed import older_articles_error
from rag.services.ingestion.pages import (
    FetchedArticle,
    Validators,
    ValidatorsFor,
    fetch_articles,
    fetch_listed,
    no_validators,
    read_item,
)
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, rejection
from rag.stores.ingest_cache import FetchRecord
from rag.stores.library import Library

_SAME_FEED = "the feed has not changed since it was read"
_SAME_PAGE = "the page has not changed since it was read"


class PageIngestion:
    """Reads addresses, stores the articles with `put`, and wakes the indexer with `wake`."""

    def __init__(
        self, library: Library, *, put: Put, wake: Callable[[], None], fetcher: Callable[[], Fetcher], reader: str
    ) -> None:
        self._library = library
        self._put = put
        self._wake = wake
        self._fetcher = fetcher
        self._reader = reader  # another release may read the same page differently

    def add(
        self,
        urls: Sequence[str],
        fields: dict[str, Any],
        *,
        feed: bool,
        progress: ProgressCallback | None,
        cancel: threading.Event | None,
    ) -> list[AddResult]:
        """Add what is at these addresses, feeds with the pages that they list. Ends early once `cancel` is set."""
        report = Reporter(progress, cancel, len(urls))
        validators = no_validators if fields else self._validators_for
        results: list[AddResult] = []
        for url in urls:
            for result in self._visit(url, validators, fields, feed, report):
                results.append(result)
                report.count_one()
            if report.cancelled:
                break
        report.end()
        return results

    def follow(
        self,
        address: str,
        *,
        is_wanted: Callable[[Extract], bool],
        most: int,
        left: int | None,
        fields: dict[str, Any],
        cancel: threading.Event | None,
    ) -> tuple[list[AddResult], int]:
        """Add the articles that an address lists now, if `is_wanted`, at most `most` new or changed ones. Those
        beyond `most`, or that cannot be read now, wait for the next round; `left`, passed and returned, counts the
        older articles of a long feed that later rounds read.
        """
        listed = fetch_listed(address, self._fetcher(), self._validators_for, left=left)
        results: list[AddResult] = []
        settled, count = not listed.left, 0
        records: list[FetchRecord] = []  # kept at the end: a page without one is only read again
        try:
            for item in listed.items:
                if (cancel is not None and cancel.is_set()) or count == most:
                    return results, listed.left + len(listed.items) if left is None else left
                article = read_item(item, self._fetcher(), self._validators_for)
                settled = settled and article.settled
                if isinstance(article.content, Extract) and not is_wanted(article.content):
                    continue
                results.append(self._put_article(article, fields))
                records += self._page_record(article, results[-1])
                count += results[-1].status in ("added", "updated", "copy")
            if listed.feed and settled:
                records += self._record(listed.address, listed.feed)
        finally:
            self._library.ingest_cache.put_fetches(records)
        return results, listed.left

    def _visit(
        self, url: str, validators: ValidatorsFor, fields: dict[str, Any], feed: bool, report: Reporter
    ) -> Iterator[AddResult]:
        listing = fetch_articles(url, self._fetcher(), validators, feed=feed)
        report.more(len(listing.items) - 1)
        settled = True
        for item in listing.items:
            article = read_item(item, self._fetcher(), validators)
            settled = settled and article.settled
            yield self.put(article, fields)
            if report.cancelled:
                return
        if listing.left:
            yield rejection(listing.address, older_articles_error(listing.left))
        elif listing.feed and settled:  # else it must be read again, though it may not have changed
            self._library.ingest_cache.put_fetches(self._record(listing.address, listing.feed))

    def put(self, article: FetchedArticle, fields: dict[str, Any]) -> AddResult:
        """Add one article that was read at an address."""
        result = self._put_article(article, fields)
        self._library.ingest_cache.put_fetches(self._page_record(article, result))
        if isinstance(article.content, Extract):
            self._wake()
        return result

    def _put_article(self, article: FetchedArticle, fields: dict[str, Any]) -> AddResult:
        if article.content is None:
            return self._unchanged(article)
        if isinstance(article.content, UnusableInput):
            return rejection(article.name, article.content)
        return self._put(article.content, name=article.name, fields=fields, key=article.address)

    def _page_record(self, article: FetchedArticle, result: AddResult) -> list[FetchRecord]:
        """The record of a page that was read to its end and gave an article."""
        if not (isinstance(article.content, Extract) and article.page and article.settled and result.article_id):
            return []
        return self._record(article.address, article.page, result.article_id, result.version)

    def _record(
        self, address: str, page: Page, article_id: str | None = None, version: str | None = None
    ) -> list[FetchRecord]:
        """The record of an answer, if it has marks, by which the address is read again only where it has changed."""
        if not (page.etag or page.modified):
            return []
        return [FetchRecord(address, page.etag, page.modified, self._reader, article_id, version)]

    def _unchanged(self, article: FetchedArticle) -> AddResult:
        record = self._library.ingest_cache.fetch_record(article.address)
        article_id = record.article_id if record else None
        return AddResult(
            source=article.name, status="duplicate", article_id=article_id, version=record.version if record else None,
            of=article_id, reason=_SAME_PAGE if article_id else _SAME_FEED,
        )  # fmt: skip

    def _validators_for(self, url: str) -> Validators:
        record = self._library.ingest_cache.fetch_record(url)
        return (record.etag, record.modified) if record and record.reader == self._reader else (None, None)
