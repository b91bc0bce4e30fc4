"""What a question says of where to look, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import Filters
from rag.question.intent import parse_intent
from rag.question.scope import QueryScope, interpret_scope

OUTLETS = ["Reuters", "The Age", "Wired", "Fortune", "Daily Sabah", "The Independent", "The Independent - Sports"]
NOW = date(2022, 2, 3)


def everything(_: Filters) -> bool:
    return True


def read(
    question: str,
    *ignore: str,
    filters: Filters | None = None,
    has_articles: Callable[[Filters], bool] = everything,
) -> QueryScope:
    return interpret_scope(
        question, filters or Filters(), outlets=OUTLETS, anchor=NOW, has_articles=has_articles, ignore=ignore
    )


@pytest.mark.parametrize(
    "question",
    [
        "What did Altun say according to Reuters?",
        "according to reuters, what was signed?",
        "What does the Reuters article say about the plant?",
        "What was signed, as reported by Reuters?",
        "Does 'Reuters' expect a war?",
        "Reuters reported what about the plant?",
    ],
)
def test_an_outlet_named_as_a_source_narrows_the_search_and_is_shown_where_it_stands(question: str) -> None:
    reading = read(question)
    assert reading.filters == Filters(outlet="Reuters")
    (item,) = [one for one in reading.understood if one.kind == "outlet"]
    assert item.filters == Filters(outlet="Reuters")
    assert question[item.start : item.end] == item.text
    assert item.text.casefold() == "reuters"


@pytest.mark.parametrize(
    "question",
    [
        "Why is a new age of drones coming?",
        "Who is wired for war?",
        "Which companies are in the Fortune 500?",
        "What was said about The Age?",
        "What happened at Reuters?",
        "Did Fortune Brands sell its plant?",
    ],
)
def test_a_word_that_is_no_source_is_no_outlet(question: str) -> None:
    assert not [item for item in read(question).understood if item.kind == "outlet"]


def test_of_several_outlets_each_has_its_share_and_none_is_the_filter() -> None:
    reading = read("Do Reuters, Daily Sabah and The Age agree on the plant?")
    assert reading.outlets == ("Reuters", "Daily Sabah", "The Age")
    assert reading.filters.outlet is None


def test_the_longer_name_of_an_outlet_wins() -> None:
    assert read("What was reported by The Independent - Sports?").filters.outlet == "The Independent - Sports"


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What did Turkey say last week?", "2022-01-24", "2022-01-31"),
        ("In October, what did Turkey say?", "2021-10-01", "2021-11-01"),
        ("What has Turkey said since 1 February?", "2022-02-01", None),
    ],
)
def test_days_at_the_edge_of_a_question_bound_publication_with_a_day_to_print(
    question: str, since: str, until: str | None
) -> None:
    reading = read(question)
    assert reading.filters == Filters(since=date.fromisoformat(since), until=until and date.fromisoformat(until))  # type: ignore[arg-type]
    assert "3 Feb 2022" in reading.understood[0].note
    assert "2022-" not in reading.understood[0].note


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("What did Turkey say in October?", "published in October 2021;"),
        ("What did Turkey say in 2021?", "published in 2021;"),
        ("What did Turkey say on 12 January?", "published on 12 Jan 2022;"),
        ("What did Turkey say since 1 February?", "published since 1 Feb 2022;"),
        ("What did Turkey say last week?", "published from 24 Jan 2022 to 30 Jan 2022;"),
    ],
)
def test_a_period_is_shown_as_a_reader_writes_it(question: str, period: str) -> None:
    assert read(question).understood[0].note.startswith(period)


@pytest.mark.parametrize(
    "question",
    [
        "What did Turkey say about its June 2017 launch of drones?",
        "What did Turkey say since the ceasefire?",
        "Does Reuters or Daily Sabah report what was said in October?",
    ],
)
def test_dates_of_the_topic_are_no_filter(question: str) -> None:
    assert read(question).filters.since is None


def test_a_preposition_before_an_outlet_does_not_govern_the_date_behind_it() -> None:
    reading = read("What was reported by Reuters last week?")
    assert reading.filters == Filters(outlet="Reuters", since=date(2022, 1, 24), until=date(2022, 1, 31))


def test_what_leaves_no_article_is_not_applied_and_says_so() -> None:
    reading = read("What did Turkey say in October?", has_articles=lambda filters: filters.since is None)
    assert reading.filters == Filters()
    assert [(item.applied, item.filters) for item in reading.understood] == [(False, Filters())]
    assert "no article" in reading.understood[0].note


@pytest.mark.parametrize("ignore", ["outlet", "outlet:Reuters", "OUTLET:reuters"])
def test_a_reading_is_undone_by_kind_or_by_value(ignore: str) -> None:
    reading = read("What was signed last week, according to Reuters?", ignore)
    assert reading.filters.outlet is None
    assert [item.kind for item in reading.understood if item.kind == "outlet"] == []


def test_an_event_bounds_nothing_is_no_topic_and_is_shown() -> None:
    question = "What did Turkey say since the ceasefire?"
    reading = read(question)
    assert [(item.kind, item.text, item.applied) for item in reading.understood] == [
        ("date", "since the ceasefire", False)
    ]
    assert "give days" in reading.understood[0].note
    assert parse_intent(question, (), reading).topic == ()
    assert parse_intent(question, (), read(question, "date")).topic[-1] == "ceasefire"


def test_what_was_not_applied_is_no_topic() -> None:
    question = "What did Turkey say last week?"
    reading = read(question, has_articles=lambda filters: filters.since is None)
    assert parse_intent(question, (), reading).topic == ()


@pytest.mark.parametrize(
    "question",
    [
        "Compare what Turkey and Russia say about the deals",
        "How does Ankara's position differ from Moscow's on the deals?",
        "What do Turkey and Russia say about the deals?",
    ],
)
def test_a_comparison_asks_after_the_words_of_each(question: str) -> None:
    parsed = parse_intent(question, (), read(question))
    assert parsed.asks_position
    assert parsed.actors == ("Turkey", "Russia")
    assert parsed.topic == ("deals",)


def test_the_filters_of_the_user_win() -> None:
    mine = Filters(outlet="Wired", since=date(2020, 1, 1))
    assert read("What was said by Reuters last week?", filters=mine).filters == mine


def test_a_language_is_understood_where_it_is_named_as_one() -> None:
    assert read("What do Turkish-language papers say of the plant?").filters.language == "tr"
    assert read("What do Turkish officials say of the plant?").filters.language is None


def test_a_question_with_several_clauses_is_cut_at_their_boundaries() -> None:
    reading = read("What did Altun say about the drone plant, and why does Moscow object to the missile exercise?")
    assert reading.segments == (
        "What did Altun say about the drone plant",
        "why does Moscow object to the missile exercise",
    )
    assert read("What did Altun say about drones, plants and wages?").segments == ()
    assert read("drone plant near Kiev, missile exercise near the border").segments == ()
    assert read(reading.segments[0] + "?").segments == ()


def test_an_actor_is_shown_under_the_name_in_the_question_and_can_be_undone() -> None:
    parsed = parse_intent("What is Ankara's position on drones?", (), read("What is Ankara's position on drones?"))
    (item,) = parsed.understood
    assert (item.kind, item.value, item.text) == ("actor", "Turkey", "Ankara")
    question = "What is Ankara's position on drones?"
    assert parse_intent(question, (), read(question, "actor:turkey")).actors == ()


def test_days_and_outlets_are_no_names_of_the_topic() -> None:
    question = "What did Fahrettin Altun say in October, according to Reuters?"
    parsed = parse_intent(question, ("fahrettin altun",), read(question))
    assert parsed.names == ("Fahrettin Altun",)
    assert parsed.actors == ("fahrettin altun",)


_PIECES = [*OUTLETS, "by", "and", "in May", "what", ",", "“", "last week", "?"]


@given(st.text(max_size=80) | st.lists(st.sampled_from(_PIECES)).map(" ".join))
def test_the_spans_of_readings_are_their_characters_in_any_text(question: str) -> None:
    reading = read(question)
    assert all(question[item.start : item.end] == item.text for item in reading.understood)
    assert len(reading.topic_of(question)) == len(question)
