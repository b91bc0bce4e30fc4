"""Answers that list, count, take one side, or stand newest first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag import Newsroom, Settings
from rag.question.kind import QuestionKind
from rag.services.answers.shapes import sides_of

F, A = QuestionKind.FOR, QuestionKind.AGAINST


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Ida Holm condemned the quarry.", {A}),
        ("Ida Holm called the quarry a disaster.", {A}),
        ("Holm hailed the quarry.", {F}),
        ("Holm welcomed the quarry.", {F}),
        ("Holm does not support the quarry.", {A}),
        ("Holm never opposed the quarry.", {F}),
        ("The quarry opened on Monday.", set()),
    ],
)
def test_words_take_a_side_and_a_negation_turns_them(text: str, sides: set[QuestionKind]) -> None:
    assert sides_of(text) == sides


ARTICLES = (
    ("Quarry opens", "2024-02-01", "The Orla quarry opened, its owner said. It is deep."),
    ("Doctor objects", "2024-02-03", "Doctor Ida Holm said the Orla quarry was a disaster for the lungs."),
    ("Mayor glad", "2024-02-05", "Mayor Per Lund welcomed the Orla quarry on Monday."),
    ("Choir sings", "2024-02-06", "The choir sang in the rain."),
)


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    room = Newsroom.open(Settings(home=str(tmp_path)))
    for title, day, text in ARTICLES:
        room.add_text(text, title=title, outlet="Orla Post", published=day)
    room.wait()
    return room


def test_articles_are_counted_and_one_side_is_shown(room: Newsroom) -> None:
    with room:
        count = room.ask("How many articles mention the Orla quarry?")
        assert "3 articles mention “Orla quarry”." in count.notices
        assert len({item.article_id for item in count.citations}) == 3
        against = room.ask("Who is against the Orla quarry?").answer
        assert "Holm" in against
        assert "Lund" not in against
        support = room.ask("Who supports the Orla quarry?").answer
        assert "Lund" in support
        assert "Holm" not in support
        everybody = room.ask("Who has commented on the Orla quarry?").answer
        assert "Lund" in everybody
        assert "Holm" in everybody
        assert "choir" not in everybody


def test_the_newest_comes_first_and_the_older_is_marked(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=str(tmp_path))) as room:
        for day, what in ((date(2024, 1, 9), "stay open"), (date(2024, 5, 7), "close soon")):
            room.add_text(
                f"Mayor Per Lund said on Monday that the ferry would {what}.", title="Ferry", published=str(day)
            )
        room.wait()
        answer = room.ask("What is Per Lund's position on the ferry?")
        assert [("close" in item.text, item.note) for item in answer.sentences] == [(True, None), (False, "earlier")]
        assert "open" not in room.ask("What is the latest Per Lund said about the ferry?").answer
