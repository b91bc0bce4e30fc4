"""What is still to be derived from the versions in the library, and whether what was derived is all there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Table,
    and_,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

from rag.domain import Span, Step
from rag.stores import lexical, narrowing, passages, statement_rows
from rag.stores.base import Transactions, VectorRow
from rag.stores.tables import READ_AGAIN_KEY, failure, in_pairs, insert, meta, passage, statement, version

Work = Literal["embedded_as", "stated_as"]
Pair = tuple[str, str]  # article id, version
Rows = list[tuple[VectorRow, Span]]
PARTS = 64  # into which workers divide a library; a power of two, and more than there will be workers
_BATCH = 300  # pairs, or rows, in one query


def _part_conditions(part: int) -> list[ColumnElement[bool]]:
    """Articles of a part: their ids are hashes, so that all parts are about as large."""
    step = 256 // PARTS
    begins = [version.c.article_id >= f"{part * step:02x}"]
    return begins if part == PARTS - 1 else [*begins, version.c.article_id < f"{(part + 1) * step:02x}"]


def count_unmade(connection: Connection, work: str) -> int:
    """How many versions have no derived data of a kind; read from an index alone."""
    missing = select(func.count()).select_from(version).where(version.c[work].is_(None))
    return connection.execute(missing).scalar_one()


def vector_rows(connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, Rows]:
    """What the vector index keeps of each passage of these versions, with its span, as they stand in the text."""
    rows: dict[Pair, Rows] = {pair: [] for pair in pairs}
    for at in range(0, len(pairs), _BATCH):
        fetched = connection.execute(
            select(passage)
            .where(in_pairs(passage, pairs[at : at + _BATCH]))
            .order_by(passage.c.article_id, passage.c.version, passage.c.start)
        )
        for row in fetched:
            kept = VectorRow(passage_id=row.passage_id, article_id=row.article_id)
            rows[row.article_id, row.version].append((kept, Span(row.start, row.end)))
    return rows


def record_failure(connection: Connection, pair: Pair, work: str, *, made_as: str, reason: str, release: str) -> None:
    """Note that one version can't be derived from, and take it off what is to do; what it had stays."""
    article_id, version_hash = pair
    here = and_(version.c.article_id == article_id, version.c.version == version_hash)
    if connection.execute(update(version).where(here).values({work: made_as})).rowcount:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = {"reason": reason, "release": release, "failed": now}
        entry = insert(connection, failure).values(article_id=article_id, version=version_hash, work=work, **row)
        keys = ["article_id", "version", "work"]
        connection.execute(entry.on_conflict_do_update(index_elements=keys, set_=row))


def clear_failures(connection: Connection, pairs: Collection[Pair], work: str) -> None:
    """Forget that these versions failed, if they did."""
    if pairs:
        connection.execute(delete(failure).where(in_pairs(failure, pairs), failure.c.work == work))


def failures(connection: Connection, work: str) -> list[tuple[str, str]]:
    """Article ids with the reason, of the versions that failed, the latest first."""
    chosen = select(failure.c.article_id, failure.c.reason).where(failure.c.work == work)
    order = (failure.c.failed.desc(), failure.c.article_id, failure.c.version)
    return [tuple(row) for row in connection.execute(chosen.order_by(*order))]


def retry_failures(connection: Connection, release: str) -> None:
    """Put back to do what failed in another release."""
    old = list(connection.execute(select(failure).where(narrowing.differs_from(failure.c.release, release))))
    for row in old:
        here = and_(version.c.article_id == row.article_id, version.c.version == row.version)
        connection.execute(update(version).where(here).values({row.work: None}))
    connection.execute(delete(failure).where(narrowing.differs_from(failure.c.release, release)))


def retry_without_statements(connection: Connection) -> None:
    """Put back to do every version that counts as read and has no statement."""
    same = and_(statement.c.article_id == version.c.article_id, statement.c.version == version.c.version)
    connection.execute(update(version).where(~exists().where(same)).values(stated_as=None))


_INDEXED_TABLES: dict[lexical.Index, Table] = {"passage": passage, "statement": statement}


def lexical_counts_match(connection: Connection) -> bool:
    """True if the lexical indices have as many entries as there are passages and statements."""
    return all(
        lexical.count(connection, index) == connection.execute(select(func.count()).select_from(kept)).scalar_one()
        for index, kept in _INDEXED_TABLES.items()
    )


def repair_lexical_entries(connection: Connection) -> int:
    """Give the lexical indices the passages and statements that they lack, and take out what is none; how many these
    were.
    """
    words, mended = lexical.backend_for(connection), 0
    made_of = {"passage": passages.passage_entries, "statement": statement_rows.statement_entries}
    for index, kept in _INDEXED_TABLES.items():
        held = words.indexed_rowids(index)
        strange = list(connection.execute(held.except_(select(kept.c.rowid))).scalars())
        lacking = list(connection.execute(select(kept.c.rowid).except_(held)).scalars())
        for at in range(0, len(strange), _BATCH):
            words.drop(connection, index, strange[at : at + _BATCH])
        for at in range(0, len(lacking), _BATCH):
            words.put(connection, index, made_of[index](connection, lacking[at : at + _BATCH]))
        mended += len(strange) + len(lacking)
    return mended


class IndexState:
    """What is to be derived, was derived and failed, in the columns of `version` and the table `failure`. Every method
    is one transaction.
    """

    def __init__(self, library: Transactions) -> None:
        self._library = library

    def pending(self, work: Work, fingerprint: str, *, limit: int, part: int | None = None) -> list[tuple[str, str]]:
        """(article id, version) pairs whose derived data was not made as `fingerprint` says, newest ingested first;
        `part` keeps those of one part of the library.
        """
        with self._library.reading() as connection:
            column = version.c[work]
            newest: list[ColumnElement[Any]] = [
                literal_column("version.rowid", Integer).desc()
            ]  # in the index by itself
            if connection.dialect.name == "postgresql":
                newest = [version.c.ingested.desc(), version.c.article_id]
            # One value at a time, the least and the greatest being one step in the index: a range of values in the
            # order of rows would be read from the table itself, all of it, at every call.
            other = {
                connection.execute(select(end(column)).where(beside)).scalar_one()
                for end, beside in ((func.min, column < fingerprint), (func.max, column > fingerprint))
            }
            pairs: list[Pair] = []
            for made_as in (None, *sorted(filter(None, other))):
                if len(pairs) < limit:
                    missing = column.is_(None) if made_as is None else column == made_as
                    chosen = select(version.c.article_id, version.c.version).where(missing)
                    if part is not None:
                        chosen = chosen.where(*_part_conditions(part))
                    chosen = chosen.order_by(*newest).limit(limit - len(pairs))
                    pairs += [(row.article_id, row.version) for row in connection.execute(chosen)]
            return pairs

    def pending_parts(self, work: Work, fingerprint: str) -> list[int]:
        """The parts of the library in which there is anything for `pending`."""
        with self._library.reading() as connection:
            column, digits = version.c[work], func.substr(version.c.article_id, 1, 2)
            missing = select(digits).where(column.is_(None) | narrowing.differs_from(column, fingerprint)).distinct()
            return sorted({int(digest, 16) * PARTS // 256 for digest in connection.execute(missing).scalars()})

    def count_pending(self, work: Work, fingerprint: str) -> int:
        """How many versions `pending` would give without a limit."""
        column = version.c[work]
        with self._library.reading() as connection:
            missing = narrowing.differs_from(column, fingerprint) | column.is_(None)
            chosen = select(func.count()).select_from(version).where(missing)
            return connection.execute(chosen).scalar_one()

    def count_missing(self) -> dict[Step, int]:
        """Versions of which vectors and statements were never made, or are to be made again."""
        with self._library.reading() as connection:
            return {
                "vectors": count_unmade(connection, "embedded_as"),
                "statements": count_unmade(connection, "stated_as"),
            }

    def vector_rows(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Rows]:
        """What the vector index keeps of each passage of these (article id, version) pairs, with the passage's span."""
        with self._library.reading() as connection:
            return vector_rows(connection, pairs)

    def mark_made(self, work: Work, done: Iterable[tuple[str, str]], fingerprint: str | None) -> None:
        """Note that derived data of these (article id, version) pairs was made as `fingerprint` says."""
        with self._library.writing() as connection:
            for article_id, version_hash in done:
                connection.execute(
                    update(version)
                    .where(version.c.article_id == article_id, version.c.version == version_hash)
                    .values({work: fingerprint})
                )

    def confirm_embedded(self, written: Mapping[tuple[str, str], Rows], fingerprint: str) -> None:
        """Note that vectors of these versions were written as `vector_rows` gave them; one that has changed since, as
        by a new version of its article, stays to do.
        """
        with self._library.writing() as connection:
            now = vector_rows(connection, list(written))
            for (article_id, version_hash), kept in written.items():
                if now[article_id, version_hash] == kept:
                    here = and_(version.c.article_id == article_id, version.c.version == version_hash)
                    connection.execute(update(version).where(here).values(embedded_as=fingerprint))
            clear_failures(connection, written, "embedded_as")

    def reconcile(self, held: set[str], fingerprint: str) -> tuple[set[str], set[tuple[str, str]]]:
        """Compare with an index that holds these passage ids. Gives the ids that the library does not know, and the
        (article id, version) pairs that count as embedded but of which the index lacks a passage.
        """
        with self._library.reading() as connection:
            same = and_(version.c.article_id == passage.c.article_id, version.c.version == passage.c.version)
            chosen = select(passage.c.passage_id, passage.c.article_id, passage.c.version, version.c.embedded_as)
            unknown, lacking = set(held), set[Pair]()
            failed = select(failure.c.article_id, failure.c.version).where(failure.c.work == "embedded_as")
            excused = {(row.article_id, row.version) for row in connection.execute(failed)}
            for row in connection.execute(chosen.select_from(passage.join(version, same))):
                unknown.discard(row.passage_id)
                if (
                    row.embedded_as == fingerprint
                    and row.passage_id not in held
                    and (row.article_id, row.version) not in excused
                ):
                    lacking.add((row.article_id, row.version))
            return unknown, lacking

    def repair_lexical(self) -> int:
        """See to it that the lexical indices have each passage and each statement, and nothing else. Gives how many
        entries were put in or taken out.
        """
        with self._library.reading() as connection:
            if lexical_counts_match(connection):
                return 0
        with self._library.writing() as connection:
            return repair_lexical_entries(connection)

    def rebuild_lexical(self) -> None:
        """Make the lexical indices again, in whatever state they are."""
        with self._library.writing() as connection:
            for index in get_args(lexical.Index):
                lexical.backend_for(connection).clear(connection, index)
            repair_lexical_entries(connection)

    def invalidate(self, work: Work) -> None:
        """Note that derived data of every version must be made again."""
        with self._library.writing() as connection:
            connection.execute(update(version).values({work: None}))
            connection.execute(delete(failure).where(failure.c.work == work))

    def record_failure(
        self, article_id: str, version_hash: str, work: Work, *, made_as: str, reason: str, release: str
    ) -> None:
        """Note that derived data of one version can't be made as `made_as` says, by this release of the program: it is
        no longer to do, and keeps what it had. Does nothing if the article is gone by now.
        """
        with self._library.writing() as connection:
            record_failure(
                connection, (article_id, version_hash), work, made_as=made_as, reason=reason, release=release
            )

    def failures(self) -> dict[Step, list[tuple[str, str]]]:
        """Article ids with a reason, the latest first: versions whose vectors or statements could not be made."""
        with self._library.reading() as connection:
            return {
                "vectors": failures(connection, "embedded_as"),
                "statements": failures(connection, "stated_as"),
            }

    def retry_failures(self, release: str) -> None:
        """Put back to do what failed in another release than this. Once in the life of a library also each version
        without statements: earlier releases took a version that they could not read for one that has none.
        """
        reread = select(meta.c.key).where(meta.c.key == READ_AGAIN_KEY)
        with self._library.reading() as connection:
            due = connection.execute(select(failure.c.work).where(narrowing.differs_from(failure.c.release, release)))
            if due.first() is None and connection.execute(reread).first():
                return
        with self._library.writing() as connection:
            retry_failures(connection, release)
            if not connection.execute(reread).first():
                retry_without_statements(connection)
                connection.execute(insert(connection, meta).values(key=READ_AGAIN_KEY, value=release))
