"""What remains to be derived from the versions in the library, and whether the derived data is complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Table,
    delete,
    func,
    literal_column,
    select,
    update,
)

from rag.domain import Span, Step
from rag.stores import lexical, narrowing, passages, statement_rows
from rag.stores.base import Repository, VectorRow
from rag.stores.tables import failure, in_pairs, insert, of_version, passage, statement, version

Work = Literal["embedded_as", "stated_as"]
Pair = tuple[str, str]  # article id, version
Rows = list[tuple[VectorRow, Span]]
PARTS = 64  # into which workers divide a library: a power of two, and more than there will be workers
_BATCH = 300  # pairs, or rows, in one query


def _part_conditions(part: int) -> list[ColumnElement[bool]]:
    """The condition that an article is in a part. Article ids are hashes, so all parts have about the same size."""
    step = 256 // PARTS
    begins = [version.c.article_id >= f"{part * step:02x}"]
    return begins if part == PARTS - 1 else [*begins, version.c.article_id < f"{(part + 1) * step:02x}"]


def count_unmade(connection: Connection, work: str) -> int:
    """How many versions lack derived data of a kind; read from an index alone."""
    missing = select(func.count()).select_from(version).where(version.c[work].is_(None))
    return connection.execute(missing).scalar_one()


def vector_rows(connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, Rows]:
    """The rows of the vector index for the passages of these versions, with their spans, in text order."""
    rows: dict[Pair, Rows] = {pair: [] for pair in pairs}
    for at in range(0, len(pairs), _BATCH):
        passage_rows = connection.execute(
            select(passage)
            .where(in_pairs(passage, pairs[at : at + _BATCH]))
            .order_by(passage.c.article_id, passage.c.version, passage.c.start)
        )
        for row in passage_rows:
            vector_row = VectorRow(passage_id=row.passage_id, article_id=row.article_id)
            rows[row.article_id, row.version].append((vector_row, Span(row.start, row.end)))
    return rows


def clear_failures(connection: Connection, pairs: Collection[Pair], work: str) -> None:
    """Delete the failures of these versions, if any."""
    if pairs:
        connection.execute(delete(failure).where(in_pairs(failure, pairs), failure.c.work == work))


def failures(connection: Connection, work: str) -> list[tuple[str, str]]:
    """(article id, reason) of the versions that failed, latest first."""
    query = select(failure.c.article_id, failure.c.reason).where(failure.c.work == work)
    order = (failure.c.failed.desc(), failure.c.article_id, failure.c.version)
    return [tuple(row) for row in connection.execute(query.order_by(*order))]


_INDEXED_TABLES: dict[lexical.Index, Table] = {"passage": passage, "statement": statement}


def repair_lexical_entries(connection: Connection) -> int:
    """Add missing entries to the lexical indices and delete stray ones. Returns how many were added or deleted."""
    backend, repaired = lexical.backend_for(connection), 0
    make_entries = {"passage": passages.passage_entries, "statement": statement_rows.statement_entries}
    for index, table in _INDEXED_TABLES.items():
        indexed = backend.indexed_rowids(index)
        stray = list(connection.execute(indexed.except_(select(table.c.rowid))).scalars())
        missing = list(connection.execute(select(table.c.rowid).except_(indexed)).scalars())
        for at in range(0, len(stray), _BATCH):
            backend.drop(connection, index, stray[at : at + _BATCH])
        for at in range(0, len(missing), _BATCH):
            backend.put(connection, index, make_entries[index](connection, missing[at : at + _BATCH]))
        repaired += len(stray) + len(missing)
    return repaired


class IndexState(Repository):
    """What is pending, made and failed, in the columns of `version` and the table `failure`. Every method is one
    transaction.
    """

    def pending(self, work: Work, fingerprint: str, *, limit: int, part: int | None = None) -> list[tuple[str, str]]:
        """(article id, version) pairs whose derived data has another fingerprint, newest ingested first; `part` keeps
        those of one part of the library.
        """
        with self._library.reading() as connection:
            column = version.c[work]
            order: list[ColumnElement[Any]] = [
                literal_column("version.rowid", Integer).desc()
            ]  # in the index by itself
            if connection.dialect.name == "postgresql":
                order = [version.c.ingested.desc(), version.c.article_id]
            # One fingerprint at a time, the least and the greatest, each one step in the index: a range of values in
            # row order would be read from the table itself, all of it, at every call.
            fingerprints = {
                connection.execute(select(end(column)).where(condition)).scalar_one()
                for end, condition in ((func.min, column < fingerprint), (func.max, column > fingerprint))
            }
            pairs: list[Pair] = []
            for made_as in (None, *sorted(filter(None, fingerprints))):
                if len(pairs) < limit:
                    missing = column.is_(None) if made_as is None else column == made_as
                    query = select(version.c.article_id, version.c.version).where(missing)
                    if part is not None:
                        query = query.where(*_part_conditions(part))
                    query = query.order_by(*order).limit(limit - len(pairs))
                    pairs += [(row.article_id, row.version) for row in connection.execute(query)]
            return pairs

    def pending_parts(self, work: Work, fingerprint: str) -> list[int]:
        """The parts of the library that have anything `pending`."""
        with self._library.reading() as connection:
            column, digits = version.c[work], func.substr(version.c.article_id, 1, 2)
            missing = select(digits).where(column.is_(None) | narrowing.differs_from(column, fingerprint)).distinct()
            return sorted({int(digest, 16) * PARTS // 256 for digest in connection.execute(missing).scalars()})

    def count_pending(self, work: Work, fingerprint: str) -> int:
        """How many versions `pending` would return without a limit."""
        column = version.c[work]
        with self._library.reading() as connection:
            missing = narrowing.differs_from(column, fingerprint) | column.is_(None)
            query = select(func.count()).select_from(version).where(missing)
            return connection.execute(query).scalar_one()

    def count_missing(self) -> dict[Step, int]:
        """How many versions have no vectors, and how many no statements, or are to get them again."""
        with self._library.reading() as connection:
            return {
                "vectors": count_unmade(connection, "embedded_as"),
                "statements": count_unmade(connection, "stated_as"),
            }

    def vector_rows(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Rows]:
        """The rows of the vector index for the passages of these (article id, version) pairs, with their spans."""
        with self._library.reading() as connection:
            return vector_rows(connection, pairs)

    def mark_made(self, work: Work, keys: Iterable[tuple[str, str]], fingerprint: str | None) -> None:
        """Note that derived data of these (article id, version) pairs was made with `fingerprint`; None makes it
        pending again.
        """
        with self._library.writing() as connection:
            for article_id, version_hash in keys:
                connection.execute(
                    update(version).where(of_version(version, article_id, version_hash)).values({work: fingerprint})
                )

    def confirm_embedded(self, rows_by_version: Mapping[tuple[str, str], Rows], fingerprint: str) -> None:
        """Note that the vectors of these versions were stored for the rows that `vector_rows` gave. Versions whose rows
        have changed since, for example by a new version of the article, stay pending.
        """
        with self._library.writing() as connection:
            current = vector_rows(connection, list(rows_by_version))
            for (article_id, version_hash), rows in rows_by_version.items():
                if current[article_id, version_hash] == rows:
                    this_version = of_version(version, article_id, version_hash)
                    connection.execute(update(version).where(this_version).values(embedded_as=fingerprint))
            clear_failures(connection, rows_by_version, "embedded_as")

    def reconcile(self, indexed_ids: set[str], fingerprint: str) -> tuple[set[str], set[tuple[str, str]]]:
        """Compare the library with an index that holds these passage ids. Returns the ids that the library does not
        have, and the (article id, version) pairs that are marked as embedded but lack a passage in the index.
        """
        with self._library.reading() as connection:
            same = of_version(version, passage.c.article_id, passage.c.version)
            query = select(passage.c.passage_id, passage.c.article_id, passage.c.version, version.c.embedded_as)
            unknown, incomplete = set(indexed_ids), set[Pair]()
            failure_query = select(failure.c.article_id, failure.c.version).where(failure.c.work == "embedded_as")
            excused = {(row.article_id, row.version) for row in connection.execute(failure_query)}
            for row in connection.execute(query.select_from(passage.join(version, same))):
                unknown.discard(row.passage_id)
                if (
                    row.embedded_as == fingerprint
                    and row.passage_id not in indexed_ids
                    and (row.article_id, row.version) not in excused
                ):
                    incomplete.add((row.article_id, row.version))
            return unknown, incomplete

    def repair_lexical(self) -> int:
        """Make the lexical indices hold every passage and statement, and nothing else. Returns how many entries were
        added or deleted.
        """
        with self._library.reading() as connection:
            if all(
                lexical.count(connection, index) == connection.execute(select(func.count()).select_from(table)).scalar()
                for index, table in _INDEXED_TABLES.items()
            ):
                return 0
        with self._library.writing() as connection:
            return repair_lexical_entries(connection)

    def rebuild_lexical(self) -> None:
        """Build the lexical indices again, whatever state they are in."""
        with self._library.writing() as connection:
            for index in get_args(lexical.Index):
                lexical.backend_for(connection).clear(connection, index)
            repair_lexical_entries(connection)

    def invalidate(self, work: Work) -> None:
        """Make derived data of every version pending again."""
        with self._library.writing() as connection:
            connection.execute(update(version).values({work: None}))
            connection.execute(delete(failure).where(failure.c.work == work))

    def record_failure(
        self, article_id: str, version_hash: str, work: Work, *, made_as: str, reason: str, release: str
    ) -> None:
        """Note that derived data of one version can't be made with `made_as` by this release of the program: it is no
        longer pending, and existing data stays. Does nothing if the article no longer exists.
        """
        this_version = of_version(version, article_id, version_hash)
        with self._library.writing() as connection:
            if connection.execute(update(version).where(this_version).values({work: made_as})).rowcount:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                row = {"reason": reason, "release": release, "failed": now}
                entry = insert(connection, failure).values(
                    article_id=article_id, version=version_hash, work=work, **row
                )
                keys = ["article_id", "version", "work"]
                connection.execute(entry.on_conflict_do_update(index_elements=keys, set_=row))

    def failures(self) -> dict[Step, list[tuple[str, str]]]:
        """(article id, reason) of versions whose vectors or statements could not be made, latest first."""
        with self._library.reading() as connection:
            return {
                "vectors": failures(connection, "embedded_as"),
                "statements": failures(connection, "stated_as"),
            }

    def retry_failures(self, release: str) -> None:
        """Make pending again what failed in a release other than this."""
        elsewhere = narrowing.differs_from(failure.c.release, release)
        with self._library.reading() as connection:
            if connection.execute(select(failure.c.work).where(elsewhere)).first() is None:
                return
        with self._library.writing() as connection:
            for row in connection.execute(select(failure).where(elsewhere)).all():
                this_version = of_version(version, row.article_id, row.version)
                connection.execute(update(version).where(this_version).values({row.work: None}))
            connection.execute(delete(failure).where(elsewhere))
