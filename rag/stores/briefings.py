"""Stored briefings, requests of unfinished ones, and cached extractions of single articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from rag.domain import Briefing, BriefingRequest, BriefingSection, BriefingSummary, Conflict, as_json, decode
from rag.errors import LibraryDamaged, UnknownBriefing
from rag.stores.base import Repository
from rag.stores.tables import article, briefing, briefing_article, briefing_begun, insert, mapped
from rag.text.canonical import canonical, digest, fold

REMOVAL_NOTICE = "An article that it cited was removed from the library, and what it took from it was removed too."
_BATCH = 500  # keys in one query


class BriefingStore(Repository):
    """The tables of briefings and of a model's extractions from single articles. Every method is one transaction."""

    def begin(self, request: BriefingRequest) -> None:
        """Note that the making of a briefing started."""
        values = {"request": as_json(request), "begun": datetime.now(UTC).replace(microsecond=0).isoformat()}
        with self._library.writing() as connection:
            row = insert(connection, briefing_begun).values(key=_request_key(request), **values)
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))

    def end(self, request: BriefingRequest) -> None:
        """Note that it ended, with or without success."""
        with self._library.writing() as connection:
            connection.execute(delete(briefing_begun).where(briefing_begun.c.key == _request_key(request)))

    def unfinished(self) -> list[BriefingRequest]:
        """Requests that were started and have not ended, in this process or a dead one; newest first."""
        with self._library.reading() as connection:
            requests = connection.execute(select(briefing_begun.c.request).order_by(briefing_begun.c.begun.desc()))
            return [decode(BriefingRequest, value) for value in requests.scalars()]

    def put(self, briefing_value: Briefing) -> Briefing:
        """Store a briefing; returns it with its id."""
        value = as_json(replace(briefing_value, briefing_id=""))
        record = replace(briefing_value, briefing_id=digest("briefing", str(value)))
        row = {
            "briefing_id": record.briefing_id,
            "topic_key": topic_key(briefing_value.topic),
            "made": briefing_value.made.isoformat() if briefing_value.made else "",
            "value": as_json(record),
        }
        articles = {item.article_id for item in briefing_value.citations} | {
            item.article_id for item in briefing_value.sources
        }
        articles |= {item.article_id for item in briefing_value.positions}
        with self._library.writing() as connection:
            connection.execute(insert(connection, briefing).values(row).on_conflict_do_nothing())
            if articles:
                pairs = [{"briefing_id": record.briefing_id, "article_id": item} for item in sorted(articles)]
                connection.execute(insert(connection, briefing_article).on_conflict_do_nothing(), pairs)
        return record

    def get(self, briefing_id: str) -> Briefing:
        """A stored briefing. Raises UnknownBriefing."""
        with self._library.reading() as connection:
            value = connection.execute(
                select(briefing.c.value).where(briefing.c.briefing_id == briefing_id)
            ).scalar_one_or_none()
        if value is None:
            raise UnknownBriefing(f"The library has no briefing {briefing_id!r}. Ask for the list of briefings.")
        return _decode_briefing(value)

    def summaries(self, *, topic: str | None = None, limit: int | None = None) -> list[BriefingSummary]:
        """Stored briefings, newest first; `topic` keeps those on exactly that topic."""
        query = select(briefing.c.value).order_by(briefing.c.made.desc(), briefing.c.briefing_id).limit(limit)
        if topic is not None:
            query = query.where(briefing.c.topic_key == topic_key(topic))
        with self._library.reading() as connection:
            return [summary(_decode_briefing(value)) for value in connection.execute(query).scalars()]

    def forget(self, briefing_id: str) -> None:
        """Delete a briefing. Raises UnknownBriefing."""
        with self._library.writing() as connection:
            deleted = connection.execute(delete(briefing).where(briefing.c.briefing_id == briefing_id)).rowcount
        if not deleted:
            raise UnknownBriefing(f"The library has no briefing {briefing_id!r}. Ask for the list of briefings.")

    def cached_extractions(self, keys: Sequence[str]) -> dict[str, Any]:
        """The extractions that are stored under these keys."""
        values: dict[str, Any] = {}
        with self._library.reading() as connection:
            for at in range(0, len(keys), _BATCH):
                query = select(mapped.c.key, mapped.c.value).where(mapped.c.key.in_(keys[at : at + _BATCH]))
                values |= {row.key: row.value for row in connection.execute(query)}
        return values

    def cache_extraction(self, key: str, article_id: str, value: Any) -> None:
        """Store the extraction of one article. Does nothing if the article no longer exists."""
        with self._library.writing() as connection:
            existing = connection.execute(select(article.c.article_id).where(article.c.article_id == article_id))
            if existing.one_or_none():
                row = insert(connection, mapped).values(key=key, article_id=article_id, value=value)
                connection.execute(row.on_conflict_do_nothing())


def topic_key(topic: str | None) -> str | None:
    """A topic in the form for comparison: folded, with white space as single blanks."""
    return " ".join(fold(canonical(topic)).split()) if topic else None


def summary(briefing: Briefing) -> BriefingSummary:
    """A briefing as a list shows it."""
    return BriefingSummary(
        briefing_id=briefing.briefing_id,
        title=briefing.title,
        engine=briefing.engine,
        made=briefing.made or datetime.min.replace(tzinfo=UTC),
        request=briefing.request,
        articles=len(briefing.sources),
        sentences=sum(len(item.sentences) for item in briefing.sections),
        finished=briefing.finished,
    )


def withdraw_article(connection: Connection, article_id: str) -> None:
    """Remove an article's words, title and statements from all briefings; called before the article is deleted."""
    query = select(briefing).join(briefing_article).where(briefing_article.c.article_id == article_id)
    for row in connection.execute(query).all():
        remaining = without_article(_decode_briefing(row.value), article_id)
        this_row = update(briefing).where(briefing.c.briefing_id == row.briefing_id)
        connection.execute(this_row.values(value=as_json(remaining)))


def without_article(briefing: Briefing, article_id: str) -> Briefing:
    """The briefing without anything of one article. All withheld sentences go too, since they do not say which article
    they are from.
    """
    removed_numbers = {item.n for item in briefing.citations if item.article_id == article_id}
    remaining = [
        (entry, tuple(one for one in entry.sentences if not removed_numbers.intersection(one.citations)))
        for entry in briefing.sections
    ]
    conflicts = [
        Conflict(about=item.about, sides=item.sides)
        for item in briefing.conflicts
        if not removed_numbers.intersection(n for one in item.sides for n in one)
    ]
    return replace(
        briefing,
        title="Removed article" if article_id in briefing.articles else briefing.title,
        sections=tuple(
            BriefingSection(heading=entry.heading, sentences=sentences, part=entry.part, notes=entry.notes)
            for entry, sentences in remaining
        ),
        timeline=tuple(item for item in briefing.timeline if not removed_numbers.intersection(item.sentence.citations)),
        positions=tuple(item for item in briefing.positions if item.article_id != article_id),
        conflicts=tuple(conflicts),
        citations=tuple(item for item in briefing.citations if item.n not in removed_numbers),
        sources=tuple(item for item in briefing.sources if item.article_id != article_id),
        withheld=(),
        notices=tuple(dict.fromkeys((*briefing.notices, REMOVAL_NOTICE))),
    )


def _request_key(request: BriefingRequest) -> str:
    return digest("request", str(as_json(request)))


def _decode_briefing(value: Mapping[str, Any]) -> Briefing:
    try:
        return decode(Briefing, value)
    except ValueError as exc:
        raise LibraryDamaged("A briefing in the library can't be read. Forget it and make it again.") from exc
