"""Words between quotation marks: where each quotation stands, in one cited source, letter by letter; and whose words a
sentence has, those of its sources from end to end, a piece of them, or others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.display import truncate
from rag.domain import Match, Span, Wording
from rag.text.grounding import locate, same_words
from rag.text.quotations import Quotation, quotations
from rag.text.sentences import sentences
from rag.verification.record import Objection

Key = tuple[str, str]  # article id, version
Place = tuple[Key, Span]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation of the sentence and the place where its words stand."""

    quotation: Quotation
    place: Place


def find_quoted(
    text: str, spans: Sequence[Place], texts: Mapping[Key, str]
) -> tuple[list[Quoted], dict[Place, Match], list[Objection]]:
    """Where each quotation of the sentence stands, how well each source's match, and a hard objection for each that
    stands in no source in one piece: a quotation is never looked for across two sources, and "…" stands for nothing.
    Its first letter may be small where the source begins a sentence with it."""
    located: list[Quoted] = []
    match: dict[Place, Match] = {}
    objections: list[Objection] = []
    for item in quotations(text):
        # A comma or full stop before the closing mark belongs to the sentence around it, as American usage has it.
        wanted = re.sub(r"(?<![.])[.,]$", "", item.inner.of(text))
        place = None
        for one in (wanted, _other_initial(wanted)):
            place = next(
                (
                    (key, span, at)
                    for key, span in spans
                    if (at := locate(one, texts[key], start=span.start, end=span.end))
                ),
                None,
            )
            if place:
                break
        if place is None:
            where = (item.span.start, item.span.end)
            objections.append(
                Objection(f"the words “{truncate(wanted, 60)}” do not stand like that in its source", "hard", where)
            )
            continue
        key, span, at = place
        located.append(Quoted(item, (key, at.span)))
        if at.match == "typographic" or (key, span) not in match:
            match[key, span] = at.match
    return located, match, objections


def _other_initial(quote: str) -> str:
    """The words with a capital for a small first letter, or the other way round."""
    return quote[:1].swapcase() + quote[1:]


def blanked(text: str, quoted: Sequence[Quoted]) -> str:
    """The sentence with each quotation's characters blanked out between its marks."""
    for item in quoted:
        span = item.quotation.inner
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


def unquoted(text: str, quoted: Sequence[Quoted]) -> str:
    """The sentence with a blank for each quotation."""
    for item in reversed(quoted):
        text = text[: item.quotation.span.start] + " " + text[item.quotation.span.end :]
    return text


# -- whose words a sentence has


CitedPlace = tuple[Span, str]  # a cited span and the whole text that it lies in
_NOTHING = re.compile(r"[\s.,…]*")
_EDGE = " \n\t.,;:!?…\"'“”„‟«»‘’‚‛‹›"


def wording(text: str, cited: Sequence[CitedPlace], speaker: str | None = None) -> Wording:
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


def _whole_sentences(text: str, cited: Sequence[CitedPlace]) -> bool:
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


def _found(piece: str, cited: Sequence[CitedPlace]) -> str | None:
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
