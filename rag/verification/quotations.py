"""Words between quotation marks: where each quotation stands, in one cited source, letter by letter; and whose words a
sentence has, those of its sources from end to end, a piece of them, or others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.display import truncate
from rag.domain import Match, Span, Wording
from rag.text.grounding import locate, normalized_typography
from rag.text.quotations import Quotation, quotations
from rag.text.sentences import sentences
from rag.verification.outcomes import Objection
from rag.verification.premise import ArticleKey, SourceSpan

_LONGEST_SHOWN = 60  # characters of a quotation in a reason


@dataclass(frozen=True, slots=True)
class LocatedQuotation:
    """A quotation of the claim and the span where its words stand."""

    quotation: Quotation
    place: SourceSpan


def locate_quotations(
    text: str, spans: Sequence[SourceSpan], texts: Mapping[ArticleKey, str]
) -> tuple[list[LocatedQuotation], dict[SourceSpan, Match], list[Objection]]:
    """Where each quotation of the claim stands, how well each source's match, and a hard objection for each that
    stands in no source in one piece: a quotation is never looked for across two sources, and "…" stands for nothing.
    Its first letter may be small where the source begins a sentence with it."""
    locations: list[LocatedQuotation] = []
    matches: dict[SourceSpan, Match] = {}
    objections: list[Objection] = []
    for item in quotations(text):
        # A comma or full stop before the closing mark belongs to the sentence around it, as American usage has it.
        quote = re.sub(r"(?<![.])[.,]$", "", item.inner.of(text))
        places = (
            (source, place)
            for form in (quote, swap_initial_case(quote))
            for source in spans
            if (place := locate(form, texts[source[0]], start=source[1].start, end=source[1].end))
        )
        source, place = next(places, (None, None))
        if source is None or place is None:
            reason = f"the words “{truncate(quote, _LONGEST_SHOWN)}” do not stand like that in its source"
            objections.append(Objection(reason, "hard", (item.span.start, item.span.end)))
            continue
        locations.append(LocatedQuotation(item, (source[0], place.span)))
        if place.match == "typographic" or source not in matches:
            matches[source] = place.match
    return locations, matches, objections


def swap_initial_case(quote: str) -> str:
    """The words with a capital for a small first letter, or the other way round."""
    return quote[:1].swapcase() + quote[1:]


def blank_quotations(text: str, quotes: Sequence[LocatedQuotation]) -> str:
    """The sentence with each quotation's characters blanked out between its marks."""
    for item in quotes:
        text = blank_span(text, item.quotation.inner)
    return text


def blank_span(text: str, span: Span) -> str:
    """The text, at its length, with blanks in place of a span."""
    return text[: span.start] + " " * len(span) + text[span.end :]


def remove_quotations(text: str, quotes: Sequence[LocatedQuotation]) -> str:
    """The sentence with a blank for each quotation."""
    for item in reversed(quotes):
        text = text[: item.quotation.span.start] + " " + text[item.quotation.span.end :]
    return text


# -- whose words a sentence has


CitedText = tuple[Span, str]  # a cited span and the whole text that it lies in
_NOTHING = re.compile(r"[\s.,…]*")
_EDGE = " \n\t.,;:!?…\"'“”„‟«»‘’‚‛‹›"


def wording(text: str, sources: Sequence[CitedText], speaker: str | None = None) -> Wording:
    """`own`, `excerpt` or `other`, typography forgiven; `speaker` and a colon before the words do not count as part of
    them.

    `own` needs whole sentences of the sources one after the other, or nothing but quotations that begin and end
    where a quotation or a sentence of the source does. A pure function of its arguments.
    """
    words = without_speaker(text, speaker)
    if not words.strip():
        return "other"
    if _is_whole_sentences(words, sources):
        return "own"
    extents = [_extent(piece, sources) for piece in _pieces(words)]
    if extents and None not in extents:
        return "own" if "cut" not in extents else "excerpt"
    return (
        "excerpt" if any(locate(words, whole, start=span.start, end=span.end) for span, whole in sources) else "other"
    )


def without_speaker(text: str, speaker: str | None) -> str:
    """The text without the speaker's name and a colon before it."""
    return text.removeprefix(f"{speaker}: ") if speaker else text


def _is_whole_sentences(text: str, sources: Sequence[CitedText]) -> bool:
    """True if the words are sentences of the sources, one after the other."""
    rest = normalized_typography(text)
    candidates = {normalized_typography(one) for span, whole in sources for one in _sentences_within(span, whole)}
    longest_first = sorted(candidates, key=len, reverse=True)
    while rest:
        sentence = next((one for one in longest_first if rest == one or rest.startswith(f"{one} ")), None)
        if sentence is None:
            return False
        rest = rest[len(sentence) :].lstrip()
    return True


def _sentences_within(span: Span, whole: str) -> Iterator[str]:
    for one in sentences(whole, touching=[span]):
        if span.holds(one):
            yield one.of(whole)


def _pieces(text: str) -> list[str]:
    """The quotations that make up the whole of the words; empty if there is anything beside them."""
    at, pieces = 0, []
    for item in quotations(text):
        if not (item.opened and item.closed and _NOTHING.fullmatch(text, at, item.span.start)):
            return []
        pieces.append(item.inner.of(text))
        at = item.span.end
    return pieces if _NOTHING.fullmatch(text, at) else []


def _extent(piece: str, sources: Sequence[CitedText]) -> str | None:
    """`whole` or `cut` where the piece stands in a source, else None."""
    extent = None
    for span, whole in sources:
        place = locate(piece.rstrip(".,"), whole, start=span.start, end=span.end)
        if place is None:
            continue
        bounds = [_trim_marks(one, whole) for one in (*sentences(whole, touching=[span]), *_quotation_spans(whole))]
        own = _trim_marks(place.span, whole)
        if own.start in {one.start for one in bounds} and own.end in {one.end for one in bounds}:
            return "whole"
        extent = "cut"
    return extent


@lru_cache(maxsize=16)
def _quotation_spans(whole: str) -> tuple[Span, ...]:
    return tuple(item.inner for item in quotations(whole))


def _trim_marks(span: Span, whole: str) -> Span:
    """The span without marks and stops at its edges."""
    start, end = span.start, span.end
    while end - 1 > start and whole[end - 1] in _EDGE:
        end -= 1
    while start + 1 < end and whole[start] in _EDGE:
        start += 1
    return Span(start, end)
