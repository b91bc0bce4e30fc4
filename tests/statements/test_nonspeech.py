"""What is no statement though a verb or noun of saying tells it, and what a role and a body are not."""

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


@pytest.mark.parametrize(
    "text",
    [
        "Ida Holm wrote an episode for the second series.",
        "Ida Holm accidentally posted a photo of her garden on the harbour website.",
        "Jay Roe claimed victory on Sunday.",
        "Jay Roe called the donors himself.",
        "Ida Holm sought to reassure the owners of the ferries.",
        "Ida Holm decided to use the old hall for the meetings.",
        "Jay Roe clashed with the council over the old harbour.",
        "The council founded a website to explain the rules of the harbour.",
        "Jay Roe agreed with the analysis.",
        "The mayor did not defend the beliefs of the other groups.",
        "Ida Holm would not comment on an order signed by the governor “to protect the peace of the harbour” for all.",
        "People thought it would.",
        "A body called the Harbour League has opened a school.",
        "Ida Holm also has the endorsement of the ferry union.",
        "The free plan does not include calls to mobiles in Sudria.",
        "The mayor did not mention the toll of the bridge.",
        "These new ferries offer a fast connection to the island.",
        "The town took in people who refuse to pay the toll of the bridge.",
        "It is not clear how long the ferry will run.",
        "It is worth noting that the ferry line owns the dam.",
        "It goes without saying that the ferry line owns the dam.",
        "Let us say that the ferry line owns the dam.",
    ],
)
def test_a_deed_a_crowd_and_an_empty_content_are_no_statement(read: Read, text: str) -> None:
    assert [item.text for item in read(text)] == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Ida Holm wrote a letter that accuses the council of sloth.", "a letter that accuses the council of sloth"),
        ("Jay Roe called the donors “thieves of the harbour.”", "the donors “thieves of the harbour.”"),
        ("Ida Holm announced a plan for the old harbour.", "a plan for the old harbour"),
        ("Jay Roe agreed with the engineers of the harbour.", "the engineers of the harbour"),
        ("Jay Roe denied the claim.", "the claim"),
        ("Jay Roe apologized for the columns.", "the columns"),
        ("The minister offers a loan to the ferry owners of Norland.", "a loan to the ferry owners of Norland"),
        ("Ida Holm issued a call to close the old bridge.", "to close the old bridge"),
        ("Residents fear that the bridge will fall.", "that the bridge will fall"),
        ("People close to the mayor believe that the bridge will fall.", "that the bridge will fall"),
        ("Others said the bridge would fall.", "the bridge would fall"),
    ],
)
def test_what_tells_of_a_content_stays_a_statement(read: Read, text: str, content: str) -> None:
    assert content in [item.text for item in read(text)]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The ferries were stopped after accusations of a conflict of interest.", True),
        ("Jay Roe was told that he would not be able to leave the harbour.", True),
        ("Jay Roe allegedly sold the dam to the ferry line.", True),
        ("The harbour office has been accused of using the “politics of confusion” to close the port.", True),
        ("Ida Holm will argue that the dam is unsafe.", True),
        ("Ida Holm seemed to suggest that the dam is unsafe.", True),
        ("Ida Holm offered a lift to the pilots of the town.", True),
        ("Ida Holm offered “a hand to every pilot of the town.”", False),
        ("Ida Holm argued that the dam is unsafe.", False),
        ("Jay Roe was told by the harbour office that he would not be able to leave.", False),
        ("Jay Roe promised to lower the toll of the bridge.", False),
    ],
)
def test_what_nobody_is_heard_to_say_is_told_by_the_reporter(read: Read, text: str, stance: bool) -> None:
    assert [item.stance for item in read(text)] == [stance]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Others said the bridge would fall.", None),
        ("Officials said the bridge would fall.", "Officials"),
        ("People close to the mayor said the bridge would fall.", "People close to the mayor"),
    ],
)
def test_a_bare_crowd_is_no_speaker(read: Read, text: str, speaker: str | None) -> None:
    assert [item.speaker for item in read(text)] == [speaker]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Surveyor Jay Roe said the bridge is old.", "Surveyor"),
        ("Jay Roe, a surveyor, said the bridge is old.", "surveyor"),
        ("Jay Roe, the most able candidate, said the bridge is old.", None),
        ("Jay Roe, the only doctor on the stage, said the bridge is old.", None),
        ("Jay Roe, her father, said the bridge is old.", None),
        ("Ida Holm left. Her rival, Jay Roe, said the bridge is old.", None),
        (
            "Jay Roe, director of sales at the Harbour Bank, said the bridge is old.",
            "director of sales at the Harbour Bank",
        ),
        ("“Jay Roe, a crook and a candidate, is lost,” Ida Holm said. Jay Roe said the bridge is old.", None),
    ],
)
def test_a_role_is_what_the_reporter_calls_a_person(read: Read, text: str, role: str | None) -> None:
    assert [item.role for item in read(text) if item.speaker == "Jay Roe"] == [role]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Jay Roe told the crew that the port would close should the tide rise in May.",
            "that the port would close should the tide rise in May",
        ),
        (
            "Jay Roe insisted he had done no deals while Ida Holm says she will not accept any of it.",
            "he had done no deals",
        ),
        (
            "Jay Roe said the port would close while the tide was high.",
            "the port would close while the tide was high",
        ),
    ],
)
def test_a_content_has_its_condition_and_nobody_elses_words(read: Read, text: str, content: str) -> None:
    assert content in [item.text for item in read(text) if item.speaker == "Jay Roe"]


def test_a_pronoun_after_somebody_else_was_named_is_not_the_nameless_one_who_spoke(read: Read) -> None:
    text = (
        "A spokesman for the league said the film was unfair.\n"
        "The film showed a quarrel between Mr Holm-Dale and his crew. He denied that he had shouted."
    )
    item = read(text)[-1]
    assert item.speaker is None
    assert len(item.speaker_candidates) == 2


def test_an_aside_in_brackets_has_no_antecedent(read: Read) -> None:
    text = (
        "Ola Brandt praised the film. (As a paper reported first, Jay Roe backed it.) He said it was the best of May."
    )
    assert [item.speaker for item in read(text) if item.text == "it was the best of May"] == ["Ola Brandt"]


@pytest.mark.parametrize(
    "text",
    [
        "The staffer was charged with assault.",
        "The question is whether the pier will close.",
        "Imagine that the pier fails.",
        "Don’t forget that boats are slow.",
        "The book is for anyone wanting to know more.",
        "Karl Hale does best with voters who are looking for a new pier.",
        "Ida Holm released her tax returns.",
        "Karl Hale prevented his wife from writing about the pier.",
    ],
)
def test_a_charge_a_question_and_a_kind_of_people_say_nothing(read: Read, text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("People briefed on the plan say that the pier will close.", "People briefed on the plan"),
        ("The mayor’s fear is that the pier will close.", "The mayor"),
        ("Ida Holm was accused of theft.", None),
    ],
)
def test_what_looks_like_those_is_a_statement_still(read: Read, text: str, speaker: str | None) -> None:
    assert [item.speaker for item in read(text)] == [speaker]
