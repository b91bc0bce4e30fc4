"""Whose words an answer shows, which value and which day: never a namesake's, another number's or an older state."""

from __future__ import annotations

import pytest

from rag import Newsroom, Settings


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return Newsroom.open(Settings(home=tmp_path_factory.mktemp("whose") / "home"))


def test_words_under_a_shared_surname_are_no_account_of_either(room: Newsroom) -> None:
    room.add_text(
        "Pilot Hugo Weld left without a word. His wife, Ada Weld, stayed.\n\n“We will sell the boat,” Weld said.",
        title="Trial",
    )
    room.wait()
    assert "sell the boat" not in room.ask("What did Hugo Weld say about the boat?").answer


def test_a_statement_that_shares_one_word_is_not_the_claim(room: Newsroom) -> None:
    room.add_text(
        "The harbour is too small, Bishop Hugo Okoro said on Monday.\n\nTwo boats were stolen from the harbour in May.",
        title="Harbour",
    )
    room.wait()
    assert room.ask("Did Bishop Okoro say he stole boats from the harbour?").abstained
    assert not room.ask("Did Bishop Okoro say the harbour was too small?").abstained


def test_a_number_that_is_withheld_comes_before_one_of_something_else(room: Newsroom) -> None:
    room.add_text(
        "The brewery has lost trade, its owner, Ada Holm, said. Holm would not say how many customers the brewery had"
        " lost since March. The brewery employs 85 people.",
        title="Brewery",
    )
    room.wait()
    answer = room.ask("How many customers has the brewery lost since March?")
    assert [item.text for item in answer.sentences] == [
        "Holm would not say how many customers the brewery had lost since March."
    ]


def test_a_later_article_that_takes_it_back_need_not_name_the_place_again(room: Newsroom) -> None:
    room.add_text(
        "Mayor Hugo Weld of Tamsin said on Monday that he was resigning. His office had been searched.",
        title="Mayor resigns", outlet="Post", published="2025-05-13",
    )  # fmt: skip
    room.add_text(
        "Mayor Hugo Weld has taken back his resignation. He said he would stay until 2027.",
        title="Mayor stays", outlet="Post", published="2025-05-19",
    )  # fmt: skip
    room.wait()
    answer = room.ask("Has the mayor of Tamsin resigned?")
    assert answer.sentences[0].text == "Mayor Hugo Weld has taken back his resignation."
    assert not any("searched" in item.text for item in answer.sentences)
