"""Words between quotation marks: where each quotation stands, in one cited source, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.display import truncate
from rag.domain import Match, Span
from rag.text.grounding import locate
from rag.text.quotations import Quotation, quotations
from rag.verification.rejection import Objection

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
