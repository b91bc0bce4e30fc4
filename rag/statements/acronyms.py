"""Acronyms, and the names that they stand for."""

from __future__ import annotations

from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText

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
