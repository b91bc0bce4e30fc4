"""Stems that mean the same or the opposite, from WordNet and the project's own tables."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from itertools import permutations

from rag.knowledge.tables import rows, table
from rag.text.terms import STOPWORDS, stem

_Pairs = dict[str, frozenset[str]]


def opposite(word: str, other: str) -> bool:
    """True if two stems are opposites."""
    return other in _opposite_stems().get(word, ())


def exclude_each_other(word: str, other: str, *, table_name: str = "comparison", key: str = "opposites") -> bool:
    """True if one of the project's own tables has two stems on different sides, as "lift" and "impose", and nowhere on
    one."""
    places = _places(table_name, key)
    ours, theirs = places.get(word, frozenset()), places.get(other, frozenset())
    return not ours & theirs and bool({line for line, _ in ours} & {line for line, _ in theirs})


def turns_round(word: str, other: str) -> bool:
    """True if two stems exclude each other, or stand on different sides of a change of position."""
    return exclude_each_other(word, other) or exclude_each_other(word, other, table_name="positions", key="turns")


def has_similar(word: str, others: Collection[str]) -> bool:
    """True if a stem is among others, or one that may mean the same: a synonym, its noun or verb, a kind of it."""
    return word in others or not _similar_stems().get(word, frozenset()).isdisjoint(others)


def similar_to(word: str) -> frozenset[str]:
    """The stems that may mean the same as a stem: synonyms, its noun or verb, kinds of it."""
    return _similar_stems().get(word, frozenset())


def news_synonyms(word: str) -> frozenset[str]:
    """The stems that news uses for a stem, without those that WordNet adds."""
    return _news_groups("same").get(word, frozenset())


def is_common(word: str) -> bool:
    """True if a folded word is in the tables: a capital at the head of a sentence does not make it a name."""
    return stem(word) in _similar_stems() or stem(word) in _opposite_stems()


@cache
def _similar_stems() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for row in rows("wordnet"):
        if row["relation"] == "opposed":
            continue
        word = stem(row["word"])
        for other in map(stem, row["others"].split()):
            pairs.setdefault(other, set()).add(word)
            if row["relation"] != "kind":  # a claim may be more general than its source, not more special
                pairs.setdefault(word, set()).add(other)
    for word, others in (*_news_groups("same").items(), *_news_groups("alike").items()):
        pairs.setdefault(word, set()).update(others)
    return {word: frozenset(others - _opposite_stems().get(word, frozenset())) for word, others in pairs.items()}


@cache
def _news_groups(key: str) -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for line in str(table("news_words")[key]).strip().splitlines():
        group = set(map(stem, line.split()))
        for word in group:
            pairs.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in pairs.items()}


def broader_words(word: str) -> tuple[str, ...]:
    """The stems for the field of the news that a stem belongs to: arms, of drones."""
    return _broader_stems().get(word, ())


@cache
def _broader_stems() -> dict[str, tuple[str, ...]]:
    lines = (line.split("|") for line in str(table("news_words")["broader"]).strip().splitlines())
    return {stem(word): tuple(map(stem, broad.split())) for broad, narrow in lines for word in narrow.split()}


@cache
def _opposite_stems() -> _Pairs:
    sides = [pair for row in _opposites("comparison", "opposites") for pair in permutations(row, 2)]
    for row in rows("wordnet"):
        if row["relation"] == "opposed":
            sides += permutations((frozenset({stem(row["word"])}), frozenset(map(stem, row["others"].split()))), 2)
    pairs: dict[str, set[str]] = {}
    for words, others in sides:
        for word in words:
            pairs.setdefault(word, set()).update(others - {word})
    return {word: frozenset(others) for word, others in pairs.items()}


@cache
def _opposites(table_name: str, key: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """The lines of a table of words that exclude each other, with the keys of the words in their columns."""
    lines = str(table(table_name)[key]).strip().splitlines()
    return tuple(tuple(frozenset(map(_key, cell.split())) for cell in line.split("|")) for line in lines)


def _key(word: str) -> str:
    return word if word in STOPWORDS else stem(word)


@cache
def _places(table_name: str, key: str) -> dict[str, frozenset[tuple[int, int]]]:
    """Key -> (line, column) of each place of it in a table of words that exclude each other."""
    places: dict[str, set[tuple[int, int]]] = {}
    for line, sides in enumerate(_opposites(table_name, key)):
        for column, side in enumerate(sides):
            for word in side:
                places.setdefault(word, set()).add((line, column))
    return {word: frozenset(each) for word, each in places.items()}
