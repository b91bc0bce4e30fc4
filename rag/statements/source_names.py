"""The name of a person in the words of a source, however the parser read them."""

from __future__ import annotations

from rag.domain import Span
from rag.knowledge.words import HONORIFICS, TITLE_ABBREVIATIONS
from rag.statements.antecedents import gender_of
from rag.statements.entities import EntityRegistry, Person
from rag.statements.lexicon import KIN, PERSON_NOUNS
from rag.statements.parsed_text import ParsedText


def person_in_source(people: EntityRegistry, noun: int, words: set[int]) -> Person | None:
    """The person with a name whom the noun and the other words of a source name."""
    person = people.of(noun) or _in_apposition(people, noun, words) or name_after_titles(people, noun, words)
    return person or _name_at_end(people, words)


def _in_apposition(people: EntityRegistry, noun: int, words: set[int]) -> Person | None:
    """The person named in apposition, at any depth: his wife, the surgeon *Elena Ritter*, said."""
    tree, near = people.tree, [noun]
    for word in near:
        for child in tree.deps(word, "appos"):
            if child in words:
                if (person := people.of(child)) is not None:
                    return person
                near.append(child)
        if word != noun:
            parts = map(people.of, tree.deps(word, "compound", "nmod"))
            if (person := next((one for one in parts if one is not None), None)) is not None:
                return person
    return None


def name_after_titles(people: EntityRegistry, noun: int, words: set[int]) -> Person | None:
    """The person whose full name ends a row of titles: lobbyist and strategist *Jay Roe*, who lives there."""
    tree = people.tree
    if tree[noun].lemma not in PERSON_NOUNS or noun not in words:
        return None
    last = noun
    while last + 1 in words and tree[last + 1].text != "," and tree[last + 1].pos not in ("ADP", "PRON", "VERB"):
        last += 1
    person = people.of(last)
    if person is None or " " not in person.name:
        return None
    first = people.first(last)
    return person if first > noun and tree[first - 1].lemma in PERSON_NOUNS else None


def _name_at_end(people: EntityRegistry, words: set[int]) -> Person | None:
    """The person whose name ends the source right after what they are, however it was parsed: harbour engineer
    *Pavel Dorn*."""
    last = max((word for word in words if people.tree[word].pos != "PUNCT"), default=-1)
    person = people.of(last) if last >= 0 else None
    title = people.first(last) - 1 if person is not None else -1
    return person if title >= 0 and title in words and people.tree[title].lower in PERSON_NOUNS else None


def of_fitting_gender(tree: ParsedText, people: list[Person], noun: int, content: frozenset[int]) -> list[Person]:
    """Of namesakes of both genders those who are not the "my brother" of their own words, and whom the sentence behind,
    in the same paragraph, goes on about: *She* left in a taxi.
    """
    if not all(one.gender for one in people):
        return people
    owned = [word for word in content if (owner := tree.owner(word)) is not None and tree[owner].lower == "my"]
    relatives = {gender_of(tree[word].lemma) for word in owned if tree[word].lemma in KIN} - {None}
    others = [one for one in people if len(relatives) == 1 and one.gender not in relatives]
    if len(others) == 1:
        return others
    after = tree.sentence(noun)[-1] + 1
    goes_on = after < len(tree) and not tree.breaks(after - 1, after) and not tree.quoted[after]
    same = [one for one in people if goes_on and one.gender == tree[after].lower]
    return same if len(same) == 1 else people


def person_by_label(people: EntityRegistry, noun: int) -> Person | None:
    """The one person whose office a label in capitals names: "CAPTAIN:"."""
    token = people.tree[noun]
    if not token.text.isupper() or token.lower not in PERSON_NOUNS or people.tree.deps(noun, "compound", "nmod"):
        return None
    holders = [one for one in people.everyone if any(token.lower == role.head for role in one.roles)]
    return holders[0] if len(holders) == 1 else None


def unrecognised_name(people: EntityRegistry, noun: int) -> Span | None:
    """The name after a title where the parser saw no person: Rep. *Jim Jordan*."""
    tree, first = people.tree, noun
    while (
        first > 0
        and tree[first - 1].pos == "PROPN"
        and tree[first - 1].text != "."  # of "MR. HALE:", which a parser takes for two sentences
        and tree[first - 1].head == noun
        and not _is_title(tree, first - 1)
    ):
        first -= 1
    has_title = 0 < first < noun and _is_title(tree, first - 1)
    return tree.span(first, noun) if has_title and tree[noun].pos == "PROPN" else None


def _is_title(tree: ParsedText, word: int) -> bool:
    """True for a word that stands before names: Rep., Senator, Mr."""
    form = tree[word].lower
    return form.rstrip(".") in TITLE_ABBREVIATIONS or form in HONORIFICS or form in PERSON_NOUNS
