"""Cutting a canonical text into passages: spans of whole sentences that never part a quotation from its attribution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.domain import Span
from rag.text.quotations import quotations
from rag.text.sentences import sentences

VERSION = "1"
MOST_CHARACTERS = 4000  # of one passage: a "word" of any length is one unknown token, so tokens alone don't bound it

Count = Callable[[Sequence[str]], list[int]]


def passages(text: str, *, count: Count, limit: int) -> list[Span]:
    """Spans that together cover every visible character of `text`, in order and without overlap.

    Each holds at most `limit` tokens as `count` measures them. Sentences stay whole, and so do the sentences of one
    quotation with the words that say whose it is, as long as they fit; a sentence past the limit is cut between words.
    """
    pieces, sizes = _pieces(text, count, limit)
    if not pieces:
        return []
    spans: list[Span] = []
    start, end, size = 0, -1, 0
    for unit in _group_pieces(text, pieces):
        total = sum(sizes[index] for index in unit)
        # A unit past the limit falls apart into its sentences: the statements' own spans still say who speaks.
        parts = [unit] if total <= limit and _width(pieces, unit) <= MOST_CHARACTERS else [[index] for index in unit]
        for part in parts:
            weight = sum(sizes[index] for index in part)
            fits = size + weight <= limit and pieces[part[-1]].end - pieces[start].start <= MOST_CHARACTERS
            if end >= 0 and not fits:
                spans.append(Span(pieces[start].start, pieces[end].end))
                start, size = part[0], 0
            end, size = part[-1], size + weight
    spans.append(Span(pieces[start].start, pieces[end].end))
    return spans


def _pieces(text: str, count: Count, limit: int) -> tuple[list[Span], list[int]]:
    """Sentences, those that don't fit cut up, with their tokens, counted in one go."""
    spans = sentences(text)
    short = [len(sentence) <= MOST_CHARACTERS for sentence in spans]
    sizes = iter(count([sentence.of(text) for sentence, fits in zip(spans, short, strict=True) if fits]))
    pieces: list[Span] = []
    counts: list[int] = []
    for sentence, fits in zip(spans, short, strict=True):
        size = next(sizes) if fits else limit + 1
        parts = [sentence] if size <= limit else list(_split_sentence(text, sentence, count, limit))
        pieces += parts
        counts += [size] if size <= limit else count([part.of(text) for part in parts])
    return pieces, counts


def _width(pieces: list[Span], unit: list[int]) -> int:
    return pieces[unit[-1]].end - pieces[unit[0]].start


def _group_pieces(text: str, pieces: list[Span]) -> list[list[int]]:
    """Runs of piece indices that belong together.

    Two neighbours do when a quotation runs across the gap between them, or when one holds nothing but quoted words: it
    then belongs to the words before it (`he said. "..."`), or after it where none stand before in the same quotation.
    """
    quotes = [item.span for item in quotations(text)]
    alone = [_only_quoted(text, piece, quotes) for piece in pieces]
    units: list[list[int]] = []
    for index, piece in enumerate(pieces):
        together = index > 0 and (
            alone[index]
            or (alone[index - 1] and units[-1] == [index - 1])
            or any(span.start < piece.start and span.end > piece.start for span in quotes)
        )
        if together:
            units[-1].append(index)
        else:
            units.append([index])
    return units


def _only_quoted(text: str, piece: Span, quotes: list[Span]) -> bool:
    outside, at = [], piece.start
    for span in quotes:
        if span.touches(piece):
            outside.append(text[at : max(at, span.start)])
            at = max(at, span.end)
    if at == piece.start:
        return False
    outside.append(text[at : piece.end])
    return not any(char.isalnum() for gap in outside for char in gap)


def _split_sentence(text: str, sentence: Span, count: Count, limit: int) -> Iterator[Span]:
    """Pieces of a sentence that does not fit, cut between words (inside a word only if it is very long)."""
    words = list(_words(text, sentence, longest=max(1, limit // 4)))  # no tokenizer makes over 4 tokens a character
    start, size = 0, 0
    for index, weight in enumerate(count([word.of(text) for word in words])):
        too_wide = words[index].end - words[start].start > MOST_CHARACTERS
        if index > start and (size + weight > limit or too_wide):
            yield Span(words[start].start, words[index - 1].end)
            start, size = index, 0
        size += weight
    yield Span(words[start].start, words[-1].end)


def _words(text: str, sentence: Span, *, longest: int) -> Iterator[Span]:
    """Words of a sentence; a word of more than `longest` characters comes in pieces."""
    at = sentence.start
    for word in sentence.of(text).split():
        start = text.index(word, at)
        at = start + len(word)
        for first in range(start, at, longest):
            yield Span(first, min(first + longest, at))
