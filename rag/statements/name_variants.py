"""Forms of one name: spellings in Latin letters, initials, short given names, the surname alone, acronyms."""

from __future__ import annotations

import re
from functools import cache

from rag.knowledge.tables import table
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText
from rag.text.canonical import fold

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
            spelled(word) == spelled(other)
            or _GIVEN_NAMES.get(word, word) == _GIVEN_NAMES.get(other, other)
            or (word[:1] == other[:1] and 1 in (len(word), len(other.rstrip("."))))
            for other in rest
        )
        for word in _initials_apart(short)
    )


def _initials_apart(words: list[str]) -> list[str]:
    """The words of a name with initials one by one and without their points: "J.P." is j, p."""
    return [part for word in words for part in (word.split(".") if "." in word else [word]) if part]


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


_LEAST, _MOST = 2, 7


def is_acronym(text: str) -> bool:
    """True for two to seven capitals, with or without points."""
    plain = text.replace(".", "")
    return _LEAST <= len(plain) <= _MOST and plain.isalpha() and plain.isupper()


def long_forms(tree: ParsedText) -> dict[str, tuple[int, int]]:
    """Acronym -> (first, last) word of the name that it stands for: by its initials, or because it follows the name in
    brackets or after "or"."""
    names: dict[str, tuple[int, int]] = {}
    word = 0
    while word < len(tree):
        first = last = at = word
        while at < len(tree) and tree[at].sentence == tree[first].sentence:
            if _has_initial(tree, at):
                last = at
            elif at == first or (tree[at].lower not in LEXICON.name_joiners and tree[at].tag != "POS"):
                break
            at += 1
        words = range(first, last + 1) if _has_initial(tree, first) else range(0)
        capitals = [tree[one].text[0] for one in words if _has_initial(tree, one)]
        if len(capitals) >= _LEAST:
            initials = [tree[one].text[0].upper() for one in words if tree[one].tag != "POS"]
            names.setdefault("".join(capitals), (first, last))
            names.setdefault("".join(initials), (first, last))
            if (acronym := _acronym_after(tree, last)) is not None:
                names[acronym] = (first, last)
        word = last + 1
    return names


def _has_initial(tree: ParsedText, word: int) -> bool:
    """True for a word whose capital may stand in an acronym."""
    text = tree[word].text
    return text[:1].isupper() and not is_acronym(text) and tree[word].pos in ("PROPN", "NOUN", "ADJ") and len(text) > 1


def _acronym_after(tree: ParsedText, last: int) -> str | None:
    """The acronym right after a name: (BFC); , or BSE,"""
    after = [token.text for token in tree.tokens[last + 1 : last + 4]]
    for opening in (["("], [",", "or"]):
        if after[: len(opening)] == opening and is_acronym("".join(after[len(opening) : len(opening) + 1])):
            return after[len(opening)].replace(".", "")
    return None
