"""Polarity: what a text denies, and whether a claim and its sources deny the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.text.related_words import is_common
from rag.text.sentences import sentences
from rag.text.terms import content_words, stem, words
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.tokens import Token

_NOT_REACH = 5  # words after a "not" in which the two words that it bears on are looked for
_DENIAL_REACH = 8  # words after "denied", "refused" ... that these bear on
NO_OPPOSITES = frozenset(map(stem, LEXICON.no_opposites))  # begin like an opposite without being one


def negation_scopes(items: Sequence[Token], *, far: bool = False) -> dict[int, str]:
    """Places of the words in the scope of a negation, each with the negation's form: the two that it surely bears on,
    or those `far` as it may bear on."""
    scopes: dict[int, str] = {}

    def add(at: int, reach: int, most: int, form: str) -> None:
        scopes.update(dict.fromkeys(following_content(items, at, reach=reach, most=most), form))

    for at, item in enumerate(items):
        if item.kind == "negation":
            reach, most = (2 * _NOT_REACH, _NOT_REACH) if far else (_NOT_REACH, 2)
            add(at, reach, most, {"n't": "not"}.get(item.form, item.form))
        elif item.is_denial:
            add(at, _DENIAL_REACH, _DENIAL_REACH, item.form)
        previous = items[at - 1] if at and item.is_adjacent else None
        if (
            item.kind == "negation"
            and item.form in LEXICON.negations_behind_verb
            and previous
            and previous.kind == "word"
            and not previous.is_reporting
        ):
            scopes.setdefault(at - 1, item.form)  # "endorsed neither"
        if item.form == "neither" and (verb := _verb_after_nor(items, at)):
            add(verb, _NOT_REACH, 2, item.form)
        if item.form in LEXICON.negative_adjectives or (item.form.startswith("un") and item.form.endswith("ed")):
            scopes.setdefault(at, item.form)
        if item.form == "yet" and at + 1 < len(items) and items[at + 1].form == "to":
            add(at, _NOT_REACH, 2, "yet to")
    return scopes


def _verb_after_nor(items: Sequence[Token], at: int) -> int | None:
    """The place of the first form of be, have, do or a modal behind a "nor"."""
    nor = next((place for place in range(at, len(items)) if items[place].form == "nor"), len(items))
    return next((place for place in range(nor, len(items)) if items[place].kind in ("tense", "modal")), None)


def following_content(items: Sequence[Token], at: int, *, reach: int, most: int) -> list[int]:
    """Places of at most `most` content words other than names among the next `reach` words of the clause."""
    places: list[int] = []
    for place in range(at + 1, min(len(items), at + 1 + reach)):
        item = items[place]
        if (
            not item.is_adjacent
            or item.form in LEXICON.ends_scope
            or item.sentence != items[at].sentence
            or len(places) == most
        ):
            break
        if item.is_content and item.kind != "name":
            places.append(place)
    return places


# -- by sentences: for a paraphrase, which cannot be aligned with a sentence of its source


_NO_SIGN_REACH, _NO_SIGN_CHARACTERS = 14, 160  # behind a "no sign of" in which what it denies is looked for
_NEGATION_REACH, _NEGATION_CHARACTERS = 4, 80  # the same behind a negation
_SAME_MATTER = 0.4  # share of a claim's content words that a sentence must have to be about the same


def has_lexical_denial(text: str) -> bool:
    """True if a text has a word that denies without a "not": "turned down", "against", "unarmed"."""
    return bool(PATTERNS.lexical_denial.search(text)) or any(
        is_common(match["base"]) and stem(match.group()) not in NO_OPPOSITES
        for match in PATTERNS.negative_prefix.finditer(text)
    )


def has_double_negation(text: str) -> bool:
    """True if a text denies a denial: "has not ruled out"."""
    return bool(PATTERNS.double_negation.search(text))


def check_polarity(text: str, source: str) -> Iterator[Objection]:
    """Objections to a denial that no source makes, and to leaving out one that a source makes."""
    text, source = PATTERNS.double_negation.sub(" ", text), PATTERNS.double_negation.sub(" ", source)
    if PATTERNS.negation.search(text):
        if not (PATTERNS.negation.search(source) or has_lexical_denial(source)):
            yield Objection("it denies something that its source does not deny")
        return
    terms = set(content_words(text))
    shared = {span: len(terms & set(content_words(span.of(source)))) for span in sentences(source)}
    plain = max((size for span, size in shared.items() if not PATTERNS.negation.search(span.of(source))), default=0)
    for span, size in shared.items():
        sentence = span.of(source)
        if size < max(_SAME_MATTER * len(terms), plain):
            continue  # cited for a name or a date: what it denies is something else
        for sign in PATTERNS.no_sign.finditer(sentence):
            scope = _stems_of_first(sentence[sign.end() :][:_NO_SIGN_CHARACTERS], _NO_SIGN_REACH)
            if len(terms & set(scope)) >= 2 and not has_lexical_denial(text):
                yield Objection(f"its source says so only with “{sign.group()}”, which the sentence leaves out", "firm")
                return
        for denial in PATTERNS.negation.finditer(sentence):
            scope = _stems_of_first(sentence[denial.end() :][:_NEGATION_CHARACTERS], _NEGATION_REACH)
            if terms & set(scope[:2]) and not has_lexical_denial(text):
                yield Objection("its source says so only with a “not” that the sentence leaves out")


def _stems_of_first(text: str, most: int) -> list[str]:
    """The stems of the content words among the first words of a text."""
    return content_words(" ".join(words(text)[:most]))
