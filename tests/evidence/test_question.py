"""Reading a question: whose words it asks for, and what it calls by name."""

from __future__ import annotations

import pytest

from rag.evidence.question import names_in, read_question

KNOWN = ["ida holm", "erik holm", "boris vane"]


@pytest.mark.parametrize(
    ("question", "actors"),
    [
        ("What did Ida Holm say about the pier?", ("ida holm",)),
        ("What did Holm say about the pier?", ("ida holm", "erik holm")),
        ("What did Mayor Holm say about the pier?", ("ida holm", "erik holm")),
        ("what did erik holm say about the pier?", ("erik holm",)),
        ("What did Petra Holm say about the pier?", ()),
        ("What did Vane and Petra Holm say about the pier?", ("boris vane",)),
    ],
)
def test_a_last_name_stands_for_nobody_with_another_first_name(question: str, actors: tuple[str, ...]) -> None:
    assert read_question(question, KNOWN).actors == actors


def test_a_stranger_with_a_known_last_name_is_missing() -> None:
    assert read_question("What did Petra Holm say about the pier?", KNOWN).missing_actor == "Petra Holm"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Considering the reforms in a Harbour Bank report, what changed?", ["Harbour Bank"]),
        ("What did Norbank's Ida Holm say in October?", ["Norbank", "Ida Holm"]),
        ("Who spoke on Monday?", []),
        ("Esk's budget?", ["Esk"]),
    ],
)
def test_openers_and_days_are_no_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names
