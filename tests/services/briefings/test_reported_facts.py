"""A briefing takes its facts from reports, and its timeline from what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from rag import Newsroom
from rag.domain import Briefing, Filters
from rag.services.briefings.corpus import BriefedArticle, read_articles
from rag.ui.briefing_views import body_html


def part(made: Briefing, name: str) -> list[str]:
    return [one.text for item in made.sections if item.part == name for one in item.sentences]


def every(made: Briefing) -> str:
    return "\n".join(one.text for item in made.sections for one in item.sentences)


def filled(room: Newsroom, *articles: tuple[str, str | None, str]) -> None:
    for title, published, text in articles:
        room.add_text(text, title=title, published=published, outlet="Sudria Post")
    room.wait()


def read(room: Newsroom, title: str) -> BriefedArticle:
    library = room._parts.library
    selection = [(one, 1.0) for one in library.articles.page(Filters()) if one.title == title]
    return next(iter(read_articles(library, selection)))


REPORT = (
    "Council closes the Elmer bridge",
    "2024-06-04",
    (
        "The council of Elmer closed the Elmer bridge to lorries on Monday after engineers found cracks in it.\n\n"
        "“The bridge can carry cars, nothing heavier,” Mayor Nora Fenn said."
    ),
)
LETTERS = (
    "Elmer bridge should never have been built",
    "2024-06-06",
    (
        "LETTERS.\n\nThe Elmer bridge is a monument to the vanity of the council of Elmer and nobody needs it.\n\n"
        "The council of Elmer has wasted the taxes of two generations on the Elmer bridge.\n\nGus Arden.\n\nElmer."
    ),
)
COLUMN = (
    "Elmer bridge: what I learned under it",
    "2024-06-06",
    (
        "I have walked under the Elmer bridge every day since my childhood.\n\n"
        "The closing of the Elmer bridge shows that the council of Elmer has given up on lorries.\n\n"
        "“The piers were never made for lorries,” engineer Tom Bray said.\n\n"
        "My own lorry, I fear, will rust on the wrong side of the Elmer bridge."
    ),
)


def test_a_readers_letter_is_no_fact_of_a_briefing(room: Newsroom) -> None:
    filled(room, REPORT, LETTERS)
    made = room.brief(topic="Elmer bridge")
    assert part(made, "bottom-line")[0].startswith("The council of Elmer closed")
    assert "vanity" not in every(made)
    assert "wasted" not in every(made)
    notes = [note for item in made.sections if item.part == "sources" for note in item.notes]
    assert any("1 article of opinion or letters" in note for note in notes)


def test_a_column_in_the_first_person_gives_only_what_others_are_quoted_as_saying(room: Newsroom) -> None:
    filled(room, REPORT, COLUMN)
    made = room.brief(topic="Elmer bridge")
    assert "given up on lorries" not in every(made)
    assert "The piers were never made for lorries" in " ".join(part(made, "positions"))


def test_letters_alone_can_be_briefed(room: Newsroom) -> None:
    filled(room, LETTERS)
    assert "Elmer bridge" in every(room.brief(topic="Elmer bridge"))


def test_the_first_person_in_quotations_and_names_makes_no_column(room: Newsroom) -> None:
    text = (
        "“I saw the piers crack,” Mayor Nora Fenn said. “I called the engineers, and my deputy called the police.”\n\n"
        "King Otto I opened the Elmer bridge before World War I began."
    )
    filled(room, ("Fenn on the bridge", "2024-06-04", text))
    article = read(room, "Fenn on the bridge")
    assert article.genre is None
    assert any("King Otto" in item.text for item in article.usable_sentences)


def test_posts_calls_in_capitals_and_further_headlines_are_no_sentences(room: Newsroom) -> None:
    text = (
        "Long queues on both banks of the Elm.\n\n"
        "The council of Elmer closed the bridge on Monday after engineers had found deep cracks in two piers.\n\n"
        "Fenn wears a helmet at the Elmer bridge. pic.twitter.com/aB3dE — Elmer Now (@elmernow) June 3, 2024.\n\n"
        '<tweet id="7">The Elmer bridge was always ugly and now it is useless.</tweet>\n\n'
        "SIGN UP FOR OUR NEWSLETTER and read of the bridge at breakfast.\n\nLorries turned back at noon."
    )
    filled(room, ("Elmer bridge closed", "2024-06-04", text))
    assert [item.text[:20] for item in read(room, "Elmer bridge closed").usable_sentences] == [
        "The council of Elmer", "Lorries turned back ",
    ]  # fmt: skip


def test_the_main_event_is_in_the_bottom_line_and_on_the_timeline(room: Newsroom) -> None:
    filled(room, REPORT)
    made = room.brief(topic="Elmer bridge")
    event = part(made, "bottom-line")[0]
    assert event.startswith("The council of Elmer closed")
    assert [(item.date, item.sentence.text) for item in made.timeline] == [(date(2024, 6, 3), event)]


def test_what_undated_articles_tell_stands_on_the_timeline_without_a_day(room: Newsroom) -> None:
    filled(room, REPORT, ("Lorries go round", None, "Lorries drove round the closed Elmer bridge by way of Sudria."))
    made = room.brief(topic="Elmer bridge")
    told = part(made, "timeline")
    assert told[: len(made.timeline)] == [item.sentence.text for item in made.timeline]
    assert [text[:13] for text in told[len(made.timeline) :]] == ["Lorries drove"]
    assert "Lorries drove" in body_html(made)
    (timeline,) = [item for item in made.sections if item.part == "timeline"]
    assert timeline.notes == ("1 article has no date: what it tells stands last, without a day.",)


def test_an_older_toll_is_marked_with_the_newer_one(room: Newsroom) -> None:
    first = "A train struck a bus at Fenn Crossing in Elmer on Monday, killing at least 20 people, the police said."
    later = (
        "The council of Sudria will put gates on all of its level crossings by the end of the year.\n\n"
        "Engineers looked at forty crossings near Sudria last week.\n\n"
        "The train crash at Fenn Crossing in Elmer, where 26 people were killed, had alarmed the council."
    )
    filled(room, ("Train hits bus in Elmer", "2024-06-04", first), ("Sudria wants gates", "2024-06-12", later))
    made = room.brief(topic="train crash at Fenn Crossing in Elmer")
    notes = {one.text[:7]: one.note for item in made.sections if item.part == "bottom-line" for one in item.sentences}
    assert notes["A train"] == "26 killed, by a report of 12 Jun 2024"


def speakers(made: Briefing) -> list[str | None]:
    return [item.speaker for item in made.positions]


@pytest.mark.parametrize(
    ("first", "then", "doubled"),
    [
        ("Nora Fenn", "The Post editor", True),
        ("Nora Fenn", "The charity's director", True),
        ("Mayor Nora Fenn", "The fire chief", False),
    ],
)
def test_one_described_right_after_somebody_named_is_no_second_party(
    room: Newsroom, first: str, then: str, doubled: bool
) -> None:
    text = (
        "Work on the Elmer bridge ended on Monday after a winter of repairs.\n\n"
        f"“The Elmer bridge will open in May,” {first} said.\n\n"
        f"“The piers of the Elmer bridge are sound again,” {then} said."
    )
    filled(room, ("Elmer bridge to open", "2024-06-04", text))
    told = speakers(room.brief(topic="Elmer bridge"))
    assert any("Fenn" in (name or "") for name in told)
    assert (then not in told) is doubled


def test_a_bare_question_and_silence_are_no_positions(room: Newsroom) -> None:
    text = (
        "“Will the Elmer bridge open in May?” reporter Ada Voss asked.\n\n"
        "“The Elmer bridge will open in June,” Mayor Nora Fenn said.\n\n"
        "Councillor Tom Bray has not talked about the Elmer bridge."
    )
    filled(room, ("Elmer bridge to open", "2024-06-04", text))
    assert {name and name.split()[-1] for name in speakers(room.brief(topic="Elmer bridge"))} == {"Fenn"}


def disputes(room: Newsroom, sentences: Sequence[str]) -> list[str]:
    filled(room, ("Row over the Elmer bridge", "2024-06-04", "\n\n".join(sentences)))
    return [item.about for item in room.brief(topic="Elmer bridge").conflicts]


def test_speakers_who_have_one_thing_lost_and_kept_or_advise_for_and_against_differ(room: Newsroom) -> None:
    assert disputes(
        room,
        [
            "Mayor Nora Fenn said Norland was losing its say over the Elmer bridge.",
            "Tom Bray told the council that Norland would keep its say over the Elmer bridge.",
            "Ada Voss said the council should not demolish the Elmer bridge.",
            "Gus Arden said that the council should demolish the Elmer bridge.",
        ],
    ) == ["“losing its say” or “keep its say”", "whether to demolish"]


def test_speakers_on_different_things_do_not_differ(room: Newsroom) -> None:
    assert not disputes(
        room,
        [
            "Mayor Nora Fenn said Norland was losing its say over the Elmer bridge.",
            "Tom Bray told the council that Sudria would keep its say over the Elmer bridge.",
            "Ada Voss said the council should not demolish the Elmer bridge.",
            "Gus Arden said that the council should paint the Elmer bridge and not demolish the old mill.",
        ],
    )


def test_the_key_points_come_from_different_articles(room: Newsroom) -> None:
    for number, (title, *sentences) in enumerate(
        (
            (
                "A crane for the harbour",
                "The harbour of Norby will get a crane in May, its council decided on Monday.",
                "Timber ships waited outside the harbour for nine days last winter, captains complained.",
            ),
            (
                "Oil in the harbour",
                "A tanker lost two tonnes of oil in the harbour of Sund on Tuesday and soiled its beaches.",
                "Divers searched the harbour until midnight for the leak under the hull.",
            ),
            (
                "Strike at the harbour",
                "Dockers stopped work at the harbour of Tarn on Wednesday over unpaid night shifts.",
                "Forty lorries stood before the gates of the harbour without a load.",
            ),
        ),
        1,
    ):
        filled(room, (title, f"2024-06-0{number + 2}", "\n\n".join(sentences)))
    made = room.brief(topic="harbour")
    (opening,) = [item for item in made.sections if item.part == "bottom-line"]
    articles = [item.article_id for one in opening.sentences for item in made.citations if item.n in one.citations]
    assert len(set(articles[:3])) == 3


def test_the_timeline_names_what_the_bottom_line_tells_by_its_headline(room: Newsroom) -> None:
    filled(room, REPORT)
    made = room.brief(topic="Elmer bridge")
    shown = body_html(made).partition('class="timeline"')[2]
    assert "<p>Council closes the Elmer bridge" in shown
    assert "<p>The council of Elmer closed" not in shown
