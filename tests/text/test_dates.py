"""Days in running text, seen from the day of publication."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.dates.clauses import is_in_main_clause
from rag.text.dates.in_text import event_days, mentions, resolve
from tests.guards import some

THURSDAY = date(2022, 2, 3)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("on Thursday", THURSDAY),
        ("late on Wednesday", date(2022, 2, 2)),
        ("Wed. night", date(2022, 2, 2)),
        ("last Thursday", date(2022, 1, 27)),
        ("next Monday", date(2022, 2, 7)),
        ("on monday", date(2022, 1, 31)),
        ("Thur. morning", THURSDAY),
        ("today", THURSDAY),
        ("this morning", THURSDAY),
        ("yesterday evening", date(2022, 2, 2)),
        ("last night", date(2022, 2, 2)),
        ("tomorrow", date(2022, 2, 4)),
        ("two days ago", date(2022, 2, 1)),
        ("Feb. 2", date(2022, 2, 2)),
        ("2 February", date(2022, 2, 2)),
        ("the 2nd of February 2020", date(2020, 2, 2)),
        ("Tuesday, Feb. 1", date(2022, 2, 1)),
        ("Dec. 30", date(2021, 12, 30)),
        ("September 11, 2001", date(2001, 9, 11)),
        ("2022-01-30", date(2022, 1, 30)),
    ],
)
def test_a_phrase_names_a_day(phrase: str, day: date) -> None:
    assert resolve(phrase, THURSDAY) == day


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "in December",
        "in 2014",
        "last week",
        "two weeks ago",
        "31 February",
        "2022-13-40",
        "between Monday and Wednesday",
        "before Friday",
        "every Friday",
        "on Fridays",
        "Black Friday",
        "the Sunday Times",
        "she told USA TODAY",
        "on the Today programme",
        "they may 5 times",
        "out in the sun.",
        "Mon Dieu",
        "on or about",
        "0 January",
    ],
)
def test_a_phrase_names_no_exact_day(phrase: str) -> None:
    assert resolve(phrase, THURSDAY) is None


def test_two_days_are_not_one() -> None:
    assert resolve("on Monday and on Tuesday", THURSDAY) is None
    assert [found.day for found in mentions("on Monday and on Tuesday", THURSDAY)] == [
        date(2022, 1, 31),
        date(2022, 2, 1),
    ]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The council will meet on Friday.", [date(2022, 2, 4)]),
        ("On Monday, the mayor will testify.", [date(2022, 2, 7)]),
        ("The talks, which began on Monday, are to resume on Saturday.", [date(2022, 1, 31), date(2022, 2, 5)]),
        ("A hearing is set for Saturday.", [date(2022, 2, 5)]),
        ("The driver, who was killed on Monday, will be buried on Sunday.", [date(2022, 1, 31), date(2022, 2, 6)]),
        ("The court is expected to rule on Thursday.", [THURSDAY]),
        ("Both toured the island ahead of Tuesday's vote.", [date(2022, 2, 8)]),
        ("The council met on Friday.", [date(2022, 1, 28)]),
        ("The yard said on Friday it will close.", [date(2022, 1, 28)]),
        ("He failed to appear on Tuesday.", [date(2022, 2, 1)]),
        (
            "The mayor was scheduled to leave on Tuesday, and on Wednesday the ferry left.",
            [date(2022, 2, 1), date(2022, 2, 2)],
        ),
        ("The vote on Tuesday will please the port.", [date(2022, 2, 1)]),
        ("The port won Tuesday's vote.", [date(2022, 2, 1)]),
        ("Tuesday's vote pleased the port.", [date(2022, 2, 1)]),
        ("Tuesday's vote will please the port.", []),
        ("The port leads in Tuesday's vote.", []),
        ("Sunday would have been his birthday.", [date(2022, 1, 30)]),
    ],
)
def test_a_weekday_of_what_is_still_to_happen_lies_ahead(text: str, days: list[date]) -> None:
    assert [mention.day for mention in event_days(text, THURSDAY)] == days


def test_a_mention_is_the_words_of_the_text() -> None:
    text = "Speaking to the paper late on Wednesday, he agreed."
    assert [found.span.of(text) for found in mentions(text, THURSDAY)] == ["late on Wednesday"]


DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@given(DAYS, st.integers(0, 6))
def test_a_weekday_is_the_last_one_up_to_the_day_itself(anchor: date, back: int) -> None:
    day = anchor - timedelta(days=back)
    assert resolve(f"on {NAMES[day.weekday()]}", anchor) == day


@given(DAYS, DAYS)
def test_a_full_date_does_not_depend_on_the_anchor(anchor: date, day: date) -> None:
    for written in (f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}", day.isoformat()):
        assert resolve(written, anchor) == day


@given(DAYS, st.integers(-150, 150))
def test_a_day_without_year_is_the_nearest(anchor: date, away: int) -> None:
    day = anchor + timedelta(days=away)
    if (day.month, day.day) != (2, 29):
        assert resolve(f"{day:%B} {day.day}", anchor) == day


@given(st.text(max_size=80), DAYS)
@example("It opens on 3 May.", date(2024, 5, 1))
def test_any_text_gives_spans_inside_it(text: str, anchor: date) -> None:
    result = mentions(text, anchor)
    for mention in some(result) if text == "It opens on 3 May." else result:
        assert mention.span.end <= len(text)


def test_the_ends_of_the_calendar_raise_nothing() -> None:
    assert resolve("yesterday", date.min) is None
    assert resolve("tomorrow", date.max) is None
    assert resolve("on 3 May", date.max) is not None


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("Fenn backed Bray on Friday, who faces a vote on 9 August.", ["on Friday"]),
        ("Bray, who on Tuesday quit, said Wednesday that he was tired.", ["Wednesday"]),
        ("The vote came three days after Fenn told the council on Monday that she would go.", []),
        ("Bray urged her to publish the record of her interview with the Courier from Jan 5.", []),
        ("Some of the letters released Tuesday included a map.", []),
        ("A report published on Tuesday said the dam leaks.", ["on Tuesday"]),
        ("The man who led the raid was arrested on Friday.", ["on Friday"]),
        ("The man who was arrested on Friday has been charged.", []),
        ("After talks broke down on Monday, the crew walked out on Tuesday.", ["on Tuesday"]),
        ("When Fenn said on Tuesday that the dam was safe, engineers laughed.", ["on Tuesday"]),
        ("A man died after being hit by a tram on Monday.", ["on Monday"]),
        ("The harbour will be closed from Monday.", ["Monday"]),
    ],
)
def test_the_day_of_a_sentence_is_that_of_its_main_clause(sentence: str, days: list[str]) -> None:
    named = [item.span for item in event_days(sentence, date(2024, 8, 7)) if is_in_main_clause(sentence, item.span)]
    assert [span.of(sentence).rstrip(".") for span in named] == days
