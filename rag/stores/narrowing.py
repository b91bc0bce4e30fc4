"""What filters ask of articles, versions, passages and statements, and the moments and days that rows keep."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from rag.domain import Filters, parse_day_or_month
from rag.stores import lexical
from rag.stores.base import FOREVER
from rag.stores.tables import article, passage, statement, version
from rag.text.canonical import fold

_TERM = re.compile(r'"([^"]+)"|([\w\-’\']+)')


def matching(connection: Connection, chosen: Select[Any], filters: Filters, query: str | None = None) -> Select[Any]:
    """The selection narrowed to articles that pass the filters and have every word of `query` in their text or title,
    in whatever form the index takes for the same word; words in quotation marks as they stand together.
    """
    chosen = chosen.where(*conditions(filters))
    for quoted, word in _TERM.findall((query or "").replace("“", '"').replace("”", '"')):
        term = quoted or word
        holds = article.c.title.icontains(term, autoescape=True)
        matched = lexical.of(connection).matched(connection, "passage", [fold(term)])
        if matched is not None:
            hits = select(passage.c.article_id).join(matched, matched.c.rowid == passage.c.rowid)
            holds = or_(holds, article.c.article_id.in_(hits.where(passage.c.known_to == FOREVER)))
        chosen = chosen.where(holds)
    return chosen


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of the article row."""
    wanted: list[ColumnElement[bool]] = []
    if filters.outlet:
        wanted.append(article.c.outlet_key == fold(filters.outlet))
    if filters.since:
        wanted.append(article.c.published >= filters.since.isoformat())
    if filters.until:
        wanted.append(article.c.published <= filters.until.isoformat())
    if filters.article:
        wanted.append(article.c.article_id == filters.article)
    if filters.language:
        wanted.append(article.c.language == filters.language)
    if filters.speaker:
        spoken = and_(statement.c.article_id == article.c.article_id, speaks(filters.speaker))
        wanted.append(exists(select(statement.c.rowid).where(spoken).correlate(article)))
    if filters.as_of:
        known = and_(version.c.article_id == article.c.article_id, version.c.known_from <= filters.moment)
        wanted.append(exists(select(version.c.version).where(known).correlate(article)))
    return wanted


def allowed(filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of the row of a passage that was found: it is of the current version, and its article is
    looked up only where they ask anything of it.
    """
    wanted = [current(passage.c.known_from, passage.c.known_to, filters)]
    if wanted_of_article := conditions(replace(filters, as_of=None)):  # a version that was current was known
        own = article.c.article_id == passage.c.article_id
        wanted.append(exists(select(article.c.article_id).where(own, *wanted_of_article).correlate(passage)))
    return wanted


def speaks(name: str) -> ColumnElement[bool]:
    """A statement whose speaker is that name, or ends with it: a surname alone is enough."""
    key = fold(name)
    alone = (statement.c.speaker_key == key) | statement.c.speaker_key.endswith(" " + key, autoescape=True)
    return alone | statement.c.speaker_key.contains(key + " and ", autoescape=True)


def by_actor(*names: str) -> ColumnElement[bool]:
    """A statement by or for exactly one of the names, or of several who speak together ("Ada Lund and Bo Marsh").
    All names are one condition, as those who speak together are found by reading through all speakers.
    """
    keys = list(dict.fromkeys(map(fold, names)))
    other = statement.alias()
    several = [
        condition
        for key in keys
        for condition in (
            other.c.speaker_key.startswith(f"{key} and ", autoescape=True),
            other.c.speaker_key.startswith(f"{key}, ", autoescape=True),
            other.c.speaker_key.contains(f", {key}, ", autoescape=True),
            other.c.speaker_key.contains(f", {key} and ", autoescape=True),
            other.c.speaker_key.endswith(f" and {key}", autoescape=True),
        )
    ]
    together = select(other.c.speaker_key).where(other.c.speaker_key.contains(" and ") & or_(*several)).distinct()
    return statement.c.actor_key.in_(keys) | statement.c.speaker_key.in_(keys) | statement.c.speaker_key.in_(together)


def current(known_from: ColumnElement[int], known_to: ColumnElement[int], filters: Filters) -> ColumnElement[bool]:
    """True for what was the current version: now, or at the end of the day `as_of`."""
    if filters.moment is None:
        return known_to == FOREVER
    return and_(known_from <= filters.moment, known_to > filters.moment)


def other_than(column: ColumnElement[str], fingerprint: str) -> ColumnElement[bool]:
    """The condition that derived data was made otherwise; said so that an index answers it, which no "not equal" is."""
    return (column < fingerprint) | (column > fingerprint)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970 UTC."""
    return int(moment.timestamp())


def known_from(read: datetime, published: date | None) -> int:
    """From when on a first version counts as known: its publication, where that is before it was read."""
    return seconds(min(read, datetime.combine(published, datetime.min.time(), UTC)) if published else read)


def day(value: str | None) -> date | None:
    """A day as kept, YYYY-MM-DD."""
    return date.fromisoformat(value) if value else None


def day_or_month(value: str | None) -> date | None:
    """A day as kept, or a month, YYYY-MM."""
    return parse_day_or_month(value) if value else None
