"""Where the sources of a briefing differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from rag.domain import Evidence, EvidenceSentence
from rag.services.briefings.composing import Composer
from rag.verification.comparisons import tolls

_NUMBERS = re.compile(r"“[\d.,]+” or “[\d.,]+”")
_COMPARED, _ASKED_ABOUT = 400, 60  # sentences that are compared, and those of them that are asked about


class Differing(Protocol):
    """Two sentences that contradict each other, and what about, for a reader."""

    @property
    def about(self) -> str:
        """What they differ on."""
        ...

    @property
    def sides(self) -> tuple[EvidenceSentence, EvidenceSentence]:
        """One sentence a side."""
        ...


# What contradicts one of the sentences given second, among all of the evidence.
Compare = Callable[[Evidence, Sequence[EvidenceSentence]], Sequence[Differing]]


def differing_in(desk: Composer, compare: Compare | None) -> list[Differing]:
    """Where sources contradict each other, as far as it can be put as a question; a count that was taken again later
    is no contradiction.
    """
    if compare is None or len(desk.material.articles) < 2:
        return []
    items = desk.ranked()[:_COMPARED]
    evidence = replace(desk.material.evidence(item.sid for item in items), sentences=tuple(items))
    return [
        one for one in compare(evidence, items[:_ASKED_ABOUT]) if _is_question(one.about) and not _counted_again(one)
    ]


def _is_question(about: str) -> bool:
    return about.startswith(("whether ", "how many ")) or " or " in about


def _counted_again(one: Differing) -> bool:
    """True for two numbers of different days: the newer one stands, and nobody differs."""
    a, b = one.sides
    if a.published == b.published or not (a.published and b.published):
        return False
    mine, its = tolls(a.text), tolls(b.text)
    counts = one.about.startswith("how many ") or bool(_NUMBERS.fullmatch(one.about))
    return counts or any(mine[what] != its[what] for what in mine.keys() & its.keys())
