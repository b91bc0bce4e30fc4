"""Bytes to text: marks first, then UTF-8, then a guess; what is not text is refused."""

from __future__ import annotations

import codecs
import re

from rag.errors import UnreadableSource

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_GUESS_FROM = 100_000
_NOT_TEXT = "{name} holds binary data, not text; save the article as text, HTML, PDF or Word and add that file."


def decoded(data: bytes, *, name: str, declared: str | None = None) -> str:
    """The text that `data` encodes. A byte order mark wins, then valid UTF-8, then `declared`, then a guess.

    UTF-8 with a few broken bytes stays UTF-8; U+FFFD stands for each. Raises UnreadableSource for binary data.
    """
    text = _decoded(data, declared)
    if text is None or len(_CONTROLS.findall(text)) * 200 > len(text):
        raise UnreadableSource(_NOT_TEXT.format(name=name))
    return text


def encoding_of(head: bytes, declared: str | None) -> str | None:
    """The name of the encoding of a long text by its first bytes; None where they are no text."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    try:
        head[:-4].decode("utf-8") if len(head) > 8 else head.decode("utf-8")
    except UnicodeDecodeError as exc:
        if exc.start < len(head) - 8:  # else only a character is cut
            from charset_normalizer import from_bytes

            best = from_bytes(head).best()
            return declared or (best.encoding if best else None)
    return "utf-8"


def _decoded(data: bytes, declared: str | None) -> str | None:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if text := _nearly_utf8(data):
        return text
    if declared and (text := _as_declared(data, declared)):
        return text
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESS_FROM]).best()
    return data.decode(best.encoding, "replace") if best else None


def _as_declared(data: bytes, declared: str) -> str | None:
    try:
        codec = codecs.lookup(declared).name
    except (LookupError, ValueError):  # no codec, or a zero character in its name
        return None
    # Pages that say Latin-1 mean windows-1252: browsers read them so, and their quotation marks need it.
    codec = "cp1252" if codec in ("iso8859-1", "ascii") else codec
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, LookupError):  # a codec that is not for text, such as hex
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd * 10 > len(sample) * 3 and not even:
        return "utf-16-le"
    if even * 10 > len(sample) * 3 and not odd:
        return "utf-16-be"
    return None


def _nearly_utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = sum(1 for char in text if ord(char) > 127) - broken
    return text if wide > 10 * broken else None
