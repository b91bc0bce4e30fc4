from __future__ import annotations

import pytest

from rag.question.spelling import distance, mended

KNOWN = frozenset("ida holm tram council say".split())
NEAR = ("The council said the hospital tram would be cheaper than the mayor had feared.", "Hospital tram")
SPEAKERS = ("ida holm", "serhiy voloshyn", "mayor lindgren")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What did the coucnil say?", "What did the council say?"),
        ("When will teh tram reach the hopsital?", "When will the tram reach the hospital?"),
        ("Wat did the council say?", "What did the council say?"),
        ("What did Lindgrem say?", "What did Lindgren say?"),
        ("What did Sergei Voloshin say?", "What did Serhiy Voloshyn say?"),
        ("What did Hahn say?", "What did Hahn say?"),  # too short to be anybody but Hahn
        ("What about zymurgy?", "What about zymurgy?"),
        ("Will the clinic pay?", "Will the hospital pay?"),
        ("Who may clinic there?", "Who may clinic there?"),  # where no noun stands, a synonym might be another word
        ("What did the major say?", "What did the mayor say?"),  # a word, and a slip for another
    ],
)
def test_what_is_mended(typed: str, meant: str) -> None:
    found = mended(typed, known=KNOWN.__contains__, near=NEAR, speakers=SPEAKERS, refused=())
    assert found.text == meant
    for item in found.told(typed):
        assert typed[item.start : item.end] == item.text
        assert item.note == f"Searched for {item.value}"


def test_a_word_that_the_reader_keeps() -> None:
    found = mended("The coucnil?", known=KNOWN.__contains__, near=NEAR, speakers=SPEAKERS, refused={"council"})
    assert found.places == ()


def test_places_go_back_to_what_was_typed() -> None:
    typed = "Will teh hosptial tram come?"
    found = mended(typed, known=KNOWN.__contains__, near=NEAR, speakers=SPEAKERS, refused=())
    at = found.text.index("tram")
    assert typed[found.as_typed(at) :].startswith("tram")


@pytest.mark.parametrize(
    ("one", "other", "off"), [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abcd", 1), ("abc", "xyz", 3)]
)
def test_distance(one: str, other: str, off: int) -> None:
    assert distance(one, other, 3) == off


def test_another_form_of_a_word_is_searched_for_and_not_told() -> None:
    question = mended("Which hospitals agree?", known=KNOWN.__contains__, near=NEAR, speakers=SPEAKERS, refused=())
    assert question.text == "Which hospital agree?"
    assert question.told("Which hospitals agree?") == ()
