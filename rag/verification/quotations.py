"""Words between quotation marks: where each quotation stands, in one cited source, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.domain import Match, Span
from rag.text.grounding import locate
from rag.text.quotations import Quotation, quotations
from rag.verification.rejection import Refused, short

Key = tuple[str, str]  # article id, version
Place = tuple[Key, Span]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation of the sentence and the place where its words stand."""

    quotation: Quotation
    place: Place


def find_quoted(text: str, spans: Sequence[Place], texts: Mapping[Key, str]) -> tuple[list[Quoted], dict[Place, Match]]:
    """Where each quotation of the sentence stands, and how well each source's match. Raises Refused for one that stands
    in no source in one piece: a quotation is never looked for across two sources, and "…" stands for nothing."""
    found: list[Quoted] = []
    match: dict[Place, Match] = {}
    for item in quotations(text):
        # A comma or full stop before the closing mark belongs to the sentence around it, as American usage has it.
        words_said = re.sub(r"(?<![.])[.,]$", "", item.inner.of(text))
        for key, span in spans:
            if at := locate(words_said, texts[key], start=span.start, end=span.end):
                found.append(Quoted(item, (key, at.span)))
                if at.match == "typographic" or (key, span) not in match:
                    match[key, span] = at.match
                break
        else:
            raise Refused(f"the words “{short(words_said)}” do not stand like that in its source")
    return found, match


def unquoted(text: str, quoted: Sequence[Quoted]) -> str:
    """The sentence with a blank for each quotation."""
    for item in reversed(quoted):
        text = text[: item.quotation.span.start] + " " + text[item.quotation.span.end :]
    return text
