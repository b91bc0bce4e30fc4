"""The ingestion service: adding to the library, previewing sources, amending and removing articles."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, get_args

from rag import logs
from rag.domain import AddResult, AmendedField, Article, Extract, Preview, Progress, Removal, Span
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.dispatch import read_file, read_source, read_source_bytes
from rag.readers.source import Source
from rag.services.ingestion.field_maps import FieldMap, FieldMaps, is_address, validated_fields, validated_map
from rag.services.ingestion.files import FileIngestion
from rag.services.ingestion.progress import put_entries
from rag.stores.library import Library
from rag.text.canonical import digest
from rag.text.revisions import correction_notes

if TYPE_CHECKING:  # reading pages takes half a second to import, and few uses read one
    from rag.providers.fetch import Fetcher
    from rag.services.ingestion.add_pages import PageIngestion
    from rag.services.ingestion.previews import PreviewService

_log = logging.getLogger(__name__)


class Indexing(Protocol):
    """What ingestion needs of the indexer: cutting a text into passages, and starting derived work."""

    @property
    def cut_as(self) -> str:
        """The fingerprint of `cut`."""
        ...

    def cut(self, text: str) -> list[Span]:
        """The passages of a text."""
        ...

    def start(self) -> None:
        """Do outstanding work in the background."""
        ...

    def remove(self, article_id: str) -> Removal:
        """Take an article out of the library and every index. Raises UnknownArticle."""
        ...


class IngestionService:
    """Adds what files, folders, addresses and texts hold. `reader` names the release that reads, since another may read
    the same bytes differently.
    """

    def __init__(
        self, library: Library, indexer: Indexing, *, fetcher: Callable[[], Fetcher], reader: str, home: Path
    ) -> None:
        self._library = library
        self._indexer = indexer
        self._fetcher = fetcher
        self._reader = reader
        self._field_maps = FieldMaps(home)

    def put(self, extract: Extract, *, name: str, fields: dict[str, Any], key: str | None = None) -> AddResult:
        """Store one extract, with the user's fields (`fields`) in place of those that were read; the correction and
        retraction notices in its text become notes.
        """
        notices = (f"{note.kind}: {note.span.of(extract.text)}" for note in correction_notes(extract.text))
        extract = replace(extract, notes=tuple(dict.fromkeys((*extract.notes, *notices))))
        key = fields.get("url", extract.url) or key
        return self._library.articles.put(
            extract, key=key, name=name, cut=self._indexer.cut, cut_as=self._indexer.cut_as, user_fields=fields
        )

    def add(
        self,
        sources: Sequence[str | Path],
        fields: dict[str, Any],
        *,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[AddResult]:
        """As `Newsroom.add`."""
        fields = validated_fields(**fields)
        own_map = validated_map(field_map)
        with self._adding() as results:
            for is_web, group in groupby(sources, key=lambda source: is_address(str(source))):
                if cancel is not None and cancel.is_set():
                    break
                if is_web:
                    urls = [str(source) for source in group]
                    results += self._pages.add(urls, fields, feed=feed, progress=progress, cancel=cancel)
                else:
                    results += self._files.add(list(group), fields, progress, cancel, field_map=own_map)
        self._remember_map(own_map, results)
        return results

    def follow(
        self,
        address: str,
        *,
        is_wanted: Callable[[Extract], bool],
        most: int,
        left: int | None,
        fields: dict[str, Any],
        cancel: threading.Event | None = None,
    ) -> tuple[list[AddResult], int]:
        """Add the articles that a feed or listing has now, if `is_wanted`, at most `most` new or changed ones.
        Returns the results and how many older articles later rounds will read; `left` is that number after the last
        round (None: it was never read).
        """
        with self._adding() as results:
            added, left = self._pages.follow(
                address, is_wanted=is_wanted, most=most, left=left, fields=validated_fields(**fields), cancel=cancel
            )
            results += added
        return results, left

    def add_bytes(
        self, data: bytes, name: str, fields: dict[str, Any], *, field_map: FieldMap = None
    ) -> list[AddResult]:
        """As `Newsroom.add_bytes`."""
        fields = validated_fields(**fields)
        source = self._source(data, name, validated_map(field_map))
        with self._adding() as results:
            results += put_entries(read_source(source), self.put, fields)
        self._remember_map(source.field_map, results)
        return results

    def _remember_map(self, field_map: Mapping[str, str], results: Sequence[AddResult]) -> None:
        if field_map and any(item.status != "rejected" for item in results):
            self._field_maps.remember(field_map)

    def add_text(self, text: str, fields: dict[str, Any]) -> AddResult:
        """As `Newsroom.add_text`."""
        name = fields.get("title") or "pasted text"
        fields = validated_fields(**fields)
        try:
            extract, *more = read_source_bytes(text.encode("utf-8", "replace"), name)
        except UnusableInput as exc:
            return AddResult(source=name, status="rejected", reason=str(exc))
        if more:
            reason = f"This text holds {len(more) + 1} articles; add them with add_bytes, or one by one."
            return AddResult(source=name, status="rejected", reason=reason)
        with self._adding() as results:
            results.append(self.put(extract, name=name, fields=fields))
        return results[0]

    def preview(
        self,
        source: str | Path,
        *,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Preview]:
        """As `Newsroom.preview`."""
        if is_address(str(source)):
            return list(self._previews.address(str(source), feed=feed))
        return self._previews.paths(Path(source), progress, cancel, field_map=validated_map(field_map))

    def preview_bytes(self, data: bytes, name: str, *, field_map: FieldMap = None) -> list[Preview]:
        """As `Newsroom.preview_bytes`."""
        return self._previews.entries(read_source(self._source(data, name, validated_map(field_map))))

    def _source(self, data: bytes, name: str, field_map: Mapping[str, str]) -> Source:
        return Source(name=name, content=data, field_map=field_map, known_maps=self._field_maps.all())

    def add_previewed(
        self,
        previews: Sequence[Preview],
        *,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[AddResult]:
        """As `Newsroom.add_previewed`."""
        with self._adding() as results:
            results += self._previews.add(previews, progress, cancel)
        return results

    def extract(self, source: str | Path) -> Extract:
        """As `Newsroom.extract`."""
        if not is_address(str(source)):
            return read_file(Path(source))[0]
        from rag.services.ingestion.pages import read_address

        content = next(iter(read_address(str(source), self._fetcher()))).content
        if not isinstance(content, Extract):
            raise content or UnreadableSource(f"{source} holds no article; give the address of one.")
        return content

    def amend(self, article_id: str, fields: dict[str, Any], undo: Sequence[AmendedField]) -> Article:
        """As `Newsroom.amend`."""
        fields = validated_fields(**fields)
        if unknown := set(undo) - set(get_args(AmendedField)):
            raise UnusableInput(f"{min(unknown)!r} can't be undone; choose from {', '.join(get_args(AmendedField))}.")
        self._library.articles.amend(article_id, fields, undo)
        self._indexer.start()
        return self._library.articles.get(article_id)

    def remove(self, article_id: str) -> Removal:
        """As `Newsroom.remove`."""
        with logs.request("remove", _log, article_id=article_id):
            return self._indexer.remove(article_id)

    @contextmanager
    def _adding(self) -> Iterator[list[AddResult]]:
        """One logged request of adding; derived work starts at its end, even after an error."""
        results: list[AddResult] = []
        with logs.request("add", _log) as line:
            try:
                yield results
            finally:
                line |= Counter(item.status for item in results)
                self._indexer.start()

    @cached_property
    def _files(self) -> FileIngestion:
        return FileIngestion(
            self._library, put=self.put, wake=self._indexer.start, reader=self._reader, field_maps=self._field_maps
        )

    @cached_property
    def _pages(self) -> PageIngestion:
        from rag.services.ingestion.add_pages import PageIngestion

        return PageIngestion(
            self._library, put=self.put, wake=self._indexer.start, fetcher=self._fetcher, reader=self._reader
        )

    @cached_property
    def _previews(self) -> PreviewService:
        from rag.services.ingestion.previews import PreviewService

        return PreviewService(
            self._library, put=self.put, wake=self._indexer.start, fetcher=self._fetcher, web=self._pages,
            field_maps=self._field_maps,
        )  # fmt: skip


def as_article(extract: Extract, ingested: datetime) -> Article:
    """An extract as the article that adding it would make, without an id."""
    shared = {item.name: getattr(extract, item.name) for item in fields_of(Extract) if item.name != "left_out"}
    return Article(article_id="", version=digest(extract.text), ingested=ingested, **shared)
