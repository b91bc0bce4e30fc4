"""The numbers that a sentence gives of things and of casualties, and whether two sentences give different ones for the
same."""

from __future__ import annotations

from collections.abc import Sequence

from rag.knowledge.tables import groups_of
from rag.text.places import country_asked
from rag.verification.lexicon import LEXICON
from rag.verification.tokens import Token, names_in, tokens

_ROUNDING, _LEAST_ROUNDED = 0.05, 20  # numbers closer than this share are one number, rounded; not small ones
_LEAST_COMMON = 3  # content words that two tolls must have in common
_TOLLS = groups_of("verification", "tolls")
_MOST_WORDS_APART = 3  # words between a number and what befell so many


def may_be_same_number(mine: Sequence[Token], its: Sequence[Token]) -> bool:
    """True for one number and another that may be the same, rounded."""
    both = [*mine, *its]
    return len(mine) == len(its) == 1 and all(item.kind == "number" for item in both) and _is_rounded(*both)


def _is_rounded(one: Token, other: Token) -> bool:
    """True for numbers that may be one, rounded."""
    try:
        a, b = float(one.key.replace(",", "")), float(other.key.replace(",", ""))
    except ValueError:
        return False
    return abs(a - b) <= _ROUNDING * max(a, b) and max(a, b) >= _LEAST_ROUNDED


def _differ(one: Token, other: Token) -> bool:
    return one.key != other.key and not _is_rounded(one, other)


def is_approximate(items: Sequence[Token], at: int) -> bool:
    """True if the number at a place is not an exact one: "at least nine"."""
    return any(before.form in LEXICON.approximators for before in items[max(0, at - 2) : at])


def conflicting_count(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the same thing, where each sentence gives just one number of it. Two that name others than
    each other tell of different things."""
    names = [{item.key for item in items if item.kind == "name"} for items in (one, other)]
    if all(names) and not names[0] & names[1]:
        return None
    mine, its = _exact_counts(one), _exact_counts(other)
    for thing in mine.keys() & its.keys():
        if _differ(mine[thing], its[thing]):
            return f"how many {thing}: {mine[thing].form} or {its[thing].form}"
    return None


def _exact_counts(items: Sequence[Token]) -> dict[str, Token]:
    """What stands right after a number -> that number, if it is exact; only what is counted once."""
    places: dict[str, list[int]] = {}
    for at, after in enumerate(items[1:]):
        if (
            items[at].kind == "number"
            and after.is_adjacent
            and after.kind == "word"
            and after.form not in LEXICON.time_units
        ):
            places.setdefault(after.form, []).append(at)
    return {thing: items[at[0]] for thing, at in places.items() if len(at) == 1 and not is_approximate(items, at[0])}


def quantities(text: str) -> dict[tuple[str, ...], str]:
    """The exact numbers of a text by what is counted or measured: its unit, its thing, or both ("million crowns"); only
    what has one number.
    """
    items = tokens(text)
    numbers: dict[tuple[str, ...], set[str]] = {}
    for at, item in enumerate(items):
        if item.kind != "number" or is_approximate(items, at):
            continue
        keys: list[str] = []
        for after in items[at + 1 : at + 1 + _MOST_WORDS_APART]:
            if not after.is_adjacent or after.kind not in ("unit", "word") or after.form in LEXICON.time_units:
                break
            keys.append(after.key)
            if after.kind == "word" or after.form not in LEXICON.multipliers:
                break
        if keys:
            numbers.setdefault(tuple(keys), set()).add(item.key)
    return {thing: next(iter(values)) for thing, values in numbers.items() if len(values) == 1}


def casualty_counts(text: str, *, exact: bool = True) -> dict[str, str]:
    """Numbers by "killed", "injured" and "arrested", for each of which the text gives just one; without `exact` also
    those of "at least 80".
    """
    items = tokens(text, names=names_in(text))
    counts = {what: item.key for what, item in _casualties(items, exact=exact).items()}
    for at, item in enumerate(items):
        if item.form == "toll" and items[at - 1].form == "death":
            places = [place for place in range(at + 1, len(items)) if items[place].kind == "number"]
            numbers = [items[place].key for place in places if not (exact and is_approximate(items, place))]
            if len(numbers) == 1:
                counts.setdefault("killed", numbers[0])
    return counts


def conflicting_toll(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the dead, the injured or the arrested in sentences that have a name and more in common."""
    content = {item.key for item in other if item.is_content and item.kind != "number"}
    both = [item for item in one if item.is_content and item.key in content]
    common = {item.key for item in both if item.form not in _TOLLS}
    if len(common) < _LEAST_COMMON or not any(item.kind == "name" for item in both):
        return None
    if _are_two_places(one, other):
        return None
    mine, its = _casualties(one), _casualties(other)
    for what in mine.keys() & its.keys():
        if _differ(mine[what], its[what]):
            return f"how many were {what}: {mine[what].form} or {its[what].form}"
    return None


def _are_two_places(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """True for sentences with names of their own that have at most a country in common: Nice and Paris, in France."""
    mine, its = ({item.key: item.form for item in items if item.kind == "name"} for items in (one, other))
    shared = mine.keys() & its.keys()
    return bool(mine.keys() - shared and its.keys() - shared) and all(country_asked(mine[key]) for key in shared)


def _casualties(items: Sequence[Token], *, exact: bool = True) -> dict[str, Token]:
    """What befell -> its number, where the sentence gives just one number, or `exact` one, for it."""
    places: dict[str, set[int]] = {}
    for at, item in enumerate(items):
        for place in range(max(0, at - _MOST_WORDS_APART), min(len(items), at + _MOST_WORDS_APART + 1)):
            number = items[place]
            if item.form not in _TOLLS or number.kind != "number" or number.sentence != item.sentence:
                continue
            if any(between.form in LEXICON.joining for between in items[min(at, place) : max(at, place)]):
                continue  # "80 were killed and 18 hurt"
            after = items[place + 1] if place + 1 < len(items) else None
            counts_others = after and after.is_adjacent and after.is_content and after.form not in LEXICON.people
            if not (exact and is_approximate(items, place)) and (not counts_others or after is item):
                places.setdefault(_TOLLS[item.form], set()).add(place)
    return {what: items[min(group)] for what, group in places.items() if len(group) == 1}
