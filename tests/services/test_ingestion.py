"""Adding files and folders: every file has its line, dumps are read under the user's names, and what is cut says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Newsroom, Settings
from rag.cli import main
from rag.errors import UnusableInput
from rag.services.ingestion.field_maps import FieldMaps, parse_map

STORY = "The council of Eastmere agreed on {} to reopen the tram line to the harbour, the mayor told reporters at noon."


def story(day: str) -> str:
    return STORY.format(day)


def test_every_file_of_a_folder_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "clippings"
    parts = folder / "page_files"
    parts.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps({"title": "Trams", "text": story("Monday")}), "utf-8")
    (folder / "b.txt").write_text(story("Tuesday"), "utf-8")
    (folder / "c.rtf").write_text(r"{\rtf1\ansi " + story("Wednesday") + "}", "ascii")
    (folder / "d.csv").write_text(f"title,text\nTrams,{story('Thursday').replace(',', '')}\nEmpty,\n", "utf-8")
    (folder / "e.xyz").write_bytes(bytes(range(256)) * 4)
    (folder / "page.html").write_text(f"<html><body><h1>Page</h1><p>{story('Friday')}</p></body></html>", "utf-8")
    (folder / ".hidden").write_text("x", "utf-8")
    (parts / "style.css").write_text("p { color: red }", "utf-8")
    with Newsroom.open(Settings(home=str(tmp_path / "home"))) as room:
        results = room.add(folder)
    assert [(item.source.removeprefix(f"{folder}/"), item.status) for item in results] == [
        ("a.json, item 1", "added"),
        ("b.txt", "added"),
        ("c.rtf", "added"),
        ("d.csv, row 2", "added"),
        ("d.csv, row 3", "rejected"),
        ("e.xyz", "rejected"),
        ("page.html", "added"),
    ]
    assert "no text" in (results[4].reason or "")
    assert main(["add", str(folder), "--home", str(tmp_path / "home")]) == 1
    assert "rejected" in capsys.readouterr().out


def test_a_map_is_remembered_for_the_next_file_with_its_fields(tmp_path: Path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text(f"kop;blad;tekst_v\nTrams;Courier;{story('Monday')}\n", "utf-8")
    second.write_text(f"blad;kop;tekst_v\nMail;Ferries;{story('Tuesday')}\n", "utf-8")
    with Newsroom.open(Settings(home=str(tmp_path / "home"))) as room:
        [refused] = room.add(second)
        assert "--map" in (refused.reason or "")
        [added] = room.add(first, field_map="title=kop,outlet=blad,tekst_v=text")
        assert added.status == "added"
        [preview] = room.preview(second)
        assert (preview.title, preview.outlet, preview.format) == ("Ferries", "Mail", "table (CSV)")
        [wrong] = room.preview(second, field_map={"text": "tekst"})
        assert "no field 'tekst'" in (wrong.reason or "")


def test_a_map_that_names_no_field_of_ours_is_refused(tmp_path: Path) -> None:
    for written in ("kop=blad", "title=", "no-such-file.toml"):
        with pytest.raises(UnusableInput, match=r"write OURS=THEIRS"):
            parse_map(written)
    path = tmp_path / "map.toml"
    path.write_text('title = "kop"\ntext = "tekst"\n', "utf-8")
    assert parse_map(str(path)) == {"title": "kop", "text": "tekst"}
    (tmp_path / "field-maps.json").write_text("[broken", "utf-8")
    assert FieldMaps(tmp_path).all() == ()


def test_a_file_of_many_is_known_when_it_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    lines = [json.dumps({"title": f"Trams {day}", "text": story(day)}) for day in ("Monday", "Tuesday")]
    path.write_text("\n".join(lines), "utf-8")
    with Newsroom.open(Settings(home=str(tmp_path / "home"))) as room:
        assert [item.status for item in room.add(path)] == ["added", "added"]
        again = room.add(path)
    assert [(item.status, item.reason) for item in again] == [
        ("duplicate", "the file has not changed since it was read")
    ] * 2


def test_a_preview_says_what_a_file_was_taken_for_and_what_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "news.json"
    path.write_text(
        json.dumps({"articles": [{"title": "Trams", "content": story("Monday") + "… [+812 chars]"}]}), "utf-8"
    )
    assert main(["preview", str(path), "--home", str(tmp_path / "home")]) == 0
    output = capsys.readouterr().out
    assert "news.json, item 1: JSON" in output
    assert "note: cut: the record leaves out the last 812 characters" in output
    assert main(["preview", str(path), "--json", "--home", str(tmp_path / "home")]) == 0
    [entry] = json.loads(capsys.readouterr().out)["entries"]
    assert (entry["format"], entry["certainty"]) == ("JSON", "certain")


def test_a_name_that_was_encoded_twice_is_one_name_in_title_and_text(tmp_path: Path) -> None:
    twice = "Françoise Lund".encode().decode("cp1252")
    with Newsroom.open(Settings(home=str(tmp_path / "home"))) as room:
        result = room.add_text(f"{story('Monday')}\n\n“It leaks,” {twice} said.", title=f"{twice} speaks")
        article = room.article(result.article_id or "")
    assert article.title == "Françoise Lund speaks"
    assert "Françoise Lund said" in article.text
