"""Adding files and folders: which files there are, which are as they were read last, and what became of each."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rag.domain import AddResult
from rag.errors import UnusableInput
from rag.readers.dispatch import LARGEST, file_bytes, read_entries
from rag.services.ingestion.progress import ProgressCallback, Put, Reporter, put_entries, rejected
from rag.stores.ingest_cache import Reading
from rag.stores.library import Library

_ENDINGS = {
    ".txt",
    ".md",
    ".markdown",
    ".html",
    ".htm",
    ".pdf",
    ".docx",
    ".eml",
    ".jsonl",
    ".zip",
    ".rss",
    ".atom",
    ".xml",
}
_OF_MANY = {".zip", ".jsonl", ".json", ".rss", ".atom", ".xml"}
_PART, _WHOLE, _INNER = "\n", "=", "+"
_FILES_AT_ONCE = 100


class FileIngestion:
    """Has what is read `put` into the library, and the indexer woken."""

    def __init__(self, library: Library, *, put: Put, wake: Callable[[], None], reader: str) -> None:
        self._library = library
        self._put = put
        self._wake = wake
        self._reader = reader  # another release may read the same bytes differently

    def add(
        self,
        sources: Sequence[str | Path],
        fields: dict[str, Any],
        progress: ProgressCallback | None,
        cancel: threading.Event | None,
    ) -> list[AddResult]:
        """Add files and folders in their order. Ends early, with what was done, once `cancel` is set."""
        listed = [item for source in sources for item in files_of(Path(source))]
        report = Reporter(progress, cancel, len(listed))
        results: list[AddResult] = []
        files = iter(listed)
        while chunk := list(islice(files, _FILES_AT_ONCE)):
            for outcomes in self._chunk(chunk, fields):
                results += outcomes
                report.one_more()
                if report.cancelled:
                    report.end()
                    return results
        report.end()
        return results

    def _chunk(self, chunk: list[Path | AddResult], fields: dict[str, Any]) -> Iterator[list[AddResult]]:
        """What became of each file. Those whose bytes were read before are known by them, unless fields are given."""
        keys = {item: os.path.realpath(item) for item in chunk if isinstance(item, Path)}
        marks = {} if fields else {key: mark for item, key in keys.items() if (mark := self._mark_of(item))}
        unchanged = self._library.ingest_cache.unchanged(marks) if marks else {}
        readings: list[Reading] = []
        try:
            for item in chunk:
                if isinstance(item, AddResult):
                    yield [item]
                elif known := unchanged.get(keys[item]):
                    yield [_duplicate(str(item), known)]
                elif same := self._parts(item, keys[item], marks):
                    yield same
                else:
                    yield self._add_file(item, keys[item], fields, readings)
                    self._wake()
        finally:
            if readings:
                self._library.ingest_cache.put(readings)

    def _add_file(self, path: Path, key: str, fields: dict[str, Any], readings: list[Reading]) -> list[AddResult]:
        try:
            data = file_bytes(path)
        except UnusableInput as exc:
            return [rejected(str(path), exc)]
        entries = list(read_entries(data, str(path)))
        alone = len(entries) == 1
        results = put_entries(entries, self._put, fields, key if alone else None)
        mark = self._mark(hashlib.sha256(data))
        read = [
            Reading(key if alone else _part(key, path, item, at, len(results)), mark, item.article_id, item.version)
            for at, item in enumerate(results)
            if item.article_id and item.version
        ]
        if not fields and len(read) == len(results):  # else it is looked into again, and what is wrong said again
            readings += read
        return results

    def _parts(self, path: Path, key: str, marks: Mapping[str, str]) -> list[AddResult]:
        """The articles of a file of many, if its bytes were read before and all of them are still here."""
        if key not in marks or path.suffix.lower() not in _OF_MANY:
            return []
        known = sorted(
            self._library.ingest_cache.unchanged_parts(f"{key}{_PART}", marks[key]), key=lambda item: item.key
        )
        names = [item.key.removeprefix(f"{key}{_PART}").split(_PART, 1) for item in known]
        if not known or any(len(known) != int(place.partition("/")[2]) for place, _ in names):
            return []
        return [
            _duplicate(name[1:] if name[0] == _WHOLE else f"{path}{name[1:]}", item)
            for (_, name), item in zip(names, known, strict=True)
        ]

    def _mark_of(self, path: Path) -> str | None:
        """The mark of the bytes of a file, None where it can't be read; why is found out when it is added."""
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:  # a device may have no end
                return None
            with path.open("rb") as opened:
                return self._mark(hashlib.file_digest(opened, "sha256"))
        except OSError:
            return None

    def _mark(self, digest: Any) -> str:
        return f"{self._reader} {digest.hexdigest()}"


def _part(key: str, path: Path, item: AddResult, at: int, of: int) -> str:
    """The key of one article of a file of many: which of how many it is, and its name or how that goes on."""
    inner = item.source.removeprefix(str(path))
    return f"{key}{_PART}{at:06}/{of}{_PART}{_WHOLE if inner == item.source else _INNER}{inner}"


def _duplicate(name: str, known: Reading) -> AddResult:
    return AddResult(
        source=name,
        status="duplicate",
        article_id=known.article_id,
        version=known.version,
        of=known.article_id,
        reason="the file has not changed since it was read",
    )


def files_of(source: Path) -> list[Path | AddResult]:
    """The file itself, or the files of a folder that can be read, by name; hidden ones are left out, links to folders
    not followed. A folder that can't be listed is a result.
    """
    if not source.is_dir():
        return [source]
    files: list[Path] = []
    closed: list[Path | AddResult] = []

    def unlisted(exc: OSError) -> None:
        notice = f"{exc.filename} can't be listed ({exc.strerror}); check that you may read it."
        closed.append(AddResult(source=str(exc.filename), status="rejected", reason=notice))

    for folder, folders, names in os.walk(source, onerror=unlisted):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix.lower() in _ENDINGS and not _endless(path):
                files.append(path)
    return [*sorted(files), *closed]


def _endless(path: Path) -> bool:
    """True for a pipe, a device and the like, which could be read for ever."""
    return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113  # a link in a circle is no error
