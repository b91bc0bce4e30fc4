"""Previews of what a source holds, and adding the chosen ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rag.domain import AddResult, Extract, Preview
from rag.errors import UnreadableSource, UnusableInput
from rag.providers.fetch import Fetcher
from rag.readers.dispatch import read_source
from rag.readers.source import Entry, Source
from rag.services.ingestion.add_pages import PageIngestion
from rag.services.ingestion.field_maps import FieldMaps, validated_fields
from rag.services.ingestion.files import files_of
from rag.services.ingestion.pages import FeedEntry, fetch_articles, fetch_entry, no_validators
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, rejection
from rag.stores.articles import ARTICLE_KEY_PREFIX
from rag.stores.library import Library

_FIRST = 300  # characters of the text that are shown


class PreviewService:
    """Previews sources and adds the chosen articles."""

    def __init__(
        self,
        library: Library,
        *,
        put: Put,
        wake: Callable[[], None],
        fetcher: Callable[[], Fetcher],
        web: PageIngestion,
        field_maps: FieldMaps,
    ) -> None:
        self._library = library
        self._put = put
        self._wake = wake
        self._fetcher = fetcher
        self._web = web
        self._field_maps = field_maps

    def address(self, url: str, *, feed: bool) -> Iterator[Preview]:
        """What is at an address. For a feed, its items with what it says about them: the pages are read when they are
        added."""
        for item in fetch_articles(url, self._fetcher(), no_validators, feed=feed).items:
            if isinstance(item, FeedEntry):
                yield self._preview(item.name, item.content, key=item.content.url, listed=True)
            else:
                assert item.content is not None  # noqa: S101  # asked for whether it has changed or not
                yield self._preview(item.name, item.content, key=item.address)

    def paths(
        self,
        source: Path,
        progress: ProgressCallback | None,
        cancel: threading.Event | None,
        *,
        field_map: Mapping[str, str] | None = None,
    ) -> list[Preview]:
        """The articles of a file, or of all the files of a folder."""
        files = files_of(source)
        report = Reporter(progress, cancel, len(files))
        previews: list[Preview] = []
        for item in report.each(files):
            previews += self._file(item, field_map or {})
        return previews

    def entries(self, entries: Iterable[Entry], key: str | None = None) -> list[Preview]:
        """What was read of one source."""
        return [
            replace(self._preview(item.name, item.content, key=key), format=item.format, certainty=item.certainty)
            for item in entries
        ]

    def add(
        self, previews: Sequence[Preview], progress: ProgressCallback | None, cancel: threading.Event | None
    ) -> list[AddResult]:
        """Add these; of those that a feed lists the page is read first. Ends early once `cancel` is set."""
        # A wrong field stops all before any is added.
        pairs = [(item, validated_fields(**item.corrections)) for item in previews]
        results: list[AddResult] = []
        for item, fields in Reporter(progress, cancel, len(pairs)).each(pairs):
            if item.extract is None:
                results.append(rejection(item.source, UnreadableSource(item.reason or "It can't be read.")))
            elif item.listed:
                results.append(
                    self._web.put(fetch_entry(item.source, item.extract, self._fetcher(), no_validators), fields)
                )
            else:
                extract, key = (
                    (replace(item.extract, url=None), f"{ARTICLE_KEY_PREFIX}{item.version_of}")
                    if item.version_of
                    else (item.extract, item.key)
                )
                results.append(self._put(extract, name=item.source, fields=fields, key=key))
                self._wake()
        return results

    def _file(self, item: Path | AddResult, field_map: Mapping[str, str]) -> list[Preview]:
        if isinstance(item, AddResult):
            return [Preview(source=item.source, reason=item.reason)]
        try:
            source = Source.of_file(item, str(item), field_map=field_map, known_maps=self._field_maps.all())
            entries = list(read_source(source))
        except UnusableInput as exc:
            return [Preview(source=str(item), reason=str(exc))]
        return self.entries(entries, os.path.realpath(item) if len(entries) == 1 else None)

    def _preview(
        self, name: str, content: Extract | UnusableInput, *, key: str | None, listed: bool = False
    ) -> Preview:
        if isinstance(content, UnusableInput):
            return Preview(source=name, reason=str(content))
        return Preview(
            source=name, title=content.title, outlet=content.outlet, byline=content.byline,
            published=content.published, updated=content.updated, date_basis=content.date_basis,
            language=content.language, url=content.url, first=_beginning(content.text),
            words=len(content.text.split()), known=self._library.articles.matching_id(content, content.url or key),
            key=key, listed=listed, notes=content.notes, extract=content,
        )  # fmt: skip


def _beginning(text: str) -> str:
    """The first lines, cut at a word."""
    return text if len(text) <= _FIRST else text[:_FIRST].rsplit(None, 1)[0] + " …"
