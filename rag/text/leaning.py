"""Whether a sentence can be read on its own, or leans on one before it in its text."""

from __future__ import annotations

import re

from rag.knowledge.tables import pattern_of, words_of
from rag.text.terms import STOPWORDS

_POINTS_BACK = pattern_of("definite", "points_back", flags=0)
_DEFINITE = re.compile(r"The ((?:[a-z][\w-]*\s+){1,4})(?!\d)")
_GROUNDING = words_of("definite", "grounding")
_FINITE = words_of("function_words", "finite")
_UNIQUE = words_of("definite", "last_words") | words_of("offices", "always")  # clear on their own: "the government"
_PERSONS = words_of("nouns", "persons", "women", "men", "peers")
_POINTING = _PERSONS | words_of("definite", "pointing") | words_of("nouns", "generic_bodies", "occasions")


def leans(sentence: str, before: str = "") -> bool:
    """True if a sentence opens with a word that points back ("He", "In their reply", "The move"), or with "the" and a
    noun that is in `before`, the text up to the sentence."""
    if _POINTS_BACK.match(sentence):
        return True
    definite = _DEFINITE.match(sentence) if before else None
    phrase: list[str] = []
    nouns_end = False
    for word in definite[1].split() if definite else ():
        if word in _GROUNDING and (len(phrase) == 1 or (phrase and word != "that")):  # "the lawsuit contends that"
            return False
        if word in _FINITE or word == "that" or word.endswith("ed"):
            nouns_end = True
            break
        phrase.append(word)
    phrase = phrase[:3]
    if not _UNIQUE.isdisjoint(phrase[-1:] if nouns_end else phrase):
        return False
    nouns = "|".join(re.escape(word.removesuffix("s")) for word in phrase[:2] if word not in STOPWORDS)
    return not _POINTING.isdisjoint(phrase) or bool(nouns and re.search(rf"\b(?:{nouns})s?\b", before, re.IGNORECASE))
