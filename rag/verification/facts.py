"""Names, titles, numbers, units and dates of a sentence occur in its sources, and go together there as they do in it.

Allowed: another name of the same state (Turkey, Türkiye, Turkish), never a city for its country; endings of names
(Lund, Lund's); numbers in words or figures, with or without thousands separators; units by any of their names (%,
percent; km, kilometres); British and American spelling of titles; and the day on which a source was published, written
out in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from rag.text.places import country_of, named_alike
from rag.text.terms import STOPWORDS, words
from rag.verification.rejection import Refused
from rag.verification.tokens import DAYS, NUMBER_WORDS, Token, names_in, plain, tokens

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_KEPT = frozenset("hundred dozen thousand million billion trillion percent".split()) | {"percentage point"}
_SPANS_OF_TIME = frozenset("second minute hour day week month year decade century".split())
_TITLES = frozenset(
    """minister president secretary spokesman spokeswoman spokesperson director chief chairman chairwoman ambassador
    adviser advisor governor senator commissioner general prosecutor chancellor representative judge envoy""".split()
)
_SPELLED = {"defence": "defense", "adviser": "advisor", "labour": "labor"}


def check_facts(text: str, sources: str, *, published: Sequence[date], named: str = "") -> None:
    """Raises Refused for what `text` has and `sources` (the words cited, titles and outlets) have not. `published` are
    the days of the sources; `named` are names that need no source, because a user put them in."""
    undated = without_days(text, published)
    _numbers(undated, sources)
    _names(undated, f"{sources} {named}")
    names = names_in(f"{undated}\n{sources}")
    said, given = tokens(undated, names=names), tokens(sources, names=names)
    _units(said, given)
    _dates(said, given)
    _titles(said, given)


def without_days(text: str, published: Sequence[date]) -> str:
    """The sentence without the days on which its sources were published, where it writes them out in full."""
    for day in set(published):
        month = day.strftime("%B")
        for name in (month, month[:3]):
            text = re.sub(rf"\b{day.day} {name}\.?,? {day.year}\b|\b{name}\.? {day.day},? {day.year}\b", " ", text)
        text = text.replace(day.isoformat(), " ")
    return text


# -- numbers and what they count


def _numbers(text: str, source: str) -> None:
    given = {plain(item) for item in _NUMBER.findall(source)} | {
        NUMBER_WORDS[word] for word in words(source) if word in NUMBER_WORDS
    }
    for figure in _NUMBER.findall(text):
        if plain(figure) not in given:
            raise Refused(f"the number {figure} does not occur in its source")
    for word in words(text):
        if word in NUMBER_WORDS and word != "one" and NUMBER_WORDS[word] not in given:
            raise Refused(f"the number “{word}” does not occur in its source")


def _units(said: Sequence[Token], given: Sequence[Token]) -> None:
    """Each number has a unit that it has in the sources too, and its "million"; units without a number occur there."""
    known: dict[str, list[frozenset[str]]] = {}
    for number, units in _measures(given):
        known.setdefault(number.key, []).append(units)
    for number, units in _measures(said):
        there = known.get(number.key, [])
        if there and not any(units <= its and its & _KEPT <= units for its in there):
            shown = " ".join(sorted(units)) or "no unit"
            raise Refused(f"its source gives {number.form} in another unit than {shown}")
    held = {item.key for item in given if item.kind == "unit"}
    for at, item in enumerate(said):
        loose = item.kind == "unit" and item.key not in held
        counted = item.key not in _SPANS_OF_TIME or (at and said[at - 1].form in ("a", "an", "per", "one"))
        if loose and counted:
            raise Refused(f"the unit “{item.form}” does not occur in its source")


def _measures(items: Sequence[Token]) -> Iterator[tuple[Token, frozenset[str]]]:
    """The numbers with the units around them: $ 5 million, 5 percentage points, 10 days."""
    for at, item in enumerate(items):
        if item.kind != "number":
            continue
        units = {items[at - 1].key} if at and items[at - 1].form in ("$", "€", "£", "¥") else set()
        for after in items[at + 1 : at + 4]:
            if after.kind != "unit" or not after.near:
                break
            units.add(after.key)
        yield item, frozenset(units)


# -- dates


def _dates(said: Sequence[Token], given: Sequence[Token]) -> None:
    pairs = set(_day_numbers(given))
    for day, number in _day_numbers(said):
        if (day, number) not in pairs:
            raise Refused(f"the date {number} {day.title()} does not occur in its source")
    held = {item.key for item in given if item.kind == "day"}
    for item in said:
        if item.kind == "day" and item.key not in held:
            raise Refused(f"the day or month “{item.form}” does not occur in its source")


def _day_numbers(items: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Days and months with a number beside them: February 3, 3 February."""
    for left, right in pairwise(items):
        if left.kind == "day" and right.kind == "number" and right.near:
            yield left.key, right.key
        elif left.kind == "number" and right.kind == "day" and right.near:
            yield right.key, left.key


# -- names and titles


def _names(text: str, source: str) -> None:
    """Every capitalised word of the sentence occurs in the source, as it is or under another name of its state."""
    given = set(words(source))
    alike = named_alike(text, source)
    for found in _NAME.finditer(text):
        word = found.group().strip("’'.-")
        folded = " ".join(words(word))
        if not word[:1].isupper() or folded in given or folded in STOPWORDS or not folded:
            continue
        if folded in DAYS or folded in NUMBER_WORDS or all(part in given for part in re.split(r"[\s-]", folded)):
            continue
        if any(place.start <= found.start() < place.end for place in alike):
            continue
        raise Refused(f"the name or word “{word}” does not occur in its source")


def _titles(said: Sequence[Token], given: Sequence[Token]) -> None:
    """A title has the word before it that it has in the sources ("defense minister"), and the name after it."""
    known = {(before, title) for before, title, _ in _titled(given)}
    holders: dict[tuple[str, str], set[str]] = {}
    for before, title, name in _titled(given):
        if name:
            holders.setdefault((before, title), set()).add(name)
    for before, title, name in _titled(said):
        if before and (before, title) not in known and not country_of(before):
            raise Refused(f"the title “{before} {title}” does not occur in its source")
        held = holders.get((before, title), set())
        if name and held and name not in held:
            raise Refused(f"its source gives the title “{title}” to another person")


def _titled(items: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Titles with the word right before them and the last of the names right after them, "" where there is none."""
    for at, item in enumerate(items):
        if item.form not in _TITLES:
            continue
        before = items[at - 1] if at and item.near and items[at - 1].carries else None
        last = ""
        for after in items[at + 1 : at + 5]:
            if after.kind != "name" or not after.near:
                break
            last = after.key
        form = _SPELLED.get(before.form, before.form) if before else ""
        yield form, _SPELLED.get(item.form, item.form), last
