"""Backups of a library as one file, and their restoration. Indices are left out: they are rebuilt."""

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

_PAGES_PER_STEP = 1_000  # copied before other writers get a turn


def back_up(library: Path, target: Path) -> Backup:
    """Copy a library, in use or not, to a new file, and check the copy. Raises UnusableInput where `target` exists,
    StoreError.
    """
    return _copy_checked(library, target, "Give a name that is not taken.")


def restore(source: Path, library: Path) -> Backup:
    """Check a backup and copy it to a place without a library. Raises UnusableInput if there is one, LibraryDamaged."""
    if not source.is_file():
        raise UnusableInput(f"There is no backup at {source}.")
    check_path(source)
    check_backup(source)
    return _copy_checked(
        source, library, "A library is never overwritten: give another home, or move the old one away."
    )


def check_backup(path: Path) -> Backup:
    """Check the pages and the schema of a library file, and that every version's text hashes to the version's name, and
    return what it holds. Raises LibraryDamaged with the fault.
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
                connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608  # our own table names
                for name in ("article", "version", "statement", "correction")
            ]
    except (sqlite3.Error, ValueError) as exc:
        fault = translate_error(path, exc)
        # An InternalError means a database without the tables of a library.
        if isinstance(fault, LibraryDamaged | InternalError):
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
    """Copy a library file. The copy appears under its name once it is complete, checked and on disk, or not at all."""
    if target.exists():
        raise UnusableInput(f"{target} exists. {remedy}")
    unfinished = target.with_name(f"{digest(target.name)}.unfinished")  # short, whatever the length of the name
    check_path(target)
    check_path(unfinished)
    with _translate_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        try:
            with closing(_open_read_only(source)) as old, closing(sqlite3.connect(unfinished)) as new:
                old.backup(new, pages=_PAGES_PER_STEP)
                new.execute("PRAGMA journal_mode = DELETE")  # a single file, without a log beside it
            check_backup(unfinished)
            _flush(unfinished)
            os.link(unfinished, target)  # unlike renaming, fails if the name exists by now
            _flush(target.parent)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    return check_backup(target)


def _open_read_only(path: Path) -> sqlite3.Connection:
    """Open a library file read-only; waits for a commit of another process."""
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
