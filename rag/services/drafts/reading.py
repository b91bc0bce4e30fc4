"""The text of a draft that comes as a file."""

from __future__ import annotations

from rag.errors import UnreadableSource
from rag.readers.decode import decoded
from rag.readers.dispatch import read_source_bytes

_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"


def draft_text(data: bytes, name: str) -> str:
    """The text of a draft file: that of a Word document or a PDF as its reader extracts it; that of any other file
    unchanged, so that its offsets hold. Raises UnreadableSource.
    """
    if not data.strip():
        raise UnreadableSource(f"{name} is empty; save the draft again and check that file.")
    if data.startswith(_ZIP) or _PDF in data[:1024]:
        return "\n\n".join(
            item.text if not item.title or item.text.startswith(item.title) else f"{item.title}\n\n{item.text}"
            for item in read_source_bytes(data, name)
        )
    return decoded(data, name=name).removeprefix("\ufeff")
