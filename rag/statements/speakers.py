"""Who a source is: names, titles that stand for a name, and pronouns, resolved inside the article."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.domain import Span, SpeakerRule
from rag.knowledge.tables import words_of
from rag.knowledge.words import HONORIFICS
from rag.statements.antecedents import Antecedent, Antecedents, Referent, gender_of
from rag.statements.cues import QUOTE_CUES
from rag.statements.entities import EntityRegistry, Person, name_around
from rag.statements.name_variants import is_acronym, long_forms
from rag.statements.nonspeech import is_crowd
from rag.statements.nouns import GENERIC_BODIES, KIN, OCCASIONS, PERSON_NOUNS, SPEAKING_BODIES, SPOKESPEOPLE
from rag.statements.parsed_text import ParsedText
from rag.statements.title_coreference import TitleLinks
from rag.text.places import country_of

_TITLE_ABBREVIATIONS = words_of("statements", "title_abbreviations")
_OCCUPATIONS = words_of("statements", "occupations")
_SPEAKING = SPEAKING_BODIES | OCCASIONS | words_of("statements", "speaking_things")
_COMPANIES = words_of("statements", "companies")
_UNNAMED_SOURCES = words_of("statements", "unnamed_sources")
_REACH = 5
"""Sentences that a title looks back over."""
_APART = 3
"""Sentences by which one of two namesakes must be nearer than the other for a surname to mean the nearer."""
_AGED = re.compile(r"the (?:\w+ )?\d{1,3}-year-old")
_PAUSES = frozenset(",-—–(") | {"--"}
_PARTY_MEMBERS = words_of("statements", "party_members")
_BRACKETED = re.compile(r" \([A-Z][A-Z.]+\)$")
_DEMONYM_ENDINGS = tuple(words_of("statements", "demonym_endings"))


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


class SpeakerResolver:
    """Resolves the sources of one text, in the order of their statements."""

    def __init__(self, tree: ParsedText, people: EntityRegistry) -> None:
        self.tree = tree
        self.people = people
        self.titles = TitleLinks(tree, people).linked
        self.antecedents = Antecedents(tree, people, self.titles)
        self._bodies: dict[str, Speaker] = {}
        self._long_forms: dict[str, tuple[int, int]] | None = None
        self._unnamed: dict[int, Speaker] = {}  # by the noun of the source
        self._last: tuple[int, Speaker] | None = None  # who spoke last, and in which sentence

    def resolve(self, source: frozenset[int], content: frozenset[int] = frozenset()) -> Speaker:
        """The speaker behind the words `source` who says `content`. Call in the order of the text: pronouns look at who
        spoke last."""
        speaker = self._resolve(source, content)
        if speaker.name is not None:
            self._last = self.tree[min(source)].sentence, speaker
        if speaker.noun is not None and (speaker.person is not None or self._is_person(speaker)):
            noun = speaker.noun
            gender = speaker.person.gender if speaker.person else gender_of(self.tree[noun].lemma)
            self.antecedents.spoke(min(source), Referent(person=speaker.person, noun=noun, gender=gender))
            self._unnamed[noun] = speaker
        return speaker

    def _is_person(self, speaker: Speaker) -> bool:
        noun = speaker.noun
        single = noun is not None and self.tree[noun].tag == "NN" and self.tree[noun].lemma in PERSON_NOUNS
        return single and speaker.name is not None

    def _resolve(self, source: frozenset[int], content: frozenset[int]) -> Speaker:
        tree = self.tree
        if not source:
            return Speaker(name=None, basis=None, rule="none")
        noun = tree.top(source)
        if tree[noun].tag in ("WP", "WDT") or tree[noun].lower in ("who", "which", "that"):
            antecedent = self._antecedent(noun)
            if antecedent is None:
                return Speaker(name=None, basis=None, noun=noun, rule="none")
            words = tree.subtree(antecedent, without=self._clause_of(noun, antecedent))
            speaker = self._noun(antecedent, words, content)
            return replace(speaker, rule="relative", antecedent=tree.span(antecedent, antecedent))
        if tree[noun].lower in ("one", "another", "both") and tree.has_text(source, "them"):
            return self._of_them(noun)
        if tree[noun].pos == "PRON" or tree[noun].tag in ("PRP", "PRP$"):
            return self._pronoun(noun, content)
        return self._together(noun, source) or self._noun(noun, set(source), content)

    def _together(self, noun: int, source: frozenset[int]) -> Speaker | None:
        """Several who say one thing, at least one of them a person with a name: *Ada Lund and Bo Marsh* said ..."""
        tree = self.tree
        heads, ands = [noun], []
        for head in heads:  # "her deputy, Jay Roe, and Ida Holm": the second hangs on the apposition
            for word in [head, *tree.deps(head, "appos"), *self._held_of(head, source)]:
                heads += [child for child in tree.deps(word, "conj") if child in source and child > noun]
                ands += tree.deps(word, "cc", "preconj")
        joined = {tree[word].lower for word in ands}
        if len(heads) < 2 or not joined or not joined <= {"and", "&", "both"}:
            return None
        if self._named_after_titles(noun, set(source)):
            return None
        if tree[noun].tag == "NNS" and (named := tree.deps(noun, "appos")) and len(heads) > 1:
            heads[0] = named[0]  # "their parents, Ada and Bo Lund": the parents are the two
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

    def _held_of(self, head: int, source: frozenset[int]) -> list[int]:
        """What a name is said to be of, where a second name hangs on it: Ada Lund of *Norland* and Bo Marsh."""
        tree = self.tree
        held = [word for prep in tree.deps(head, "prep") if prep in source for word in tree.deps(prep, "pobj")]
        return [word for word in held if any(self.people.of(child) for child in tree.deps(word, "conj"))]

    def _noun(self, noun: int, words: set[int], content: frozenset[int] = frozenset()) -> Speaker:
        """A name, a title with a name, a title or description that stands for a name, or the words as they are."""
        tree = self.tree
        person = self.people.of(noun) or self._in_apposition(noun, words) or self._named_after_titles(noun, words)
        person = person or self._at_the_end(words)
        rule: SpeakerRule = "name"
        if person is None and (person := self._labelled(noun) or self.titles.get(noun)) is not None:
            rule = "kinship" if tree[noun].lemma in KIN else "role"
        if person is not None:
            if rule == "name" and len(namesakes := self.people.namesakes(person)) > 1:
                return self._of_namesakes(person, namesakes, noun, content)
            at = None if rule == "name" else self._mention(person, noun)
            return Speaker(name=person.name, basis=person.span, person=person, noun=noun, rule=rule, antecedent=at)
        if (long := self._in_full(noun)) is not None:
            return long
        if (name := self._unrecognised_name(noun)) is not None:
            return Speaker(name=name.of(tree.text), basis=name, noun=noun)
        if (earlier := self._said_before(noun)) is not None:
            return replace(earlier, rule="same source", antecedent=earlier.basis)
        if (meant := self._described(noun, content) or self._the_company(noun)) is not None:
            return meant
        runs = tree.runs(_without_asides(tree, noun, words))
        if not runs or is_crowd(tree, noun):
            return Speaker(name=None, basis=None, noun=noun, rule="none")
        first, last = next((run for run in runs if run[0] <= noun <= run[1]), runs[0])
        while last > noun and tree[last].text in _PAUSES:
            last -= 1  # the bracket or comma before an aside that was left out
        span = tree.span(first, last)
        speaker = Speaker(name=self._words(noun, span), basis=span, noun=noun, rule="words", body=self._body_of(noun))
        if tree[noun].is_noun and tree[noun].tag in ("NN", "NNP"):
            self._remember(noun, speaker)
        return speaker

    def _words(self, noun: int, span: Span) -> str:
        """The words of a source; "his office" by the name of whose office it is."""
        tree = self.tree
        owner = tree.owner(noun)
        text = _BRACKETED.sub("", span.of(tree.text))
        if owner is None or tree[owner].start != span.start or tree[owner].lower not in ("his", "her"):
            return text
        antecedent = self.antecedents.of(owner, "he" if tree[owner].lower == "his" else "she").referent
        mark = "’" if "’s" in tree.text else "'"
        return (
            f"{antecedent.person.name}{mark}s{text[len(tree[owner].text) :]}"
            if antecedent and antecedent.person
            else text
        )

    def _of_namesakes(self, surname: Person, namesakes: list[Person], noun: int, content: frozenset[int]) -> Speaker:
        """Whom a surname means that several people of the text have: the only one whom what is said does not speak of,
        or the one named last, where the others are out of reach; else nobody."""
        tree = self.tree
        spoken_of = {id(person) for word in content if (person := self.people.of(word)) is not None}
        left = [one for one in namesakes if id(one) not in spoken_of] or namesakes
        title = tree[noun - 1].lower if noun else ""
        if title in HONORIFICS:  # Dr Roe is the one whom the text calls Dr Ida Roe
            called = [one for one in left if any(self._is_called(one, at, title) for at in one.mentions if at != noun)]
            left = called if len(called) == 1 else left
        if len(left) > 1:
            last = {
                id(one): max((tree[word].sentence for word in one.mentions if word < noun), default=-1) for one in left
            }
            first, second = sorted(left, key=lambda one: last[id(one)], reverse=True)[:2]
            apart = last[id(first)] - last[id(second)]
            if apart >= _APART and tree[noun].sentence - last[id(first)] <= _REACH:
                left = [first]
        if len(left) > 1:
            return Speaker(name=None, basis=None, noun=noun, doubtful=tuple(one.name for one in left[:2]), rule="none")
        at = self._mention(left[0], noun)
        return Speaker(name=left[0].name, basis=left[0].span, person=left[0], noun=noun, rule="surname", antecedent=at)

    def _is_called(self, person: Person, mention: int, title: str) -> bool:
        first = self.people.first(mention)
        return self.people.of(mention) is person and first > 0 and self.tree[first - 1].lower == title

    def _in_apposition(self, noun: int, words: set[int]) -> Person | None:
        """The person named in apposition, at any depth: his wife, the surgeon *Elena Ritter*, said."""
        tree, near = self.tree, [noun]
        for word in near:
            for child in tree.deps(word, "appos"):
                if child in words:
                    if (person := self.people.of(child)) is not None:
                        return person
                    near.append(child)
            if word != noun:
                named = [self.people.of(child) for child in tree.deps(word, "compound", "nmod")]
                if (person := next((one for one in named if one is not None), None)) is not None:
                    return person
        return None

    def _described(self, noun: int, content: frozenset[int]) -> Speaker | None:
        """Whom a definite description means: the 34-year-old, the Texan, the surgeon, the former."""
        tree, text = self.tree, self.tree[noun].lower
        bare = [tree[child].lower for child in tree.children[noun] if tree[child].pos != "PUNCT"]
        if "the" not in bare or tree[noun].is_plural:
            return None
        if text in ("former", "latter") and bare == ["the"]:
            return self._of_two(noun, first=text == "former")
        aged = _AGED.fullmatch(tree.span(min(tree.subtree(noun)), noun).of(tree.text).lower()) is not None
        demonym = tree[noun].entity in ("NORP", "") and tree[noun].is_noun and bare == ["the"]
        demonym = (
            demonym and tree[noun].text[:1].isupper() and text.endswith(_DEMONYM_ENDINGS) and text not in _PARTY_MEMBERS
        )
        job = tree[noun].lemma in PERSON_NOUNS and bare == ["the"] and self._alone(noun)
        if not (aged or demonym or job):
            return None
        antecedent = self.antecedents.of(noun, gender_of(tree[noun].lemma), content)
        return (
            self._as(antecedent, noun, "description")
            if antecedent.referent is None or antecedent.referent.person
            else None
        )

    def _the_company(self, noun: int) -> Speaker | None:
        """The one company that the sentence and the two before name, for "the company" or "the bank" said."""
        tree = self.tree
        bare = [tree[child].lower for child in tree.children[noun] if tree[child].pos != "PUNCT"]
        if tree[noun].lemma not in _COMPANIES or tree[noun].tag != "NN" or bare != ["the"]:
            return None
        named: dict[str, tuple[int, int]] = {}
        here = tree[noun].sentence
        for word in (word for number in range(max(0, here - 2), here + 1) for word in tree.sentences[number]):
            first, last = name_around(tree, word)
            if tree[word].entity == "ORG" and not tree.quoted[word] and word == last and self.people.of(word) is None:
                first += tree[first].pos == "DET"
                if first <= last < noun and tree[last].pos == "PROPN":
                    named.setdefault(tree.span(first, last).of(tree.text), (first, last))
        subjects = [words for words in named.values() if tree[words[1]].dep in ("nsubj", "nsubjpass")]
        if len(named) != 1 or not subjects:
            return None
        span = tree.span(*subjects[0])
        return Speaker(name=span.of(tree.text), basis=span, noun=subjects[0][1], rule="same source", antecedent=span)

    def _labelled(self, noun: int) -> Person | None:
        """The one person whose office a label in capitals names: "CAPTAIN:"."""
        if not self.tree[noun].text.isupper():
            return None
        office = self.tree[noun].lower
        holders = [one for one in self.people.everyone if any(office == role.head for role in one.roles)]
        return holders[0] if office in PERSON_NOUNS and len(holders) == 1 else None

    def _alone(self, noun: int) -> bool:
        """True where one person has been named so far, and nothing says that they are something else."""
        before = [one for one in self.people.everyone if " " in one.name and min(one.mentions) < noun]
        return len(before) == 1 and not before[0].roles

    def _of_two(self, noun: int, *, first: bool) -> Speaker | None:
        """The first or the second of the two people of the nearest sentence before that names two."""
        here = self.tree[noun].sentence
        for back in range(1, 3):
            pairs = self.people.near(here - back, 0)
            named = list({id(person): person for _, person in pairs}.values())
            if len(named) == 2:
                person = named[0] if first else named[1]
                return self._as(
                    Antecedent(
                        referent=Referent(person=person, noun=noun, gender=person.gender),
                        at=self._mention(person, noun),
                    ),
                    noun,
                    "description",
                )
        return None

    def _of_them(self, noun: int) -> Speaker:
        """*One of them* said: one of the two people of the nearest sentence that names two; else by its words."""
        here = self.tree[noun].sentence
        for back in range(1, 3):
            named = {id(person): person.name for _, person in self.people.near(here - back, 0)}
            if len(named) == 2:
                return Speaker(name=None, basis=None, noun=noun, doubtful=tuple(named.values()), rule="none")
        words = [word for word in self.tree.subtree(noun) if self.tree[word].dep not in ("relcl", "acl")]
        span = self.tree.span(*self.tree.runs(words)[0])
        return Speaker(name=span.of(self.tree.text), basis=span, noun=noun, rule="words")

    def _mention(self, person: Person, before: int) -> Span:
        """The nearest mention of a person before a word, else the first."""
        earlier = [mention for mention in person.mentions if mention < before] or person.mentions[:1]
        return self.tree.span(self.people.first(earlier[-1]), earlier[-1])

    def _as(self, antecedent: Antecedent, noun: int, rule: SpeakerRule) -> Speaker:
        """The speaker that an antecedent makes of `noun`."""
        one = antecedent.referent
        if one is not None and one.person is not None:
            person = one.person
            return Speaker(
                name=person.name, basis=person.span, person=person, noun=noun, rule=rule, antecedent=antecedent.at
            )
        if one is not None and one.noun in self._unnamed:
            return replace(self._unnamed[one.noun], rule=rule, antecedent=antecedent.at)
        if one is not None:
            runs = self.tree.runs(_without_asides(self.tree, one.noun, self.tree.subtree(one.noun)))
            span = self.tree.span(*next((run for run in runs if run[0] <= one.noun <= run[1]), runs[0]))
            name = self._words(one.noun, span)
            body = self._body_of(one.noun)
            return Speaker(name=name, basis=span, noun=one.noun, rule=rule, antecedent=antecedent.at, body=body)
        names = [each.person.name if each.person else self.tree[each.noun].text for each in antecedent.doubtful]
        return Speaker(name=None, basis=None, noun=noun, doubtful=tuple(names), rule="none")

    def _named_after_titles(self, noun: int, words: set[int]) -> Person | None:
        """The person whose full name ends a row of titles: lobbyist and strategist *Jay Roe*, who lives there."""
        tree = self.tree
        if (tree[noun].lemma not in PERSON_NOUNS and tree[noun].lemma not in _OCCUPATIONS) or noun not in words:
            return None
        last = noun
        while last + 1 in words and tree[last + 1].text != "," and tree[last + 1].pos not in ("ADP", "PRON", "VERB"):
            last += 1
        person = self.people.of(last)
        first = self.people.first(last) if person is not None else last
        titled = first > noun and (tree[first - 1].lemma in PERSON_NOUNS or tree[first - 1].lemma in _OCCUPATIONS)
        return person if titled and " " in (person.name if person else "") else None

    def _in_full(self, noun: int) -> Speaker | None:
        """The body that an acronym stands for, by the name that the text gives it in full."""
        if not is_acronym(self.tree[noun].text) or not self.tree[noun].is_noun:
            return None
        if self._long_forms is None:
            self._long_forms = long_forms(self.tree)
        words = self._long_forms.get(self.tree[noun].text.replace(".", ""))
        if words is None:
            return None
        span = self.tree.span(*words)
        return Speaker(name=span.of(self.tree.text), basis=span, noun=words[1], rule="same source", antecedent=span)

    def _at_the_end(self, words: set[int]) -> Person | None:
        """The person whose name ends the source right after what they are, however it was parsed: harbour engineer
        *Pavel Dorn*."""
        last = max((word for word in words if self.tree[word].pos != "PUNCT"), default=-1)
        person = self.people.of(last) if last >= 0 else None
        first = self.people.first(last) if person is not None else -1
        titled = first > 0 and first - 1 in words and self.tree[first - 1].lower in PERSON_NOUNS
        return person if titled else None

    def _unrecognised_name(self, noun: int) -> Span | None:
        """The name after a title where the parser saw no person: Rep. *Jim Jordan*."""
        tree = self.tree
        first = noun
        while (
            first > 0
            and tree[first - 1].pos == "PROPN"
            and tree[first - 1].text != "."  # of "MR. HALE:", which a parser takes for two sentences
            and tree[first - 1].head == noun
            and not _is_title(tree, first - 1)
        ):
            first -= 1
        titled = first > 0 and _is_title(tree, first - 1)
        return tree.span(first, noun) if titled and first < noun and tree[noun].pos == "PROPN" else None

    def _remember(self, noun: int, speaker: Speaker) -> None:
        """Keeps a body or an unnamed source, for "the army" and "the spokesman" that come later."""
        tree = self.tree
        owned = tree.owner(noun) is not None or any(country_of(tree[word].text) for word in tree.children[noun])
        speaks = tree[noun].lemma.lower() in PERSON_NOUNS | SPEAKING_BODIES | _UNNAMED_SOURCES
        described = any(tree[word].dep in ("compound", "amod", "prep", "nmod") for word in tree.children[noun])
        if owned or (speaks and described) or speaker.body is not None:
            self._bodies[tree[noun].lemma.lower()] = speaker

    def _said_before(self, noun: int) -> Speaker | None:
        """The body or the unnamed source that "the army" or "the company spokeswoman" repeats: the last one of the same
        noun that said whose."""
        tree = self.tree
        around = [tree[child].lower for child in tree.children[noun] if tree[child].pos != "PUNCT"]
        bare = "the" in around and set(around) <= {"the"} | GENERIC_BODIES
        return self._bodies.get(tree[noun].lemma.lower()) if bare and tree[noun].tag in ("NN", "NNP") else None

    def _body_of(self, noun: int) -> Speaker | None:
        """Whom a spokesperson of nobody speaks for: the body that spoke, or was the subject, just before."""
        tree = self.tree
        if tree[noun].lemma not in SPOKESPEOPLE or tree.owner(noun) is not None:
            return None
        if any(tree[child].dep in ("prep", "compound", "amod", "nmod") for child in tree.children[noun]):
            return None
        here = tree[noun].sentence
        for number in range(here - 1, max(-1, here - 3), -1):
            for word in tree.sentences[number]:
                nominal = tree[word].dep in ("nsubj", "nsubjpass") and tree[word].tag in ("NN", "NNP")
                person = self.people.of(word) or tree[word].lemma in PERSON_NOUNS
                if nominal and not person and not tree.quoted[word] and tree[word].lemma in SPEAKING_BODIES:
                    return self._noun(word, tree.subtree(word))
        return None

    def _antecedent(self, pronoun: int) -> int | None:
        """The noun that a relative pronoun refers to."""
        for up in self.tree.ancestors(pronoun):
            if self.tree[up].dep == "relcl":
                return self.tree[up].head
        return None

    def _clause_of(self, pronoun: int, antecedent: int) -> list[int]:
        return [up for up in self.tree.ancestors(pronoun) if self.tree[up].head == antecedent]

    def _pronoun(self, word: int, content: frozenset[int]) -> Speaker:
        """He or she: the best antecedent, or two where it is not certain. It or they that opens a clause after a named
        body takes that body."""
        tree = self.tree
        text = tree[word].lower
        if text in ("he", "him", "his", "she", "her"):
            return self._as(
                self.antecedents.of(word, "he" if text in ("he", "him", "his") else "she", content), word, "pronoun"
            )
        if text in ("it", "its", "they", "their"):
            body = self._body(word, plural=text in ("they", "their"))
            if body is not None:
                speaker = self._noun(body, tree.subtree(body))
                return replace(speaker, rule="pronoun", antecedent=tree.span(body, body))
            if (last := self._spoke_just_now(word, plural=text in ("they", "their"))) is not None:
                return replace(last, rule="pronoun", antecedent=last.basis)
        return Speaker(name=None, basis=None, noun=word, rule="none")

    def _spoke_just_now(self, word: int, plural: bool) -> Speaker | None:
        """Who spoke in one of the two sentences before, if "it" or "they" can mean them: a body, several people."""
        tree = self.tree
        if self._last is None or not 0 < tree[word].sentence - self._last[0] <= 2:
            return None
        last = self._last[1]
        if last.together or last.person is not None or last.noun is None:
            return last if last.together and plural else None
        several = tree[last.noun].is_plural
        speaks = tree[last.noun].entity in ("ORG", "GPE") or tree[last.noun].lemma.lower() in _SPEAKING
        says = speaks and tree[tree[word].head].lemma in QUOTE_CUES
        return last if several == plural and (says or plural) else None

    def _body(self, word: int, plural: bool) -> int | None:
        """The subject of the clauses that `word` hangs under, or of the sentence before."""
        tree = self.tree
        subjects = [
            child for up in tree.ancestors(word) for child in tree.deps(up, "nsubj") if child < word and child != word
        ]
        if tree[tree[word].head].lemma in QUOTE_CUES and not plural:  # the bill would triple, *it* said
            subjects = [at for at in subjects if tree[at].pos == "PROPN" or tree[at].lemma in _SPEAKING]
        if not subjects:
            earlier = tree[word].sentence - 1
            if earlier >= 0 and tree.sentences[earlier] and not _breaks(tree, tree.sentences[earlier][-1], word):
                subjects = [w for w in tree.sentences[earlier] if tree[w].dep == "nsubj" and not tree.quoted[w]][:1]
        for noun in subjects:
            nominal = tree[noun].is_noun and self.people.of(noun) is None
            if nominal and (tree[noun].is_plural) == plural:
                return noun
        return None


def _is_title(tree: ParsedText, word: int) -> bool:
    """True for a word that stands before names: Rep., Senator, Mr."""
    text = tree[word].lower
    return text.rstrip(".") in _TITLE_ABBREVIATIONS or text in HONORIFICS or text in PERSON_NOUNS


def _without_asides(tree: ParsedText, noun: int, words: set[int]) -> set[int]:
    """The noun phrase without relative clauses and appositions after a comma."""
    barred = [word for word in tree.subtree(noun) if tree[word].dep == "relcl"]
    barred += [word for word in tree.deps(noun, "appos") if tree[min(tree.subtree(word)) - 1].text in _PAUSES]
    return words & tree.subtree(noun, without=barred) or words


def _breaks(tree: ParsedText, first: int, last: int) -> bool:
    return "\n" in tree.text[tree[first].end : tree[last].start]
