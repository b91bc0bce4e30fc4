"""Reading a question: whose words it asks for, and what it calls by name."""

from __future__ import annotations

import pytest

from rag.question.intent import names_in, parse_intent

KNOWN = ["ida holm", "erik holm", "boris vane"]


@pytest.mark.parametrize(
    ("question", "actors"),
    [
        ("What did Ida Holm say about the pier?", ("ida holm",)),
        ("What did Holm say about the pier?", ("ida holm", "erik holm")),
        ("What did Mayor Holm say about the pier?", ("ida holm", "erik holm")),
        ("what did erik holm say about the pier?", ("erik holm",)),
        ("What did Petra Holm say about the pier?", ()),
        ("What did Vane and Petra Holm say about the pier?", ("boris vane",)),
    ],
)
def test_a_surname_is_not_of_somebody_with_another_first_name(question: str, actors: tuple[str, ...]) -> None:
    assert parse_intent(question, KNOWN).actors == actors


def test_a_stranger_with_a_known_surname_is_unknown() -> None:
    assert parse_intent("What did Petra Holm say about the pier?", KNOWN).unknown_actor == "Petra Holm"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Considering the reforms in a Harbour Bank report, what changed?", ["Harbour Bank"]),
        ("What did Norbank's Ida Holm say in October?", ["Norbank", "Ida Holm"]),
        ("Who spoke on Monday?", []),
        ("Esk's budget?", ["Esk"]),
        ("What's wrong with the Marra trams?", ["Marra"]),
        ("Who’s Ida Holm?", ["Ida Holm"]),
        ("What did Ursa von der Holm say to Ida de la Cruz?", ["Ursa von der Holm", "Ida de la Cruz"]),
    ],
)
def test_openers_and_days_are_no_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


SPEAKERS = ("ada lund", "bo marsh", "harbour office")


@pytest.mark.parametrize(
    "question",
    [
        "Has Ada Lund commented on the ferry?",
        "Did Ada Lund say anything about the ferry?",
        "Has Lund responded to Bo Marsh about the ferry?",
        "What did Ada Lund tell Bo Marsh about the ferry?",
        "What did Ada Lund say to Bo Marsh about the ferry?",
        "What is Ada Lund's stated position on the ferry?",
        "Did Ada Lund deny the ferry plan?",
    ],
)
def test_the_actor_stands_before_the_verb(question: str) -> None:
    parsed = parse_intent(question, SPEAKERS)
    assert (parsed.asks_position, parsed.actors) == (True, ("ada lund",))
    assert "ferry" in parsed.topic


def test_who_said_asks_for_anybodys_words_whatever_names_follow() -> None:
    parsed = parse_intent("Who denied that Bo Marsh sold the ferry?", SPEAKERS)
    assert (parsed.asks_position, parsed.asks_who, parsed.asks_denial, parsed.actors) == (True, True, True, ())
    assert {"marsh", "ferry"} <= set(parsed.topic)


def test_the_agent_of_a_passive_is_an_actor() -> None:
    assert parse_intent("What has been said by Bo Marsh about the ferry?", SPEAKERS).actors == ("bo marsh",)


def test_a_stranger_before_the_verb_is_unknown_and_one_behind_it_is_ignored() -> None:
    assert parse_intent("Has Cy Dahl commented on the ferry?", SPEAKERS).unknown_actor == "Cy Dahl"
    assert parse_intent("Has Ada Lund responded to Cy Dahl?", SPEAKERS).unknown_actor is None


def test_a_long_question_is_not_read_by_its_form() -> None:
    long = "Did Ada Lund deny the plan for the ferry while the harbour office and Bo Marsh kept arguing about its cost?"
    assert not parse_intent(long, SPEAKERS).asks_denial


def test_a_comparison_asks_both_parties_for_their_words() -> None:
    wording = "How does Norway's position on the pier compare with what Putin said?"
    question = parse_intent(wording, ["vladimir putin"])
    assert question.actors == ("Norway", "vladimir putin")
    assert question.asks_position


NAMESAKES = ["jim jordan", "chad smith", "paris hilton", "berlin police", "turkey"]


@pytest.mark.parametrize(
    ("question", "actors"),
    [
        ("What did Jordan say about the pier?", ("jim jordan",)),
        ("What did Mr Jordan say about the pier?", ("jim jordan",)),
        ("What did Chad Smith say about the pier?", ("chad smith",)),
        ("what did chad smith say about the pier?", ("chad smith",)),
        ("What did Paris Hilton say?", ("paris hilton",)),
        ("What did Berlin police say?", ("berlin police",)),
        ("What did the mayor of Paris say?", ()),
        ("What did Georgia Governor Dale Orton say?", ()),
        ("What did German carmakers say about tariffs?", ()),
        ("What did Swiss Re say about losses?", ()),
        ("What is Germany's stated position on the pier?", ("Germany",)),
        ("What is Ankara's position on the pier?", ("Turkey",)),
        ("What did Downing Street say?", ("United Kingdom",)),
        ("What did the president of France say?", ("France",)),
        ("What did Turkish officials say?", ("Turkey",)),
        ("What did the German foreign ministry say?", ("Germany",)),
        ("What did Kyiv's army say?", ("Ukraine",)),
        ("turkey position on drones", ("Turkey",)),
    ],
)
def test_a_state_is_asked_for_only_where_its_name_stands_for_it(question: str, actors: tuple[str, ...]) -> None:
    assert parse_intent(question, NAMESAKES).actors == actors


def test_a_state_and_a_person_of_one_name_are_both_asked_for() -> None:
    assert parse_intent("What did Jordan say?", ["jordan", "jim jordan"]).actors == ("Jordan", "jim jordan")


@pytest.mark.parametrize(
    ("question", "actors"),
    [
        ("What did Paul Vik say about the pier?", ()),
        ("What did Paul say about the pier?", ("rolf paul",)),
        ("What do the polls say about Ida Holm?", ()),
        ("What are the parties saying about the Norland Academy records?", ()),
        ("what do the polls say", ("exit polls",)),
        ("What did Holm say about the polls?", ("ida holm",)),
    ],
)
def test_a_last_name_is_a_name_and_stands_last(question: str, actors: tuple[str, ...]) -> None:
    assert parse_intent(question, ["rolf paul", "exit polls", "political parties", "ida holm"]).actors == actors
