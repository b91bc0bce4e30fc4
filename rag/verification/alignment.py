"""One sentence laid beside another, word by word, and the words that a negation bears on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.verification.tokens import Token

_REACH = 5  # words after a "not" in which the two words that it bears on are looked for
_BEHIND_VERB = frozenset("neither no none nothing nobody".split())
_DENIED = 8  # words after "denied", "refused" ... that these bear on


@dataclass(frozen=True, slots=True)
class Laid:
    """The sentence beside a source: pairs of places with the same word, and what stands for what between them, of which
    one side may be empty."""

    claim: Sequence[Token]
    source: Sequence[Token]
    pairs: Sequence[tuple[int, int]]
    exchanged: Sequence[tuple[Sequence[Token], Sequence[Token]]]
    copied: float


def lay(claim: Sequence[Token], source: Sequence[Token]) -> Laid:
    """Lay one text beside another, word by word."""
    matcher = SequenceMatcher(None, [item.key for item in claim], [item.key for item in source], autojunk=False)
    pairs: list[tuple[int, int]] = []
    exchanged = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(a, b), range(c, d), strict=True)
        else:
            exchanged.append((claim[a:b], source[c:d]))
    plain = sum(item.kind != "name" for item in claim)
    copied = sum(claim[i].kind != "name" for i, _ in pairs) / max(1, plain)
    return Laid(claim, source, pairs, exchanged, copied)


def denied_places(items: Sequence[Token]) -> dict[int, str]:
    """Places of the words that a negation bears on, each with that negation."""
    places: dict[int, str] = {}
    for at, item in enumerate(items):
        if item.kind == "negation":
            word = {"n't": "not"}.get(item.form, item.form)
            places |= dict.fromkeys(carried_on(items, at, reach=_REACH, most=2), word)
        elif item.denies:
            places |= dict.fromkeys(carried_on(items, at, reach=_DENIED, most=_DENIED), item.form)
        if (
            item.form in _BEHIND_VERB
            and at
            and item.near
            and items[at - 1].kind == "word"
            and not items[at - 1].reports
        ):
            places.setdefault(at - 1, item.form)  # "endorsed neither"
        if item.form == "neither" and (verb := _predicate(items, at)):
            places |= dict.fromkeys(carried_on(items, verb, reach=_REACH, most=2), item.form)
        if item.form in ("unable", "unlikely", "unwilling") or (
            item.form.startswith("un") and item.form.endswith("ed")
        ):
            places.setdefault(at, item.form)
        if item.form == "yet" and at + 1 < len(items) and items[at + 1].form == "to":
            places |= dict.fromkeys(carried_on(items, at, reach=_REACH, most=2), "yet to")
    return places


def _predicate(items: Sequence[Token], at: int) -> int | None:
    """The place of the first form of be, have, do or a modal behind a "nor"."""
    nor = next((place for place in range(at, len(items)) if items[place].form == "nor"), None)
    if nor is None:
        return None
    return next((place for place in range(nor, len(items)) if items[place].kind in ("tense", "modal")), None)


def carried_on(items: Sequence[Token], at: int, *, reach: int, most: int) -> list[int]:
    """Places of the next carrying words of the clause."""
    places: list[int] = []
    for place in range(at + 1, min(len(items), at + 1 + reach)):
        item = items[place]
        if not item.near or item.form in ("but", "although", "though") or item.sentence != items[at].sentence:
            break
        if item.carries and item.kind != "name":
            places.append(place)
            if len(places) == most:
                break
    return places
