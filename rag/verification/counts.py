"""Numbers that two sentences give for the same thing: how many were killed, how many ships."""

from __future__ import annotations

from collections.abc import Sequence

from rag.verification.tokens import Token, names_in, tokens

_ROUND = 0.05  # numbers closer than this are one number, rounded
_FEWEST = 3  # carrying words that two tolls must have in common
_ROUGHLY = frozenset("about around nearly almost some over under than least most up roughly approximately".split())
_DATES = frozenset("year years month months day days week weeks hour hours minute minutes".split())
_TOLLS = {
    "killed": "killed kills kill dead died dies dying deaths lives killing",
    "injured": "injured injuring injures wounded wounding wounds hurt",
    "arrested": "arrested arresting arrests detained detaining",
}
_SUFFERED = {form: what for what, forms in _TOLLS.items() for form in forms.split()}
_APART = 3  # words between a number and what befell so many
_PEOPLE = frozenset("people men women children civilians soldiers sailors workers protesters others passengers".split())


def near(mine: Sequence[Token], its: Sequence[Token]) -> bool:
    """True for one number and another that may be the same, rounded."""
    if len(mine) != 1 or len(its) != 1 or mine[0].kind != "number" or its[0].kind != "number":
        return False
    return rounded(mine[0].key, its[0].key)


def rounded(one: str, other: str) -> bool:
    """True for numbers that may be one, rounded."""
    try:
        a, b = float(one.replace(",", "")), float(other.replace(",", ""))
    except ValueError:
        return False
    return abs(a - b) <= _ROUND * max(abs(a), abs(b)) and max(abs(a), abs(b)) >= 20


def figure(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the same thing, where each sentence gives just one number of it. Two that name others than
    each other tell of different things."""
    names = [{item.key for item in items if item.kind == "name"} for items in (one, other)]
    if all(names) and not names[0] & names[1]:
        return None
    mine, its = _counted(one), _counted(other)
    for thing in mine.keys() & its.keys():
        (a, exact_a), (b, exact_b) = mine[thing], its[thing]
        if a.key != b.key and not rounded(a.key, b.key) and exact_a and exact_b:
            return f"how many {thing}: {a.form} or {b.form}"
    return None


def _counted(items: Sequence[Token]) -> dict[str, tuple[Token, bool]]:
    """What stands right after a number -> that number, and whether it is exact; only what is counted once."""
    numbers: dict[str, list[tuple[Token, bool]]] = {}
    for at, item in enumerate(items):
        if item.kind != "number" or at + 1 == len(items):
            continue
        after = items[at + 1]
        if after.near and after.carries and after.kind == "word":
            numbers.setdefault(after.form, []).append((item, not roughly(items, at)))
    return {thing: some[0] for thing, some in numbers.items() if len(some) == 1 and thing not in _DATES}


def tolls(text: str) -> dict[str, str]:
    """How many were killed, injured, arrested, by these words, where the text gives one exact number for it."""
    items = tokens(text, names=names_in(text))
    counts = {what: item.key for what, item in _suffered(items).items()}
    for at, item in enumerate(items):
        if item.form == "toll" and items[at - 1].form == "death":
            after = range(at + 1, len(items))
            numbers = [
                items[place].key for place in after if items[place].kind == "number" and not roughly(items, place)
            ]
            if len(numbers) == 1:
                counts.setdefault("killed", numbers[0])
    return counts


def toll(one: Sequence[Token], other: Sequence[Token]) -> str | None:
    """Different numbers of the dead, the injured or the arrested, told of what has a name and more in common."""
    carrying = {item.key for item in other if item.carries and item.kind != "number"}
    both = {item for item in one if item.carries and item.key in carrying}
    common = {item.key for item in both if item.form not in _SUFFERED}
    if len(common) < _FEWEST or not any(item.kind == "name" for item in both):
        return None
    mine, its = _suffered(one), _suffered(other)
    for what in mine.keys() & its.keys():
        a, b = mine[what], its[what]
        if a.key != b.key and not rounded(a.key, b.key):
            return f"how many were {what}: {a.form} or {b.form}"
    return None


def _suffered(items: Sequence[Token]) -> dict[str, Token]:
    """What befell -> its number, where the sentence gives just one exact number for it."""
    numbers: dict[str, set[tuple[str, int]]] = {}
    for at, item in enumerate(items):
        if item.form not in _SUFFERED:
            continue
        for place in range(max(0, at - _APART), min(len(items), at + _APART + 1)):
            number = items[place]
            if number.kind != "number" or number.sentence != item.sentence or roughly(items, place):
                continue
            follows = items[place + 1] if place + 1 < len(items) else None
            if follows is None or not follows.near or follows.form in _PEOPLE or not follows.carries or follows is item:
                numbers.setdefault(_SUFFERED[item.form], set()).add((number.key, place))
    return {what: items[min(place for _, place in some)] for what, some in numbers.items() if len(some) == 1}


def roughly(items: Sequence[Token], at: int) -> bool:
    """True if the number at a place is no exact one: "at least nine"."""
    return any(before.form in _ROUGHLY for before in items[max(0, at - 2) : at])
