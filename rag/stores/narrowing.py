"""SQL conditions for filters on articles, versions, passages and statements; conversions of stored days and times."""

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


def apply_filters(
    connection: Connection, selection: Select[Any], filters: Filters, query: str | None = None
) -> Select[Any]:
    """The selection restricted to articles that pass the filters and have every word of `query` in their text or title,
    in any form that the index treats as the same word; words in quotation marks must stand together.
    """
    selection = selection.where(*article_conditions(filters))
    for phrase, word in _TERM.findall((query or "").replace("“", '"').replace("”", '"')):
        term = phrase or word
        condition = article.c.title.icontains(term, autoescape=True)
        matches = lexical.backend_for(connection).ranked_matches(connection, "passage", [fold(term)])
        if matches is not None:
            hits = select(passage.c.article_id).join(matches, matches.c.rowid == passage.c.rowid)
            condition = or_(condition, article.c.article_id.in_(hits.where(passage.c.known_to == FOREVER)))
        selection = selection.where(condition)
    return selection


def article_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the filters on a row of `article`."""
    conditions: list[ColumnElement[bool]] = []
    if filters.outlet:
        conditions.append(article.c.outlet_key == fold(filters.outlet))
    if filters.since:
        conditions.append(article.c.published >= filters.since.isoformat())
    if filters.until:
        conditions.append(article.c.published <= filters.until.isoformat())
    if filters.article:
        conditions.append(article.c.article_id == filters.article)
    if filters.language:
        conditions.append(article.c.language == filters.language)
    if filters.speaker:
        by_speaker = and_(statement.c.article_id == article.c.article_id, speaker_condition(filters.speaker))
        conditions.append(exists(select(statement.c.rowid).where(by_speaker).correlate(article)))
    if filters.as_of:
        known_then = and_(version.c.article_id == article.c.article_id, version.c.known_from <= filters.as_of_end)
        conditions.append(exists(select(version.c.version).where(known_then).correlate(article)))
    return conditions


def passage_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of the filters on a row of `passage`: its version is current, and its article passes. The article
    is only looked up where the filters concern it.
    """
    conditions = [current_condition(passage.c.known_from, passage.c.known_to, filters)]
    if of_article := article_conditions(replace(filters, as_of=None)):  # a version that was current was also known
        same_article = article.c.article_id == passage.c.article_id
        conditions.append(exists(select(article.c.article_id).where(same_article, *of_article).correlate(passage)))
    return conditions


def speaker_condition(name: str) -> ColumnElement[bool]:
    """A statement whose speaker has that name, or a name that ends with it: a surname is enough."""
    key = fold(name)
    ends_with = (statement.c.speaker_key == key) | statement.c.speaker_key.endswith(" " + key, autoescape=True)
    return ends_with | statement.c.speaker_key.contains(key + " and ", autoescape=True)


def actor_condition(*names: str) -> ColumnElement[bool]:
    """A statement by or for exactly one of the names, or by several together who include one: "Ada Lund and Bo Marsh".
    All names make one condition, since those who speak together are found by reading through all speakers.
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


def current_condition(
    known_from: ColumnElement[int], known_to: ColumnElement[int], filters: Filters
) -> ColumnElement[bool]:
    """The version was the current one: now, or at the end of the day `as_of`."""
    if filters.as_of_end is None:
        return known_to == FOREVER
    return and_(known_from <= filters.as_of_end, known_to > filters.as_of_end)


def differs_from(column: ColumnElement[str], fingerprint: str) -> ColumnElement[bool]:
    """The column differs from `fingerprint`. Written as two ranges, since no index serves a "not equal"."""
    return (column < fingerprint) | (column > fingerprint)


def unix_seconds(moment: datetime) -> int:
    """Whole seconds since 1970 UTC."""
    return int(moment.timestamp())


def known_since(read_at: datetime, published: date | None) -> int:
    """When a first version became known, in seconds since 1970: its publication, if that is before it was read."""
    return unix_seconds(min(read_at, datetime.combine(published, datetime.min.time(), UTC)) if published else read_at)


def to_day(value: str | None) -> date | None:
    """A stored day, YYYY-MM-DD."""
    return date.fromisoformat(value) if value else None


def to_day_or_month(value: str | None) -> date | None:
    """A stored day, or a month, YYYY-MM."""
    return parse_day_or_month(value) if value else None
