"""On whose behalf somebody speaks: said outright in the text, through a chain, or by exclusion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.knowledge.words import GENDERED_NAMES, HONORIFICS
from rag.statements.entities import (
    EntityRegistry,
    Person,
    belongs,
    countries_of,
    country_at,
    name_around,
)
from rag.statements.nouns import BODY_WORDS, MEMBERS, SPEAKING_BODIES, SPOKESPEOPLE
from rag.statements.parsed_text import ParsedText
from rag.statements.speakers import Speaker
from rag.statements.state_metonymy import acts_for_state
from rag.text.canonical import fold
from rag.text.places import NAMES, is_office, names_of, place_of

# Offices that one country fills once. A person with one of them speaks for exactly one of the countries of the article.
_EXCLUSIVE = {
    "head of state": ("president", "king", "queen", "emir", "sultan", "emperor"),
    "head of government": ("prime minister", "premier", "chancellor"),
    "foreign minister": ("foreign minister", "foreign secretary", "secretary of state"),
    "defense minister": ("defense minister", "defence minister", "defense secretary", "defence secretary"),
    "interior minister": ("interior minister", "home secretary"),
    "finance minister": ("finance minister", "treasury secretary"),
}
_STATE_SUBJECTS = ("nsubj", "nsubjpass", "poss", "pobj", "conj", "dobj", "nmod", "agent")
_INSTITUTIONS = words_of("statements", "institutions")
_ORGANISATIONS = frozenset({"ORG"})
_NAME_ADJECTIVES = words_of("statements", "name_adjectives")
"""Adjectives with which the name of a body goes on."""
_VISITING = words_of("statements", "visiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A country, body, party or company; `inferred` where the text never says it outright."""

    name: str
    basis: Span
    inferred: bool = False


class AffiliationResolver:
    """Finds the actor behind the speakers of one text."""

    def __init__(self, tree: ParsedText, people: EntityRegistry) -> None:
        self.tree = tree
        self.people = people
        self._memory: dict[int, Actor | None] = {}
        self._states = self._state_actors()

    def of(self, speaker: Speaker) -> Actor | None:
        """The actor that `speaker` stands for, or None where the text does not tell."""
        if speaker.together:
            each = [self.of(one) for one in speaker.together]
            return each[0] if len({actor and actor.name for actor in each}) == 1 else None
        if speaker.person is not None:
            return self._of_person(speaker.person, ())
        actor = self._of_noun(speaker.noun) if speaker.noun is not None else None
        inside = actor is not None and speaker.basis is not None and actor.basis.holds(speaker.basis)
        # a name that was taken for a body together with the title before it, or a person who was taken for one
        mistaken = inside and actor is not None and (actor.basis != speaker.basis or _is_persons_name(actor.name))
        return None if mistaken else actor

    def _of_noun(self, noun: int) -> Actor | None:
        """Kiev's army, the Kremlin, Turkish officials, a spokesman for Erdogan, Microsoft."""
        tree = self.tree
        if tree[noun].pos == "PRON":
            return None
        named = (pair for pair in countries_of(self.people, noun) if self._acts(pair, noun))
        countries = sorted(named, key=lambda pair: pair[1])
        beside = [country_at(self.people, child) for child in tree.deps(noun, "conj")]
        if {country[0] for country in beside if country} - {country for country, _ in countries}:
            return None  # Kiev and Ankara
        if {country for _, span in countries for country in self._joined(span)} - {
            countries[0][0] if countries else ""
        }:
            return None  # the German and Danish governments
        if countries:
            return Actor(name=countries[0][0], basis=countries[0][1])
        for word in sorted(tree.subtree(noun)):
            person = self.people.of(word)
            if person is not None and tree[word].dep in ("poss", "pobj") and (behind := self._of_person(person, ())):
                return behind
        if (repeated := self._repeated(noun)) is not None:
            return repeated
        return self._body(noun) or self._common_body(noun) if not tree.deps(noun, "conj") else None

    def _acts(self, named: tuple[str, Span], noun: int | None = None) -> bool:
        """True if a country stands for its state in the words that name it, within the phrase of `noun`."""
        return acts_for_state(self.people, self.tree.words(named[1])[-1], noun)

    def _joined(self, span: Span) -> set[str]:
        """The countries that "and" joins with the one that `span` names."""
        tree, word = self.tree, self.tree.words(span)[-1]
        others = [*tree.deps(word, "conj"), *([tree[word].head] if tree[word].dep == "conj" else [])]
        return {place.country for other in others if (place := self.people.place(other)) is not None}

    def _repeated(self, noun: int) -> Actor | None:
        """The state whose institution "the government" or "a ministry spokeswoman" repeats: the only one that the text
        before names with that institution. Never said outright, so inferred."""
        tree = self.tree
        if tree.owner(noun) is not None or any(self.people.place(word) for word in tree.subtree(noun)):
            return None
        before = [noun, *(child for child in tree.deps(noun, "compound", "amod", "nmod") if child < noun)]
        if not all(is_office(tree[word].text) for word in before) or tree.deps(noun, "prep", "conj"):
            return None
        named = [tree[word].lemma for word in before if tree[word].lemma in _INSTITUTIONS]
        if not named:
            return None
        earlier = [item for item in self._institutions if item[0] == named[0] and item[1] < noun]
        if len({country for _, _, country, _ in earlier}) != 1:
            return None
        return Actor(name=earlier[0][2], basis=earlier[0][3], inferred=True)

    @cached_property
    def _institutions(self) -> list[tuple[str, int, str, Span]]:
        """(institution, its word, country, the name of the country) for each that the text names, in order."""
        tree, institutions = self.tree, []
        for token in tree.tokens:
            if token.lemma in _INSTITUTIONS and token.is_noun:
                institutions += [
                    (token.lemma, token.index, country, span)
                    for country, span in countries_of(self.people, token.index)
                    if self._acts((country, span))
                ]
        return institutions

    def _body(self, noun: int) -> Actor | None:
        """The organisation that `noun` names or, through modifiers, "of" and "for", belongs to."""
        tree = self.tree
        for word in [noun, *sorted(tree.subtree(noun))]:
            named = tree[word].entity in _ORGANISATIONS and tree[word].pos == "PROPN"
            if named and belongs(tree, word, noun) and self.people.of(word) is None:
                if self._is_place(word):
                    continue
                first, last = name_around(tree, word)
                first += first < last and tree[first].pos == "DET"
                inside = {tree[at].lower for at in range(first, last + 1)}
                if inside <= words_of("offices", "portfolio_names") | {"new", "shadow", "deputy", "acting"}:
                    continue  # Finance Minister, New Home Secretary
                if first > 0 and tree[first - 1].lower in HONORIFICS:
                    continue  # Mr Roe-Hale, of whom the parser made a body
                bracket = next((at for at in range(first + 1, last + 1) if tree[at].text == "("), last + 1)
                last = bracket - 1  # the Associated Press (AP)
                while last + 1 < noun and tree[last].dep == "compound" and tree[last + 1].lower in BODY_WORDS:
                    last += 1  # Norland National *Committee*, of whose name the parser left out the end
                if tree[last].lower in _NAME_ADJECTIVES and last + 1 == noun:
                    continue  # the Norland *National* chairman
                span = tree.span(first, last)
                return Actor(name=span.of(tree.text), basis=span)
        return None

    def _common_body(self, noun: int) -> Actor | None:
        """The body that a spokesperson speaks for and that the parser does not know for one: a *police* spokesman, a
        spokeswoman for *the harbour board*, for *Voltan*."""
        tree = self.tree
        if tree[noun].lemma not in SPOKESPEOPLE:
            return None
        named = [tree.deps(word, "pobj") for word in tree.deps(noun, "prep") if tree[word].lemma in ("for", "of")]
        for word in (one for words in named for one in words):
            named_body = tree[word].pos == "PROPN" and tree[word].text[:1].isupper()
            if named_body and self.people.of(word) is None and not self._is_place(word):
                span = tree.span(*name_around(tree, word))
                return Actor(name=span.of(tree.text), basis=span)
        for word in [*tree.deps(noun, "compound"), *(one for words in named for one in words)]:
            beside = [one for one in tree.deps(word, "appos") if tree[one].pos == "PROPN" and one <= word + 2]
            if tree[word].lemma.lower() in SPEAKING_BODIES and beside:  # the power company *Voltan*
                span = tree.span(*name_around(tree, beside[0]))
                return Actor(name=span.of(tree.text), basis=span)
            if tree[word].lemma.lower() in SPEAKING_BODIES and not tree.deps(word, "conj"):
                inside = tree.subtree(word, without=tree.deps(word, "relcl", "appos", "acl"))
                span = tree.span(min(inside), max(inside))
                return Actor(name=span.of(tree.text), basis=span)
        return None

    def _is_place(self, word: int) -> bool:
        """True for a word whose whole entity is the name of a city or state, which is no organisation."""
        first, last = name_around(self.tree, word)
        return place_of(self.tree.span(first, last).of(self.tree.text)) is not None

    def _of_person(self, person: Person, chain: tuple[int, ...]) -> Actor | None:
        key = id(person)
        if key in self._memory or key in chain:
            return self._memory.get(key)
        actor = self._explicit(person) or self._through(person, (*chain, key)) or self._by_exclusion(person)
        actor = actor or self._body_of(person)
        self._memory[key] = actor
        return actor

    def _explicit(self, person: Person) -> Actor | None:
        acting = [named for named in person.countries if self._acts(named)]
        if len({country for country, _ in acting}) != 1:
            return None
        country, basis = min(acting, key=lambda pair: pair[1])
        return Actor(name=country, basis=basis)

    def _through(self, person: Person, chain: tuple[int, ...]) -> Actor | None:
        """Erdogan's communications director speaks for whomever Erdogan stands for."""
        for role in person.roles:
            owner = self.people.of(role.owner) if role.owner is not None else None
            if owner is not None and owner is not person and (actor := self._of_person(owner, chain)):
                return actor
        return None

    def _body_of(self, person: Person) -> Actor | None:
        """An organisation in the person's titles: NATO Secretary General X."""
        for role in person.roles:
            for word in self.tree.words(role.span) if not role.past and role.head not in MEMBERS else ():
                if self.tree[word].lemma.lower() != role.head:
                    continue
                if (body := self._body(word) or self._common_body(word)) is not None:
                    return body
        return None

    def _by_exclusion(self, person: Person) -> Actor | None:
        """The one country of the article whose like office nobody else holds and that the person is not visiting."""
        offices = _offices(person)
        if not offices or person.countries:
            return None
        candidates = self._states - self._visited(person)
        for other in self.people.everyone:
            if other is not person and _offices(other) & offices and (known := self._explicit(other)):
                candidates.discard(known.name)
        if len(candidates) != 1 or (country := candidates.pop()) not in self._named_states:
            return None  # one that only a city of it is named of is no party
        if len(self._states) == 1 and (country not in self._subjects or self._named_states != {country}):
            return None  # nothing was excluded, and it does nothing or is not the only country
        basis = self._nearest_passage(person, country)
        return Actor(name=country, basis=basis, inferred=True) if basis is not None else None

    def _state_actors(self) -> set[str]:
        """Countries that act or are acted with in the article: named by a noun, not only by an adjective."""
        tree = self.tree
        countries = set()
        for token in tree.tokens:
            if token.is_noun and token.dep in _STATE_SUBJECTS and (country := country_at(self.people, token.index)):
                countries.add(country[0])
        return countries

    @cached_property
    def _subjects(self) -> set[str]:
        """Countries that do something in the article: subjects of sentences, or what acts for them is theirs."""
        tree = self.tree
        doing = [token.index for token in tree.tokens if token.dep in ("nsubj", "nsubjpass", "poss", "agent")]
        return {named[0] for word in doing if (named := country_at(self.people, word)) is not None}

    @cached_property
    def _named_states(self) -> set[str]:
        return {mention.country for mention in self.people.places if mention.kind in NAMES | {"seat"}}

    def _visited(self, person: Person) -> set[str]:
        tree = self.tree
        objects = (
            child
            for mention in person.mentions
            for up in tree.ancestors(mention)
            if tree[up].lemma in _VISITING
            for child in tree.deps(up, "dobj")
        )
        return {named[0] for child in objects if (named := country_at(self.people, child))}

    def _nearest_passage(self, person: Person, country: str) -> Span | None:
        """The sentence nearest to the person that names the country as one who acts."""
        tree = self.tree
        best: tuple[int, int] | None = None
        names = set(names_of(country))
        for token in tree.tokens:
            if token.text in names and token.pos == "PROPN" and not tree.quoted[token.index]:
                acts = token.dep in ("nsubj", "nsubjpass")
                near = min(abs(token.index - mention) for mention in person.mentions)
                rank = near if acts else near + 1000
                if best is None or rank < best[0]:
                    best = (rank, token.index)
        if best is None:
            return None
        words = tree.sentence(best[1])
        return tree.span(words[0], words[-1])


def _is_persons_name(name: str) -> bool:
    """True for a given name with a surname: nobody acts on behalf of themselves."""
    words = fold(name).split()
    return len(words) == 2 and words[0] in GENDERED_NAMES and words[1] not in BODY_WORDS


def _offices(person: Person) -> set[str]:
    return {
        office
        for office, titles in _EXCLUSIVE.items()
        for role in person.roles
        if role.words[0].isupper()
        and any(role.words.lower() == title or role.words.lower().startswith(f"{title} of") for title in titles)
    }
