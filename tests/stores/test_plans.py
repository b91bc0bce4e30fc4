"""What is asked of the library while articles come in and are asked about is answered from indices at any size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from rag import Filters, Settings
from tests.killing import TinyNewsroom

NEWS = """# {town} opens a bridge

Mayor Ada Quill of {town} opened the bridge of {town} on Monday. "We waited {years} years for it," Quill said.

Engineers of {town} had denied that the bridge of {town} would be late."""
# An index that holds all a question needs may be read from end to end; of these tables no row may be.
GROWING = ("article", "version", "passage", "statement", "copy_key", "source", "reading", "fetched", "person", "actor")


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Every statement that goes to a database of this test, with the values of its first time. Libraries that other
    tests left open may work on in their threads.
    """
    seen: dict[str, Any] = {}

    def note(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if str(tmp_path) in str(connection.engine.url):
            seen.setdefault(statement, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_no_table_is_read_whole_while_articles_come_in_and_are_asked_about(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for number in range(40):
        town = f"Town{number}"
        (news / f"{number}.md").write_text(NEWS.format(town=town, years=number + 2), "utf-8")
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        room.add(news)
        room.wait()
        room.add(news)
        room.search("bridge late", filters=Filters(since=date(2020, 1, 1)))
        room.ask("What did the mayor of Town7 say about the bridge?")
        room.progress()
    with sqlite3.connect(tmp_path / "home" / "library.db") as connection:
        whole = {}
        for statement, values in asked.items():
            if statement.split(None, 1)[0] in {"SELECT", "WITH", "UPDATE", "DELETE", "INSERT"}:
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                if any(step == f"SCAN {table}" for step in plan for table in GROWING):
                    whole[statement] = plan
    assert len(asked) > 40
    assert not whole
