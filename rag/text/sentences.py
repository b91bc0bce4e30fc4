"""Sentences as spans, never crossing a line break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentencex import get_sentence_boundaries as _cut

from rag.domain import Span
from rag.knowledge.tables import words_of

# sentencex pairs quotation marks, in time that grows with the square of those that have no partner.
_WINDOW, _EDGE = 20_000, 1_000  # characters that it is given at once, and near their end; no paragraph is as long
_RUN = re.compile(r"([`'\"“”‘’«»‹›„‚])\1{9,}")  # no quotation begins or ends with ten of them
# Before a full stop it takes these for words cut short.
_WHOLE_WORD = re.compile(rf"\b(?:{'|'.join(sorted(words_of('function_words', 'ending')))})(?=\.[\"”’]?\s+[\"“‘]?[A-Z])")
DATELINE = re.compile(
    r"(?P<place>[A-Z]{3,}(?:[ .'’/-]{1,2}[A-Z]{2,}){0,3}(?:, [A-Z][\w. ]{1,20})?(?: \([A-Z][\w .&/-]{1,24}\))?)"
    r"\s(?P<dash>--?|[–—―])\s(?=\S)"
)
"""Where a report is from, before its first sentence: "LONDON (Wire) — ", "KYIV, Ukraine - "."""
_UNKNOWN_TITLE = re.compile(r"\bMs(?=\. )")  # which it takes for the end of a sentence


def sentences(text: str, *, touching: Sequence[Span] | None = None) -> list[Span]:
    """Spans of the sentences of `text`, in order, without surrounding white space. Together they cover every visible
    character. Line breaks always end a sentence; a blank text gives an empty list. `touching` keeps only the sentences
    that share a character with one of these spans.
    """
    spans = []
    for line in lines(text):
        near = [span for span in touching if span.touches(line)] if touching is not None else [line]
        for start, end in _bounds(line.of(text)) if near else ():
            span = trimmed(text, line.start + start, line.start + end)
            if span and any(span.touches(other) for other in near):
                spans.append(span)
    return spans


def sentences_around(text: str, span: Span, *, before: bool = False) -> Span:
    """The span of the sentences that share a character with `span`, with `before` also of the one before them; `span`
    itself where it is blank.
    """
    around = sentences(text, touching=[span])
    if not around:
        return span
    start, end = around[0].start, around[-1].end
    if before and (at := len(text[:start].rstrip())):
        start = sentences(text, touching=[Span(at - 1, at)])[0].start
    return Span(start, end)


def _bounds(line: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a line begin and end. Of a very long one, sentences near the end of what is looked at are
    looked at again with what follows.
    """
    bare, at = _RUN.sub(lambda run: " " * len(run[0]), line), 0
    bare = _UNKNOWN_TITLE.sub("Mr", _WHOLE_WORD.sub(lambda word: "x" * len(word[0]), bare))
    while at < len(line):
        bounds = [(one["start_index"], one["end_index"]) for one in _cut("en", bare[at : at + _WINDOW])]
        if at + _WINDOW < len(line):
            bounds = [(start, end) for start, end in bounds if end < _WINDOW - _EDGE] or bounds[:1]
        yield from ((at + start, at + end) for start, end in bounds)
        at += bounds[-1][1]


def lines(text: str) -> list[Span]:
    """Spans of the non-blank lines of `text`; in canonical text each is a paragraph or a heading."""
    spans, start = [], 0
    for line in text.split("\n"):
        if span := trimmed(text, start, start + len(line)):
            spans.append(span)
        start += len(line) + 1
    return spans


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span `start..end` without white space at its edges, or None if nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return Span(start + left, start + right) if left < right else None


def sentence_before(text: str, start: int) -> Span | None:
    """The last sentence before the character `start`, at which another one begins; None for the first of a text."""
    head = text[:start].rstrip()
    return sentences(text, touching=[Span(len(head) - 1, len(head))])[-1] if head else None
