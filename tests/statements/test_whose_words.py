"""Whose words they are: titles nobody here holds, "he" whose owner stands beside it, words that are only told of, and
parties that somebody speaks for."""

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


def speaker_of(found: tuple[Statement, ...], words: str) -> str | None:
    """The speaker of the one statement that holds the words."""
    (item,) = [item for item in found if words in item.text]
    return item.speaker


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        pytest.param(
            "Karl Hale should not pay for the bell, Anna Lund has said. Harbour mayor Mr Hale says he likes it."
            " Later the prime minister said: “The bell was not his to ring.”",
            "the prime minister",
            id="who has another office",
        ),
        pytest.param(
            "Karl Hale opened the fair. But the prime minister wants Mr Hale to close it. Mr Hale laughed."
            " Later the prime minister said: “The bell was not his to ring.”",
            "the prime minister",
            id="who was named beside the title",
        ),
        pytest.param(
            "Karl Hale has tried to calm his party. Mr Hale spoke amid talk of a rift with Bo Marsh. A new book tells"
            " of a promise to Mr Marsh. The chancellor said: “The bell was not his to ring.”",
            "The chancellor",
            id="another named since",
        ),
        pytest.param(
            "Karl Hale has attacked the levy on bells. The opposition leader said: “The bell was not his to ring.”",
            "Karl Hale",
            id="the topic of the text",
        ),
    ],
)
def test_an_office_is_of_the_topic_only_where_nothing_speaks_against_it(read: Read, text: str, speaker: str) -> None:
    assert speaker_of(read(text), "The bell was not his to ring") == speaker


@pytest.mark.parametrize(("title", "role"), [("Harbour mayor Mr", "Harbour mayor"), ("Labour MP", "Labour MP")])
def test_a_title_before_a_name_is_a_role(read: Read, title: str, role: str) -> None:
    (item,) = read(f"{title} Jon Hale said the bell was cracked.")
    assert (item.speaker, item.role) == ("Jon Hale", role)


def test_a_title_of_the_clause_beside_is_not_the_first_name_of_the_next_sentence(read: Read) -> None:
    statements = read(
        "A councillor in Norland wants Bo Marsh kept off the island after the Danish presidential candidate claimed"
        " that islanders steal boats.\n\n“There is no reason to call us thieves,” Karl Hale said in a motion."
    )
    assert speaker_of(statements, "islanders steal boats") != "Karl Hale"
    assert speaker_of(statements, "no reason to call us thieves") == "Karl Hale"


def test_a_title_that_speaks_in_the_lead_is_still_the_first_name_of_the_next_sentence(read: Read) -> None:
    statements = read("The mayor said the ferry would stop.\n\n“It leaks,” Karl Hale told the council.")
    assert speaker_of(statements, "ferry would stop") == "Karl Hale"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        pytest.param(
            "Bo Marsh lost the vote. Karl Hale, a professor of law, said he has no quarrel with mayors."
            " One of Marsh's outbursts came in May, when he told the paper that the judge was a fool.",
            "Bo Marsh",
            id="owner of one of several",
        ),
        pytest.param(
            "Bo Marsh has yet to answer. While Bo Marsh refused to back Jon Roe, his deputy — Karl Hale — has endorsed"
            " the plan.\n\nAnd he claims that the judge was a fool.",
            None,
            id="speaker of a clause beside the main one",
        ),
        pytest.param(
            "Karl Hale said no. While Marsh's popularity fell, it was a week since he claimed that the judge was a"
            " fool. Bo Marsh smiled.",
            None,
            id="owner against the last speaker",
        ),
        pytest.param(
            "Karl Hale runs the port. After the vote he said that the judge was a fool.",
            "Karl Hale",
            id="nobody beside",
        ),
        pytest.param(
            "Karl Hale runs the port. When Bo Marsh left, he said that the judge was a fool.",
            "Bo Marsh",
            id="subject of the clause that opens",
        ),
    ],
)  # fmt: skip
def test_he_is_whoever_stands_beside_it_or_nobody(read: Read, text: str, speaker: str | None) -> None:
    assert speaker_of(read(text), "the judge was a fool") == speaker


@pytest.mark.parametrize(
    "text",
    [
        "In May, Jon Hale left the council after carelessly tweeting a holiday snapshot of the safe.",
        "Jon Hale spoke for an hour; he was echoing Anna Lund, who left in May.",
        "The inquiry follows the mayor's remarks to a fisherman at the pier.",
        "A spokeswoman for the port did not respond on Monday to a reporter's request for comment on the mayor's plan.",
        "His aides referred requests for comment to the port.",
    ],
)
def test_what_is_only_told_of_is_no_statement(read: Read, text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Jon Hale tweeted that the safe was open.", "the safe was open"),
        ("A number of members echoed her fears about the quay.", "her fears"),
        ("Anna Lund called Mr Hale's comments “plainly foolish” on Monday.", "plainly foolish"),
        ("The leak sparked claims that the quay will close.", "the quay will close"),
    ],
)
def test_words_beside_those_are_statements_still(read: Read, text: str, words: str) -> None:
    assert [item for item in read(text) if words in item.text]


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("Liberal Democrat spokesman Jon Hale", "Liberal Democrats"),
        ("Liberal Democrat home affairs spokesman Jon Hale", "Liberal Democrats"),
        ("Tory chairman Jon Hale", "Conservatives"),
        ("A Lib Dem spokeswoman", "Liberal Democrats"),
        ("Labour council leader Jon Hale", None),
        ("Former Labour leader Jon Hale", None),
        ("Labour MP Jon Hale", None),
        ("Republican senator Jon Hale", None),
    ],
)
def test_who_holds_an_office_of_a_party_speaks_for_it(read: Read, source: str, body: str | None) -> None:
    (item,) = read(f"{source} said the bell was cracked.")
    assert item.on_behalf_of == body


def test_who_heads_a_government_is_the_only_one_near_without_a_role(read: Read) -> None:
    before = (
        "Karl Hale should go, Tory MP Bo Marsh has said. Mr Marsh called Tony Lund’s letter late. But the prime"
        " minister says that Mr Hale is late. Harbour mayor Mr Hale laughed, even if Mr Lund asked him to stop. "
    )
    after = "Later the prime minister said: “The bell was not his to ring.”"
    assert speaker_of(read(before + after), "not his to ring") == "Tony Lund"
    two = before + "Jon Roe came with Mr Lund. " + after
    assert speaker_of(read(two), "not his to ring") == "the prime minister"


@pytest.mark.parametrize(
    ("text", "speaker", "role"),
    [
        (
            "Norland Gov. Ida Holm accused Roe of lying. “It was a trick,” the Norland governor said.",
            "Ida Holm",
            "Norland governor",
        ),
        ("Sen. Ida Holm opened the pier. “It was a trick,” she said.", "Ida Holm", "Sen."),
        ("The boy met Gov. Karl Hale. “It was a trick,” said the boy.", "the boy", "boy"),
    ],
)
def test_a_title_cut_short_is_a_role(read: Read, text: str, speaker: str, role: str) -> None:
    (item,) = [item for item in read(text) if "a trick" in item.text]
    assert (item.speaker, item.role) == (speaker, None if role == "boy" else role)


def test_a_title_takes_up_whoever_was_told_of_without_a_name(read: Read) -> None:
    statements = read(
        "As Ida Holm spoke, a coat designer for the firm watched from her home and sighed. “It was a hard year,” said"
        " the designer, who works for another brand."
    )
    assert speaker_of(statements, "a hard year") == "the designer"


def test_he_and_another_speak_together(read: Read) -> None:
    statements = read("Karl Hale runs the port. It is not only about money, he and Mr. Marsh said.")
    assert speaker_of(statements, "not only about money") == "Karl Hale and Marsh"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Volvexa chief executive Jon Hale said the plant would close.", "Volvexa"),
        ("Harbour engineer Jon Hale said the plant would close.", None),
        ("Blairite director Jon Hale said the plant would close.", None),
        ("Party chairman Jon Hale said the plant would close.", None),
        ("MPs said the plant would close.", None),
        (
            "Jon Hale, director of the Committee to Save the Pier, came. The Committee said the plant would close.",
            "Committee to Save the Pier",
        ),
    ],
)
def test_a_body_has_a_name_of_its_own(read: Read, text: str, body: str | None) -> None:
    (item,) = [item for item in read(text) if "plant would close" in item.text]
    assert item.on_behalf_of == body


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Shares in Voltan Energy fell. Voltan said the well was dry. The company also said it would drill on.",
            "Voltan",
        ),
        (
            "Nobody from MacWorld came. Apple said in its letter that it was sad. The company said it would drill on.",
            "Apple",
        ),
    ],
)
def test_the_company_is_the_one_that_the_sentence_before_is_about(read: Read, text: str, speaker: str) -> None:
    assert speaker_of(read(text), "it would drill on") == speaker


def test_the_words_of_a_headline_are_not_his_whose_title_ends_it(read: Read) -> None:
    statements = read(
        "Elizabeth Marsh Hammers Nordline CEO: ‘You Should Be Ashamed Of This.’\n\nElizabeth Marsh grilled Nordline CEO"
        " Jon Hale on Monday. Hale said he was sorry."
    )
    assert speaker_of(statements, "You Should Be Ashamed") != "Jon Hale"


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        (
            "At a dinner for the painter Hugo Lund, the critic Ada Weld said the museum had been slow.",
            "museum had been slow",
            "Ada Weld",
        ),
        (
            "“Why?” Ines Holm asked Kurt Vane.\n\n“I try it,” Vane said.\n\n“Who had the key?”",
            "I try it",
            "Kurt Vane",
        ),
        (
            "Pilot Hugo Weld stayed away. His sister, nurse Ada Weld, came.\n\n“My brother is ill,” Weld said.",
            "brother is ill",
            "Ada Weld",
        ),
        (
            "Pilot Hugo Weld stayed away. His sister, nurse Ada Weld, came.\n\n“It is over,” Weld said. She left.",
            "It is over",
            "Ada Weld",
        ),
        (
            "Pilot Hugo Weld stayed away. His sister, nurse Ada Weld, came.\n\n“It is over,” Weld said.",
            "It is over",
            None,
        ),
    ],
)
def test_who_of_two_is_meant(read: Read, text: str, words: str, speaker: str | None) -> None:
    statements = read(text)
    assert speaker_of(statements, words) == speaker
    assert not any("Who had the key" in item.text and item.speaker == "Kurt Vane" for item in statements)


def test_a_body_has_what_it_is_for_in_its_name(read: Read) -> None:
    (item,) = read("A spokesman for the Veldanian Agency of Parks said that every pool had been checked.")
    assert item.on_behalf_of == "Veldanian Agency of Parks"


def test_labels_of_captions_are_speakers_where_every_line_has_one(read: Read) -> None:
    lines = ["Presenter: Good evening.", "Ansel Ford: We will open the upper lock on the first of May if it is dry.",
             "Greta Holm: Nobody has asked the engineers, and they will not sign."]  # fmt: skip
    assert speaker_of(read("\n\n".join(lines)), "upper lock") == "Ansel Ford"


def test_subjects_of_a_list_are_no_speakers(read: Read) -> None:
    statements = read(
        "Town Hall: The roof will be mended.\n\nNorth Quay: Boats will leave in May.\n\nSwimming: The pool opens."
    )
    assert not statements
