"""On whose behalf somebody speaks: said outright in the text, through a chain, or by exclusion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.domain import Span
from rag.knowledge.tables import table, words_of
from rag.knowledge.words import GENDERED_NAMES, HONORIFICS
from rag.statements.entities import EntityRegistry, Person, countries_of, country_at, name_around
from rag.statements.lexicon import BODY_WORDS, LEXICON, MEMBERS, PERSON_NOUNS, SPEAKING_BODIES, SPOKESPEOPLE
from rag.statements.parsed_text import ParsedText
from rag.statements.person_roles import belongs
from rag.statements.speakers import Speaker
from rag.statements.state_metonymy import name_acts_for_state
from rag.text.canonical import fold
from rag.text.places import NAMES, is_office, names_of, place_of
from rag.text.terms import is_english

_EXCLUSIVE_OFFICES: dict[str, list[str]] = table("statements")["exclusive_offices"]
_STATE_SUBJECTS = ("nsubj", "nsubjpass", "poss", "pobj", "conj", "dobj", "nmod", "agent")
_PARTS_OF_OFFICES = words_of("offices", "portfolio_names") | LEXICON.before_offices
_PARTIES: dict[str, str] = {form: name for name, forms in table("parties")["forms"].items() for form in forms}
_PARTY_OFFICES, _BODIES_IN_PARTIES = words_of("parties", "offices"), words_of("parties", "bodies")
_LONGEST_PARTY = max(len(form.split()) for form in _PARTIES)
_KIN = words_of("nouns", "kin")  # whose relation somebody is says nothing of whom they represent
_FAR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A country, body, party or company; `inferred` where the text never says it outright."""

    name: str
    basis: Span
    inferred: bool = False


class AffiliationResolver:
    """Resolves the actor behind the speakers of one text."""

    def __init__(self, tree: ParsedText, people: EntityRegistry) -> None:
        self.tree = tree
        self.people = people
        self._memory: dict[int, Affiliation | None] = {}

    def of(self, speaker: Speaker) -> Affiliation | None:
        """The actor that `speaker` stands for, or None where the text does not tell."""
        if speaker.together:
            each = [self.of(one) for one in speaker.together]
            return each[0] if len({actor and actor.name for actor in each}) == 1 else None
        if speaker.person is not None:
            return self._of_person(speaker.person, ())
        actor = self._of_noun(speaker.noun) if speaker.noun is not None else None
        if actor is None or speaker.basis is None or not actor.basis.holds(speaker.basis):
            return actor
        # else no name that was taken for a body together with the title before it, or of a person taken for a body
        return actor if actor.basis == speaker.basis and not _is_persons_name(actor.name) else None

    def _of_noun(self, noun: int) -> Affiliation | None:
        """Kiev's army, the Kremlin, Turkish officials, a spokesman for Erdogan, Microsoft."""
        tree = self.tree
        if tree[noun].pos == "PRON":
            return None
        countries = [pair for pair in countries_of(self.people, noun) if self._acts(pair, noun)]
        countries = sorted(countries, key=lambda pair: pair[1])
        first = {countries[0][0]} if countries else set[str]()
        conjuncts = [country_at(self.people, child) for child in tree.deps(noun, "conj")]
        if {country[0] for country in conjuncts if country} - {country for country, _ in countries}:
            return None  # Kiev and Ankara
        if {country for _, span in countries for country in self._coordinated(span)} - first:
            return None  # the German and Danish governments
        if countries:
            return Affiliation(name=countries[0][0], basis=countries[0][1])
        for word in sorted(tree.subtree(noun)):
            person = self.people.of(word) if tree[word].dep in ("poss", "pobj") else None
            if person is not None and (actor := self._of_person(person, ())):
                return actor
        actor = self._by_institution(noun)
        if actor is None and not tree.deps(noun, "conj"):
            actor = self._body(noun) or self._common_body(noun) or self._party(range(min(tree.subtree(noun)), noun + 1))
        return actor

    def _acts(self, country: tuple[str, Span], noun: int | None = None) -> bool:
        """True if a country stands for its state in the words that name it, within the phrase of `noun`."""
        return name_acts_for_state(self.people, self.tree.words(country[1])[-1], noun)

    def _coordinated(self, span: Span) -> set[str]:
        """The countries that "and" joins with the one that `span` names."""
        tree, word = self.tree, self.tree.words(span)[-1]
        others = [*tree.deps(word, "conj"), *([tree[word].head] if tree[word].dep == "conj" else [])]
        return {place.country for other in others if (place := self.people.place(other)) is not None}

    def _by_institution(self, noun: int) -> Affiliation | None:
        """The state whose institution "the government" or "a ministry spokeswoman" repeats: the only one that the text
        before names with that institution. Never said outright, so inferred."""
        tree = self.tree
        if tree.owner(noun) is not None or any(self.people.place(word) for word in tree.subtree(noun)):
            return None
        phrase = [noun, *(child for child in tree.deps(noun, "compound", "amod", "nmod") if child < noun)]
        if not all(is_office(tree[word].text) for word in phrase) or tree.deps(noun, "prep", "conj"):
            return None
        institution = next((tree[word].lemma for word in phrase if tree[word].lemma in LEXICON.institutions), None)
        earlier = [pair for lemma, word, pair in self._institutions if lemma == institution and word < noun]
        if len({country for country, _ in earlier}) != 1:
            return None
        return Affiliation(name=earlier[0][0], basis=earlier[0][1], inferred=True)

    @cached_property
    def _institutions(self) -> list[tuple[str, int, tuple[str, Span]]]:
        """(institution, its word, its country with the name) for each that the text names, in order."""
        return [
            (token.lemma, token.index, pair)
            for token in self.tree.tokens
            if token.lemma in LEXICON.institutions and token.is_noun
            for pair in countries_of(self.people, token.index)
            if self._acts(pair)
        ]

    def _actor(self, first: int, last: int) -> Affiliation:
        """The actor whose name the words are."""
        span = self.tree.span(first, last)
        return Affiliation(name=span.of(self.tree.text), basis=span)

    def _in_full(self, word: int) -> Affiliation | None:
        """The body that "the *Committee*" takes up: the one whose name the text gives with that word and more."""
        tree = self.tree
        names: dict[str, tuple[int, int]] = {}
        for at in range(word) if word and tree[word - 1].lower == "the" else ():
            if tree[at].text == tree[word].text and tree[at].entity == "ORG":
                first, last = name_around(tree, at)
                first += first < last and tree[first].pos == "DET"
                if first < last:
                    names.setdefault(tree.text_of(first, last), (first, last))
        return self._actor(*next(iter(names.values()))) if len(names) == 1 else None

    def _body(self, noun: int) -> Affiliation | None:
        """The organisation that `noun` names or, through modifiers, "of" and "for", belongs to."""
        tree = self.tree
        for word in [noun, *sorted(tree.subtree(noun))]:
            is_name = tree[word].entity == "ORG" and tree[word].pos == "PROPN" and not self._is_place(word)
            if not is_name or not belongs(tree, word, noun) or self.people.of(word) is not None:
                continue
            first, last = name_around(tree, word)
            first += first < last and tree[first].pos == "DET"
            if {tree[at].lower for at in range(first, last + 1)} <= _PARTS_OF_OFFICES:
                continue  # Finance Minister, New Home Secretary
            if first > 0 and tree[first - 1].lower in HONORIFICS:
                continue  # Mr Roe-Hale, of whom the parser made a body
            bracket = next((at for at in range(first + 1, last + 1) if tree[at].text == "("), last + 1)
            last = bracket - 1  # the Associated Press (AP)
            while last + 1 < noun and tree[last].dep == "compound" and tree[last + 1].lower in BODY_WORDS:
                last += 1  # Norland National *Committee*, of whose name the parser left out the end
            last = self._with_field(last)
            if first == last and tree[first].lower in SPEAKING_BODIES:
                return self._in_full(first)
            if first == last and not tree[first].text.isupper() and tree[first].lower.removesuffix("s") in PERSON_NOUNS:
                continue  # MPs
            if tree[last].lower not in LEXICON.name_adjectives or last + 1 != noun:  # the Norland *National* chairman
                return self._actor(first, last)
        return None

    def _with_field(self, last: int) -> int:
        """The last word of a body's name with what it is for, if the parser left that out: the Norland Agency of
        *Public Parks*."""
        tree = self.tree
        of = last + 1
        if tree[last].lower not in BODY_WORDS or of == len(tree) or tree[of].lower != "of" or tree[of].head != last:
            return last
        field = tree.child(of, "pobj")
        is_name = field is not None and all(tree[at].text[:1].isupper() for at in range(of + 1, field + 1))
        return field if field is not None and is_name and not self._is_place(field) else last

    def _common_body(self, noun: int) -> Affiliation | None:
        """The body that a spokesperson speaks for and that the parser does not know for one: a *police* spokesman, a
        spokeswoman for *the harbour board*, for *Voltan*, a *Voltan* spokeswoman."""
        tree = self.tree
        if tree[noun].lemma not in SPOKESPEOPLE:
            return None
        prepositions = [word for word in tree.deps(noun, "prep") if tree[word].lemma in ("for", "of")]
        objects = [word for preposition in prepositions for word in tree.deps(preposition, "pobj")]
        before = [word for word in tree.deps(noun, "compound") if word == noun - 1 and not is_english(tree[word].lower)]
        for word in [*objects, *before]:
            is_name = tree[word].pos == "PROPN" and tree[word].text[:1].isupper()
            if is_name and self.people.of(word) is None and not self._is_place(word):
                return self._actor(*name_around(tree, word))
        for word in [*tree.deps(noun, "compound"), *objects]:
            if tree[word].lemma.lower() not in SPEAKING_BODIES:
                continue
            names = [one for one in tree.deps(word, "appos") if tree[one].pos == "PROPN" and one <= word + 2]
            if names:  # the power company *Voltan*
                return self._actor(*name_around(tree, names[0]))
            if not tree.deps(word, "conj"):
                inside = tree.subtree(word, without=tree.deps(word, "relcl", "appos", "acl"))
                return self._actor(min(inside), max(inside))
        return None

    def _company(self, office: Sequence[int]) -> Affiliation | None:
        """The company whose name stands first in the words of an office, the last its head, and that the parser does
        not know for one: *Voltan* chief executive."""
        tree, first = self.tree, office[0]
        word = tree[first].lower
        is_name = tree[first].is_noun and tree[first].text[:1].isupper() and not is_english(word)
        if not is_name or tree[office[-1]].lemma.lower() not in LEXICON.company_offices:
            return None
        is_place = tree[first].entity in ("GPE", "NORP") or word.endswith(tuple(LEXICON.demonym_endings))
        is_other = is_place or word in PERSON_NOUNS or tree.has_text(office, "and")
        is_other |= any(tree[at].text[:1].isupper() for at in office[1:])
        return None if is_other or self.people.of(first) is not None else self._actor(first, first)

    def _party(self, office: Sequence[int]) -> Affiliation | None:
        """The party whose office the words name, the last its head: *Liberal Democrat* home affairs spokesman."""
        tree = self.tree
        if not office or tree[office[-1]].lemma.lower() not in _PARTY_OFFICES:
            return None
        for last in reversed(office[:-1]):
            if (party := self._party_before(last)) is not None:
                return party
            if tree[last].lower in _BODIES_IN_PARTIES or tree[last].entity in ("NORP", "GPE"):
                return None  # the leaders of Republican Jews
        return None

    def _party_before(self, last: int) -> Affiliation | None:
        """The party whose name ends with the word, the longest such name."""
        tree = self.tree
        for first in range(max(0, last - _LONGEST_PARTY + 1), last + 1):
            name = _PARTIES.get(fold(tree.text_of(first, last)))
            if name is not None and tree[first].text[:1].isupper():
                return Affiliation(name=name, basis=tree.span(first, last))
        return None

    def _is_place(self, word: int) -> bool:
        """True for a word whose whole entity is the name of a city or state, which is no organisation."""
        return place_of(self.tree.text_of(*name_around(self.tree, word))) is not None

    def _of_person(self, person: Person, chain: tuple[int, ...]) -> Affiliation | None:
        key = id(person)
        if key not in self._memory and key not in chain:
            actor = self._explicit(person) or self._through(person, (*chain, key)) or self._by_exclusion(person)
            self._memory[key] = actor or self._body_of(person)
        return self._memory.get(key)

    def _explicit(self, person: Person) -> Affiliation | None:
        acting = [pair for pair in person.countries if self._acts(pair)]
        if len({country for country, _ in acting}) != 1:
            return None
        country, basis = min(acting, key=lambda pair: pair[1])
        return Affiliation(name=country, basis=basis)

    def _through(self, person: Person, chain: tuple[int, ...]) -> Affiliation | None:
        """Erdogan's communications director speaks for whomever Erdogan stands for."""
        for role in person.roles:
            owner = self.people.of(role.owner) if role.owner is not None else None
            if owner is not None and owner is not person and (actor := self._of_person(owner, chain)):
                return actor
        return None

    def _body_of(self, person: Person) -> Affiliation | None:
        """An organisation in the person's titles, or whose they are: NATO Secretary General X, the EPA's X."""
        for role in person.roles:
            for word in self.tree.words(role.span) if not role.past and role.head not in MEMBERS | _KIN else ():
                if self.tree[word].lemma.lower() != role.head:
                    continue
                office = [at for at in self.tree.words(role.span) if at <= word]
                for body in (self._body(word), self._common_body(word), self._party(office), self._company(office)):
                    if body is not None:
                        return body
        owners = [word for word in person.mentions if self.tree.owner(word) == self.people.first(word) - 2]
        bodies = (self._body(self.people.first(word) - 2) for word in owners)
        return next((body for body in bodies if body is not None), None)

    def _by_exclusion(self, person: Person) -> Affiliation | None:
        """The one country of the article whose like office nobody else holds and that the person is not visiting."""
        offices = _offices(person)
        if not offices or person.countries:
            return None
        candidates = self._states - self._visited(person)
        for other in self.people.everyone:
            if other is not person and _offices(other) & offices and (actor := self._explicit(other)):
                candidates.discard(actor.name)
        if len(candidates) != 1 or (country := candidates.pop()) not in self._named_states:
            return None  # one that only a city of it is named of is no party
        if len(self._states) == 1 and (country not in self._subjects or self._named_states != {country}):
            return None  # nothing was excluded, and it does nothing or is not the only country
        basis = self._nearest_passage(person, country)
        return Affiliation(name=country, basis=basis, inferred=True) if basis is not None else None

    def _countries_at(self, words: Iterable[int]) -> set[str]:
        return {country[0] for word in words if (country := country_at(self.people, word)) is not None}

    @cached_property
    def _states(self) -> set[str]:
        """Countries that act or are acted with in the article: named by a noun, not only by an adjective."""
        tokens = self.tree.tokens
        return self._countries_at(token.index for token in tokens if token.is_noun and token.dep in _STATE_SUBJECTS)

    @cached_property
    def _subjects(self) -> set[str]:
        """Countries that do something in the article: subjects of sentences, or what acts for them is theirs."""
        doers = ("nsubj", "nsubjpass", "poss", "agent")
        return self._countries_at(token.index for token in self.tree.tokens if token.dep in doers)

    @cached_property
    def _named_states(self) -> set[str]:
        return {mention.country for mention in self.people.places if mention.kind in NAMES | {"seat"}}

    def _visited(self, person: Person) -> set[str]:
        tree = self.tree
        verbs = (
            up for mention in person.mentions for up in tree.ancestors(mention) if tree[up].lemma in LEXICON.visiting
        )
        return self._countries_at(child for verb in verbs for child in tree.deps(verb, "dobj"))

    def _nearest_passage(self, person: Person, country: str) -> Span | None:
        """The sentence nearest to the person that names the country, one in which it acts before all others."""
        tree, names = self.tree, set(names_of(country))
        ranks = [
            (
                min(abs(token.index - mention) for mention in person.mentions)
                + (0 if token.dep in ("nsubj", "nsubjpass") else _FAR),
                token.index,
            )
            for token in tree.tokens
            if token.text in names and token.pos == "PROPN" and not tree.quoted[token.index]
        ]
        words = tree.sentence(min(ranks)[1]) if ranks else []
        return tree.span(words[0], words[-1]) if words else None


def _is_persons_name(name: str) -> bool:
    """True for a given name with a surname: nobody acts on behalf of themselves."""
    words = fold(name).split()
    return len(words) == 2 and words[0] in GENDERED_NAMES and words[1] not in BODY_WORDS


def _offices(person: Person) -> set[str]:
    """The offices of the person that one country fills once."""
    roles = [role.words.lower() for role in person.roles if role.words[0].isupper()]
    return {
        office
        for office, titles in _EXCLUSIVE_OFFICES.items()
        for title in titles
        if any(role == title or role.startswith(f"{title} of") for role in roles)
    }
