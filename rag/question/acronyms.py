"""A body under its other name: the acronym for the long form, the long form for the acronym."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.intent import Question
from rag.text.canonical import fold
from rag.text.places import country_asked, is_given_name
from rag.text.terms import STOPWORDS, words

_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,5}\b")
_FEWEST = 3  # letters of an acronym; two letters are many people's


def initials(name: str) -> str:
    """The folded first letters of the words of a name that carry meaning."""
    return "".join(word[0] for word in words(name) if word not in STOPWORDS)


def twins_of(question: Question, speakers: Sequence[str]) -> tuple[str, ...]:
    """The folded names under which the library knows a body that the question calls by its acronym, or in full, beside
    those that the question has already.
    """
    short = {fold(word) for word in _ACRONYM.findall(question.text) if not country_asked(word)}
    long = {initials(name) for name in question.names if _is_long(name)}
    twins = [
        name
        for name in map(fold, filter(_is_proper, speakers))
        if (_is_long(name) and initials(name) in short) or (len(words(name)) == 1 and name in long)
    ]
    return tuple(dict.fromkeys(name for name in twins if name not in question.actors))


def _is_proper(name: str) -> bool:
    """True for a name with a capital on each word: not "Brassia's biggest city"."""
    return name.islower() or all(part[:1].isupper() for part in name.split() if fold(part) not in STOPWORDS)


def _is_long(name: str) -> bool:
    """True for a name that may have an acronym: long enough, and nobody's."""
    return len(initials(name)) >= _FEWEST and not is_given_name(words(name)[0])
