"""A library moved to a server and back is the same; a move that was broken off goes on; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag.composition import open_library as opened
from rag.domain import Filters
from rag.errors import BadSettings, StoreError, UnusableInput
from rag.settings import Settings
from rag.stores import transfer
from rag.stores.library import Library
from tests.contracts.library import put, statement
from tests.servers.postgres import Cluster

NONE = Filters()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Articles with versions, a copy, statements, a correction, a conversation and notes."""
    made = Library(tmp_path / "old" / "library.db")
    wire = "The council of Esk will close the old bridge on Monday, the mayor said. " * 8
    for n in range(30):
        result = put(made, f"Report {n}: ferries sail from Esk at {n} o'clock. " * 3, title=f"Ferry {n}", key=f"k{n}")
        made.statements.put(result.article_id or "", result.version or "", [statement(result, f"Ada Quill {n}")], "f")
    put(made, "Report 3: no ferry sails.", title="Ferry 3", key="k3")
    put(made, wire, title="Bridge", outlet="Wire", key="w", published=date(2022, 2, 3))
    assert put(made, wire, title="Bridge to close", outlet="Herald", key="h").status == "copy"
    (first, *_) = made.statements.find(NONE)
    made.statements.correct(first, "corrected", {"role": "mayor"})
    made.chats.save_turn("chat", "When do ferries sail?", NONE)
    made.meta.set("hint", "Şehir 🚢")
    yield made
    made.close()


def seen(library: Library) -> dict[str, Any]:
    result = library.passages.match(["ferries", "bridge"], k=99, filters=NONE)
    return {
        "articles": [library.articles.get(item.article_id) for item in library.articles.page(NONE)],
        "originals": library.articles.originals(library.articles.ids(NONE)),
        "statements": library.statements.find(NONE),
        "found": [(item.passage_id, round(score, 6)) for item, score in result],
        "chats": library.chats.all(),
        "hint": library.meta.get("hint"),
        "left": library.index_state.count_missing(),
    }


def test_a_library_that_went_to_a_server_and_back_is_the_same(
    library: Library, postgres: Cluster, tmp_path: Path
) -> None:
    server, back = Library(postgres.database()), Library(tmp_path / "new" / "library.db")
    there = transfer.move_library(library, server)
    home = transfer.move_library(server, back)
    assert (there.articles, there.versions, there.statements) == (32, 33, 30)
    assert (home.articles, home.versions, home.rows) == (there.articles, there.versions, there.rows)
    assert seen(library) == seen(server) == seen(back)
    for moved in (server, back):  # and goes on as any other
        assert put(moved, "Report 3: ferries sail again.", title="Ferry 3", key="k3").status == "updated"
        assert put(moved, "Something new.", key="new").status == "added"
        moved.close()


@pytest.mark.parametrize("batch", [1, 4, 9])
def test_a_move_that_was_broken_off_goes_on_and_until_then_nobody_opens_the_target(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(transfer, "_BATCH", 7)
    settings = Settings(home=tmp_path / "new")
    target = Library(tmp_path / "new" / "library.db")
    told: list[str] = []

    def power_goes(table: str, _done: int, _total: int) -> None:
        told.append(table)
        if len(told) == batch:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer.move_library(library, target, progress=power_goes)
    with pytest.raises(StoreError, match="migrate-store"):
        opened(settings)
    transfer.move_library(library, target)
    assert seen(library) == seen(target)
    opened(settings).close()
    target.close()


def test_a_place_that_holds_anything_is_refused_and_left_alone(library: Library, tmp_path: Path) -> None:
    target = Library(tmp_path / "new" / "library.db")
    put(target, "Mine.")
    with pytest.raises(UnusableInput, match="never overwritten"):
        transfer.move_library(library, target)
    assert target.articles.count(NONE) == 1
    target.close()


def test_another_library_does_not_go_on_with_a_move(library: Library, tmp_path: Path) -> None:
    target, other = Library(tmp_path / "new" / "library.db"), Library(tmp_path / "other" / "library.db")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer.move_library(library, target, progress=stop)
    put(other, "Another library.")
    with pytest.raises(UnusableInput, match="not empty"):
        transfer.move_library(other, target)
    for one in (target, other):
        one.close()


def test_what_was_changed_in_the_target_is_found(library: Library, tmp_path: Path) -> None:
    target = Library(tmp_path / "new" / "library.db")

    def alter(table: str, done: int, total: int) -> None:
        if table == "meta":
            with target.writing() as connection:
                connection.exec_driver_sql("UPDATE version SET text = replace(text, 'ferries', 'trains')")

    with pytest.raises(StoreError, match="version"):
        transfer.move_library(library, target, progress=alter)
    target.close()


def test_a_server_is_named_with_its_vectors(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="ONRECORD_CHROMA_URL"):
        Settings(home=tmp_path, database_url="postgresql://u:geheim@h/d")
