"""What a text tells of people beside their names, which a description takes up later: their age, their country."""

from __future__ import annotations

import re

from rag.statements.entities import EntityRegistry, Gender, Person
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText
from rag.text.places import place_of

_AGE_AT_NAME = re.compile(r",? \(?(?:aged )?(?P<age>\d{1,3})[,.;)]|, an? (?P<adjective>\d{1,3})-year-old")
_AGE_BEFORE_NAME = re.compile(r"(?P<age>\d{1,3})-year-old $")
_DEMONYM_ENDINGS = tuple(LEXICON.demonym_endings)
_FARTHEST_DEMONYM = 3  # words before a name


def people_by_age(people: EntityRegistry) -> dict[str, list[Person]]:
    """The people of each age that the text gives beside a name: Ida Holm, *43*."""
    tree, ages = people.tree, dict[str, list[Person]]()
    for person in people.everyone:
        for word in person.mentions:
            before = tree.text[: tree[people.first(word)].start][-16:]
            match = _AGE_AT_NAME.match(tree.text, tree[word].end) or _AGE_BEFORE_NAME.search(before)
            if match is not None and person not in ages.setdefault(match[match.lastgroup or 0], []):
                ages[match[match.lastgroup or 0]].append(person)
    return ages


def countries_by_person(people: EntityRegistry) -> dict[int, str]:
    """The country of each person, by identity, whom the text calls by their people: the *Kenyan* runner Ada Lund."""
    tree, countries = people.tree, dict[int, str]()
    for person in people.everyone:
        for word in person.mentions:
            first = people.first(word)
            for at in range(first - 1, max(first - 1 - _FARTHEST_DEMONYM, -1), -1):
                if tree[at].pos not in ("NOUN", "PROPN", "ADJ") or tree[at].sentence != tree[first].sentence:
                    break
                place = place_of(tree[at].text)
                if place is not None and place[0] == "demonym":
                    countries.setdefault(id(person), place[1])
    return countries


def demonym_at(tree: ParsedText, noun: int) -> tuple[bool, str | None]:
    """Whether the noun calls somebody by their people or town, with the country: the *Kenyan*, the *Yorkshirewoman*."""
    token, place = tree[noun], place_of(tree[noun].text)
    country = place[1] if place is not None and place[0] == "demonym" else None
    is_name = token.entity in ("NORP", "") or country is not None or token.lower.endswith(("woman", "man"))
    is_name = is_name and token.is_noun and token.text[:1].isupper() and token.lower not in LEXICON.party_members
    return is_name and token.lower.endswith(_DEMONYM_ENDINGS), country


def gender_in(tree: ParsedText, content: frozenset[int]) -> Gender | None:
    """The gender of a speaker whose words begin with them: the coach said *she* would stay."""
    opening = next((tree[word].lower for word in sorted(content) if tree[word].lower != "that"), "")
    return "he" if opening == "he" else "she" if opening == "she" else None
