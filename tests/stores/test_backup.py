"""A backup is whole and true, or there is none; nothing is overwritten."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import LibraryDamaged, Newsroom, Settings, StoreError, UnusableInput
from rag.stores import backup
from tests.guards import some
from tests.killing import TinyNewsroom, story


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as made:
        for number in range(5):
            made.add_text(story(number), title=f"Story {number}", url=f"https://news.example/{number}")
        made.add_text(story(1, edition=1), title="Story 1", url="https://news.example/1")
        assert made.wait(300)
        yield made


def test_what_was_backed_up_comes_back_with_every_version_and_is_found_again(room: Newsroom, tmp_path: Path) -> None:
    copy = room.backup(tmp_path / "kept.db")
    assert (copy.articles, copy.versions, copy.statements) == (5, 6, 6)
    other = Settings(home=tmp_path / "other")
    assert TinyNewsroom.restore_backup(tmp_path / "kept.db", other).versions == 6
    with TinyNewsroom.open(other) as again:
        assert again.wait(300)
        assert {item.article_id for item in again.articles()} == {item.article_id for item in room.articles()}
        assert [len(again.article(item.article_id).versions) for item in again.articles()].count(2) == 1
        assert again.search("n3e0") == room.search("n3e0")
        assert again.doctor().healthy


def test_a_backup_while_articles_go_in_is_a_library_of_some_moment(room: Newsroom, tmp_path: Path) -> None:
    adding = threading.Thread(target=lambda: [room.add_text(story(number)) for number in range(10, 60)])
    adding.start()
    items = [room.backup(tmp_path / f"{number}.db") for number in range(3)]
    adding.join()
    assert [item.articles for item in items] == sorted(item.articles for item in items)
    assert all(5 <= item.articles <= 55 for item in some(items))


def test_neither_a_backup_nor_a_library_is_overwritten(room: Newsroom, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    room.backup(kept)
    before = kept.read_bytes()
    with pytest.raises(UnusableInput, match="exists"):
        room.backup(kept)
    with pytest.raises(UnusableInput, match="never overwritten"):
        TinyNewsroom.restore_backup(kept, room.settings)
    assert kept.read_bytes() == before
    assert room.count() == 5
    with pytest.raises(UnusableInput, match="no backup"):
        TinyNewsroom.restore_backup(tmp_path / "nowhere.db", Settings(home=tmp_path / "new"))


def test_a_damaged_or_altered_backup_is_refused_and_leaves_nothing(room: Newsroom, tmp_path: Path) -> None:
    kept, home = tmp_path / "kept.db", tmp_path / "new"
    room.backup(kept)
    whole = kept.read_bytes()
    with sqlite3.connect(kept) as connection:
        connection.execute("UPDATE version SET text = replace(text, 'n2e0', 'n2e9')")
    with pytest.raises(LibraryDamaged, match="was altered"):
        TinyNewsroom.restore_backup(kept, Settings(home=home))
    for damaged in (whole[:5000], b"letters" * 1000, whole[:4096] + bytes(4096) + whole[8192:], b""):
        kept.write_bytes(damaged)
        with pytest.raises(LibraryDamaged):
            TinyNewsroom.restore_backup(kept, Settings(home=home))
    assert not home.exists()


def test_a_place_that_can_not_be_written_is_a_clear_error(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="could not be written"):
        room.backup(tmp_path / "file" / "kept.db")

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_flush", full)
    with pytest.raises(StoreError, match="No space left"):
        room.backup(tmp_path / "kept.db")
    assert not list(tmp_path.glob("kept.db*"))


def test_the_commands_do_the_same(room: Newsroom, tmp_path: Path) -> None:
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "rag", *map(str, words)], capture_output=True, text=True)

    result = run("backup", tmp_path / "kept.db", "--home", room.settings.home, "--json")
    assert json.loads(result.stdout)["articles"] == 5
    again = run("backup", tmp_path / "kept.db", "--home", room.settings.home)
    assert (again.returncode, "exists" in again.stderr) == (2, True)
