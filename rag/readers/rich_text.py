"""Rich text (RTF) to plain text, by striprtf."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from rag.errors import UnreadableSource

_LARGEST = 8_000_000  # bytes of markup; pictures in it are taken out before they are counted
_PICTURE = re.compile(
    rb"\{\\\*?\\?(?:pict|objdata|themedata|datastore|colorschememapping)\b[^{}]*(?:\{[^{}]*\}[^{}]*){0,50}\}"
)
_HEX = re.compile(rb"(?:[0-9a-fA-F]{32,}\s*){8,}")


def plain_text(data: bytes) -> str:
    """The words of a rich text. Raises UnreadableSource where there are none, or it is damaged."""
    bare = _HEX.sub(b"", data)
    if len(bare) > _LARGEST:
        raise UnreadableSource(f"The rich text is larger than {_LARGEST // 1_000_000} MB; save it as Word or text.")
    try:
        text = rtf_to_text(bare.decode("latin-1"), errors="replace")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as exc:
        raise UnreadableSource("The rich text is damaged; open it, save it as Word or text and add that.") from exc
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    if not any(char.isalnum() for char in text):
        raise UnreadableSource("The rich text holds no words; copy the text of the article and paste it.")
    return text
