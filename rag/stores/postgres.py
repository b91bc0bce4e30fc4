"""The library's database on a server: PostgreSQL through psycopg, for several processes on several machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from rag.errors import (
    BadSettings,
    LibraryBusy,
    LibraryDamaged,
    OnRecordError,
    StoreError,
    StoreUnavailable,
    UnusableInput,
)
from rag.stores.database import internal_error
from rag.stores.tables import meta

_MIN_VERSION = 140_000  # PostgreSQL 14: triggers can be replaced
_CONNECT_SECONDS, _LOCK_SECONDS = 10, 20  # to reach the server; to wait for another writer or a free connection
_POOL_SIZE, _POOL_OVERFLOW = 5, 25  # connections that a process keeps open; additional ones under load
# Scores are long expressions over few rows: compiling them costs more than it saves.
_OPTIONS = f"-c jit=off -c lock_timeout={_LOCK_SECONDS}s -c timezone=UTC"
# One writer at a time, as in a file: what is a duplicate, a copy or the next version depends on what is stored.
_WRITE_LOCK = "SELECT pg_advisory_xact_lock(hashtext('onrecord'), hashtext(current_schema()))"
_COUNT_WRITE = "UPDATE library_written SET n = n + 1"
_CREATE_INDEXES = [
    "CREATE TABLE IF NOT EXISTS library_written (n BIGINT NOT NULL)",
    "INSERT INTO library_written SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM library_written)",
    "CREATE INDEX IF NOT EXISTS article_outlets ON article (outlet_key, outlet)",
    "CREATE INDEX IF NOT EXISTS article_newest ON article (published DESC NULLS LAST, ingested DESC, article_id)",
    "CREATE INDEX IF NOT EXISTS version_to_embed ON version (embedded_as, ingested)",
    "CREATE INDEX IF NOT EXISTS version_to_state ON version (stated_as, ingested)",
]
_BUSY = {"55P03", "40001", "40P01", "57014", "53300"}  # locks, deadlocks, cancelled, too many connections
_UNAVAILABLE = {"57P01", "57P02", "57P03", "57P05"}  # shutting down, crashed, starting up, idle for too long
_CONNECTION_CLASS = "08"  # the SQLSTATE class of connection errors
_DISK_FULL = {"53100", "53200"}
_DAMAGED = {"XX001", "XX002"}
# Errors while connecting have no code.
_LOGIN_FAILURES = ("authentication failed", "no password supplied", "does not exist")
_ACCESS_CLASSES = ("28", "3D", "42501")  # invalid login, unknown database, missing privilege


class PostgresDatabase:
    """A Database on a PostgreSQL server. Raises BadSettings for an invalid address, or without the driver."""

    def __init__(self, address: str) -> None:
        self.path: Path | None = None
        url = _url(address)
        public_url = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        self.place = public_url.render_as_string(hide_password=True)
        try:
            self.engine: Engine = create_engine(
                url.set(drivername="postgresql+psycopg", query={**url.query, "options": _options(url)}),
                connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "onrecord"},
                pool_size=_POOL_SIZE,
                max_overflow=_POOL_OVERFLOW,
                pool_timeout=_LOCK_SECONDS,
                pool_pre_ping=True,  # opens new connections after a restart of the server
                hide_parameters=True,
            )
        except ModuleNotFoundError as exc:
            raise BadSettings(
                "ONRECORD_DATABASE_URL needs PostgreSQL's driver: pip install 'onrecord[server]'."
            ) from exc
        self._snapshot = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writer = self.engine.execution_options(isolation_level="READ COMMITTED")
        self._counts_writes = False  # True once the table that counts writes exists

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the library as it was when the transaction began."""
        with self._translate_errors(), self._snapshot.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that excludes other writers; committed and on disk when the block ends."""
        with self._translate_errors(), self._writer.connect() as connection, connection.begin():
            connection.exec_driver_sql(_WRITE_LOCK)  # the rest of the transaction sees what earlier writers committed
            self._counts_writes = self._counts_writes or "library_written" in self.tables(connection)
            if self._counts_writes:
                connection.exec_driver_sql(_COUNT_WRITE)
            yield connection

    def tables(self, connection: Connection) -> set[str]:
        """The names of the tables in the current schema."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        return set(connection.exec_driver_sql(query).scalars())

    def schema_version(self, connection: Connection) -> int:
        """The version in the table `meta`."""
        if connection.exec_driver_sql("SELECT to_regclass('meta')").scalar_one() is None:
            return 0
        query = select(meta.c.value).where(meta.c.key == "schema")
        return int(connection.execute(query).scalar_one_or_none() or 0)

    def set_schema_version(self, connection: Connection, form: int) -> None:
        """Does nothing: the version is in the table `meta`."""

    def check(self, connection: Connection) -> None:
        """Does nothing: a damaged server raises an error on use."""

    def create_indexes(self, connection: Connection) -> None:
        """Check that the server has what is needed, and create the indexes that only PostgreSQL needs."""
        number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
        if number < _MIN_VERSION:
            raise StoreError(f"{self.place} is PostgreSQL {number // 10_000}; onrecord needs 14 or newer.")
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StoreError(f"{self.place} keeps text as {encoding}. Make a database with ENCODING 'UTF8'.")
        for statement in _CREATE_INDEXES:
            connection.exec_driver_sql(statement)
        if connection.exec_driver_sql("SELECT to_regclass('procrastinate_jobs')").scalar_one() is None:
            from rag.stores.jobs import JobQueue

            driver: Any = connection.connection.driver_connection  # runs a text of many statements, in this transaction
            driver.execute(JobQueue.schema())

    def scrub(self) -> None:
        """Does nothing: PostgreSQL's vacuum erases what was deleted; `docs/deploy.md` says so."""

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library."""
        with self.reading() as connection:
            return int(connection.exec_driver_sql("SELECT n FROM library_written").scalar_one())

    def version(self) -> str:
        """`PostgreSQL 15.…`."""
        with self.reading() as connection:
            return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one().split()[0]}"

    def translate_error(self, exc: DBAPIError) -> OnRecordError:
        """The error of ours that an error of PostgreSQL means, by its SQLSTATE. Shows its message, not the statement or
        values.
        """
        state, cause = getattr(exc.orig, "sqlstate", None), _first_line(exc.orig)
        if state in _BUSY:
            return LibraryBusy(f"{self.place} is busy ({cause}). Try again.")
        if state in _DISK_FULL:
            return StoreError(f"{self.place} has no room left ({cause}). Free some; nothing was changed.")
        if state in _DAMAGED:
            return LibraryDamaged(f"{self.place} is damaged ({cause}). Nothing was changed; restore a backup.")
        # Errors while connecting have no code; later, "does not exist" means a table that we misspelt.
        if (state or "").startswith(_ACCESS_CLASSES) or (
            state is None and any(words in cause for words in _LOGIN_FAILURES)
        ):
            return StoreError(
                f"{self.place} refuses: {cause}. Check user, password and rights in ONRECORD_DATABASE_URL."
            )
        # A server that is down sends no code; nor does a misuse of the driver, which raises other errors.
        unreached = state is None and isinstance(exc, OperationalError | InterfaceError)
        if (
            state in _UNAVAILABLE
            or (state or "").startswith(_CONNECTION_CLASS)
            or unreached
            or exc.connection_invalidated
        ):
            return StoreUnavailable(
                f"The library's server {self.place} can't be reached ({cause}). Start it, or check "
                "ONRECORD_DATABASE_URL."
            )
        if state == "22021" or "NUL" in cause:
            return UnusableInput("The text contains a null character, which can't be stored. Remove it.")
        return internal_error(self.place, f"PostgreSQL {state or type(exc.orig).__name__}")

    def close(self) -> None:
        """Release every connection."""
        self.engine.dispose()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except NoneFree as exc:
            raise LibraryBusy(f"All connections to {self.place} are in use. Try again.") from exc


def _url(address: str) -> URL:
    """The parsed address. An invalid one is not repeated in the error, since it may hold a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgres", "postgresql+psycopg") or not url.database:
        raise BadSettings(
            "Setting ONRECORD_DATABASE_URL can't be used: it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    return url


def _options(url: URL) -> str:
    options: Any = url.query.get("options", "")
    return f"{_OPTIONS} {options}".strip()


def _first_line(cause: object) -> str:
    return (str(cause).strip().splitlines() or ["no reason given"])[0].rstrip(".")
