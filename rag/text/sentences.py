"""Sentences as spans, never crossing a line break."""

from __future__ import annotations

from collections.abc import Sequence

from sentencex import get_sentence_boundaries

from rag.domain import Span


def sentences(text: str, *, touching: Sequence[Span] | None = None) -> list[Span]:
    """Spans of the sentences of `text`, in order, without surrounding white space. Together they cover every visible
    character. Line breaks always end a sentence; a blank text gives an empty list. `touching` keeps only the sentences
    that share a character with one of these spans.
    """
    spans = []
    for line in lines(text):
        near = [span for span in touching if span.touches(line)] if touching is not None else [line]
        for boundary in get_sentence_boundaries("en", line.of(text)) if near else ():
            span = trimmed(text, line.start + boundary["start_index"], line.start + boundary["end_index"])
            if span and any(span.touches(other) for other in near):
                spans.append(span)
    return spans


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
