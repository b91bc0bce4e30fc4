"""The schema of a library: created when the library is new, upgraded when it is old, rejected when it is too new.

The schema version is stored in the library, for a file in its header, so that opening it takes one query. New tables
are simply created; any other change is a revision under `migrations`, applied by Alembic. All of it is one transaction:
if the process is killed, the library stays as it was.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from rag.errors import LibraryDamaged
from rag.stores import lexical
from rag.stores.database import Database
from rag.stores.tables import SCHEMA, insert, meta, metadata

_FOLDER = Path(__file__).parent / "migrations"
_FIRST_REVISION, _COPIES_REVISION = "0001", "0002"  # of libraries that do not store a revision yet
NEWEST_REVISION = "0003"
_REQUIRED_TABLES = {"article", "version", "passage"}


def is_current(connection: Connection, database: Database) -> bool:
    """True if the library has the schema of this release. Raises LibraryDamaged if it is that of a newer one."""
    version = database.schema_version(connection)
    tables = database.tables(connection)
    if meta.name in tables:
        stamp = connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one_or_none()
        newest = max(version, int(stamp) if stamp and stamp.isdecimal() else 0)
        if newest > SCHEMA:
            raise LibraryDamaged(
                f"{database.place} was written by a newer onrecord (form {newest}, this one knows {SCHEMA}). Upgrade "
                "onrecord to open it; nothing was changed."
            )
    return version == SCHEMA and metadata.tables.keys() <= tables


def bring_up_to_date(connection: Connection, database: Database) -> None:
    """Create the tables of a new library, or upgrade an older one to the schema of this release. Call it in a
    transaction.

    Raises LibraryDamaged if the database is not a sound library; it is left unchanged.
    """
    if is_current(connection, database):  # another process has done it
        return
    tables = database.tables(connection)
    if tables:
        _check(connection, database, tables)
        _upgrade(connection, _revision(connection, tables))
    metadata.create_all(connection)
    lexical.backend_for(connection).make(connection)
    database.create_indexes(connection)
    if tables and "statement_words" not in tables:  # statements get their words when they are extracted again
        connection.exec_driver_sql("UPDATE version SET stated_as = NULL")
    if not tables:
        _stamp(connection)
    connection.execute(meta.delete().where(meta.c.key == "schema"))
    connection.execute(insert(connection, meta).values(key="schema", value=str(SCHEMA)))  # also for older releases
    database.set_schema_version(connection, SCHEMA)


def _check(connection: Connection, database: Database, tables: set[str]) -> None:
    if not tables >= _REQUIRED_TABLES:
        remedy = "name another folder with --home" if database.path is not None else "name an empty database"
        raise LibraryDamaged(
            f"{database.place} is a database, but no library of onrecord. Nothing was changed; {remedy}."
        )
    database.check(connection)


def _revision(connection: Connection, tables: set[str]) -> str | None:
    """The revision of a library that does not store one; None for one that does."""
    if "alembic_version" in tables:
        return None
    columns = {column["name"] for column in inspect(connection).get_columns("article")}
    return _COPIES_REVISION if "copy_of" in columns else _FIRST_REVISION


def _upgrade(connection: Connection, current: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    if current:
        command.stamp(config, current)
    command.upgrade(config, "head")


def _stamp(connection: Connection) -> None:
    """Store the newest revision in a new library, as Alembic would, without the time to import it."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": NEWEST_REVISION})
