"""What is suggested to ask: of named actors, on the news, and answered by the library."""

from __future__ import annotations

import pytest

from rag.newsroom import Newsroom
from rag.ui import suggestions

pytestmark = pytest.mark.library

HARBOUR = (
    "The Esk council met on Monday. Ida Holm, the harbour master of Esk, said that the night ferries of Lakeside would "
    "crowd the harbour. Holm told reporters that the harbour had no room left."
)
FERRIES = (
    "The prime minister, Tom Reed, told the Lakeside Courier that the ferry row with the northern towns was “a storm "
    "in a teacup”. The PM said that it would pass."
)
ARTICLES = (("Harbour Fears Grow In Esk", HARBOUR), ("PM: Lake Ferry Row Angers Northern Towns", FERRIES))


def add(room: Newsroom) -> list[str]:
    ids = [
        room.add_text(text, title=title, outlet="Lakeside Courier", published=f"2022-02-0{day}").article_id
        for day, (title, text) in enumerate(ARTICLES, 1)
    ]
    room.wait()
    return [one for one in ids if one]


def test_each_suggestion_names_somebody_in_full_and_something_of_the_headline_and_is_answered(room: Newsroom) -> None:
    add(room)
    found = suggestions.opening_questions(room)
    assert "What did Ida Holm say about the harbour?" in found or "What did Ida Holm say?" in found
    assert any("Tom Reed" in one for one in found)
    for question in found:
        words = question if "reported" not in question else ""  # there the headline stands in quotation marks
        assert not any(one in words for one in ("PM", "Courier", "Angers")), question
        assert not room.ask(question).abstained, question


def test_follow_ups_ask_others_than_the_answer_shows(room: Newsroom) -> None:
    add(room)
    found = suggestions.follow_ups(room, room.ask("What did Ida Holm say?"))
    assert found
    assert not any("Holm" in question for question in found)
