"""Questions in other words than the news, and questions for what comes next, from a small library of invented news."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Newsroom

NEWS = """
Quarry slide buries road | Tarn Gazette | 2024-03-05
A slide at the Tarn quarry buried the valley road on Monday. Six people were killed and 21 injured. Two are still
missing, according to the fire chief, Aino Salo. About 300 villagers were evacuated before dawn. They are staying in
the school at Lower Tarn. The quarry's manager, Olof Brand, resigned in the afternoon. The village will be rebuilt on
higher ground. A memorial is to be unveiled in May.

Porters want more | Tarn Gazette | 2024-03-12
The porters at Tarn hospital want an hour's rest at night and new lifts. The hospital, Tarn General, has offered a rest
of 40 minutes. Its director, Mina Falk, said the lifts would be mended by June. Another protest is planned for 19 March.

Fact check: the debate | Norland Post | 2024-03-20
Councillor Rolf Vest claimed in the debate that the tunnel had cost 90 million. That is wrong. The audit office puts the
cost at 54 million.

River floods three hamlets | Norland Post | 2024-03-18
The Lenn flooded three hamlets on Monday. About 90 families left their homes. No deaths were reported. Mayor Tea Lok
denied that she had resigned over the dyke.

Choir leader steps down | Norland Post | 2024-03-22
Henrik Aas is leaving the Tarn choir after eleven years, the choir said on Thursday. He will be succeeded by Britt Moe,
who came to Tarn in 2019. Moe said she would tour the schools.
"""


@pytest.fixture(scope="module")
def room(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(NEWS)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many are unaccounted for?", "still missing"),
        ("Where are the evacuees staying?", "the school at Lower Tarn"),
        ("what became of the quarry's manager?", "resigned"),
        ("what are the porters' demands?", "new lifts"),
        ("when is the next demo?", "19 March"),
        ("Who replaces Henrik Aas?", "Britt Moe"),
        ("what happens to the village now?", "higher ground"),
        ("What will happen to the village?", "higher ground"),
        ("What did Mina Falk say about fixing the elevators?", "mended by June"),
        ("How did Tarn General respond to the demands?", "40 minutes"),
        ("Is it true that the tunnel cost 90 million?", "That is wrong."),
        ("How many people died in the floods?", "No deaths were reported"),
        ("When did Tea Lok resign?", "denied that she had resigned"),
        ("How many families had to go on 18 March 2024?", "About 90"),
    ],
)
def test_other_words_than_those_of_the_news_are_understood(room: Newsroom, question: str, words: str) -> None:
    assert words in room.ask(question).answer


@pytest.mark.parametrize(
    "question",
    [
        "How many lorries does Tarn quarry have?",
        "Has the quarry's manager been arrested?",
        "How did Tarn General respond to the eclipse?",
    ],
)
def test_a_value_that_no_article_has_is_declined(room: Newsroom, question: str) -> None:
    assert room.ask(question).abstained


def test_the_injured_are_not_the_dead(room: Newsroom) -> None:
    assert "21 injured" in room.ask("How many were hurt at the quarry?").answer
    assert "11 were killed" not in room.ask("How many people died at the quarry?").answer


def test_a_woman_in_the_answer_is_meant_by_her(room: Newsroom) -> None:
    first = room.ask("Who replaces Henrik Aas?")
    after = room.ask("what are her plans?", history=[(first.question, first.answer)])
    assert "tour the schools" in after.answer
