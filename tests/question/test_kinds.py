"""Which kind of answer a question asks for, however it is put and mistyped."""

from __future__ import annotations

import pytest

from rag.knowledge.tables import table
from rag.question.kinds import AnswerKind, presupposition_of, shape_of

QUESTIONS = {
    AnswerKind.WHO_IS: """
        Who is Ida Holm?
        who is ida holm
        Who's Ida Holm?
        whos ida holm
        Wo is Ida Holm?
        who was Ida Holm
        Tell me who Jon Lund is""",
    AnswerKind.WHO_SAID: """
        Who said that the bridge would close?
        who says the bridge will close
        hwo said the bridge would close
        Who denied that the bridge was unsafe?
        Who has claimed the levy was illegal?
        Which paper reported the landslide?""",
    AnswerKind.SAID_WHEN: """
        When did Ida Holm say that the bridge would close?
        when did lund say that
        On what day did the minister promise the levy?
        what day did holm deny it
        whne did Holm say that
        When did the council state its position?""",
    AnswerKind.VALUE: """
        When did the ferry sink?
        Where was the ship built?
        how many people died in the fire
        How much does the tunnel cost?
        how old is ida holm
        Who won the regatta?
        Who owned the mill?
        Who was hurt in the fire?
        What is the latest death toll of the flood?
        Who leads the Green List?
        Who is the mayor of Esk?
        whos the mayor
        When did the mayor announce the levy?
        Who forgot the key?
        Who ran back to the quarry?""",
    AnswerKind.YES_NO: """
        Did Norland sign the treaty?
        has norland signed the treaty
        Is the bridge safe?
        Will the pool close?
        Is it true that the bridge is safe?
        was the plant inspected""",
    AnswerKind.REASON: """
        Why did the ferry sink?
        why was the mayor absent
        How come the pool closed?
        What caused the fire?
        whhy did the ferry sink
        What led to the strike?""",
    AnswerKind.COMPARISON: """
        How do Norland and Sudria differ on herring?
        how do norland and sudria difer on herring
        Compare Holm and Lund on the levy
        What is the difference between Holm and Lund on the levy?
        Where do Norland and Sudria disagree?
        Do Norland and Sudria disagree about the levy?""",
    AnswerKind.SIDE: """
        Who criticised the bridge?
        who critisised the bridge
        Who supports the levy?
        who suports the levy
        Who is against the levy?
        whos against the levy
        Who else opposes the levy?
        List everyone who opposes the levy
        Who are the critics of the levy?
        Who disagrees with Ida Holm on the levy?
        who is in favour of the levy
        Who has condemned the quarry?
        List everyone who objected to the quarry
        Who welcomed the toll road?""",
    AnswerKind.CHANGE: """
        What changed since March?
        what has chagned since march
        What has changed in the treaty since March?
        Has Norland changed its mind on the treaty?
        How has Holm's position changed?
        What has changed between May and July?""",
    AnswerKind.LIST: """
        How many articles mention the bridge?
        how many artciles mention the bridge
        hwo many articles are about the bridge
        List all articles about the bridge
        Which articles cover the strike?
        List everyone who has commented on the bridge.
        Who else commented on the bridge?
        who has comented on the bridge
        Who besides Ida Holm has commented on the bridge?
        In how many articles is Ida Holm mentioned?
        how many reports cover Norland?
        How many articles refer to the toll road?
        In how many articles is there anything about Sudria?
        Name all who spoke about the toll road
        Give me the key quotes about the quarry
        What was said about the tram?
        What was said on 5 May?
        Please list everybody who weighed in on the quarry""",
    AnswerKind.OVERVIEW: """
        Summarise the strike
        sumarise the strike
        summarize the situation in Esk
        Overview of the strike
        overveiw of the strike
        What happened in Esk?
        what happend in esk
        What do we know about the fire?
        What's the latest on the strike?
        latest news on the strike""",
    AnswerKind.REACTION: """
        Reactions to the vote
        What were the reactions to the vote?
        How did the neighbours react?
        How has Norland responded to the strike?""",
    AnswerKind.POSITION: """
        What is Norland's position on the treaty?
        what is norlands positon on the treaty
        What is Holm's current stance on the levy?
        Where does Lund stand on the levy?
        What does Ida Holm say about the quarry?
        What does Sudria want at present?
        What is the view of the union on the levy?
        whats sudrias position""",
    AnswerKind.TIMELINE: """
        What is the timeline?
        timeline of the strike
        Give me a short chronology of events
        What was the sequence of events?""",
    AnswerKind.CONFLICTS: """
        Where do the sources disagree?
        Do these articles contradict each other on the toll?
        Are there any contradictions between the reports?
        any discrepancies in the coverage of the strike""",
    AnswerKind.OPEN: """
        What did Ida Holm say about the bridge?
        what did holm say
        Which doctor lost her licence?
        The bridge of Esk""",
}


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, line.strip()) for kind, lines in QUESTIONS.items() for line in lines.strip().splitlines()],
)
def test_a_question_is_of_its_kind_however_it_is_put(kind: AnswerKind, question: str) -> None:
    assert shape_of(question).kind is kind


@pytest.mark.parametrize("row", table("questions")["rows"], ids=lambda row: str(row["example"]))
def test_every_row_of_the_table_fits_its_example(row: dict[str, str]) -> None:
    shape = shape_of(row["example"])
    assert shape.kind == row["kind"]
    assert (shape.side, shape.items) == (row.get("side"), row.get("items"))


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("How many articles mention the Esk bridge?", "the Esk bridge"),
        ("Who criticised the Esk bridge?", "the Esk bridge"),
        ("who is ida holm", "ida holm"),
        ("Sumarise the strike in Esk.", "the strike in Esk"),
        ("What has changed in the treaty since March?", "the treaty since March"),
    ],
)
def test_the_subject_keeps_the_letters_of_the_question(question: str, subject: str) -> None:
    assert shape_of(question).subject == subject


def test_names_that_an_answer_leaves_out() -> None:
    shape = shape_of("Who besides Ida Holm and Jon Lund has commented on the bridge?")
    assert (shape.items, list(shape.besides)) == ("speakers", ["Ida Holm", "Jon Lund"])
    shape = shape_of("Who has commented on the bridge apart from Ida Holm?")
    assert (shape.subject, list(shape.besides)) == ("the bridge", ["Ida Holm"])


@pytest.mark.parametrize("question", ["What is Norland's current position?", "who leads the party", "the toll so far?"])
def test_some_questions_want_the_newest(question: str) -> None:
    assert shape_of(question).newest_first
    assert not shape_of("When did the ferry sink?").newest_first


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest Ida Holm said about the quarry?",
        "What did Ida Holm most recently say?",
        "What was the last thing Ida Holm said?",
    ],
)
def test_some_want_the_newest_alone(question: str) -> None:
    assert shape_of(question).latest_only
    assert not shape_of("What is Holm's current position?").latest_only


@pytest.mark.parametrize(
    ("question", "polar"),
    [
        ("How many people died in the flood?", "Did any people died in the flood?"),
        ("when did Holm resign?", "Did Holm resign?"),
        ("Who was arrested?", "Was anybody arrested?"),
        ("Who resigned?", "Did anybody resigned?"),
        ("Who is Ida Holm?", None),
        ("Why did Holm resign?", None),
        ("What did Holm say?", None),
        ("Did Holm resign?", None),
    ],
)
def test_what_a_question_takes_for_granted(question: str, polar: str | None) -> None:
    assert presupposition_of(question) == polar
