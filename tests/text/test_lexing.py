"""Words of a text one by one, as claims and copies are compared by."""

from __future__ import annotations

import pytest

from rag.text.differences import differences
from rag.text.lexing import lexemes, number_in
from rag.text.related_words import exclude_each_other, opposite
from rag.text.terms import stem


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Lund's ferry can’t leave", ["lund", "ferry", "can", "n't", "leave"]),
        ("They'll sell the would-be", ["they", "will", "sell", "the", "would", "be"]),
        ("US$5m or 5 per cent at 90 km/h", ["us$", "5", "m", "or", "5", "percent", "at", "90", "km/h"]),
        ("sixty-two at 10:30 a.m. sharp", ["sixty-two", "at", "10:30", "a.m.", "sharp"]),
        ("12\u00a0000 of 1,000", ["12 000", "of", "1,000"]),
    ],
)
def test_words_stand_in_full_and_on_their_own(text: str, forms: list[str]) -> None:
    assert [item.form for item in lexemes(text, 0, len(text))] == forms


def test_an_auxiliary_that_is_cut_short_has_its_own_characters() -> None:
    text = "No, they'll go"
    assert [text[item.start : item.end] for item in lexemes(text, 0, len(text))] == ["No", "they'll", "ll", "go"]


@pytest.mark.parametrize(
    ("form", "value"),
    [("1,000", "1000"), ("12 000", "12000"), ("03", "3"), ("1.5", "1.5"), ("sixty-two", "62"), ("ferry", None)],
)
def test_numbers_in_figures_and_in_words_have_a_value(form: str, value: str | None) -> None:
    assert number_in(form) == value


def test_a_word_with_an_auxiliary_is_shown_once() -> None:
    text = "The owners said that they're ready to sell the old ferry of the town."
    other = text.replace("they're ready", "they're not ready")
    assert "they're they're" not in str(differences(text, other))
    text = "The owners said that not they're to blame for the fire in the old mill."
    assert [item.ours for item in differences(text, text.replace("not ", ""))] == ["not they're"]


def test_words_that_exclude_each_other_are_opposites_of_claims_too() -> None:
    for one, other in (("woman", "man"), ("lend", "borrow"), ("lift", "impose"), ("denied", "confirmed")):
        assert exclude_each_other(stem(one), stem(other))
        assert opposite(stem(one), stem(other))
    assert not exclude_each_other(stem("lift"), stem("ease"))  # on one side
