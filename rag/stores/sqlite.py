"""The library's database as one file: SQLite, with a write-ahead log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError

from rag.errors import LibraryBusy, LibraryDamaged, OnRecordError, StoreError

SECONDS_TO_WAIT = 20.0  # for another writer
# The order of the list of articles, also for libraries that are older than it. DESC puts days that are not known last.
_OUTLETS = "CREATE INDEX IF NOT EXISTS article_outlets ON article (outlet_key, outlet)"  # counted without the rows
_NEWEST = "CREATE INDEX IF NOT EXISTS article_newest ON article (published DESC, ingested DESC, article_id)"


class SqliteDatabase:
    """A Database in a file. Any number of processes on one machine read it while one writes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.place = str(path)
        self.engine: Engine = _connect(path)
        self._looking: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the library as it was when it began."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer's runs beside; committed when left, and on disk then."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def tables(self, connection: Connection) -> set[str]:
        """The names of the tables in it."""
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())

    def form(self, connection: Connection) -> int:
        """The number in the file's header."""
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def note_form(self, connection: Connection, form: int) -> None:
        """Keep the form of the library in the file's header."""
        connection.exec_driver_sql(f"PRAGMA user_version = {form}")

    def check(self, connection: Connection) -> None:
        """Raises LibraryDamaged where the file is not sound."""
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise LibraryDamaged(
                f"{self.path} is damaged ({said}). Nothing was changed; put a backup in its place (`onrecord restore`)."
            )

    def adorn(self, connection: Connection) -> None:
        """Make the indices behind the list of articles and of outlets."""
        for made in (_NEWEST, _OUTLETS):
            connection.execute(text(made))

    def scrub(self) -> None:
        """Empty the write-ahead log, where what was deleted still stands."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")  # a checkpoint needs no transaction of its own
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def written(self) -> int:
        """A number that changes when another process or connection writes."""
        if self._looking is None:
            self._looking = self.engine.connect()
            self._looking.exec_driver_sql("ROLLBACK")  # what a transaction sees would never change
        return int(self._looking.exec_driver_sql("PRAGMA data_version").scalar_one())

    def version(self) -> str:
        """`SQLite 3.…`."""
        return f"SQLite {sqlite3.sqlite_version}"

    def fault(self, exc: DBAPIError) -> OnRecordError | None:
        """What an error of SQLite means."""
        cause = str(exc.orig)
        if isinstance(exc, OperationalError):
            if "locked" in cause or "busy" in cause:
                return LibraryBusy(f"{self.path} is held by another process. Try again when it is done.")
            if "full" in cause:
                return StoreError(f"No space is left for {self.path}. Free some; nothing was changed.")
            return StoreError(f"The library {self.path} can't be used: {cause}. Check its folder and permissions.")
        if isinstance(exc.orig, sqlite3.DatabaseError) and not isinstance(exc.orig, sqlite3.IntegrityError):
            return LibraryDamaged(
                f"{self.path} is not a sound library ({cause}). Nothing was changed; "
                "put a backup in its place (`onrecord restore`)."
            )
        return None

    def close(self) -> None:
        """Release every connection."""
        if self._looking is not None:
            self._looking.close()
            self._looking = None
        self.engine.dispose()


def _connect(path: Path) -> Engine:
    """An engine on the file: write-ahead log, every commit on disk before it is reported, waits for a writer."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": SECONDS_TO_WAIT, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes its lock at once: a read that turns into a write could not wait its turn.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
