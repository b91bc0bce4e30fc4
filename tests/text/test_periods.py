"""Periods in questions, seen from a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.dates.periods import named_periods, periods
from tests.guards import some

NOW = date(2022, 2, 3)  # a Thursday


@pytest.mark.parametrize(
    ("asked", "words", "since", "until"),
    [
        ("What happened last week?", "last week", "2022-01-24", "2022-01-30"),
        ("What happened this week?", "this week", "2022-01-31", "2022-02-06"),
        ("Who spoke in the last two weeks?", "in the last two weeks", "2022-01-21", "2022-02-03"),
        ("What did Ankara say in October?", "in October", "2021-10-01", "2021-10-31"),
        ("What did Ankara say in October 2019?", "in October 2019", "2019-10-01", "2019-10-31"),
        ("What did Ankara say last month?", "last month", "2022-01-01", "2022-01-31"),
        ("What was said in 2021?", "in 2021", "2021-01-01", "2021-12-31"),
        ("What was said since 1 February?", "since 1 February", "2022-02-01", None),
        ("What was said after February 1?", "after February 1", "2022-02-02", None),
        ("What was said before 1 February 2022?", "before 1 February 2022", None, "2022-01-31"),
        ("What was the toll as of 1 February?", "as of 1 February", None, "2022-02-01"),
        ("What was said until Tuesday?", "until Tuesday", None, "2022-02-01"),
        ("What was said yesterday?", "yesterday", "2022-02-02", "2022-02-02"),
        ("What was said on 2022-01-30?", "on 2022-01-30", "2022-01-30", "2022-01-30"),
        ("Who spoke between 1 January and 15 January?", "between 1 January and 15 January", "2022-01-01", "2022-01-15"),
        ("Since December, who spoke?", "Since December", "2021-12-01", None),
        ("Who spoke from October to May 2022?", "from October to May 2022", "2021-10-01", "2022-05-31"),
        ("WHAT WAS SAID LAST YEAR?", "LAST YEAR", "2021-01-01", "2021-12-31"),
    ],
)  # fmt: skip
def test_a_period_is_resolved_with_its_words(asked: str, words: str, since: str | None, until: str | None) -> None:
    (found,) = periods(asked, NOW)
    assert found.span.of(asked) == words
    assert (found.since, found.until) == tuple(value and date.fromisoformat(value) for value in (since, until))


@pytest.mark.parametrize(
    "asked",
    [
        "What changed since the ceasefire?",
        "Who may speak?",
        "What did the women's March on Washington want?",
        "Will 2000 troops leave?",
        "What did April Jones say?",
        "in may",
        "",
    ],
)
def test_what_names_no_period_gives_none(asked: str) -> None:
    assert periods(asked, NOW) == []


def test_two_periods_are_two() -> None:
    result = periods("Compare what was said in October 2021 with what was said in January 2022.", NOW)
    assert [item.since for item in result] == [date(2021, 10, 1), date(2022, 1, 1)]


_PIECES = "since between and last week in October 2021 1 February , the until before 31 May 0000 9999 days ago".split(
    " "
)


@given(st.lists(st.sampled_from(_PIECES)).map(" ".join), st.dates())
@example("in October 2021", date(2024, 5, 1))
def test_spans_lie_in_the_text_in_order_and_bounds_too(text: str, anchor: date) -> None:
    at = 0
    every = periods(text, anchor)
    for found in some(every) if text == "in October 2021" else every:
        assert found.span.start >= at
        assert found.span.end <= len(text)
        assert found.since or found.until
        assert not (found.since and found.until) or found.since <= found.until
        at = found.span.end


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("It opens next March.", date(2022, 3, 1), date(2022, 3, 31)),
        ("It closed last March.", date(2021, 3, 1), date(2021, 3, 31)),
        ("It closed last summer.", date(2021, 6, 1), date(2021, 8, 31)),
        ("It opens next week.", date(2022, 2, 7), date(2022, 2, 13)),
        ("It opens next month.", date(2022, 3, 1), date(2022, 3, 31)),
        ("It burned two years ago.", date(2020, 1, 1), date(2020, 12, 31)),
        ("It was built in 1998.", date(1998, 1, 1), date(1998, 12, 31)),
    ],
)
def test_named_periods_are_relative_to_the_day_of_the_article(text: str, first: date, last: date) -> None:
    assert [bounds for _, *bounds in named_periods(text, date(2022, 2, 3))] == [[first, last]]


def test_a_period_beyond_the_calendar_is_left_out() -> None:
    assert named_periods("It opens next year.", date.max) == []
    assert named_periods("It burned 40 years ago.", date.min) == []
