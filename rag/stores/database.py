"""The seam to the database that keeps a library: connections, transactions, and what its faults mean."""

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
        """A transaction that sees the library as it was when it began."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that no other writer's runs beside; committed when left, and on disk then."""
        ...

    def tables(self, connection: Connection) -> set[str]:
        """The names of the tables in it."""
        ...

    def schema_version(self, connection: Connection) -> int:
        """The form of the library, as `set_schema_version` keeps it; 0 where nothing was noted."""
        ...

    def set_schema_version(self, connection: Connection, form: int) -> None:
        """Keep the form of the library where opening finds it fast."""
        ...

    def check(self, connection: Connection) -> None:
        """Raises LibraryDamaged where the database says that it is not sound."""
        ...

    def create_indexes(self, connection: Connection) -> None:
        """Make the indices that only this database needs."""
        ...

    def scrub(self) -> None:
        """See to it that deleted text leaves the database's files, as far as the database can."""
        ...

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library."""
        ...

    def version(self) -> str:
        """What the database is and its version, as people read it."""
        ...

    def translate_error(self, exc: DBAPIError) -> OnRecordError:
        """What an error of the database means: an InternalError where it is our own mistake."""
        ...

    def close(self) -> None:
        """Release every connection."""
        ...


def internal_error(place: str, code: str) -> InternalError:
    """The error for a statement that the database refuses: its code is shown, its values are not."""
    return InternalError(
        f"onrecord asked {place} for something that it does not take ({code}). This is a mistake in onrecord: the "
        "library is sound and nothing was changed. Try the latest version; if it happens there too, report it with "
        "the last lines of the log."
    )


def open_database(place: Path | str) -> Database:
    """The database at a path (SQLite), or at an address `postgresql://…`. Raises BadSettings, StoreError."""
    if isinstance(place, Path):
        from rag.stores.sqlite import SqliteDatabase

        return SqliteDatabase(place)
    from rag.stores.postgres import PostgresDatabase

    return PostgresDatabase(place)
