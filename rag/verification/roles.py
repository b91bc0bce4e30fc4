"""Semantic roles: who does something, to whom, where, and who is spoken to, compared where a claim shares a verb or a
noun with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.knowledge.words import FORMS_OF_BE
from rag.text.places import country_of, is_office
from rag.text.related_words import has_similar
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.premise import PRONOUNS, Premise
from rag.verification.tokens import Token, names_in, tokens

_REACH = 14  # words on each side of a verb among which its agent and its patient are looked for
_OFFICE_AND_NAME = re.compile(r"\b(?P<office>[A-Za-z]+) (?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)")


def check_roles(text: str, premise: Premise) -> Iterator[Objection]:
    """Objections to agents and patients that have changed sides, to names and addressees that the source has not there,
    and to names for somebody whom it leaves without one.
    """
    names = names_in(f"{text}\n{premise.text}")
    claim, source = tokens(text, names=names), tokens(premise.text, names=names)
    yield from _check_agents(claim, source)
    yield from _check_office_holders(text, premise)
    yield from _check_addressees(text, premise)
    yield from _check_prepositions(claim, source)


def _check_agents(claim: Sequence[Token], source: Sequence[Token]) -> Iterator[Objection]:
    """A verb keeps what stands before it before it: "A accused B" is not "B accused A"."""
    for at, verb in enumerate(claim):
        if verb.kind != "word" or verb.tense != "past" or verb.is_reporting:
            continue
        before, behind = _names_on_side(claim, at, -1), _names_on_side(claim, at, 1)
        places = [place for place, item in enumerate(source) if item.key == verb.key and item.kind == "word"]
        if not places or not before or not behind:
            continue
        voices = {_voice(source, place) for place in places}
        if all(_has_swapped_sides(before, behind, source, place) for place in places) and _voice(claim, at) in voices:
            yield Objection(f"its source has another before “{verb.form}”", "firm", (verb.start, verb.end))
            return


def _has_swapped_sides(before: set[str], behind: set[str], source: Sequence[Token], at: int) -> bool:
    """True if the names on the two sides of a verb have changed sides; where its source has a pronoun or a common noun
    on one side, the name of the other will do."""
    their_before, their_behind = _names_on_side(source, at, -1), _names_on_side(source, at, 1)
    to_front = (before - behind) & (their_behind - their_before)
    to_back = (behind - before) & (their_before - their_behind)
    return bool(
        (to_front and to_back)
        or (to_back and not their_behind and not before & their_before)
        or (to_front and not their_before and not behind & their_behind)
    )


def _names_on_side(items: Sequence[Token], at: int, step: int) -> set[str]:
    """The names on one side of a word, within its sentence; states under one name."""
    side = items[at + 1 : at + _REACH] if step > 0 else items[max(0, at - _REACH + 1) : at]
    return {
        country_of(item.form.title()) or item.key[:5]
        for item in side
        if item.kind == "name" and item.sentence == items[at].sentence
    }


def _voice(items: Sequence[Token], at: int) -> tuple[bool, bool]:
    """Whether a verb is a passive, and whether a "by" behind it names its agent."""
    sentence = items[at].sentence
    has_agent = any(item.form == "by" and item.sentence == sentence for item in items[at + 1 : at + 12])
    has_be = any(item.form in FORMS_OF_BE and item.sentence == sentence for item in items[max(0, at - 3) : at])
    return has_agent or has_be, has_agent


def _check_prepositions(claim: Sequence[Token], source: Sequence[Token]) -> Iterator[Objection]:
    """The name behind a word and "in", "to", "by" or "from" is the one that its source has there."""
    their_names: dict[tuple[str, str], set[str]] = {}
    for key, preposition, name in _prepositional_names(source):
        their_names.setdefault((key, preposition), set()).add(name.key)
    for key, preposition, name in _prepositional_names(claim):
        names = their_names.get((key, preposition))
        if names and not any(_name_the_same(name.key, one) for one in names):
            phrase = f"{preposition} {min(names).title()}".strip()
            yield Objection(f"its source has “{phrase}” there", "soft", (name.start, name.end))


def _prepositional_names(items: Sequence[Token]) -> Iterator[tuple[str, str, Token]]:
    """The keys of content words, each with the preposition and the last word of the name right behind; without one,
    those of verbs with their object."""
    for at, (item, after) in enumerate(pairwise(items)):
        is_verb = item.kind == "word" and item.form.endswith(("ing", "ed")) and not item.is_reporting
        if is_verb and after.kind == "name" and _is_next(item, after):
            yield item.key, "", _last_of_name(items, at + 1)
    for at, item in enumerate(items[:-2]):
        preposition, first = items[at + 1], at + 2
        if items[first].form == "the" and at + 3 < len(items):
            first = at + 3
        name, following = items[first], items[first + 1 : first + 2]
        if (
            not item.is_content
            or item.form == "one"
            or preposition.form not in LEXICON.role_prepositions
            or name.kind != "name"
        ):
            continue
        if not (_is_next(item, preposition) and _is_next(item, name)):
            continue
        if first > at + 2 and following and _is_next(name, following[0]) and following[0].kind == "word":
            continue  # "from the Norland company"
        yield item.key, preposition.form, _last_of_name(items, first)


def _last_of_name(items: Sequence[Token], first: int) -> Token:
    """The last word of the name that begins at a place."""
    last = first
    while last + 1 < len(items) and items[last + 1].kind == "name" and _is_next(items[last], items[last + 1]):
        last += 1
    return items[last]


def _is_next(item: Token, other: Token) -> bool:
    """True for a word of the same sentence with no punctuation before it: no name runs on across a full stop."""
    return other.is_adjacent and other.sentence == item.sentence


def _name_the_same(name: str, other: str) -> bool:
    country = country_of(name.title())
    return name[:5] == other[:5] or (country is not None and country == country_of(other.title()))


def _check_office_holders(text: str, premise: Premise) -> Iterator[Objection]:
    """Whom the source leaves without a name ("a minister") has none."""
    offices = {match["office"].lower() for match in PATTERNS.indefinite_office.finditer(premise.text)} - STOPWORDS
    for match in _OFFICE_AND_NAME.finditer(text):
        office = match["office"].lower()
        if office in offices and is_office(office) and not set(words(match["name"])) & set(words(premise.text)):
            yield Objection(f"its source does not say which {office} it was", "firm", match.span())


def _check_addressees(text: str, premise: Premise) -> Iterator[Objection]:
    """The addressee of a claim is that of its source: who is told, who is asked."""
    addressees = [set(content_words(match["whom"])) for match in PATTERNS.addressee.finditer(premise.text)]
    known_stems = premise.stems | set(content_words(premise.preceding_text))
    known_stems |= {stem(word) for word in words(premise.statement_fields)}
    for match in PATTERNS.addressee.finditer(text):
        whom = set(content_words(match["whom"])) - PRONOUNS
        is_unknown = whom and not any(has_similar(term, known_stems) for term in whom)
        is_another = whom and addressees and all(one and not one & whom for one in addressees)
        if is_unknown or (is_another and not whom & known_stems):
            yield Objection(f"its source does not say “{match.group().strip()}”", "soft", match.span())
