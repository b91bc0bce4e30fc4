"""The library in a file: what every library does, and what only a file can go through."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.domain import Filters
from rag.errors import LibraryDamaged, StoreError
from rag.stores.library import Library
from tests.contracts.library import LibraryContract, put, statement


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "home" / "library.db")
    yield made
    made.close()


class TestInAFile(LibraryContract):
    @pytest.fixture
    def library(self, tmp_path: Path) -> Iterator[Library]:
        made = Library(tmp_path / "home" / "library.db")
        yield made
        made.close()


def test_no_byte_of_what_was_removed_stays_in_the_file(library: Library) -> None:
    result = put(library, "Zanzibar trades cloves.", key="k")
    library.statements.put(result.article_id or "", result.version or "", [statement(result, "Zanzibar")], "f")
    library.articles.remove(result.article_id or "")
    assert b"zanzibar" not in b"".join(path.read_bytes() for path in library.path.parent.iterdir()).lower()


def test_a_file_that_is_no_library_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"not a database at all, but somebody's letters" * 50)
    with pytest.raises(LibraryDamaged, match="backup"):
        Library(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_newer_library_is_refused(library: Library) -> None:
    library.meta.set("schema", "99")
    with pytest.raises(LibraryDamaged, match="newer"):
        Library(library.path)


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    with pytest.raises(StoreError):
        Library(tmp_path / "library.db")


def test_speakers_are_found_by_the_last_word_of_their_name_and_new_ones_too(library: Library) -> None:
    assert library.statements.actors_ending(["holm"]) == []
    result = put(library, "Ada Holm: “We keep it.”")
    item = statement(result, "Ada Holm")
    library.statements.put(item.article_id, item.version, [item], "rules-1")
    assert library.statements.actors_ending(["holm", "ada"]) == ["ada holm"]
    assert library.statements.actors_ending(["ada"]) == []
    library.statements.put(item.article_id, item.version, [], "rules-1")
    assert library.statements.actors_ending(["holm"]) == []


def test_what_two_said_together_is_found_by_either_name(library: Library) -> None:
    result = put(library, "Text about it.")
    library.statements.put(
        result.article_id or "", result.version or "", [statement(result, "Ana Gül and Bo Marsh")], "f"
    )
    for name in ("Ana Gül", "Bo Marsh"):
        assert len(library.statements.find(Filters(), actor=name)) == 1
        assert library.statements.find(Filters(speaker=name))
    assert not library.statements.find(Filters(), actor="Marsh")
    assert {name for name, _ in library.statements.actors()} == {"ana gul", "bo marsh", "ana gul and bo marsh"}


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, as it does in a shell; a suite that runs in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_waits_for_the_end_of_a_transaction(library: Library, ctrl_c: None) -> None:
    steps = []

    def write() -> None:
        with library.writing() as connection:
            signal.raise_signal(signal.SIGINT)
            connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('colour', 'green')")
            steps.append("written")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert steps == ["written"]
    assert library.meta.get("colour") == "green"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    library.meta.set("colour", "blue")  # the library is not locked
