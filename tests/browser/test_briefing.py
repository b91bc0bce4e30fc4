"""What only a browser can tell of briefings: downloads without a rerun, the address, themes, narrow screens."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle, sideways, stand_still

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
Open = Callable[..., Page]


def made(page: Page, topic: str = "drones") -> None:
    page.get_by_label("What is it about?").fill(topic)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Generate").click()
    page.locator(".outcome").wait_for()
    settle(page)


def test_u16_u34_u35_a_briefing_stays_through_a_reload_and_is_downloaded_without_a_rerun(
    address: str, opened: Open
) -> None:
    page = opened(address, "/briefing")
    made(page)
    page.reload()
    page.locator(".timeline").wait_for()
    settle(page)
    page.evaluate("document.querySelector('.outcome').dataset.same = 'yes'")
    begins = {"Markdown": b"", "Word": b"PK", "PDF": b"%PDF", "Web page": b"<!doctype html", "JSON": b"{"}
    for name, start in begins.items():
        with page.expect_download() as found:
            page.get_by_role("button", name=name, exact=True).click()
        data = found.value.path().read_bytes()
        assert data.lower().startswith(start.lower()), name
        assert len(data) > 500
        if name == "JSON":
            assert json.loads(data)["citations"]
    expect(page.locator(".outcome")).to_have_attribute("data-same", "yes")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_u39_u41_axe_is_clean_in_both_themes_and_nothing_stands_out_on_a_phone(
    address: str, opened: Open, theme: str
) -> None:
    page = opened(address, "/briefing", theme=theme, width=390)
    made(page, "Turkey")
    assert sideways(page) <= 0
    stand_still(page)
    assert [item["id"] for item in Axe().run(page).response["violations"]] == []


def test_u36_a_briefing_over_hostile_articles_keeps_them_text(address: str, opened: Open) -> None:
    page = opened(address, "/briefing")
    made(page, "Villain Zork pwned script")
    assert page.locator("h1").count() == 1
    assert page.locator('a[href^="javascript"]').count() == 0


@pytest.mark.parametrize("width", [340, 390, 430])
def test_no_citation_stands_alone_on_a_line_of_a_phone(address: str, opened: Open, width: int) -> None:
    page = opened(address, "/briefing", width=width)
    made(page)
    alone = """chips => chips.filter(chip => {
        const line = chip.closest('p, li, blockquote').getBoundingClientRect(), own = chip.getBoundingClientRect()
        return own.width && own.left - line.left < 4
    }).map(chip => chip.closest('p, li, blockquote').innerText)"""
    assert page.locator("button.cite:visible").count() > 5
    assert page.locator("button.cite").evaluate_all(alone) == []


def test_a_briefing_is_copied_with_one_click_and_what_is_new_since_stands_in_view(address: str, opened: Open) -> None:
    page = opened(address, "/briefing")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#said")).to_have_text("Copied")
    plain = page.evaluate("navigator.clipboard.readText()")
    for words in ("Situation brief: drones", "Who says what", "(Sample Wire", "Source: "):
        assert words in plain
    page.get_by_role("button", name="What’s new since then?").click()
    expect(page.get_by_role("heading", name="What’s new since then")).to_be_in_viewport()
    expect(page.locator(".since, .none[role=status]")).to_be_in_viewport()
