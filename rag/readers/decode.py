"""Bytes to text: byte order marks first, then UTF-8, then a guess; binary data is refused."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata

from rag.errors import UnreadableSource
from rag.knowledge.tables import groups_of
from rag.text.language import detect_language

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_GUESS_FROM = 100_000
# The wider encoding that browsers read where a page names a narrower one.
_BROWSER_CODECS = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis_620": "cp874", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs", "euc_kr": "cp949",
    "shift_jis": "cp932",
}  # fmt: skip
_ASCII = bytes(range(128))
_TYPOGRAPHIC = bytes(range(0x80, 0xA0)) + b"\xa0\xa3\xa9\xab\xae\xb0\xb7\xbb"  # of windows-1252: marks, no letters
_TYPOGRAPHIC += _ASCII
_WESTERN = "onrecord-western"
_WIDE_BYTES, _MARKUP = re.compile(rb"[\x80-\xff]+"), re.compile(rb"<[^<>]{0,2000}>")
_LONGEST_RUN, _MOSTLY = 3, 0.8  # letters beyond ASCII in a row in Latin script; share of them in such rows
_GUESSED_CODECS = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r",
    "cp866", "iso8859_5", "cp932", "euc_jp", "gb18030", "big5", "cp949", "utf_16_le", "utf_16_be",
)  # fmt: skip
_DOUBLE_ENCODED = re.compile(  # the first letter may be decomposed: "A" and a tilde
    rb"(?:\xc3[\x82-\xb4]|[A-Za-z]\xcc[\x80-\xaf])"
    rb"(?:\xc2[\x80-\xbf]|\xe2\x80|\xe2\x82\xac|\xc5|\xc6|\xcb| \xcc|[13]\xe2\x81\x84[24])"
)
_LONGEST_LINE = 100_000
_REFERENCE = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8});")
# "¼" and the like as texts spell them out that were decomposed for compatibility; no text has these behind "Ã" or "Â".
_SPELLED_OUT = {unicodedata.normalize("NFKD", char): char for char in "¨¯´¸¼½¾"}
_SPELLED_OUT_BEHIND_LEAD = re.compile(f"(?<=[ÂÃ])(?:{'|'.join(_SPELLED_OUT)})")
# The first two bytes of a mark whose last one was lost; with the blank behind them they would pass for a dagger.
_LOST_BYTE = re.compile(r"â€(?=[\sA-Za-z0-9.,;:!?)](?<!\xa0)|$)")
_KEPT = "\ue0f0\ue0f1"  # private characters that stand for such a rest meanwhile
_LOSSY_STEP = ("transcode", "replace_lossy_sequences")
_NOT_TEXT = "{name} holds binary data, not text; save the article as text, HTML, PDF or Word and add that file."


def decoded(data: bytes, *, name: str, declared: str | None = None) -> str:
    """The text that `data` encodes. A byte order mark wins, then valid UTF-8, then `declared` where the bytes fit it,
    then a guess. Lines whose characters were encoded twice are corrected where encoding them back proves it.

    UTF-8 with a few bytes of windows-1252 stays UTF-8. Raises UnreadableSource for binary data.
    """
    text = _decode(data, declared)
    if text is None or len(_CONTROLS.findall(text)) * 200 > len(text):
        raise UnreadableSource(_NOT_TEXT.format(name=name))
    return _fix_double_encoding(text) if is_double_encoded(data) else text


def mended(text: str) -> str:
    """The text, its double-encoded lines corrected where encoding them back proves it, as `decoded` does."""
    return _fix_double_encoding(text) if is_double_encoded(text.encode("utf-8", "replace")) else text


def with_characters(text: str) -> str:
    """The text with the characters for which HTML references such as `&#233;` and `&rsquo;` stand, which copies of
    pages and exports of databases leave.
    """
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def encoding_of(head: bytes, declared: str | None) -> str | None:
    """The name of the encoding of a long text by its first bytes; None where they are no text."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    try:
        head[:-4].decode("utf-8") if len(head) > 8 else head.decode("utf-8")
    except UnicodeDecodeError as exc:
        if exc.start < len(head) - 8:  # else only a character is cut
            return declared or _guess_codec(head)
    return "utf-8"


def _decode(data: bytes, declared: str | None) -> str | None:
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    if wide := _utf16_codec(data):
        return data.decode(wide, "replace")
    declared_codec = _browser_codec(declared)
    for name in filter(None, ("utf-8", declared_codec)):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    if text := _decode_mixed_utf8(data):
        return text
    if not data.translate(None, _TYPOGRAPHIC):
        return data.decode("cp1252", "replace")
    readings = [data.decode(name, "replace") for name in (declared_codec, _guess_codec(data)) if name]
    return min(readings, key=lambda text: text.count("\ufffd"), default=None)


def _browser_codec(declared: str | None) -> str | None:
    """The codec with which browsers read a declared encoding. None where no codec has that name, and for UTF-8 and
    UTF-16, which the bytes themselves show.
    """
    try:
        codec = codecs.lookup(declared or "")
    except (LookupError, ValueError):  # no codec, or a zero character in its name
        return None
    if codec.name.startswith("utf") or not codec._is_text_encoding:  # noqa: SLF001  # the only mark of codecs such as hex
        return None
    return _BROWSER_CODECS.get(codec.name, codec.name)


def _utf16_codec(data: bytes) -> str | None:
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


def _decode_mixed_utf8(data: bytes) -> str | None:
    """The text of UTF-8 with a few bytes of windows-1252 in it; None where there are too many of these."""
    text = data.decode("utf-8", "replace")
    count = text.count("\ufffd")
    wide = sum(1 for char in text if ord(char) > 127) - count
    return data.decode("utf-8", _WESTERN) if wide > 10 * count else None


def _guess_codec(data: bytes) -> str | None:
    """The encoding of text that names none, where it is not UTF-8. Where letters beyond ASCII stand among others, the
    language tells it; else charset_normalizer does, of the encodings that browsers read: others make it err.
    """
    sample = data[:_GUESS_FROM]
    runs = [len(run) for run in _WIDE_BYTES.findall(sample)]
    if sum(run for run in runs if run <= _LONGEST_RUN) >= _MOSTLY * sum(runs):
        language = detect_language(_MARKUP.sub(b" ", sample).decode("ascii", "ignore"))
        if codec := groups_of("languages", "legacy_codecs").get(language or ""):
            rivals = (codec, "iso8859_2") if codec == "cp1250" else (codec,)  # whose letters are marks in the other
            return max(rivals, key=lambda name: sum(map(str.isalpha, sample.decode(name, "replace"))))
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(_GUESSED_CODECS)).best()
    return best.encoding if best else None


def _decode_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A quotation mark or dash of windows-1252 as such; U+FFFD for what may be a part of a character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace") if wrong[0] < 0xA0 else "\ufffd", error.end


codecs.register_error(_WESTERN, _decode_as_cp1252)


def is_double_encoded(data: bytes) -> bool:
    """True if UTF-8 seems to have been read as windows-1252 and written as UTF-8 again."""
    return _DOUBLE_ENCODED.search(data) is not None


def _fix_double_encoding(text: str) -> str:
    """The text, composed, with double-encoded lines corrected, where encoding them back proves it."""
    from ftfy import fix_encoding_and_explain
    from ftfy.badness import is_bad

    composed = _SPELLED_OUT_BEHIND_LEAD.sub(lambda match: _SPELLED_OUT[match[0]], unicodedata.normalize("NFC", text))
    lines = composed.split("\n")
    for at, line in enumerate(lines):
        if not line.isascii() and len(line) <= _LONGEST_LINE and is_bad(line):
            fixed, steps = fix_encoding_and_explain(_LOST_BYTE.sub(_KEPT, line))
            if not any(step == _LOSSY_STEP for step in steps or ()):
                lines[at] = fixed.replace(_KEPT, "â€")
    return "\n".join(lines)
