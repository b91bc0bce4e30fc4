"""Titles without a name, linked to the person whom they stand for."""

from __future__ import annotations

from rag.knowledge.tables import words_of
from rag.statements.entities import EntityRegistry, Person, Role, countries_of, role_at
from rag.statements.parsed_text import ParsedText

_HEADS_OF_STATE = words_of("statements", "heads_of_state")
_CHIEFS = words_of("statements", "heads_of_state", "chiefs")
_OFFICE_JOINERS = words_of("statements", "office_joiners")
_REACH = 5
"""Sentences that a title looks back over."""


class TitleLinks:
    """The titles of one text: `linked` has the person by the word of the title."""

    def __init__(self, tree: ParsedText, people: EntityRegistry) -> None:
        self.tree = tree
        self.people = people
        self.linked = self._links()

    def _links(self) -> dict[int, Person]:
        """Titles without a name, linked to the person they stand for: *the defense chief*, *the Russian leader*."""
        tree, linked = self.tree, {}
        for token in tree.tokens:
            noun = token.index
            if not token.is_noun or self.people.of(noun) or tree.quoted[noun]:
                continue
            if token.is_plural or token.dep in ("compound", "nmod", "appos", "attr"):
                continue
            if any(self.people.of(child) for child in tree.deps(noun, "appos")) or tree.deps(noun, "conj"):
                continue
            role = role_at(tree, noun)
            definite = (role is not None and role.owner is not None) or any(
                tree[child].lower == "the" for child in tree.children[noun]
            )
            if role is None or not definite:
                continue
            person = self._earlier(noun, role) or self._later(noun, role) or self._named_next(noun, role)
            if person is not None:
                linked[noun] = person
                person.countries.extend(countries_of(self.people, noun))
                if not any(known.words == role.words for known in person.roles):
                    person.roles.append(role)
        return linked

    def _earlier(self, noun: int, role: Role) -> Person | None:
        """The nearest person before whose roles and country agree with the title."""
        tree = self.tree
        countries = {country for country, _ in countries_of(self.people, noun)}
        best = None
        for mention, person in self.people.near(tree[noun].sentence, _REACH):
            if mention > noun or tree.quoted[mention] or not _agree(role, person):
                continue
            if not countries or not _countries(person) or countries & _countries(person):
                best = person
        return best

    def _later(self, noun: int, role: Role) -> Person | None:
        """A title that speaks in the lead stands for the person who is named first as the speaker of the very next
        sentence, without a title of their own."""
        tree = self.tree
        if tree[noun].dep != "nsubj" or tree[noun].sentence > 1:
            return None
        for mention, person in self.people.near(tree[noun].sentence + 1, 0):
            if (
                mention == person.mentions[0]
                and tree[mention].dep == "nsubj"
                and not person.roles
                and " " in person.name
            ):
                return person
        return None

    def _named_next(self, noun: int, role: Role) -> Person | None:
        """The person of the next sentence who speaks there under the same title: Ostia's *president* denied it. "No,"
        President Fell said."""
        tree = self.tree
        countries = {country for country, _ in countries_of(self.people, noun)}
        if tree[noun].dep != "nsubj" or (role.owner is None and tree[noun].sentence > 1):
            return None
        for mention, person in self.people.near(tree[noun].sentence + 1, 0):
            first = mention == person.mentions[0] and tree[mention].dep == "nsubj" and not tree.quoted[mention]
            titled = any(known.words.lower() == role.words.lower() and not known.past for known in person.roles)
            if first and titled and not (countries and _countries(person) and not countries & _countries(person)):
                return person
        return None


def _countries(person: Person) -> set[str]:
    return {country for country, _ in person.countries}


_LESSER = words_of("statements", "lesser")
"""What makes another office of an office."""


def _agree(title: Role, person: Person) -> bool:
    """True if the title can be one of the person's: the same noun, a leader for a president, a defense chief for a
    defense minister."""
    for role in person.roles:
        lesser = _LESSER & set(role.words.lower().replace("-", " ").split())
        if lesser - set(title.words.lower().replace("-", " ").split()) and not role.past:
            continue  # the mayor is not the deputy mayor
        if role.head == title.head and (
            title.words.lower() in role.words.lower() or role.words.lower() in title.words.lower()
        ):
            return True
        shared = set(role.words.lower().split()) & set(title.words.lower().split())
        shared -= {role.head, title.head} | _OFFICE_JOINERS
        if shared and {role.head, title.head} <= _CHIEFS:
            return True
        if title.words.lower() in _HEADS_OF_STATE and (
            role.words.lower() in _HEADS_OF_STATE or role.words.lower() == "prime minister"
        ):
            return True
    return False
