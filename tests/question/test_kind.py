"""The kind of answer that a question wants."""

from __future__ import annotations

import pytest

from rag.question.kind import QuestionKind, question_kind, subject_of


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("How many articles mention the Orla quarry?", QuestionKind.COUNT, "Orla quarry"),
        ("How many stories are about the strike?", QuestionKind.COUNT, "strike"),
        ("how many reports cover Norland?", QuestionKind.COUNT, "Norland"),
        ("How many articles refer to the toll road?", QuestionKind.COUNT, "toll road"),
        ("In how many articles is there anything about Sudria?", QuestionKind.COUNT, "Sudria"),
        ("How many pieces discuss the quarry?", QuestionKind.COUNT, "quarry"),
        ("List everyone who has commented on the quarry.", QuestionKind.LIST, "quarry"),
        ("Who has commented on the quarry?", QuestionKind.LIST, "quarry"),
        ("Who else has spoken about the quarry?", QuestionKind.LIST, "quarry"),
        ("Name all who spoke about the toll road", QuestionKind.LIST, "toll road"),
        ("Who talked about the toll road?", QuestionKind.LIST, "toll road"),
        ("Please list everybody who weighed in on the quarry", QuestionKind.LIST, "quarry"),
        ("Who criticised the quarry?", QuestionKind.AGAINST, "quarry"),
        ("Who has condemned the quarry?", QuestionKind.AGAINST, "quarry"),
        ("Who is against the quarry?", QuestionKind.AGAINST, "quarry"),
        ("Who else opposes the quarry?", QuestionKind.AGAINST, "quarry"),
        ("List everyone who objected to the quarry", QuestionKind.AGAINST, "quarry"),
        ("Who attacked the toll road?", QuestionKind.AGAINST, "toll road"),
        ("Who supports the quarry?", QuestionKind.FOR, "quarry"),
        ("Who praised the quarry?", QuestionKind.FOR, "quarry"),
        ("Who is in favour of the quarry?", QuestionKind.FOR, "quarry"),
        ("Who is for the quarry?", QuestionKind.FOR, "quarry"),
        ("Who has backed the quarry?", QuestionKind.FOR, "quarry"),
        ("Who welcomed the toll road?", QuestionKind.FOR, "toll road"),
        ("What is the latest Ida Holm said about the quarry?", QuestionKind.LATEST, ""),
        ("What did Ida Holm most recently say?", QuestionKind.LATEST, ""),
        ("What was the last thing Ida Holm said?", QuestionKind.LATEST, ""),
        ("What is Sudria's position on the quarry?", QuestionKind.CURRENT, ""),
        ("What is Sudria's current stance?", QuestionKind.CURRENT, ""),
        ("What does Ida Holm say about the quarry?", QuestionKind.CURRENT, ""),
        ("Who leads Sudria now?", QuestionKind.CURRENT, ""),
        ("What does Sudria want at present?", QuestionKind.CURRENT, ""),
        ("Who forgot the key?", QuestionKind.PLAIN, ""),
        ("Who said that the quarry would close?", QuestionKind.PLAIN, ""),
        ("How many people died?", QuestionKind.PLAIN, ""),
        ("What did Ida Holm say about the quarry?", QuestionKind.PLAIN, ""),
        ("Who ran back to the quarry?", QuestionKind.PLAIN, ""),
    ],
)
def test_a_question_is_read_by_its_wording(text: str, kind: QuestionKind, subject: str) -> None:
    assert (question_kind(text), subject_of(text)) == (kind, subject)
