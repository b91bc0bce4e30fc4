"""Whom a pronoun or a description means: the subject of the nearest sentence before that agrees, or nobody.

Who spoke in a sentence counts most, then the subject of its main clause, then other subjects, objects, possessors.
Somebody who is only spoken of inside reported words, or who is named in the content of the statement itself, is not
its speaker. Where two fit equally well there is no speaker but two candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rag.domain import Span
from rag.statements.cues import QUOTE_CUES
from rag.statements.entities import EntityRegistry, Gender, Person
from rag.statements.lexicon import LEXICON, MEN, PERSON_NOUNS, QUESTION_VERBS, WOMEN
from rag.statements.parsed_text import ParsedText

_REACH = 5
"""Sentences outside quotations that a pronoun looks back over."""
_SPEAKER, _MAIN, _SUBJECT, _AGENT, _OBJECT, _POSSESSOR, _IN_CONTENT = 3.5, 3.0, 2.0, 1.5, 1.0, 0.5, 0.25
"""How prominent a mention is by its place in the sentence."""
_TIE = 0.3
_OBJECT_FORMS: dict[Gender | None, str] = {"he": "him", "she": "her"}
_INSIDE_NAME = ("compound", "appos", "conj", "nmod", "flat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referent:
    """Somebody whom a later word can mean: a person with a name, or a noun for one (a spokeswoman)."""

    person: Person | None
    noun: int
    gender: Gender | None

    @property
    def key(self) -> tuple[int, int]:
        """Equal for mentions of the same."""
        return (id(self.person), -1) if self.person is not None else (0, self.noun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Antecedent:
    """What a word means: one referent, or several that fit equally well and so none; `at` is the nearest mention."""

    referent: Referent | None = None
    doubtful: tuple[Referent, ...] = ()
    at: Span | None = None


class Antecedents:
    """The antecedents of one text. `add_speaker` must be called for each statement in the order of the text."""

    def __init__(self, tree: ParsedText, people: EntityRegistry, titles: dict[int, Person]) -> None:
        self.tree = tree
        self.people = people
        self.titles = titles
        self._speakers: dict[int, list[Referent]] = defaultdict(list)  # by sentence
        self._pronouns: dict[int, Referent | None] = {}

    def add_speaker(self, word: int, referent: Referent) -> None:
        """Notes that `referent` is the speaker of a statement whose source is `word`."""
        self._speakers[self.tree[word].sentence].append(referent)

    def of(self, word: int, gender: Gender | None, content: frozenset[int] = frozenset()) -> Antecedent:
        """The antecedent of `word`, a pronoun or description that speaks `content`; of any gender where it is None."""
        excluded = self._excluded(word, content)
        weak: list[Referent] = []
        for back, number in self._sentences_before(word):
            ranked = self._ranked(number, word, gender, excluded)
            if not ranked and back and self._has_open_subject(number, gender):
                return Antecedent()  # who "he" is there was not certain, so neither is it here
            if back == 0:
                if (cataphor := self._cataphor(word, gender)) is not None:
                    return cataphor
                if self.tree[word].tag == "PRP$" and len(ranked) == 1 and _OBJECT <= ranked[0][0] != _AGENT:
                    return self._decide([ranked[0][1]], [], gender, word)
                if self._is_excluded_opening(word, gender, excluded):
                    return Antecedent()
                owners = self._owners(word)
                ranked = [pair for pair in ranked if pair[0] >= _SUBJECT or pair[1].key in owners]
            if not ranked:
                continue
            best, first = ranked[0]
            equals = [one for score, one in ranked if best - score < _TIE]
            if weak:
                return self._weak_or(weak, equals if best >= _SUBJECT else [], word, gender)
            if best < _AGENT or (best < _SUBJECT and back == 0):
                weak = equals
                continue
            if gender is not None and first.gender is None and self._is_other_of_gender(excluded, gender):
                return Antecedent()
            if back and self._asked_another(first, gender):
                return Antecedent()
            return self._decide(equals, [one for score, one in ranked if score >= _OBJECT], gender, word)
        return self._decide(weak, weak, gender, word) if weak else Antecedent()

    def _asked_another(self, one: Referent, gender: Gender | None) -> bool:
        """True for the subject of a sentence in which they ask somebody of the gender: Roe *asked him* to say it again.
        Whoever speaks next may be the one who was asked."""
        tree, verb = self.tree, self.tree[one.noun].head
        if tree[one.noun].dep != "nsubj" or tree[verb].lemma not in QUESTION_VERBS:
            return False
        for word in tree.deps(verb, "dobj", "dative"):
            person = self.people.of(word)
            if tree[word].lower in (_OBJECT_FORMS.get(gender), "them") or (person and person.gender in (None, gender)):
                return True
        return False

    def _is_excluded_opening(self, word: int, gender: Gender | None, excluded: set[int]) -> bool:
        """True where the clause that opens the sentence is about somebody who is named in the content, too: When *Roe*
        called it "unsafe", he echoed Marsh. Whom "he" means is open; it is nobody of the sentence before."""
        tree = self.tree
        clauses = [child for child in tree.deps(tree[word].head, "advcl") if child < word]
        subjects = (self.people.of(noun) for clause in clauses for noun in tree.deps(clause, "nsubj", "nsubjpass"))
        return any(one is not None and id(one) in excluded and one.gender in (None, gender) for one in subjects)

    def _owners(self, word: int) -> set[tuple[int, int]]:
        """Keys of those whose things the sentence speaks of before `word`: after *Roe's* speech in May, he said ..."""
        tree = self.tree
        return {
            Referent(person=person, noun=at, gender=person.gender).key
            for at in tree.sentence(word)
            if at < word and tree[at].dep == "poss" and not tree.quoted[at] and not self._is_in_content(at)
            if tree[tree[at].head].lemma not in PERSON_NOUNS and (person := self.people.of(at)) is not None
        }

    def _has_open_subject(self, number: int, gender: Gender | None) -> bool:
        """True for a sentence whose subject is a pronoun of the gender that means nobody for certain."""
        tree = self.tree
        return any(
            tree[at].lower == gender and tree[at].dep == "nsubj" and not tree.quoted[at]
            for at in tree.sentences[number]
            if self._is_main(tree[at].head) and self._unnamed(at) is None
        )

    def _cataphor(self, word: int, gender: Gender | None) -> Antecedent | None:
        """Whom a pronoun announces in a phrase that opens a sentence, where nobody was named: *In his reply*, Jay Roe
        said; *When she spoke*, Ida Holm called for ..."""
        tree = self.tree
        opening, below = tree.sentence(word)[0], word
        for up in tree.ancestors(word):
            if tree[below].dep in ("prep", "advcl") and below < up and opening in tree.subtree(below):
                subjects = [noun for noun in tree.deps(up, "nsubj") if noun > max(tree.subtree(below))]
                person = self.people.of(subjects[0]) if len(subjects) == 1 else None
                has_name = any(self.people.of(inner) for inner in range(opening, word))
                if person is None or has_name or person.gender not in (None, gender) or tree[opening].text == "But":
                    return None
                one = Referent(person=person, noun=subjects[0], gender=person.gender)
                return Antecedent(referent=one, at=tree.span(self.people.first(one.noun), one.noun))
            below = up
        return None

    def _decide(self, equals: list[Referent], everyone: list[Referent], gender: Gender | None, word: int) -> Antecedent:
        """The one that stands out; nobody where several do, or where another is known to be of the gender and the one
        is not."""
        if len(equals) > 1 and (last := self._last_speaker(word)) is not None and self._continues(word):
            equals = [one for one in equals if one.key == last.key] or equals
        if len(equals) > 1:
            return _doubt(equals)
        first = equals[0]
        others = [one for one in everyone if gender is not None and one.gender == gender and one.key != first.key]
        if first.gender is None and others:
            return _doubt([first, others[0]])
        at = self.tree.span(first.noun, first.noun)
        at = self.people.mention_before(first.person, word) if first.person is not None else at
        return Antecedent(referent=first, at=at)

    def _weak_or(self, weak: list[Referent], subjects: list[Referent], word: int, gender: Gender | None) -> Antecedent:
        """Between who is only mentioned in the nearest sentence and the subject of the one before it: the subject where
        they spoke last and the other is not new; else nobody, if they differ."""
        if not subjects:
            return self._decide(weak, weak, gender, word)
        subject, last = subjects[0], self._last_speaker(word)
        of_gender = any(one.gender == gender for one in weak)
        if len(subjects) == 1 and any(one.key == subject.key for one in weak):
            return self._decide(subjects, subjects, gender, word)
        agrees = not of_gender or subject.gender is not None or gender is None
        is_cue = self.tree[self.tree[word].head].lemma in QUOTE_CUES
        if len(subjects) == 1 and last is not None and last.key == subject.key and agrees and is_cue:
            has_new = any(one.person is not None and self._is_new(one.person, word) for one in weak)
            is_nameless = subject.person is None and of_gender
            if self._continues(word) or not (has_new or is_nameless):
                return self._decide(subjects, subjects, gender, word)
        return _doubt([*weak, *subjects])

    def spoke_before(self, word: int, people: list[Person]) -> list[Person]:
        """Those of `people` who spoke in one of the sentences that a pronoun in the place of `word` looks back over;
        with all the others whom one of these sentences is about."""
        here = self.tree[word].sentence
        near = range(here - _REACH, here)
        speaker_ids = {id(one.person) for number in near for one in self._speakers.get(number, ())}
        subjects = {
            id(person)
            for mention, person in self.people.near(here - 1, _REACH - 1)
            if not self.tree.quoted[mention] and self._prominence(mention) >= _SUBJECT
        }
        return [person for person in people if id(person) in speaker_ids | subjects] if speaker_ids else []

    def _last_speaker(self, word: int) -> Referent | None:
        """Who spoke last before the sentence of `word`."""
        here = self.tree[word].sentence
        numbers = [number for number in self._speakers if here - 2 * _REACH <= number <= here]
        return self._speakers[max(numbers)][-1] if numbers else None

    def _continues(self, word: int) -> bool:
        """True for "she added", "he also said": the same person goes on."""
        verb = self.tree[word].head
        return self.tree[verb].lemma in LEXICON.continuing or self.tree.has_text(self.tree.children[verb], "also")

    def _is_new(self, person: Person, word: int) -> bool:
        """True for a person whom the text named first in one of the last two sentences."""
        return self.tree[word].sentence - self.tree[person.mentions[0]].sentence <= 1

    def _excluded(self, word: int, content: frozenset[int]) -> set[int]:
        """Ids of people who are not the speaker: named in what is said, or beside the verb, as the one spoken to."""
        tree = self.tree
        verb = tree[word].head
        words = set(content).union(*(tree.subtree(child) for child in tree.children[verb] if child > word))
        for child in tree.deps(verb, "advcl"):  # Questioned by Roe, *he* said ...: he is not Roe
            if child < word and not tree.deps(child, "nsubj", "mark") and tree[child].tag in ("VBN", "VBG", "VBD"):
                words |= {inner for inner in tree.subtree(child) if tree[inner].dep in ("pobj", "dobj", "appos")}
        names = (at for at in words & self.people.heads if not tree.quoted[at] and not self._is_modifier(at))
        people = [person for at in names if (person := self.people.of(at)) is not None]
        return {id(one) for person in people for one in (person, *self.people.namesakes(person))}

    def _is_other_of_gender(self, excluded: set[int], gender: Gender) -> bool:
        """True where somebody who is not the speaker is known to be of the gender: whom the word means is open."""
        return any(id(person) in excluded and person.gender == gender for person in self.people.everyone)

    def _is_modifier(self, mention: int) -> bool:
        """True for a name that only says whose or which: Howard's plan, the Howard plan."""
        token = self.tree[mention]
        is_before_noun = token.dep in ("compound", "nmod") and self.tree[token.head].lemma not in PERSON_NOUNS
        return token.dep == "poss" or is_before_noun

    def _sentences_before(self, word: int) -> Iterator[tuple[int, int]]:
        """(how far back, number) of the sentence of `word` and those before it, leaving out those within quotations."""
        tree, back, here = self.tree, 0, self.tree[word].sentence
        for number in range(here, -1, -1):
            words = tree.sentences[number]
            if tree[words[0]].text == "(" and number != here and tree[words[-1]].text == ")":
                continue  # (As the paper reported first, Roe backed it.): an aside
            if number == here or any(not tree.quoted[at] and tree[at].pos != "PUNCT" for at in words):
                yield back, number
                back += 1
            if back > _REACH or here - number > 4 * _REACH:
                return

    def _ranked(
        self, number: int, word: int, gender: Gender | None, excluded: set[int]
    ) -> list[tuple[float, Referent]]:
        """Whom the sentence mentions before `word`, the most prominent first."""
        best: dict[tuple[int, int], tuple[float, Referent]] = {}
        for score, one in self._mentions(number, word):
            fits = gender is None or one.gender in (None, gender)
            if fits and id(one.person) not in excluded and score > best.get(one.key, (-1.0, one))[0]:
                best[one.key] = (score, one)
        return sorted(best.values(), key=lambda pair: -pair[0])

    def _mentions(self, number: int, word: int) -> Iterator[tuple[float, Referent]]:
        tree = self.tree
        if number != tree[word].sentence:
            yield from (
                (_MAIN if self._is_aside(one.noun) else _SPEAKER, one) for one in self._speakers.get(number, ())
            )
        else:
            for up in tree.ancestors(word):  # Roe, who led the fight because *he* claimed ...
                person = self.people.of(tree[up].head) if tree[up].dep == "relcl" else None
                if person is not None and tree.has_text(tree.deps(up, "nsubj"), "who"):
                    yield _MAIN, Referent(person=person, noun=tree[up].head, gender=person.gender)
        spoken = {one.noun for one in self._speakers.get(number, ()) if number != tree[word].sentence}
        for at in tree.sentences[number]:
            if at >= word:
                break
            if tree.quoted[at] or at in self.people.credits:
                continue
            person = self.people.of(at) if at in self.people.heads else self.titles.get(at)
            if person is not None:
                yield self._prominence(at), Referent(person=person, noun=at, gender=person.gender)
            elif at in spoken:
                continue  # the one of the speakers of the sentence whose gender their words tell
            elif (unnamed := self._unnamed(at)) is not None:
                yield self._prominence(at), unnamed

    def _unnamed(self, at: int) -> Referent | None:
        """A subject without a name: a spokeswoman, or "she" as far as it is resolved."""
        tree, token = self.tree, self.tree[at]
        if token.dep not in ("nsubj", "nsubjpass") or not self._is_main(token.head):
            return None
        if token.lower in ("he", "she"):
            if at not in self._pronouns:
                self._pronouns[at] = None
                self._pronouns[at] = self.of(at, "he" if token.lower == "he" else "she").referent
            return self._pronouns[at]
        has_name = any(self.people.of(one) or self.people.of(tree[one].head) for one in tree.deps(token.head, "nsubj"))
        if token.lemma in PERSON_NOUNS and token.tag == "NN" and not tree.deps(at, "appos") and not has_name:
            return Referent(person=None, noun=at, gender=gender_of(token.lemma))
        return None

    def _prominence(self, mention: int) -> float:
        """How likely a later word means this mention."""
        tree, top = self.tree, mention
        if self._is_modifier(top) and self.people.of(tree[top].head) is None:
            noun = tree[tree[top].head]
            of = tree[noun.head]
            if noun.dep == "pobj" and of.lower == "of" and tree[of.head].lower in LEXICON.parts:
                noun = tree[of.head]  # one of Roe's speeches
            is_topic = tree[top].dep == "poss" and noun.dep == "nsubj" and noun.lemma not in PERSON_NOUNS
            return _SUBJECT if is_topic and self._is_main(noun.head) else _POSSESSOR
        while tree[top].dep in _INSIDE_NAME and tree[tree[top].head].is_noun:
            top = tree[top].head
        token = tree[top]
        if self._is_in_content(top):
            return _IN_CONTENT
        clauses = [up for up in tree.ancestors(top) if tree[up].dep in ("relcl", "acl")]
        if clauses and not (token.dep == "nsubj" and self._exists(clauses[-1])):
            return _POSSESSOR
        if token.dep in ("nsubj", "nsubjpass"):
            return _MAIN if self._is_main(token.head) else _SUBJECT
        if token.dep == "ROOT":
            return _SUBJECT
        if token.dep == "attr":
            return _MAIN if tree.has_text(tree.deps(token.head, "nsubj", "expl"), "it") else _AGENT
        if token.dep == "pobj" and tree[token.head].dep == "agent":
            return _AGENT
        return _POSSESSOR if token.dep == "poss" else _OBJECT

    def _exists(self, verb: int) -> bool:
        """True for the verb of a clause on what the sentence only says to exist: there are times *when X speaks*."""
        return bool(self.tree.deps(self.tree[self.tree[verb].head].head, "expl"))

    def _is_main(self, verb: int) -> bool:
        tree = self.tree
        while tree[verb].dep in ("conj", "parataxis") and tree[verb].head != verb:
            verb = tree[verb].head
        return tree[verb].dep == "ROOT"

    def _is_aside(self, noun: int) -> bool:
        """True in a clause beside the main one that tells when or despite what: *While Roe refused*, Marsh agreed."""
        tree = self.tree
        clause = next((up for up in tree.ancestors(noun) if tree[up].dep == "advcl"), None)
        return clause is not None and tree.has_text(tree.deps(clause, "mark", "advmod"), *LEXICON.circumstantial)

    def _is_in_content(self, word: int) -> bool:
        """True inside a clause that somebody in this sentence says: X said *Y* had gone."""
        tree, below = self.tree, word
        for up in tree.ancestors(word):
            is_clause = tree[below].dep in ("ccomp", "xcomp") and up < word
            if is_clause and tree[up].lemma in QUOTE_CUES and tree.deps(up, "nsubj"):
                return True
            below = up
        return False


def _doubt(several: list[Referent]) -> Antecedent:
    return Antecedent(doubtful=tuple({one.key: one for one in several}.values())[:2])


def gender_of(noun: str) -> Gender | None:
    """The gender that a noun for a person tells."""
    return "she" if noun in WOMEN else "he" if noun in MEN else None
