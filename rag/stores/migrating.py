"""The form of a library's file: made when it is new, brought up to date when it is old, refused when it is too new.

The number of the form stands in the file's header (`user_version`), so that opening asks one question. Tables that are
new are simply made; any other change is a revision under `migrations`, applied by Alembic. All of it is one
transaction: a process that is killed meanwhile leaves the library as it was.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from rag.errors import LibraryDamaged
from rag.stores import rows
from rag.stores.tables import LEXICAL, SCHEMA, SECURE_DELETE, meta, metadata

_FOLDER = Path(__file__).parent / "migrations"
_FIRST, _COPIES = "0001", "0002"  # revisions of libraries from before revisions were noted
NEWEST = "0003"
_OURS = {"article", "version", "passage"}


def is_current(connection: Connection, path: Path) -> bool:
    """True if the library has the form of this release. Raises LibraryDamaged if it is that of a newer one."""
    form = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    tables = _tables(connection)
    if meta.name in tables:
        noted = connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one_or_none()
        newest = max(form, int(noted) if noted and noted.isdecimal() else 0)
        if newest > SCHEMA:
            raise LibraryDamaged(
                f"{path} was written by a newer onrecord (form {newest}, this one knows {SCHEMA}). Upgrade onrecord to "
                "open it; nothing was changed."
            )
    return form == SCHEMA and metadata.tables.keys() <= tables


def bring_up_to_date(connection: Connection, path: Path) -> None:
    """Make the tables of a new library, or give an older one the form of this release. Call it in a transaction.

    Raises LibraryDamaged where the file is not a sound library; it stays as it is.
    """
    if is_current(connection, path):  # another process was faster
        return
    tables = _tables(connection)
    if tables:
        _check(connection, path, tables)
        _upgrade(connection, _revision(connection, tables))
    metadata.create_all(connection)
    for made in LEXICAL:
        connection.execute(text(made))
    if SECURE_DELETE:
        rows.tell_words(connection, "secure-delete", 1)
    if tables and "statement_words" not in tables:  # they get their words when they are made again
        connection.exec_driver_sql("UPDATE version SET stated_as = NULL")
    if not tables:
        _stamp(connection)
    connection.execute(meta.delete().where(meta.c.key == "schema"))
    connection.execute(insert(meta).values(key="schema", value=str(SCHEMA)))  # releases before the header look here
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _tables(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())


def _check(connection: Connection, path: Path, tables: set[str]) -> None:
    if not tables >= _OURS:
        raise LibraryDamaged(
            f"{path} is a database, but no library of onrecord. Nothing was changed; name another folder with --home."
        )
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise LibraryDamaged(f"{path} is damaged ({said}). Nothing was changed; put a backup in its place.")


def _revision(connection: Connection, tables: set[str]) -> str | None:
    """Where a library stands that notes no revision; None for one that does."""
    if "alembic_version" in tables:
        return None
    columns = {column["name"] for column in inspect(connection).get_columns("article")}
    return _COPIES if "copy_of" in columns else _FIRST


def _upgrade(connection: Connection, stands_at: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    if stands_at:
        command.stamp(config, stands_at)
    command.upgrade(config, "head")


def _stamp(connection: Connection) -> None:
    """Note in a new library that no revision is to be applied, as Alembic would, without the time to import it."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (NEWEST,))
