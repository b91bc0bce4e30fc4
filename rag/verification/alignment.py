"""Word-by-word alignment of a sentence with a source, and the scopes of negations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.text.sentences import sentences
from rag.text.terms import content_words, words
from rag.verification.record import Objection
from rag.verification.tokens import Token

_NOT_REACH = 5  # words after a "not" in which the two words that it bears on are looked for
_BEHIND_VERB = frozenset("neither no none nothing nobody".split())
_DENIAL_REACH = 8  # words after "denied", "refused" ... that these bear on


@dataclass(frozen=True, slots=True)
class Alignment:
    """A sentence aligned with a source. `pairs` are the places of the same words; `exchanged` are the words that differ
    between these, one side possibly empty; `copied` is the share, 0..1, of the sentence's words other than names that
    are paired."""

    claim: Sequence[Token]
    source: Sequence[Token]
    pairs: Sequence[tuple[int, int]]
    exchanged: Sequence[tuple[Sequence[Token], Sequence[Token]]]
    copied: float


def align(claim: Sequence[Token], source: Sequence[Token]) -> Alignment:
    """The alignment of two texts by their words."""
    matcher = SequenceMatcher(None, [item.key for item in claim], [item.key for item in source], autojunk=False)
    pairs: list[tuple[int, int]] = []
    exchanged = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(a, b), range(c, d), strict=True)
        else:
            exchanged.append((claim[a:b], source[c:d]))
    plain = sum(item.kind != "name" for item in claim)
    copied = sum(claim[i].kind != "name" for i, _ in pairs) / max(1, plain)
    return Alignment(claim, source, pairs, exchanged, copied)


def negation_scopes(items: Sequence[Token]) -> dict[int, str]:
    """Places of the words in the scope of a negation, each with the negation's form."""
    places: dict[int, str] = {}
    for at, item in enumerate(items):
        if item.kind == "negation":
            word = {"n't": "not"}.get(item.form, item.form)
            places |= dict.fromkeys(next_content(items, at, reach=_NOT_REACH, most=2), word)
        elif item.denies:
            places |= dict.fromkeys(next_content(items, at, reach=_DENIAL_REACH, most=_DENIAL_REACH), item.form)
        if (
            item.form in _BEHIND_VERB
            and at
            and item.near
            and items[at - 1].kind == "word"
            and not items[at - 1].reports
        ):
            places.setdefault(at - 1, item.form)  # "endorsed neither"
        if item.form == "neither" and (verb := _verb_after_nor(items, at)):
            places |= dict.fromkeys(next_content(items, verb, reach=_NOT_REACH, most=2), item.form)
        if item.form in ("unable", "unlikely", "unwilling") or (
            item.form.startswith("un") and item.form.endswith("ed")
        ):
            places.setdefault(at, item.form)
        if item.form == "yet" and at + 1 < len(items) and items[at + 1].form == "to":
            places |= dict.fromkeys(next_content(items, at, reach=_NOT_REACH, most=2), "yet to")
    return places


def _verb_after_nor(items: Sequence[Token], at: int) -> int | None:
    """The place of the first form of be, have, do or a modal behind a "nor"."""
    nor = next((place for place in range(at, len(items)) if items[place].form == "nor"), None)
    if nor is None:
        return None
    return next((place for place in range(nor, len(items)) if items[place].kind in ("tense", "modal")), None)


def next_content(items: Sequence[Token], at: int, *, reach: int, most: int) -> list[int]:
    """Places of the next carrying words of the clause."""
    places: list[int] = []
    for place in range(at + 1, min(len(items), at + 1 + reach)):
        item = items[place]
        if not item.near or item.form in ("but", "although", "though") or item.sentence != items[at].sentence:
            break
        if item.carries and item.kind != "name":
            places.append(place)
            if len(places) == most:
                break
    return places


# -- negation by sentences: for a paraphrase, which cannot be aligned with a sentence of its source


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
_NO_SIGN_REACH = 14
_NEGATION_REACH = 4  # words after a negation that it is taken to bear on
_ABOUT = 0.4  # share of a sentence's content words that a source's sentence must have to be what it tells of


# Two that make an assertion: "has not ruled out", "did not keep him from".
_DOUBLE_NEGATION = re.compile(
    r"(?:\b(?:not|never|no longer|neither|nor|cannot)\b|n['’]t\b)\s+(?:\w+\s+){0,3}?(?:rul(?:e|ed|ing) out|den(?:y|ied)"
    r"|exclud(?:e|ed)|disput(?:e|ed)|reject(?:ed)?|fail(?:ed)?|refus(?:e|ed)|hesitat(?:e|ed)|doubt(?:ed)?"
    r"|(?:kept?|stop(?:ped)?|prevent(?:ed)?|deter(?:red)?)\b[^.;]{0,60}?\bfrom)\b",
    re.IGNORECASE,
)
# Words of a claim that deny in their own way what its source denies in another.
_OTHER_DENIAL = re.compile(
    r"\b(?:turn(?:s|ed)? down|exclud\w+|prevent\w*|oppos\w+|against|avoid\w*|unless|instead|rather than"
    r"|stop(?:s|ped)?|open|bann?(?:ed|s)?|block(?:ed|s)?|clear(?:ed|s)? of|acquit\w*|cancel\w*|halt\w*|miss(?:es|ed)?"
    r"|reluctan\w+|doubt\w*|disput\w+|disagree\w*|first time|only)\b|\b(?:un|non|in|im|dis|ir)[a-z]{4,}\b",
    re.IGNORECASE,
)


def denies_without_not(text: str) -> bool:
    """True if a text has a word that denies without a "not": "turned down", "against", "unarmed"."""
    return bool(_OTHER_DENIAL.search(text))


def denies_twice(text: str) -> bool:
    """True if a text denies a denial: "has not ruled out"."""
    return bool(_DOUBLE_NEGATION.search(text))


def check_negation(text: str, source: str) -> Iterator[Objection]:
    """Objections to a denial that no source makes, and to leaving out one that a source makes."""
    text, source = _DOUBLE_NEGATION.sub(" ", text), _DOUBLE_NEGATION.sub(" ", source)
    if _NEGATION.search(text):
        if not any(form.search(source) for form in (_NEGATION, _PREFIXED, _OTHER_DENIAL)):
            yield Objection("it denies something that its source does not deny")
        return
    otherwise = denies_without_not(text)
    terms = set(content_words(text))
    for span in sentences(source):
        sentence = span.of(source)
        if len(terms & set(content_words(sentence))) < _ABOUT * len(terms):
            continue  # cited for a name or a date: what it denies is something else
        for sign in _NO_SIGN.finditer(sentence):
            behind = [
                term for word in words(sentence[sign.end() :][:160])[:_NO_SIGN_REACH] for term in content_words(word)
            ]
            if len(terms & set(behind)) >= 2 and not _PREFIXED.search(text):
                yield Objection(f"its source says so only with “{sign.group()}”, which the sentence leaves out", "firm")
                return
        for denial in _NEGATION.finditer(sentence):
            after = [
                term for word in words(sentence[denial.end() :][:80])[:_NEGATION_REACH] for term in content_words(word)
            ]
            if terms & set(after[:2]) and not otherwise:
                yield Objection("its source says so only with a “not” that the sentence leaves out")
