"""Older libraries are brought up to date in one step; newer, damaged and foreign files are refused and left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from rag import Filters, LibraryDamaged, Settings
from rag.stores import schema
from rag.stores.library import Library
from rag.stores.tables import SCHEMA, metadata
from tests.killing import TinyNewsroom

# The library as it was first made.
FIRST = """
CREATE TABLE article (article_id VARCHAR NOT NULL, version VARCHAR NOT NULL, title TEXT NOT NULL, outlet VARCHAR,
  outlet_key VARCHAR, byline TEXT, published VARCHAR, updated VARCHAR, date_basis VARCHAR, language VARCHAR, url TEXT,
  ingested VARCHAR NOT NULL, words INTEGER NOT NULL, notes JSON NOT NULL, PRIMARY KEY (article_id));
CREATE INDEX ix_article_ingested ON article (ingested);
CREATE INDEX ix_article_outlet_key ON article (outlet_key);
CREATE INDEX ix_article_published ON article (published);
CREATE TABLE meta ("key" VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE passage (rowid INTEGER NOT NULL, passage_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL,
  version VARCHAR NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, known_from INTEGER NOT NULL,
  known_to INTEGER NOT NULL, PRIMARY KEY (rowid), UNIQUE (passage_id),
  FOREIGN KEY(article_id) REFERENCES article (article_id) ON DELETE CASCADE);
CREATE INDEX passage_by_version ON passage (article_id, version);
CREATE TABLE source ("key" VARCHAR NOT NULL, article_id VARCHAR NOT NULL, PRIMARY KEY ("key"),
  FOREIGN KEY(article_id) REFERENCES article (article_id) ON DELETE CASCADE);
CREATE INDEX ix_source_article_id ON source (article_id);
CREATE TABLE statement (rowid INTEGER NOT NULL, article_id VARCHAR NOT NULL, version VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL, speaker_key VARCHAR, actor_key VARCHAR, value JSON NOT NULL, PRIMARY KEY (rowid),
  UNIQUE (article_id, version, ordinal), FOREIGN KEY(article_id) REFERENCES article (article_id) ON DELETE CASCADE);
CREATE INDEX ix_statement_actor_key ON statement (actor_key);
CREATE INDEX ix_statement_speaker_key ON statement (speaker_key);
CREATE TABLE version (article_id VARCHAR NOT NULL, version VARCHAR NOT NULL, number INTEGER NOT NULL,
  text TEXT NOT NULL, ingested VARCHAR NOT NULL, known_from INTEGER NOT NULL, known_to INTEGER NOT NULL,
  cut_as VARCHAR, embedded_as VARCHAR, stated_as VARCHAR, PRIMARY KEY (article_id, version),
  FOREIGN KEY(article_id) REFERENCES article (article_id) ON DELETE CASCADE);
CREATE INDEX ix_version_embedded_as ON version (embedded_as);
CREATE INDEX ix_version_stated_as ON version (stated_as);
CREATE INDEX version_by_hash ON version (version);
CREATE VIRTUAL TABLE passage_words
  USING fts5(title, outlet, body, tokenize = 'porter unicode61 remove_diacritics 2');
INSERT INTO meta VALUES ('schema', '1');
INSERT INTO article VALUES ('a1', 'v1', 'Bridge to close', 'Esk Herald', 'esk herald', NULL, '2024-04-01', NULL,
  'meta', 'en', NULL, '2024-04-02T08:00:00+00:00', 9, '[]');
INSERT INTO version VALUES ('a1', 'v1', 1, 'The council of Esk will close the old bridge.',
  '2024-04-02T08:00:00+00:00', 1711929600, 253402300799, 'x', 'x', 'x');
INSERT INTO passage VALUES (1, 'p1', 'a1', 'v1', 0, 45, 1711929600, 253402300799);
INSERT INTO passage_words (rowid, title, outlet, body)
  VALUES (1, 'bridge to close', 'esk herald', 'the council of esk will close the old bridge.');
"""
COPIES = """
ALTER TABLE article ADD COLUMN copy_of VARCHAR REFERENCES article (article_id) ON DELETE SET NULL;
CREATE INDEX ix_article_copy_of ON article (copy_of);
ALTER TABLE article ADD COLUMN apart BOOLEAN NOT NULL DEFAULT 0;
"""


def made(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def form(library: Library) -> dict[str, Any]:
    """Tables with their columns and indices, and what else is in the file."""
    result = inspect(library._engine)
    with library.reading() as connection:
        rest = "SELECT name FROM sqlite_master WHERE type != 'index' ORDER BY name"
        others = list(connection.exec_driver_sql(rest).scalars())
    tables = {
        name: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in result.get_columns(name)),
            sorted((index["name"] or "", tuple(index["column_names"])) for index in result.get_indexes(name)),
            sorted((tuple(key["constrained_columns"]), key["referred_table"]) for key in result.get_foreign_keys(name)),
        )
        for name in result.get_table_names()
        if "_words" not in name
    }
    return {"tables": tables, "all": others}


@pytest.mark.parametrize("script", [FIRST, FIRST + COPIES], ids=["first", "with copies"])
def test_an_older_library_becomes_what_a_new_one_is_with_all_that_was_in_it(tmp_path: Path, script: str) -> None:
    older = Library(made(tmp_path / "old" / "library.db", script))
    newer = Library(tmp_path / "new" / "library.db")
    assert form(older) == form(newer)
    assert older.articles.get("a1").text == "The council of Esk will close the old bridge."
    assert older.passages.match(["council"], k=3, filters=Filters())[0][0].passage_id == "p1"
    assert older.index_state.count_missing()["statements"] == 1  # their words were not indexed then
    for library in (older, newer):
        with library.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == SCHEMA
            assert connection.exec_driver_sql("SELECT * FROM alembic_version").all() == [(schema.NEWEST_REVISION,)]
        library.close()


def test_an_older_library_is_worked_with_as_any_other(tmp_path: Path) -> None:
    made(tmp_path / "home" / "library.db", FIRST)
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        assert room.wait(300)
        assert room.search("council bridge")[0].article_id == "a1"
        assert room.amend("a1", title="Closed").title == "Closed"
        assert len(room.statements(article="a1")) == 1
        room.remove("a1")
        assert room.count() == 0


def test_the_newest_revision_is_the_one_that_new_libraries_note() -> None:
    script = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert script.get_current_head() == schema.NEWEST_REVISION
    assert len(list(script.walk_revisions())) == SCHEMA  # one form for each


def test_a_library_that_is_up_to_date_is_opened_without_writing_or_migrating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library(tmp_path / "library.db").close()
    monkeypatch.setattr(schema, "bring_up_to_date", None)
    connection = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")  # another process writes
    Library(tmp_path / "library.db").close()
    connection.close()


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()


def foreign(path: Path) -> None:
    path.unlink()
    made(path, "CREATE TABLE letters (body TEXT); INSERT INTO letters VALUES ('Dear Ida');")


def damaged(path: Path) -> None:
    path.unlink()
    made(path, FIRST + "INSERT INTO meta VALUES ('more', hex(randomblob(60000)));")
    data = bytearray(path.read_bytes())
    data[3 * 4096 : 9 * 4096] = b"\xff" * (6 * 4096)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(newer, "Upgrade onrecord"), (foreign, "no library"), (damaged, "backup")],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_sound_library_of_this_or_an_older_release_is_refused_and_left_as_it_is(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    path = tmp_path / "library.db"
    Library(path).close()
    spoil(path)
    before = list(sqlite3.connect(path).execute("SELECT type, name, sql FROM sqlite_master"))
    with pytest.raises(LibraryDamaged, match=told):
        Library(path)
    assert list(sqlite3.connect(path).execute("SELECT type, name, sql FROM sqlite_master")) == before


def test_a_migration_that_fails_half_way_leaves_the_library_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "library.db", FIRST)

    def fails(*_: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(metadata, "create_all", fails)
        with pytest.raises(RuntimeError, match="power"):
            Library(path)
    columns = [row[1] for row in sqlite3.connect(path).execute("PRAGMA table_info(article)")]
    assert "copy_of" not in columns
    Library(path).close()
