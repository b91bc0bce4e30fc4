"""What earlier readings of sources gave, so that what has not changed is not read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import and_, select

from rag.stores.base import Transactions
from rag.stores.tables import article, fetched, insert, reading

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """Which bytes (`mark`) of which source (`key`) gave which version of which article."""

    key: str
    mark: str
    article_id: str
    version: str


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What a site said of the page or feed at `url` when `reader` read it, and which version of which article it gave;
    a feed gives none.
    """

    url: str
    etag: str | None
    modified: str | None
    reader: str
    article_id: str | None = None
    version: str | None = None


class IngestCache:
    """The tables `reading` and `fetched`. Every method is one transaction."""

    def __init__(self, library: Transactions) -> None:
        self._library = library

    def put(self, readings: Sequence[Reading]) -> None:
        """Keep which bytes of which source gave which version."""
        with self._library.writing() as connection:
            for at in range(0, len(readings), _BATCH):
                some = readings[at : at + _BATCH]
                known = select(article.c.article_id).where(article.c.article_id.in_({one.article_id for one in some}))
                here = set(connection.execute(known).scalars())  # others were removed meanwhile
                row = insert(connection, reading)
                fresh = {name: row.excluded[name] for name in ("mark", "article_id", "version")}
                if values := [asdict(one) for one in some if one.article_id in here]:
                    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=fresh), values)

    def unchanged_readings(self, marks: Mapping[str, str]) -> dict[str, Reading]:
        """Of sources and the marks of their bytes, the readings that are remembered and whose version is still here."""
        readings: dict[str, Reading] = {}
        keys = list(marks)
        with self._library.reading() as connection:
            for at in range(0, len(keys), _BATCH):
                chosen = select(reading).where(reading.c.key.in_(keys[at : at + _BATCH]))
                for row in connection.execute(chosen):
                    if row.mark == marks[row.key]:
                        readings[row.key] = Reading(row.key, row.mark, row.article_id, row.version)
        return readings

    def unchanged_part_readings(self, prefix: str, mark: str) -> list[Reading]:
        """The readings whose keys begin with `prefix` and whose bytes had that mark."""
        begins = and_(reading.c.key >= prefix, reading.c.key < prefix + "\U0010ffff")
        with self._library.reading() as connection:
            rows = connection.execute(select(reading).where(begins, reading.c.mark == mark)).all()
        return [Reading(row.key, row.mark, row.article_id, row.version) for row in rows]

    def put_fetch(self, item: FetchRecord) -> None:
        """Keep what a site said of a page or a feed."""
        values = asdict(item)
        with self._library.writing() as connection:
            here = select(article.c.article_id).where(article.c.article_id == item.article_id)
            if item.article_id is None or connection.execute(here).one_or_none():  # it may have been removed meanwhile
                row = insert(connection, fetched).values(values)
                connection.execute(row.on_conflict_do_update(index_elements=["url"], set_=values))

    def fetch_record(self, url: str) -> FetchRecord | None:
        """What `put_fetch` kept of an address."""
        with self._library.reading() as connection:
            row = connection.execute(select(fetched).where(fetched.c.url == url)).one_or_none()
        return FetchRecord(*row) if row else None
