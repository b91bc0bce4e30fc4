"""The corpus of a briefing: its articles with sentences, statements and wire copies, and their grouping into events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from rag.domain import ArticleSummary, BriefingSource, Evidence, EvidenceSentence, Filters, Span, Statement
from rag.knowledge.tables import pattern_of
from rag.providers.base import Vectors
from rag.stores.library import Library
from rag.text.canonical import digest, fold
from rag.text.dates.clauses import is_in_main_clause, verb_count
from rag.text.dates.in_text import event_days
from rag.text.leaning import leans
from rag.text.quotations import quotations
from rag.text.revisions import correction_notes, genre_of
from rag.text.sentences import lines, sentences
from rag.text.terms import STOPWORDS, content_words

MOST_ARTICLES = 500
_MOST_SENTENCES = 120  # read of one article, from its start
_FEWEST_WORDS = 5
_FEWEST_IN_NOTE = 4
_LEAD_WORDS = 15  # from which on a line is no headline
# Outside quotation marks, news neither asks its readers nor tells them what to do; sentences that do are not news.
_ADDRESSES_READER = re.compile(r"\?$|\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
# Nor does it speak of its writer, as a column does; "World War I" and "I. Charles" are names.
_SPEAKS_OF_WRITER = re.compile(r"(?<![A-Z][.&])\bI\b(?![.&-])|\b(?:[Mm]y|myself)\b")
_NUMBERED = re.compile(r"\b[A-Z][\w’-]+ [A-Z][\w’-]+ I\b")
_FEWEST_FIRST_PERSON, _FIRST_PERSON_SHARE = 2, 0.1  # sentences of the writer from which on an article is a column
# Standard lines of outlets.
_BOILERPLATE = pattern_of("furniture", "standard_lines")
_CAPITAL_CALL = pattern_of("furniture", "capital_call", flags=0)
_POST_MARK = pattern_of("furniture", "post_mark", flags=0)
_POST = re.compile(r"<(tweet|blockquote|iframe)\b.*?(?:</\1\s*>|<\1\s*/>|$)", re.DOTALL | re.MULTILINE)
_QUOTATION = re.compile(r"[“\"«„].*?(?:[”\"»]|$)")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True, kw_only=True)
class BriefedArticle:
    """One article of a corpus. `relevance` is 0..1; `sentences` are its first `_MOST_SENTENCES`, headings included."""

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
        """A hash of the article's id, version and sentences."""
        return digest(*self.key, *(item.text for item in self.sentences))

    @cached_property
    def genre(self) -> str | None:
        """What the article calls itself if it is no report; `opinion` also where its writer speaks in the first person
        throughout; else None."""
        if genre := genre_of(self.about.title, self.about.outlet, self.text):
            return genre
        count = sum(self._is_writers_own(item) for item in self.sentences)
        is_column = count >= max(_FEWEST_FIRST_PERSON, _FIRST_PERSON_SHARE * len(self.sentences))
        return "opinion" if is_column else None

    def _is_writers_own(self, item: EvidenceSentence) -> bool:
        return bool(_SPEAKS_OF_WRITER.search(_NUMBERED.sub("", self._own_words(item)))) and not self.statement_in(item)

    @cached_property
    def _quotation_spans(self) -> tuple[Span, ...]:
        return tuple(one.span for one in quotations(self.text))

    def _own_words(self, item: EvidenceSentence) -> str:
        """A sentence without what stands in quotation marks, those that opened before it included."""
        text, at = "", item.start
        for span in self._quotation_spans:
            if span.touches(item.span):
                text += self.text[at : max(at, span.start)]
                at = max(at, span.end)
        return text + self.text[at : item.end]

    @property
    def _deck(self) -> list[Span]:
        """The lines without a verb above the first line of some length: a further headline, no sentence."""
        all_lines = lines(self.text)
        lead = next((at for at, line in enumerate(all_lines) if len(line.of(self.text).split()) >= _LEAD_WORDS), 0)
        return [line for line in all_lines[:lead] if not verb_count(line.of(self.text))]

    @cached_property
    def usable_sentences(self) -> tuple[EvidenceSentence, ...]:
        """The sentences that a briefing may use: whole ones, without headings, line-ups, correction notes, standard
        lines of the outlet, posts of others that the page shows, repeated parts of the headline, and sentences that
        address the reader or speak of the writer."""
        title = f" {_plain(self.about.title)} "
        note_spans = [note.span for note in correction_notes(self.text)]
        note_spans += [Span(*match.span()) for match in _POST.finditer(self.text)]
        note_spans += self._deck
        note_spans += [line for line in lines(self.text) if _POST_MARK.search(self.text, line.start, line.end)]
        return tuple(
            item
            for item in self.sentences
            if _SENTENCE_END.search(item.text)
            and len(item.text.split()) >= _FEWEST_WORDS
            and not any(span.touches(item.span) for span in note_spans)
            and not _BOILERPLATE.match(item.text)
            and not _CAPITAL_CALL.search(item.text)
            and f" {_plain(item.text)} " not in title
            and any(word.islower() and word not in STOPWORDS for word in item.text.split())
            and (not _ADDRESSES_READER.search(_QUOTATION.sub("", item.text)) or self.statement_in(item))
            and not self._is_writers_own(item)
        )

    @cached_property
    def corrections(self) -> tuple[EvidenceSentence, ...]:
        """The sentences of correction notes and of the rest of their paragraphs, in order."""
        notes = [note.span for note in correction_notes(self.text) if note.kind == "correction"]
        spans = [
            Span(note.start, end if (end := self.text.find("\n", note.end)) >= 0 else len(self.text)) for note in notes
        ]
        return tuple(
            item
            for item in self.sentences_at(spans)
            if len(item.text.split()) >= _FEWEST_IN_NOTE and not _BOILERPLATE.match(item.text)
        )

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """The outlets of this article and its copies, each once."""
        return tuple(dict.fromkeys(item.outlet for item in (self.about, *self.copies) if item.outlet))

    def sentences_at(self, spans: Iterable[Span]) -> tuple[EvidenceSentence, ...]:
        """The sentences that share a character with one of the spans, in order."""
        all_spans = list(spans)
        return tuple(item for item in self.sentences if any(span.touches(item.span) for span in all_spans))

    def leans(self, item: EvidenceSentence) -> bool:
        """True if a sentence of the article leans on one before it."""
        return leans(item.text, self.text[: item.start])

    def statement_in(self, item: EvidenceSentence) -> Statement | None:
        """The first statement with content in the sentence, or None."""
        statements = (one for one in self.statements if any(part.span.touches(item.span) for part in one.content))
        return next(statements, None)


@dataclass(frozen=True, kw_only=True)
class BriefingCorpus:
    """The articles of a briefing, most relevant first. `left_out` counts relevant articles beyond the limit, `foreign`
    articles that were read but are about something else.
    """

    articles: tuple[BriefedArticle, ...]
    left_out: int = 0
    foreign: int = 0

    @cached_property
    def reports(self) -> tuple[BriefedArticle, ...]:
        """The articles that report, without letters, opinion, satire and advertising; if none does, all of them."""
        return tuple(item for item in self.articles if not item.genre) or self.articles

    def is_source(self, article: BriefedArticle, item: Statement) -> bool:
        """True if the article may stand for a statement in it: a report may, and opinion for quotations of others."""
        is_quoted = article.genre == "opinion" and item.kind == "direct"
        return is_quoted or any(one is article for one in self.reports)

    @cached_property
    def by_id(self) -> dict[str, BriefedArticle]:
        """The articles by id."""
        return {item.about.article_id: item for item in self.articles}

    @cached_property
    def by_sid(self) -> dict[str, EvidenceSentence]:
        """Every sentence by its id."""
        return {item.sid: item for article in self.articles for item in article.sentences}

    def evidence(self, sids: Iterable[str]) -> Evidence:
        """All sentences of the articles of these sentences: the evidence for a draft that cites them."""
        ids = dict.fromkeys(self.by_sid[sid].article_id for sid in sids if sid in self.by_sid)
        articles = [self.by_id[one] for one in ids]
        return Evidence(
            sentences=tuple(item for article in articles for item in article.sentences),
            statements=tuple(item for article in articles for item in article.statements),
            texts={article.key: article.text for article in articles},
        )

    def leans(self, item: EvidenceSentence) -> bool:
        """True if a sentence leans on one before it in its article."""
        return self.by_id[item.article_id].leans(item)

    def sources(self) -> tuple[BriefingSource, ...]:
        """The articles by outlet and date, as a briefing lists them."""
        by_day = sorted(self.articles, key=lambda one: (one.about.published or date.min, one.about.title))
        return tuple(
            BriefingSource(
                article_id=article.about.article_id,
                version=article.about.version,
                title=article.about.title,
                outlet=article.about.outlet,
                byline=article.about.byline,
                published=article.about.published,
                url=article.about.url,
                copies=tuple(one.outlet or one.title for one in article.copies),
            )
            for article in by_day
        )


def read_articles(
    library: Library, selection: Sequence[tuple[ArticleSummary, float]], *, first: int = 0
) -> Iterable[BriefedArticle]:
    """Read the articles one after the other; their sentences are numbered from `first` + 1 on, across articles."""
    count = first
    for about, relevance in selection:
        text = library.articles.texts([(about.article_id, about.version)]).get((about.article_id, about.version))
        if text is None:
            continue  # removed meanwhile
        spans = sentences(text)[:_MOST_SENTENCES]
        items = tuple(EvidenceSentence.of(about, span, text, sid=f"s{count + n}") for n, span in enumerate(spans, 1))
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


_SAME_EVENT = 0.6  # least cosine of an article with the mean of its event
_MOST_DAYS_APART = 3  # days that an event may go without news


@dataclass(frozen=True, kw_only=True)
class Event:
    """Articles on one event, most relevant first."""

    articles: tuple[BriefedArticle, ...]

    @property
    def originals(self) -> int:
        """The number of articles without wire copies."""
        return len(self.articles)

    @property
    def outlets(self) -> int:
        """The number of outlets, those of wire copies included; at least 1."""
        return len({name for article in self.articles for name in article.outlets}) or 1

    @property
    def day(self) -> date:
        """The first day of publication; `date.min` if none is known."""
        return min((article.about.published for article in self.articles if article.about.published), default=date.min)


def comparison_text(article: BriefedArticle) -> str:
    """The text by which articles are compared: title and first usable sentence."""
    first = next(iter(article.usable_sentences), None)
    return f"{article.about.title}. {first.text if first else ''}"


def group_into_events(articles: Sequence[BriefedArticle], vectors: Vectors | None) -> tuple[Event, ...]:
    """Group articles by event; the event with the most outlets comes first.

    Single-pass clustering as in topic detection (Allan and others, 1998): in the order of publication each article
    joins the nearest event that is recent and similar enough, or begins one. `vectors` are unit vectors of
    `comparison_text`, one row for each article; without them word counts are compared.
    """
    table = vectors if vectors is not None else _word_vectors([comparison_text(article) for article in articles])
    order = sorted(range(len(articles)), key=lambda at: (articles[at].about.published or date.min, at))
    groups: list[list[int]] = []
    means: list[Vectors] = []
    latest: list[date] = []
    for at in order:
        day = articles[at].about.published or date.min
        near = [n for n in range(len(groups)) if day - latest[n] <= timedelta(days=_MOST_DAYS_APART)]
        similarities = [(float(table[at] @ means[n]) / (float(np.linalg.norm(means[n])) or 1.0), -n) for n in near]
        best, nearest = max(similarities, default=(0.0, 0))
        if best >= (_SAME_EVENT if vectors is not None else _SAME_EVENT / 2):
            groups[-nearest].append(at)
            means[-nearest] = means[-nearest] + table[at]
            latest[-nearest] = day
        else:
            groups.append([at])
            means.append(table[at].copy())
            latest.append(day)
    result = [Event(articles=tuple(articles[at] for at in sorted(group))) for group in groups]
    return tuple(sorted(result, key=lambda one: (-one.outlets, -one.originals, -one.articles[0].relevance, one.day)))


def event_date(item: EvidenceSentence) -> date | None:
    """The day that a sentence is about: the first that its main clause names outside quotation marks, relative to its
    publication. None if that names none or its day of publication is unknown.
    """
    if item.published is None:
        return None
    quotation_spans = [one.span for one in quotations(item.text)]
    for mention in event_days(item.text, item.published):
        is_quoted = any(span.touches(mention.span) for span in quotation_spans)
        if not is_quoted and is_in_main_clause(item.text, mention.span):
            return mention.day
    return None


def _plain(text: str) -> str:
    """The folded words of a text without marks."""
    return " ".join(_WORD.findall(fold(text)))


def _word_vectors(texts: Sequence[str]) -> Vectors:
    """Unit vectors of word counts."""
    columns: dict[str, int] = {}
    rows = [content_words(text) for text in texts]
    for row in rows:
        for word in row:
            columns.setdefault(word, len(columns))
    table = np.zeros((len(texts), max(1, len(columns))), dtype=np.float32)
    for at, row in enumerate(rows):
        for word in row:
            table[at, columns[word]] += 1
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(lengths == 0, np.float32(1), lengths)
    return table
