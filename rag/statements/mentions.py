"""Whom an article names: people, bodies and countries that speak in it or have a role there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rag.domain import ActorKind, ActorMention
from rag.statements.acronyms import long_forms
from rag.statements.affiliations import Actor, AffiliationResolver
from rag.statements.appointments import appointments
from rag.statements.entities import EntityRegistry, Person
from rag.statements.parsed_text import ParsedText
from rag.statements.speakers import Speaker
from rag.text.canonical import fold
from rag.text.places import country_of

_OF = re.compile(r" (?:of|for|at) (?:the )?([A-Z].*)")


class MentionCollector:
    """Gathers the actors of one text. `heard` must be called for each statement."""

    def __init__(self, tree: ParsedText, people: EntityRegistry, affiliations: AffiliationResolver) -> None:
        self.tree = tree
        self.people = people
        self.affiliations = affiliations
        self._said: Counter[int] = Counter()  # by identity of the person
        self._bodies: dict[str, tuple[str, str | None]] = {}  # folded name -> name, whom it stands for
        self._spoken: Counter[str] = Counter()

    def heard(self, speaker: Speaker, actor: Actor | None) -> None:
        """Notes a statement of a speaker on behalf of an actor."""
        for one in speaker.together or (speaker,):
            if one.person is not None:
                self._said[id(one.person)] += 1
            elif one.name and one.noun is not None and self._is_named(one.noun):
                self._note(one.name, actor.name if actor and fold(actor.name) != fold(one.name) else None)
        if actor is not None and fold(actor.name) != fold(speaker.name or ""):
            self._note(actor.name, None)

    def mentions(self) -> tuple[ActorMention, ...]:
        """Everybody who spoke, was spoken for, or is given a role."""
        return (*self._of_people(), *self._of_bodies())

    def _note(self, name: str, body: str | None) -> None:
        bare = _bare(name)
        kept = self._bodies.setdefault(fold(bare), (bare, body))
        if kept[1] is None and body is not None:
            self._bodies[fold(bare)] = (kept[0], body)
        self._spoken[fold(bare)] += 1

    def _is_named(self, noun: int) -> bool:
        token = self.tree[noun]
        return token.tag in ("NNP", "NNPS") and token.pos == "PROPN" and token.entity not in ("NORP", "DATE")

    def _of_people(self) -> Iterator[ActorMention]:
        offices: dict[int, list[tuple[str, str | None]]] = {}
        for person, role, whose in appointments(self.tree, self.people):
            offices.setdefault(id(person), []).append((role.words, whose))
        for person in self.people.everyone:
            said = self._said[id(person)]
            given = offices.get(id(person), [])
            if not said and not (" " in person.name and (person.roles or given)):
                continue
            stands_for = self.affiliations.of(Speaker(name=person.name, basis=person.span, person=person))
            body = stands_for.name if stands_for is not None else None
            roles: dict[str, tuple[str, str | None, bool]] = {
                fold(role.words): (role.words, None if role.past else body, role.past) for role in person.roles
            }
            for words, whose in given:
                whose = whose or next((held[1] for held in [_OF.search(words)] if held), None)
                roles.setdefault(fold(f"{words} {whose or ''}"), (words, whose or body, False))
            for at, (words, of, former) in enumerate(roles.values() or [("", body, False)]):
                yield ActorMention(
                    name=person.name,
                    kind="person",
                    forms=self._forms(person),
                    role=words or None,
                    body=of,
                    former=former,
                    statements=0 if at else said,
                )

    def _forms(self, person: Person) -> tuple[str, ...]:
        forms = (self.tree.span(self.people.first(word), word).of(self.tree.text) for word in person.mentions)
        return tuple(form for form in dict.fromkeys(forms) if form != person.name and " " in form)

    def _of_bodies(self) -> Iterator[ActorMention]:
        short: dict[str, list[str]] = {}
        for acronym, (first, last) in long_forms(self.tree).items() if self._bodies else ():
            short.setdefault(fold(_bare(self.tree.span(first, last).of(self.tree.text))), []).append(acronym)
        for key, (name, body) in self._bodies.items():
            kind: ActorKind = "country" if country_of(name) == name else "body"
            body = None if body is not None and fold(_bare(body)) == key else body
            used = tuple(form for form in short.get(key, ()) if form in self.tree.text)
            yield ActorMention(name=name, kind=kind, forms=used, body=body, statements=self._spoken[key])


def _bare(name: str) -> str:
    """A name without the article before it and what stands behind it in brackets."""
    name = name.partition(" (")[0]
    first, _, rest = name.partition(" ")
    return rest if first.lower() in ("the", "a", "an") and rest[:1].isupper() else name
