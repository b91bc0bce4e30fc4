"""A parsed text with its quotations, and the questions that rules ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from rag.domain import Fragment, Span
from rag.knowledge.tables import words_of
from rag.statements.nouns import OCCASIONS, PERSON_NOUNS
from rag.text.quotations import Quotation, quotations

SUBJECTS = ("nsubj", "nsubjpass", "csubj")
LONGEST_SENTENCE = 300
"""Words; no rule reads a longer one, for their time grows with its square, and nobody writes such."""
_MARKS = frozenset("\"”'’»") | {"''"}
_BREAKS = _MARKS | {",", "—", "–", "-", "--"}
_CONTINUING_PARTICIPLES = words_of("statements", "continuing_participles")
_OFFICE_PREPOSITIONS = words_of("statements", "office_prepositions")
_EDGE = frozenset(",;:.-–—…") | {"--", "...", "—"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a parsed text. `start`, `end` are characters of the text that was parsed; `head` is the index of
    its governor in the same parse (its own index at the root). Tags are Universal POS, `tag` Penn Treebank,
    `dep` CLEAR labels, `entity` an OntoNotes type or "". `sentence` counts sentences from 0."""

    index: int
    start: int
    end: int
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    entity: str
    sentence: int

    @property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @property
    def is_finite(self) -> bool:
        """True for a verb in a finite form, and for a modal."""
        return self.tag in ("VBD", "VBZ", "VBP", "MD")


class Parser(Protocol):
    """A syntactic parser. `fingerprint` names model and version."""

    fingerprint: str

    def parse(self, text: str) -> tuple[Token, ...]:
        """The words of `text` in order, white space left out."""
        ...


class ParsedText:
    """The words of one text as a forest, one tree a sentence. Words are known by their index."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens = [_reattached(token, tokens) for token in tokens]
        self.children: list[list[int]] = [[] for _ in tokens]
        self.sentences: list[list[int]] = []
        for token in tokens:
            if token.head != token.index:
                self.children[token.head].append(token.index)
            while len(self.sentences) <= token.sentence:
                self.sentences.append([])
            self.sentences[token.sentence].append(token.index)
        self.quotations: list[Quotation] = quotations(text)
        self.quotation_at = self._quotation_at()
        self.quoted = [number >= 0 for number in self.quotation_at]
        self.depth = [self._depth(token.index) for token in tokens]

    def _quotation_at(self) -> list[int]:
        """For each word the number of the quotation that it stands in, or -1."""
        inside = [-1] * len(self.tokens)
        number = 0
        for token in self.tokens:
            while number < len(self.quotations) and self.quotations[number].span.end <= token.start:
                number += 1
            if number < len(self.quotations) and self.quotations[number].span.start < token.end:
                inside[token.index] = number
        return inside

    def _depth(self, index: int) -> int:
        depth = 0
        while self.tokens[index].head != index and depth < 200:
            index = self.tokens[index].head
            depth += 1
        return depth

    def __getitem__(self, index: int) -> Token:
        return self.tokens[index]

    def __len__(self) -> int:
        return len(self.tokens)

    def child(self, index: int, *deps: str) -> int | None:
        """The first dependant of `index` under one of the labels `deps`, or None."""
        for child in self.children[index]:
            if self.tokens[child].dep in deps:
                return child
        return None

    def deps(self, index: int, *deps: str) -> list[int]:
        """All dependants of `index` under one of the labels `deps`."""
        children = self.children[index]
        return [child for child in children if self.tokens[child].dep in deps] if children else []

    def owner(self, index: int) -> int | None:
        """The possessor of the noun `index`: Kiev in "Kiev's army"."""
        for child in self.deps(index, "poss", "nmod"):
            if self.tokens[child].dep == "poss" or self.deps(child, "case"):
                return child
        return None

    def subtree(self, index: int, without: Iterable[int] = ()) -> set[int]:
        """`index` and all that hangs on it, save the subtrees of `without`."""
        barred, reached, stack = set(without), set(), [index]
        while stack:
            word = stack.pop()
            if word not in barred and word not in reached:
                reached.add(word)
                stack.extend(self.children[word])
        return reached

    def ancestors(self, index: int) -> Iterator[int]:
        """The governors of `index` up to the root, nearest first."""
        while self.tokens[index].head != index:
            index = self.tokens[index].head
            yield index

    def sentence(self, index: int) -> list[int]:
        """The words of the sentence of `index`."""
        return self.sentences[self.tokens[index].sentence]

    def runs(self, words: Iterable[int]) -> list[tuple[int, int]]:
        """Stretches of neighbouring words as (first, last), without punctuation at their edges; none crosses a line."""
        ordered = sorted(words)
        runs: list[tuple[int, int]] = []
        start = 0
        for at, (word, following) in enumerate([*pairwise(ordered), (ordered[-1], -1)] if ordered else []):
            if following != word + 1 or "\n" in self.text[self.tokens[word].end : self.tokens[following].start]:
                if run := self._trim(ordered[start], word):
                    runs.append(run)
                start = at + 1
        return runs

    def _trim(self, first: int, last: int) -> tuple[int, int] | None:
        while first <= last and self.tokens[first].text in _EDGE and not self.quoted[first]:
            first += 1
        while first <= last and self.tokens[last].text in _EDGE and not self.quoted[last]:
            last -= 1
        return (first, last) if first <= last else None

    def span(self, first: int, last: int) -> Span:
        """The characters from word `first` to word `last`; a doubled apostrophe at either edge counts whole."""
        start, end = self.tokens[first].start, self.tokens[last].end
        start -= self.tokens[first].text == "'" and self.text[start - 1 : start] == "'"
        end += self.tokens[last].text == "'" and self.text[end : end + 1] == "'"
        return Span(start, end)

    def words(self, span: Span) -> list[int]:
        """The words that touch `span`."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].end <= span.start:
                low = middle + 1
            else:
                high = middle
        words = []
        while low < len(self.tokens) and self.tokens[low].start < span.end:
            words.append(low)
            low += 1
        return words

    def any_quoted(self, words: Iterable[int]) -> bool:
        """True if one of the words stands inside a quotation."""
        return any(self.quoted[word] for word in words)

    def top(self, words: Iterable[int]) -> int:
        """The word that governs the others; of several the first, punctuation last."""
        return min(words, key=lambda word: (self.tokens[word].pos == "PUNCT", self.depth[word], word))

    def readable(self, index: int) -> bool:
        """True for a word of a sentence that is short enough to be read."""
        return len(self.sentence(index)) <= LONGEST_SENTENCE

    def fragment(self, span: Span) -> Fragment:
        """The characters of `span` with their place."""
        return Fragment(start=span.start, end=span.end, text=span.of(self.text))


def _reattached(token: Token, tokens: Sequence[Token]) -> Token:
    """Undoes frequent mistakes of parsers. In "X said no; Y *said* yes" the first half is not what Y said; in "X and
    *Y* said" both are subjects. In "said he makes little and *questioned* the plan" the past tense belongs with "said",
    as the present does in "says he will go and *calls* it right". In "said in a statement that they *go*" the clause is
    what was said. In "It leaks, says *Jay Roe*" and "But, says *Jay Roe*, it leaks" the name is who says it. In "said
    he will, *adding* that ..." the participle goes on from "said". In "the minister of Norway,
    *Anna Roe*, said" the name is the minister's, not Norway's.
    """
    above = tokens[token.head]
    if (
        token.head > token.index
        and token.dep in ("ccomp", "advcl", "parataxis", "dep")
        and _apart(token, above, tokens)
    ):
        return replace(token, head=token.index, dep="ROOT")
    if token.dep == "nsubj" and (first := _subject_beside(token, tokens)) is not None:
        return replace(token, head=first, dep="conj")
    if token.dep in ("nsubj", "dobj") and (verb := _verb_in_front(token, above, tokens)) is not None:
        return replace(token, head=verb, dep="nsubj")
    if token.dep == "conj" and token.pos in ("VERB", "AUX") and above.dep == "ccomp" and above.index < token.index:
        return _with_the_cue(token, above, tokens)
    if token.dep in ("appos", "npadvmod", "nmod", "dep") and token.entity == "PERSON":
        return _named(token, tokens)
    if token.dep in ("acl", "ccomp", "relcl") and above.dep in ("pobj", "dobj"):
        return _on_occasion(token, above, tokens)
    if token.tag == "VBG" and token.dep in ("advcl", "acl", "conj", "prep") and token.index > 1:
        return _going_on(token, above, tokens)
    return token


def _apart(token: Token, above: Token, tokens: Sequence[Token]) -> bool:
    """True if a semicolon outside quotation marks stands between the two."""
    between = [part.text for part in tokens[token.index : above.index]]
    return ";" in between and not _MARKS.intersection(between[between.index(";") :])


def _subject_beside(token: Token, tokens: Sequence[Token]) -> int | None:
    """An earlier subject of the same verb that an "and" joins with this one."""
    near = range(token.index - 1, max(-1, token.index - 20), -1)
    joined = next((at for at in near if tokens[at].dep == "cc" and tokens[at].lower in ("and", "&")), None)
    if joined is None or any(tokens[at].pos in ("VERB", "AUX") for at in range(joined, token.index)):
        return None
    other = tokens[tokens[joined].head]
    same = other.dep == "nsubj" and other.head == token.head and other.index < joined
    return other.index if same else None


def _verb_in_front(token: Token, above: Token, tokens: Sequence[Token]) -> int | None:
    """The verb without subject that stands between a comma and the noun phrase of `token`, where a clause is said
    before it or, after a second comma, behind it."""
    verb = above if token.dep == "dobj" else tokens[above.head]
    phrase = range(verb.index + 1, token.index)
    if (
        verb.tag not in ("VBD", "VBZ")
        or verb.index < 1
        or tokens[verb.index - 1].text != ","
        or not verb.index < token.index
    ):
        return None
    if any(tokens[at].pos in ("VERB", "AUX", "PUNCT", "ADP", "SCONJ") for at in phrase):
        return None
    before = tokens[max(0, verb.index - 60) : verb.index]
    if any(part.head == verb.index and part.dep.startswith("nsubj") for part in before):
        return None
    if token.dep == "dobj":
        return verb.index if any(part.head == verb.index and part.dep == "ccomp" for part in before) else None
    closed = token.index + 1 < len(tokens) and tokens[token.index + 1].text == ","
    return verb.index if closed and above.dep == "ccomp" and above.head == verb.index else None


def _with_the_cue(token: Token, above: Token, tokens: Sequence[Token]) -> Token:
    cue = tokens[above.head]
    parts = [part for part in tokens[above.index : token.index] if part.head == token.index]
    if any(part.dep.startswith("nsubj") for part in parts):
        return token
    beside = [part for part in tokens[max(0, above.index - 4) : above.index] if part.head == above.index]
    modal = any(part.tag == "MD" for part in beside)
    past = token.tag == "VBD" or any(part.lower == "did" for part in parts)
    if past and cue.tag == "VBD":
        other = above.tag in ("VBZ", "VBP") or modal or any(part.lower == "had" for part in beside)
        return replace(token, head=above.head) if other else token
    present = token.tag == "VBZ" or any(part.lower in ("has", "does") for part in parts)
    if present and cue.tag == "VBZ" and (modal or above.tag in ("VBD", "VBP")):
        return replace(token, head=above.head)
    return token


def _on_occasion(token: Token, above: Token, tokens: Sequence[Token]) -> Token:
    """The clause with "that" hung on the verb, where the noun between them is an occasion or no part of the clause."""
    verb = tokens[tokens[above.head].head if above.dep == "pobj" else above.head]
    parts = tokens[above.index + 1 : token.index]
    that = next((part for part in parts if part.lower == "that" and part.head == token.index), None)
    if that is None or not any(part.head == token.index and part.dep.startswith("nsubj") for part in parts):
        return token
    lost = token.dep == "relcl" and that.dep in ("mark", "advmod")  # the clause lacks nothing that the noun could be
    on_occasion = above.lemma in OCCASIONS and that.index == above.index + 1 and that.dep in ("mark", "dobj")
    addressed = above.dep == "pobj" or verb.lemma == "tell"
    if addressed and verb.tag.startswith("VB") and (on_occasion or lost):
        return replace(token, head=verb.index, dep="ccomp")
    return token


def _named(token: Token, tokens: Sequence[Token]) -> Token:
    """The name after "the minister of Norway," hung on the minister, unless the minister has a name before it."""
    first = token.index
    while first > 1 and tokens[first - 1].head == token.index:
        first -= 1
    if first < 2 or tokens[first - 1].text != ",":
        return token
    part = tokens[first - 2]
    while part.dep in ("pobj", "compound", "nmod") or (part.dep == "prep" and part.lemma in _OFFICE_PREPOSITIONS):
        part = tokens[part.head]
        if part.lemma in PERSON_NOUNS and part.tag in ("NN", "NNP") and part.entity != "PERSON":
            called = part.dep == "appos" and tokens[part.head].entity == "PERSON"
            return token if called else replace(token, head=part.index, dep="appos")
    return token


def _going_on(token: Token, above: Token, tokens: Sequence[Token]) -> Token:
    """The participle hung on the verb that governs the clause around it, if it has a clause of its own or goes on."""
    before = tokens[token.index - 1]
    if before.text not in _BREAKS or (before.text in _MARKS and tokens[token.index - 2].text != ","):
        return token
    saying = token.lemma in _CONTINUING_PARTICIPLES or (
        token.dep == "advcl"
        and any(
            other.head == token.index and other.dep == "ccomp" for other in tokens[token.index + 1 : token.index + 26]
        )
    )
    below = above
    while saying and below.head != below.index:
        if below.dep in ("ccomp", "dobj") and tokens[below.head].tag.startswith("VB") and below.head < below.index:
            return replace(token, head=below.head, dep="advcl")
        below = tokens[below.head]
    return token
