"""What only a browser can tell of positions: cells that open, the address, themes, narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.browser.conftest import go, settle, sideways

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
Open = Callable[..., Page]


def test_a_cell_opens_its_statements_by_keyboard_and_leads_to_the_source(address: str, opened: Open) -> None:
    page = opened(address, "/positions?view=Overview")
    cell, card = page.locator("button.cell").first, page.locator(".card.wide").first
    cell.focus()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()
    assert str(card.locator("footer a").first.get_attribute("href")).startswith("source?doc=")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(cell).to_be_focused()


def test_u30_what_is_typed_stands_in_the_address_and_a_table_is_downloaded(address: str, opened: Open) -> None:
    page = opened(address, "/positions?view=Overview")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("People or countries (comma-separated)").fill("Turkey")
    page.keyboard.press("Enter")
    page.wait_for_url("**who=Turkey**")
    settle(page)
    expect(page.locator(".matrix tbody th")).to_have_text(["Turkey"])
    with page.expect_download() as found:
        page.get_by_role("button", name="Table (CSV)").click()
    assert found.value.path().read_bytes().startswith(b"\xef\xbb\xbfactor,topic,")


@pytest.mark.parametrize("view", ["Topic", "Overview", "Actors"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_u39_u41_axe_is_clean_in_both_themes_and_nothing_stands_out_on_a_phone(
    address: str, opened: Open, theme: str, view: str
) -> None:
    page = opened(address, f"/positions?view={view}", theme=theme, width=390)
    assert sideways(page) <= 0
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
    assert [item["id"] for item in Axe().run(page).response["violations"]] == []


def test_u36_hostile_statements_stay_text_in_the_matrix_and_in_their_list(
    library_home: Path, address: str, opened: Open
) -> None:
    with Newsroom.open(Settings(home=library_home)) as room:
        hostile = next(item.article_id for item in room.articles() if "pwned" in item.title)
    page = opened(address, "/positions?who=Villain Zork&topic=script")
    go(page, f"{address}/statements?doc={hostile}")
    assert "window.pwned" in page.locator(".art").inner_text()
    assert page.locator("h1").count() == 1


def test_on_a_phone_the_overview_keeps_its_actors_in_view_and_shades_the_side_where_more_is(
    address: str, opened: Open
) -> None:
    topics = "drones,Crimea,ceasefire,weapons,production,agreement"
    page = opened(address, f"/positions?view=Overview&topic={topics}", width=390)
    matrix, actor = page.locator("div.matrix"), page.locator(".matrix tbody th").first
    assert matrix.evaluate("one => one.scrollWidth > one.clientWidth")
    box = matrix.bounding_box()
    assert box
    edge, middle, y = box["x"] + box["width"] - 6, box["x"] + box["width"] / 2, box["y"] + 2
    pictures = [page.screenshot(clip={"x": x, "y": y, "width": 6, "height": 4}) for x in (edge, middle)]
    assert pictures[0] != pictures[1]
    matrix.evaluate("one => { one.scrollLeft = one.scrollWidth }")
    assert page.screenshot(clip={"x": edge, "y": y, "width": 6, "height": 4}) == pictures[1]
    assert abs((actor.bounding_box() or {"x": 0})["x"] - box["x"]) <= 1
