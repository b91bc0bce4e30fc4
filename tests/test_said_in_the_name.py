"""What is said in somebody's name by their office or campaign is shown as that body's, never as their own."""

from __future__ import annotations

import pytest

from rag import Newsroom


def test_an_office_answers_for_the_one_whose_office_it_is_under_its_own_name(room: Newsroom) -> None:
    room.add_text(
        "Mayor Anna Petrova opened the fair.\n\nAnna Petrova’s office said that the harbour dredging will cost nine"
        " millions.\n\nAnna Petrova said that the fair was lovely.",
        title="The fair",
        published="2024-05-15",
    )
    room.wait()
    answer = room.ask("What did Anna Petrova say about the harbour dredging and the millions?")
    assert "will cost nine millions" in answer.answer
    assert {item.statement.speaker for item in answer.sentences if item.statement} == {"Anna Petrova’s office"}


def test_somebody_else_with_a_name_of_their_own_never_answers_for_another(room: Newsroom) -> None:
    room.add_text(
        "Anna Petrova said that the fair was lovely.\n\nAnna Petrova’s rival Karl Brandt said that the harbour dredging"
        " will cost nine millions.",
        title="The fair",
        published="2024-05-15",
    )
    room.wait()
    assert room.ask("What did Anna Petrova say about the harbour dredging and the millions?").abstained


CITY = (
    "The alarm was false. Berlin police said that the market had been cleared.\n\nChad Smith said that he would not go."
    "\n\nSwiss Re said that losses would rise.\n\nBrussels mayor Ilse Maes said that the tunnel was safe."
)


@pytest.mark.parametrize(
    "question",
    [
        "What is Germany's stated position?",
        "What is Chad's stated position?",
        "What is Switzerland's position on losses?",
        "What is the European Union's position on the tunnel?",
    ],
)
def test_a_city_a_company_and_a_first_name_answer_for_no_state(room: Newsroom, question: str) -> None:
    room.add_text(CITY, title="The day", published="2024-05-15")
    room.wait()
    assert not [item for item in room.ask(question).sentences if item.statement]


def test_a_surname_that_a_state_has_as_well_is_asked_for(room: Newsroom) -> None:
    room.add_text(
        "Rep. Jim Jordan said that the pier would close.\n\nChad Smith said that the fair was lovely.",
        title="The pier",
        published="2024-05-15",
    )
    room.wait()
    assert "pier would close" in room.ask("What did Jordan say about the pier?").answer
    assert "fair was lovely" in room.ask("What did Chad Smith say about the fair?").answer
