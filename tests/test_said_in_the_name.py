"""What is said in somebody's name by their office or campaign is shown as that body's, never as their own."""

from __future__ import annotations

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
