"""The library's database as one file: SQLite, with a write-ahead log."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from rag.errors import BadSettings, LibraryBusy, LibraryDamaged, OnRecordError, StoreError
from rag.stores.database import internal_error

LOCK_SECONDS = 20.0  # for another writer
MAX_PATH_BYTES = 504  # SQLite opens no longer path, whatever the system allows
_FULL_BELOW_BYTES = 1 << 20  # of free space: below it, an I/O error means that the disk is full
# Primary result codes of SQLite, https://www.sqlite.org/rescode.html: the lowest byte of an extended code.
_PRIMARY = 0xFF
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_CANNOT_OPEN = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_NOLFS,
}
_STOPPED = {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_ABORT}
_MISSING_INDEX_TABLE = "vtable constructor failed"  # of a lexical index without its tables; SQLite has no code for it
# Created when an older library is opened, too. DESC puts unknown days last.
_OUTLET_INDEX = (
    "CREATE INDEX IF NOT EXISTS article_outlets ON article (outlet_key, outlet)"  # counts outlets without reading rows
)
_NEWEST_INDEX = "CREATE INDEX IF NOT EXISTS article_newest ON article (published DESC, ingested DESC, article_id)"


class SqliteDatabase:
    """A Database in a file. Any number of processes on one machine read it while one writes."""

    def __init__(self, path: Path) -> None:
        check_path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path: Path | None = path
        self.place = str(path)
        self.engine: Engine = _connect(path)
        self._watch_lock = threading.Lock()  # all threads share one connection
        self._watch: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the library as it was when the transaction began."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that excludes other writers; committed and on disk when the block ends."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def tables(self, connection: Connection) -> set[str]:
        """The names of its tables."""
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())

    def schema_version(self, connection: Connection) -> int:
        """The version in the file's header."""
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def set_schema_version(self, connection: Connection, form: int) -> None:
        """Store the schema version in the file's header."""
        connection.exec_driver_sql(f"PRAGMA user_version = {form}")

    def check(self, connection: Connection) -> None:
        """Raises LibraryDamaged where the file is not sound."""
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise LibraryDamaged(
                f"{self.path} is damaged ({verdict}). Nothing was changed; put a backup in its place (`onrecord "
                "restore`)."
            )

    def create_indexes(self, connection: Connection) -> None:
        """Create the indexes for the lists of articles and of outlets."""
        for statement in (_NEWEST_INDEX, _OUTLET_INDEX):
            connection.execute(text(statement))

    def scrub(self) -> None:
        """Empty the write-ahead log, which still holds what was deleted."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")  # no checkpoint is possible within a transaction
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def change_counter(self) -> int:
        """A number that changes when another process or connection writes."""
        with self._watch_lock:
            if self._watch is None:
                self._watch = self.engine.connect()
                self._watch.exec_driver_sql("ROLLBACK")  # within a transaction the version would never change
            return int(self._watch.exec_driver_sql("PRAGMA data_version").scalar_one())

    def version(self) -> str:
        """`SQLite 3.…`."""
        return f"SQLite {sqlite3.sqlite_version}"

    def translate_error(self, exc: DBAPIError) -> OnRecordError:
        """The error of ours that an error of SQLite means, by its code."""
        return translate_error(Path(self.place), exc.orig)

    def close(self) -> None:
        """Release every connection."""
        with self._watch_lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
            self.engine.dispose()


def check_path(path: Path) -> None:
    """Raises BadSettings for a path that the system allows and SQLite cannot open. Writes nothing."""
    try:
        size = len(os.path.realpath(path).encode())
    except UnicodeEncodeError:
        readable = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise BadSettings(f"The path {readable} is not valid UTF-8. Rename the folder, or use another one.") from None
    if os.name == "posix" and size > MAX_PATH_BYTES:
        raise BadSettings(
            f"The path {path} has {size} bytes with its links resolved; SQLite opens up to {MAX_PATH_BYTES}. Use a "
            "folder with a shorter path."
        )


def translate_error(place: Path, exc: BaseException | None) -> OnRecordError:
    """The error of ours that an error of SQLite on the file `place` means, by its code; an InternalError for any other
    code.
    """
    extended = getattr(exc, "sqlite_errorcode", None)
    code = extended and extended & _PRIMARY
    name, cause = getattr(exc, "sqlite_errorname", type(exc).__name__), str(exc)
    if code in _BUSY:
        return LibraryBusy(f"{place} is held by another process. Try again when it is done.")
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and disk_is_full(place.parent)):
        return StoreError(f"No space is left for {place}. Free some; nothing was changed.")
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(f"{place} could not be read or written ({cause}, {name}). Check the disk.")
    if code in _CANNOT_OPEN:
        return StoreError(f"The library {place} can't be used: {cause}. Check its folder and permissions.")
    if code in _STOPPED:
        return StoreError(f"Work on {place} was stopped ({cause}). Nothing was changed; do it again.")
    if code in _DAMAGED or (code == sqlite3.SQLITE_ERROR and cause.startswith(_MISSING_INDEX_TABLE)):
        return LibraryDamaged(
            f"{place} is not a sound library ({cause}). Nothing was changed; "
            "put a backup in its place (`onrecord restore`)."
        )
    return internal_error(str(place), name)


def disk_is_full(folder: Path) -> bool:
    """True if the disk of the folder is full, as far as the system says."""
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW_BYTES
    except OSError:
        return False


def _connect(path: Path) -> Engine:
    """An engine on the file: write-ahead log, every commit on disk before it returns, waits for other writers."""
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),  # in a URL string `?`, `%` and `#` would be special
        connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes its lock at once: a read that turns into a write can't wait for other writers.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
