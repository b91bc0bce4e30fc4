"""Courtesies: what asks nothing gets a kind line, and what asks something is a question."""

from __future__ import annotations

import pytest

from rag.question.courtesy import reply_to_courtesy


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Thanks!", "You’re welcome."),
        ("thank you very much", "You’re welcome."),
        ("OK, thanks", "You’re welcome."),
        ("cheers", "You’re welcome."),
        ("Hello there!", "Hello."),
        ("good morning", "Hello."),
        ("ok", "All right."),
    ],
)
def test_a_courtesy_is_answered_with_what_one_can_ask(text: str, opening: str) -> None:
    reply = reply_to_courtesy(text) or ""
    assert reply.startswith(opening)
    assert "Ask what somebody said" in reply


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, and what did the mayor say?",
        "Who thanked the nurses?",
        "Hello Kitty sales",
        "why?",
        "Is the ferry OK?",
        "thanksgiving",
        "right to roam",
    ],
)
def test_a_question_is_no_courtesy(text: str) -> None:
    assert reply_to_courtesy(text) is None
