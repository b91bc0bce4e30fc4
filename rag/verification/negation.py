"""Negation by sentences: for a sentence in words of its own, which no source sentence can be laid beside."""

from __future__ import annotations

import re

from rag.text.sentences import sentences
from rag.text.terms import content_words, words
from rag.verification.rejection import Refused

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)?|rul(?:es?|ed|ing) out|fail(?:s|ed|ing)?|unable|hardly|barely|un(?:likely|willing))\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_REACH = 4  # words after a negation that it is taken to bear on
_ABOUT = 0.4  # share of a sentence's content words that a source's sentence must have to be what it tells of


def check_negation(text: str, source: str) -> None:
    """Raises Refused for a denial that no source makes, and for one that is left out of what a source says."""
    if _NEGATION.search(text):
        if not _NEGATION.search(source):
            raise Refused("it denies something that its source does not deny")
        return
    said = set(content_words(text))
    for span in sentences(source):
        sentence = span.of(source)
        if len(said & set(content_words(sentence))) < _ABOUT * len(said):
            continue  # cited for a name or a date: what it denies is something else
        for denial in _NEGATION.finditer(sentence):
            after = [term for word in words(sentence[denial.end() :][:80])[:_REACH] for term in content_words(word)]
            if said & set(after[:2]):
                raise Refused("its source says so only with a “not” that the sentence leaves out")
