"""Events: articles that tell of the same thing within days, and the day that a sentence tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from rag.domain import EvidenceSentence
from rag.providers.base import Vectors
from rag.services.briefings.corpus import BriefedArticle
from rag.text.dates.in_text import mentions
from rag.text.quotations import quotations
from rag.text.terms import content_words

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
