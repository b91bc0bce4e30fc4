"""Questions whose words are near those of the articles: a thing for its field, a month, an outlet with a topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Answer, Newsroom

NEWS = """
Tarnia says its deals aim at nobody | Norland Post | 2024-02-02
Tarnia does not mean to provoke Ostrava by working with Kessia on arms, according to Ruben Falk, the spokesman of
Tarnian President Ada Holt. “We are not signing agreements to target another country,” Falk told reporters late on
Friday.

Morrow complains to Holt | Esk Courier | 2024-01-31
Ostravan President Ivo Morrow took Tarnia to task over its missiles when he spoke with President Ada Holt by phone in
January. Morrow described the use of the missiles as “a provocation” and “reckless”.

Kiln row | Esk Courier | 2023-10-12
Potter Hanna Voss said on 9 October that the kiln would stay open. Mayor Jan Berg said on 11 October that the kiln
had to go.

Hallam on the charter | Esk Courier | 2023-05-10
Mayor Rita Hallam said on Wednesday that she would not sign the harbour charter.

Charter day | Norland Post | 2023-06-11
Mayor Rita Hallam signed the harbour charter on Sunday.

Lido opens | Norland Post | 2024-03-02
The lido in Esk opens in June, Mayor Jan Berg said on Friday. Tickets cost 4 crowns.
"""


@pytest.fixture(scope="module")
def room(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(NEWS)


def texts(answer: Answer) -> str:
    return "\n".join(item.text for item in answer.sentences)


def test_words_on_the_field_of_a_thing_are_shown_with_a_note(room: Newsroom) -> None:
    answer = room.ask("What is Falk's position on the missiles?")
    assert "target another country" in texts(answer)
    assert "None of it names “missiles”: it is said on “arms”." in answer.notices


def test_words_on_a_thing_do_not_answer_for_another_field(room: Newsroom) -> None:
    assert room.ask("What is Falk's position on the hospitals?").abstained


def test_the_month_of_the_occasion_answers_where_no_day_is_named(room: Newsroom) -> None:
    first = room.ask("What did Morrow say about the missiles?")
    answer = room.ask("When did he say that?", history=[("What did Morrow say about the missiles?", first.answer)])
    spans = [item.text[slice(*item.answer_span)] for item in answer.sentences if item.answer_span]
    assert any("January" in span for span in spans)
    assert any("of the occasion it says “" in notice for notice in answer.notices)


def test_what_an_outlet_reported_on_something_is_told(room: Newsroom) -> None:
    answer = room.ask("What did Norland Post report in February 2024 about Tarnia?")
    assert answer.kind == "overview"
    assert "target another country" in texts(answer)
    assert "lido" not in texts(answer)


@pytest.mark.parametrize(
    "question", ["What was said on 9 October 2023 about the kiln?", "What was said on 9 October 2023?"]
)
def test_a_day_of_saying_counts_where_no_article_is_of_that_day(room: Newsroom, question: str) -> None:
    assert texts(room.ask(question)) == "Potter Hanna Voss said on 9 October that the kiln would stay open."


def test_a_later_act_stands_before_the_words_that_it_supersedes(room: Newsroom) -> None:
    first, second = room.ask("What is Rita Hallam's current position on the harbour charter?").sentences
    assert first.text == "Mayor Rita Hallam signed the harbour charter on Sunday."
    assert "superseded" in (second.note or "")
