"""Locating a quotation in one source: exactly, or forgiving typography and nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.domain import Match, Span

_QUOTES = dict.fromkeys("“”„‟«»″〝〞＂", '"') | dict.fromkeys("‘’‚‛‹›′`´ʼ＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_FOLDED = _QUOTES | _DASHES | _LIGATURES
# Soft hyphens, zero-width spaces and the like: they do not print, and canonical text has none of them.
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")
_TYPOGRAPHY = str.maketrans({**_FOLDED, **dict.fromkeys(_UNSEEN, "")})
_BLANKS = re.compile(r"\s{2,}|[^\S ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a quotation stands in a text and how well it matched."""

    span: Span
    match: Match


def locate(quote: str, text: str, *, start: int = 0, end: int | None = None) -> Located | None:
    """The first place in `text[start:end]` where `quote` stands as whole words, or None.

    Exact matches win. Otherwise runs of white space count as one blank, quotation marks and dashes of all shapes as
    `"`, `'` and `-`, ligatures (ﬁ) as their letters, letters with combining marks as composed ones, and soft hyphens as
    nothing; no letter, digit, case or order is ever forgiven. Quotation marks at the edges are dropped.
    """
    quote = quote.strip().strip("\"'“”„‟«»‘’‚‛‹› ").strip()
    end = len(text) if end is None else min(end, len(text))
    if not quote:
        return None
    if at := _find(quote, text, start, end):
        return Located(span=at, match="exact")
    folded = _folded(text[start:end])
    needle = folded_marks(quote).strip()
    if not needle:
        return None
    if at := _find(needle, folded, 0, len(folded)):
        origin = _origins(text[start:end])
        # A folded blank may stand for a run, but the needle is stripped: its last character stands for itself.
        return Located(span=Span(start + origin[at.start], start + origin[at.end - 1] + 1), match="typographic")
    return None


def folded_marks(text: str) -> str:
    """`text` with everything folded that `locate` forgives: for comparing, never for showing."""
    return _folded(unicodedata.normalize("NFC", text))


def normalized_typography(text: str) -> str:
    """The text as `locate` compares it: white space as single blanks, none at the edges, quotation marks and dashes of
    all shapes as `"`, `'` and `-`. Two texts with the same result differ in typography at most.
    """
    return _folded(text.strip())


def _find(needle: str, text: str, start: int, end: int) -> Span | None:
    at = text.find(needle, start, end)
    while at >= 0:
        stop = at + len(needle)
        if not _inside_word(text, at) and not _inside_word(text, stop):
            return Span(at, stop)
        at = text.find(needle, at + 1, end)
    return None


def _inside_word(text: str, at: int) -> bool:
    """True if a word or a number runs across `at`: "6 dead" must not be found in "16 dead", nor "1.5" in "1.57",
    nor "5" in "1,5" or in "-5"."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _wordy(before) and _wordy(after):
        return True
    if unicodedata.combining(after):
        return True
    if after in ".," and before.isdigit() and at + 1 < len(text) and text[at + 1].isdigit():
        return True
    return before in ".,-−" and after.isdigit() and at > 1 and (text[at - 2].isdigit() or before in "-−")


def _wordy(char: str) -> bool:
    return char.isalnum() or char == "_"


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text.translate(_TYPOGRAPHY))


def _origins(text: str) -> list[int]:
    """For each character of the folded text, the index in `text` that it came from."""
    origins: list[int] = []
    after_blank = False
    for index, char in enumerate(text):
        if char in _UNSEEN or (after_blank and char.isspace()):
            continue
        after_blank = char.isspace()
        origins += [index] * len(_FOLDED.get(char, char))
    return origins
