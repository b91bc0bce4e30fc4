"""An answer shows both sides of what it is about, and nothing of another event."""

from __future__ import annotations

import pytest

from rag import Newsroom


def test_a_yes_or_no_question_about_this_year_shows_both_sides(room: Newsroom) -> None:
    room.add_text(
        "The old Esk tram will run again this year, the operator Voltra said.", outlet="A", published="2024-04-17"
    )
    room.add_text(
        "The old Esk tram will not run again this year, the operator Voltra said.", outlet="B", published="2024-04-17"
    )
    room.wait()

    answer = room.ask("Will the old Esk tram run again this year?")

    assert len(answer.citations) == 2
    assert [set(item.sides) for item in answer.conflicts] == [{(1,), (2,)}]


@pytest.mark.parametrize("other", ["Marra", "Lund"])
def test_the_toll_of_another_event_is_no_other_side(room: Newsroom, other: str) -> None:
    room.add_text("Four miners were killed when a roof fell at Esk colliery on Tuesday.", published="2024-11-14")
    room.add_text(f"Seventeen passengers were killed when a bus fell off a road at {other}.", published="2024-11-15")
    room.wait()

    answer = room.ask("How many miners were killed at Esk colliery?")

    assert not answer.conflicts
    assert other not in answer.answer
