"""Countries by every name that news uses for them, and what each name stands for: the state, its people or a city.

A mention of a capital is a city first. It stands for its state only where it speaks by itself ("Ankara said") or has an
office behind it that no city has ("Kyiv's army"). The table with its kinds is `rag/knowledge/places.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, cast

from rag.knowledge.tables import Patterns, rows, table, words_of
from rag.knowledge.words import DAY_NAMES, GIVEN_NAMES, HOLDING_PATTERN, SAYING_PATTERN
from rag.text.canonical import fold
from rag.text.terms import STOPWORDS, words

Kind = Literal["state", "short", "demonym", "capital", "seat", "body"]

NAMES: frozenset[Kind] = frozenset({"state", "short", "demonym"})
"""Kinds that name the state or its people wherever they stand; the others name a place or a body of it."""
_BARE: frozenset[Kind] = frozenset({"state", "short", "capital", "seat"})
_REACH = 6  # words behind a mention among which its office may stand
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_PATTERNS = Patterns("places", saying=SAYING_PATTERN, holding=HOLDING_PATTERN)
_OFFICE_OF = re.compile(r"([^\W\d_][\w-]*)\s+(?:of|for)\s+(?:the\s+)?$")
_POSSESSIVE = re.compile(r"['’]s?(?=\s)")
_PHRASE_END = re.compile(r"[.!?;:,()“”\"\n]|\s[-–—]\s")
_HYPHEN, _HYPHEN_BEFORE = re.compile(r"[-–]\w"), re.compile(r"\w[-–]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A name of a country in a text: its characters, half open, what kind of name it is, and the country."""

    start: int
    end: int
    kind: Kind
    country: str


# -- the table


@cache
def _places() -> dict[str, tuple[Kind, str]]:
    return {_straight_apostrophes(row["name"]): (cast("Kind", row["kind"]), row["country"]) for row in rows("places")}


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Country -> its names, the canonical one first."""
    names: dict[str, list[str]] = {}
    for row in rows("places"):
        names.setdefault(row["country"], [row["country"]])
        if row["kind"] != "state":
            names[row["country"]].append(row["name"])
    return {country: tuple(each) for country, each in names.items()}


@cache
def _places_by_folded_name() -> dict[str, tuple[Kind, str]]:
    return {fold(name).rstrip("."): place for name, place in _places().items()}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_places(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _straight_apostrophes(text: str) -> str:
    return text.replace("’", "'")


def countries() -> tuple[str, ...]:
    """The canonical names of all countries."""
    return tuple(_names())


def names_of(country: str) -> tuple[str, ...]:
    """Every name of `country`, which any of its names may stand for; the canonical one first; empty for no country."""
    _, canonical = _places().get(_straight_apostrophes(country).strip(), (None, ""))
    return _names()[canonical] if canonical else ()


def place_of(name: str) -> tuple[Kind, str] | None:
    """(kind, country) of a whole name, with or without "the"; None for anything else. Case counts."""
    plain = _straight_apostrophes(name).strip()
    return _places().get(plain) or _places().get(re.sub(r"^[Tt]he ", "", plain))


def places_in(text: str) -> list[PlaceMention]:
    """Each name of a country in `text`, in order, the longest name winning. Case counts: "turkey" and "us" are no
    countries. A name of a person or company may hold one ("Chad Smith"): see `acts_for_state`."""
    return list(_place_mentions(text))


@lru_cache(maxsize=32)  # the rules ask of one article again and again
def _place_mentions(text: str) -> tuple[PlaceMention, ...]:
    matches = ((match, _places()[match[0]]) for match in _pattern().finditer(_straight_apostrophes(text)))
    return tuple(PlaceMention(start=m.start(), end=m.end(), kind=kind, country=name) for m, (kind, name) in matches)


def countries_in(text: str) -> list[tuple[int, int, str]]:
    """(start, end, country) for each name of a country in `text`: what it is about, not who speaks in it."""
    return [(place.start, place.end, place.country) for place in places_in(text)]


def country_of(text: str) -> str | None:
    """The canonical name of the one country that `text` names ("Türkiye", "Turkish officials", "the Kremlin"), or None
    for no country and for several."""
    names = {place.country for place in places_in(text)}
    return names.pop() if len(names) == 1 else None


def place_asked(name: str) -> tuple[Kind, str] | None:
    """(kind, country) of a folded name, in whatever case it was typed; None for no country."""
    return _places_by_folded_words().get(name)


def country_asked(name: str) -> str | None:
    """The country of a folded name, in whatever case it was typed; None for no country."""
    place = place_asked(name)
    return place[1] if place else None


@cache
def _places_by_folded_words() -> dict[str, tuple[Kind, str]]:
    """Places by the folded words of their names: questions are often typed without capitals."""
    folded_names = ((" ".join(words(name)), place) for name, place in _places().items())
    return {name: place for name, place in folded_names if name not in STOPWORDS}


def is_verbal(word: str) -> bool:
    """True for a word that may follow a name that stands alone: a verb of saying, an auxiliary, a preposition."""
    return bool(_PATTERNS.verbal.match(word))


# -- relations


def same_place(one: str, other: str, *, speaking: bool = False) -> bool:
    """True if two names name the same: one name, or two of a state's names, short forms and demonyms. A city or a seat
    is never its country; with `speaking`, where both say something, a seat of government is. Case does not count."""
    if fold(one) == fold(other):
        return True
    a, b = (_places_by_folded_name().get(fold(_straight_apostrophes(name)).rstrip(".")) for name in (one, other))
    if a is None or b is None or a[1] != b[1]:
        return False
    kinds = {a[0], b[0]}
    return kinds <= NAMES or (speaking and kinds <= NAMES | {"seat"}) or _spell_same_city(one, other)


def named_alike(text: str, source: str) -> list[PlaceMention]:
    """The names of countries in `text` that `source` has, as they are or by `same_place`. A seat of government is its
    state where both speak: "Downing Street said" and "Britain said"."""
    theirs = [(source[place.start : place.end], speaks(place, source)) for place in places_in(source)]
    return [
        place
        for place in places_in(text)
        if any(
            same_place(text[place.start : place.end], name, speaking=speaks_there and speaks(place, text))
            for name, speaks_there in theirs
        )
    ]


def speaks(mention: PlaceMention, text: str) -> bool:
    """True if a verb of saying stands right behind a mention, or a credit right before it."""
    behind = _WORD.match(text, mention.end + 1)
    return bool(behind and _PATTERNS.speaking.fullmatch(behind[0])) or bool(
        _PATTERNS.credit.search(text[: mention.start])
    )


def _spell_same_city(one: str, other: str) -> bool:
    """True for two spellings of one name that differ in marks alone or stand in the list of spellings: Kiev, Kyiv."""
    return fold(other) in city_spellings(one)


def city_spellings(name: str) -> frozenset[str]:
    """All folded spellings of a city in the list of spellings, empty for any other name: Lviv, Lvov."""
    return next((names for names in _spellings() if fold(name) in names), frozenset())


@cache
def _spellings() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split("|")) for line in str(table("spellings")["cities"]).strip().splitlines())


def office_acts(kind: Kind, head: str, modifiers: Collection[str] = (), *, serves_office: bool = False) -> bool:
    """True if the office `head` ("minister"), with the words before it ("foreign"), acts for the state that a place of
    `kind` before or behind it belongs to. Any case, singular or plural. A governor, a mayor, the police, prosecutors,
    residents and companies never do. `serves_office`: what stands between is an office of the state itself, as in "the
    head of the Turkish army"."""
    head, before = _singular(head.lower()), {_singular(word.lower()) for word in modifiers}
    if kind == "body" or before & words_of("offices", "elsewhere"):
        return False
    if kind == "capital" and not _is_national(head, before):
        return False
    portfolios, ranks = words_of("offices", "portfolios"), words_of("offices", "ranks")
    is_known = before <= portfolios | ranks | words_of("offices", "always", "plainly")
    if head in words_of("offices", "always"):
        return True
    if head in words_of("offices", "plainly"):
        return is_known
    has_portfolio = serves_office or kind == "seat" or bool(before & portfolios)
    return head in words_of("offices", "with_portfolio") and is_known and has_portfolio


def is_subnational_office(head: str) -> bool:
    """True for an office that a state of a federation has as well: "Georgia officials"."""
    return _singular(head.lower()) in words_of("offices", "of_parts")


def is_office(word: str) -> bool:
    """True for a word that can be an office or a portfolio of a state."""
    every = words_of("offices", "always", "plainly", "with_portfolio", "portfolios", "ranks")
    return _singular(word.lower()) in every


def _is_national(head: str, before: Collection[str]) -> bool:
    if head in words_of("offices", "national"):
        return True
    return bool(words_of("offices", "national_portfolios") & set(before))


def _singular(word: str) -> str:
    """The form of a noun that the tables have."""
    if word in words_of("offices", "always", "plainly", "with_portfolio", "portfolios", "ranks", "elsewhere"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def speaks_bare(kind: Kind) -> bool:
    """True for names that stand for the state alone ("Turkey", "Ankara", "the Kremlin"), where they are the subject of
    a verb of saying. A people ("Germans") and a body do not."""
    return kind in _BARE


def shared_with_us_state(name: str) -> bool:
    """True for "Georgia" and "Washington"."""
    return name in _namesakes("us_states")


def tells_of_us_state(text: str, country: str) -> bool:
    """True if an article with a name that a state of the United States shares shows that the state is meant: by its
    offices or neighbours, while it calls the country by no other of its names."""
    others = {place for place in names_of(country) if place not in _namesakes("us_states")}
    if any(text[place.start : place.end] in others for place in places_in(text)):
        return False
    signs = [*_namesakes("us_signs"), *(_namesakes("us_states") - {"Georgia", "Washington"}), "U.S.", "US"]
    return bool(re.search(r"(?<!\w)(?:" + "|".join(map(re.escape, signs)) + r")(?!\w)", text))


@cache
def _namesakes(key: str) -> frozenset[str]:
    return frozenset(str(table("namesakes")[key]).replace("\n", "").strip("|").split("|"))


def is_given_name(word: str) -> bool:
    """True for a place that people are called by as well: Chad, Jordan, Paris."""
    return fold(word) in GIVEN_NAMES


def acts_for_state(mention: PlaceMention, text: str) -> bool:
    """True if a mention in `text` stands for the state as one who says or does something.

    True for a state's name, a capital and a seat of government as the bare subject of a verb ("Ankara said"), and for
    each of them and a demonym with an office of the state ("Turkish officials", "Kyiv's army", "the president of
    France"). False inside a longer name ("Chad Smith", "Swiss Re"), in a compound ("Turkey-backed"), before anything
    else ("Berlin police"), and behind a preposition ("in Paris").
    """
    before, after = text[: mention.start], text[mention.end :]
    if _HYPHEN.match(after) or _HYPHEN_BEFORE.search(before):
        return False
    owner = _POSSESSIVE.match(after)
    behind = _PHRASE_END.split(after[owner.end() if owner else 0 :], maxsplit=1)[0]
    following = [match.group() for match in _WORD.finditer(behind)][:_REACH]
    if _has_office(mention.kind, following):
        return True
    if mention.kind not in _BARE or owner or _name_before(before):
        return False
    if following and not _PATTERNS.verbal.match(following[0]):
        return False
    if (office := _OFFICE_OF.search(before)) is not None:
        return is_office(office[1]) and office_acts(mention.kind, office[1])
    return bool(_PATTERNS.credit.search(before)) or not _PATTERNS.preposition.search(before)


def _has_office(kind: Kind, following: Sequence[str]) -> bool:
    """True if the words behind a mention begin with an office of the state."""
    for at, word in enumerate(following):
        behind = (
            [f"of-{following[at + 2].lower()}"]
            if following[at + 1 : at + 2] == ["of"] and at + 2 < len(following)
            else []
        )
        if office_acts(kind, word, [*following[:at], *(each for each in behind if is_office(each))]):
            return True
        if (fold(word) in STOPWORDS and word.lower() not in ("of", "and")) or _PATTERNS.speaking.fullmatch(word):
            return False
    return False


def _name_before(before: str) -> bool:
    """True if a capitalised word that opens no sentence stands right before: Jim Jordan, Bank Austria."""
    last = re.search(r"([^\W\d_][\w’'-]*) $", before)
    if last is None or not last[1][:1].isupper() or fold(last[1]) in STOPWORDS:
        return False
    if is_given_name(last[1]) and last[1].lower() not in DAY_NAMES:
        return True
    return last[1].lower() not in DAY_NAMES and not re.search(r"(?:^|[.!?]\s+|\n\s*)$", before[: last.start()])
