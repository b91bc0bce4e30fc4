"""Search through the door: what the question says narrows it, filters hold before the cut, copies count once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.cli import DONE, main
from rag.domain import Filters
from rag.newsroom import Newsroom
from rag.settings import Settings

PIER = "The harbour board said on Monday that the old pier will be rebuilt with oak. Work begins in {month}."
TRAM = "The tram company wants {n} new trams, its director said. Each of them seats eighty people."
ISKELE = (
    "Liman kurulu pazartesi günü eski iskelenin meşe ile yenileneceğini söyledi. Çalışmalar mart ayında başlayacak ve"
    " yaz sonuna kadar sürecek."
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path_factory.mktemp("search"))) as room:
        for n, month in enumerate(("March", "April", "May", "June", "July", "August")):
            room.add_text(
                PIER.format(month=month), title=f"Pier {n}", outlet="Coast Post", published=f"2024-0{n + 1}-10"
            )
        for n in range(2):
            room.add_text(
                TRAM.format(n=n + 3), title=f"Trams {n}", outlet="City Courier", published=f"2024-0{n + 5}-20"
            )
        room.add_text(ISKELE, title="İskele", outlet="Sahil", published="2024-03-11")
        room.wait()
        yield room


def outlets(room: Newsroom, query: str, k: int = 4, **given: object) -> list[str | None]:
    return [hit.outlet for hit in room.search(query, k=k, **given)]  # type: ignore[arg-type]


def test_an_outlet_named_in_the_query_narrows_it_until_that_is_taken_back(room: Newsroom) -> None:
    question = "What will be rebuilt, according to City Courier?"
    assert set(outlets(room, question)) == {"City Courier"}
    assert "Coast Post" in outlets(room, question, ignore=("outlet",))
    assert [item.kind for item in room.understood(question)] == ["outlet"]


def test_each_of_several_outlets_has_its_share_of_the_list(room: Newsroom) -> None:
    result = outlets(room, "Do Coast Post and City Courier both report that the pier will be rebuilt with oak?", k=4)
    assert result.count("City Courier") == 2
    assert result.count("Coast Post") == 2


def test_each_part_of_a_question_has_its_evidence(room: Newsroom) -> None:
    question = "What did the harbour board say about the old oak pier, and how many new trams does the company want?"
    assert {"Coast Post", "City Courier"} <= set(outlets(room, question, k=2))


def test_days_in_the_query_count_from_the_newest_article(room: Newsroom) -> None:
    (item,) = room.understood("What was said about the pier in February?")
    assert item.filters == Filters(since=date(2024, 2, 1), until=date(2024, 3, 1))
    hits = room.search("What was said about the pier in February?")
    assert [str(hit.published) for hit in hits] == ["2024-02-10"]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(outlet="Sahil"),
        Filters(since=date(2024, 3, 11), until=date(2024, 3, 11)),
        Filters(language="tr"),
    ],
)
def test_filters_hold_before_the_cut(room: Newsroom, filters: Filters) -> None:
    assert [hit.title for hit in room.search("old pier rebuilt with oak", k=1, filters=filters)] == ["İskele"]


def test_as_of_a_day_finds_what_was_known_then(room: Newsroom) -> None:
    match = room.search("old pier rebuilt with oak", k=1, filters=Filters(as_of=date(2024, 1, 20)))
    assert [hit.title for hit in match] == ["Pier 0"]


def test_an_answer_tells_what_was_understood_and_can_be_asked_without_it(room: Newsroom) -> None:
    question = "What did the harbour board say about the pier, according to Coast Post?"
    answer = room.ask(question)
    assert {item.kind for item in answer.understood} >= {"outlet"}
    assert {item.outlet for item in answer.citations} <= {"Coast Post"}
    assert not [item for item in room.ask(question, ignore=("outlet",)).understood if item.kind == "outlet"]


def test_a_question_in_another_language_is_found_by_its_words(room: Newsroom) -> None:
    assert room.search("Çalışmalar hangi ayda başlayacak?", k=1)[0].outlet == "Sahil"


def test_scores_fall_from_at_most_one(room: Newsroom) -> None:
    scores = [hit.score for hit in room.search("old pier rebuilt with oak")]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


def test_the_command_says_what_it_understood(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(Path(room.settings.home))]
    assert main(["search", "What was rebuilt, according to Coast Post?", "--json", *home]) == DONE
    assert json.loads(capsys.readouterr().out)["understood"][0]["filters"]["outlet"] == "Coast Post"
    assert main(["search", "What was rebuilt, according to Coast Post?", "--ignore", "outlet", "--json", *home]) == DONE
    assert json.loads(capsys.readouterr().out)["understood"] == []
    assert main(["search", "What was rebuilt, according to Coast Post?", *home]) == DONE
    assert "--ignore outlet" in capsys.readouterr().out


def test_an_answer_from_another_language_says_that_it_was_found_by_words(room: Newsroom) -> None:
    question = "Çalışmalar hangi ayda başlayacak?"
    assert any("searched by words only" in note for note in room.ask(question, filters=Filters(outlet="Sahil")).notices)
    assert not room.ask("When does work on the pier begin?", filters=Filters(outlet="Coast Post")).notices
    assert room.doctor().languages == ("en",)
    assert room.doctor().articles_in["tr"] == 1


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was hat der Bürgermeister zu der alten Seebrücke gesagt?", "German"),
        ("Что сказал мэр?", "Russian"),
    ],
)
def test_a_question_in_another_language_is_told_what_it_is_searched_by(
    room: Newsroom, question: str, language: str
) -> None:
    answer = room.ask(question)
    assert answer.abstained
    assert f"The question is in {language}" in answer.notices[0]
    assert "do not answer" not in answer.headline
