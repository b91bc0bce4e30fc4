"""Briefing. Each name begins with the number of the checklist that it proves."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag.api.briefings import start_briefing
from rag.domain import BriefEvent, Briefing, BriefingRequest, BriefingSource, BriefingStep
from rag.jobs import Jobs
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import briefing_views
from tests.guards import some
from tests.pages.conftest import BRIEFING, LIBRARY, html, links, session


@pytest.fixture
def briefing(app: AppTest) -> AppTest:
    return app.switch_page(BRIEFING).run()


def generate(page: AppTest, topic: str = "drones") -> AppTest:
    page.text_input(key="topic").set_value(topic).run()
    return page.button(key="generate").click().run()


def test_u4_without_a_matching_article_it_says_why_and_can_t_be_begun(briefing: AppTest) -> None:
    assert "Enter a topic" in html(briefing)
    assert briefing.button(key="generate").proto.disabled
    briefing.text_input(key="topic").set_value("zeppelins over Zanzibar")
    briefing.selectbox(key="outlet").set_value("Sample Gazette")
    briefing.text_input(key="until").set_value("1 January 2001").run()
    assert "No articles match" in html(briefing)
    assert briefing.button(key="generate").proto.disabled


def test_an_empty_library_leads_to_adding() -> None:
    page = session().run().switch_page(BRIEFING).run()
    assert page.button(key="add").label == "Add articles"
    assert not page.exception


def test_a_briefing_that_was_cut_off_is_offered_again_or_dismissed(home: Path) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        for topic in ("drones", "Crimea"):  # as a process leaves it that is killed
            room._library.briefings.begin(BriefingRequest(topic=topic, template="digest"))
    page = session().run().switch_page(BRIEFING).run()
    assert sorted(re.findall(r"Interrupted: (\w+)", html(page))) == ["Crimea", "drones"]
    page.button(key="dismiss_0").click().run()
    (topic,) = re.findall(r"Interrupted: (\w+)", html(page))
    page.button(key="again_0").click().run()
    assert f"<h1>Press digest: {topic}" in html(page)
    with Newsroom.open(Settings(home=home)) as room:
        assert room.begun_briefings() == []


def test_u7_a_briefing_has_chips_a_timeline_sources_and_says_what_it_rests_on(briefing: AppTest) -> None:
    page = html(generate(briefing))
    assert "<h1>Situation brief" in page
    chips = re.findall(r'popovertarget="(\S+?)"', page)
    assert chips
    assert len(set(chips)) == len(chips)
    assert all(f'popover id="{chip}"' in page for chip in some(chips))
    assert '<ol class="timeline">' in page
    assert '<ul class="sources">' in page
    assert '<p class="line">' in page
    assert page.index("Who says what") < page.index("What happened</h2>")
    assert re.search(r'title="built-in engine[^"]*">\d+ sentences from \d+ articles<', page)


def test_u42_its_plots_say_in_words_what_they_show_and_stand_only_for_many_articles(briefing: AppTest) -> None:
    assert "Who reports it" not in html(generate(briefing))
    sources = tuple(
        BriefingSource(
            article_id=str(n),
            version="1",
            title=f"Title {n}",
            outlet=f"Outlet {n % 3}",
            byline=None,
            published=None,
            url=None,
        )
        for n in range(15)
    )
    plots = briefing_views.plots_html(Briefing(title="Many", template="situation", engine="built-in", sources=sources))
    assert 'aria-label="Who reports it: Outlet' in plots


def test_u21_a_finished_briefing_is_kept_listed_and_reopened_by_its_address(briefing: AppTest) -> None:
    generate(briefing)
    address = briefing.query_params["briefing"]
    briefing.button(key="new_briefing").click().run()
    assert "Earlier briefings" in html(briefing)
    assert any(name.startswith("Situation brief") for name in links(briefing))
    again = session().run()
    again.switch_page(BRIEFING)
    again.query_params["briefing"] = address
    assert '<ol class="timeline">' in html(again.run())
    again.button(key="forget").click().run()
    assert "Earlier briefings" not in html(again)


def test_what_has_changed_since_is_told(briefing: AppTest, home: Path) -> None:
    generate(briefing)
    briefing.button(key="since_then").click().run()
    assert "Nothing has changed since." in html(briefing)
    with Newsroom.open(Settings(home=home)) as room:
        room.add_text(
            "Turkey will sell more drones to Ukraine, its minister said on Friday.",
            title="More drones",
            published="2022-02-05",
        )
    assert "New articles" in html(briefing.run())


def test_chosen_articles_come_from_the_library_and_can_be_given_up(app: AppTest) -> None:
    page = app.switch_page(LIBRARY).run()
    for box in [item for item in page.checkbox if (item.key or "").startswith("pick-")][:2]:
        box.check()
    page.run().button(key="brief").click().run()
    assert "2 chosen articles" in html(page)
    assert "2 articles match" in html(page)
    page.button(key="unchoose").click().run()
    assert "chosen article" not in html(page)


def test_u31_malformed_addresses_are_ignored(app: AppTest) -> None:
    page = app.switch_page(BRIEFING)
    for name, value in (("since", "soon"), ("outlet", "<b>"), ("job", "x"), ("articles", "no,such,<b>")):
        page.query_params[name] = value
    page.run()
    assert "Enter a topic" in html(page)
    assert not page.exception
    page.query_params["briefing"] = "../../etc/passwd"
    assert "Briefing not found" in html(page.run())


def test_u22_a_briefing_that_fails_says_why_without_its_insides(
    briefing: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> Iterator[BriefEvent]:
        yield BriefingStep(work="searching")
        raise KeyError("secret")

    monkeypatch.setattr(Newsroom, "brief_stream", failing)
    generate(briefing)
    assert "KeyError" in briefing.error[0].value
    assert "secret" not in briefing.error[0].value
    assert not briefing.exception


def test_u35_every_format_can_be_downloaded(briefing: AppTest) -> None:
    generate(briefing)
    names = [item.proto.label for item in briefing.get("download_button")]
    assert names == ["Markdown", "Word", "PDF", "Web page", "JSON"]


def test_u20_a_cancelled_briefing_hands_over_what_stands(sample: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    go, original = threading.Event(), sample.brief_stream

    def slow(request: Any, *, cancel: threading.Event) -> Iterator[BriefEvent]:
        for event in original(request, cancel=cancel):
            yield event
            if isinstance(event, BriefingStep) and event.work == "writing":
                go.wait(300)

    monkeypatch.setattr(sample, "brief_stream", slow)
    making = start_briefing(sample, Jobs(), BriefingRequest(topic="drones"))
    while making.step is None or making.step.work != "writing":
        making.job.wait(len(making.job.events), 10)
    making.cancel()
    go.set()
    while making.job.running:
        making.job.wait(10**9, 10)
    assert making.briefing
    assert not making.briefing.finished
    assert any(item.sentences for item in making.briefing.sections)
    sample.forget_briefing(making.briefing.briefing_id)
