"""The input of the rules, `Record` (the cited spans with their statements, people and context), and their output,
`Objection`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from rag.domain import EvidenceSentence, Span, Statement
from rag.text.grounding import folded_marks
from rag.text.places import country_of, is_given_name, is_office
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.tokens import Token, names_in

Key = tuple[str, str]  # article id, version
Place = tuple[Key, Span]

PRONOUNS = frozenset("he she him her his hers they them their theirs it its who".split())
_POINTS_BACK = re.compile(
    r"\b(?:he|she|him|his|her|they|them|their|its?|this|that|these|those|both|other|former|latter|remaining)\b"
    r"|\bthe (?:two|three|same|official|minister|company|agency|group|report|union|court|study|agreement|deal)\b",
    re.IGNORECASE,
)
_SURE = 0.75  # confidence of a statement from which on its speaker is no guess
_SENTENCES_BACK = 2  # sentences before a cited span in which what it points back to may stand
_AROUND = 6  # words around a name that may describe its bearer
_NAME = re.compile(r"[^\W\d_a-z][\w’'.-]*")
_NAME_WITH_TITLE = re.compile(r"\b(?=[A-Z])([\w’'-]+?)(?:['’]s)?\.? (?=(?:[A-Z]\. )?([A-Z][\w’-]+))")
_ADDRESSED = frozenset("Mr Mrs Ms Miss Dr Sir Sen Rep Gov Gen Prof".split())


@dataclass(frozen=True)
class Record:
    """The cited spans of a sentence with their context. `text` is that sentence, `before` the one shown before it. All
    derived texts have their typography folded."""

    spans: Sequence[Place]
    cited: Sequence[EvidenceSentence]
    texts: Mapping[Key, str]
    statements: Sequence[Statement]
    text: str = ""
    before: str = ""

    @cached_property
    def cited_texts(self) -> list[str]:
        """The words of each cited span."""
        return [folded_marks(span.of(self.texts[key])) for key, span in self.spans]

    @cached_property
    def body(self) -> str:
        """The words of all cited spans, a line each."""
        return "\n".join(self.cited_texts)

    @cached_property
    def titles(self) -> str:
        """Titles and outlets of the cited articles."""
        return " ".join(dict.fromkeys(f"{item.title} {item.outlet or ''}" for item in self.cited))

    @cached_property
    def outlets(self) -> str:
        """The outlets of the cited articles."""
        return " ".join(dict.fromkeys(item.outlet or "" for item in self.cited))

    @cached_property
    def full_text(self) -> str:
        """The cited articles from end to end, with their titles."""
        keys = dict.fromkeys(key for key, _ in self.spans)
        return folded_marks("\n".join([self.titles, *(self.texts[key] for key in keys)]))

    @cached_property
    def published(self) -> list[date]:
        """The days on which the cited articles appeared."""
        return list(dict.fromkeys(item.published for item in self.cited if item.published))

    @cached_property
    def cited_statements(self) -> list[Statement]:
        """The statements whose content touches a cited span."""
        return [
            item
            for item in self.statements
            if any(
                (item.article_id, item.version) == key and span.touches(part.span)
                for key, span in self.spans
                for part in item.content
            )
        ]

    @cached_property
    def text_before(self) -> str:
        """The sentences right before the cited spans, which a pronoun in these may point back to."""
        return "\n".join(
            folded_marks(one)
            for key, span in self.spans
            for one in _sentences_before(self.texts[key], span.start, self._back(key, span))
        )

    def _back(self, key: Key, span: Span) -> int:
        return _SENTENCES_BACK if _POINTS_BACK.search(span.of(self.texts[key])) else 1

    @cached_property
    def closest(self) -> str:
        """The sentence of the spans that shares most words with the one that is checked."""
        terms = set(content_words(self.text))
        whole = [span.of(self.body) for span in sentences(self.body)]
        return max(whole, key=lambda one: len(terms & set(content_words(one))), default="")

    @cached_property
    def points_back(self) -> bool:
        """True where a cited span has a pronoun or another word for what stands before it."""
        return any(_POINTS_BACK.search(one) for one in self.cited_texts)

    @cached_property
    def attributions(self) -> str:
        """Speakers, roles, bodies and venues of the statements in the spans."""
        return " ".join(_fields(item) for item in self.cited_statements)

    @cached_property
    def descriptions(self) -> frozenset[str]:
        """Stems of the words that tell who the people of the cited spans are, from anywhere in the articles."""
        return frozenset(stem(word) for word in words(self.attributions)) | frozenset(
            word for name in self.cited_people for word in words_around(self.full_text, name)
        )

    @cached_property
    def cited_people(self) -> frozenset[str]:
        """Folded last names of those who stand in the spans, speak in them or are pointed back to."""
        known = names_of_people(self.body) | {
            words(item.speaker)[-1] for item in self.cited_statements if item.speaker and words(item.speaker)
        }
        return frozenset(known | (names_of_people(self.text_before) if self.points_back else set()))

    @cached_property
    def name_words(self) -> frozenset[str]:
        """Folded words that the articles, their titles and statements write with a capital only."""
        return names_in(f"{self.full_text}\n{self.attributions}")

    @cached_property
    def speaker_names(self) -> frozenset[str]:
        """Folded last names of the people who speak in the articles: neither places nor acronyms."""
        names = [item.speaker for item in self.statements if item.speaker and item.confidence >= _SURE]
        last = [name.split()[-1] for name in names if name.split() and not country_of(name)]
        return frozenset(word for name in last if not name.isupper() and name[:1].isupper() for word in words(name))

    @cached_property
    def known_people(self) -> frozenset[str]:
        """Folded last names of people of the articles: who speaks, has a given name, an office or a form of address."""
        named = (
            last[-1]
            for match in _NAME_WITH_TITLE.finditer(self.full_text)
            if (is_given_name(match[1]) or match[1] in _ADDRESSED or is_office(match[1]))
            and not country_of(match[2])
            and (last := words(match[2]))
        )
        quoted = (item.speaker.split() for item in self.statements if item.speaker)
        full = (parts[-1] for parts in quoted if len(parts) > 1 and all(part.istitle() for part in parts))
        return self.speaker_names | frozenset(named) | frozenset(word for last in full for word in words(last))

    def has_half(self, items: Sequence[Token]) -> bool:
        """True if at least half of these words stand somewhere in the articles."""
        whole = {stem(word) for word in words(self.full_text)}
        return 2 * sum(item.key in whole for item in items) >= len(items)

    @cached_property
    def cited_stems(self) -> frozenset[str]:
        """Stems of the words of the cited spans."""
        return frozenset(stem(word) for word in words(self.body))


def _fields(item: Statement) -> str:
    source = item.source.text if item.source else None
    return " ".join(one for one in (item.speaker, item.role, item.on_behalf_of, item.venue, source) if one)


def names_of_people(text: str) -> set[str]:
    """Folded capitalised words of a text that open no sentence alone, stop words apart."""
    names: set[str] = set()
    for span in sentences(text):
        one = span.of(text)
        for match in _NAME.finditer(one):
            if match.start() > 1 or _NAME.match(one, match.end() + 1) or len(match.group()) > 1:
                names.update(word for word in words(match.group()) if word not in STOPWORDS)
    return names


@lru_cache(maxsize=512)
def words_around(whole: str, name: str) -> frozenset[str]:
    """Stems of the words around a name wherever it stands in a text, within its sentence."""
    stems: set[str] = set()
    for sentence in _words_by_sentence(whole):
        if name in sentence:
            for at in (at for at, word in enumerate(sentence) if word == name):
                stems.update(stem(word) for word in sentence[max(0, at - _AROUND) : at + _AROUND + 1])
    return frozenset(stems)


@lru_cache(maxsize=64)
def _words_by_sentence(whole: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(span.of(whole))) for span in sentences(whole))


def _sentences_before(text: str, start: int, most: int) -> Iterator[str]:
    head = text[max(0, start - 1200) : start]
    yield from (span.of(head) for span in sentences(head)[-most:])


# -- what rules find


Severity = Literal["hard", "firm", "soft"]


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason against a sentence, worded for a reader to follow "withheld: " or "not confirmed: ".

    A `hard` objection withholds the sentence: its source contradicts it or lacks its words. The others leave it not
    confirmed: a judge of entailment may overrule a `soft` one, but not a `firm` one, where the source says something
    else instead. `span` is the half-open interval of the sentence, in characters, that is at fault, where known.
    """

    reason: str
    severity: Severity = "soft"
    span: tuple[int, int] | None = None
