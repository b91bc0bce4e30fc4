"""What a source holds, before any of it is added, and adding what was chosen of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rag.domain import AddResult, Extract, Preview
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.dispatch import Entry, file_bytes, read_entries
from rag.services.ingestion.add_pages import PageIngestion
from rag.services.ingestion.files import files_of
from rag.services.ingestion.pages import FeedEntry, Fetches, fetch_articles, fetch_entry, no_validators
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, rejected
from rag.services.ingestion.user_fields import validated_fields
from rag.stores.articles import OF_ARTICLE
from rag.stores.library import Library

_FIRST = 300  # characters of the text that are shown


class PreviewService:
    """Looks into sources, and adds what was chosen."""

    def __init__(
        self,
        library: Library,
        *,
        put: Put,
        wake: Callable[[], None],
        fetcher: Callable[[], Fetches],
        web: PageIngestion,
    ) -> None:
        self._library = library
        self._put = put
        self._wake = wake
        self._fetcher = fetcher
        self._web = web

    def address(self, url: str, *, feed: bool) -> Iterator[Preview]:
        """What is at an address. Of a feed what it lists, as far as it tells: the pages are read when added."""
        for item in fetch_articles(url, self._fetcher(), no_validators, feed=feed).found:
            if isinstance(item, FeedEntry):
                yield self._shown(item.name, item.found, key=item.found.url, listed=True)
            else:
                assert item.found is not None  # noqa: S101  # asked for whether it has changed or not
                yield self._shown(item.name, item.found, key=item.address)

    def paths(self, source: Path, progress: ProgressCallback | None, cancel: threading.Event | None) -> list[Preview]:
        """The articles of a file, or of all the files of a folder."""
        files = files_of(source)
        report = Reporter(progress, cancel, len(files))
        found: list[Preview] = []
        for item in files:
            found += self._file(item)
            report.one_more()
            if report.cancelled:
                break
        report.end()
        return found

    def entries(self, entries: Iterable[Entry], key: str | None = None) -> list[Preview]:
        """What was read of one source."""
        return [self._shown(item.name, item.found, key=key) for item in entries]

    def add(
        self, chosen: Sequence[Preview], progress: ProgressCallback | None, cancel: threading.Event | None
    ) -> list[AddResult]:
        """Add these; of those that a feed lists the page is read first. Ends early once `cancel` is set."""
        given = [validated_fields(**item.given) for item in chosen]  # a wrong field stops all before any is added
        report = Reporter(progress, cancel, len(chosen))
        results: list[AddResult] = []
        for item, fields in zip(chosen, given, strict=True):
            if item.found is None:
                results.append(rejected(item.source, UnreadableSource(item.reason or "It can't be read.")))
            elif item.listed:
                results.append(
                    self._web.put(fetch_entry(item.source, item.found, self._fetcher(), no_validators), fields)
                )
            else:
                found, key = (
                    (replace(item.found, url=None), f"{OF_ARTICLE}{item.version_of}")
                    if item.version_of
                    else (item.found, item.key)
                )
                results.append(self._put(found, name=item.source, given=fields, key=key))
                self._wake()
            report.one_more()
            if report.cancelled:
                break
        report.end()
        return results

    def _file(self, item: Path | AddResult) -> list[Preview]:
        if isinstance(item, AddResult):
            return [Preview(source=item.source, reason=item.reason)]
        try:
            entries = list(read_entries(file_bytes(item), str(item)))
        except UnusableInput as exc:
            return [Preview(source=str(item), reason=str(exc))]
        return self.entries(entries, os.path.realpath(item) if len(entries) == 1 else None)

    def _shown(self, name: str, found: Extract | UnusableInput, *, key: str | None, listed: bool = False) -> Preview:
        if isinstance(found, UnusableInput):
            return Preview(source=name, reason=str(found))
        return Preview(
            source=name,
            title=found.title,
            outlet=found.outlet,
            byline=found.byline,
            published=found.published,
            updated=found.updated,
            date_basis=found.date_basis,
            language=found.language,
            url=found.url,
            first=_beginning(found.text),
            words=len(found.text.split()),
            known=self._library.articles.known(found, found.url or key),
            key=key,
            listed=listed,
            found=found,
        )


def _beginning(text: str) -> str:
    """The first lines, cut at a word."""
    return text if len(text) <= _FIRST else text[:_FIRST].rsplit(None, 1)[0] + " …"
