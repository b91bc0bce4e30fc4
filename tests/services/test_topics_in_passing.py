"""Answers on what articles mention in passing, on days before the first article, and on whose side somebody is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Answer, Newsroom

NEWS = """
Norland orders two ferries | Coast Times | 2024-02-05
Norland has ordered two ferries from Sudria, harbour minister Ada Lund said on Friday. The ferries will sail to Velde
from May. In December a Sudrian tug sank off Cape Orm after a fire. Lund told the Post on Thursday that the price was
fair.

Lund resigns | Coast Times | 2024-06-04
Harbour minister Ada Lund has resigned, the government said on Monday. She had refused to resign for weeks. Her party
is looking for a successor.

Race for the Orm seat | Velde Post | 2024-07-02
Progressive Liberals are ahead in Orm. The Liberals, a different party, want lower taxes, Bo Marsh said. Progressive
Liberals leader Eli Storm said the seat was within reach. Storm is “a weathercock”, Marsh told reporters on Monday.
Former senator Cy Dahl voiced support for the U.S.-born candidate Eli Storm on Tuesday, calling Bo Marsh tired. Actor
Jon Reed endorsed Bo Marsh.

Hunting of seals banned | Velde Post | 2024-08-01
The seal hunting ban begins on Sunday. Hunter Tor Vik said the ban was an insult. Animal doctor Eva Lie welcomed the
ban.

Police hunt | Velde Post | 2024-08-02
A police hunt for a thief ended in Orm, an officer said. The hunt took an hour.

Holm rebuked | Coast Times | 2024-09-02
Senator Ida Holm called judge Per Dahl a coward. Dahl said the criticism was unfair. Senate leader Tor Moe said that
Holm's criticism of Dahl was “out of line”. Bishop Liv Krag welcomed the criticism as overdue.

Holm and the quota | Coast Times | 2024-09-05
Senator Ida Holm said the herring quota was too low. “We want 9 tons,” Holm told fishermen. Holm also said that the
quota had to be fixed by May. Holm spokesman Bo Rusk said the herring quota mattered to the senator. Holm added that
inspectors were few. “No boat will stop,” Holm said. Holm argued that trawlers did the harm. Holm said that Sudria
had agreed. Her sister, Ulla Holm, said she had no view of herring.
"""


@pytest.fixture(scope="module")
def room(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(NEWS)


def texts(answer: Answer) -> list[str]:
    return [item.text for item in answer.sentences]


@pytest.mark.parametrize("question", ["What happened in December?", "What happened in December 2023?"])
def test_what_happened_before_the_first_article_is_what_articles_date_to_it(room: Newsroom, question: str) -> None:
    assert texts(room.ask(question)) == ["In December a Sudrian tug sank off Cape Orm after a fire."]


def test_days_of_which_no_article_tells_are_said_to_be_without_news(room: Newsroom) -> None:
    answer = room.ask("What happened in 2010?")
    assert answer.abstained
    assert "these days" in " ".join(answer.notices)


def test_a_subject_mentioned_in_passing_is_answered_by_its_mention(room: Newsroom) -> None:
    assert texts(room.ask("What happened at Cape Orm?")) == [
        "In December a Sudrian tug sank off Cape Orm after a fire."
    ]


def test_a_summary_leaves_out_a_common_word_that_no_article_on_the_name_has(room: Newsroom) -> None:
    assert texts(room.ask("Summarise the Lund departure"))[0].startswith("Harbour minister Ada Lund has resigned")


def test_outlets_that_covered_something_are_listed_by_their_articles(room: Newsroom) -> None:
    answer = room.ask("Which outlets covered Eli Storm?")
    assert {item.outlet for item in answer.citations} == {"Velde Post"}
    assert any("1 article" in note for note in answer.notices)


def test_a_party_is_not_a_party_whose_name_is_part_of_its_own(room: Newsroom) -> None:
    assert not any("lower taxes" in text for text in texts(room.ask("What do the Progressive Liberals say?")))


def test_whoever_called_somebody_a_name_is_the_one_with_that_word(room: Newsroom) -> None:
    assert "weathercock" in texts(room.ask("Who called Eli Storm a weathercock?"))[0]
    assert room.ask("Who called Eli Storm a crook?").abstained


def test_what_was_done_comes_before_an_earlier_refusal(room: Newsroom) -> None:
    assert texts(room.ask("Has Ada Lund resigned?"))[0].startswith("Harbour minister Ada Lund has resigned")


def test_support_is_for_the_person_behind_the_verb(room: Newsroom) -> None:
    shown = texts(room.ask("Who supports Eli Storm?"))
    assert any("Cy Dahl" in text for text in shown)
    assert not any("Jon Reed" in text for text in shown)


def test_a_word_for_any_plan_tells_one_subject_from_others(room: Newsroom) -> None:
    assert any("insult" in text for text in texts(room.ask("Who is against the hunting ban?")))


def test_a_word_near_a_cue_is_no_misspelt_cue_and_whoever_is_criticised_does_not_react_first(room: Newsroom) -> None:
    shown = texts(room.ask("What was the reaction to Holm's criticism of Dahl?"))
    assert any("out of line" in text for text in shown)


def test_a_surname_is_that_of_whoever_speaks_most_and_their_own_words_go_before_their_spokesmans(
    room: Newsroom,
) -> None:
    page = " ".join(texts(room.ask("What does Holm say about the herring quota?")))
    assert "too low" in page
    assert "Bo Rusk" not in page
    assert "no view" not in page
    assert "no view" in " ".join(texts(room.ask("What did Ulla Holm say about herring?")))
