"""A library as one file to keep elsewhere, and back. Indices are left out: they are made again from it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from rag.domain import Backup
from rag.errors import InternalError, LibraryDamaged, StoreError, UnusableInput
from rag.stores.sqlite import LOCK_SECONDS, check_path, translate_error
from rag.stores.tables import SCHEMA
from rag.text.canonical import digest

_PAGES_PER_STEP = 1_000  # copied between two looks at other writers


def back_up(library: Path, target: Path) -> Backup:
    """Copy a library, in use or not, to a new file, and check the copy. Raises UnusableInput where `target` exists,
    StoreError.
    """
    return _copy_checked(library, target, "Give a name that is not taken.")


def restore(source: Path, library: Path) -> Backup:
    """Check a backup and copy it to where no library is yet. Raises UnusableInput where one is, LibraryDamaged."""
    if not source.is_file():
        raise UnusableInput(f"There is no backup at {source}.")
    check_path(source)
    check_backup(source)
    return _copy_checked(
        source, library, "A library is never overwritten: give another home, or move the old one away."
    )


def check_backup(path: Path) -> Backup:
    """What a library file holds, once it has been found sound: its pages, its schema, and every version's text, which
    must hash to the version's name. Raises LibraryDamaged, which names what is wrong.
    """
    try:
        with closing(_open_read_only(path)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise LibraryDamaged(f"{path} is damaged ({verdict}). Use another backup.")
            (schema,) = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() or (None,)
            if schema is None or int(schema) > SCHEMA:
                raise LibraryDamaged(f"{path} is not a library that this onrecord reads (schema {schema}). Upgrade it.")
            for version, number, text in connection.execute("SELECT version, number, text FROM version"):
                if version not in (digest(text), digest(text, str(number))):
                    raise LibraryDamaged(f"{path}: the text of version {version} was altered. Use another backup.")
            counts = [
                connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608  # names of ours
                for name in ("article", "version", "statement", "correction")
            ]
    except (sqlite3.Error, ValueError) as exc:
        fault = translate_error(path, exc)
        if isinstance(fault, LibraryDamaged | InternalError):  # also a database without the tables of a library
            fault = LibraryDamaged(f"{path} is not a sound library ({exc}). Use another backup.")
        raise fault from exc
    articles, versions, statements, corrections = counts
    return Backup(
        path=str(path),
        bytes=path.stat().st_size,
        articles=articles,
        versions=versions,
        statements=statements,
        corrections=corrections,
    )


def _copy_checked(source: Path, target: Path, remedy: str) -> Backup:
    """The copy appears under its name when it is whole, checked and on disk, or not at all."""
    if target.exists():
        raise UnusableInput(f"{target} exists. {remedy}")
    unfinished = target.with_name(f"{digest(target.name)}.unfinished")  # a name of any length has room for no more
    check_path(target)
    check_path(unfinished)
    with _translate_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        try:
            with closing(_open_read_only(source)) as old, closing(sqlite3.connect(unfinished)) as new:
                old.backup(new, pages=_PAGES_PER_STEP)
                new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            check_backup(unfinished)
            _flush(unfinished)
            os.link(unfinished, target)  # unlike a renaming, refuses a name that was taken meanwhile
            _flush(target.parent)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    return check_backup(target)


def _open_read_only(path: Path) -> sqlite3.Connection:
    """Read only; what another process commits meanwhile is waited for."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=LOCK_SECONDS)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translate_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise translate_error(target, exc) from exc
    except OSError as exc:
        if isinstance(exc, FileExistsError) and target.exists():
            raise UnusableInput(f"{target} exists. Give a name that is not taken.") from exc
        raise StoreError(
            f"{target} could not be written ({exc.strerror}). Check the place and the space there."
        ) from exc
