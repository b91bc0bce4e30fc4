"""Forms of one person's name: spellings in Latin letters, initials, short given names, the surname alone."""

from __future__ import annotations

import re
from functools import cache

from rag.knowledge.tables import table
from rag.knowledge.words import HONORIFICS, TITLES
from rag.text.canonical import fold
from rag.text.terms import STOPWORDS, words

TITLES_BEFORE_NAMES = HONORIFICS.keys() | TITLES
_FULL_NAME = 2  # words
_GIVEN_NAMES = {
    name: row.split()[0]
    for row in reversed(table("spellings")["given_names"].strip().splitlines())
    for name in row.split()
}


def surname_key(name: str) -> str:
    """What the spellings of a full name's surname share."""
    return spelled(fold(name).split()[-1])


def same_person(short: str, full: str) -> bool:
    """True if a name of two words or more can be a shorter form, or another spelling, of `full`."""
    mine, theirs = fold(short).split(), fold(full).split()
    return len(mine) > 1 and len(mine) <= len(theirs) and may_be_short_for(mine, theirs)


def same_name(one: str, other: str) -> bool:
    """True if one name may be the other's shorter form, titles and honorifics aside; a given name alone stands for a
    name of two words.
    """
    short, full = sorted((name_words(one), name_words(other)), key=len)
    if not short:
        return False
    return may_be_short_for(short, full) or (len(short) == 1 and short == full[:1] and len(full) == _FULL_NAME)


def name_words(name: str) -> list[str]:
    """The folded words of a name without titles and honorifics, unless it has no others."""
    content = [word for word in words(name) if word not in STOPWORDS]
    return [word for word in content if word not in TITLES_BEFORE_NAMES] or content


def may_be_short_for(short: list[str], full: list[str]) -> bool:
    """True if `short` can be a shorter form of `full`: the surname, or words of it in order that end with it; in either
    spelling of another script, and with initials for words."""
    if spelled(short[-1]) != spelled(full[-1]):
        return False
    if len(short) == 1:
        return True
    rest = iter(_initials_apart(full))
    return all(
        any(
            same_given_name(word, other) or (word[:1] == other[:1] and 1 in (len(word), len(other.rstrip("."))))
            for other in rest
        )
        for word in _initials_apart(short)
    )


def same_given_name(one: str, other: str) -> bool:
    """True for two spellings or forms of one given name, folded: Sergei and Serhiy, Bill and William."""
    return spelled(one) == spelled(other) or _GIVEN_NAMES.get(one, one) == _GIVEN_NAMES.get(other, other)


def transliterated(surname: str) -> str:
    """A key that a folded surname shares with its form in the neighbouring language of its script: Gritsenko and
    Hrytsenko. Wider than `spelled`: only beside a given name that fits.
    """
    return spelled(surname).replace("g", "h")


def _initials_apart(parts: list[str]) -> list[str]:
    """The words of a name with initials one by one and without their points: "J.P." is j, p."""
    return [part for word in parts for part in (word.split(".") if "." in word else [word]) if part]


_LETTERS = [line.split("|") for line in table("spellings")["letters"].split()]
_ENDINGS = tuple(table("spellings")["endings"].split())
_DOUBLE_LETTERS = re.compile(r"(\w)\1+")


@cache
def spelled(word: str) -> str:
    """A key that spellings of one name in Latin letters share: Zelensky and Zelenskyy, Alexejew and Alexeyev."""
    if len(word) < 5:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending):
            word = word.removesuffix(ending) + "sky"
    for here, there in _LETTERS:
        word = word.replace(here, there)
    return _DOUBLE_LETTERS.sub(r"\1", word.replace("y", "i"))
