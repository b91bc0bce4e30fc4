"""Conversations as readers hold them: each follow-up is asked with the questions as they were completed, as the app
keeps them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Answer, Newsroom

NEWS = """
Council votes for weir | Esk Courier | 2024-03-04
The council of Esk voted on Monday to build a weir across the Linn. It is to cost 3 million crowns.
Mayor Ida Holm said the weir “will keep every cellar in this town dry.” Tilda Rask, who farms below the town, opposed
the weir. “My fields will lose their water because of this weir,” she told the Esk Courier.

Rask sees the judge | Linn Post | 2024-03-20
Tilda Rask has gone to court over the weir. “We grew 40 tonnes here in 1998, and we want to grow them in 2030,” she said
on Wednesday. Mayor Ida Holm denied that the vote was unlawful.

Ferry fares rise | Linn Post | 2024-03-21
The fares of the ferry to Osk rise by a fifth in May, said its owner, Peter Hale.

Ditch at the farm | Linn Post | 2024-03-22
Drainage officer Erik Moll attacked Tilda Rask for leaving her ditch open.
"""


@pytest.fixture
def talk(library_of: Callable[[str], Newsroom]) -> Callable[..., Answer]:
    room = library_of(NEWS)

    def last_answer(*questions: str) -> Answer:
        history: list[tuple[str, str]] = []
        for question in questions:
            answer = room.ask(question, history=history)
            history.append((answer.rewritten or question, answer.answer))
        return answer

    return last_answer


def test_what_about_somebody_asks_for_their_words(talk: Callable[..., Answer]) -> None:
    answer = talk("Who opposes the weir?", "why?", "What about Ida Holm?")
    assert answer.rewritten == "What did Ida Holm say about the weir?"
    assert "cellar" in answer.answer
    assert "besides" not in (talk("What did Ida Holm say?", "Who else?", "what about rask?").rewritten or "")


def test_the_day_of_a_statement_is_never_one_within_its_words(talk: Callable[..., Answer]) -> None:
    answer = talk("What did Tilda Rask say?", "When did she say that?")
    for one in answer.sentences:
        marked = one.text[slice(*one.answer_span)] if one.answer_span else ""
        assert "1998" not in marked
        assert "2030" not in marked
    answer = talk("What did Tilda Rask say about 40 tonnes?", "When did she say that?")
    (one,) = answer.sentences
    assert one.answer_span
    assert one.text[slice(*one.answer_span)] == "on Wednesday"
    assert one.note == "Tilda Rask: said on 20 Mar 2024 (“on Wednesday”)."
    answer = talk("What did Ida Holm say about the cellar?", "when was that?")
    assert [item.answer_span for item in answer.sentences] == [None]
    assert "the article names no day; it was published on 4 Mar 2024" in answer.notices[0]


def test_why_is_answered_by_a_reason_of_whom_it_asks_or_not_at_all(talk: Callable[..., Answer]) -> None:
    answer = talk("Who opposes the weir?", "Why?")
    assert answer.rewritten == "Why does Tilda Rask oppose the weir?"
    assert "lose their water because" in answer.answer
    answer = talk("Who criticised Tilda Rask?", "Why?")
    assert answer.rewritten == "Why did Erik Moll criticise Tilda Rask?"
    assert "for leaving her ditch open" in answer.answer
    for before in ("How much will the weir cost?", "What did Ida Holm say about the vote?"):
        declined = talk(before, "why?")
        assert declined.abstained
        assert "The articles do not give a reason." in declined.notices


def test_summarise_that_keeps_to_the_articles_of_the_last_answer(talk: Callable[..., Answer]) -> None:
    answer = talk("What did Peter Hale say?", "Summarise that")
    assert {item.title for item in answer.citations} == {"Ferry fares rise"}
    answer = talk("What did Tilda Rask say?", "Can you summarise that?")
    assert {item.title for item in answer.citations} == {"Council votes for weir", "Rask sees the judge"}
    assert [item.citations[0] for item in answer.sentences] == sorted(item.citations[0] for item in answer.sentences)
    assert 1 < len(answer.sentences) <= 4


def test_thanks_are_not_searched_for(talk: Callable[..., Answer]) -> None:
    answer = talk("What did Peter Hale say?", "thanks")
    assert (answer.kind, answer.citations, answer.nearest) == ("courtesy", (), ())
    assert answer.notices[0].startswith("You’re welcome.")
    assert answer.headline == answer.notices[0]
    assert "fares" in talk("What did Peter Hale say?", "thanks", "in short").answer


def test_whether_a_sentence_of_the_outlet_is_true_has_no_quotation_marks(talk: Callable[..., Answer]) -> None:
    answer = talk("What did Peter Hale say?", "is that true?")
    assert answer.rewritten == (
        "Is this true: The fares of the ferry to Osk rise by a fifth in May, said its owner, Peter Hale?"
    )
    assert answer.sentences[0].text.startswith("The fares of the ferry")


def test_a_misspelt_possessive_is_read_and_shown(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Norway and fish | Esk Courier | 2024-02-01\n"
        "Norwegian Foreign Minister Bo Krell said on Thursday that his country will not sign the herring treaty."
    )
    for question in ("What is Norways position?", "Whats norways positon on the treaty?"):
        answer = room.ask(question)
        assert "will not sign" in answer.answer
        assert ("spelling", "Norway’s") in [(item.kind, item.value) for item in answer.understood]


def test_whose_words_are_meant_is_asked_and_not_called_a_gap_in_the_articles(talk: Callable[..., Answer]) -> None:
    answer = talk("Who commented on the weir?", "is that true?")
    assert (answer.kind, answer.headline) == ("unclear", "The question is not clear.")
    assert "Tilda Rask or Ida Holm" in answer.notices[0]
    assert "vote was unlawful" not in answer.answer
    assert "farms" in talk("Who opposes the weir?", "Is what Rask said true?").answer
