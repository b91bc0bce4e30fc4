from __future__ import annotations

import pytest

from rag.question.answer_type import AnswerType, answer_span, answer_type, spans_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How old is the mayor?", AnswerType.AGE),
        ("How many ships were lost?", AnswerType.COUNT),
        ("What is the death toll?", AnswerType.COUNT),
        ("How much did the bridge cost?", AnswerType.MONEY),
        ("How large are the port's debts?", AnswerType.MONEY),
        ("How much have fares risen?", AnswerType.AMOUNT),
        ("By how much did prices fall?", AnswerType.AMOUNT),
        ("How much of the budget is spent on roads?", AnswerType.AMOUNT),
        ("What share of homes has a heat pump?", AnswerType.SHARE),
        ("What percentage voted?", AnswerType.SHARE),
        ("Which countries have signed the treaty?", AnswerType.COUNTRY),
        ("How long is the tunnel?", AnswerType.MEASURE),
        ("How big is the crowd?", AnswerType.SIZE),
        ("What is the speed limit in Marra?", AnswerType.SIZE),
        ("When does it open?", AnswerType.DAY),
        ("Where was she born?", AnswerType.PLACE),
        ("Why did the dam burst?", AnswerType.REASON),
        ("Who owns the mill?", AnswerType.PERSON),
        ("Will the pool close?", AnswerType.YES_NO),
        ("What happened in Marra?", AnswerType.OPEN),
        ("When and how did it sink?", AnswerType.DAY),
    ],
)
def test_the_kind_that_is_asked_for(question: str, kind: AnswerType) -> None:
    assert answer_type(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "values"),
    [
        (AnswerType.AGE, "Ida Holm, 47, said so.", ["47"]),
        (AnswerType.AGE, "A 12-year-old girl found it.", ["12-year-old"]),
        (AnswerType.AGE, "The tram, which cost 47 million, is late.", []),
        (AnswerType.COUNT, "Some 300 houses burnt on 12 May 2024.", ["300"]),
        (AnswerType.COUNT, "Twenty-three were hurt.", ["Twenty-three"]),
        (AnswerType.COUNT, "No one was hurt.", ["No one"]),
        (AnswerType.COUNT, "The houses burnt.", []),
        (AnswerType.AMOUNT, "It paid 4 million crowns in June.", ["4 million crowns"]),
        (AnswerType.AMOUNT, "It cost €3.5m.", ["€3.5m"]),
        (AnswerType.MONEY, "It owes close to 12bn euros to 49 banks.", ["12bn euros"]),
        (AnswerType.MONEY, "Some 300 fires made 2004 a bad year.", []),
        (AnswerType.MONEY, "Entry costs nothing.", ["nothing"]),
        (AnswerType.SHARE, "Two-thirds of 900 homes and 4 per cent of farms burnt.", ["Two-thirds", "4 per cent"]),
        (AnswerType.COUNTRY, "The crew are from Chile, Egypt and Berlin.", ["Chile", "Egypt"]),
        (AnswerType.DAY, "It sank on 12 April off Marra.", ["12 April"]),
        (AnswerType.DAY, "It may march on.", []),
        (AnswerType.DAY, "The water came at ten past two.", ["ten past two"]),
        (AnswerType.DAY, "The last car left at 5.20 in the dark.", ["at 5.20"]),
        (AnswerType.DAY, "It opens next spring.", ["next spring"]),
        (AnswerType.MEASURE, "It is 4 kilometres long.", ["4 kilometres"]),
        (AnswerType.MEASURE, "She admitted 61 counts of theft.", []),
        (AnswerType.SIZE, "Some 900 came.", ["900"]),
        (AnswerType.PERSON, "The race was won by Bo Lind.", ["Bo Lind"]),
        (AnswerType.YES_NO, "It will.", []),
        (AnswerType.RESULT, "Esk beat Marra 3-1.", ["3-1"]),
        (AnswerType.RESULT, "The council backed it by 21 votes to 14.", ["21 votes to 14"]),
        (AnswerType.RESULT, "It passed by 1050 votes to 930.", ["1050 votes to 930"]),
        (AnswerType.RESULT, "Esk won three to one.", ["three to one"]),
        (AnswerType.RESULT, "On Saturday Esk lost the derby 0–2 at home.", ["0–2"]),
        (AnswerType.RESULT, "It ended Esk 24, Marra 17.", ["Esk 24, Marra 17"]),
        (AnswerType.RESULT, "The fair is on 3-4 March.", []),
        (AnswerType.RESULT, "The fair is on March 3-4.", []),
        (AnswerType.RESULT, "It runs from 3 to 4 March and from May 9 to 12.", []),
        (AnswerType.RESULT, "They met on 2024-03-04.", []),
        (AnswerType.RESULT, "The match begins at 14:30.", []),
        (AnswerType.RESULT, "The office is open 9 to 5 p.m.", []),
        (AnswerType.RESULT, "Repairs take two to three weeks, or 10-12 days.", []),
        (AnswerType.RESULT, "The toll rose from 3 to 5, that is from 1,300 to 1,500.", []),
    ],
)
def test_values_of_a_kind(kind: AnswerType, sentence: str, values: list[str]) -> None:
    assert [span.of(sentence) for span in spans_of(kind, sentence)] == values


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("How many houses burnt?", "40 people were hurt and 300 houses burnt.", "300"),
        ("How many Sea Hawk ferries has Norland bought?", "One of the points of the pact is the yard.", None),
        ("How many people were hurt?", "The fire is one of many in the north; in Esk 84 needed help.", "84"),
        ("How many ferries sank?", "One of the ferries sank.", "One"),
        ("How many people were hurt?", "40 people were hurt and 300 houses burnt.", "40"),
        ("Who won the race in Marra?", "The race in Marra was won by Bo Lind.", "Bo Lind"),
        ("How old is Ida Holm?", "Ida Holm opened a school.", None),
        ("How high did the price of tin go?", "A tonne of tin closed up $280 to $5,115 in Marra.", "$5,115"),
        ("How many fines were issued?", "Some 2,600 penalties were issued - double the year before.", "2,600"),
        ("Who won best actor?", "Ada Lund, a late choice, beat her old co-star Bo Lind to win best actor.", "Ada Lund"),
    ],
)
def test_the_value_that_answers(question: str, sentence: str, value: str | None) -> None:
    span = answer_span(question, sentence)
    assert (span and span.of(sentence)) == value


def test_a_number_before_a_noun_is_no_time_of_day() -> None:
    text = "They found 40 ampoules at 3 pm."
    assert [span.of(text) for span in spans_of(AnswerType.COUNT, text)] == ["40"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [("What is the name of the captain?", AnswerType.NAME), ("How full is the Esk reservoir?", AnswerType.AMOUNT)],
)
def test_names_and_levels_are_values(question: str, kind: AnswerType) -> None:
    assert answer_type(question) is kind
