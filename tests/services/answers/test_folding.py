"""The same words in two articles are one line of an answer, with both as its sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Newsroom
from rag.ui import answer_views

APART = (
    "Mill to stay | Esk Courier | {}\n"
    "“We are not closing the mill to spite the town,” owner Ida Holm told the Courier on Monday. "
    "The talks are on. “The sale that we plan has nothing to do with the strike,” she said."
)
TOGETHER = (
    "Owner speaks on mill | Linn Post | {}\n"
    "The owner of the mill, Ida Holm, spoke on Monday. “We are not closing the mill to spite the town,” Holm said, "
    "“The sale that we plan has nothing to do with the strike.” Workers went home."
)


@pytest.mark.parametrize("days", [("2024-03-04", "2024-03-05"), ("2024-03-05", "2024-03-04")])
def test_words_quoted_together_and_apart_are_one_line_with_both_sources(
    library_of: Callable[[str], Newsroom], days: tuple[str, str]
) -> None:
    room = library_of(f"{APART.format(days[0])}\n\n{TOGETHER.format(days[1])}")
    answer = room.ask("What did Ida Holm say?")
    lines = [item for item in answer.sentences if "spite the town" in item.text]
    assert len(lines) == 1
    assert sum("nothing to do" in item.text for item in answer.sentences) == 1
    outlets = {one.outlet for one in answer.citations if one.n in lines[0].citations}
    assert outlets == {"Esk Courier", "Linn Post"}
    page = answer_views.answer_html(lines, answer.citations, "1")
    assert "Esk Courier, " in page
    assert "Linn Post, " in page
