"""Adding from addresses: one page after the other, each asked for only if it may have changed since it was read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rag.domain import AddResult, Extract
from rag.errors import UnusableInput
from rag.readers.feed import older_articles_error
from rag.services.ingestion.pages import (
    FeedEntry,
    FetchedArticle,
    Fetches,
    Validators,
    fetch_articles,
    fetch_entry,
    fetch_listed,
    no_validators,
)
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, rejection
from rag.stores.ingest_cache import FetchRecord
from rag.stores.library import Library

_SAME_FEED = "the feed has not changed since it was read"
_SAME_PAGE = "the page has not changed since it was read"


class PageIngestion:
    """Has what is read at addresses `put` into the library, and the indexer woken."""

    def __init__(
        self, library: Library, *, put: Put, wake: Callable[[], None], fetcher: Callable[[], Fetches], reader: str
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
        wanted: Callable[[Extract], bool],
        most: int,
        left: int | None,
        given: dict[str, Any],
        cancel: threading.Event | None,
    ) -> tuple[list[AddResult], int]:
        """Add what an address lists now and is `wanted`, at most so many articles that are new or changed. What does
        not fit in, or cannot be read now, is left for the next time; `left`, given and returned, counts the older
        articles of a long feed that later rounds read.
        """
        listed = fetch_listed(address, self._fetcher(), self._validators_for, left=left)
        results: list[AddResult] = []
        settled, taken = not listed.left, 0
        for item in listed.found:
            if (cancel is not None and cancel.is_set()) or taken == most:
                return results, listed.left + len(listed.found) if left is None else left
            read = (
                fetch_entry(item.name, item.found, self._fetcher(), self._validators_for)
                if isinstance(item, FeedEntry)
                else item
            )
            settled = settled and read.settled
            if isinstance(read.found, Extract) and not wanted(read.found):
                continue
            results.append(self.put(read, given))
            taken += results[-1].status in ("added", "updated", "copy")
        if listed.feed and settled:
            self._remember(FetchRecord(listed.address, listed.feed.etag, listed.feed.modified, self._reader))
        return results, listed.left

    def _visit(
        self, url: str, validators: Callable[[str], Validators], fields: dict[str, Any], feed: bool, report: Reporter
    ) -> Iterator[AddResult]:
        listing = fetch_articles(url, self._fetcher(), validators, feed=feed)
        report.more(len(listing.found) - 1)
        settled = True
        for item in listing.found:
            read = (
                fetch_entry(item.name, item.found, self._fetcher(), validators) if isinstance(item, FeedEntry) else item
            )
            settled = settled and read.settled
            yield self.put(read, fields)
            if report.cancelled:
                return
        if listing.left:
            yield rejection(listing.address, older_articles_error(listing.left))
        elif listing.feed and settled:  # else it must be read again, though it may not have changed
            self._remember(FetchRecord(listing.address, listing.feed.etag, listing.feed.modified, self._reader))

    def put(self, read: FetchedArticle, fields: dict[str, Any]) -> AddResult:
        """Add one article that was read at an address."""
        if read.found is None:
            return self._unchanged(read)
        if isinstance(read.found, UnusableInput):
            return rejection(read.name, read.found)
        result = self._put(read.found, name=read.name, fields=fields, key=read.address)
        self._wake()
        if read.page and read.settled and result.article_id and result.version:
            marks = (read.page.etag, read.page.modified)
            self._remember(FetchRecord(read.address, *marks, self._reader, result.article_id, result.version))
        return result

    def _remember(self, item: FetchRecord) -> None:
        if item.etag or item.modified:
            self._library.ingest_cache.put_fetch(item)

    def _unchanged(self, read: FetchedArticle) -> AddResult:
        known = self._library.ingest_cache.fetch_record(read.address)
        article_id = known.article_id if known else None
        return AddResult(
            source=read.name, status="duplicate", article_id=article_id, version=known.version if known else None,
            of=article_id, reason=_SAME_PAGE if article_id else _SAME_FEED,
        )  # fmt: skip

    def _validators_for(self, url: str) -> Validators:
        known = self._library.ingest_cache.fetch_record(url)
        return (known.etag, known.modified) if known and known.reader == self._reader else (None, None)
