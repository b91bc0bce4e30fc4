"""Whom an article names: people, bodies and countries that speak in it or have a role there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rag.domain import ActorKind, ActorMention
from rag.knowledge.words import ARTICLES
from rag.statements.acronyms import long_forms
from rag.statements.affiliations import Affiliation, AffiliationResolver
from rag.statements.entities import EntityRegistry, Person
from rag.statements.lexicon import LEXICON, PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.statements.person_roles import Role, role_at
from rag.statements.speakers import Speaker
from rag.text.canonical import fold
from rag.text.places import country_of

_OF_BODY = re.compile(r" (?:of|for|at) (?:the )?([A-Z].*)")


class MentionCollector:
    """Gathers the actors of one text. `add_statement` must be called for each statement."""

    def __init__(self, tree: ParsedText, people: EntityRegistry, affiliations: AffiliationResolver) -> None:
        self.tree = tree
        self.people = people
        self.affiliations = affiliations
        self._by_person: Counter[int] = Counter()  # statements, by identity of the person
        self._by_body: Counter[str] = Counter()  # statements, by folded name
        self._bodies: dict[str, tuple[str, str | None]] = {}  # folded name -> name, whom it stands for

    def add_statement(self, speaker: Speaker, actor: Affiliation | None) -> None:
        """Notes a statement of a speaker on behalf of an actor."""
        for one in speaker.together or (speaker,):
            if one.person is not None:
                self._by_person[id(one.person)] += 1
            elif one.name and one.noun is not None and self._is_name(one.noun, _bare(one.name)):
                self._add_body(one.name, actor.name if actor and fold(actor.name) != fold(one.name) else None)
        if actor is not None and fold(actor.name) != fold(speaker.name or ""):
            self._add_body(actor.name, None)

    def mentions(self) -> tuple[ActorMention, ...]:
        """Everybody who spoke, was spoken for, or is given a role."""
        return (*self._of_people(), *self._of_bodies())

    def _add_body(self, name: str, body: str | None) -> None:
        bare = _bare(name)
        if bare.islower():
            return  # "police", "company": another in each article
        first_name, first_body = self._bodies.get(fold(bare), (bare, None))
        self._bodies[fold(bare)] = (first_name, first_body or body)
        self._by_body[fold(bare)] += 1

    def _is_name(self, noun: int, name: str) -> bool:
        token = self.tree[noun]
        is_proper = token.tag in ("NNP", "NNPS") and token.pos == "PROPN" and token.entity not in ("NORP", "DATE")
        return is_proper and (" " in name or name.isupper() or not self._is_capital_by_place(noun))

    def _is_capital_by_place(self, noun: int) -> bool:
        """True for a noun that the text has in small letters too, and with a capital only where a sentence begins or
        among words of a headline: "Report: Marsh Knew of Leak"."""
        tree, word = self.tree, self.tree[noun].text
        places = [token.index for token in tree.tokens if token.text == word and token.index + 1 < len(tree)]
        inside = [at for at in places if at != tree.sentence(at)[0] and not tree.breaks(at - 1, at)]
        is_noun = any(token.text == word.lower() and token.pos == "NOUN" for token in tree.tokens)
        return is_noun and all(tree[at + 1].text[:1].isupper() for at in inside)

    def _of_people(self) -> Iterator[ActorMention]:
        offices: dict[int, list[tuple[str, str | None]]] = defaultdict(list)
        for person, role, whose in appointments(self.tree, self.people):
            offices[id(person)].append((role.words, whose))
        for person in self.people.everyone:
            statements, own_offices = self._by_person[id(person)], offices[id(person)]
            if not statements and not (person.is_full and (person.roles or own_offices)):
                continue
            actor = self.affiliations.of(Speaker(name=person.name, basis=person.span, person=person))
            body = actor.name if actor is not None else None
            roles: dict[str, tuple[str, str | None, bool]] = {
                fold(role.words): (role.words, None if role.past else body, role.past) for role in person.roles
            }
            for words, whose in own_offices:
                whose = whose or next((match[1] for match in [_OF_BODY.search(words)] if match), None)
                roles.setdefault(fold(f"{words} {whose or ''}"), (words, whose or body, False))
            for at, (words, of, former) in enumerate(roles.values() or [("", body, False)]):
                yield ActorMention(
                    name=person.name,
                    kind="person",
                    forms=self._forms(person),
                    role=words or None,
                    body=of,
                    former=former,
                    statements=0 if at else statements,
                )

    def _forms(self, person: Person) -> tuple[str, ...]:
        forms = dict.fromkeys(self.tree.text_of(self.people.first(word), word) for word in person.mentions)
        return tuple(form for form in forms if form != person.name and " " in form)

    def _of_bodies(self) -> Iterator[ActorMention]:
        acronyms: dict[str, list[str]] = defaultdict(list)
        for acronym, words in long_forms(self.tree).items() if self._bodies else ():
            acronyms[fold(_bare(self.tree.text_of(*words)))].append(acronym)
        for key, (name, body) in self._bodies.items():
            kind: ActorKind = "country" if country_of(name) == name else "body"
            body = None if body is not None and fold(_bare(body)) == key else body
            forms = tuple(form for form in acronyms[key] if form in self.tree.text)
            yield ActorMention(name=name, kind=kind, forms=forms, body=body, statements=self._by_body[key])


def _bare(name: str) -> str:
    """A name without the article before it and what stands behind it in brackets."""
    name = name.partition(" (")[0]
    first, _, rest = name.partition(" ")
    return rest if first.lower() in ARTICLES and rest[:1].isupper() else name


def appointments(tree: ParsedText, people: EntityRegistry) -> Iterator[tuple[Person, Role, str | None]]:
    """(person, role, whose) for each office that a clause gives to a person with a full name. Who leads, heads or runs
    a body holds the role "head" of it. Nothing inside quotations, and nothing that is negated."""
    for token in tree.tokens:
        verb = token.index
        if not token.is_verb or tree.quoted[verb] or tree.deps(verb, "neg"):
            continue
        if token.lemma in LEXICON.leading:
            yield from _leaders(tree, people, verb)
        elif token.lemma in LEXICON.becoming:
            yield from _holders(tree, people, tree.deps(verb, "nsubj"), tree.deps(verb, "attr", "dobj"))
        elif token.lemma in LEXICON.appointing:
            names = tree.deps(verb, "nsubjpass") or tree.deps(verb, "dobj")
            if token.tag == "VBN" and token.dep == "acl":  # Jon Roe, sworn in as minister
                names = [token.head]
            yield from _holders(tree, people, names, [*tree.deps(verb, "oprd", "attr"), *_objects(tree, verb, "as")])


def _leaders(tree: ParsedText, people: EntityRegistry, verb: int) -> Iterator[tuple[Person, Role, str | None]]:
    """Who leads which body."""
    passive = tree.deps(verb, "nsubjpass")
    leaders = map(people.of, [*_objects(tree, verb, "by"), *([] if passive else tree.deps(verb, "nsubj"))])
    for person in (one for one in leaders if one is not None):
        for body in [*passive, *tree.deps(verb, "dobj")]:
            if people.of(body) or not tree[body].is_noun:
                continue
            asides = tree.deps(body, "relcl", "acl", "appos")
            words = {word for word in tree.subtree(body, without=asides) if tree[word].pos != "DET" or word > body}
            run = next((run for run in tree.runs(words) if run[0] <= body <= run[1]), None)
            if run is not None and any(tree[word].pos == "PROPN" for word in range(run[0], run[1] + 1)):
                span = tree.span(*run)
                yield person, Role(words="head", head="head", span=span), span.of(tree.text)


def _holders(
    tree: ParsedText, people: EntityRegistry, names: Iterable[int], offices: list[int]
) -> Iterator[tuple[Person, Role, str | None]]:
    """Who holds which office, with the words for whose it is."""
    for person in (one for one in map(people.of, names) if one is not None):
        for noun in offices:
            if tree[noun].lemma.lower() not in PERSON_NOUNS or people.of(noun) is not None:
                continue
            role = None if tree.has_text(tree.deps(noun, "det"), "a", "an", "no") else role_at(tree, noun)
            if role is not None:
                owner = tree.owner(noun)
                runs = tree.runs(tree.subtree(owner) - set(tree.deps(owner, "case"))) if owner is not None else []
                whose = tree.text_of(*runs[-1]) if runs else ""
                yield person, role, whose if whose[:1].isupper() else None


def _objects(tree: ParsedText, verb: int, preposition: str) -> list[int]:
    """The objects of a preposition that hangs on the verb."""
    words = [word for word in tree.deps(verb, "prep", "agent") if tree[word].lower == preposition]
    return [noun for word in words for noun in tree.deps(word, "pobj")]
