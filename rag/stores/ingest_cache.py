"""Results of earlier readings of sources, so that unchanged sources are not read again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, and_, select

from rag.stores.base import Repository
from rag.stores.tables import article, fetched, insert, reading

_BATCH = 500


@dataclass(frozen=True, slots=True)
class SourceReading:
    """The article version that the bytes of a source gave: `key` names the source, `mark` is a hash of the bytes."""

    key: str
    mark: str
    article_id: str
    version: str


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """The validators that a site sent for the page or feed at `url` when release `reader` read it, and the article
    version that it gave; a feed gives none.
    """

    url: str
    etag: str | None
    modified: str | None
    reader: str
    article_id: str | None = None
    version: str | None = None


class IngestCache(Repository):
    """The tables `reading` and `fetched`."""

    def put(self, readings: Sequence[SourceReading]) -> None:
        """Store which bytes of which source gave which version."""
        with self._library.writing() as connection:
            for at in range(0, len(readings), _BATCH):
                batch = readings[at : at + _BATCH]
                existing = _existing(connection, {one.article_id for one in batch})  # the others were removed meanwhile
                row = insert(connection, reading)
                fresh = {name: row.excluded[name] for name in ("mark", "article_id", "version")}
                if values := [asdict(one) for one in batch if one.article_id in existing]:
                    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=fresh), values)

    def unchanged_readings(self, marks: Mapping[str, str]) -> dict[str, SourceReading]:
        """By source key, the stored readings whose bytes still have the mark in `marks`."""
        readings: dict[str, SourceReading] = {}
        keys = list(marks)
        with self._library.reading() as connection:
            for at in range(0, len(keys), _BATCH):
                query = select(reading).where(reading.c.key.in_(keys[at : at + _BATCH]))
                for row in connection.execute(query):
                    if row.mark == marks[row.key]:
                        readings[row.key] = SourceReading(row.key, row.mark, row.article_id, row.version)
        return readings

    def unchanged_part_readings(self, prefix: str, mark: str) -> list[SourceReading]:
        """The readings whose keys begin with `prefix` and whose bytes had that mark."""
        has_prefix = and_(reading.c.key >= prefix, reading.c.key < prefix + "\U0010ffff")
        with self._library.reading() as connection:
            rows = connection.execute(select(reading).where(has_prefix, reading.c.mark == mark)).all()
        return [SourceReading(row.key, row.mark, row.article_id, row.version) for row in rows]

    def put_fetches(self, items: Sequence[FetchRecord]) -> None:
        """Store what sites said of pages and feeds, but not of articles that were removed meanwhile."""
        if not items:
            return
        with self._library.writing() as connection:
            for at in range(0, len(items), _BATCH):
                batch = items[at : at + _BATCH]
                existing = _existing(connection, {one.article_id for one in batch if one.article_id})
                row = insert(connection, fetched)
                fresh = {name: row.excluded[name] for name in ("etag", "modified", "reader", "article_id", "version")}
                values = [asdict(one) for one in batch if one.article_id is None or one.article_id in existing]
                if values:
                    connection.execute(row.on_conflict_do_update(index_elements=["url"], set_=fresh), values)

    def fetch_record(self, url: str) -> FetchRecord | None:
        """The stored record of an address; None if there is none."""
        with self._library.reading() as connection:
            row = connection.execute(select(fetched).where(fetched.c.url == url)).one_or_none()
        return FetchRecord(*row) if row else None


def _existing(connection: Connection, article_ids: Collection[str]) -> set[str]:
    query = select(article.c.article_id).where(article.c.article_id.in_(article_ids))
    return set(connection.execute(query).scalars())
