"""Source: the page that every citation leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag.newsroom import Newsroom
from rag.settings import Settings
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
    assert "from the file&#x27;s front matter" in html(page) or "from the file's front matter" in html(page)
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
    assert "does not hold" in page.warning[0].value
    assert not page.exception


@pytest.mark.parametrize("doc", ["", "nope", "../../etc/passwd", "' or 1=1 --", "<script>"])
def test_u33_an_unknown_article_is_told_with_a_way_back(app: AppTest, doc: str) -> None:
    page = opened(app, doc=doc)
    assert "Article not found" in html(page)
    assert links(page) == ["Back to Ask"]
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
