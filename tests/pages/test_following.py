"""What's new by question and by story, digests, and stories put right by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.month import month, publish
from tests.pages.conftest import BRIEFING, ask, html, session

FOLLOWING, STORY = "rag/ui/following.py", "rag/ui/story.py"


FERRY = [item for item in month("development") if item.story == "velde-ferry" and "Lund" in item.text]
FIRST, SECOND = FERRY[0], next(item for item in FERRY if item.title != FERRY[0].title)


@pytest.fixture
def newer(home: Path) -> Path:
    """The sample library with somebody watched, who said something new in two articles about one event."""
    with Newsroom.open(Settings(home=home)) as room:
        room.watch(actor="Ada Lund")
        publish(room, [FIRST, SECOND])
        room.wait()
        assert len(room.refresh().news) == 2
    return home


def test_news_is_grouped_by_story_and_seen(newer: Path) -> None:
    page = session(group="By story").switch_page(FOLLOWING).run()
    assert not page.exception
    shown = html(page)
    assert FIRST.title in shown
    assert "story?id=" in shown
    assert "(2 new)" in shown
    (seen,) = (item for item in page.button if item.label == "Mark as seen")
    page = seen.click().run()
    assert "(2 new)" not in html(page)
    with Newsroom.open(Settings(home=newer)) as room:
        assert room.news(unread=True) == []


def test_a_digest_is_a_page_of_chosen_watches(newer: Path) -> None:
    page = session().switch_page(FOLLOWING).run()
    page = page.button(key="digest").click().run()
    assert not page.exception
    assert '<section class="digest">' in html(page)
    assert FIRST.title in html(page)
    assert len(page.get("download_button")) == 3
    chosen = page.multiselect(key="digest_of")
    page = chosen.set_value([chosen.options[0]]).run().button(key="digest").click().run()
    assert "<h3>Ada Lund</h3>" in html(page)
    assert "<h3>Stories</h3>" not in html(page)


def story_of(home: Path) -> tuple[str, tuple[str, ...]]:
    with Newsroom.open(Settings(home=home)) as room:
        (story,) = (
            item for item in room.stories() if len(item.articles) == 2 and item.since and item.since.year == 2031
        )
    return story.story_id, story.articles


def opened(story_id: str) -> AppTest:
    page = session(id=story_id).switch_page(STORY)
    page.query_params["id"] = story_id
    return page.run()


def test_an_article_is_taken_out_of_a_story_and_the_story_merged_again(newer: Path) -> None:
    story_id, articles = story_of(newer)
    assert len(articles) == 2
    page = opened(story_id)
    page.multiselect(key="out").set_value([articles[1]]).run().button(key="split").click().run()
    assert not page.exception
    with Newsroom.open(Settings(home=newer)) as room:
        assert room.story(story_id).articles == articles[:1]
    page = opened(story_id)
    page = page.toggle(key="merging").set_value(True).run()
    others = page.multiselect(key="merge_with")
    page = others.set_value([SECOND.title]).run().button(key="merge").click().run()
    assert not page.exception
    assert story_of(newer) == (story_id, articles)


def test_nothing_is_taken_out_without_a_choice(newer: Path) -> None:
    story_id, articles = story_of(newer)
    page = opened(story_id).button(key="split").click().run()
    assert not page.exception
    assert page.error
    assert story_of(newer) == (story_id, articles)


def test_an_answer_and_a_briefing_can_be_kept_watched(app: AppTest, home: Path) -> None:
    page = ask(app, "What is Turkey's stated position?")
    next(item for item in page.button if item.label == "Keep watching").click().run()
    with Newsroom.open(Settings(home=home)) as room:
        briefing = room.brief(topic="drones")
    page = session(briefing=briefing.briefing_id or "").switch_page(BRIEFING)
    page.query_params["briefing"] = briefing.briefing_id or ""
    page.run().button(key="watch").click().run()
    assert not page.exception
    with Newsroom.open(Settings(home=home)) as room:
        assert [item.title for item in room.watches()] == ["What is Turkey's stated position?", "drones"]


def test_a_story_is_watched_from_its_page(newer: Path) -> None:
    story_id, _ = story_of(newer)
    page = opened(story_id).button(key="watch").click().run()
    assert not page.exception
    with Newsroom.open(Settings(home=newer)) as room:
        (watch,) = (item for item in room.watches() if item.story)
        title = room.story(story_id).title
    assert (watch.story, watch.title) == (story_id, title)
    page = session().switch_page(FOLLOWING).run()
    assert title in html(page)
    assert "Open the story" in [item.proto.label for item in page.get("page_link")]


def test_the_menu_counts_what_is_unread(newer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []

    def named(page: str, *, title: str, make: Callable[..., Any] = st.Page, **options: Any) -> Any:
        titles.append(title)
        return make(page, title=title, **options)

    monkeypatch.setattr(st, "Page", named)
    session().run()
    assert "What’s new (2)" in titles
    with Newsroom.open(Settings(home=newer)) as room:
        room.see_news()
    titles.clear()
    session().run()
    assert "What’s new" in titles


def test_a_source_is_followed_in_one_language_and_exported(home: Path) -> None:
    page = session().switch_page(FOLLOWING).run()
    assert not [item for item in page.get("download_button") if item.proto.label == "Export as OPML"]
    field = {item.label: item for item in page.text_input}
    field["Address of a feed, a news sitemap or a front page"].set_value("velde.example/feed")
    field["Only in this language"].set_value(" EN ")
    next(item for item in page.button if item.label == "Follow").click()
    page = page.run()
    assert not page.exception
    with Newsroom.open(Settings(home=home)) as room:
        (item,) = room.following()
        assert (item.address, item.language, item.outlet) == ("https://velde.example/feed", "en", None)
        assert item.address in room.following_list()
    assert "Export as OPML" in [item.proto.label for item in page.get("download_button")]
    assert "en" in html(page)
