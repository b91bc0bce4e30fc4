"""Conversations in the library: kept whole, marked when what they cite changes, cleared when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain import Answer, AnswerSentence, Citation, Extract, Filters, Hit, Mark, Span, Withheld
from rag.errors import UnknownChat
from rag.stores.library import Library

WORDS = "The council will trade cloves with Zanzibar."
NONE = Filters()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "library.db")
    yield opened
    opened.close()


def put(library: Library, text: str = WORDS, *, key: str = "k", notes: tuple[str, ...] = ()) -> tuple[str, str]:
    extract = Extract(text=text, title="Zanzibar, again", notes=notes)
    result = library.articles.put(extract, key=key, name=key, cut=lambda whole: [Span(0, len(whole))], cut_as="all")
    assert result.article_id
    assert result.version
    return result.article_id, result.version


def answer(article_id: str, version: str, quote: str = WORDS) -> Answer:
    cited = Citation(
        n=1,
        article_id=article_id,
        version=version,
        start=0,
        end=len(quote),
        quote=quote,
        match="exact",
        title="Zanzibar, again",
        outlet="Clove Post",
        published=None,
        url=None,
    )
    return Answer(
        question="What of cloves?",
        abstained=False,
        support=0.9,
        engine="built-in",
        answer=f"{quote} [1]",
        sentences=(AnswerSentence(text=quote, kind="reported", citations=(1,)),),
        citations=(cited,),
        withheld=(Withheld(text="Zanzibar trades nothing.", reason="Not so."),),
        notices=("“Zanzibar, again” carries a correction",),
    )


def test_a_turn_comes_back_as_it_was_kept_also_after_reopening(library: Library) -> None:
    reply = answer(*put(library))
    filters = Filters(outlet="Clove Post", since="2022-02-01")  # type: ignore[arg-type]
    number = library.chats.save_turn("c", "What of cloves?", filters)
    assert library.chats.get("c").turns[0].state == "asked"
    library.chats.save_turn("c", "What of cloves?", filters, number=number, state="answered", answer=reply)
    again = Library(library.path)
    (turn,) = again.chats.get("c").turns
    again.close()
    assert (turn.number, turn.question, turn.filters, turn.state) == (1, "What of cloves?", filters, "answered")
    assert turn.answer == reply
    assert turn.marks == ()


def test_the_last_turns_are_given_with_how_many_there_are(library: Library) -> None:
    for n in range(5):
        assert library.chats.save_turn("c", f"Question {n}", NONE) == n + 1
    chat = library.chats.get("c", 2)
    assert [item.question for item in chat.turns] == ["Question 3", "Question 4"]
    assert chat.total == 5


def test_conversations_are_listed_by_their_first_question_and_forgotten_whole(library: Library) -> None:
    library.chats.save_turn("one", "Of cloves?", NONE)
    library.chats.save_turn("one", "Of nutmeg, then?", NONE)
    library.chats.save_turn("two", "Of pepper?", NONE)
    assert sorted((item.turns[0].question, item.total) for item in library.chats.all()) == [
        ("Of cloves?", 2),
        ("Of pepper?", 1),
    ]
    library.chats.forget("one")
    assert [item.chat_id for item in library.chats.all()] == ["two"]
    assert b"nutmeg" not in b"".join(path.read_bytes() for path in library.path.parent.iterdir())
    for unknown in ("one", ""):
        with pytest.raises(UnknownChat):
            library.chats.get(unknown)
        with pytest.raises(UnknownChat):
            library.chats.forget(unknown)


def test_removing_an_article_marks_answers_that_cited_it_and_leaves_none_of_its_words(library: Library) -> None:
    article_id, version = put(library)
    library.chats.save_turn("c", "What of cloves?", NONE, state="answered", answer=answer(article_id, version))
    library.chats.save_turn("c", "And pepper?", NONE, state="answered")
    report = library.articles.remove(article_id)
    assert (report.title, report.versions, report.answers) == ("Zanzibar, again", 1, 1)
    turn = library.chats.get("c").turns[0]
    assert turn.marks == (Mark(n=1, kind="removed"),)
    assert turn.answer
    assert [item.text for item in turn.answer.sentences] == [""]
    left = b"".join(path.read_bytes() for path in library.path.parent.iterdir()).lower()
    assert b"zanzibar" not in left
    assert b"clove post" not in left
    put(library)  # it comes back under the same id; what was cleared stays marked
    assert library.chats.get("c").turns[0].marks == (Mark(n=1, kind="removed"),)


def test_passages_that_only_came_near_go_too_but_do_not_count_as_cited(library: Library) -> None:
    article_id, version = put(library)
    near = Hit(
        article_id=article_id,
        version=version,
        start=0,
        end=8,
        text="Zanzibar",
        score=1.0,
        title="Z",
        outlet=None,
        published=None,
    )
    abstained = replace(answer(article_id, version), citations=(), sentences=(), withheld=(), notices=(), answer="")
    library.chats.save_turn(
        "c", "?", NONE, state="answered", answer=replace(abstained, abstained=True, nearest=(near,))
    )
    assert library.articles.remove(article_id).answers == 0
    turn = library.chats.get("c").turns[0]
    assert turn.answer
    assert turn.answer.nearest == ()
    assert turn.marks == ()


def test_an_answer_kept_after_its_article_went_holds_none_of_it(library: Library) -> None:
    reply = answer(*put(library))
    library.articles.remove(reply.citations[0].article_id)
    library.chats.save_turn("c", "?", NONE, state="answered", answer=reply)
    turn = library.chats.get("c").turns[0]
    assert turn.answer
    assert turn.answer.citations[0].quote == ""


@pytest.mark.parametrize(
    ("text", "notes", "expected"),
    [
        (f"{WORDS} More of it.", (), ()),
        ("The council will trade nutmeg with Zanzibar.", (), (Mark(n=1, kind="changed"),)),
        (f"{WORDS} More.", ("correction: CORRECTION: It was nutmeg.",), (Mark(n=1, kind="corrected"),)),
        (f"{WORDS} More.", ("update: Updated on Monday.",), ()),
    ],
)
def test_an_answer_is_marked_by_what_became_of_the_words_it_cites(
    library: Library, text: str, notes: tuple[str, ...], expected: tuple[Mark, ...]
) -> None:
    library.chats.save_turn("c", "?", NONE, state="answered", answer=answer(*put(library)))
    put(library, text, notes=notes)
    assert library.chats.get("c").turns[0].marks == expected


def test_what_a_reader_thought_is_kept_replaced_and_taken_back(library: Library) -> None:
    library.chats.save_turn("c", "?", NONE, state="answered", answer=answer(*put(library)))
    library.chats.judge("c", 1, "useful", None)
    library.chats.judge("c", 1, "wrong", "It was nutmeg.")
    (turn,) = library.chats.judged_turns()
    assert turn.feedback
    assert (turn.feedback.judgement, turn.feedback.note) == ("wrong", "It was nutmeg.")
    library.chats.judge("c", 1, None, None)
    assert library.chats.judged_turns() == []
    with pytest.raises(UnknownChat):
        library.chats.judge("c", 2, "useful", None)


def test_a_new_answer_to_a_kept_question_is_not_judged_by_the_old_one(library: Library) -> None:
    reply = answer(*put(library))
    library.chats.save_turn("c", "?", NONE, state="answered", answer=reply)
    library.chats.judge("c", 1, "wrong", None)
    library.chats.save_turn("c", "?", NONE, number=1, state="answered", answer=reply)
    assert library.chats.get("c").turns[0].feedback is None
