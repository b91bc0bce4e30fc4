"""A common word that stands for different things in different articles is asked back; in one story it is clear."""

from __future__ import annotations

from rag import Newsroom

PLANS = (
    "Ida Holm criticised the plan to shut the Esk swimming pool.",
    "Bo Lind criticised the plan to send a probe to the moon of Saturn.",
    "Ada Marsh criticised the plan to vaccinate cattle against fever.",
    "Per Rusk criticised the plan to raise interest rates in spring.",
    "Tor Vik criticised the plan to move the opera to the harbour.",
    "Jana Belk criticised the plan to ban fishing of herring at night.",
)
WHO = ("Ida Holm", "Bo Lind", "Ada Marsh", "Per Rusk", "Tor Vik", "Jana Belk")


def test_a_plan_of_many_is_asked_back(room: Newsroom) -> None:
    for text in PLANS:
        room.add_text(text, title=text.split(" to ")[1], published="2024-03-05")
    room.wait()

    answer = room.ask("Who criticised the plan?")

    assert answer.abstained
    assert any("different subjects" in notice for notice in answer.notices)


def test_the_plan_of_one_story_is_clear(room: Newsroom) -> None:
    for day, name in enumerate(WHO, start=1):
        text = f"{name} criticised the plan to shut the Esk swimming pool, on day {day} of the council's talks."
        room.add_text(text, title=f"{name} on Esk swimming pool", published=f"2024-03-0{day}")
    room.wait()

    answer = room.ask("Who criticised the plan?")

    assert not answer.abstained
    assert "Holm" in answer.answer
