"""Where a library may lie, and what an error of its stores means to whoever meets it."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from chromadb.errors import InternalError as ChromaInternalError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from rag import BadSettings, Filters, InternalError, LibraryBusy, LibraryDamaged, Newsroom, Settings, StoreError
from rag.stores import chroma, sqlite
from rag.stores.chroma import ChromaVectors
from rag.stores.library import Library
from rag.stores.postgres import PostgresDatabase
from tests.conftest import PROJECT
from tests.contracts.vectors import rows, vectors
from tests.guards import some
from tests.killing import TinyNewsroom, story

# -- where a library may lie

NAMES = {
    "question mark": "what?x",
    "query": "a?mode=memory&uri=true",
    "percent": "a%20b",
    "hash": "a#b",
    "spaces": "  the desk  ",
    "non-ASCII": "Ærø 日本 ü",
    "quotes": 'it\'s "x"',
    "brackets": "a[b]*{c}",
    "backslash": "a\\b",
    "line": "a\nb",
    "colon": ":memory:",
    "file": "file:x",
    "address": "http:",
    "long name": "n" * 200,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_library_works_in_every_folder_that_the_system_allows(tmp_path: Path, name: str) -> None:
    home, there, new = (tmp_path / place / name for place in ("old", "moved", "new"))
    with TinyNewsroom.open(Settings(home=home)) as room:
        TinyNewsroom.log(room.settings)
        room.add_text(story(1))
        assert room.wait(60)
        assert room.search("n1e0")
        kept = tmp_path / f"{name[:100]} kept.db"
        room.backup(kept)
        moved = room.move_store(str(there))
        assert (moved.articles, moved.vectors) == (1, room.doctor().vectors)
    TinyNewsroom.restore_backup(kept, Settings(home=new))
    for place in (home, there, new):
        with TinyNewsroom.open(Settings(home=place)) as room:
            assert room.wait(60)
            assert room.count() == 1
        assert (place / "library.db").is_file()
        assert (place / "vectors" / "chroma.sqlite3").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"old", "moved", "new", kept.name}  # nothing elsewhere
    assert [path.name for path in (tmp_path / "old").iterdir()] == [name]


def test_a_relative_home_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with TinyNewsroom.open(Settings(home=Path("a?b"))) as room:
        room.add_text(story(1))
    assert (tmp_path / "a?b" / "library.db").is_file()


def test_the_command_takes_such_a_home_and_such_a_file(tmp_path: Path) -> None:
    home, kept = tmp_path / "what?x%20#", tmp_path / "kept?.db"
    for words in (["list"], ["backup", str(kept)]):
        subprocess.run(
            [sys.executable, "-m", "rag", *words, "--home", str(home)], cwd=PROJECT, check=words == ["backup"]
        )
    assert kept.is_file()
    assert (home / "library.db").is_file()


def deep(tmp_path: Path, size: int) -> Path:
    """A folder whose path has so many bytes."""
    left = size - len(os.fsencode(tmp_path))
    names = [100] * (left // 101) + ([left % 101 - 1] if left % 101 > 1 else [])
    return tmp_path.joinpath(*("d" * length for length in names))


def test_a_path_as_long_as_sqlite_opens_works_and_a_longer_one_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    longest = sqlite.MAX_PATH_BYTES - len("/vectors/chroma.sqlite3")
    with TinyNewsroom.open(Settings(home=deep(tmp_path, longest - 2))) as room:
        room.add_text(story(1))
        assert room.wait(60)
        assert room.doctor().vectors > 0
    other = tmp_path / "other"
    with pytest.raises(BadSettings, match="shorter path"):
        TinyNewsroom.open(Settings(home=deep(other, longest + 10)))
    assert not other.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"\\xff.*Rename"):
        TinyNewsroom.open(Settings(home=Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xffb"))))


# -- what an error means


def library_error(code: int, words: str) -> Exception:
    fault = sqlite3.OperationalError(words)
    fault.sqlite_errorcode = code
    fault.sqlite_errorname = "SQLITE_X"
    return sqlite.translate_error(Path("/nowhere/library.db"), fault)


@pytest.mark.parametrize(
    ("code", "words", "kind", "says"),
    [
        (sqlite3.SQLITE_BUSY, "database is locked", LibraryBusy, "another process"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database is locked", LibraryBusy, "another process"),
        (sqlite3.SQLITE_FULL, "database or disk is full", StoreError, "No space is left"),
        (sqlite3.SQLITE_IOERR_READ, "disk I/O error", StoreError, "Check the disk"),
        (sqlite3.SQLITE_CANTOPEN, "unable to open database file", StoreError, "permissions"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "attempt to write a readonly database", StoreError, "permissions"),
        (sqlite3.SQLITE_INTERRUPT, "interrupted", StoreError, "do it again"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "database disk image is malformed", LibraryDamaged, "backup"),
        (sqlite3.SQLITE_NOTADB, "file is not a database", LibraryDamaged, "backup"),
        (sqlite3.SQLITE_ERROR, "no such column: full_text", InternalError, "bug in onrecord"),
        (sqlite3.SQLITE_ERROR, "too many SQL variables", InternalError, "bug in onrecord"),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed", InternalError, "bug in onrecord"),
        (sqlite3.SQLITE_MISUSE, "bad parameter or other API misuse", InternalError, "bug in onrecord"),
        (sqlite3.SQLITE_TOOBIG, "string or blob too big", InternalError, "bug in onrecord"),
    ],
)
def test_an_error_of_sqlite_is_told_by_its_code(code: int, words: str, kind: type[Exception], says: str) -> None:
    fault = library_error(code, words)
    assert type(fault) is kind
    assert says in str(fault)


def test_an_error_of_input_and_output_on_a_full_disk_is_told_as_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "disk_is_full", lambda _: True)
    assert "No space is left" in str(library_error(sqlite3.SQLITE_IOERR_SHMSIZE, "disk I/O error"))


def misspelt(library: Library) -> None:
    with library.reading() as connection:
        connection.execute(text("SELECT no_such_column FROM article"))


def too_many(library: Library) -> None:
    with library.reading() as connection:
        connection.exec_driver_sql("SELECT ?, ?", (1,))


def twice(library: Library) -> None:
    with library.writing() as connection:
        for _ in range(2):
            connection.execute(text("INSERT INTO meta VALUES ('a', 'b')"))


@pytest.mark.parametrize("mistake", [misspelt, too_many, twice], ids=lambda one: one.__name__)
def test_a_mistake_of_our_own_is_told_as_ours(tmp_path: Path, mistake: Callable[[Library], None]) -> None:
    library = Library(tmp_path / "library.db")
    with pytest.raises(InternalError, match=r"bug in onrecord.*report it") as caught:
        mistake(library)
    assert "damaged" not in str(caught.value)
    library.close()


@pytest.mark.parametrize(
    ("state", "words", "kind"),
    [
        ("42703", 'column "x" does not exist', InternalError),
        ("42P01", 'relation "x" does not exist', InternalError),
        ("23505", "duplicate key value violates unique constraint", InternalError),
        ("08006", "connection failure", StoreError),
        ("57P01", "terminating connection", StoreError),
        ("55P03", "lock not available", LibraryBusy),
        ("XX001", "invalid page in block", LibraryDamaged),
        ("53100", "could not extend file", StoreError),
    ],
)
def test_an_error_of_postgresql_is_told_by_its_code(state: str, words: str, kind: type[Exception]) -> None:
    database = PostgresDatabase("postgresql://nobody@localhost/nothing")
    orig = type("Error", (Exception,), {"sqlstate": state})(words)
    fault = database.translate_error(ProgrammingError("SELECT 1", {}, orig))
    assert isinstance(fault, kind)
    assert isinstance(fault, InternalError) == (kind is InternalError)


# -- a full disk, and damage


@pytest.fixture
def index(tmp_path: Path) -> ChromaVectors:
    store = ChromaVectors(tmp_path / "vectors", "passages-test")
    store.upsert(rows(3), vectors(3))
    return store


FULL = [
    ChromaInternalError("Error creating hnsw segment writer: Error persisting hnsw index: No space left on device"),
    ChromaInternalError("Error loading hnsw index: deserialize: No space left on device (os error 28)"),
    RuntimeError("error returned from database: (code: 13) database or disk is full"),
    OSError(errno.ENOSPC, "anything"),
    OSError(errno.EDQUOT, "malformed"),
]


@pytest.mark.parametrize("fault", FULL, ids=str)
def test_a_full_disk_is_told_as_full_and_wipes_no_vector(index: ChromaVectors, fault: Exception) -> None:
    def fails(_: object) -> None:
        raise fault

    with pytest.raises(StoreError, match="No space is left"):
        index._run(fails)
    assert index.loss_notice is None
    assert index.count() == 3


@pytest.mark.parametrize(
    "words",
    [
        "Error creating hnsw segment writer: Permission denied (os error 13)",
        "Error loading hnsw index: Too many open files (os error 24)",
        "hnsw: out of memory",
        "something that nobody has met",
    ],
)
def test_what_is_no_known_damage_wipes_no_vector(index: ChromaVectors, words: str) -> None:
    def fails(_: object) -> None:
        raise ChromaInternalError(words)

    with pytest.raises(StoreError, match="failed"):
        index._run(fails)
    assert index.loss_notice is None
    assert index.count() == 3


def test_damage_is_logged_before_the_index_is_emptied(index: ChromaVectors, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    wipe = index._wipe
    monkeypatch.setattr(index, "_wipe", lambda: [order.append("wiped"), wipe()])
    monkeypatch.setattr(chroma, "_log", SimpleNamespace(warning=lambda *_, **__: order.append("logged")))
    calls = iter([ChromaInternalError("database disk image is malformed")])

    def fails_once(collection: object) -> int:
        if fault := next(calls, None):
            raise fault
        return 0

    index._run(fails_once)
    assert order == ["logged", "wiped"]
    assert index.loss_notice


# -- many threads


LOOP = """
import sys, threading
from pathlib import Path
from rag.errors import StoreError
from rag.stores.library import Library
from tests.guards import some
for _ in range(6):
    library = Library(Path(sys.argv[1]))
    begun = threading.Barrier(5)
    def look():
        begun.wait()
        try:
            while True:
                library.change_counter()
        except StoreError:
            pass
    threads = [threading.Thread(target=look) for _ in range(4)]
    for one in threads: one.start()
    begun.wait()
    library.close()
    for one in threads: one.join(30)
    assert not any(one.is_alive() for one in threads)
print("ended")
"""


def test_closing_while_threads_look_for_changes_ends_them_and_not_the_process(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", LOOP, str(tmp_path / "library.db")], cwd=PROJECT, capture_output=True, text=True
    )
    assert (process.returncode, process.stdout.strip()) == (0, "ended"), process.stderr


def test_closing_while_questions_run_ends_them_with_an_answer_or_a_clear_error(tmp_path: Path) -> None:
    room = TinyNewsroom.open(Settings(home=tmp_path / "home"))
    for number in range(3):
        room.add_text(story(number))
    assert room.wait(60)
    ends: list[Exception | None] = []
    barrier = threading.Barrier(4)

    def ask() -> None:
        barrier.wait()
        try:
            while True:
                room.search("n1e0", filters=Filters())
        except Exception as exc:  # noqa: BLE001  # looked at below
            ends.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for one in threads:
        one.start()
    barrier.wait()
    room.close()
    for one in threads:
        one.join(60)
    assert len(ends) == 3
    assert all(isinstance(one, StoreError) and "closed" in str(one) for one in some(ends)), ends


def test_json_of_the_doctor_names_the_home(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "rag", "doctor", "--json", "--home", str(tmp_path / "ü?")],
        cwd=PROJECT,
        capture_output=True,
    )
    assert json.loads(process.stdout)["home"] == str(tmp_path / "ü?")
    with Newsroom.open(Settings(home=tmp_path / "ü?")) as room:
        assert room.count() == 0
