"""Rich text (RTF) to plain text, by striprtf."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from rag.errors import UnreadableSource

_LARGEST = 8_000_000  # bytes of markup; pictures in it are taken out before they are counted
_HEX = re.compile(rb"[0-9a-fA-F\r\n]{400,}")  # the bytes of a picture


def words_of_rtf(data: bytes) -> str:
    """The words of a rich text. Raises UnreadableSource where there are none, or it is damaged."""
    bare = _HEX.sub(b"", data)
    if len(bare) > _LARGEST:
        raise UnreadableSource(f"The rich text is larger than {_LARGEST // 1_000_000} MB; save it as Word or text.")
    try:
        text = str(rtf_to_text(bare.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as exc:
        raise UnreadableSource("The rich text is damaged; open it, save it as Word or text and add that.") from exc
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    if not any(char.isalnum() for char in text):
        raise UnreadableSource("The rich text holds no words; copy the text of the article and paste it.")
    return text
