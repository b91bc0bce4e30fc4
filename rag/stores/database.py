"""The interface of the database of a library: connections, transactions, and the meaning of its errors."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from rag.errors import InternalError, OnRecordError


class Database(Protocol):
    """One database. `place` names it in messages and never holds a password; `path` is its file, None on a server."""

    engine: Engine
    place: str
    path: Path | None

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the library as it was when the transaction began."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that excludes other writers; committed and on disk when the block ends."""
        ...

    def tables(self, connection: Connection) -> set[str]:
        """The names of its tables."""
        ...

    def schema_version(self, connection: Connection) -> int:
        """The schema version of the library, 0 if it has no library."""
        ...

    def set_schema_version(self, connection: Connection, form: int) -> None:
        """Store the schema version where opening the library finds it fast."""
        ...

    def check(self, connection: Connection) -> None:
        """Raises LibraryDamaged where the database reports damage."""
        ...

    def create_indexes(self, connection: Connection) -> None:
        """Create the indexes that only this database needs."""
        ...

    def scrub(self) -> None:
        """Erase deleted text from the database's files, as far as the database can."""
        ...

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library."""
        ...

    def version(self) -> str:
        """Name and version of the database, for people."""
        ...

    def translate_error(self, exc: DBAPIError) -> OnRecordError:
        """The error of ours that an error of the database means; an InternalError where it is our own mistake."""
        ...

    def close(self) -> None:
        """Release every connection."""
        ...


def internal_error(place: str, code: str) -> InternalError:
    """The error for a statement that the database rejects. Shows its code, not its values."""
    return InternalError(
        f"onrecord asked {place} for something that it does not take ({code}). This is a bug in onrecord: the "
        "library is sound and nothing was changed. Try the latest version; if it happens there too, report it with "
        "the last lines of the log."
    )


def open_database(place: Path | str) -> Database:
    """The database at a path (SQLite) or at an address `postgresql://…`. Raises BadSettings, StoreError."""
    if isinstance(place, Path):
        from rag.stores.sqlite import SqliteDatabase

        return SqliteDatabase(place)
    from rag.stores.postgres import PostgresDatabase

    return PostgresDatabase(place)
