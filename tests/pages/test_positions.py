"""Positions, and the statements of one article: seen, corrected, dismissed, added."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag.domain import ActorKind, Fragment, Span, Statement
from rag.newsroom import Newsroom
from rag.services.positions import matrix
from rag.settings import Settings
from rag.ui.statement_views import topic_html
from tests.pages.conftest import html, links, session

POSITIONS, STATEMENTS = "rag/ui/positions.py", "rag/ui/statements.py"


@pytest.fixture
def page(app: AppTest) -> AppTest:
    page = app.switch_page(POSITIONS)
    page.query_params["view"] = "Overview"
    return page.run()


def test_one_topic_has_the_latest_words_of_each_who_speaks_of_it(app: AppTest) -> None:
    page = app.switch_page(POSITIONS)
    page.query_params["topic"] = "drones"
    shown = html(page.run())
    assert shown.count('class="party"') > 1
    assert 'class="why"' in shown
    assert "Wrong? Correct it" in shown
    assert 'class="matrix"' not in shown
    assert 'class="then-now"' in shown
    assert not page.exception


def test_the_rows_of_a_topic_are_countries_then_bodies_then_people_on_one_axis_of_days() -> None:
    def said(by: str, on: date) -> Statement:
        part = Fragment(start=0, end=10, text="The bridge")
        return Statement(
            speaker=by, source=part, cue=part, content=(part,), text="The bridge", article_id="a", version="v",
            kind="indirect", title="A title", published=on,
        )  # fmt: skip

    rows = {"Ida Holm": date(2024, 3, 9), "Port of Esk": date(2024, 3, 5), "Norland": date(2024, 3, 1)}
    sayings = {name: [said(name, on)] for name, on in rows.items()}
    every = [item for group in sayings.values() for item in group]
    found = matrix(every, actors=sayings, topics={"bridge": every})
    kinds: dict[str, ActorKind] = {"Ida Holm": "person", "Port of Esk": "body", "Norland": "country"}
    shown = topic_html(found, "bridge", lambda _: "The bridge", kinds)
    assert re.findall(r"<h2>([^<]+) <small>", shown) == ["Norland", "Port of Esk", "Ida Holm"]
    assert re.findall(r"left:([\d.]+)%", shown) == ["0.0", "50.0", "100.0"]
    same_day = {name: [said(name, date(2024, 3, 1))] for name in rows}
    every = [item for group in same_day.values() for item in group]
    found = matrix(every, actors=same_day, topics={"bridge": every})
    assert "then-now" not in topic_html(found, "bridge", lambda _: "The bridge", kinds)


def test_actors_are_merged_and_split_on_the_page(app: AppTest) -> None:
    page = app.switch_page(POSITIONS)
    page.query_params["view"] = "Actors"
    page.run()
    assert not page.exception
    name = page.selectbox(key="actor_chosen").value
    other = page.selectbox(key="merge_with").options[0]
    page.selectbox(key="merge_with").set_value(other).run()
    page.button(key="merge").click().run()
    assert "Merged" in " ".join(item.value for item in page.success)
    page.selectbox(key="actor_chosen").set_value(name).run()
    page.button(key="reset").click().run()
    assert "Back to what the articles say" in " ".join(item.value for item in page.success)


def test_the_matrix_has_actors_topics_and_cells_that_open_statements(page: AppTest) -> None:
    shown = html(page)
    assert '<th scope="row">Turkey</th>' in shown
    assert 'class="cell"' in shown
    assert "no statement found" in shown
    assert 'href="source?doc=' in shown
    assert [item.proto.label for item in page.get("download_button")] == ["Table (CSV)", "JSON"]
    assert not page.exception


def test_u44_every_cell_says_in_words_what_its_sign_means(page: AppTest) -> None:
    shown = html(page)
    signs = re.findall(r'aria-label="([^"]+)">([+~−]?)\d', shown)
    assert signs
    assert all((" of support, " in name) == bool(sign) for name, sign in signs)
    assert ("+ support" in shown) == any(sign for _, sign in signs)


def test_u30_actors_and_topics_come_from_the_address(app: AppTest) -> None:
    page = app.switch_page(POSITIONS)
    page.query_params["view"] = "Overview"
    page.query_params["who"] = "Turkey, Russia"
    page.query_params["topic"] = "drones"
    page.run()
    shown = html(page)
    assert shown.count('<th scope="row">') == 2
    assert '<th scope="col">Drones</th>' in shown


def test_u5_nothing_found_says_so_and_offers_to_clear(page: AppTest) -> None:
    page.text_input(key="who").set_value("Nobody Atall").run()
    assert "No statement matches" in html(page)
    next(item for item in page.button if item.label == "Clear filters").click().run()
    assert 'class="cell"' in html(page)


def test_u31_a_hostile_address_is_text(app: AppTest) -> None:
    page = app.switch_page(POSITIONS)
    page.query_params["who"] = "<img src=x onerror=alert(1)>,Turkey"
    page.query_params["since"] = "whenever"
    page.run()
    assert "<img" not in html(page)
    assert not page.exception


def test_the_timeline_has_the_statements_of_one_actor_on_one_topic_by_day(page: AppTest) -> None:
    page.session_state["view"] = "Timeline"
    page.text_input(key="who").set_value("Russia").run()
    page.text_input(key="topic").set_value("drones").run()
    shown = html(page)
    assert 'class="ans days"' in shown
    assert re.search(r"\b\d{1,2} [A-Z][a-z]{2} 202[12]\b", shown)
    assert 'class="matrix"' not in shown


def test_an_empty_library_says_so_and_leads_to_adding() -> None:
    page = session().run().switch_page(POSITIONS).run()
    assert "Add a few articles" in html(page)
    page.button(key="add").click().run()
    assert "<h1>Add articles</h1>" in html(page)


# -- statements of one article


@pytest.fixture
def article(app: AppTest, home: Path) -> tuple[AppTest, str]:
    with Newsroom.open(Settings(home=home)) as room:
        chosen = next(item.article_id for item in room.articles() if room.statements(article=item.article_id))
    app.switch_page(STATEMENTS)
    app.query_params["doc"] = chosen
    return app.run(), chosen


def keyed(page: AppTest, start: str) -> str:
    return next(str(item.key) for item in page.button if str(item.key).startswith(start))


def told(page: AppTest) -> str:
    return " ".join(item.value for item in (*page.success, *page.error)).replace("\\", "")


def test_statements_are_listed_and_highlighted(article: tuple[AppTest, str]) -> None:
    shown = html(article[0])
    assert shown.count('class="voice"') >= 1
    assert '<mark class="also">' in shown
    assert links(article[0]) == ["Read the article"]


def test_a_correction_is_shown_as_one_and_can_be_undone(article: tuple[AppTest, str]) -> None:
    page, _ = article
    key = keyed(page, "edit-")
    page.button(key=key).click().run()
    place = key.removeprefix("edit-")
    page.text_input(key=f"speaker-{place}").set_value("Zara Quint")
    page.button(key=f"save-{place}").click().run()
    assert "Corrected" in told(page)
    assert "Zara Quint" in html(page)
    assert "corrected by hand" in html(page)
    page.button(key=f"restore-{place}").click().run()
    assert "Zara Quint" not in html(page)


def test_a_dismissed_statement_goes_and_can_be_restored(article: tuple[AppTest, str]) -> None:
    page, _ = article
    before = html(page).count('class="voice"')
    key = keyed(page, "dismiss-")
    page.button(key=key).click().run()
    assert html(page).count('class="voice"') == before - 1
    page.button(key=key.replace("dismiss-", "back-")).click().run()
    assert html(page).count('class="voice"') == before


def test_a_missed_statement_is_added_by_its_words_and_others_are_refused(
    article: tuple[AppTest, str], home: Path
) -> None:
    page, article_id = article
    with Newsroom.open(Settings(home=home)) as room:
        text = room.article(article_id).text
        taken = [part.span for item in room.statements(article=article_id) for part in item.content]
    windows = [found for found in re.finditer(r"\w+ \w+ \w+", text) if text.count(found.group()) == 1]
    free = [found for found in windows if not any(Span(*found.span()).touches(span) for span in taken)]
    words = free[0].group()
    page.text_area(key="words-new").set_value(words)
    page.text_input(key="speaker-new").set_value("Zara Quint")
    page.button(key="add_missed").click().run()
    assert "Added" in told(page)
    assert "Zara Quint" in html(page)
    page.text_area(key="words-new").set_value("words that nobody wrote")
    page.button(key="add_missed").click().run()
    assert "does not have the words" in told(page)


def test_u33_an_unknown_article_is_told_with_a_way_on(app: AppTest) -> None:
    app.switch_page(STATEMENTS)
    app.query_params["doc"] = "nope"
    page = app.run()
    assert "Article not found" in html(page)
    assert not page.exception
