"""The canonical form of a text: made once, at ingest; every offset of the package refers to it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters, byte-order mark, soft hyphen, bidirectional overrides and isolates, and lone surrogates: they do
# not print, and they can make a quotation look other than it is. Zero-width joiners stay: emoji and scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# Ligatures of Latin and Armenian type, which only say how it was set.
_PRESENTED = re.compile("[\ufb00-\ufb06\ufb13-\ufb17]+")
_TRAILING = re.compile("[ \t\u00a0]+(?=\n|$)")
_BLANK_LINES = re.compile("\n{3,}")


class _Bare(dict[int, str | None]):
    """What stands for a character once its marks are gone; filled as characters come."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = bare = None if unicodedata.combining(char) else {"ı": "i"}.get(char, char)
        return bare


_BARE = _Bare()


def canonical(text: str) -> str:
    """Canonical form: NFC, ligatures of Latin type as their letters, line feeds as line ends, no
    control or invisible characters, no trailing blanks, at most one blank line in a row, nothing before the first or
    after the last visible character. Idempotent."""
    text = _BREAKS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", _PRESENTED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))
    text = _TRAILING.sub("", text)
    return _BLANK_LINES.sub("\n\n", text).strip()


def digest(*parts: str, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of the parts, joined by a unit separator that no text holds."""
    text = "\x1f".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def fold(text: str) -> str:
    """Letters for comparing words: case and diacritics away, Turkish dotless i as i. Not length-preserving."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.casefold()).translate(_BARE)
