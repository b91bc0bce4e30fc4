"""Whom the words of a source refer to, how far a content reaches, and what only looks like a statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from rag.domain import Statement
from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements

Read = Callable[[str], tuple[Statement, ...]]


@pytest.fixture(scope="session")
def read(parser: SpacyParser) -> Read:
    return lambda text: extract_statements(
        text, parser=parser, article_id="a", version="v", published=date(2031, 3, 12)
    )


SPEAKERS = {
    "a title that is a given name as well": (
        'Ida Holm, the judge, had doubts. Judge Holm gave no reasons in June. "The law is clear," Holm said.',
        "Ida Holm",
    ),
    "a couple shares a surname": ("Tomas and Ida Marsh said they would sue the port.", "Tomas Marsh and Ida Marsh"),
    "what else somebody is": (
        "Ida Holm, a former pilot and captain of the ferry, said the harbour was safe.",
        "Ida Holm",
    ),
    "whose people they are": (
        "The ruling hit Ida Holm, whose lawyers argued that the papers held secrets.",
        "Ida Holm's lawyers",
    ),
    "a title of the person whom the text names first": (
        "Ida Holm opened the yard on Monday. The former teacher said it would employ 900 people.",
        "Ida Holm",
    ),
    "not of somebody in the same sentence": (
        "Ida Holm was told by the mayor that the bridge would close.",
        "the mayor",
    ),
    "whose plan it is": ("Ida Holm's plan came a week after she said the port would stay open.", "Ida Holm"),
    "a relative clause of an apposition": (
        "The prize went to Ida Holm, a pilot who said the harbour was safe.",
        "Ida Holm",
    ),
    "who sends a message": ("Ida Holm emailed supporters saying that the port would stay open.", "Ida Holm"),
    "the body two sentences back": (
        "The harbour board opened a yard in May. Ida Holm, who ran it, left in June. It said the yard would stay open.",
        "The harbour board",
    ),
    "who of a family": (
        "Ada Lund runs the port. Her husband, Bo Lund, is a cook. Ada Lund came in May. Lund said the port was safe.",
        "Ada Lund",
    ),
}


@pytest.mark.parametrize(("text", "speaker"), SPEAKERS.values(), ids=SPEAKERS)
def test_the_last_statement_has_its_speaker(read: Read, text: str, speaker: str) -> None:
    assert read(text)[-1].speaker == speaker


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("NATO's Ida Holm said the harbour was safe.", "NATO"),
        ("UK Chancellor of the Exchequer Ida Holm said the plan was fair.", "United Kingdom"),
    ],
)
def test_on_whose_behalf_somebody_speaks(read: Read, text: str, actor: str) -> None:
    assert [(item.speaker, item.on_behalf_of) for item in read(text)] == [("Ida Holm", actor)]


CONTENTS = {
    "an insertion between dashes": (
        "She was exact - an aide said she counted the pens before each meeting - and never late for a vote.",
        "she counted the pens before each meeting",
    ),
    "a clause before the quotation": (
        'The port tried to hide the leak, and in doing so it "made a grave mistake," Ida Holm said.',
        'The port tried to hide the leak, and in doing so it "made a grave mistake,"',
    ),
    "a participle with a subject of its own": (
        "Ida Holm said he had been flooded with angry letters, some of them mentioning the port by name.",
        "he had been flooded with angry letters, some of them mentioning the port by name",
    ),
    "a cue behind another one": (
        "Bo Marsh thinks the council asks for too many tests of the water, his lawyer Ida Holm said on Monday.",
        "Bo Marsh thinks the council asks for too many tests of the water",
    ),
}


@pytest.mark.parametrize(("text", "content"), CONTENTS.values(), ids=CONTENTS)
def test_how_far_a_content_reaches(read: Read, text: str, content: str) -> None:
    assert content in [item.text for item in read(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It is too soon to say how many ships will come.",
        "This said more about the port than a speech.",
        "Clerks would be allowed to deny licences to the crews.",
        'Ida Holm wears a blue coat in films that she calls "Harbour Morning Tales," which run for an hour.',
    ],
)
def test_what_only_looks_like_a_statement(read: Read, text: str) -> None:
    assert not [item for item in read(text) if not item.stance]


def test_some_voices_speak_and_numbers_do_not(read: Read) -> None:
    assert [item.speaker for item in read("Some party figures declared that the vote was lost.")] == [
        "Some party figures"
    ]
    assert not read("The figures declared that the vote was lost.")
    assert [item.source.text for item in read("She’s called for a vote.") if item.source] == ["She"]


def test_the_name_of_an_event_is_no_day(read: Read) -> None:
    (item,) = read("Ida Holm criticised the June 11, 2030, closure of the port as a mistake.")
    assert item.said_on is None
    (item,) = read('"The port is safe," Ida Holm told The Associated Press of the plans for the yard.')
    assert item.venue == "The Associated Press"
