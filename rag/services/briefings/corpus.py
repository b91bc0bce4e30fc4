"""What a briefing may rest on: articles with sentences and statements, copies under their originals; and events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from rag.domain import ArticleSummary, BriefingSource, Evidence, EvidenceSentence, Filters, Span, Statement
from rag.providers.base import Vectors
from rag.stores.library import Library
from rag.text.canonical import digest, fold
from rag.text.dates.in_text import mentions
from rag.text.quotations import quotations
from rag.text.revisions import correction_notes
from rag.text.sentences import sentences
from rag.text.terms import content_words

MOST_ARTICLES = 500
_MOST_SENTENCES = 120  # read of one article, from its start
_FEWEST_WORDS = 5
_FEWEST_IN_NOTE = 4
# Outside quotation marks news neither asks its readers nor tells them what to do; what does is no news.
_ADDRESSES = re.compile(r"\?$|\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
# What outlets put into every article.
_BOILERPLATE = re.compile(
    r"^\W*(?:editor['’]s\snote|for\smore\s(?:video\s)?news|read\smore|see\salso|click\shere|sign\sup|subscribe"
    r"|follow\s(?:us|\w+\son)|like\sus|copyright|all\srights\sreserved|getty\simages|image\s(?:caption|copyright)"
    r"|this\s(?:story|article|post|piece)\s(?:has\sbeen|was|is|originally|first)|advertisement)\b|^<\w",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"«„].*?(?:[”\"»]|$)")
_ENDS = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True, kw_only=True)
class BriefedArticle:
    """One article as read. `relevance` is 0..1; `sentences` are all of its first hundred or so, headings included."""

    about: ArticleSummary
    text: str
    sentences: tuple[EvidenceSentence, ...]
    statements: tuple[Statement, ...]
    copies: tuple[ArticleSummary, ...]
    relevance: float = 1.0

    @property
    def key(self) -> tuple[str, str]:
        """Article id and version."""
        return self.about.article_id, self.about.version

    @property
    def content(self) -> str:
        """A hash of what is read."""
        return digest(*self.key, *(item.text for item in self.sentences))

    @cached_property
    def telling(self) -> tuple[EvidenceSentence, ...]:
        """The sentences that may be handed on: whole ones, no headings, no notes on corrections, nothing that
        addresses the reader, neither the headline again nor what the outlet puts into every article."""
        title = fold(self.about.title).rstrip(". ")
        barred = [note.span for note in correction_notes(self.text)]
        return tuple(
            item
            for item in self.sentences
            if _ENDS.search(item.text)
            and len(item.text.split()) >= _FEWEST_WORDS
            and not any(span.touches(item.span) for span in barred)
            and not _BOILERPLATE.match(item.text)
            and fold(item.text).rstrip(". ") != title
            and (not _ADDRESSES.search(_QUOTED.sub("", item.text)) or self.stated_in(item))
        )

    @cached_property
    def corrections(self) -> tuple[EvidenceSentence, ...]:
        """The whole sentences of notes that correct something, each with what follows in its paragraph, in order."""
        notes = [note.span for note in correction_notes(self.text) if note.kind == "correction"]
        spans = [
            Span(note.start, end if (end := self.text.find("\n", note.end)) >= 0 else len(self.text)) for note in notes
        ]
        return tuple(
            item
            for item in self.around(spans)
            if len(item.text.split()) >= _FEWEST_IN_NOTE and not _BOILERPLATE.match(item.text)
        )

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """The outlets that have this article, each once."""
        return tuple(dict.fromkeys(item.outlet for item in (self.about, *self.copies) if item.outlet))

    def around(self, spans: Iterable[Span]) -> tuple[EvidenceSentence, ...]:
        """The sentences that share a character with one of the spans, in order."""
        wanted = list(spans)
        return tuple(item for item in self.sentences if any(span.touches(item.span) for span in wanted))

    def stated_in(self, item: EvidenceSentence) -> Statement | None:
        """The first statement whose content stands in the sentence."""
        held = (one for one in self.statements if any(part.span.touches(item.span) for part in one.content))
        return next(held, None)


@dataclass(frozen=True, kw_only=True)
class BriefingCorpus:
    """All that was read, most relevant first. `left_out` counts relevant articles beyond the most that are read,
    `foreign` those that were read and are about something else.
    """

    articles: tuple[BriefedArticle, ...]
    left_out: int = 0
    foreign: int = 0

    @cached_property
    def by_id(self) -> dict[str, BriefedArticle]:
        """The articles by id."""
        return {item.about.article_id: item for item in self.articles}

    @cached_property
    def by_sid(self) -> dict[str, EvidenceSentence]:
        """Every sentence by its id."""
        return {item.sid: item for read in self.articles for item in read.sentences}

    def evidence(self, sids: Iterable[str]) -> Evidence:
        """All sentences of the articles that hold these: what a draft that cites them is checked against."""
        ids = dict.fromkeys(self.by_sid[sid].article_id for sid in sids if sid in self.by_sid)
        held = [self.by_id[one] for one in ids]
        return Evidence(
            sentences=tuple(item for read in held for item in read.sentences),
            statements=tuple(item for read in held for item in read.statements),
            texts={read.key: read.text for read in held},
        )

    def sources(self) -> tuple[BriefingSource, ...]:
        """The articles by outlet and date, as a briefing lists them."""
        ordered = sorted(self.articles, key=lambda one: (one.about.published or date.min, one.about.title))
        return tuple(
            BriefingSource(
                article_id=read.about.article_id,
                version=read.about.version,
                title=read.about.title,
                outlet=read.about.outlet,
                byline=read.about.byline,
                published=read.about.published,
                url=read.about.url,
                copies=tuple(one.outlet or one.title for one in read.copies),
            )
            for read in ordered
        )


def read_articles(
    library: Library, wanted: Sequence[tuple[ArticleSummary, float]], filters: Filters, *, first: int = 0
) -> Iterable[BriefedArticle]:
    """The articles as they are read, one after the other, with sentence ids from `first` + 1 on that are unique
    among them."""
    count = first
    for about, relevance in wanted:
        text = library.articles.texts([(about.article_id, about.version)]).get((about.article_id, about.version))
        if text is None:
            continue  # removed meanwhile
        spans = sentences(text)[:_MOST_SENTENCES]
        items = tuple(
            EvidenceSentence(
                sid=f"s{count + n}",
                article_id=about.article_id,
                version=about.version,
                start=span.start,
                end=span.end,
                text=span.of(text),
                title=about.title,
                outlet=about.outlet,
                published=about.published,
                url=about.url,
            )
            for n, span in enumerate(spans, 1)
        )
        count += len(items)
        yield BriefedArticle(
            about=about,
            text=text,
            sentences=items,
            statements=tuple(
                library.statements.find(Filters(), articles=[about.article_id], version_hash=about.version)
            ),
            copies=tuple(library.articles.copies(about.article_id)),
            relevance=relevance,
        )


_ALIKE = 0.6  # cosine of an article with an event, from which on it belongs to it
_DAYS_APART = 3  # days that an event may go without news


@dataclass(frozen=True, kw_only=True)
class Event:
    """Articles on one event, most relevant first."""

    articles: tuple[BriefedArticle, ...]

    @property
    def originals(self) -> int:
        """Articles that stand for themselves, wire copies left out."""
        return len(self.articles)

    @property
    def outlets(self) -> int:
        """Outlets that have the news, wire copies counted."""
        return len({name for read in self.articles for name in read.outlets}) or 1

    @property
    def day(self) -> date:
        """The first day of publication; the first day of all where none is known."""
        return min((read.about.published for read in self.articles if read.about.published), default=date.min)


def head(read: BriefedArticle) -> str:
    """What stands for an article where articles are compared: its title and first telling sentence."""
    first = next(iter(read.telling), None)
    return f"{read.about.title}. {first.text if first else ''}"


def events(articles: Sequence[BriefedArticle], vectors: Vectors | None) -> tuple[Event, ...]:
    """Articles grouped by event, the event with most outlets first.

    Single-pass clustering as in topic detection (Allan and others, 1998): in the order of publication each joins
    the nearest event that is recent and alike enough, or begins one. `vectors` are unit vectors of `head`, a row an
    article; without them words are compared.
    """
    table = vectors if vectors is not None else _bags([head(read) for read in articles])
    order = sorted(range(len(articles)), key=lambda at: (articles[at].about.published or date.min, at))
    groups: list[list[int]] = []
    means: list[Vectors] = []
    latest: list[date] = []
    for at in order:
        day = articles[at].about.published or date.min
        near = [n for n in range(len(groups)) if day - latest[n] <= timedelta(days=_DAYS_APART)]
        alike = [(float(table[at] @ means[n]) / (float(np.linalg.norm(means[n])) or 1.0), -n) for n in near]
        best, nearest = max(alike, default=(0.0, 0))
        if best >= (_ALIKE if vectors is not None else _ALIKE / 2):
            groups[-nearest].append(at)
            means[-nearest] = means[-nearest] + table[at]
            latest[-nearest] = day
        else:
            groups.append([at])
            means.append(table[at].copy())
            latest.append(day)
    grouped = [Event(articles=tuple(articles[at] for at in sorted(group))) for group in groups]
    return tuple(sorted(grouped, key=lambda one: (-one.outlets, -one.originals, -one.articles[0].relevance, one.day)))


def event_date(item: EvidenceSentence) -> date | None:
    """The day that a sentence tells of: the first that it names outside quotation marks, seen from its publication.
    None where it names none or was published on an unknown day.
    """
    if item.published is None:
        return None
    quoted = [one.span for one in quotations(item.text)]
    for named in mentions(item.text, item.published):
        if not any(span.touches(named.span) for span in quoted):
            return named.day
    return None


def _bags(texts: Sequence[str]) -> Vectors:
    """Unit vectors of word counts."""
    places: dict[str, int] = {}
    rows = [content_words(text) for text in texts]
    for row in rows:
        for word in row:
            places.setdefault(word, len(places))
    table = np.zeros((len(texts), max(1, len(places))), dtype=np.float32)
    for at, row in enumerate(rows):
        for word in row:
            table[at, places[word]] += 1
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(lengths == 0, np.float32(1), lengths)
    return table
