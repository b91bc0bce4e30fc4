"""Acronyms of one text with the long forms that it gives them: *Wildlife and Countryside Union* and the WCU."""

from __future__ import annotations

from rag.statements.parsed_text import ParsedText

_JOINING = frozenset("of for and on the in to".split())
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
        if not _begins(tree, word):
            word += 1
            continue
        first = last = word
        at = word + 1
        while at < len(tree) and tree[at].sentence == tree[first].sentence:
            if _begins(tree, at):
                last = at
            elif tree[at].text.lower() not in _JOINING and tree[at].tag != "POS":
                break
            at += 1
        capitals = [tree[one].text[0] for one in range(first, last + 1) if _begins(tree, one)]
        joined = [tree[one].text[0].upper() for one in range(first, last + 1) if tree[one].tag != "POS"]
        if len(capitals) >= _LEAST:
            names.setdefault("".join(capitals), (first, last))
            names.setdefault("".join(joined), (first, last))
            if (short := _told(tree, last)) is not None:
                names[short] = (first, last)
        word = last + 1
    return names


def _begins(tree: ParsedText, word: int) -> bool:
    text = tree[word].text
    return text[:1].isupper() and not is_acronym(text) and tree[word].pos in ("PROPN", "NOUN", "ADJ") and len(text) > 1


def _told(tree: ParsedText, last: int) -> str | None:
    """The acronym right after a name: (BFC); , or BSE,"""
    if last + 2 >= len(tree):
        return None
    opening, inside = tree[last + 1].text, tree[last + 2].text
    if opening == "(" and is_acronym(inside):
        return inside.replace(".", "")
    if opening == "," and inside == "or" and last + 3 < len(tree) and is_acronym(tree[last + 3].text):
        return tree[last + 3].text.replace(".", "")
    return None
