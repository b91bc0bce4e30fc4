"""One reading of a question has all that an answer needs to know of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import cast

import pytest

from rag.domain import Filters
from rag.question.conversation import Turn
from rag.question.interpret import Interpretation, interpret
from rag.question.kinds import AnswerKind
from rag.stores.library import Corpus


class Shelf:
    """A corpus of two outlets and one speaker."""

    def outlets(self) -> Sequence[tuple[str, int]]:
        return [("Esk Courier", 3), ("Norland Post", 2)]

    def span(self) -> tuple[date | None, date | None]:
        return date(2024, 1, 2), date(2024, 3, 9)

    def count(self, filters: Filters) -> int:
        return 0 if filters.outlet == "Norland Post" else 3

    def actors_ending(self, last: Collection[str]) -> Sequence[str]:
        return ["ida holm"] if "holm" in last else []

    def speakers(self) -> list[str]:
        return ["ida holm"]

    def office_holders(self, text: str) -> Sequence[tuple[str, str]]:
        return [("ida holm", "mayor")] if "mayor" in text else []


def read(text: str, *turns: Turn, ignore: Collection[str] = ()) -> Interpretation:
    return interpret(text, turns, cast("Corpus", Shelf()), ignore, Filters())


def test_scope_intent_and_kind_are_read_at_once() -> None:
    interpretation = read("What is Ida Holm's position on the levy according to the Esk Courier?")
    assert (interpretation.kind, interpretation.actors, interpretation.filters.outlet) == (
        AnswerKind.POSITION,
        ("ida holm",),
        "Esk Courier",
    )
    assert interpretation.question.asks_position
    assert (interpretation.text, interpretation.rewritten) == (interpretation.original, None)


@pytest.mark.parametrize(
    ("question", "is_brief"),
    [
        ("In short, who spoke?", True),
        ("Who spoke, in one sentence?", True),
        ("Briefly: who spoke?", True),
        ("Who spoke?", False),
        ("Why is the new levy shorter?", False),
        ("Was the mayor briefly away?", False),
        ("Why was it shut briefly?", False),
    ],
)
def test_one_sentence_is_asked_for_before_or_behind_a_question(question: str, is_brief: bool) -> None:
    interpretation = read(question)

    assert interpretation.shape.is_brief is is_brief
    assert (interpretation.question.text == question) is not is_brief


def test_a_follow_up_is_interpreted_as_rewritten_and_shown_in_its_own_words() -> None:
    interpretation = read("And Holm?", Turn("What did Lund say about the levy?", "Lund: “No.” [1]"))
    assert (interpretation.original, interpretation.text) == ("And Holm?", "What did Holm say about the levy?")
    assert interpretation.actors == ("ida holm",)


def test_each_part_of_a_compound_question_has_its_own_reading_which_can_be_undone() -> None:
    compound = "What did Ida Holm say about the ferry, and how many articles mention the tram?"
    first, second = read(compound).sub_questions
    assert (first.actors, second.kind) == (("ida holm",), AnswerKind.LIST)
    assert second.sub_question is not None
    assert second.sub_question.span.of(compound) == second.sub_question.original
    assert read(compound, ignore={"part"}).sub_questions == ()


def test_days_are_read_from_the_day_of_the_newest_article() -> None:
    (period,) = read("What was said on 7 March about the tram?").days
    assert period.since == period.until == date(2024, 3, 7)


def test_what_happened_on_one_day_is_no_overview() -> None:
    assert read("What happened in Esk on 7 March?").kind is AnswerKind.OPEN
    assert read("What happened in Esk in March?").kind is AnswerKind.OVERVIEW
