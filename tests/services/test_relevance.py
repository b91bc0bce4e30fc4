"""The judge's choice through the door: what is shown, what is declined, and that other articles do not matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Answer, Newsroom, Settings

Library = Callable[[str], Newsroom]
FERRY = (
    "Car ferry sinks off Marra",
    (
        "The car ferry Solveig sank off Marra on Tuesday evening. The coastguard said 14 people had died. "
        "Two of the lifeboats never left the deck. The ship belonged to Ostra Lines."
    ),
)
TRAM = (
    "Tram to the hospital",
    (
        "Mayor Ida Holm, 47, said on Monday that the new tram would reach the hospital by spring. "
        "Engineer Bo Lind said the rails were too light."
    ),
)
QUESTIONS = {
    "How many people died when the ferry sank?": "14 people",
    "Who owned the Solveig?": "Ostra Lines",
    "How old is Ida Holm?": "47",
    "When will the tram reach the hospital?": "by spring",
    "How many passengers did the ferry carry?": None,
    "How old is Bo Lind?": None,
    "Who won the sailing regatta?": None,
}
TOWNS = "Varn Elk Dorr Skey Lunt Prill Holt Wenn Gast Trome".split()


@pytest.fixture(scope="module")
def room(library_of: Library) -> Newsroom:
    return library_of("\n\n".join(f"{title}\n{text}" for title, text in (FERRY, TRAM)))


ALONE = {
    "Who owns the tannery?": (
        (
            "A blaze at an old tannery in Dorr hurt nine people on Monday. The sheds had no alarms. "
            "It was built in 1968 and belongs to the businessman Jan Lunt."
        ),
        "Jan Lunt",
    ),
    "How many people were hurt?": ("A blaze at a tannery in Dorr killed two people and hurt nine on Monday.", "nine"),
    "Where will Vera Koss tour?": (
        "The pianist Vera Koss played in Varn on Friday. “The piano is old,” she said. She will tour Norland in May.",
        "Norland",
    ),
    "Why was the Dorr footbridge closed?": (
        (
            "The Dorr footbridge was shut on Monday and stays closed until the spring fair. A diver saw that a stream "
            "had carried off the stones under its pier. The bridge is on the label of a local beer."
        ),
        "carried off the stones",
    ),
    "How much did Vera Koss steal?": (
        (
            "The bookkeeper Vera Koss, 43, admitted 61 counts of theft. In three years she took 87,000 pounds, spent "
            "it on horses. Her brother has paid back a part."
        ),
        "87,000 pounds",
    ),
    "Who supports the Gast quarry?": (
        (
            "Plans for a slate quarry at Gast have divided the village, a meeting heard on Monday. The farmer Jan Lunt "
            "spoke against the scheme. The landlord of the Gast inn, Otto Prill, is in favour."
        ),
        "Otto Prill",
    ),
}
OTHER = {
    "Who won the fourth stage of the Skey tour?": "The climber Jan Lunt won the third stage of the Skey tour.",
    "How much did the storms of 2004 cost insurers?": "Insurers counted some 300 storms in 2004, more than ever.",
    "Which countries do the Trome detainees come from?": "A court freed twelve detainees at Trome prison on Monday.",
}


@pytest.mark.parametrize(("question", "text"), OTHER.items())
def test_another_ordinal_and_a_value_of_another_type_are_no_answer(
    library_of: Library, question: str, text: str
) -> None:
    assert library_of(f"City notes\n{text}").ask(question).abstained


def test_an_article_without_a_day_may_be_of_any_day(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.add_text("The Dorr council met about the drains.", title="Drains", published="2024-03-20")
        room.add_text(
            "A court stopped the singer Vera Koss from selling her album on Monday.", title="Court stops album"
        )
        room.wait()
        assert "stopped the singer" in room.ask("Can Vera Koss sell her album on Monday?").answer


def test_a_long_question_is_judged_as_a_short_one(library_of: Library) -> None:
    text = "The Kestrel dam will flood two hamlets. Their 211 people are to move to new houses, the utility said."
    question = (
        "Can you tell me, as exactly as you can, how many people who live in the two hamlets are going to be moved to "
        "new houses on the hill because of the Kestrel dam?"
    )
    assert "211 people" in library_of(f"Kestrel dam\n{text}").ask(question).answer


@pytest.mark.parametrize(("question", "text", "holds"), [(key, *value) for key, value in ALONE.items()])
def test_a_sentence_that_needs_the_one_before_it_answers(
    library_of: Library, question: str, text: str, holds: str
) -> None:
    assert holds in library_of(f"City notes\n{text}").ask(question).answer


def test_a_corrected_sentence_comes_last_and_is_marked(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.add_text("The Varn regatta was won by Ada Holt in a gale.", title="Regatta", published="2024-03-04")
        room.add_text(
            "A report on Monday named the wrong winner of the Varn regatta. It was won by Ines Prill, not Ada Holt.",
            title="Correction: regatta",
            published="2024-03-05",
        )
        room.wait()
        *others, last = room.ask("Who won the Varn regatta?").sentences
        assert any("Ines Prill" in item.text for item in others)
        assert last.text.startswith("The Varn regatta was won by Ada Holt")
        assert last.note == "put right on 5 Mar 2024"


def shape(answer: Answer) -> tuple[bool, float, list[str]]:
    return answer.abstained, round(answer.support, 2), [item.text for item in answer.sentences]


@pytest.mark.parametrize(("question", "holds"), QUESTIONS.items())
def test_a_small_library_answers_only_from_its_articles(room: Newsroom, question: str, holds: str | None) -> None:
    answer = room.ask(question)
    assert answer.abstained is (holds is None)
    assert (holds or "") in answer.answer


def test_shared_words_alone_make_no_answer(room: Newsroom) -> None:
    answer = room.ask("How many people died when the ferry sank?")
    assert "lifeboats" not in answer.answer
    assert {item.title for item in answer.citations} == {FERRY[0]}


def test_the_gap_is_named_and_the_nearest_passages_are_offered(room: Newsroom) -> None:
    answer = room.ask("How old is Bo Lind?")
    assert any("does not give an age" in notice for notice in answer.notices)
    assert answer.nearest[0].text.startswith("Engineer Bo Lind")


def test_a_capital_at_the_start_makes_no_name(room: Newsroom) -> None:
    for question in ("Overview of the ferry disaster", "Quotes by Ida Holm", "Key dates of the tram"):
        assert not any("mention" in notice for notice in room.ask(question).notices)


def test_spelling_is_corrected_shown_and_can_be_undone(room: Newsroom) -> None:
    answer = room.ask("What did Ida Hlom say about the tram to the hopsital?")
    assert "by spring" in answer.answer
    slips = {item.text: item for item in answer.understood if item.kind == "spelling"}
    assert slips["hopsital"].note == "Searched for hospital"
    assert answer.question[slips["hopsital"].start : slips["hopsital"].end] == "hopsital"
    kept = room.ask("What did Ida Holm say about the tram to the hopsital?", ignore=["spelling"])
    assert not [item for item in kept.understood if item.kind == "spelling"]


def test_a_question_in_another_language_gets_one_plain_sentence(room: Newsroom) -> None:
    answer = room.ask("Wann wurde das Schwimmbad der Stadt geschlossen?")
    assert answer.abstained
    assert [notice for notice in answer.notices if "only questions in English are read" in notice]


def test_without_a_judge_answers_go_by_words_and_vectors(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path, judge=False)) as room:
        room.add_text(FERRY[1], title=FERRY[0])
        room.wait()
        assert "14 people" in room.ask("How many people did the coastguard say had died?").answer
        assert room.doctor().judge is None


def test_a_repeated_sentence_is_one_more_source(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.add_text(FERRY[1], title=FERRY[0], outlet="Marra Post")
        room.add_text(
            "Divers went down again on Thursday. The coastguard said 14 people had died. Relatives wait at the quay.",
            title="Divers at the ferry",
            outlet="Ostra Herald",
        )
        room.wait()
        answer = room.ask("How many people died, according to the coastguard?")
    matches = [item for item in answer.sentences if "14 people" in item.text]
    assert len(matches) == 1
    assert len(matches[0].citations) == 2


def test_reports_of_words_that_are_no_statement_are_shown_as_reports(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.add_text(
            "Dara Voss declined to say whether the quay would be sold. Her rival Emil Stark said it was rotten.",
            title="The quay",
        )
        room.wait()
        answer = room.ask("What did Dara Voss say about the sale of the quay?")
    assert "declined to say" in answer.answer
    assert "rotten" not in answer.answer


def test_unrelated_articles_change_no_decision(room: Newsroom) -> None:
    """Adds to the library of this module: it stands last."""
    before = {question: shape(room.ask(question)) for question in QUESTIONS}
    for number in range(50):
        town, other = TOWNS[number % 10], TOWNS[(number * 3 + 1) % 10]
        room.add_text(
            f"The council of {town} met for the {number + 1}th time on Friday. {number + 30} people came to hear how "
            f"the library of {other} is to be paid for. {number * 7 + 3} books were lost in 2019. "
            f"The baker of {town}, who is {number + 20}, gave bread to all.",
            title=f"Council of {town}, meeting {number + 1}",
        )
    room.wait()
    assert {question: shape(room.ask(question)) for question in QUESTIONS} == before
