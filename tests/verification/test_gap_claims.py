"""What a sentence says is missing, the question that this leaves open, and what it says besides."""

from __future__ import annotations

import pytest

from rag.domain import DraftSentence
from rag.verification.gap_claims import gap_in, split_remark

QUESTIONS = {
    "The articles do not say where the ferry will dock.": "Where the ferry will dock?",
    "The date of the launch is not given.": "When was the launch?",
    "The articles give no reason for the delay.": "What was the reason for the delay?",
    "The articles do not mention which office Marit Sande holds.": "Who is Marit Sande?",
    "Sande's role is not stated.": "Who is Sande?",
    "The names of those who drew up the plan are not given.": "Who drew up the plan?",
    "The articles do not say whether the pier is open.": "Is it true that the pier is open?",
    "The sources do not mention the price of a ticket.": "What is the price of a ticket?",
}


@pytest.mark.parametrize(("text", "question"), QUESTIONS.items())
def test_a_gap_leaves_a_question_open(text: str, question: str) -> None:
    gap = gap_in(DraftSentence(text=text, sids=()))
    assert gap is not None
    assert gap.question == question


@pytest.mark.parametrize(
    ("text", "gap", "remark"),
    [
        (
            "The articles do not give the day, but it was in May.",
            "The articles do not give the day.",
            "It was in May.",
        ),
        (
            "Although Sande left, the articles do not say why.",
            "The articles do not say why.",
            "Sande left.",
        ),
        ("Sande left, but came back.", "Sande left, but came back.", None),
    ],
)
def test_a_remark_is_told_from_the_gap_beside_it(text: str, gap: str, remark: str | None) -> None:
    assert split_remark(text) == (gap, remark)
