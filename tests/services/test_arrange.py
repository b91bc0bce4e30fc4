"""What folds into one line, and what supersedes what: on drafts made by hand."""

from __future__ import annotations

from datetime import date

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Fragment, Statement
from rag.question.answer_type import AnswerType
from rag.services.answers.shapes.arrange import folded, newest_first


def said(*lines: tuple[str, str, date]) -> tuple[list[DraftSentence], Evidence]:
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


def test_the_same_words_again_are_one_line_with_all_their_sources() -> None:
    text = "The pier will be rebuilt in stone"
    (one,) = folded(*said(*(("Ida Holm", text, date(2024, month, 3)) for month in range(1, 8))))
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
def test_what_differs_in_speaker_number_unit_or_denial_stays_apart(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert len(folded(*said((*first, JANUARY), (*second, MARCH)))) == 2


def test_the_newest_stands_first_and_a_later_denial_supersedes() -> None:
    newest, older = newest_first(
        *said(("Ida Holm", "The pier will close", JANUARY), ("Ida Holm", "The pier will not close", JULY))
    )
    assert (newest.text, newest.remark) == ("The pier will not close", None)
    assert older.remark == "earlier, 8 January 2024; superseded by what followed on 2 July 2024"


def test_somebody_elses_later_words_supersede_nothing() -> None:
    _, older = newest_first(
        *said(("Ida Holm", "The pier will close", JANUARY), ("Jon Lund", "The pier will not close", JULY))
    )
    assert older.remark == "earlier, 8 January 2024"


def test_what_is_of_one_day_is_not_marked() -> None:
    drafts = newest_first(*said(("Ida Holm", "Five", MARCH), ("Jon Lund", "Three", MARCH)), value=AnswerType.COUNT)
    assert [draft.remark for draft in drafts] == [None, None]
