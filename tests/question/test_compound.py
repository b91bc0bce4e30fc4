"""Compound questions are split where the next question begins, and not where they may be one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.domain import Evidence, EvidenceSentence
from rag.question.compound import merge_evidence, split_question


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "What did Lund say about the ferry, and what did Holm say about taxes?",
            ["What did Lund say about the ferry?", "what did Holm say about taxes?"],
        ),
        (
            "When was the mill shut down, what will the repair cost and who will carry it out?",
            ["When was the mill shut down?", "what will the repair cost?", "who will carry the repair out?"],
        ),
        (
            "When will the ferry line open? How many people live in Esk?",
            ["When will the ferry line open?", "How many people live in Esk?"],
        ),
        (
            "Who is for and against the harbour levy?",
            ["Who is for the harbour levy?", "Who is against the harbour levy?"],
        ),
        (
            "Which parties support and which oppose the levy?",
            ["Which parties support the levy?", "Which parties oppose the levy?"],
        ),
        (
            "Where is the training center; who won the football match?",
            ["Where is the training center; who won the football match?"],
        ),
        (
            "Where is the training center and who won the football match?",
            ["Where is the training center?", "who won the football match?"],
        ),
        (
            "What did Lund say about the ferry, and what about Holm?",
            ["What did Lund say about the ferry?", "What did Holm say about the ferry?"],
        ),
        (
            "What did Lund say about the ferry? And what did he say about taxes?",
            ["What did Lund say about the ferry?", "what did Lund say about taxes?"],
        ),
        (
            "how many ships came to Esk but which countries have closed all ports",
            ["how many ships came to Esk?", "which countries have closed all ports?"],
        ),
    ],
)
def test_a_compound_question_is_split_where_the_next_one_begins(question: str, texts: list[str]) -> None:
    sub_questions = split_question(question)
    assert [item.text for item in sub_questions] == (texts if len(texts) > 1 else [])
    for item in sub_questions:
        assert item.span.of(question) == item.original


@pytest.mark.parametrize(
    "question",
    [
        "Who designed and who built the tower?",
        "When and where was the deal signed?",
        "What did Lund say about where and when the plant will be built?",
        "What did Lund say about who built the plant and who paid for it?",
        "What did Lund say about the plant and its cost?",
        "What did Lund and Holm say about the plant?",
        "Which city is in Norland and is the oldest?",
        "Did the strike violate the ceasefire? Why?",
        "Lund opened the fair. What did Holm say about the ferry?",
        "the plant and what it costs",
        "What of " + " and what did Lund say of ferries" * 5,
        "?",
        "",
    ],
)
def test_what_may_be_one_question_is_not_split(question: str) -> None:
    assert split_question(question) == ()


def test_a_sub_question_has_its_place_in_the_text() -> None:
    question = "What did Lund say about the ferry, and what did Holm say about taxes?"
    _, second = split_question(question)
    item = second.reading
    assert (item.kind, item.text) == ("part", question[item.start : item.end])
    assert item.value == "what did holm say about taxes"


def test_merged_evidence_has_each_sentence_once_under_a_new_number() -> None:
    def sentence(sid: str, start: int) -> EvidenceSentence:
        return EvidenceSentence(
            sid=sid, article_id="a", version="1", start=start, end=start + 3, text="abc", title="", outlet=None,
            published=None,
        )  # fmt: skip

    one = Evidence(sentences=(sentence("s1", 0), sentence("s2", 3)), texts={("a", "1"): "abcabcabc"})
    other = Evidence(sentences=(sentence("s1", 3), sentence("s2", 6)), texts={("a", "1"): "abcabcabc"})
    merged = merge_evidence([one, other])
    assert [(item.sid, item.start) for item in merged.sentences] == [("s1", 0), ("s2", 3), ("s3", 6)]
    assert merge_evidence([one]) is one


@given(st.text(max_size=200), st.text(max_size=100))
@example("", "")
def test_parts_are_spans_of_any_text_in_order(before: str, behind: str) -> None:
    question = f"{before} what did Lund say of the ferry? and who won the old race {behind}"
    at = 0
    parts = split_question(question)
    assert parts or before or behind
    for part in parts:
        assert part.span.of(question) == part.original
        assert part.span.start >= at
        at = part.span.end
