"""Coverage of a question: coordinated names are answered in part, a name alone carries the question."""

from __future__ import annotations

import pytest

from rag import Filters, Newsroom, Settings
from rag.question.coverage import are_coordinated, expand_acronyms, is_subject, missing_names


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("What did Holm and Reed promise?", True),
        ("What did Holm, Reed or Brandt promise?", True),
        ("Holm's and Reed's promises?", True),
        ("What did Holm promise to Reed?", False),
    ],
)
def test_names_are_coordinated_where_the_text_joins_them(text: str, joined: bool) -> None:
    assert are_coordinated("Holm", "Reed", text) is joined


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    room = Newsroom.open(Settings(home=tmp_path_factory.mktemp("covered") / "home"))
    room.add_text(
        "Mayor Ida Holm said on Monday that the old bridge will close in May.\n\nHolm asked builder Tom Reed.",
        title="Bridge to close",
    )
    room.wait()
    return room


def test_of_two_coordinated_names_the_known_one_is_answered_and_the_other_mentioned(room: Newsroom) -> None:
    answer = room.ask("What did Ida Holm and Petra Quist say about the bridge?")
    assert not answer.abstained
    assert "close in May" in answer.answer
    assert any("Petra Quist" in note for note in answer.notices)


def test_a_stranger_alone_is_declined(room: Newsroom) -> None:
    answer = room.ask("What did Petra Quist say about the bridge?")
    assert answer.abstained
    assert answer.nearest
    assert any("Petra Quist" in note for note in answer.notices)


def test_a_surname_covers_a_full_name_unless_another_person_has_it(room: Newsroom) -> None:
    assert not room.ask("When will the bridge of Ida Holm close?").abstained
    assert room.ask("When will the bridge of Erik Holm close?").abstained


def test_the_parts_of_a_name_with_a_hyphen_cover_it(room: Newsroom) -> None:
    article_id = room.add_text("The T-34 crane of Anne-Marie Reed will stay in Esk.", title="Crane").article_id
    room.wait()
    assert not room.ask("Will the T-34 crane of Anne-Marie Reed stay?", filters=Filters(article=article_id)).abstained
    assert article_id
    room.remove(article_id)


def test_notices_distinguish_the_passages_from_the_articles(room: Newsroom) -> None:
    other = room.add_text("Petra Quist likes soup.", title="Soup").article_id
    room.wait()
    (note,) = room.ask("When will the bridge of Holm close?", filters=Filters(article=other)).notices
    assert note == "None of the closest articles mentions Holm."
    (note,) = room.ask("When will the bridge of Brandt close?", filters=Filters(article=other)).notices
    assert note == "The articles do not mention Brandt."
    assert other
    room.remove(other)


def test_acronyms_are_expanded_to_the_names_of_the_question() -> None:
    names = ["Outer Harbour Board"]
    in_full = "The Outer Harbour Board (OHB) will close."
    assert expand_acronyms("The OHB will close.", names) == "The Outer Harbour Board will close."
    assert expand_acronyms(in_full, names) == in_full


def test_a_long_name_of_an_organisation_may_lack_its_last_word() -> None:
    assert missing_names(["Blue Gull Airways"], "Pilots of Blue Gull will strike.") == []
    assert missing_names(["Gull Airways"], "Pilots of Gull will strike.") == ["Gull Airways"]


@pytest.mark.parametrize(
    ("name", "text", "acts"),
    [
        ("Turkey", "Turkey closed the strait on Monday.", True),
        ("Turkey", "The Turkish government voted for the treaty.", True),
        ("Turkey", "Ankara rejected the offer.", True),
        ("Turkey", "Turkish apples are cheaper this year.", False),
        ("Turkey", "Ukraine and Turkey will meet on Friday.", False),
        ("Turkey", "The minister of Norland complained about Turkey.", False),
        ("Esk Council", "On Monday Esk Council closed the bridge.", True),
        ("Esk Council", "Drivers on the island blame Esk Council for the queue.", False),
    ],
)
def test_the_subject_that_a_sentence_opens_with(name: str, text: str, acts: bool) -> None:
    assert is_subject(name, text) is acts
