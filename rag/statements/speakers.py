"""Who a source is: names, titles that stand for a name, and pronouns, resolved inside the article."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain import Span
from rag.knowledge.words import HONORIFICS
from rag.statements.entities import People, Person, Role, countries_of, role_at
from rag.statements.nouns import PERSON_NOUNS
from rag.statements.parsed_text import Tree
from rag.text.places import country_of

_LEADERS = frozenset(
    "leader president premier minister chancellor king queen emir monarch strongman head ruler".split()
)
_CHIEFS = _LEADERS | frozenset("chief secretary boss".split())
_JOINING = frozenset("of for in at the a an and 's".split())
_ABBREVIATED = frozenset("rep. sen. gov. gen. col. maj. capt. lt. sgt. adm. rev. amb. del. supt. pres. hon.".split())
_TITLES = frozenset("lobbyist pollster blogger commentator pundit anchor moderator".split())
_REACH = 5
"""Sentences that a pronoun or a title looks back over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A resolved source. `name` is None for a pronoun without antecedent; `basis` is where the name stands. `together`
    are those who speak as one: "A and B said"; then `name` has them all, and there is no one person."""

    name: str | None
    basis: Span | None
    person: Person | None = None
    noun: int | None = None
    together: tuple[Speaker, ...] = ()


class Sources:
    """Resolves the sources of one text, in the order of their statements."""

    def __init__(self, tree: Tree, people: People) -> None:
        self.tree = tree
        self.people = people
        self.titles = self._link_titles()
        self._bodies: dict[str, Speaker] = {}
        self._last: tuple[int, Person] | None = None  # the sentence and the person of the last statement

    def resolve(self, source: frozenset[int]) -> Speaker:
        """The speaker behind the words `source`. Call in the order of the text: pronouns look at who spoke last."""
        speaker = self._resolve(source)
        if speaker.person is not None:
            self._last = (self.tree[min(source)].sentence, speaker.person)
        return speaker

    def _resolve(self, source: frozenset[int]) -> Speaker:
        tree = self.tree
        if not source:
            return Speaker(name=None, basis=None)
        noun = head_of(tree, source)
        if tree[noun].tag in ("WP", "WDT") or tree[noun].text.lower() in ("who", "which", "that"):
            antecedent = self._antecedent(noun)
            if antecedent is None:
                return Speaker(name=None, basis=None, noun=noun)
            return self._noun(antecedent, tree.subtree(antecedent, without=self._clause_of(noun, antecedent)))
        if tree[noun].pos == "PRON" or tree[noun].tag in ("PRP", "PRP$"):
            return self._pronoun(noun)
        return self._together(noun, source) or self._noun(noun, set(source))

    def _together(self, noun: int, source: frozenset[int]) -> Speaker | None:
        """Several who say one thing, at least one of them a person with a name: *Ada Lund and Bo Marsh* said ..."""
        tree = self.tree
        heads, ands = [noun], []
        for head in heads:  # "her deputy, Jay Roe, and Ida Holm": the second hangs on the apposition
            for word in [head, *tree.deps(head, "appos")]:
                heads += [child for child in tree.deps(word, "conj") if child in source and child > noun]
                ands += tree.deps(word, "cc", "preconj")
        joined = {tree[word].text.lower() for word in ands}
        if len(heads) < 2 or not joined or not joined <= {"and", "&", "both"}:
            return None
        if self._named_after_titles(noun, set(source)):
            return None
        each = []
        for head in heads:
            others = [other for other in heads if other != head and other in tree.subtree(head)]
            own = set(source) & tree.subtree(head, without=others) - set(ands)
            each.append(self._noun(head, own))
        names = list(dict.fromkeys(one.name for one in each if one.name))
        if len(names) < len(each) or not any(one.person for one in each):
            return None
        name = f"{', '.join(names[:-1])} and {names[-1]}"
        return Speaker(name=name, basis=each[0].basis, together=tuple(each))

    def _noun(self, noun: int, words: set[int]) -> Speaker:
        """A name, a title with a name, a title that stands for a name, or the words as they are."""
        tree = self.tree
        person = self.people.of(noun)
        if person is None:
            named = [child for child in tree.deps(noun, "appos") if child in words]
            person = next((p for child in named if (p := self.people.of(child))), None)
        if person is None:
            person = self._named_after_titles(noun, words) or self.titles.get(noun)
        if person is not None:
            return Speaker(name=person.name, basis=person.span, person=person, noun=noun)
        if (name := self._unrecognised_name(noun)) is not None:
            return Speaker(name=name.of(tree.text), basis=name, noun=noun)
        if (earlier := self._said_before(noun)) is not None:
            return earlier
        runs = tree.runs(_without_asides(tree, noun, words))
        if not runs:
            return Speaker(name=None, basis=None, noun=noun)
        span = tree.span(*next((run for run in runs if run[0] <= noun <= run[1]), runs[0]))
        speaker = Speaker(name=span.of(tree.text), basis=span, noun=noun)
        if tree.owner(noun) is not None or any(country_of(tree[word].text) for word in tree.children[noun]):
            self._bodies[tree[noun].lemma] = speaker
        return speaker

    def _named_after_titles(self, noun: int, words: set[int]) -> Person | None:
        """The person whose full name ends a row of titles: lobbyist and strategist *Jay Roe*, who lives there."""
        tree = self.tree
        if (tree[noun].lemma not in PERSON_NOUNS and tree[noun].lemma not in _TITLES) or noun not in words:
            return None
        last = noun
        while last + 1 in words and tree[last + 1].text != "," and tree[last + 1].pos not in ("ADP", "PRON", "VERB"):
            last += 1
        person = self.people.of(last)
        first = self.people.first(last) if person is not None else last
        titled = first > noun and (tree[first - 1].lemma in PERSON_NOUNS or tree[first - 1].lemma in _TITLES)
        return person if titled and " " in (person.name if person else "") else None

    def _unrecognised_name(self, noun: int) -> Span | None:
        """The name after a title where the parser saw no person: Rep. *Jim Jordan*."""
        tree = self.tree
        first = noun
        while (
            first > 0
            and tree[first - 1].pos == "PROPN"
            and tree[first - 1].head == noun
            and not _is_title(tree, first - 1)
        ):
            first -= 1
        titled = first > 0 and _is_title(tree, first - 1)
        return tree.span(first, noun) if titled and first < noun and tree[noun].pos == "PROPN" else None

    def _said_before(self, noun: int) -> Speaker | None:
        """The body that "the army" repeats: an earlier source of the same noun that said whose army."""
        tree = self.tree
        bare = [tree[child].text.lower() for child in tree.children[noun]] == ["the"]
        return self._bodies.get(tree[noun].lemma) if bare and tree[noun].tag == "NN" else None

    def _antecedent(self, pronoun: int) -> int | None:
        """The noun that a relative pronoun refers to."""
        for up in self.tree.ancestors(pronoun):
            if self.tree[up].dep == "relcl":
                return self.tree[up].head
        return None

    def _clause_of(self, pronoun: int, antecedent: int) -> list[int]:
        return [up for up in self.tree.ancestors(pronoun) if self.tree[up].head == antecedent]

    def _pronoun(self, word: int) -> Speaker:
        """He or she: the best person of the sentences before; nobody where two fit equally well. It or they that opens
        a clause after a named body takes that body."""
        tree = self.tree
        text = tree[word].text.lower()
        if text in ("he", "him", "his", "she", "her"):
            person = self._best_person(word, "he" if text in ("he", "him", "his") else "she")
            if person is not None:
                return Speaker(name=person.name, basis=person.span, person=person, noun=word)
        elif text in ("it", "its", "they", "their"):
            body = self._body(word, plural=text in ("they", "their"))
            if body is not None:
                return self._noun(body, tree.subtree(body))
        return Speaker(name=None, basis=None, noun=word)

    def _best_person(self, word: int, gender: str) -> Person | None:
        tree = self.tree
        here = tree[word].sentence
        scores: dict[int, float] = {}
        by_id: dict[int, Person] = {}
        for mention, person in self.people.near(here, _REACH):
            if mention >= word or tree.quoted[mention] >= 0 or person.gender not in (None, gender):
                continue
            score = -1.5 * (here - tree[mention].sentence) + self._prominence(mention) + (person.gender is not None)
            if score > scores.get(id(person), -99.0):
                scores[id(person)], by_id[id(person)] = score, person
        if self._last is not None and here - self._last[0] <= _REACH and self._last[1].gender in (None, gender):
            last = self._last[1]
            score = 3.0 - 1.0 * max(0, here - self._last[0])
            scores[id(last)] = max(score, scores.get(id(last), -99.0) + 1.0)
            by_id[id(last)] = last
        best = sorted(scores, key=lambda key: -scores[key])[:2]
        if not best or (len(best) == 2 and scores[best[0]] - scores[best[1]] < 0.25):
            return None
        return by_id[best[0]]

    def _prominence(self, mention: int) -> float:
        """How likely a later pronoun means this mention: subjects first, possessors last."""
        tree = self.tree
        top = mention
        while tree[top].dep in ("compound", "appos", "conj") and tree[tree[top].head].pos in ("PROPN", "NOUN"):
            top = tree[top].head
        dep = tree[top].dep
        if dep in ("nsubj", "nsubjpass"):
            return 2.0 if tree[tree[top].head].dep in ("ROOT", "conj") else 1.5
        return 0.0 if dep == "poss" else 0.5 if dep in ("pobj", "conj") else 1.0

    def _body(self, word: int, plural: bool) -> int | None:
        """The subject of the clauses that `word` hangs under, or of the sentence before."""
        tree = self.tree
        subjects = [
            child for up in tree.ancestors(word) for child in tree.deps(up, "nsubj") if child < word and child != word
        ]
        if not subjects:
            earlier = tree[word].sentence - 1
            if earlier >= 0 and tree.sentences[earlier] and not _breaks(tree, tree.sentences[earlier][-1], word):
                subjects = [w for w in tree.sentences[earlier] if tree[w].dep == "nsubj" and tree.quoted[w] < 0][:1]
        for noun in subjects:
            nominal = tree[noun].pos in ("NOUN", "PROPN") and self.people.of(noun) is None
            if nominal and (tree[noun].tag in ("NNS", "NNPS")) == plural:
                return noun
        return None

    def _link_titles(self) -> dict[int, Person]:
        """Titles without a name, linked to the person they stand for: *the defense chief*, *the Russian leader*."""
        tree, linked = self.tree, {}
        for token in tree.tokens:
            noun = token.index
            if token.pos not in ("NOUN", "PROPN") or self.people.of(noun) or tree.quoted[noun] >= 0:
                continue
            if token.tag in ("NNS", "NNPS") or token.dep in ("compound", "nmod", "appos", "attr"):
                continue
            if any(self.people.of(child) for child in tree.deps(noun, "appos")) or tree.deps(noun, "conj"):
                continue
            role = role_at(tree, noun)
            definite = (role is not None and role.owner is not None) or any(
                tree[child].text.lower() == "the" for child in tree.children[noun]
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
            if mention > noun or tree.quoted[mention] >= 0 or not _agree(role, person):
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
        if tree[noun].dep != "nsubj" or role.owner is None:
            return None
        for mention, person in self.people.near(tree[noun].sentence + 1, 0):
            first = mention == person.mentions[0] and tree[mention].dep == "nsubj" and tree.quoted[mention] < 0
            titled = any(known.words.lower() == role.words.lower() and not known.past for known in person.roles)
            if first and titled and not (countries and _countries(person) and not countries & _countries(person)):
                return person
        return None


def head_of(tree: Tree, words: frozenset[int]) -> int:
    """The word of `words` that governs the others."""
    return min(words, key=lambda word: (tree[word].pos == "PUNCT", tree.depth[word], word))


def _is_title(tree: Tree, word: int) -> bool:
    """True for a word that stands before names: Rep., Senator, Mr."""
    text = tree[word].text.lower()
    return text in _ABBREVIATED or text in HONORIFICS or text in PERSON_NOUNS


def _without_asides(tree: Tree, noun: int, words: set[int]) -> set[int]:
    """The noun phrase without relative clauses and appositions."""
    barred = [word for word in tree.subtree(noun) if tree[word].dep == "relcl"] + tree.deps(noun, "appos")
    return words & tree.subtree(noun, without=barred) or words


def _breaks(tree: Tree, first: int, last: int) -> bool:
    return "\n" in tree.text[tree[first].end : tree[last].start]


def _countries(person: Person) -> set[str]:
    return {country for country, _ in person.countries}


def _agree(title: Role, person: Person) -> bool:
    """True if the title can be one of the person's: the same noun, a leader for a president, a defense chief for a
    defense minister."""
    for role in person.roles:
        if role.head == title.head and (
            title.words.lower() in role.words.lower() or role.words.lower() in title.words.lower()
        ):
            return True
        shared = set(role.words.lower().split()) & set(title.words.lower().split())
        shared -= {role.head, title.head} | _JOINING
        if shared and {role.head, title.head} <= _CHIEFS:
            return True
        if title.words.lower() in _LEADERS and (
            role.words.lower() in _LEADERS or role.words.lower() == "prime minister"
        ):
            return True
    return False
