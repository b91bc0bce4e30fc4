"""Source: the page that every citation leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import views
from tests.pages.conftest import SOURCE, html, links


def opened(app: AppTest, **query: str) -> AppTest:
    app.switch_page(SOURCE)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.fixture
def known(app: AppTest, home: Path) -> tuple[AppTest, str, str]:
    with Newsroom.open(Settings(home=home)) as room:
        item = room.articles(limit=1)[0]
    return app, item.article_id, item.version


def test_a_deep_link_shows_the_passage_and_the_facts(known: tuple[AppTest, str, str]) -> None:
    app, article_id, version = known
    page = opened(app, doc=article_id, v=version, s="5", e="20")
    assert html(page).count('<mark id="hit"') == 1
    assert "(from the file)" in html(page)
    assert not page.warning


@pytest.mark.parametrize(
    ("start", "end"),
    [("5", "5"), ("9", "3"), ("-1", "4"), ("0", "9999999"), ("x", "4"), ("1" * 5000, "2"), ("٣", "9"), ("", "")],
)
def test_u31_bad_offsets_show_the_article_without_a_highlight(
    known: tuple[AppTest, str, str], start: str, end: str
) -> None:
    app, article_id, version = known
    page = opened(app, doc=article_id, v=version, s=start, e=end)
    assert "<mark" not in html(page)
    assert 'class="art"' in html(page)
    assert "does not have" in page.warning[0].value
    assert not page.exception


@pytest.mark.parametrize("doc", ["", "nope", "../../etc/passwd", "' or 1=1 --", "<script>"])
def test_u33_an_unknown_article_is_told_with_a_way_back(app: AppTest, doc: str) -> None:
    page = opened(app, doc=doc)
    assert "Article not found" in html(page)
    assert links(page) == ["To the library"]
    assert not page.exception


def test_an_unknown_version_leads_to_the_current_one(known: tuple[AppTest, str, str]) -> None:
    app, article_id, _ = known
    page = opened(app, doc=article_id, v="0000")
    assert "not the version" in page.warning[0].value
    assert "Read the current version" in links(page)


def test_an_earlier_version_says_that_the_article_has_changed(app: AppTest, home: Path) -> None:
    address = "https://news.example/story"
    with Newsroom.open(Settings(home=home)) as room:
        first = room.add_text("The plant will open in May, he said.", title="A plant", url=address)
        second = room.add_text("The plant will open in June, he said.", title="A plant", url=address)
    assert second.status == "updated"
    page = opened(app, doc=str(first.article_id), v=str(first.version), s="0", e="9")
    assert "earlier version" in page.info[0].value
    assert "in May" in html(page)
    assert f'href="{address}"' in html(page)


CORRECTED = "Trams to run\n\nThe mayor of Esk said: “The trams will run at {}.”\n\nThe line has nine stops.\n"


def test_versions_are_listed_and_compared_by_sentence_and_corrections_shown(
    app: AppTest, home: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    with Newsroom.open(Settings(home=home)) as room:
        page.write_text(CORRECTED.format("night"), "utf-8")
        (first,) = room.add(page)
        page.write_text(f"{CORRECTED.format('noon')}\nCorrection: An earlier version gave another hour.\n", "utf-8")
        room.add(page)
    shown = html(opened(app, doc=str(first.article_id), was=str(first.version)))
    assert "<b>Correction</b>" in shown
    assert "Version 2, read" in shown
    assert f"source?doc={first.article_id}&amp;was={first.version}" in shown
    assert "at night.”</del>" in shown
    assert "at noon.”</ins>" in shown
    assert "nine stops" not in shown.split('class="changed"')[1]
    bogus = html(opened(app, doc=str(first.article_id), was="<b>"))
    assert 'class="changed"' not in bogus


def test_facts_are_corrected_kept_and_undone(known: tuple[AppTest, str, str], home: Path) -> None:
    app, article_id, _ = known
    page = opened(app, doc=article_id)
    before = page.text_input(key=f"amend-title-{article_id}").value
    page.text_input(key=f"amend-title-{article_id}").set_value("A better headline")
    page.text_input(key=f"amend-outlet-{article_id}").set_value("")
    page.button(key="save_facts").click().run()
    assert "<h1>A better headline</h1>" in html(page)
    with Newsroom.open(Settings(home=home)) as room:
        assert (room.article(article_id).title, room.article(article_id).outlet) == ("A better headline", None)
    page.button(key="undo_facts").click().run()
    assert before
    assert f"<h1>{views.esc(before)}</h1>" in html(page)


def test_a_wrong_address_is_refused_with_the_remedy(known: tuple[AppTest, str, str]) -> None:
    app, article_id, _ = known
    page = opened(app, doc=article_id)
    page.text_input(key=f"amend-url-{article_id}").set_value("javascript:alert(1)")
    page.button(key="save_facts").click().run()
    assert "not a web address" in page.error[0].value.replace("\\", "")
    assert not page.exception


def test_u32_an_article_is_removed_from_its_own_page_after_a_question(known: tuple[AppTest, str, str]) -> None:
    app, article_id, _ = known
    page = opened(app, doc=article_id)
    page.button(key="remove").click().run()
    assert page.get("dialog")
    page.button(key="remove_now").click().run()
    assert "Removed" in page.success[0].value
    assert "<h1>Library</h1>" in html(page)


def test_an_article_leads_to_its_story_which_leads_on_or_says_that_it_has_none(
    known: tuple[AppTest, str, str], home: Path
) -> None:
    app, article_id, _ = known
    with Newsroom.open(Settings(home=home)) as room:
        alone = room.add_text("The council of Esk will paint its shed.", title="Shed", published="2010-01-01")
        [story] = [item for item in room.stories() if article_id in item.articles]
    page = opened(app, doc=article_id)
    page.button(key="story").click().run()
    assert "Day by day" in html(page)
    assert html(page).count("source?doc=") > len(story.articles) > 1
    page = opened(page, doc=str(alone.article_id))
    page.button(key="story").click().run()
    assert "No other article covers this event." in html(page)
    assert not page.exception
