"""The people and bodies of one article: every form of a name together, with the roles and countries that the text
gives them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.knowledge.words import FEMALE_NAMES, GENDERED_NAMES, HONORIFICS, MALE_NAMES
from rag.statements.lexicon import MEN, PERSON_NOUNS, WOMEN
from rag.statements.parsed_text import ParsedText
from rag.statements.person_names import is_rank, is_suffix, person_name_spans
from rag.statements.person_roles import Role, belongs, role_at
from rag.text.canonical import fold
from rag.text.name_forms import may_be_short_for, spelled
from rag.text.places import PlaceMention, is_office, places_in

Gender = Literal["he", "she"]
_CREDITS = words_of("nouns", "credits")
_LONGEST_CREDIT = 40  # characters behind a name: ", political editor"


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a name. `mentions` are the head words of the name wherever it stands."""

    name: str
    span: Span
    surname: str
    gender: Gender | None = None
    mentions: list[int] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    countries: list[tuple[str, Span]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """True for a name with more than a surname."""
        return " " in self.name

    @property
    def given_name(self) -> str:
        """The first word of the name, folded."""
        return fold(self.name).split()[0]


class EntityRegistry:
    """The named people of a text, collected once; `of(word)` gives whom a word names.

    `full_names` (surname -> full name, from elsewhere) complete people whom the text calls by surname alone.
    """

    def __init__(self, tree: ParsedText, full_names: dict[str, str] | None = None) -> None:
        self.tree = tree
        self._full_names = full_names or {}
        self.everyone: list[Person] = []
        self.heads: set[int] = set()
        """The last word of every name."""
        self._by_word: dict[int, Person] = {}
        self._by_surname: dict[str, list[Person]] = defaultdict(list)
        self._by_sentence: dict[int, list[int]] = defaultdict(list)
        self.places = places_in(tree.text)
        self._places = {word: place for place in self.places for word in tree.words(Span(place.start, place.end))}
        names = list(person_name_spans(tree))
        full = [name for name in names if name[0] < name[1]]
        full += self._unseen_namesakes(full)
        for first, last in sorted(full, key=lambda name: (name[0] - name[1], name[0])):  # fullest forms first
            self._enter(first, last)
        single = {first for first, last in names if first == last}
        for word in sorted(single):
            if (surname := self._shared_surname(word)) is not None:
                self._enter(word, word, surname)
                single.remove(word)
        for word in sorted(single.union(self._single_surnames(single), self._single_given_names(single))):
            self._enter(word, word)
        self._use_frequent_forms(full)
        self.credits = {word for word in self.heads if _is_credit(tree, self.first(word), word)}
        """The last word of names that only tell whose work a text or a picture is."""
        for person in self.everyone:
            person.mentions.sort()
            for word in person.mentions:
                self._by_sentence[tree[word].sentence].append(word)
            for word in person.mentions:
                self._describe(person, word)

    def of(self, word: int) -> Person | None:
        """The person that `word` is part of the name of."""
        return self._by_word.get(word)

    def namesakes(self, person: Person) -> list[Person]:
        """The people with full names whom a surname that stands alone may mean; empty for a full name."""
        if person.is_full:
            return []
        same = self._by_surname.get(spelled(person.surname), [])
        return [
            one
            for one in same
            if one.is_full
            and one is not person
            and (None in (person.gender, one.gender) or person.gender == one.gender)
        ]

    def place(self, word: int) -> PlaceMention | None:
        """The name of a country that `word` is part of."""
        return self._places.get(word)

    def near(self, sentence: int, reach: int) -> Iterator[tuple[int, Person]]:
        """(word, person) of the names in `sentence` and up to `reach` sentences before it."""
        for number in range(max(0, sentence - reach), sentence + 1):
            for word in self._by_sentence.get(number, ()):
                yield word, self._by_word[word]

    def _use_frequent_forms(self, full: list[tuple[int, int]]) -> None:
        """Gives a person of three words or more the shorter name of two that the text uses more often: "Crooked Jane
        Roe" is Jane Roe."""
        forms: dict[int, Counter[str]] = defaultdict(Counter)
        spans: dict[tuple[int, str], Span] = {}
        for first, last in full:
            text, key = self.tree.text_of(first, last), id(self._by_word[last])
            forms[key][text] += 1
            spans.setdefault((key, text), self.tree.span(first, last))
        for person in self.everyone:
            if person.name.count(" ") < 2:
                continue
            counts = {form: count for form, count in forms[id(person)].items() if _begins_with_given_name(form)}
            counts[person.name] = forms[id(person)][person.name]
            best = max(counts, key=lambda form: (counts[form], len(form)))
            if counts[best] > counts[person.name]:
                person.name, person.span = best, spans[id(person), best]
                person.gender = person.gender or _name_gender(fold(best).split())

    def _shared_surname(self, word: int) -> str | None:
        """The surname that a given name shares with the full name joined to it: *Ada* and Bo Lund. None where the text
        uses the word anywhere else."""
        tree, other = self.tree, self.of(word + 2)
        if other is None or tree[word + 1].lower not in ("and", "&") or self.first(self._last(word + 2)) != word + 2:
            return None
        is_surname = any(person.surname == fold(tree[word].text) for person in self.everyone)
        is_only = sum(token.text == tree[word].text and not self.of(token.index) for token in tree.tokens) == 1
        return other.name.split()[-1] if other.is_full and is_only and not is_surname else None

    def _last(self, word: int) -> int:
        """The last word of the name that `word` is part of."""
        person = self._by_word[word]
        while self._by_word.get(word + 1) is person:
            word += 1
        return word

    def _enter(self, first: int, last: int, surname: str = "") -> None:
        """Adds a mention to the person whom it names, or to a new one; with the `surname` that a given name shares."""
        tree = self.tree
        name = f"{tree.text_of(first, last)} {surname}".strip()
        name = name.rpartition(">")[2] or name  # the end of a tag that a page left behind
        words, title = fold(name).split(), _title_gender(tree, first)
        namesakes = self._by_surname[spelled(words[-1])]
        people = [
            person
            for person in namesakes
            if may_be_short_for(words, fold(person.name).split()) and (title is None or person.gender in (None, title))
        ]
        if not people and len(words) == 1 and (title or words[0] in GENDERED_NAMES or tree[first].entity != "PERSON"):
            people = self._by_given_name(words[0], title)
        if len(people) > 1:
            people = self._which(people, words, title, first)
        if len(people) == 1:
            person = people[0]
        else:
            if len(words) == 1 and not namesakes:
                name = self._full_names.get(words[0], name)
            gender = _name_gender(fold(name).split())
            person = Person(name=name, span=tree.span(first, last), surname=words[-1], gender=gender)
            self.everyone.append(person)
            namesakes.append(person)
        person.gender = person.gender or title
        person.mentions.append(last)
        self.heads.add(last)
        while last + 1 < len(tree) and tree[last + 1].entity == "PERSON" and is_suffix(tree, last + 1):
            last += 1
        self._by_word.update(dict.fromkeys(range(first, last + 1), person))

    def _by_given_name(self, given_name: str, title: Gender | None) -> list[Person]:
        """The one person of the text who has this given name, or nobody."""
        bearers = [one for one in self.everyone if one.is_full and one.given_name == given_name]
        bearers = [one for one in bearers if title in (None, one.gender)]
        return bearers if len(bearers) == 1 else []

    def _which(self, people: list[Person], words: list[str], title: Gender | None, at: int) -> list[Person]:
        """Whom of several namesakes a short form means: the one of the title's gender, the only one named so far, or
        somebody who is called nothing but that; never a guess between two."""
        of_gender = [person for person in people if title is not None and person.gender == title]
        so_far = [person for person in people if person.is_full and min(person.mentions) < at]
        for candidates in (of_gender, so_far):
            if len(candidates) == 1:
                return candidates
        return [person for person in people if fold(person.name).split() == words]

    def _unseen_namesakes(self, full: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Names of two words that end in the surname of somebody with a full name, where the parser saw no person:
        *Ada Lund* and Bo Lund."""
        tree = self.tree
        surnames = {tree[last].text for _, last in full}
        in_names = {word for first, last in full for word in range(first, last + 1)}
        unseen = []
        for token in tree.tokens:
            first = token.index - 1
            if first < 0 or token.text not in surnames or {token.index, first} & in_names:
                continue
            is_given_name = tree[first].text[:1].isupper() and fold(tree[first].text) in GENDERED_NAMES
            if is_given_name and tree[first].head == token.index and not is_rank(tree, first):
                unseen.append((first, token.index))
        return unseen

    def _single_surnames(self, single: set[int]) -> Iterator[int]:
        """Words that repeat the surname of somebody with a full name, where the parser saw no person."""
        tree = self.tree
        surnames = {person.surname for person in self.everyone if person.is_full} | self._full_names.keys()
        for token in tree.tokens:
            if fold(token.text) not in surnames or not self._may_be_name(token.index):
                continue
            before = tree[token.index - 1] if token.index > 0 else None
            has_title = before is not None and (before.lemma in PERSON_NOUNS or before.lower in HONORIFICS)
            is_known = self.of(token.index) or token.index in single
            if not is_known and (before is None or before.pos != "PROPN" or has_title):
                yield token.index

    def _single_given_names(self, single: set[int]) -> Iterator[int]:
        """Subjects that repeat the given name of one person, where the parser saw no person: *Israel* said he. A word
        that the text also uses outside that name, or of which it goes on with "it", is not one."""
        tree = self.tree
        bearers = Counter(person.given_name for person in self.everyone if person.is_full)
        uses: dict[str, list[int]] = defaultdict(list)
        for token in tree.tokens:
            if token.text[:1].isupper() and bearers[fold(token.text)] == 1 and not self.of(token.index):
                uses[fold(token.text)].append(token.index)
        for words in uses.values():
            is_person = all(tree[at].dep == "nsubj" and not tree.children[at] for at in words)
            if is_person and not any(tree.has_text(range(at, min(at + 4, len(tree))), "it") for at in words):
                yield from (at for at in words if at not in single)

    def _may_be_name(self, word: int) -> bool:
        """True for a proper noun that describes no other, for one after Mr or Ms, for a capitalised subject that was
        taken for a common noun."""
        tree, token = self.tree, self.tree[word]
        if word > 0 and tree[word - 1].lower in HONORIFICS:
            return True
        if token.pos == "PROPN":
            return token.dep != "compound"
        is_bare = token.text[:1].isupper() and token.pos == "NOUN" and not tree.children[word]
        return is_bare and token.dep == "nsubj" and token.tag in ("NN", "NNS")

    def _describe(self, person: Person, word: int) -> None:
        """Collects role and country from the words around one mention."""
        tree, first = self.tree, self.first(word)
        for noun in self._titles(person, word, self._top(word)):
            role = role_at(tree, noun, stop=first)
            if role is not None and (tree[noun].is_plural or not self._is_reported(noun, first)):
                role = None  # "rivals A and B", "B's supporters"
            elif role is not None:
                person.roles.append(role)
                gender: Gender | None = "she" if role.head in WOMEN else "he" if role.head in MEN else None
                person.gender = person.gender or gender
            if role is None or not role.past:
                person.countries.extend(countries_of(self, noun, first))

    def _is_reported(self, noun: int, first: int) -> bool:
        """False for what somebody calls a person inside their words, unless it is a title right before the name."""
        return not self.tree.quoted[noun] or (noun == first - 1 and self.tree[noun].text[:1].isupper())

    def first(self, word: int) -> int:
        """The first word of the name that ends with `word`."""
        person = self._by_word[word]
        while word > 0 and self._by_word.get(word - 1) is person:
            word -= 1
        return word

    def mention_before(self, person: Person, word: int) -> Span:
        """The nearest mention of a person before a word, else the first."""
        mentions = [mention for mention in person.mentions if mention < word] or person.mentions[:1]
        return self.tree.span(self.first(mentions[-1]), mentions[-1])

    def _top(self, word: int) -> int:
        """The head of the noun phrase that names the person: in "director, Altun" it is "director"."""
        tree = self.tree
        while tree[word].dep in ("compound", "appos", "nmod") and tree[tree[word].head].is_noun:
            if self.of(tree[word].head) not in (None, self.of(word)):
                break
            above = tree[tree[word].head]
            if tree[word].dep == "appos" and tree[word].lemma in PERSON_NOUNS and above.lemma not in PERSON_NOUNS:
                break  # "nine died, the mayor, Marsh": the mayor is none of the nine
            word = tree[word].head
        return word

    def _titles(self, person: Person, word: int, top: int) -> Iterator[int]:
        """Nouns that say what the person is: before the name, as its head, or in apposition."""
        tree, first = self.tree, self.first(word)
        before = first - 1
        if before > 0 and tree[before].lower in HONORIFICS and tree[before - 1].head in (word, top):
            before -= 1  # London mayor *Mr* Roe
        if before >= 0 and self.of(before) is None and role_at(tree, before, stop=first) is not None:
            yield before
        for child in tree.deps(word, "nmod", "compound"):  # Secretary of State X
            if child < before and self.of(child) is None and tree.deps(child, "prep"):
                yield child
        between = range(top + 1, first)
        has_others = any(self.of(word) not in (None, person) or tree[word].text == ":" for word in between)
        has_others |= any(  # the mayor and the bishop, Roe
            word in between and tree[word + 1].pos == "DET" for word in tree.deps(top, "cc")
        )
        is_noun = tree[top].is_noun and self.of(top) is None and top not in (word, before)
        if is_noun and not has_others and (top < first or tree[word].dep == "appos"):  # the Roe manager is not Roe
            yield top
        for child in tree.deps(word, "appos"):
            if tree[child].is_noun and self.of(child) is None:
                yield child


def _is_credit(tree: ParsedText, first: int, last: int) -> bool:
    """True for the name in a credit: *Jane Roe*/Agency, Photo: *Jane Roe*, By *Jane Roe* as a line of its own."""
    before = tree.text[: tree[first].start].rpartition("\n")[2].lower()
    after = tree.text[tree[last].end :].partition("\n")[0]
    return after[:1] == "/" or (before.strip(" :").rpartition(" ")[2] in _CREDITS and len(after) < _LONGEST_CREDIT)


def countries_of(people: EntityRegistry, noun: int, stop: int | None = None) -> Iterator[tuple[str, Span]]:
    """The countries that the words around `noun` say it belongs to, with the words: *Kiev*'s army, *Turkish* officials,
    president of *France*."""
    tree = people.tree
    for word in sorted(tree.subtree(noun)):
        if stop is not None and noun < stop <= word:
            break
        if tree[word].dep == "pobj" and word + 1 < len(tree) and tree[word + 1].tag == "POS":
            continue  # leader of *France's* opposition, where the parser lost the opposition
        is_related = people.of(word) is None and tree[word].dep != "prep" and belongs(tree, word, noun)
        if is_related and (country := country_at(people, word)) is not None:
            yield country


def country_at(people: EntityRegistry, word: int) -> tuple[str, Span] | None:
    """The country whose whole name `word` ends, with its place; None for Washington in "Washington Post"."""
    tree, place = people.tree, people.place(word)
    if place is None or (words := tree.words(Span(place.start, place.end)))[-1] != word:
        return None
    head = top = tree[tree[word].head]
    while top.dep == "compound" and top.lower not in PERSON_NOUNS and top.entity != "PERSON":
        top = tree[top.head]
    is_longer = tree[word].dep == "compound" and head.pos == "PROPN" and head.index not in words
    if is_longer and top.entity != "PERSON" and top.lower not in PERSON_NOUNS and not is_office(top.text):
        return None
    return place.country, tree.span(words[0], word)


def name_around(tree: ParsedText, word: int) -> tuple[int, int]:
    """(first, last) word of the entity that `word` is part of; the word alone if it is part of no entity."""
    first = last = word
    entity = tree[word].entity
    while first > 0 and entity and tree[first - 1].entity == entity:
        if tree[first - 1].tag == "POS" and tree[first - 1].text not in "'’":  # but: the Dockers' Union
            break
        first -= 1
    while last + 1 < len(tree) and entity and tree[last + 1].entity == entity and tree[last + 1].tag != "POS":
        if tree[last + 1].text in ("'s", "’s"):
            break
        last += 1
    return first, last


def _name_gender(words: list[str]) -> Gender | None:
    """What the given name of a full name tells, None where it is used for both or not known."""
    if words[0] in FEMALE_NAMES:
        return "she"
    return "he" if len(words) > 1 and words[0] in MALE_NAMES else None  # a man's given name is too often a surname


def _title_gender(tree: ParsedText, first: int) -> Gender | None:
    return HONORIFICS.get(tree[first - 1].lower) if first > 0 else None


def _begins_with_given_name(form: str) -> bool:
    words = fold(form).split()
    return len(words) > 1 and words[0] in GENDERED_NAMES
