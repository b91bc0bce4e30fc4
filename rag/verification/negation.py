"""Negation by sentences: for a sentence in words of its own, which no source sentence can be laid beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.sentences import sentences
from rag.text.terms import content_words, words
from rag.verification.rejection import Objection

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)?|rul(?:es?|ed|ing) out|fail(?:s|ed|ing)?|declin(?:e|es|ed|ing)"
    r"|exclud(?:e|es|ed|ing)|yet to|lack(?:s|ed|ing)?|worst|unable|hardly|barely|un(?:likely|willing))\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"\b(?:un|non|in|im|dis)[a-z]{4,}(?:ed|able|ible|al|ent|ant)\b", re.IGNORECASE)
# What follows is not so, however far the clause goes on: "no evidence that the account had been opened".
_NO_SIGN = re.compile(
    r"\b(?:no|little|without|not (?:any|find|found|see))\s+(?:\W{0,2}\w+\W{0,2}\s+){0,2}?"
    r"(?:evidence|sign|signs|proof|indication|reason|plans?"
    r"|intention|grounds)\b|\bden(?:y|ies|ied|ying) that\b",
    re.IGNORECASE,
)
_FAR = 14
_REACH = 4  # words after a negation that it is taken to bear on
_ABOUT = 0.4  # share of a sentence's content words that a source's sentence must have to be what it tells of


# Two that make an assertion: "has not ruled out", "did not keep him from".
_CANCELLED = re.compile(
    r"(?:\b(?:not|never|no longer|neither|nor|cannot)\b|n['’]t\b)\s+(?:\w+\s+){0,3}?(?:rul(?:e|ed|ing) out|den(?:y|ied)"
    r"|exclud(?:e|ed)|disput(?:e|ed)|reject(?:ed)?|fail(?:ed)?|refus(?:e|ed)|hesitat(?:e|ed)|doubt(?:ed)?"
    r"|(?:kept?|stop(?:ped)?|prevent(?:ed)?|deter(?:red)?)\b[^.;]{0,60}?\bfrom)\b",
    re.IGNORECASE,
)
# Words of a claim that deny in their own way what its source denies in another.
_AGAINST = re.compile(
    r"\b(?:turn(?:s|ed)? down|exclud\w+|prevent\w*|oppos\w+|against|avoid\w*|unless|instead|rather than"
    r"|stop(?:s|ped)?|open|bann?(?:ed|s)?|block(?:ed|s)?|clear(?:ed|s)? of|acquit\w*|cancel\w*|halt\w*|miss(?:es|ed)?"
    r"|reluctan\w+|doubt\w*|disput\w+|disagree\w*|first time|only)\b|\b(?:un|non|in|im|dis|ir)[a-z]{4,}\b",
    re.IGNORECASE,
)


def denies_otherwise(text: str) -> bool:
    """True if a text has a word that denies without a "not": "turned down", "against", "unarmed"."""
    return bool(_AGAINST.search(text))


def is_cancelled(text: str) -> bool:
    """True if a text denies a denial: "has not ruled out"."""
    return bool(_CANCELLED.search(text))


def check_negation(text: str, source: str) -> Iterator[Objection]:
    """What speaks against it: a denial that no source makes, and for one that is left out of what a source says."""
    text, source = _CANCELLED.sub(" ", text), _CANCELLED.sub(" ", source)
    if _NEGATION.search(text):
        if not any(form.search(source) for form in (_NEGATION, _PREFIXED, _AGAINST)):
            yield Objection("it denies something that its source does not deny")
        return
    otherwise = denies_otherwise(text)
    terms = set(content_words(text))
    for span in sentences(source):
        sentence = span.of(source)
        if len(terms & set(content_words(sentence))) < _ABOUT * len(terms):
            continue  # cited for a name or a date: what it denies is something else
        for sign in _NO_SIGN.finditer(sentence):
            behind = [term for word in words(sentence[sign.end() :][:160])[:_FAR] for term in content_words(word)]
            if len(terms & set(behind)) >= 2 and not _PREFIXED.search(text):
                yield Objection(f"its source says so only with “{sign.group()}”, which the sentence leaves out", "firm")
                return
        for denial in _NEGATION.finditer(sentence):
            after = [term for word in words(sentence[denial.end() :][:80])[:_REACH] for term in content_words(word)]
            if terms & set(after[:2]) and not otherwise:
                yield Objection("its source says so only with a “not” that the sentence leaves out")
