"""Statements that are found although the parser hung a word elsewhere, and quotations that nobody closes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.domain import Statement
from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements

Read = Callable[[str], tuple[Statement, ...]]


@pytest.fixture(scope="session")
def read(parser: SpacyParser) -> Read:
    return lambda text: extract_statements(text, parser=parser, article_id="a", version="v")


def parts(item: Statement) -> tuple[str | None, str | None, str | None, str]:
    return (
        item.speaker,
        item.source.text if item.source else None,
        item.cue.text if item.cue else None,
        item.text,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "“The harbour is silted up. “We dredge it each spring. “Nobody pays us,” said Ida Holm.",
            [("said", "“The harbour is silted up. “We dredge it each spring. “Nobody pays us,”")],
        ),
        (
            "Ida Holm said: “I have asked the council to pay. “I felt that nobody listened. “We go on.”",
            [("said:", "“I have asked the council to pay. “I felt that nobody listened. “We go on.”")],
        ),
        (
            "Ida Holm said: “The quay leaks. She added: “We mend it each May.”",
            [("said:", "“The quay leaks."), ("added:", "“We mend it each May.”")],
        ),
    ],
)
def test_an_open_quotation_goes_on_in_the_next_one(read: Read, text: str, expected: list[tuple[str, str]]) -> None:
    statements = read(text)
    assert [(item.cue and item.cue.text, item.text) for item in statements] == expected
    assert {item.speaker for item in statements} == {"Ida Holm"}


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        (
            "Frost charges that ferries that stand idle cost the town millions of crowns.",
            "Frost",
            "charges",
            "that ferries that stand idle cost the town millions of crowns",
        ),
        ("The keeper Jay Roe is ill, claims his doctor.", "his doctor", "claims", "The keeper Jay Roe is ill"),
        (
            "The pilots were still hopeful that they would sail, added the spokesman.",
            "the spokesman",
            "added",
            "The pilots were still hopeful that they would sail",
        ),
        (
            "Although yet to be put in a ship to use Norlink, the ferry's designers have said the hull is fast.",
            "the ferry's designers",
            "have said",
            "the hull is fast",
        ),
        (
            "After living in three ports, we are convinced this is the only town in which a ferry can land.",
            "we",
            "convinced",
            "this is the only town in which a ferry can land",
        ),
        (
            "Ida Holm unleashed a series of messages criticizing the ferry owner.",
            "Ida Holm",
            "criticizing",
            "the ferry owner",
        ),
        (
            "Last week Holm appeared to blame low-paid deckhands for the leak.",
            "Holm",
            "appeared to blame",
            "low-paid deckhands for the leak",
        ),
    ],
)
def test_whose_words_they_are(read: Read, text: str, source: str, cue: str, content: str) -> None:
    assert [parts(item)[1:] for item in read(text)] == [(source, cue, content)]


@pytest.mark.parametrize(
    ("text", "cue", "content"),
    [
        (
            "In Sudria he told a meeting of harbour leaders that few people understood the price of the dam.",
            "told",
            "that few people understood the price of the dam",
        ),
        (
            "The Harbour Post reported at the time that the ferry line owed money to the bank.",
            "reported",
            "that the ferry line owed money to the bank",
        ),
        (
            "Roe seemed to think the letter to the ferry owners was somewhat rude.",
            "seemed to think",
            "the letter to the ferry owners was somewhat rude",
        ),
        ("The ferry line ran at a loss, according to show insiders.", "according to", "The ferry line ran at a loss"),
        (
            "The harbour office says it would lower the toll in the first years, but would raise it in later ones.",
            "says",
            "it would lower the toll in the first years, but would raise it in later ones",
        ),
        ("Holm called on the ferry owners to leave the port.", "called on", "the ferry owners to leave the port"),
        (
            "Holm says it underscores that the ferry line is “unfit to carry anybody.”",
            "says",
            "it underscores that the ferry line is “unfit to carry anybody.”",
        ),
        (
            "On Friday's episode of “The Ida Holm Morning Show,” the former mayor said she wanted to mend the dam.",
            "said",
            "she wanted to mend the dam",
        ),
    ],
)
def test_how_far_the_words_reach(read: Read, text: str, cue: str, content: str) -> None:
    assert [parts(item)[2:] for item in read(text)] == [(cue, content)]


def test_a_participle_behind_a_quotation_goes_on_from_who_spoke(read: Read) -> None:
    text = (
        "“The owners do not agree with Holm,” Roe said, suggesting a few questions, including, “Mr. Holm, do you really"
        " think that the ferries need a subsidy?”"
    )
    assert [(item.speaker, item.cue and item.cue.text) for item in read(text)] == [
        ("Roe", "said"),
        ("Roe", "suggesting"),
    ]


def test_when_questioned_hands_on_no_quotation(read: Read) -> None:
    text = "Roe called it praise — “That makes me proud” — and, when questioned after the debate, denied that it was."
    assert [item.speaker for item in read(text) if item.kind == "direct"] != [None]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "The Harbour League said the dam is safe. Engineers came. However, it claimed that the wall had a crack.",
            "The Harbour League",
        ),
        ("“The dam is safe,” Norlink said in a statement.\n\nIt added that the wall had been mended.", "Norlink"),
        (
            "Ida Holm and Jay Roe say that the dam is safe.\n\nThe wall has been mended, they say.",
            "Ida Holm and Jay Roe",
        ),
    ],
)
def test_it_and_they_can_mean_who_spoke_just_now(read: Read, text: str, speaker: str) -> None:
    assert [(item.speaker, item.rule) for item in read(text)][-1] == (speaker, "pronoun")


def test_a_signature_may_end_with_a_full_stop_and_a_blank(read: Read) -> None:
    (item,) = read("“Maybe we can build a dam around the mayor of the town.”\u00a0― Karen Holm.")
    assert parts(item)[0::3] == ("Karen Holm", "“Maybe we can build a dam around the mayor of the town.”")


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        pytest.param(
            "The Hale campaign projects that a toll of a tenth of a percent would raise 75 crowns.",
            "The Hale campaign",
            "that a toll of a tenth of a percent would raise 75 crowns",
            id="verb taken for a plural",
        ),
        pytest.param(
            "Critics of the pier said that overlooked the cost of the boats.",
            "Critics of the pier",
            "that overlooked the cost of the boats",
            id="that as a subject",
        ),
        pytest.param(
            "As Ida Holm put it, “the pier is a grave for boats.”",
            "Ida Holm",
            "“the pier is a grave for boats.”",
            id="as somebody put it",
        ),
        pytest.param(
            "Columnist George Will left the paper in May. The harbour, Will wrote, is a wreck.",
            "George Will",
            "The harbour ... is a wreck",
            id="name taken for a modal verb",
        ),
    ],
)
def test_words_are_found_where_the_parser_errs(read: Read, text: str, speaker: str, content: str) -> None:
    assert [(item.speaker, item.text) for item in read(text)] == [(speaker, content)]


def test_that_before_a_noun_opens_no_clause(read: Read) -> None:
    (item,) = read(
        "Marsh reiterated that approach in his interview last week, saying Holm was committed to a pier strategy."
    )
    assert item.text == "Holm was committed to a pier strategy"


@pytest.mark.parametrize(
    ("text", "speaker", "last"),
    [
        pytest.param(
            "“The council does not know the sea,” said Army Capt. Karl Hale, who said he would not vote."
            " “The pier is too far out for them.”",
            "Karl Hale",
            "“The pier is too far out for them.”",
            id="behind an abbreviation",
        ),
        pytest.param(
            "Ida Holm spoke of the “great pier” last year. She said boats often fail to see the pier."
            " “It needs a light that people can see.”",
            "Ida Holm",
            "“It needs a light that people can see.”",
            id="another quotation earlier in the paragraph",
        ),
        pytest.param(
            "“Boats have brought us firms and builders,” said Karl Hale, director of the port.\n\n“Boats are not just"
            " about fun; they are one part of a rich town.” The port has six piers, said a report.",
            "Karl Hale",
            "“Boats are not just about fun; they are one part of a rich town.”",
            id="opens the next paragraph",
        ),
        pytest.param(
            "Karl Hale urged the council to close the pier. “We can all see that it leaks and nobody pays.”",
            "Karl Hale",
            "the council to close the pier. “We can all see that it leaks and nobody pays.”",
            id="with what was urged",
        ),
    ],
)
def test_a_whole_quotation_goes_on_from_who_spoke_before_it(read: Read, text: str, speaker: str, last: str) -> None:
    (item,) = [item for item in read(text) if last[-20:] in item.text]
    assert (item.speaker, item.text.endswith(last)) == (speaker, True)


def test_a_heading_in_single_marks_is_not_what_was_said_before_it(read: Read) -> None:
    (item,) = read("“The pier leaks,” Ida Holm says.\n\n‘We are looking at harbours!’\n\nThe council meets in May.")
    assert item.text == "“The pier leaks,”"
