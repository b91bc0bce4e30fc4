"""Briefings through the door, over the sample corpus: sections, order, both sides, what is kept, what has changed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rag import (
    Briefing,
    BriefingFinished,
    BriefingRequest,
    BriefingStep,
    Filters,
    Newsroom,
    Settings,
    UnknownArticle,
    UnknownBriefing,
    UnusableInput,
)
from rag.services.briefings.diffing import changes_since
from tests.guards import some


@pytest.fixture(scope="module")
def home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus in a library that may be written to."""
    return shutil.copytree(sample_home, tmp_path_factory.mktemp("briefs") / "copy")


@pytest.fixture
def desk(home: Path) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=home)) as opened:
        yield opened


def section(made: Briefing, part: str) -> tuple[str, ...]:
    return next(tuple(one.text for one in item.sentences) for item in made.sections if item.part == part)


def test_every_sentence_of_a_briefing_is_cited_and_every_citation_resolves(desk: Newsroom) -> None:
    briefing = desk.brief(topic="Turkish drones in Ukraine")
    cited = {item.n: item for item in briefing.citations}
    messages = [one for item in briefing.sections for one in item.sentences]
    assert messages
    for item in briefing.citations:
        text = desk.article(item.article_id, item.version).text
        assert text[item.start : item.end] == item.quote
    for one in messages:
        assert one.citations
        assert any(one.text in cited[n].quote for n in one.citations)  # the article's own words
    assert briefing.engine == "built-in"
    assert {item.article_id for item in briefing.citations} <= {item.article_id for item in briefing.sources}


def test_the_timeline_goes_by_the_day_of_the_event(desk: Newsroom) -> None:
    briefing = desk.brief(topic="Turkish drones in Ukraine")
    days = [item.date for item in briefing.timeline]
    assert days == sorted(days)
    assert days[0].isoformat() == "2021-10-31"
    assert days[-1].isoformat() == "2022-02-03"
    assert section(briefing, "timeline") == tuple(item.sentence.text for item in briefing.timeline)


def test_both_sides_are_heard_and_direct_words_come_first(desk: Newsroom) -> None:
    briefing = desk.brief(filters=Filters(since="2021-01-01"))  # type: ignore[arg-type]
    parties = [item.on_behalf_of or item.speaker for item in briefing.positions]
    assert {"Ukraine", "Russia", "Turkey"} <= set(parties)
    assert parties == sorted(parties, key=parties.index)  # grouped
    speakers = [(item.on_behalf_of or item.speaker, item.speaker) for item in briefing.positions]
    assert speakers == sorted(speakers, key=speakers.index)  # and in a party speaker by speaker
    for speaker in set(speakers):
        kinds = [
            item.kind
            for item in briefing.positions
            if (item.on_behalf_of or item.speaker, item.speaker) == speaker and not item.stance
        ]
        order = ("direct", "mixed", "indirect")
        assert kinds == sorted(kinds, key=order.index)


def test_a_subject_that_the_library_does_not_hold_is_said_to_be_missing(desk: Newsroom) -> None:
    briefing = desk.brief(topic="the football world cup")
    (only,) = briefing.sections
    assert only.part == "unknown"
    assert only.sentences == ()
    assert "no article on “the football world cup”" in only.notes[0]
    assert briefing.briefing_id not in [item.briefing_id for item in desk.briefings()]


def test_a_summary_of_one_article_is_shorter_than_it_and_grows_with_its_length(desk: Newsroom) -> None:
    article = max(desk.articles(query="Bayraktar"), key=lambda item: item.words)
    sizes = []
    for length in ("20", "short", "long"):
        briefing = desk.brief(articles=[article.article_id], template="summary", length=length)
        sizes.append(sum(len(text.split()) for text in section(briefing, "summary")))
        assert briefing.title == f"Summary: {article.title}"
    assert sizes == sorted(sizes)
    assert 0 < sizes[0] < sizes[2] < article.words


def test_briefings_are_kept_listed_newest_first_reopened_and_forgotten(desk: Newsroom) -> None:
    first = desk.brief(topic="Crimea")
    assert desk.briefing(first.briefing_id) == first
    listed = desk.briefings(topic="crimea")
    assert [item.briefing_id for item in listed] == [first.briefing_id]
    assert listed[0].request == first.request
    desk.forget_briefing(first.briefing_id)
    with pytest.raises(UnknownBriefing, match="list of briefings"):
        desk.briefing(first.briefing_id)
    with pytest.raises(UnknownBriefing):
        desk.forget_briefing(first.briefing_id)


def test_steps_are_counted_and_the_last_event_is_the_briefing(desk: Newsroom) -> None:
    *steps, last = desk.brief_stream(BriefingRequest(topic="drones"))
    assert isinstance(last, BriefingFinished)
    assert all(isinstance(item, BriefingStep) for item in some(steps))
    works = [item.work for item in steps if isinstance(item, BriefingStep)]
    assert list(dict.fromkeys(works)) == ["searching", "reading", "grouping", "writing"]
    assert desk.begun_briefings() == []


def test_a_cancelled_briefing_keeps_what_stands_and_says_so(desk: Newsroom) -> None:
    cancel = threading.Event()

    def stop(step: BriefingStep) -> None:
        if step.work == "writing" and step.done == 2:
            cancel.set()

    briefing = desk.brief(topic="drones", progress=stop, cancel=cancel)
    assert not briefing.finished
    assert [item.part for item in briefing.sections] == ["bottom-line", "timeline"]
    assert briefing.notices == ("Stopped before the end.",)
    assert not desk.briefing(briefing.briefing_id).finished


def test_a_briefing_that_was_broken_off_is_listed_as_begun(desk: Newsroom) -> None:
    request = BriefingRequest(topic="drones", template="digest")
    events = desk.brief_stream(request)
    next(events)
    assert desk.begun_briefings() == [request]
    *_, last = desk.brief_stream(desk.begun_briefings()[0])
    assert isinstance(last, BriefingFinished)
    assert desk.begun_briefings() == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "Say what the briefing is about"),
        ({"topic": " \n "}, "Say what the briefing is about"),
        ({"topic": "drones", "length": "huge"}, "is no length"),
        ({"topic": "drones", "length": "0"}, "is no length"),
        ({"topic": "drones", "template": "novel"}, "There is no template"),
        ({"topic": "x" * 2000}, "shorten it"),
    ],
)
def test_what_cannot_be_briefed_is_refused_with_the_remedy(desk: Newsroom, asked: dict[str, str], told: str) -> None:
    with pytest.raises(UnusableInput, match=told):
        desk.brief(**asked)  # type: ignore[arg-type]


def test_an_unknown_article_is_named(desk: Newsroom) -> None:
    with pytest.raises(UnknownArticle, match="nowhere"):
        desk.brief(articles=["nowhere"])


def test_what_has_changed_since_the_last_on_a_topic(room: Newsroom) -> None:
    first = room.add_text(
        "Mayor Ida Holm said on Monday that the old harbour bridge will close for repairs in the spring.\n\n"
        "Work on the bridge is to cost nine million crowns and to last until the autumn of next year.",
        title="Bridge to close", outlet="Courier", published="2024-03-05", url="https://courier.example/bridge",
    )  # fmt: skip
    room.wait()
    briefing = room.brief(topic="harbour bridge")
    assert not room.what_changed(briefing.briefing_id)
    # What was in the library before it was begun and was set aside is not new; what a cancelled one never read is.
    results = room.articles()[0].ingested
    later = replace(briefing, sources=(), made=results + timedelta(seconds=2), elapsed_ms=700.0)
    assert not changes_since(later, room.articles(), room._parts.library).new_articles
    assert changes_since(replace(later, finished=False), room.articles(), room._parts.library).new_articles
    same_second = replace(later, made=results + timedelta(seconds=1))
    assert changes_since(same_second, room.articles(), room._parts.library).new_articles
    room.add_text(
        "The harbour bridge will stay open, Mayor Ida Holm said on Thursday.\n\n"
        "Ferry owners welcomed the news about the bridge.",
        title="Bridge stays open", outlet="Herald", published="2024-03-08",
    )  # fmt: skip
    room.add_text(
        "Mayor Ida Holm said on Monday that the old harbour bridge will close for repairs in the spring.\n\n"
        "Work on the bridge is to cost twelve million crowns and to last until the autumn of next year.",
        title="Bridge to close", outlet="Courier", published="2024-03-05", url="https://courier.example/bridge",
    )  # fmt: skip
    room.wait()
    result = room.what_changed(briefing.briefing_id)
    assert result.since.briefing_id == briefing.briefing_id
    assert [item.title for item in result.new_articles] == ["Bridge stays open"]
    assert [item.article_id for item in result.changed_articles] == [first.article_id]
    assert "Ida Holm" in {item.speaker for item in result.new_statements}
    assert [(item.text.split()[0], "changed" in item.reason) for item in result.gone] == [("Work", True)]


def test_removing_an_article_takes_its_words_out_of_every_briefing(room: Newsroom) -> None:
    text = "Councillor Tom Reed said that the zebra crossing on Mill Lane will be painted green by the town in June."
    result = room.add_text(text, title="Zebra crossing to be green", outlet="Courier", published="2024-03-05")
    room.wait()
    made = room.brief(articles=[result.article_id or ""], template="summary")
    assert section(made, "summary")
    room.remove(result.article_id or "")
    briefing = room.briefing(made.briefing_id)
    assert not any(item.sentences for item in briefing.sections)
    assert (briefing.citations, briefing.sources, briefing.positions) == ((), (), ())
    assert "removed" in briefing.notices[0]
    room.close()
    assert b"zebra" not in b"".join(path.read_bytes() for path in room.settings.home.glob("library.db*")).lower()


def test_where_sources_differ_both_sides_are_shown_and_cited(room: Newsroom) -> None:
    for outlet, day, number in (("Courier", "2024-03-05", "nine"), ("Herald", "2024-03-05", "twelve")):
        room.add_text(
            f"The fire at the Lakeside paper mill killed {number} workers on Monday, the fire service said.\n\n"
            f"The {outlet} reported from the mill that the fire had begun in a store of paper.",
            title=f"Fire at the paper mill, {number} dead", outlet=outlet, published=day,
        )  # fmt: skip
    room.wait()
    briefing = room.brief(topic="paper mill fire")
    quotes = {item.n: item.quote for item in briefing.citations}
    sides = [[" ".join(quotes[n] for n in side) for side in item.sides] for item in briefing.conflicts]
    assert any("nine" in "".join(both) and "twelve" in "".join(both) for both in sides), briefing.conflicts
    every = [one.text for item in briefing.sections if item.part != "timeline" for one in item.sentences]
    assert len(every) == len(set(every))  # a side that stands in the bottom line is referred to, not said again


def test_a_sentence_in_which_one_party_says_two_things_stands_once_among_positions(room: Newsroom) -> None:
    room.add_text(
        "“The bridge opens in May,” Mayor Ada Quill said, and told reporters that “tolls on it end in June.”\n\n"
        "Quill said that the city had waited ten years for the bridge.",
        title="Quill on the bridge",
        published="2024-03-05",
    )  # fmt: skip
    room.wait()
    texts = [item for item in room.statements() if "May" in item.text or "June" in item.text]
    assert len(texts) == 2
    positions = section(room.brief(topic="the bridge"), "positions")
    assert sum("opens in May" in one for one in positions) == 1
