"""Whom an article names: people, bodies and countries that speak in it or have a role there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rag.domain import ActorKind, ActorMention
from rag.knowledge.tables import words_of
from rag.statements.affiliations import Actor, AffiliationResolver
from rag.statements.entities import EntityRegistry, Person, Role, role_at
from rag.statements.name_variants import long_forms
from rag.statements.nouns import PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.statements.speakers import Speaker
from rag.text.canonical import fold
from rag.text.places import country_of

_OF = re.compile(r" (?:of|for|at) (?:the )?([A-Z].*)")
_LEADING = words_of("statements", "leading")
_BECOMING = words_of("statements", "becoming")
_APPOINTING = words_of("statements", "appointing")


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


def appointments(tree: ParsedText, people: EntityRegistry) -> Iterator[tuple[Person, Role, str | None]]:
    """(person, role, whose) for each office that a clause gives to a person with a full name. Who leads, heads or runs
    a body holds the role "head" of it. Nothing inside quotations, and nothing that is negated."""
    for token in tree.tokens:
        verb = token.index
        if not token.is_verb or tree.quoted[verb] or tree.deps(verb, "neg"):
            continue
        if token.lemma in _LEADING:
            yield from _leads(tree, people, verb)
        elif token.lemma in _BECOMING:
            yield from _is(tree, people, verb, tree.deps(verb, "nsubj"), tree.deps(verb, "attr", "dobj"))
        elif token.lemma in _APPOINTING:
            named = tree.deps(verb, "nsubjpass") or tree.deps(verb, "dobj")
            if token.tag == "VBN" and token.dep == "acl":  # Jon Roe, sworn in as minister
                named = [token.head]
            given = [*tree.deps(verb, "oprd", "attr"), *_behind(tree, verb, "as")]
            yield from _is(tree, people, verb, named, given)


def _leads(tree: ParsedText, people: EntityRegistry, verb: int) -> Iterator[tuple[Person, Role, str | None]]:
    led = [*tree.deps(verb, "nsubjpass"), *tree.deps(verb, "dobj")]
    leaders = [*_behind(tree, verb, "by"), *(tree.deps(verb, "nsubj") if not tree.deps(verb, "nsubjpass") else ())]
    for leader in leaders:
        person = people.of(leader)
        for body in led:
            if person is None or people.of(body) or not tree[body].is_noun:
                continue
            words = {word for word in tree.subtree(body) if tree[word].pos != "DET" or word > body}
            words -= {word for aside in tree.deps(body, "relcl", "acl", "appos") for word in tree.subtree(aside)}
            run = next((run for run in tree.runs(words) if run[0] <= body <= run[1]), None)
            if run is None or not any(tree[word].pos == "PROPN" for word in range(run[0], run[1] + 1)):
                continue
            span = tree.span(*run)
            yield person, Role(words="head", head="head", span=span), span.of(tree.text)


def _is(
    tree: ParsedText, people: EntityRegistry, verb: int, named: list[int], given: list[int]
) -> Iterator[tuple[Person, Role, str | None]]:
    for subject in named:
        person = people.of(subject)
        for noun in given:
            if person is None or tree[noun].lemma.lower() not in PERSON_NOUNS or people.of(noun) is not None:
                continue
            if any(tree[word].lower in ("a", "an", "no") for word in tree.deps(noun, "det")):
                continue
            if (role := role_at(tree, noun)) is not None:
                owner = tree.owner(noun)
                whose = tree.runs(tree.subtree(owner) - set(tree.deps(owner, "case"))) if owner is not None else []
                text = tree.span(*whose[-1]).of(tree.text) if whose else None
                yield person, role, text if text and text[:1].isupper() else None


def _behind(tree: ParsedText, verb: int, preposition: str) -> list[int]:
    """The objects of a preposition that hangs on the verb."""
    words = [word for word in tree.deps(verb, "prep", "agent") if tree[word].lower == preposition]
    return [held for word in words for held in tree.deps(word, "pobj")]
