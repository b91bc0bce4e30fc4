"""Where a text has the words of a search."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.domain import Span
from rag.text.sentences import sentences
from rag.text.terms import stem

_MOST_PLACES = 30  # of each part of a query that are looked at in a text


class Match(NamedTuple):
    """A sentence of a text with words of a query, and these words by their places in it."""

    sentence: str
    span: Span
    words: tuple[Span, ...]


def best_match(text: str, query: str, headline: str = "") -> Match | None:
    """The first sentence with the most parts of the query, the `headline` only if no other has any; None for none."""
    places = [span for spans in _matches(text, query) for span in spans[:_MOST_PLACES]]
    if not places:
        return None

    def rank(span: Span) -> tuple[bool, int]:
        sentence = span.of(text)
        return sentence.rstrip(".") != headline.rstrip("."), sum(map(bool, _matches(sentence, query)))

    span = max(sentences(text, touching=sorted(places, key=lambda one: one.start)), key=rank)
    sentence = span.of(text)
    return Match(sentence, span, tuple(one for spans in _matches(sentence, query) for one in spans))


def _matches(text: str, query: str) -> list[list[Span]]:
    """The spans that match each part of a query: a quoted phrase literally, a word with any ending, as in the index."""
    parts = re.findall(r'"([^"]+)"|(\w+)', query.replace("“", '"').replace("”", '"'))
    stems = [(stem(one.group().casefold()), Span(*one.span())) for one in re.finditer(r"\w+", text)]
    return [
        [Span(*one.span()) for one in re.finditer(re.escape(phrase), text, re.IGNORECASE)]
        if phrase
        else [span for own, span in stems if own == stem(word.casefold())]
        for phrase, word in parts
    ]
