from __future__ import annotations

from datetime import date

import pytest

from rag.question.intent import parse_intent
from rag.question.requirements import Requirements, requirements

DAY = date(2024, 3, 7)  # a Thursday


def needs(question: str) -> Requirements:
    return requirements(parse_intent(question, ()))


@pytest.mark.parametrize(
    ("question", "against", "with_it"),
    [
        (
            "How many tons did the port of Marra handle?",
            "The port of Elk handled 9 tons.",
            "The port of Marra handled 9 tons.",
        ),
        ("What was sold in the first quarter?", "In the second quarter it sold ore.", "In the first quarter, ore."),
        ("What did the interior minister announce?", "The defence minister spoke.", "The interior minister spoke."),
        ("What happened on 2 March?", "It was sold on 12 March.", "It fell on 2 March."),
        ("What was said on 7 March?", "It was sold on 12 March.", "She said on Thursday that it was sold."),
        ("Who called Ida Holm a fraud?", "They called Ida Holm a clown.", "Lund said Ida Holm was a fraud."),
        ("Who won in 2020?", "Lind won in 2016.", "Lind won in 2020, as in 2016."),
        ("What was the ferry's route?", "The route of the ferry.", "The route of the ferry was Marra to Elk."),
        ("Who said “the quay is sinking fast”?", "The quay fell in May.", "“The quay is sinking fast,” Ida Holm said."),
        ("Which outlet wrote “the quay is sinking fast”?", "The quay fell.", "The quay is sinking fast."),
        ("How old is Ida Holm?", "Jon Lund, a 55-year-old baker, backs Holm.", "Ida Holm, a 47-year-old baker, won."),
        ("How old is Ida Holm?", "“Ida is a leader,” said the 46-year-old.", "Ida Holm turned 47."),
        ("When will the Ostra 4 sail?", "The Ostra 3 sails on 2 May.", "The Ostra 4 sails on 2 May."),
        ("Who won the Norland election?", "Holm won the Norland primary.", "Holm won the Norland election."),
        (
            "How many people did the Odra flood kill?",
            "In 1997 a storm killed 29 in Marra.",
            "The Odra flood killed two.",
        ),
        ("How much did Ostra pay for Lind?", "It paid 11 million for Hoxa in 2021.", "Ostra paid 18 million for Lind."),
        (
            "Did Ida Holm apologise?",
            "Lind told Lund to apologize to Ida Holm.",
            "Ida Holm would not apologise to Lind.",
        ),
        ("Did Ida Holm apologise?", "Lind called on Holm to apologise.", "Holm has refused to apologise."),
        ("Did Ida Holm meet Jon Lund?", "Ida Holm praised Jon Lund.", "Ida Holm met Jon Lund."),
        ("Did Ida Holm dismiss Jon Lund?", "Ida Holm praised Jon Lund.", "Jon Lund remains in office under Ida Holm."),
        ("Did Ida Holm quit?", "Lind asked Holm to quit.", "Ida Holm offered her resignation."),
        (
            "How many people died in the Odra fire?",
            "The Odra fire injured 29 people.",
            "Nobody was hurt in the Odra fire.",
        ),
        ("Who won the fourth stage?", "Lind won the third stage.", "Lind won the fourth stage."),
    ],
)
def test_what_goes_against_a_question(question: str, against: str, with_it: str) -> None:
    assert needs(question).sentence_penalty(against, DAY) > 0
    assert needs(question).sentence_penalty(with_it, DAY) <= 0


def test_an_article_has_the_names_that_carry_the_question() -> None:
    alone, compared = needs("When did the Solveig sink?"), needs("How do Norland and Sudria differ on cod?")
    assert alone.article_penalty("The ferry Solveig sank.") == 0
    assert alone.article_penalty("The ferry Astra sank.") > 10
    assert compared.article_penalty("Norland wants more cod.") == 0
    assert compared.article_penalty("Elk wants more cod.") > 10
    assert 0 < needs("When did the Solveig leave Marra?").article_penalty("The Solveig left.") < 10


def test_an_earlier_event_is_none_where_the_past_is_asked_for_or_a_thing_dates_from_then() -> None:
    penalty = needs("How many people died in the Odra flood of 1997?").sentence_penalty
    assert penalty("In 1997 the Odra killed 29 people.", DAY) <= 0
    assert needs("How many cars did the Astra carry?").mismatch("The ferry, built in 1994, carried 50 cars.", DAY) == 0


def test_the_period_of_the_question_is_a_sign() -> None:
    penalty = needs("How full was the lake a year ago?").sentence_penalty
    assert penalty("A year ago it stood at 38 percent.", DAY) < penalty("It stands at 21 percent.", DAY)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Who criticised the harbour plan?", {"harbour", "plan"}),
        ("Will the pool close?", {"pool"}),
        ("When did it sink, and who owned the ship?", set()),
        ("List everyone who has commented on the dam.", {"dam"}),
    ],
)
def test_what_a_question_is_about(question: str, subject: set[str]) -> None:
    assert set(needs(question).subject) == subject


@pytest.mark.parametrize(
    ("sentence", "is_other"),
    [
        ("Kiev's army announced in October that it had fired a Turkish rocket.", True),
        ("Turkey fired the rocket in October.", False),
        ("Ankara fired the rocket in October.", False),
        ("Turkish officials said in October that the rocket was fired.", False),
        ("The rocket was fired in October.", False),
    ],
)
def test_the_deed_of_another_country_is_no_deed_of_the_country_that_is_asked_about(
    sentence: str, is_other: bool
) -> None:
    asked = needs("When did Turkey first fire a rocket?")

    assert (asked.mismatch(sentence, DAY) > 0) is is_other


def test_a_capital_does_for_a_country_whose_deeds_are_asked_for() -> None:
    article = "Kiev's army fired the rocket."

    assert needs("When did Ukraine fire the rocket?").article_penalty(article) == 0
    assert needs("When was the rocket fired in Ukraine?").article_penalty(article) > 0


@pytest.mark.parametrize(
    ("sentence", "is_other"),
    [
        ("Prices rose by nine per cent in March.", True),
        ("Prices rose by nine per cent.", False),
        ("Prices rose by nine per cent in March, after seven in December.", False),
        ("Prices may rise.", False),
    ],
)
def test_a_sentence_on_another_month_is_on_something_else(sentence: str, is_other: bool) -> None:
    asked = needs("By how much did prices rise in December 2022?")

    assert (asked.mismatch(sentence, date(2023, 4, 5)) > 0) is is_other
    assert asked.mismatch(sentence, date(2022, 12, 5)) == 0


@pytest.mark.parametrize(
    ("question", "sentence", "has_value"),
    [
        ("Why was the bridge shut?", "Divers blamed the gravel.", True),
        ("Why was the bridge shut?", "It was shut to all traffic.", False),
        ("Why was the bridge shut?", "It was shut two days after noon.", False),
        ("How many lorries waited?", "Sixty lorries waited.", True),
        ("How many lorries waited?", "Lorries waited.", False),
    ],
)
def test_a_reason_is_a_value_where_its_words_surely_open_one(question: str, sentence: str, has_value: bool) -> None:
    assert needs(question).has_value(question, sentence) is has_value


@pytest.mark.parametrize(
    "sentence", ["Lund refused to endorse Ida Holm.", "Ida Holm endorsed Lund.", "Lund has not endorsed Ida Holm."]
)
def test_an_act_that_was_done_goes_with_a_question_for_it(sentence: str) -> None:
    question = needs("Has Lund endorsed Ida Holm?")
    done = question.sentence_penalty("On Friday Lund endorsed the plan of Ida Holm.", DAY)
    assert done < question.sentence_penalty(sentence, DAY)


def test_that_a_number_is_withheld_is_a_sign_where_it_is_the_number_asked_for() -> None:
    question = needs("How many tickets has the theatre sold?")
    assert question.sentence_penalty("Holm would not say how many tickets the theatre had sold.", DAY) < 0
    assert question.sentence_penalty("Holm would not say how many actors had left.", DAY) >= 0
    assert question.sentence_penalty("The theatre employs 40 people.", DAY) >= 0


def test_the_verb_before_an_office_is_no_part_of_it() -> None:
    question = needs("Will minister Falk close the lido?")
    assert question.sentence_penalty("Parks minister Odo Falk announced that the lido would close.", DAY) <= 0
