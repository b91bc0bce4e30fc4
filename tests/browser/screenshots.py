"""Takes the pictures of README and docs over the sample corpus: `make screenshots` writes docs/images/*.png."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.browser.conftest import ask, go, settle, stand_still
from tests.browser.serving import CHROMIUM, PROJECT, serving

IMAGES = PROJECT / "docs" / "images"
QUESTION = "What is Turkey's stated position?"
FOLLOW_UP = "And Russia's?"
MOST_BYTES = 250_000
DRAFT = """Ankara seeks no quarrel over drones

Fahrettin Altun, the communications director, said: “We’re not signing agreements for \
collaboration to target another country.”

“The deals we have made and the ones we’ll clinch with Ukraine are directly linked to the current crisis,” he said.

Vladimir Putin said that the use of the drones was “destructive”.
"""
PASTED = """Night trams for the harbour

By Ida Holm

ESK, 3 February 2022 - The council will run trams at night from June, its head said on Thursday.

“They will run every half hour,” she told reporters.

Shopkeepers on the north bank had asked for them for years. The county pays half of what
the line costs, and the town the rest.
"""


def shoot(page: Page, name: str) -> None:
    """Write one picture. Raises ValueError where it is too big for a repository."""
    settle(page)
    page.mouse.move(2, 500)
    stand_still(page)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes; at most {MOST_BYTES} are fine")


def take(page: Page, address: str, suffix: str) -> None:
    """Ask with an answer, its source beside it and a follow-up; positions, quality, settings, a story, library,
    briefing, draft, news, adding, source.
    """
    go(page, address)
    page.locator(".st-key-suggestions button").first.wait_for()
    shoot(page, f"first{suffix}")
    ask(page, QUESTION)
    shoot(page, f"answer{suffix}")
    link = page.locator(".card a").first.get_attribute("href")
    page.locator("[class*=st-key-source-1-] button:visible").nth(1).click()
    page.get_by_role("dialog").locator("mark#hit").wait_for()
    page.locator(".asked").evaluate("heading => heading.scrollIntoView({block: 'center'})")
    shoot(page, f"source-drawer{suffix}")
    page.keyboard.press("Escape")
    ask(page, FOLLOW_UP)
    shoot(page, f"follow-up{suffix}")
    go(page, f"{address}/positions")
    page.locator(".topic").wait_for()
    shoot(page, f"positions{suffix}")
    go(page, f"{address}/quality")
    page.locator("table").first.wait_for()
    shoot(page, f"quality{suffix}")
    go(page, f"{address}/settings")
    page.get_by_role("button", name="Test", exact=True).wait_for()
    shoot(page, f"settings{suffix}")
    go(page, f"{address}/library?view=Stories")
    page.locator("a[href*='story?']").first.click()
    page.locator(".timeline").wait_for()
    shoot(page, f"story{suffix}")
    go(page, f"{address}/library")
    page.locator("[class*=st-key-row-] a").first.wait_for()
    shoot(page, f"library{suffix}")
    go(page, f"{address}/briefing")
    page.get_by_label("What is it about?").fill("drones")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Generate").click()
    page.locator(".outcome").wait_for()
    settle(page)
    shoot(page, f"briefing{suffix}")
    go(page, f"{address}/check")
    page.get_by_label("Your text").fill(DRAFT)
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator(".findings").wait_for()
    shoot(page, f"check{suffix}")
    go(page, f"{address}/following")
    page.locator(".news").first.wait_for()
    shoot(page, f"following{suffix}")
    go(page, f"{address}/add")
    page.get_by_role("textbox", name="Article").fill(PASTED)
    page.get_by_role("button", name="Preview").click()
    page.locator(".found").wait_for()
    settle(page)
    shoot(page, f"add{suffix}")
    go(page, f"{address}/{link}")
    page.locator("mark#hit").wait_for()
    shoot(page, f"source{suffix}")


def main() -> None:
    """All pictures, in both themes: an empty library, one with the samples, and the answer on a phone."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, empty = Path(folder) / "home", Path(folder) / "empty"
        empty.mkdir()
        with Newsroom.open(Settings(home=home)) as room:
            articles = sorted((PROJECT / "corpus").iterdir())
            latest = next(path for path in articles if "not aimed at Russia" in path.read_text("utf-8"))
            room.add(*(path for path in articles if path != latest))
            room.wait()
            room.watch(QUESTION)
            room.add(latest)
            room.wait()
            room.refresh()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        pages = {
            suffix: browser.new_page(viewport={"width": 1440, "height": 860}, color_scheme=theme)
            for theme, suffix in (("light", ""), ("dark", "-dark"))
        }
        with serving(empty) as address:
            for suffix, page in pages.items():
                go(page, address)
                page.locator(".demo").wait_for()
                shoot(page, f"first-visit{suffix}")
        with serving(home) as address:
            for suffix, page in pages.items():
                take(page, address, suffix)
            phone = browser.new_page(viewport={"width": 390, "height": 844})
            go(phone, address)
            ask(phone, QUESTION)
            shoot(phone, "answer-phone")
        browser.close()


if __name__ == "__main__":
    main()
