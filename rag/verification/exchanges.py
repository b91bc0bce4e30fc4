"""Facts of a claim that have changed places: two numbers, days or names that its source has the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.text.places import same_place
from rag.verification.lexicon import PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.tokens import Token, names_in, tokens

_KINDS = ("number", "day", "name")
_MORE = 2  # words that both have more in common with each other's place than with their own

_Place = tuple[Token, frozenset[str], int]  # a fact with the content words of its clause, and where it stands


def check_exchanges(text: str, source: str) -> Iterator[Objection]:
    """An objection to two facts of a kind in a claim, each of which stands among the words that its source has around
    the other one. Facts that a text names more than once, or side by side, are left out.
    """
    names = names_in(f"{text}\n{source}")
    mine, theirs = tokens(text, names=names), tokens(source, names=names)
    ours, its = _places(text, mine), _places(source, theirs)
    for one, other in combinations([key for key in ours if key in its], 2):
        if one[0] != other[0] or same_place(one[1], other[1]) or _are_side_by_side(mine, ours[one], ours[other]):
            continue
        if _are_side_by_side(theirs, its[one], its[other]):
            continue
        pair = {one[1], other[1]}
        own = [len((ours[key][1] & its[key][1]) - pair) for key in (one, other)]
        crossed = [len((ours[key][1] & its[key2][1]) - pair) for key, key2 in ((one, other), (other, one))]
        if sum(crossed) - sum(own) >= _MORE and all(b > a for a, b in zip(own, crossed, strict=True)):
            a, b = (text[ours[key][0].start : ours[key][0].end] for key in (one, other))
            yield Objection(f"its source has “{a}” and “{b}” the other way round", "firm")
            return


def _places(text: str, items: Sequence[Token]) -> dict[tuple[str, str], _Place]:
    """The facts that a text names once, by their kind and key."""
    ends = [match.start() for match in PATTERNS.clause_end.finditer(text)] + [len(text)]
    clauses = [next(at for at, end in enumerate(ends) if item.start <= end) for item in items]
    places: dict[tuple[str, str], _Place | None] = {}
    for at, item in enumerate(items):
        if item.kind not in _KINDS:
            continue
        key = (item.kind, item.key)
        around = frozenset(
            other.key
            for other, clause in zip(items, clauses, strict=True)
            if other is not item and clause == clauses[at] and other.is_content
        )
        places[key] = None if key in places else (item, around, at)
    return {key: place for key, place in places.items() if place}


def _are_side_by_side(items: Sequence[Token], one: _Place, other: _Place) -> bool:
    """True for two of a list: "Leeds and Bristol", "seven people and 23 companies"."""
    first, last = sorted((one[2], other[2]))
    between = items[first + 1 : last]
    return sum(item.is_content for item in between) <= 1 and any(item.form in ("and", "or") for item in between)
