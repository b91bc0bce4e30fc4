"""What folds into one line, and what supersedes what: on drafts made by hand."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Filters, Fragment, Statement
from rag.question.answer_type import AnswerType
from rag.question.interpret import interpret_one
from rag.services.answers.shapes.arrange import arrange, fold_repeats, newest_first
from rag.stores.library import Corpus
from tests.question.test_interpret import Shelf


def statement_drafts(*lines: tuple[str, str, date]) -> tuple[list[DraftSentence], Evidence]:
    """Drafts of statements by speaker, words and day, each from an article of its own."""
    drafts, sentences = [], []
    for at, (speaker, text, day) in enumerate(lines):
        fragment = Fragment(start=0, end=len(text), text=text)
        statement = Statement(
            speaker=speaker,
            kind="indirect",
            source=None,
            cue=None,
            content=(fragment,),
            text=text,
            article_id=f"a{at}",
            version="1",
            published=day,
        )
        sentences.append(
            EvidenceSentence(
                sid=f"s{at}",
                article_id=f"a{at}",
                version="1",
                start=0,
                end=len(text),
                text=text,
                title="",
                outlet="Post",
                published=day,
            )
        )
        drafts.append(DraftSentence(text=text, sids=(f"s{at}",), kind="indirect", statement=statement))
    return drafts, Evidence(sentences=tuple(sentences))


JANUARY, MARCH, JULY = date(2024, 1, 8), date(2024, 3, 7), date(2024, 7, 2)


def test_repetitions_are_one_draft_with_all_their_sources() -> None:
    text = "The pier will be rebuilt in stone"
    (one,) = fold_repeats(*statement_drafts(*(("Ida Holm", text, date(2024, month, 3)) for month in range(1, 8))))
    assert one.remark == "said seven times, January to July 2024"
    assert set(one.sids) == {f"s{at}" for at in range(7)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Ida Holm", "The pier will be rebuilt in stone"), ("Jon Lund", "The pier will be rebuilt in stone")),
        (("Ida Holm", "The pier will cost 30 crowns"), ("Ida Holm", "The pier will cost 40 crowns")),
        (("Ida Holm", "The tunnel will be 4 miles long"), ("Ida Holm", "The tunnel will be 4 kilometres long")),
        (("Ida Holm", "The pier will be rebuilt in stone"), ("Ida Holm", "The pier will not be rebuilt in stone")),
        (("Ida Holm", "The pier will be rebuilt in stone"), ("Ida Holm", "The tram will be cheaper for pupils")),
        (("Ida Holm", "The pier will open on 3 May 2025"), ("Ida Holm", "The pier will open on 5 May 2025")),
        (("Ida Holm", "The pier will open on a Monday"), ("Ida Holm", "The pier will open on a Friday")),
    ],
)
def test_statements_that_differ_in_speaker_number_unit_or_denial_are_not_folded(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert len(fold_repeats(*statement_drafts((*first, JANUARY), (*second, MARCH)))) == 2


def test_a_denial_of_something_left_unnamed_supersedes_nothing() -> None:
    _, older = newest_first(
        *statement_drafts(("Norland", "The barges are a danger", JANUARY), ("Norland", "it did not", JULY))
    )
    assert older.remark == "earlier, 8 Jan 2024"


def test_the_newest_comes_first_and_a_later_denial_supersedes() -> None:
    newest, older = newest_first(
        *statement_drafts(("Ida Holm", "The pier will close", JANUARY), ("Ida Holm", "The pier will not close", JULY))
    )
    assert (newest.text, newest.remark) == ("The pier will not close", None)
    assert older.remark == "earlier, 8 Jan 2024; superseded by what followed on 2 Jul 2024"


def test_later_words_of_another_speaker_supersede_nothing() -> None:
    _, older = newest_first(
        *statement_drafts(("Ida Holm", "The pier will close", JANUARY), ("Jon Lund", "The pier will not close", JULY))
    )
    assert older.remark == "earlier, 8 Jan 2024"


def test_drafts_of_one_day_are_not_marked() -> None:
    drafts = newest_first(
        *statement_drafts(("Ida Holm", "Five", MARCH), ("Jon Lund", "Three", MARCH)), value=AnswerType.COUNT
    )
    assert [draft.remark for draft in drafts] == [None, None]


def arranged_texts(question: str, title: str, *lines: tuple[str, float]) -> list[str]:
    """The sentences of one article as the question's kind arranges them, each line with its score."""
    sentences, at = [], 0
    for number, (text, score) in enumerate(lines):
        sentences.append(
            EvidenceSentence(
                sid=f"s{number}", article_id="a", version="1", start=at, end=at + len(text), text=text, title=title,
                outlet="Post", published=MARCH, score=score,
            )
        )  # fmt: skip
        at += len(text) + 1
    drafts = [DraftSentence(text=one.text, sids=(one.sid,), kind="reported") for one in sentences if one.score > 0.5]
    evidence = Evidence(sentences=tuple(sentences), judged=True)
    reading = interpret_one(question, cast("Corpus", Shelf()), (), Filters())
    return [draft.text for draft in arrange(reading, evidence, drafts)]


def test_each_value_of_an_article_is_shown_once_and_none_of_something_else() -> None:
    lines = (
        ("Blast kills nine in Esk.", 0.999),
        ("Nine people died in the blast in Esk, the mayor said.", 0.9999),
        ("A blast in Lund killed 30 people in May.", 0.7),
    )
    assert arranged_texts("How many people died in the blast in Esk?", "Blast kills nine in Esk", *lines) == [
        lines[1][0]
    ]


def test_an_unnamed_person_is_named_from_the_same_article() -> None:
    lines = (("One man was killed in the mill fire.", 0.99), ("Police named him as Jon Lund, 55.", 0.0))
    assert arranged_texts("Who was killed in the mill fire?", "Mill burns", *lines)[0] == lines[1][0]
    lines = (("Ida Holm stepped down as leader of the Pier Party.", 0.99), ("Her deputy, Jon Lund, succeeds her.", 0.0))
    assert arranged_texts("Who leads the Pier Party?", "A leader goes", *lines)[0] == lines[1][0]


def test_the_name_of_a_person_is_no_name_of_a_town() -> None:
    assert (
        arranged_texts(
            "What is the name of the captain?", "Ship lost", ("The captain was held in Esk on Monday.", 0.99)
        )
        == []
    )


def test_a_reason_is_shown_rather_than_its_effect() -> None:
    lines = (("Profits fell as costs led to losses.", 0.99), ("Profits were 9 crowns.", 0.9))
    assert arranged_texts("Why did profits fall?", "Profits", *lines) == [lines[0][0]]
