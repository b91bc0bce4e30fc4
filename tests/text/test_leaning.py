"""Sentences that lean on one before them."""

from __future__ import annotations

import pytest

from rag.text.leaning import leans

BEFORE = "The council of Lund closed the old bridge. A group of engineers had asked for the closure."


@pytest.mark.parametrize(
    "sentence",
    [
        "He opened the gate.",
        "That compares with 12 a year ago.",
        "In its reply, the council named no day.",
        "After their meeting the mayors went home.",
        "However, nobody came.",
        "The mayor also spoke.",
        "The move surprised the port.",
        "The closure hurts the shops.",
        "The group wants a new bridge.",
        "The engineer had no doubt.",
        "The old bridge carried trams.",
        "The bridge shows that trams are heavy.",
    ],
)
def test_a_sentence_that_points_back_leans(sentence: str) -> None:
    assert leans(sentence, BEFORE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Ida Holm opened the gate.",
        "In her first speech, Ida Holm named the day.",
        "In June the port opened.",
        "The mayor of Lund opened the gate.",
        "The government closed the port.",
        "The closure of the bridge hurts the shops.",
        "The engineer who drew the bridge had no doubt.",
        "The ferry sank near Esk.",
        "It was not clear who drew the bridge.",
        "The bridge that fell was new.",
    ],
)
def test_a_sentence_that_names_what_it_is_about_stands_alone(sentence: str) -> None:
    assert not leans(sentence, BEFORE)


def test_a_noun_is_new_where_nothing_stands_before() -> None:
    assert not leans("The closure hurts the shops.")
