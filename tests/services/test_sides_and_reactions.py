"""Sides, reactions, silence, levels and lists, from a small library of invented news."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Newsroom
from rag.question.lexicon import PATTERNS
from rag.services.answers.hearsay import bodies_of
from rag.services.answers.shapes.sides import is_about_other, side_in

NEWS = """
Port of Ardal doubles fee for cruise ships | Ardal Post | 2024-03-14
The port of Ardal will double its fee for cruise ships from 1 May. Harbour master Signe Lund announced it on Wednesday.
The residents' group Quiet Quay was delighted. Its chairman, Per Holt, spoke of a victory for sleep. The museum society
called it a brave decision. The hoteliers' federation was dismayed, and its director, Ane Rusk, said she feared for 200
bookings. Shopkeeper Tore Vik regretted the decision. The city's church council has not taken a position.

Tarvia to build dam at Lome | Kessel Wire | 2024-05-06
Tarvia will build a dam on the Lome, president Ilir Kosta said on Monday in the capital. The dam is to be 90 metres high
and cost 2 billion crowns. Engineers had advised a smaller one. The valley has 14 villages.

Neighbours angry over Lome dam | Foreign Notebook | 2024-05-09
Ostria protested against the dam on the Lome. Its water minister, Jana Belk, called the plan theft. Merland asked for
talks and offered its good offices. The river commission was alarmed; its head, Odo Frey, spoke of a dry delta. Sudria
has remained silent.

Is Ferrolux selling its zinc mine? | Market Letter | 2024-02-07
Ferrolux is said to be close to selling its zinc mine at Orr. Three people who know of the talks name a price of 300
million marks. The company would neither confirm nor deny this on Tuesday. The mine has 600 workers. The Bolt group,
another bidder, did not wish to comment.

Reserve Bank of Selia lifts rate to 5 percent | Market Letter | 2023-03-02
The Reserve Bank of Selia lifted its key rate to 5 percent on Thursday. Unemployment stood at 7.1 percent in January,
the labour office said. Milk cost 12 percent more than a year before.

Selia's rate rises once more | Market Letter | 2023-10-05
The Reserve Bank of Selia has raised its key rate to 6.5 percent. Unemployment fell to 6.4 percent in August, the labour
office said on Thursday. Milk was 3 percent dearer than a year before.

Cable car halts over Orm | Orm Chronicle | 2024-07-02
The cable car at Orm hung still for two hours on Monday. “The ropes are sound, and nobody has to be afraid,” Milo Drag,
the chief engineer of Veltrava, said. Councillor Ira Voss criticised Veltrava for giving no word to the guests.

Bus drivers of Halm hand over list | Halm Courier | 2024-09-18
The bus drivers of Halm have handed a list to the works manager. First, they want breaks of twenty minutes. Second, no
shift should be longer than nine hours. Third, the toilets at the north depot must be repaired. A rise in pay is not on
the list. Manager Curt Abel promised an answer by Friday.

Quarry bill divides Pellworth | Pellworth Gazette | 2024-10-02
Sen. Ada Quint backed the quarry bill on Tuesday. The chamber of trade supports the quarry bill, too. Sen. Jon Rask
backs a park over the quarry bill.

Ferry talks adjourned | Pellworth Gazette | 2024-11-06
The talks at Kaimar Lines were adjourned on Tuesday. On pay the Deckhands Guild wants 9 percent and Kaimar Lines has
offered 4 percent. The Deckhands Guild said that the coffee had been good. Kaimar Lines said it would go on in May.
"""


@pytest.fixture(scope="module")
def room(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(NEWS)


@pytest.mark.parametrize(
    ("question", "shown", "hidden"),
    [
        ("Who welcomed the port's fee?", ["Quiet Quay", "museum society"], ["dismayed", "regretted"]),
        ("Who criticised Veltrava?", ["Voss"], ["ropes"]),
        ("Who is unhappy about the fee?", ["Rusk", "Vik"], ["delighted", "victory", "brave"]),
        ("Which groups back the port's decision?", ["Quiet Quay", "museum society"], ["Rusk", "Vik", "church"]),
        ("What were the reactions to the dam on the Lome?", ["Ostria", "Merland", "Frey"], ["90 metres", "Kosta"]),
        ("How has Ostria reacted to the dam?", ["protested"], ["Merland", "90 metres"]),
        ("How did Sudria react to the dam?", ["silent"], ["Merland", "theft"]),
        ("Which senators back the quarry bill?", ["Quint"], ["chamber"]),
        ("Has Ferrolux confirmed the sale of its mine?", ["neither confirm nor deny"], ["Bolt"]),
        ("Did the Bolt group comment on the sale?", ["did not wish to comment"], ["600"]),
        ("What are the bus drivers of Halm demanding?", ["twenty minutes", "nine hours", "toilets"], ["Friday"]),
        ("How did the price of milk develop between March and October 2023?", ["12 percent", "3 percent"], ["7.1"]),
    ],
)
def test_an_answer_has_what_was_asked_for_and_not_its_opposite(
    room: Newsroom, question: str, shown: list[str], hidden: list[str]
) -> None:
    answer = room.ask(question)
    assert [part for part in shown if part not in answer.answer] == []
    assert [part for part in hidden if part in answer.answer] == []


def test_a_comparison_opens_with_what_sets_the_parties_against_each_other(room: Newsroom) -> None:
    first, *_ = room.ask("How do the Deckhands Guild and Kaimar Lines differ on pay?").sentences
    assert "wants 9 percent" in first.text


@pytest.mark.parametrize(
    "question", ["Who opposes the new museum?", "When did Curt Abel resign?", "How did the fishermen react to the dam?"]
)
def test_a_side_an_act_or_a_reaction_that_nobody_tells_of_is_not_made_up(room: Newsroom, question: str) -> None:
    assert room.ask(question).abstained


@pytest.mark.parametrize(
    ("question", "newest", "older"),
    [
        ("How high is the key rate of the Reserve Bank of Selia?", "6.5", "5 percent"),
    ],
)
def test_the_level_of_the_newest_article_comes_first_and_no_other_level_with_it(
    room: Newsroom, question: str, newest: str, older: str
) -> None:
    first, *rest = room.ask(question).sentences
    assert newest in first.text
    assert [older in one.text and (one.note or "").startswith("earlier") for one in rest] == [True]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("The union was not pleased.", -1),
        ("The bishop regretted the outcome.", -1),
        ("The club spoke of a good day for rowing.", 1),
        ("The minister described the barges as “destructive”.", -1),
        ("The judges found that a fire alarm was missing.", 0),
        ("A summary of its content was read out.", 0),
    ],
)
def test_feelings_take_a_side_where_the_form_of_the_word_is_one_of_feeling(text: str, side: int) -> None:
    worth = side_in(text)
    assert (worth > 0) - (worth < 0) == side


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("The hoteliers welcomed the step.", False),
        ("The hoteliers were furious.", False),
        ("Sharp criticism came from the Greens.", False),
        ("The hoteliers rejected the tourist tax.", True),
        ("The hoteliers backed a car park over the fee.", True),
        ("The hoteliers welcomed the higher fee.", False),
    ],
)
def test_a_side_taken_on_something_else_is_told_apart(text: str, is_other: bool) -> None:
    assert is_about_other(text, "fee") is is_other


@pytest.mark.parametrize(
    ("text", "is_silent"),
    [
        ("The firm would neither confirm nor deny the report.", True),
        ("He stood beside her but did not speak.", True),
        ("The ministry left several questions unanswered.", True),
        ("We don't comment on rumours.", True),
        ("He spoke for an hour and commented on everything.", False),
        ("She did not return the money.", False),
    ],
)
def test_silence_is_recognised_by_its_phrases(text: str, is_silent: bool) -> None:
    assert bool(PATTERNS.silent.search(text)) is is_silent


def test_a_body_without_its_name_is_somebodys_unless_another_has_one() -> None:
    text = "Police met two attaches of the Ostrian embassy. Ostria's embassy protested. The embassy closed."
    assert "the embassy" in bodies_of("Ostria", text.replace("the Ostrian", "its"))
    assert "the embassy" not in bodies_of("Ostria", f"{text} Merland's embassy stayed open.")
