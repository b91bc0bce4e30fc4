"""A parsed text with its quotations, and the questions that rules ask of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol

from rag.domain import Fragment, Span
from rag.text.quotations import Quotation, quotations

LONGEST_SENTENCE = 300
"""Words; no rule reads a longer one, for their time grows with its square, and nobody writes such."""
_MOST_STEPS = 200
_EDGE = frozenset(",;:.-–—…") | {"--", "..."}


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

    @property
    def is_tensed(self) -> bool:
        """True for a verb in the present or past tense."""
        return self.tag in ("VBD", "VBZ", "VBP")

    @property
    def is_verb(self) -> bool:
        """True for verbs and auxiliaries."""
        return self.pos in ("VERB", "AUX")

    @property
    def is_noun(self) -> bool:
        """True for nouns and names."""
        return self.pos in ("NOUN", "PROPN")

    @property
    def is_plural(self) -> bool:
        """True for a noun or name in the plural."""
        return self.tag in ("NNS", "NNPS")


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
        self.tokens = tokens
        self.children: list[list[int]] = [[] for _ in tokens]
        self.sentences: list[list[int]] = []
        for token in tokens:
            if token.head != token.index:
                self.children[token.head].append(token.index)
            while len(self.sentences) <= token.sentence:
                self.sentences.append([])
            self.sentences[token.sentence].append(token.index)
        self._starts, self._ends = [token.start for token in tokens], [token.end for token in tokens]
        self.quotations: list[Quotation] = quotations(text)
        self.quotation_at = [-1] * len(tokens)
        """For each word the number of the quotation that it stands in, or -1."""
        for number, quotation in enumerate(self.quotations):
            for word in self.words(quotation.span):
                self.quotation_at[word] = number
        self.quoted = [number >= 0 for number in self.quotation_at]
        self.depth = [len(list(islice(self.ancestors(token.index), _MOST_STEPS))) for token in tokens]

    def __getitem__(self, index: int) -> Token:
        return self.tokens[index]

    def __len__(self) -> int:
        return len(self.tokens)

    def child(self, index: int, *deps: str) -> int | None:
        """The first dependant of `index` under one of the labels `deps`, or None."""
        return next((child for child in self.children[index] if self.tokens[child].dep in deps), None)

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
        visits, stack = set(without), [index]
        excluded = set(visits)
        while stack:
            word = stack.pop()
            if word not in visits:
                visits.add(word)
                stack.extend(self.children[word])
        return visits - excluded

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
        in_order = sorted(words)
        runs: list[tuple[int, int]] = []
        start = 0
        for at, (word, following) in enumerate([*pairwise(in_order), (in_order[-1], -1)] if in_order else []):
            if following != word + 1 or self.breaks(word, following):
                if run := self._trim(in_order[start], word):
                    runs.append(run)
                start = at + 1
        return runs

    def stretch(self, words: Iterable[int], at: int) -> tuple[int, int]:
        """(first, last) of the neighbouring `words` around the word `at`."""
        inside = set(words)
        first = last = at
        while first - 1 in inside:
            first -= 1
        while last + 1 in inside:
            last += 1
        return first, last

    def _trim(self, first: int, last: int) -> tuple[int, int] | None:
        while first <= last and self.tokens[first].text in _EDGE and not self.quoted[first]:
            first += 1
        while first <= last and self.tokens[last].text in _EDGE and not self.quoted[last]:
            last -= 1
        return (first, last) if first <= last else None

    def span(self, first: int, last: int) -> Span:
        """The characters from word `first` to word `last`; a doubled apostrophe at either edge is included whole."""
        start, end = self.tokens[first].start, self.tokens[last].end
        start -= self.tokens[first].text == "'" and self.text[start - 1 : start] == "'"
        end += self.tokens[last].text == "'" and self.text[end : end + 1] == "'"
        return Span(start, end)

    def text_of(self, first: int, last: int) -> str:
        """The text from word `first` to word `last`, as `span` gives it."""
        return self.span(first, last).of(self.text)

    def words(self, span: Span) -> list[int]:
        """The words that touch `span`."""
        return list(range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)))

    def breaks(self, first: int, last: int) -> bool:
        """True if a line ends between the two words."""
        return "\n" in self.text[self.tokens[first].end : self.tokens[last].start]

    def any_quoted(self, words: Iterable[int]) -> bool:
        """True if one of the words stands inside a quotation."""
        return any(self.quoted[word] for word in words)

    def has_text(self, words: Iterable[int], *forms: str) -> bool:
        """True if one of the words is one of `forms`, in any case."""
        return any(self.tokens[word].lower in forms for word in words)

    def top(self, words: Iterable[int]) -> int:
        """The word that governs the others; of several the first, punctuation last."""
        return min(words, key=lambda word: (self.tokens[word].pos == "PUNCT", self.depth[word], word))

    def readable(self, index: int) -> bool:
        """True for a word of a sentence that is short enough to be read."""
        return len(self.sentence(index)) <= LONGEST_SENTENCE

    def fragment(self, span: Span) -> Fragment:
        """The characters of `span` with their place."""
        return Fragment(start=span.start, end=span.end, text=span.of(self.text))
