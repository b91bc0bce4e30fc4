"""Moves a library from one database to another, completely and checked: from a file to a server and back.

Rows are copied in key order, each batch with its words in one transaction, so an interrupted move continues where the
target ends. (Words of superseded versions are indexed under the article's present title.) The target is marked until
every table of it has been compared with the source's; a marked library is opened only to continue the move.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, tuple_, update

from rag.domain import Moved
from rag.errors import LibraryDamaged, StoreError, UnusableInput
from rag.stores import lexical, passages, statement_rows
from rag.stores.library import Library
from rag.stores.tables import MOVING_FROM_KEY, article, insert, meta, metadata, passage, statement, version
from rag.text.canonical import digest

_LIBRARY_ID_KEY = "library_id"
_DATABASE_KEYS = {MOVING_FROM_KEY, "schema"}  # of `meta`: they belong to a database, not to the library in it
_BATCH = 500
Progress = Callable[[str, int, int], None]


def move_library(source: Library, target: Library, *, progress: Progress = lambda *_: None) -> Moved:
    """Copy all of a library into an empty one, or continue such a copy, and compare both. `progress` is called with the
    name of a table, how many of its rows were copied, and how many there are.

    Raises UnusableInput where the target holds anything else, StoreError if both differ afterwards, for example
    because somebody wrote to the source meanwhile; the target then stays marked.
    """
    identity = source.meta.set_default(_LIBRARY_ID_KEY, secrets.token_hex(8))
    _mark_target(target, identity)
    counts: dict[str, int] = {}
    with source.reading() as old:
        for table in _tables_in_order():
            counts[table.name] = _copy_table(old, target, table, progress)
        _restore_folds(old, target)
        with target.reading() as new:
            for table in _tables_in_order():
                if _hash_table(old, table) != _hash_table(new, table):
                    raise StoreError(
                        f"Table {table.name} of {target.place} differs from that of {source.place}: it was written to "
                        "meanwhile. Close what uses it, empty the target and move again."
                    )
            _check(new, target.place)
    with target.writing() as connection:
        connection.execute(delete(meta).where(meta.c.key == MOVING_FROM_KEY))
    return Moved(
        source=source.place,
        target=target.place,
        articles=counts["article"],
        versions=counts["version"],
        statements=counts["statement"],
        rows=sum(counts.values()),
        vectors=None,
    )


def _mark_target(target: Library, identity: str) -> None:
    if target.meta.get(MOVING_FROM_KEY) == identity:
        return
    with target.reading() as connection:
        filled = [
            table.name
            for table in metadata.sorted_tables
            if table is not meta and connection.execute(select(*table.primary_key).limit(1)).first()
        ]
    if filled:
        raise UnusableInput(
            f"{target.place} is not empty (it has rows in {filled[0]}), and a library is never overwritten. Name an "
            "empty database or a new folder."
        )
    target.meta.set(MOVING_FROM_KEY, identity)


def _tables_in_order() -> list[Table]:
    """Every table after those that it needs: the words of passages need the versions, and `meta` comes last."""
    late = [passage, statement, meta]
    return [table for table in metadata.sorted_tables if table not in late] + late


def _key_columns(table: Table) -> list[Any]:
    return list(table.primary_key)


def _copy_table(old: Connection, target: Library, table: Table, progress: Progress) -> int:
    count_query = select(func.count()).select_from(table)
    total = old.execute(
        count_query.where(meta.c.key.not_in(_DATABASE_KEYS)) if table is meta else count_query
    ).scalar_one()
    descending = [column.desc() for column in _key_columns(table)]
    with target.reading() as new:
        last = (
            new.execute(select(*_key_columns(table)).order_by(*descending).limit(1)).first()
            if table is not meta
            else None
        )
        count = new.execute(select(func.count()).select_from(table)).scalar_one() if last else 0
    for batch in _batches(old, table, tuple(last) if last else None):
        values = [dict(row) for row in batch]
        if table is meta:
            values = [row for row in values if row["key"] not in _DATABASE_KEYS]
        elif table is article:
            values = [{**row, "copy_of": None} for row in values]  # it may refer to an article that is not copied yet
        with target.writing() as new:
            row = insert(new, table)
            if table is meta:
                row = row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value})
            if values:
                new.execute(row, values)
            if table is passage or table is statement:
                _index_rows(new, table, [one["rowid"] for one in values])
        count += len(values)
        progress(table.name, count, total)
    return int(total)


def _batches(connection: Connection, table: Table, last: tuple[Any, ...] | None = None) -> Iterator[Sequence[Any]]:
    """The rows of a table in key order, after the key `last`, as mappings."""
    key = _key_columns(table)
    while True:
        query = select(table).order_by(*key).limit(_BATCH)
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last) if len(key) > 1 else key[0] > last[0])
        rows = connection.execute(query).mappings().all()
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][column.name] for column in key)


def _restore_folds(old: Connection, target: Library) -> None:
    """Fold wire copies under their originals again, now that all articles are there."""
    copies = old.execute(select(article.c.article_id, article.c.copy_of).where(article.c.copy_of.is_not(None))).all()
    with target.writing() as new:
        for row in copies:
            new.execute(update(article).where(article.c.article_id == row.article_id).values(copy_of=row.copy_of))


def _index_rows(connection: Connection, table: Table, keys: Sequence[int]) -> None:
    """Index the words of newly copied passages or statements."""
    if table is statement:
        lexical.backend_for(connection).put(connection, "statement", statement_rows.statement_entries(connection, keys))
    else:
        lexical.backend_for(connection).put(connection, "passage", passages.passage_entries(connection, keys))


def _hash_table(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a table has, and a hash of all their values in key order."""
    hasher, count = hashlib.sha256(), 0
    for batch in _batches(connection, table):
        for row in batch:
            if table is meta and row["key"] in _DATABASE_KEYS:
                continue
            count += 1
            hasher.update(json.dumps(dict(row), sort_keys=True).encode())
    return count, hasher.hexdigest()


def _check(connection: Connection, place: str) -> None:
    """Check that every text hashes to the name of its version, and that every passage and statement has its words."""
    for batch in _batches(connection, version):
        for row in batch:
            if row["version"] not in (digest(row["text"]), digest(row["text"], str(row["number"]))):
                raise LibraryDamaged(f"The text of version {row['version']} in {place} was altered. Use a backup.")
    for table in (passage, statement):
        row_count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if lexical.count(connection, "passage" if table is passage else "statement") != row_count:
            raise StoreError(f"The search index in {place} lacks entries. Empty it and move again.")
