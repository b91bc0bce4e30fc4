"""Where a text has the words of a search."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.domain import Span
from rag.text.sentences import sentences
from rag.text.terms import stem


class Match(NamedTuple):
    """The first sentence of a text with a word of a query, and the words of the query by their places in it."""

    sentence: str
    span: Span
    words: tuple[Span, ...]


def first_match(text: str, query: str) -> Match | None:
    """The first match of a part of the query that the text has; None without one."""
    first = next((spans[0] for spans in _matches(text, query) if spans), None)
    if first is None:
        return None
    span = sentences(text, touching=[first])[0]
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
