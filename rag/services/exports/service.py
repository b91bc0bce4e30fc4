"""The export service: files of answers and briefings, sealed with a key of the library, and their verification."""

from __future__ import annotations

import secrets
from pathlib import Path

from rag.documents import text
from rag.documents.document import as_shown
from rag.domain import Answer, Briefing, ExportFormat, Verification
from rag.errors import UnreadableSource
from rag.services.exports import export as exporting
from rag.stores.library import Library

_EXPORT_KEY = "export-key"


class ExportService:
    """Writes and verifies exports of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def export(self, value: Answer | Briefing, file_format: ExportFormat) -> bytes:
        """As `Newsroom.export`."""
        texts = self._library.articles.texts((item.article_id, item.version) for item in value.citations)
        key = self._library.meta.get(_EXPORT_KEY) or self._library.meta.set_default(_EXPORT_KEY, secrets.token_hex(32))
        return exporting.export(value, file_format, texts, key=key)

    def as_text(self, value: Answer | Briefing) -> str:
        """As `Newsroom.as_text`."""
        texts = self._library.articles.texts((item.article_id, item.version) for item in value.citations)
        return text.write(as_shown(value, texts))

    def file_name(self, value: Answer | Briefing, file_format: ExportFormat) -> str:
        """A file name that every file system accepts."""
        return exporting.file_name(value, file_format)

    def verify(self, source: str | Path | bytes, name: str | None = None) -> Verification:
        """As `Newsroom.verify`."""
        if isinstance(source, bytes):
            data, name = source, name or "the file"
        else:
            name = name or Path(source).name
            try:
                data = Path(source).read_bytes()
            except OSError as exc:
                raise UnreadableSource(f"{source} cannot be read: {exc.strerror or exc}. Check its name.") from exc
        return exporting.verify(data, name, library=self._library, key=self._library.meta.get(_EXPORT_KEY) or "")
