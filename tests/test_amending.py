"""What a user says about an article's fields is kept over what any later reading finds."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from rag import BadDate, Filters, Newsroom, Settings, UnknownArticle, UnusableInput
from rag.cli import main
from rag.retrieval.filtered_knn import nearest
from tests.killing import TinyNewsroom

TEXT = "The council of Esk voted on Monday to close the old bridge.\n\nTrams will run on the new one, said Ida Holm."
FRONT = "---\ntitle: Bridge to close\noutlet: Esk Herald\npublished: 2024-04-01\n---\n"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return TinyNewsroom.open(Settings(home=tmp_path / "home"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "story.md"
    made.write_text(FRONT + TEXT, "utf-8")
    return made


def test_fields_given_on_adding_outlive_a_changed_file(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path, title="The bridge", published="2024-04-03", outlet="")
    path.write_text(FRONT.replace("to close", "closed") + TEXT.replace("Monday", "Tuesday"), "utf-8")
    (again,) = room.add(path)
    assert (again.status, again.article_id) == ("updated", first.article_id)
    article = room.article(first.article_id or "")
    assert (article.title, article.outlet, article.published, article.date_basis) == (
        "The bridge", None, date(2024, 4, 3), "user",
    )  # fmt: skip
    assert "Tuesday" in article.text
    assert {item.field: (item.value, item.found) for item in article.amended} == {
        "title": ("The bridge", "Bridge closed"),
        "outlet": (None, "Esk Herald"),
        "published": ("2024-04-03", "2024-04-01"),
    }


def test_fields_given_with_a_known_file_amend_its_article(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    (again,) = room.add(path, title="The bridge")
    assert (again.status, again.article_id) == ("duplicate", first.article_id)
    assert "title as given" in (again.reason or "")
    assert room.article(first.article_id or "").title == "The bridge"


def test_another_source_with_the_same_text_only_fills_what_is_empty(room: Newsroom) -> None:
    first = room.add_text(TEXT, title="Bridge to close")
    again = room.add_text(TEXT, title="Another headline", byline="Ida Holm", published="2024-04-01")
    assert again.status == "duplicate"
    article = room.article(first.article_id or "")
    assert (article.title, article.byline, article.published) == ("Bridge to close", "Ida Holm", date(2024, 4, 1))


def test_an_amended_article_is_found_by_its_new_fields_and_no_longer_by_the_old(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    assert room.wait(300)
    old, new = Filters(outlet="Esk Herald", until="2024-04-30"), Filters(outlet="Orm Post", since="2024-05-01")  # type: ignore[arg-type]
    amended = room.amend(first.article_id or "", title="Harbour closed", outlet="Orm Post", published="2024-05-02")
    assert (amended.title, amended.outlet, amended.date_basis) == ("Harbour closed", "Orm Post", "user")
    assert room.search("council bridge", filters=old) == []
    (hit, *_) = room.search("council bridge", filters=new)
    assert (hit.title, hit.outlet) == ("Harbour closed", "Orm Post")
    assert room.search("harbour")[0].article_id == first.article_id
    assert room._parts.vectors is not None
    assert room._parts.embedder is not None
    asked = room._parts.embedder.embed(["council bridge"], "query")[0]
    assert nearest(room._parts.library, room._parts.vectors, asked, k=5, filters=new)
    assert not nearest(room._parts.library, room._parts.vectors, asked, k=5, filters=old)


def test_an_amendment_can_be_undone_and_gives_what_the_last_reading_found(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    known = first.article_id or ""
    room.amend(known, title="One", published="2020-01-01")
    path.write_text(FRONT.replace("to close", "closed") + TEXT.replace("Monday", "Tuesday"), "utf-8")
    room.add(path)
    room.amend(known, title="Two")
    back = room.amend(known, undo=["title", "published"])
    assert (back.title, back.published, back.date_basis) == ("Bridge closed", date(2024, 4, 1), "front-matter")
    assert back.amended == ()


def test_what_was_known_when_follows_an_amended_day(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    room.amend(first.article_id or "", published="2023-01-01")
    assert room.search("council", filters=Filters(as_of=date(2023, 2, 1)))
    room.amend(first.article_id or "", published="2024-06-01")
    assert not room.search("council", filters=Filters(as_of=date(2024, 5, 1)))


def test_an_amended_address_ties_what_is_read_there_later(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    room.amend(first.article_id or "", url="https://esk.example/bridge")
    again = room.add_text(TEXT.replace("Monday", "Tuesday"), url="https://esk.example/bridge")
    assert (again.status, again.article_id) == ("updated", first.article_id)


def test_statements_are_made_again_when_the_day_they_rest_on_changes(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path)
    assert room.wait(300)
    room._parts.indexer.close()
    room.amend(first.article_id or "", byline="Ida Holm")
    assert room.pending() == {"vectors": 0, "statements": 0}
    room.amend(first.article_id or "", published="2024-04-02")
    assert room.pending() == {"vectors": 0, "statements": 1}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"published": "yesterday"}, BadDate),
        ({"url": "esk.example"}, UnusableInput),
        ({"undo": ["text"]}, UnusableInput),
    ],
)
def test_unusable_amendments_change_nothing(room: Newsroom, path: Path, given: dict[str, str], error: type) -> None:
    (first,) = room.add(path)
    with pytest.raises(error):
        room.amend(first.article_id or "", title="X", **given)  # type: ignore[arg-type]
    assert room.article(first.article_id or "").title == "Bridge to close"
    with pytest.raises(UnknownArticle):
        room.amend("nobody", title="X")


def test_removing_an_article_removes_what_was_said_about_it(room: Newsroom, path: Path) -> None:
    (first,) = room.add(path, title="Unmistakable")
    room.remove(first.article_id or "")
    room.close()
    with sqlite3.connect(room._parts.library.path) as connection:
        assert connection.execute("SELECT count(*) FROM amendment").fetchone() == (0,)
    connection.close()
    assert b"Unmistakable" not in room._parts.library.path.read_bytes()


def test_the_command_amends_and_undoes(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rag.newsroom.Newsroom", TinyNewsroom)
    home = ["--home", str(tmp_path / "home"), "--json"]
    assert main(["add", str(path), *home]) == 0
    known = json.loads(capsys.readouterr().out)["results"][0]["article_id"]
    assert main(["amend", known, "--title", "The bridge", "--published", "2024-04-09", *home]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["title"], data["published"], data["date_basis"]) == ("The bridge", "2024-04-09", "user")
    assert main(["amend", known, "--undo", "title", *home]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Bridge to close"
    assert main(["amend", known, *home]) == 2
