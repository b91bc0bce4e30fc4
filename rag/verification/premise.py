"""The premise of a claim: the spans that it cites, with their statements, people and context."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from rag.domain import EvidenceSentence, Span, Statement
from rag.knowledge.words import HONORIFICS, THIRD_PERSON, TITLE_ABBREVIATIONS
from rag.text.grounding import folded_marks
from rag.text.places import country_of, is_given_name, is_office
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.lexicon import PATTERNS
from rag.verification.tokens import Token, names_in

ArticleKey = tuple[str, str]  # article id, version
SourceSpan = tuple[ArticleKey, Span]

PRONOUNS = THIRD_PERSON | {"who"}
SURE_SPEAKER = 0.75  # confidence of a statement from which on its speaker is no guess
_SENTENCES_BEFORE, _CHARACTERS_BEFORE = 2, 1200  # before a cited span, in which its antecedents may stand
_WINDOW = 6  # words around a name that may describe its bearer
_NAME = re.compile(r"[^\W\d_a-z][\w’'.-]*")
_NAME_WITH_TITLE = re.compile(r"\b(?=[A-Z])([\w’'-]+?)(?:['’]s)?\.? (?=(?:[A-Z]\. )?([A-Z][\w’-]+))")


@dataclass(frozen=True)
class Premise:
    """The cited spans of a claim with their context. `sentences` are the evidence that it cites, `texts` the whole
    articles, `statements` those of all articles, `before` is the sentence shown right before the claim. Typography is
    folded in all derived texts."""

    spans: Sequence[SourceSpan]
    sentences: Sequence[EvidenceSentence]
    texts: Mapping[ArticleKey, str]
    statements: Sequence[Statement]
    claim: str = ""
    before: str = ""

    @cached_property
    def span_texts(self) -> list[str]:
        """The words of each cited span."""
        return [folded_marks(span.of(self.texts[key])) for key, span in self.spans]

    @cached_property
    def text(self) -> str:
        """The words of all cited spans, a line each."""
        return "\n".join(self.span_texts)

    @cached_property
    def titles(self) -> str:
        """Titles and outlets of the cited articles."""
        return " ".join(dict.fromkeys(f"{item.title} {item.outlet or ''}" for item in self.sentences))

    @cached_property
    def outlets(self) -> str:
        """The outlets of the cited articles."""
        return " ".join(dict.fromkeys(item.outlet or "" for item in self.sentences))

    @cached_property
    def article_text(self) -> str:
        """The cited articles from end to end, with their titles."""
        keys = dict.fromkeys(key for key, _ in self.spans)
        return folded_marks("\n".join([self.titles, *(self.texts[key] for key in keys)]))

    @cached_property
    def published(self) -> dict[ArticleKey, date]:
        """The days on which the cited articles appeared, where known."""
        days = {(item.article_id, item.version): item.published for item in self.sentences}
        return {key: day for key, day in days.items() if day}

    @cached_property
    def cited_statements(self) -> list[Statement]:
        """The statements whose content touches a cited span."""
        return [item for item in self.statements if any(content_touches(item, span) for span in self.spans)]

    @cached_property
    def preceding_text(self) -> str:
        """The sentences right before the cited spans, in which antecedents may stand."""
        return "\n".join(
            folded_marks(one.of(head))
            for key, span in self.spans
            for head in (self.texts[key][max(0, span.start - _CHARACTERS_BEFORE) : span.start],)
            for one in sentences(head)[
                -(_SENTENCES_BEFORE if PATTERNS.anaphor.search(span.of(self.texts[key])) else 1) :
            ]
        )

    @cached_property
    def closest(self) -> str:
        """The sentence of the spans that shares most words with the claim."""
        terms = set(content_words(self.claim))
        candidates = [span.of(self.text) for span in sentences(self.text)]
        return max(candidates, key=lambda one: len(terms & set(content_words(one))), default="")

    @cached_property
    def antecedents(self) -> str:
        """`preceding_text` where a span has a pronoun or another word for what stands before it, else empty."""
        return self.preceding_text if any(map(PATTERNS.anaphor.search, self.span_texts)) else ""

    @cached_property
    def statement_fields(self) -> str:
        """Speakers, roles, bodies and venues of the statements in the spans."""
        return " ".join(_fields(item) for item in self.cited_statements)

    @cached_property
    def descriptions(self) -> frozenset[str]:
        """Stems of the words that describe the people of the cited spans, from anywhere in the articles."""
        return frozenset(stem(word) for word in words(self.statement_fields)) | frozenset(
            word for name in self.people for word in words_around(self.article_text, name)
        )

    @cached_property
    def people(self) -> frozenset[str]:
        """Folded last names of those who stand in the spans, speak in them or are pointed back to."""
        speakers = {last for item in self.cited_statements for last in words(item.speaker or "")[-1:]}
        return frozenset(speakers | _names_of_people(self.text) | _names_of_people(self.antecedents))

    @cached_property
    def name_words(self) -> frozenset[str]:
        """Folded words that the articles, their titles and statements write with a capital only."""
        return names_in(f"{self.article_text}\n{self.statement_fields}")

    @cached_property
    def speaker_names(self) -> frozenset[str]:
        """Folded last names of the people who speak in the articles: neither places nor acronyms."""
        names = [item.speaker for item in self.statements if item.speaker and item.confidence >= SURE_SPEAKER]
        last = [name.split()[-1] for name in names if name.split() and not country_of(name)]
        return frozenset(word for name in last if not name.isupper() and name[:1].isupper() for word in words(name))

    @cached_property
    def article_people(self) -> frozenset[str]:
        """Folded last names of people of the articles: who speaks, has a given name, an office or a form of address."""
        titled_names = (
            last
            for match in _NAME_WITH_TITLE.finditer(self.article_text)
            if (
                is_given_name(match[1])
                or match[1].lower() in TITLE_ABBREVIATIONS | HONORIFICS.keys()
                or is_office(match[1])
            )
            and not country_of(match[2])
            for last in words(match[2])[-1:]
        )
        names = (item.speaker.split() for item in self.statements if item.speaker)
        full = (parts[-1] for parts in names if len(parts) > 1 and all(part.istitle() for part in parts))
        return self.speaker_names | frozenset(titled_names) | frozenset(word for last in full for word in words(last))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the words of the cited spans."""
        return frozenset(stem(word) for word in words(self.text))

    def has_half_of(self, items: Sequence[Token]) -> bool:
        """True if at least half of these words stand somewhere in the articles."""
        stems = {stem(word) for word in words(self.article_text)}
        return 2 * sum(item.key in stems for item in items) >= len(items)


def source_span(sentence: EvidenceSentence) -> SourceSpan:
    """The span of a sentence of the evidence."""
    return (sentence.article_id, sentence.version), sentence.span


def content_touches(item: Statement, span: SourceSpan) -> bool:
    """True if a part of the content of a statement has characters of a span."""
    return (item.article_id, item.version) == span[0] and any(part.span.touches(span[1]) for part in item.content)


def _fields(item: Statement) -> str:
    source = item.source.text if item.source else None
    return " ".join(one for one in (item.speaker, item.role, item.on_behalf_of, item.venue, source) if one)


def _names_of_people(text: str) -> set[str]:
    """Folded capitalised words of a text that open no sentence alone, stop words apart."""
    names: set[str] = set()
    for span in sentences(text):
        one = span.of(text)
        for match in _NAME.finditer(one):
            if match.start() > 1 or _NAME.match(one, match.end() + 1) or len(match.group()) > 1:
                names.update(word for word in words(match.group()) if word not in STOPWORDS)
    return names


@lru_cache(maxsize=512)
def words_around(text: str, name: str) -> frozenset[str]:
    """Stems of the words around a folded name wherever it stands in a text, within its sentence."""
    return frozenset(
        stem(word)
        for sentence in _words_by_sentence(text)
        if name in sentence
        for at, own in enumerate(sentence)
        if own == name
        for word in sentence[max(0, at - _WINDOW) : at + _WINDOW + 1]
    )


@lru_cache(maxsize=64)
def _words_by_sentence(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(span.of(text))) for span in sentences(text))
