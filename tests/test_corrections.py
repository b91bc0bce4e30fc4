"""Corrections of statements: they win over what was extracted, and outlive new rules and new versions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag import BadDate, Filters, Newsroom, Settings, Span, Statement, UnknownStatement, UnusableInput
from tests.guards import some

ADDRESS = "https://news.example/bridge"
TEXT = """Mayor Ida Holm said that the old bridge will close. "The new one is ready," she told the council on Monday.

The shops kept away from it. Builder Tom Reed said the work costs nine million crowns."""


@pytest.fixture(scope="module")
def bridge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the article, made once: the parser need not load in every test."""
    home = tmp_path_factory.mktemp("bridge")
    with Newsroom.open(Settings(home=home)) as opened:
        opened.add_text(TEXT, title="The bridge will close", published="2024-03-05", url=ADDRESS)
    return home


@pytest.fixture
def room(bridge_home: Path, tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=shutil.copytree(bridge_home, tmp_path / "home"))) as opened:
        yield opened


@pytest.fixture
def article(room: Newsroom) -> str:
    return room.articles()[0].article_id


def said(room: Newsroom, article: str, words: str) -> Statement:
    return next(item for item in room.statements(article=article) if words in item.text)


def extract_again(room: Newsroom) -> None:
    room.reindex()
    assert room.wait(300)


def test_a_corrected_speaker_is_found_under_the_new_name_and_not_the_old(room: Newsroom, article: str) -> None:
    fixed = room.correct(said(room, article, "nine million"), speaker="Ann Moss", role="engineer", said_on="2024-03-04")
    assert (fixed.speaker, fixed.role, fixed.said_on, fixed.corrected) == (
        "Ann Moss",
        "engineer",
        date(2024, 3, 4),
        True,
    )
    assert fixed.speaker_basis is None  # the article does not have the name
    assert [item.text for item in room.statements(actor="Ann Moss")] == [fixed.text]
    assert room.articles(Filters(speaker="Moss"))
    assert not room.articles(Filters(speaker="Tom Reed"))
    assert fixed.text in room.ask("What did Ann Moss say about the costs?").answer


def test_a_corrected_field_rests_on_the_words_of_the_article_that_have_it(room: Newsroom, article: str) -> None:
    fixed = room.correct(said(room, article, "nine million"), speaker="Ida Holm", venue="the council")
    assert fixed.speaker_basis is not None
    assert fixed.speaker_basis.text == "Ida Holm"
    assert fixed.venue_basis is not None
    assert TEXT[fixed.venue_basis.start : fixed.venue_basis.end] == "the council"


def test_corrections_add_up_and_an_empty_text_empties_a_field(room: Newsroom, article: str) -> None:
    room.correct(said(room, article, "nine million"), speaker="Ann Moss")
    fixed = room.correct(said(room, article, "nine million"), role="", denied=True)
    assert (fixed.speaker, fixed.role, fixed.denied) == ("Ann Moss", None, True)


def test_a_dismissed_statement_is_gone_everywhere_until_it_is_restored(room: Newsroom, article: str) -> None:
    wrong = said(room, article, "nine million")
    room.dismiss(wrong)
    assert wrong.text not in [item.text for item in room.statements()]
    assert [(item.verdict, item.statement.text) for item in room.corrections(article)] == [("dismissed", wrong.text)]
    back = room.restore(wrong)
    assert back is not None
    assert (back.text, back.corrected) == (wrong.text, False)
    assert room.corrections(article) == []


def test_an_added_statement_has_the_words_of_its_spans_and_can_be_taken_back(room: Newsroom, article: str) -> None:
    start = TEXT.index("kept away")
    statement = room.add_statement(article, [(start, start + 9)], speaker="the shops", cue=Span(start, start + 4))
    assert (statement.text, statement.kind, statement.corrected) == ("kept away", "indirect", True)
    assert room.statements(actor="the shops") == [statement]
    assert room.restore(statement) is None
    assert room.statements(actor="the shops") == []


def test_a_statement_can_be_added_by_words_that_stand_once(room: Newsroom, article: str) -> None:
    statement = room.add_statement(article, ["kept away"], source="The shops", speaker="the shops")
    assert statement.source is not None
    assert (TEXT[statement.content[0].start : statement.content[0].end], statement.source.text) == (
        "kept away",
        "The shops",
    )
    with pytest.raises(UnusableInput, match="more than once"):
        room.add_statement(article, ["the"], speaker="the shops")
    with pytest.raises(UnusableInput, match="just as it has them"):
        room.add_statement(article, ["kept close"], speaker="the shops")


def test_words_between_quotation_marks_are_added_as_direct(room: Newsroom, article: str) -> None:
    room.dismiss(said(room, article, "The new one is ready"))
    start = TEXT.index("new one")
    assert room.add_statement(article, [(start, start + 7)], speaker="Ida Holm").kind == "direct"


def test_everything_survives_a_new_extraction(room: Newsroom, article: str) -> None:
    room.correct(said(room, article, "nine million"), speaker="Ann Moss")
    room.dismiss(said(room, article, "The new one is ready"))
    start = TEXT.index("kept away")
    room.add_statement(article, [(start, start + 9)], speaker="the shops")
    before = room.statements(article=article)
    extract_again(room)
    assert room.statements(article=article) == before
    assert len(room.corrections(article)) == 3


def test_a_correction_outlives_the_newsroom_and_goes_with_its_article(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "lasting")
    with Newsroom.open(settings) as room:
        article = str(room.add_text(TEXT, title="The bridge").article_id)
        room.wait()
        room.correct(said(room, article, "nine million"), speaker="Zebulon Quark")
    with Newsroom.open(settings) as room:
        assert said(room, article, "nine million").speaker == "Zebulon Quark"
        room.remove(article)
    assert all(b"Zebulon" not in path.read_bytes() for path in some((tmp_path / "lasting").glob("library.db*")))


def test_a_new_version_keeps_corrections_of_words_that_still_stand(room: Newsroom, article: str) -> None:
    room.correct(said(room, article, "nine million"), speaker="Ann Moss")
    room.dismiss(said(room, article, "The new one is ready"))
    changed_text = TEXT.replace("Mayor", "Last week mayor").replace(
        "The new one is ready", "The new one is almost ready"
    )
    result = room.add_text(changed_text, title="The bridge will close", published="2024-03-05", url=ADDRESS)
    room.wait()
    assert result.status == "updated"
    assert "1 correction of a statement was not carried over" in str(result.reason)
    kept = said(room, article, "nine million")
    assert (kept.speaker, kept.version) == ("Ann Moss", result.version)
    assert all(changed_text[part.start : part.end] == part.text for part in some(kept.content))
    assert said(room, article, "almost ready")
    assert sorted((item.verdict, item.carried) for item in room.corrections(article) if item.carried is not None) == [
        ("corrected", True),
        ("dismissed", False),
    ]


def test_words_that_stand_twice_in_the_new_version_are_not_carried(room: Newsroom, article: str) -> None:
    room.correct(said(room, article, "nine million"), speaker="Ann Moss")
    result = room.add_text(TEXT + "\n\n" + TEXT.split("\n\n")[-1], title="The bridge will close", url=ADDRESS)
    assert "not carried over" in str(result.reason)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"mood": "angry"}, UnusableInput, "Its fields are speaker, role"),
        ({"kind": "shouted"}, UnusableInput, "direct, mixed or indirect"),
        ({"said_on": "Monday"}, BadDate, "YYYY-MM-DD"),
        ({"speaker": "x" * 301}, UnusableInput, "shorten it to 300"),
        ({"speaker": 7}, UnusableInput, "text or None"),
    ],
)
def test_a_change_that_can_t_be_is_refused_with_the_remedy(
    room: Newsroom, article: str, changes: dict[str, Any], error: type[Exception], told: str
) -> None:
    item = said(room, article, "nine million")
    with pytest.raises(error, match=told):
        room.correct(item, **changes)
    assert said(room, article, "nine million") == item


@pytest.mark.parametrize("content", [[], [(5, 5)], [(0, 10_000)], [(-1, 4)], [(0, 9), (5, 12)], [(107, 109)]])
def test_spans_that_the_text_does_not_have_are_refused(
    room: Newsroom, article: str, content: list[tuple[int, int]]
) -> None:
    with pytest.raises(UnusableInput):
        room.add_statement(article, content, speaker="Ida Holm")


def test_a_statement_that_is_there_is_not_added_again(room: Newsroom, article: str) -> None:
    known = said(room, article, "nine million")
    with pytest.raises(UnusableInput, match="Correct or restore"):
        room.add_statement(article, [part.span for part in known.content], speaker="Ann Moss")


def test_a_statement_of_a_removed_article_can_t_be_corrected(room: Newsroom, article: str) -> None:
    item = said(room, article, "nine million")
    room.remove(article)
    with pytest.raises(UnknownStatement):
        room.correct(item, speaker="Ann Moss")
