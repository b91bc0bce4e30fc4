"""Who a source is: names, titles that stand for a name, and pronouns, resolved inside the article."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from rag.domain import Span, SpeakerRule
from rag.knowledge.tables import table, words_of
from rag.knowledge.words import HONORIFICS, PRONOUN_GENDERS
from rag.statements.acronyms import is_acronym, long_forms
from rag.statements.antecedents import Antecedent, Antecedents, Referent, gender_of
from rag.statements.body_antecedents import NEAR, SPEAKING_NOUNS, last_body, last_pair, subject_body, the_company
from rag.statements.cues import QUOTE_CUES
from rag.statements.entities import EntityRegistry, Person
from rag.statements.epithets import countries_by_person, demonym_at, gender_in, people_by_age
from rag.statements.lexicon import (
    GENERIC_BODIES,
    KIN,
    LEXICON,
    MEMBERS,
    PERSON_NOUNS,
    SPEAKING_BODIES,
    SPOKESPEOPLE,
)
from rag.statements.nonspeech import is_crowd
from rag.statements.parsed_text import ParsedText
from rag.statements.person_roles import role_at
from rag.statements.source_names import (
    PAUSES,
    name_after_titles,
    name_in_apposition,
    of_fitting_gender,
    person_by_label,
    person_in_source,
    unrecognised_name,
    without_asides,
)
from rag.statements.title_coreference import link_titles, title_words
from rag.text.places import country_of

_UNNAMED_SOURCES = PERSON_NOUNS | SPEAKING_BODIES | LEXICON.unnamed_sources
_HEADS_OF_GOVERNMENT = frozenset(table("statements")["exclusive_offices"]["head of government"])
_REACH = 5
"""Sentences that a surname looks back over."""
_APART = 3
"""Sentences by which one of two namesakes must be nearer than the other for a surname to mean the nearer."""
_AGE = re.compile(r"the (?:\w+ )?(?P<age>\d{1,3})-year-old", re.IGNORECASE)
_ACRONYM_IN_BRACKETS = re.compile(r" \([A-Z][A-Z.]+\)$")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s$|(?<=s)['’]$")
_SINGULAR, _PLURAL = words_of("function_words", "it"), words_of("function_words", "they")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A resolved source. `name` is None for a pronoun without antecedent; `basis` is where the name stands. `together`
    are those who speak as one: "A and B said"; then `name` has them all, and there is no one person. `body` is whom a
    spokesperson without "for" speaks for. `doubtful` are the two who may be meant where it is not certain. `rule` says
    how the words of the source led to the name, `antecedent` where the mention stands that they refer to."""

    name: str | None
    basis: Span | None
    person: Person | None = None
    noun: int | None = None
    together: tuple[Speaker, ...] = ()
    body: Speaker | None = None
    doubtful: tuple[str, ...] = ()
    rule: SpeakerRule = "name"
    antecedent: Span | None = None


def unresolved(noun: int | None = None, doubtful: Iterable[str] = ()) -> Speaker:
    """The speaker of a source that names nobody, with those who may be meant."""
    return Speaker(name=None, basis=None, noun=noun, doubtful=tuple(doubtful), rule="none")


class SpeakerResolver:
    """Resolves the sources of one text, in the order of their statements."""

    def __init__(self, tree: ParsedText, people: EntityRegistry) -> None:
        self.tree = tree
        self.people = people
        self.titles = link_titles(tree, people)
        self.antecedents = Antecedents(tree, people, self.titles)
        self._bodies: dict[str, Speaker] = {}
        self._descriptions: set[str] = set()  # titles that were taken for somebody without a role
        self._by_noun: dict[int, Speaker] = {}
        self._last: tuple[int, Speaker] | None = None  # who spoke last, and in which sentence

    @cached_property
    def _long_forms(self) -> dict[str, tuple[int, int]]:
        return long_forms(self.tree)

    @cached_property
    def _ages(self) -> dict[str, list[Person]]:
        return people_by_age(self.people)

    @cached_property
    def _countries(self) -> dict[int, str]:
        return countries_by_person(self.people)

    def resolve(self, source: frozenset[int], content: frozenset[int] = frozenset()) -> Speaker:
        """The speaker behind the words `source` who says `content`. Call in the order of the text: pronouns look at who
        spoke last."""
        tree, speaker = self.tree, self._resolve(source, content)
        if speaker.name is not None:
            self._last = tree[min(source)].sentence, speaker
        noun, person = speaker.noun, speaker.person
        if noun is not None and (person is not None or (speaker.name is not None and self._is_person_noun(noun))):
            gender = person.gender if person else gender_of(tree[noun].lemma) or gender_in(tree, content)
            self.antecedents.add_speaker(min(source), Referent(person=person, noun=noun, gender=gender))
            self._by_noun[noun] = speaker
        return speaker

    def _is_person_noun(self, noun: int) -> bool:
        return self.tree[noun].tag == "NN" and self.tree[noun].lemma in PERSON_NOUNS

    def _resolve(self, source: frozenset[int], content: frozenset[int]) -> Speaker:
        tree = self.tree
        if not source:
            return unresolved()
        noun = tree.top(source)
        if tree[noun].tag in ("WP", "WDT") or tree[noun].lower in ("who", "which", "that"):
            is_body = is_acronym(tree[noun].text)  # the WHO
            return self._noun(noun, set(source), content) if is_body else self._relative(noun, content)
        if tree[noun].lower in ("one", "another", "both") and tree.has_text(source, "them"):
            return self._one_of_them(noun)
        if tree[noun].pos == "PRON" or tree[noun].tag in ("PRP", "PRP$"):
            has_other = bool(tree.deps(noun, "conj"))  # he and Roe
            return (self._joint(noun, source) if has_other else None) or self._pronoun(noun, content)
        return self._joint(noun, source) or self._noun(noun, set(source), content)

    def _relative(self, pronoun: int, content: frozenset[int]) -> Speaker:
        """Who or which: the noun that its clause describes."""
        tree = self.tree
        clause = next((up for up in tree.ancestors(pronoun) if tree[up].dep == "relcl"), None)
        if clause is None:
            return unresolved(pronoun)
        noun = tree[clause].head
        if tree[noun].dep == "appos" and tree[noun].tag == "NN" and self.people.of(tree[noun].head):
            noun = tree[noun].head  # Roe, a candidate who says ...
        inside = [up for up in tree.ancestors(pronoun) if tree[up].head == noun]
        speaker = self._noun(noun, tree.subtree(noun, without=inside), content)
        return replace(speaker, rule="relative", antecedent=tree.span(noun, noun))

    def _joint(self, noun: int, source: frozenset[int]) -> Speaker | None:
        """Several who say one thing, at least one of them a person with a name: *Ada Lund and Bo Marsh* said ..."""
        tree = self.tree
        heads, conjunctions = [noun], []
        for head in heads:  # "her deputy, Jay Roe, and Ida Holm": the second hangs on the apposition
            for word in [head, *tree.deps(head, "appos"), *self._objects_with_conjunct(head, source)]:
                conjuncts = [child for child in tree.deps(word, "conj") if child in source and child > noun]
                heads += [child for child in conjuncts if word == head or self._is_other_speaker(child)]
                conjunctions += tree.deps(word, "cc", "preconj")
        forms = {tree[word].lower for word in conjunctions}
        if len(heads) < 2 or not forms or not forms <= {"and", "&", "both"}:
            return None
        if name_after_titles(self.people, noun, set(source)):
            return None
        if tree[noun].tag == "NNS" and (appositions := tree.deps(noun, "appos")):
            heads[0] = appositions[0]  # "their parents, Ada and Bo Lund": the parents are the two
        each = []
        for head in heads:
            others = [other for other in heads if other != head and other in tree.subtree(head)]
            if tree[head].tag == "PRP":
                each.append(self._pronoun(head, frozenset()))
                continue
            each.append(self._noun(head, set(source) & tree.subtree(head, without=others) - set(conjunctions)))
        names = list(dict.fromkeys(one.name for one in each if one.name))
        if len(names) < len(each) or not any(one.person for one in each):
            return None
        name = f"{', '.join(names[:-1])} and {names[-1]}"
        return Speaker(name=name, basis=each[0].basis, together=tuple(each))

    def _is_other_speaker(self, conjunct: int) -> bool:
        """False for what else somebody is, joined to their office: Ada Lund, a pilot and *captain*."""
        tree = self.tree
        is_name = tree[conjunct].pos == "PROPN" and not tree.deps(conjunct, "det")
        return is_name or bool(self.people.of(conjunct)) or tree.has_text(tree.children[conjunct], "other")

    def _objects_with_conjunct(self, head: int, source: frozenset[int]) -> list[int]:
        """What a name is said to be of, where a second name hangs on it: Ada Lund of *Norland* and Bo Marsh."""
        tree = self.tree
        objects = [word for prep in tree.deps(head, "prep") if prep in source for word in tree.deps(prep, "pobj")]
        return [word for word in objects if any(self.people.of(child) for child in tree.deps(word, "conj"))]

    def _noun(self, noun: int, words: set[int], content: frozenset[int] = frozenset()) -> Speaker:
        """A name, a title with a name, a title or description that stands for a name, or the words as they are."""
        tree = self.tree
        if person := person_in_source(self.people, noun, words):
            if len(namesakes := self.people.namesakes(person)) > 1:
                return self._of_namesakes(namesakes, noun, content)
            return Speaker(name=person.name, basis=person.span, person=person, noun=noun)
        if person := person_by_label(self.people, noun) or self.titles.get(noun):
            return self._of_person(person, noun, "kinship" if tree[noun].lemma in KIN else "role")
        if (long_form := self._long_form(noun)) is not None:
            return self._of_words(long_form, "same source")
        if (name := unrecognised_name(self.people, noun)) is not None:
            return Speaker(name=name.of(tree.text), basis=name, noun=noun)
        if (body := self._body(noun, words)) is not None:
            return body
        if (one := self._description(noun, content)) is not None:
            return one
        if (company := the_company(self.people, noun)) is not None:
            return self._of_words(company, "same source")
        runs = tree.runs(without_asides(tree, noun, words))
        if not runs or is_crowd(tree, noun):
            return unresolved(noun)
        first, last = next((run for run in runs if run[0] <= noun <= run[1]), runs[0])
        while last > noun and tree[last].text in PAUSES:
            last -= 1  # the bracket or comma before an aside that was left out
        span = tree.span(first, last)
        speaker = Speaker(name=self._words(noun, span), basis=span, noun=noun, rule="words", body=self._body_of(noun))
        if tree[noun].is_noun and tree[noun].tag in ("NN", "NNP"):
            self._remember(noun, speaker)
        return speaker

    def _body(self, noun: int, words: set[int]) -> Speaker | None:
        """The body whose name stands behind the noun, or that an earlier source with the noun named."""
        if (name := name_in_apposition(self.tree, noun, words)) is not None:
            self._remember(noun, speaker := self._of_words(name, "name"))
            return speaker
        earlier = self._earlier_source(noun)
        return replace(earlier, rule="same source", antecedent=earlier.basis) if earlier is not None else None

    def _of_person(self, person: Person, noun: int, rule: SpeakerRule, at: Span | None = None) -> Speaker:
        at = at or self.people.mention_before(person, noun)
        return Speaker(name=person.name, basis=person.span, person=person, noun=noun, rule=rule, antecedent=at)

    def _of_words(self, words: tuple[int, int], rule: SpeakerRule) -> Speaker:
        span = self.tree.span(*words)
        return Speaker(name=span.of(self.tree.text), basis=span, noun=words[1], rule=rule, antecedent=span)

    def _words(self, noun: int, span: Span) -> str:
        """The words of a source; "his office" by the name of whose office it is."""
        tree, owner = self.tree, self.tree.owner(noun)
        text = _POSSESSIVE.sub("", _ACRONYM_IN_BRACKETS.sub("", span.of(tree.text)))
        if owner is None or tree[owner].start != span.start or tree[owner].lower not in ("his", "her", "whose"):
            return text
        if tree[owner].lower == "whose":
            clause = next((up for up in tree.ancestors(owner) if tree[up].dep == "relcl"), None)
            person = self.people.of(tree[clause].head) if clause is not None else None
        else:
            one = self.antecedents.of(owner, "he" if tree[owner].lower == "his" else "she").referent
            person = one.person if one is not None else None
        mark = "’" if "’s" in tree.text else "'"
        return f"{person.name}{mark}s{text[len(tree[owner].text) :]}" if person is not None else text

    def _of_namesakes(self, namesakes: list[Person], noun: int, content: frozenset[int]) -> Speaker:
        """Whom a surname means that several people of the text have: the only one whom what is said does not speak of,
        or the one named last, where the others are out of reach; else nobody."""
        tree = self.tree
        in_content = {id(person) for word in content if (person := self.people.of(word)) is not None}
        people = [one for one in namesakes if id(one) not in in_content] or namesakes
        title = tree[noun - 1].lower if noun else ""
        if title in HONORIFICS:  # Dr Roe is the one whom the text calls Dr Ida Roe
            bearers = [
                one for one in people if any(self._is_titled(one, at, title) for at in one.mentions if at != noun)
            ]
            people = bearers if len(bearers) == 1 else people
        if len(people) > 1:
            recent_speakers = self.antecedents.spoke_before(noun, people)
            people = recent_speakers if len(recent_speakers) == 1 else people
        if len(people) > 1:
            people = of_fitting_gender(tree, people, noun, content)
        if len(people) > 1:  # Ada Lund, whose husband is Bo Lund, is Lund
            most = max(people, key=lambda one: len(one.mentions))
            kin = [one for one in people if any(role.head in KIN for role in one.roles)]
            is_clear = most not in kin and all(len(most.mentions) >= 2 * len(one.mentions) for one in kin)
            people = [most] if len(kin) == len(people) - 1 and is_clear else people
        if len(people) > 1:
            last = {
                id(one): max((tree[word].sentence for word in one.mentions if word < noun), default=-1)
                for one in people
            }
            first, second = sorted(people, key=lambda one: last[id(one)], reverse=True)[:2]
            if last[id(first)] - last[id(second)] >= _APART and tree[noun].sentence - last[id(first)] <= _REACH:
                people = [first]
        if len(people) > 1:
            return unresolved(noun, (one.name for one in people[:2]))
        return self._of_person(people[0], noun, "surname")

    def _is_titled(self, person: Person, mention: int, title: str) -> bool:
        first = self.people.first(mention)
        return self.people.of(mention) is person and first > 0 and self.tree[first - 1].lower == title

    def _description(self, noun: int, content: frozenset[int]) -> Speaker | None:
        """Whom a definite description means: the 34-year-old, the Texan, the surgeon, the former."""
        tree, token = self.tree, self.tree[noun]
        modifiers = [tree[child].lower for child in tree.children[noun] if tree[child].pos != "PUNCT"]
        if "the" not in modifiers or token.is_plural:
            return None
        if token.lower in ("former", "latter") and modifiers == ["the"]:
            return self._of_two(noun, first=token.lower == "former")
        words = tree.text_of(min(tree.subtree(noun)), noun)
        is_age, age = _AGE.fullmatch(words) is not None, _AGE.match(words)
        if age is not None and (of_age := self._ages.get(age["age"], [])):
            return self._of_person(of_age[0], noun, "description") if len(of_age) == 1 else unresolved(noun)
        is_demonym, country = demonym_at(tree, noun) if modifiers == ["the"] else (False, None)
        is_title = token.lemma in PERSON_NOUNS and self._is_free_title(noun)
        if not (is_age or is_title or is_demonym):
            return None
        if is_demonym:
            return self._of_people(noun, country, content)
        one = self.antecedents.of(noun, gender_of(token.lemma), content)
        if is_title and one.referent is not None and tree[one.referent.noun].lower == token.lower:
            return self._description(one.referent.noun, content)  # the former striker runs ..., the former striker said
        if is_title:
            person = one.referent.person if one.referent is not None else None
            if person is None or not self._is_topic(person, noun):
                if (person := self._well_known(noun)) is None:
                    return None
                one = Antecedent(referent=Referent(person=person, noun=person.mentions[0], gender=person.gender))
            if (role := role_at(tree, noun)) is not None and role.words not in self._descriptions:
                self._descriptions.add(role.words)
                person.roles.append(role)
        if is_age and one.referent is not None and any(one.referent.person in of_age for of_age in self._ages.values()):
            return unresolved(noun)  # they are of another age
        return self._as(one, noun, "description") if one.referent is None or one.referent.person else None

    def _of_people(self, noun: int, country: str | None, content: frozenset[int]) -> Speaker | None:
        """The one whom the text calls by that people; else whom a pronoun would mean, if they are of no other."""
        compatriots = [one for one in self.people.everyone if country and self._countries.get(id(one)) == country]
        if len(compatriots) == 1:
            return self._of_person(compatriots[0], noun, "description")
        antecedent = self.antecedents.of(noun, gender_of(self.tree[noun].lemma), content)
        person = antecedent.referent.person if antecedent.referent is not None else None
        if country and person is not None and self._countries.setdefault(id(person), country) != country:
            return unresolved(noun)
        return self._as(antecedent, noun, "description") if antecedent.referent is None or person else None

    def _is_free_title(self, noun: int) -> bool:
        """True for a title that the text gives to nobody with a name, that is nobody's, and that takes up no "a
        designer" before."""
        tree, lemma = self.tree, self.tree[noun].lemma
        same = [one for one in tree.tokens[:noun] if one.lemma == lemma and one.dep != "attr"]
        same = [one for one in same if one.dep != "appos" or self.people.of(one.head) is None]
        if any(tree.has_text(tree.children[one.index], "a", "an") for one in same):
            return False
        roles = [role for person in self.people.everyone for role in person.roles]
        heads = {role.head for role in roles if role.words not in self._descriptions}
        return self.tree[noun].lemma not in heads and self.tree.owner(noun) is None

    def _is_topic(self, person: Person, noun: int) -> bool:
        """True for the person whom the text names first, where nothing says what they are: *the defender* said."""
        full_names = [
            one for one in self.people.everyone if one.is_full and not self.people.credits.issuperset(one.mentions)
        ]
        before = [one for one in full_names if one.mentions[0] < noun]
        first = min(before, key=lambda one: one.mentions[0], default=None)
        may_be_more = self.tree[noun].lemma in MEMBERS  # Gov. Roe, the governor, may be the candidate
        short = {role.head for role in person.roles if role.is_short and may_be_more}
        roles = (role.words for role in person.roles if role.head not in short)
        if person is not first or any(words not in self._descriptions for words in roles):
            return False
        return not self._stand_together(person, noun) and not self._is_past(person, noun)

    def _well_known(self, noun: int) -> Person | None:
        """Who heads a government, of whom a text need not say so: *the prime minister* is the one person near whom
        it gives no role at all, though it gives one to all others."""
        tree = self.tree
        if title_words(tree, noun).removeprefix("the ") not in _HEADS_OF_GOVERNMENT:
            return None
        near = {
            id(person): person
            for mention, person in self.people.near(tree[noun].sentence - 1, _REACH)
            if not tree.quoted[mention] and mention not in self.people.credits
        }
        people = [one for one in near.values() if all(role.words in self._descriptions for role in one.roles)]
        if len(people) != 1 or not people[0].is_full or len(people[0].mentions) < 2:
            return None
        return None if self._stand_together(people[0], noun) else people[0]

    def _stand_together(self, person: Person, noun: int) -> bool:
        """True where a sentence of the text names both a person and the title: Ida Holm was told by *the mayor*."""
        tree = self.tree
        if any(tree[mention].sentence == tree[noun].sentence for mention in person.mentions):
            return True  # even in the words that are said
        near = {tree[mention].sentence for mention in person.mentions if not tree.quoted[mention]}
        same_title = (
            token.index
            for token in tree.tokens
            if token.lower == tree[noun].lower and token.sentence in near and not tree.quoted[token.index]
        )
        return any(title_words(tree, other) == title_words(tree, noun) for other in same_title)

    def _is_past(self, person: Person, noun: int) -> bool:
        """True where somebody else without a role was named in a later sentence than the person, who has none yet."""
        tree = self.tree
        last: dict[int, int] = {}
        for mention, one in self.people.near(tree[noun].sentence, _REACH):
            if mention < noun and not tree.quoted[mention] and mention not in self.people.credits:
                last[id(one)] = tree[mention].sentence
        others = [one for one in self.people.everyone if one is not person and not one.roles]
        nearest = max((last.get(id(one), -1) for one in others), default=-1)
        return not person.roles and nearest > last.get(id(person), -1)

    def _of_two(self, noun: int, *, first: bool) -> Speaker | None:
        pair = last_pair(self.people, noun)
        return self._of_person(pair[0] if first else pair[1], noun, "description") if pair else None

    def _one_of_them(self, noun: int) -> Speaker:
        """*One of them* said: one of the two people of the nearest sentence that names two; else by its words."""
        if pair := last_pair(self.people, noun):
            return unresolved(noun, (person.name for person in pair))
        words = [word for word in self.tree.subtree(noun) if self.tree[word].dep not in ("relcl", "acl")]
        span = self.tree.span(*self.tree.runs(words)[0])
        return Speaker(name=span.of(self.tree.text), basis=span, noun=noun, rule="words")

    def _as(self, antecedent: Antecedent, noun: int, rule: SpeakerRule) -> Speaker:
        """The speaker that an antecedent makes of `noun`."""
        tree, one = self.tree, antecedent.referent
        if one is None:
            return unresolved(
                noun, (each.person.name if each.person else tree[each.noun].text for each in antecedent.doubtful)
            )
        if one.person is not None:
            return self._of_person(one.person, noun, rule, antecedent.at)
        if one.noun in self._by_noun:
            return replace(self._by_noun[one.noun], rule=rule, antecedent=antecedent.at)
        runs = tree.runs(without_asides(tree, one.noun, tree.subtree(one.noun)))
        span = tree.span(*next((run for run in runs if run[0] <= one.noun <= run[1]), runs[0]))
        name, body, at = self._words(one.noun, span), self._body_of(one.noun), antecedent.at
        return Speaker(name=name, basis=span, noun=one.noun, rule=rule, antecedent=at, body=body)

    def _long_form(self, noun: int) -> tuple[int, int] | None:
        """The name in full that the text gives an acronym."""
        token = self.tree[noun]
        return self._long_forms.get(token.text.replace(".", "")) if is_acronym(token.text) and token.is_noun else None

    def _remember(self, noun: int, speaker: Speaker) -> None:
        """Keeps a body or an unnamed source, for "the army" and "the spokesman" that come later."""
        tree, children = self.tree, self.tree.children[noun]
        has_owner = tree.owner(noun) is not None or any(country_of(tree[word].text) for word in children)
        is_described = any(tree[word].dep in ("compound", "amod", "prep", "nmod") for word in children)
        is_source = tree[noun].lemma.lower() in _UNNAMED_SOURCES and is_described
        if has_owner or is_source or speaker.body is not None:
            self._bodies[tree[noun].lemma.lower()] = speaker

    def _earlier_source(self, noun: int) -> Speaker | None:
        """The body or the unnamed source that "the army" or "the company spokeswoman" repeats: the last one of the same
        noun that said whose."""
        tree = self.tree
        modifiers = {tree[child].lower for child in tree.children[noun] if tree[child].pos != "PUNCT"}
        is_bare = "the" in modifiers and modifiers <= {"the"} | GENERIC_BODIES
        return self._bodies.get(tree[noun].lemma.lower()) if is_bare and tree[noun].tag in ("NN", "NNP") else None

    def _body_of(self, noun: int) -> Speaker | None:
        """Whom a spokesperson of nobody speaks for: the body that spoke, or was the subject, just before."""
        tree = self.tree
        if tree[noun].lemma not in SPOKESPEOPLE or tree.owner(noun) is not None:
            return None
        if tree.deps(noun, "prep", "compound", "amod", "nmod"):
            return None
        here = tree[noun].sentence
        for number in range(here - 1, max(-1, here - NEAR - 1), -1):
            for word in tree.sentences[number]:
                token = tree[word]
                is_subject = (
                    token.dep in ("nsubj", "nsubjpass") and token.tag in ("NN", "NNP") and not tree.quoted[word]
                )
                if is_subject and token.lemma in SPEAKING_BODIES - PERSON_NOUNS and not self.people.of(word):
                    return self._noun(word, tree.subtree(word))
        return None

    def _pronoun(self, word: int, content: frozenset[int]) -> Speaker:
        """He or she: the best antecedent, or two where it is not certain. It or they that opens a clause after a named
        body takes that body."""
        tree, form = self.tree, self.tree[word].lower
        if (gender := PRONOUN_GENDERS.get(form)) is not None:
            speaker = self._as(self.antecedents.of(word, gender, content), word, "pronoun")
            if speaker.person is not None:
                speaker.person.gender = speaker.person.gender or gender  # whom "she" meant is not "he" later
            return speaker
        if form in _SINGULAR | _PLURAL:
            body = subject_body(self.people, word, plural=form in _PLURAL)
            if body is not None:
                speaker = self._noun(body, tree.subtree(body))
                return replace(speaker, rule="pronoun", antecedent=tree.span(body, body))
            if (last := self._last_speaker(word, plural=form in _PLURAL)) is not None:
                return replace(last, rule="pronoun", antecedent=last.basis)
            if (body := last_body(self.people, word) if form in _SINGULAR else None) is not None:
                speaker = self._noun(body, tree.subtree(body))
                return replace(speaker, rule="pronoun", antecedent=tree.span(body, body))
        return unresolved(word)

    def _last_speaker(self, word: int, plural: bool) -> Speaker | None:
        """Who spoke in one of the two sentences before, if "it" or "they" can mean them: a body, several people."""
        tree = self.tree
        if self._last is None or not 0 < tree[word].sentence - self._last[0] <= NEAR:
            return None
        last = self._last[1]
        if last.together or last.person is not None or last.noun is None:
            return last if last.together and plural else None
        speaks = tree[last.noun].entity in ("ORG", "GPE") or tree[last.noun].lemma.lower() in SPEAKING_NOUNS
        is_cue = speaks and tree[tree[word].head].lemma in QUOTE_CUES
        return last if tree[last.noun].is_plural == plural and (is_cue or plural) else None
