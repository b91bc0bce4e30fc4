"""Words that mean the same, or the opposite: WordNet's pairs and those of news, by stem."""

from __future__ import annotations

from functools import cache

from rag.knowledge.tables import rows, table
from rag.text.terms import stem

_Pairs = dict[str, frozenset[str]]


def akin(word: str, other: str) -> bool:
    """True if two stems may mean the same: synonyms, a noun and its verb, or `other` is a kind of `word`."""
    return other in _akin().get(word, ())


def opposed(word: str, other: str) -> bool:
    """True if two stems are opposites."""
    return other in _opposed().get(word, ())


def news_synonyms(word: str) -> frozenset[str]:
    """The stems that news uses for a stem, without those that WordNet adds."""
    return _of_news().get(word, frozenset())


def is_common(word: str) -> bool:
    """True if a folded word is in the tables: it is no name for standing with a capital at the head of a sentence."""
    return stem(word) in _akin() or stem(word) in _opposed()


@cache
def _akin() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for row in rows("wordnet"):
        if row["relation"] == "opposed":
            continue
        word, others = stem(row["word"]), [stem(one) for one in row["others"].split()]
        for other in others:
            if row["relation"] == "kind":  # a claim may be more general than its source, not more special
                pairs.setdefault(other, set()).add(word)
            else:
                pairs.setdefault(word, set()).add(other)
                pairs.setdefault(other, set()).add(word)
    for word, same in _of_news().items():
        pairs.setdefault(word, set()).update(same)
    return {word: frozenset(others - _opposed().get(word, frozenset())) for word, others in pairs.items()}


@cache
def _of_news() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    for line in str(table("news_words")["same"]).strip().splitlines():
        group = {stem(word) for word in line.split()}
        for word in group:
            pairs.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in pairs.items()}


@cache
def _opposed() -> _Pairs:
    pairs: dict[str, set[str]] = {}
    listed = [(row["word"], row["others"].split()) for row in rows("wordnet") if row["relation"] == "opposed"]
    for line in str(table("news_words")["opposed"]).strip().splitlines():
        left, right = line.split("|")
        listed += [(word, right.split()) for word in left.split()]
    for word, others in listed:
        for other in others:
            one, two = stem(word), stem(other)
            if one != two:
                pairs.setdefault(one, set()).add(two)
                pairs.setdefault(two, set()).add(one)
    return {word: frozenset(others) for word, others in pairs.items()}
