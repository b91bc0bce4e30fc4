"""Whose words a sentence has: those of its sources from end to end, a piece of them, or others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.domain import Span, Wording
from rag.text.grounding import locate, same_words
from rag.text.quotations import quotations
from rag.text.sentences import sentences

Place = tuple[Span, str]  # a cited span and the whole text that it lies in
_NOTHING = re.compile(r"[\s.,…]*")
_EDGE = " \n\t.,;:!?…\"'“”„‟«»‘’‚‛‹›"


def wording(text: str, cited: Sequence[Place], speaker: str | None = None) -> Wording:
    """`own`, `excerpt` or `other`, typography forgiven; `speaker` and a colon before the words are no part of them.

    `own` needs whole sentences of the cited spans one after the other, or nothing but quotations that begin and end
    where a quotation or a sentence of the source does. A pure function of its arguments.
    """
    words = without_speaker(text, speaker)
    if not words.strip():
        return "other"
    if _whole_sentences(words, cited):
        return "own"
    pieces = _pieces(words)
    places = [_found(piece, cited) for piece in pieces]
    if pieces and None not in places:
        return "own" if "cut" not in places else "excerpt"
    return "excerpt" if any(locate(words, whole, start=span.start, end=span.end) for span, whole in cited) else "other"


def without_speaker(text: str, speaker: str | None) -> str:
    """The text without the speaker's name and a colon before it."""
    return text.removeprefix(f"{speaker}: ") if speaker else text


def _whole_sentences(text: str, cited: Sequence[Place]) -> bool:
    """True if the words are sentences of the cited spans, one after the other."""
    left = same_words(text)
    held = sorted({same_words(one) for span, whole in cited for one in _within(span, whole)}, key=len, reverse=True)
    while left:
        taken = next((one for one in held if left == one or left.startswith(f"{one} ")), None)
        if taken is None:
            return False
        left = left[len(taken) :].lstrip()
    return True


def _within(span: Span, whole: str) -> Iterator[str]:
    for one in sentences(whole, touching=[span]):
        if span.holds(one):
            yield one.of(whole)


def _pieces(text: str) -> list[str]:
    """The quotations that make up the whole of the words; empty if there is anything beside them."""
    items = quotations(text)
    at, pieces = 0, []
    for item in items:
        if not (item.opened and item.closed and _NOTHING.fullmatch(text, at, item.span.start)):
            return []
        pieces.append(item.inner.of(text))
        at = item.span.end
    return pieces if _NOTHING.fullmatch(text, at) else []


def _found(piece: str, cited: Sequence[Place]) -> str | None:
    """`whole` or `cut` where the piece stands in a cited span, else None."""
    best = None
    for span, whole in cited:
        at = locate(piece.rstrip(".,"), whole, start=span.start, end=span.end)
        if at is None:
            continue
        bounds = [*sentences(whole, touching=[span]), *_quoted(whole)]
        here = _inner(at.span, whole)
        starts = (_inner(one, whole).start for one in bounds)
        ends = (_inner(one, whole).end for one in bounds)
        if here.start in starts and here.end in ends:
            return "whole"
        best = "cut"
    return best


@lru_cache(maxsize=16)
def _quoted(whole: str) -> tuple[Span, ...]:
    return tuple(item.inner for item in quotations(whole))


def _inner(span: Span, whole: str) -> Span:
    """The span without marks and stops at its edges."""
    start, end = span.start, span.end
    while end - 1 > start and whole[end - 1] in _EDGE:
        end -= 1
    while start + 1 < end and whole[start] in _EDGE:
        start += 1
    return Span(start, end)
