"""Whose name a source gets: appositions, peoples, who was asked or heard, who is quoted by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.domain import Statement
from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements

Read = Callable[[str], list[tuple[str | None, str]]]


@pytest.fixture(scope="session")
def read(parser: SpacyParser) -> Read:
    def said(text: str) -> list[tuple[str | None, str]]:
        found: tuple[Statement, ...] = extract_statements(text, parser=parser, article_id="a", version="v")
        return [(one.speaker, one.text) for one in found]

    return said


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The ferry firm, Brant Line, said on Monday that the timetable stands.", "Brant Line"),
        ("Its insurer, Harbour Mutual, has told him that the timetable stands.", "Harbour Mutual"),
        ("The quarry's owner, Steen Brothers, said that the timetable stands.", "Steen Brothers"),
        ("His widow, Maren, said that the timetable stands.", "Maren"),
        ("Their mother, Edda, 81, said the timetable stands.", "Edda"),
        ("Lord Justice Penrow said the timetable stands.", "Penrow"),
        ("In a letter to the chairman, Sir Paul Vane, the surgeon Ines Moradi wrote that the timetable stands.",
         "Ines Moradi"),
        ("For the brewer, Norlager, head of sales Jan Thune wrote that the timetable stands.", "Jan Thune"),
        ("Marsh, asked about it at the quay, was quoted by the Delta agency as saying that the timetable stands.",
         "Marsh"),
        ("The minister, asked whether she would resign, told reporters the timetable stands.", "The minister"),
    ],
)  # fmt: skip
def test_a_source_has_the_name_that_stands_with_it(read: Read, text: str, speaker: str) -> None:
    assert [name for name, words in read(text) if "timetable stands" in words] == [speaker]


def test_a_court_that_hears_something_does_not_say_it(read: Read) -> None:
    for hearer in ("The coroner", "The jury", "A disciplinary panel"):
        assert [name for name, _ in read(f"{hearer} heard that the gate had been left open.")] == [None]


def test_a_people_is_the_one_whom_the_text_calls_by_it(read: Read) -> None:
    statements = read(
        "The Kenyan runner Grace Wambui beat the Swede Lena Holm by a second. Holm said the pace was slow."
        " The Kenyan said it was fast enough."
    )
    assert [name for name, words in statements if "fast enough" in words] == ["Grace Wambui"]


def test_who_was_asked_may_be_the_one_who_answers(read: Read) -> None:
    statements = read('Pilot Paul Marsh asked him to say it again. "I said it three times," he recalled.')
    assert [name for name, words in statements if "three times" in words] == [None]


def test_whom_she_meant_is_not_he_in_the_next_sentence(read: Read) -> None:
    statements = read('Joss Marsh, 63, booked the cabin. "We played cards," she told a reporter. He said it was dull.')
    assert all(name != "Joss Marsh" for name, words in statements if "dull" in words)


def test_words_in_the_words_of_another_are_of_who_uttered_them(read: Read) -> None:
    statements = read(
        'Olga Brandt said the clerk had told her "we close at five". Brandt said the guard had said no boat came.'
    )
    assert ("the clerk", '"we close at five"') in statements
    assert ("the guard", "no boat came") in statements


def test_any_verb_behind_a_quotation_keeps_it_from_the_speaker_before(read: Read) -> None:
    statements = read(
        '"Nobody asked," said Ada Lund. "Ask now," Bo Marsh rasped. "Not today," Ivo Roe trilled, "or ever."'
    )
    assert [name for name, words in statements if "Ask now" in words] == ["Bo Marsh"]
    assert all(name != "Ada Lund" for name, words in statements if "Not today" in words)


def test_when_it_was_said_is_no_part_of_what_was_said(read: Read) -> None:
    statements = read('The palace said the king was well, a day after Olaf Brandt called him "a shadow".')
    assert statements[0][1] == "the king was well"
    assert [name for name, words in statements if "shadow" in words] == ["Olaf Brandt"]


def test_lines_with_age_and_job_or_a_surname_and_a_full_stop_have_a_speaker(read: Read) -> None:
    assert [name for name, _ in read('Luz Ortega, 34, hairdresser: "I took the photographs and left."')] == [
        "Luz Ortega"
    ]
    statements = read(
        "Mr. Korda. I was at home. The gate was shut.\nMr. Hale. Where was that?\nMr. Korda. In the old port."
    )
    assert [name for name, _ in statements] == ["Korda", "Korda"]
