"""Adding files and folders: which files there are, which are unchanged since they were read, and the results."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rag.domain import AddResult
from rag.errors import UnusableInput
from rag.knowledge.tables import pattern_of
from rag.readers.dispatch import read_source
from rag.readers.source import LARGEST, LARGEST_DUMP, Source
from rag.services.ingestion.field_maps import FieldMaps
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, put_entries, rejection
from rag.stores.ingest_cache import SourceReading
from rag.stores.library import Library

_SEPARATOR, _FULL_NAME, _NAME_SUFFIX = "\n", "=", "+"
_PAGE_FOLDER = pattern_of("furniture", "page_folder")
_FILES_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What the user says of all files that are added together."""

    fields: dict[str, Any]
    field_map: Mapping[str, str]
    known_maps: tuple[Mapping[str, str], ...]


class FileIngestion:
    """Reads files, stores the articles with `put`, and wakes the indexer with `wake`."""

    def __init__(
        self, library: Library, *, put: Put, wake: Callable[[], None], reader: str, field_maps: FieldMaps
    ) -> None:
        self._library = library
        self._put = put
        self._wake = wake
        self._reader = reader  # another release may read the same bytes differently
        self._field_maps = field_maps

    def add(
        self,
        sources: Sequence[str | Path],
        fields: dict[str, Any],
        progress: ProgressCallback | None,
        cancel: threading.Event | None,
        *,
        field_map: Mapping[str, str] | None = None,
    ) -> list[AddResult]:
        """Add files and folders in their order. Ends early, with what was done, once `cancel` is set."""
        batch = _Batch(fields=fields, field_map=field_map or {}, known_maps=self._field_maps.all())
        items = [item for source in sources for item in files_of(Path(source))]
        report = Reporter(progress, cancel, len(items))
        results: list[AddResult] = []
        files = iter(items)
        while chunk := list(islice(files, _FILES_AT_ONCE)):
            for outcomes in self._chunk(chunk, batch, report):
                results += outcomes
                report.count_one()
                if report.cancelled:
                    report.end()
                    return results
        report.end()
        return results

    def _chunk(self, chunk: list[Path | AddResult], batch: _Batch, report: Reporter) -> Iterator[list[AddResult]]:
        """The results of each file. Without fields of the user, files that have not changed are not read again."""
        keys = {item: os.path.realpath(item) for item in chunk if isinstance(item, Path)}
        has_own_fields = batch.fields or batch.field_map
        marks = {} if has_own_fields else {key: mark for item, key in keys.items() if (mark := self._mark_of(item))}
        unchanged = self._library.ingest_cache.unchanged_readings(marks) if marks else {}
        readings: list[SourceReading] = []
        try:
            for item in chunk:
                if isinstance(item, AddResult):
                    yield [item]
                elif reading := unchanged.get(keys[item]):
                    yield [_duplicate(str(item), reading)]
                elif same := self._parts(item, keys[item], marks):
                    yield same
                else:
                    yield self._add_file(item, keys[item], batch, readings, report)
                    self._wake()
        finally:
            if readings:
                self._library.ingest_cache.put(readings)

    def _add_file(
        self, path: Path, key: str, batch: _Batch, readings: list[SourceReading], report: Reporter
    ) -> list[AddResult]:
        try:
            source = Source.of_file(path, str(path), field_map=batch.field_map, known_maps=batch.known_maps)
        except UnusableInput as exc:
            return [rejection(str(path), exc)]
        entries = read_source(source)
        first = list(islice(entries, 2))
        alone = len(first) == 1
        results: list[AddResult] = []
        for entry in chain(first, entries):
            results += put_entries([entry], self._put, batch.fields, key if alone else None)
            if report.cancelled:
                return results
            if len(results) % _FILES_AT_ONCE == 0:
                self._wake()
        if batch.fields or batch.field_map or not all(item.article_id and item.version for item in results):
            return results  # it will be read again, and its errors reported again
        whole = source.content if isinstance(source.content, bytes) else None
        mark = self._mark(hashlib.sha256(whole)) if whole is not None else self._mark_of(path) or ""
        readings += [
            SourceReading(
                key if alone else _part_key(key, path, item, at, len(results)), mark, item.article_id, item.version
            )
            for at, item in enumerate(results)
            if item.article_id and item.version
        ]
        return results

    def _parts(self, path: Path, key: str, marks: Mapping[str, str]) -> list[AddResult]:
        """The articles of a file of many, if its bytes were read before and all of them are still here."""
        if key not in marks:
            return []
        readings = sorted(
            self._library.ingest_cache.unchanged_part_readings(f"{key}{_SEPARATOR}", marks[key]),
            key=lambda item: item.key,
        )
        names = [item.key.removeprefix(f"{key}{_SEPARATOR}").split(_SEPARATOR, 1) for item in readings]
        if not readings or any(len(readings) != int(place.partition("/")[2]) for place, _ in names):
            return []
        return [
            _duplicate(name[1:] if name[0] == _FULL_NAME else f"{path}{name[1:]}", item)
            for (_, name), item in zip(names, readings, strict=True)
        ]

    def _mark_of(self, path: Path) -> str | None:
        """The hash of a file with the release that reads; None where it can't be read, which adding it then reports."""
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST_DUMP:  # a device may have no end
                return None
            if facts.st_size > LARGEST:  # a dump: its bytes are read once, when it is added
                return self._mark(hashlib.sha256(f"{facts.st_size} {facts.st_mtime_ns}".encode()))
            with path.open("rb") as file:
                return self._mark(hashlib.file_digest(file, "sha256"))
        except OSError:
            return None

    def _mark(self, digest: Any) -> str:
        return f"{self._reader} {digest.hexdigest()}"


def _part_key(key: str, path: Path, item: AddResult, at: int, of: int) -> str:
    """The key of one article of a file of many: its number, their number, and its name or the end of its name."""
    inner = item.source.removeprefix(str(path))
    return f"{key}{_SEPARATOR}{at:06}/{of}{_SEPARATOR}{_FULL_NAME if inner == item.source else _NAME_SUFFIX}{inner}"


def _duplicate(name: str, reading: SourceReading) -> AddResult:
    return AddResult(
        source=name, status="duplicate", article_id=reading.article_id, version=reading.version, of=reading.article_id,
        reason="the file has not changed since it was read",
    )  # fmt: skip


def files_of(source: Path) -> list[Path | AddResult]:
    """The file itself, or the files of a folder, by name; hidden ones are left out, and what a page that was saved with
    its parts keeps in a folder of its own. Links to folders are not followed. A folder that can't be listed is a
    result.
    """
    if not source.is_dir():
        return [source]
    files: list[Path] = []
    closed: list[Path | AddResult] = []

    def unlisted(exc: OSError) -> None:
        notice = f"{exc.filename} can't be listed ({exc.strerror}); check that you may read it."
        closed.append(AddResult(source=str(exc.filename), status="rejected", reason=notice))

    for folder, folders, names in os.walk(source, onerror=unlisted):
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_page_folder(name, names)]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and not _is_endless(path):
                files.append(path)
    return [*sorted(files), *closed]


def _is_page_folder(folder: str, names: Sequence[str]) -> bool:
    """True for the folder in which a browser keeps the parts of a page that stands beside it."""
    page = _PAGE_FOLDER.sub("", folder)
    return page != folder and any(name.lower() in (f"{page}.html".lower(), f"{page}.htm".lower()) for name in names)


def _is_endless(path: Path) -> bool:
    """True for a pipe, a device and the like, which could be read for ever."""
    return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113  # a link in a circle is no error
