"""A hundred real articles, as they lie beside the project: what an editor would check of the screens first."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.browser.conftest import ask, go, settle
from tests.browser.serving import PROJECT, serving

ARTICLES = next(
    (
        found
        for folder in (PROJECT, *PROJECT.parents)
        if (found := folder / "shared" / "eval" / "bbc_summary" / "dev.jsonl").exists()
    ),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(ARTICLES is None, reason="needs the evaluation data beside the project"),
]
FIRST = date(2005, 1, 3)
MOST = 100
TOP = 200  # pixels from the top within which a heading stands below the menu
SUPPORT = re.compile(
    r"\b(support|back|welcom|endors|favou?r|approv|prais|agree|oppos|reject|condemn|criticis|denounc|object|refus|block)"
)
Open = Callable[..., Page]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The articles, each with a day of its own and an outlet by its subject."""
    lines = (ARTICLES or Path()).read_text("utf-8").splitlines()[:MOST]
    results = [json.loads(line) for line in lines]
    return [
        row | {"published": FIRST + timedelta(days=at), "outlet": f"Daily {row['category'].title()}"}
        for at, row in enumerate(results)
    ]


@pytest.fixture(scope="module")
def place(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served over them."""
    home = tmp_path_factory.mktemp("hundred")
    with Newsroom.open(Settings(home=home)) as room:
        for row in rows:
            room.add_text(**{name: row[name] for name in ("text", "title", "outlet", "published")})
        room.wait()
    with serving(home) as found:
        yield found


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [1440, 390])
def test_after_each_follow_up_its_heading_stands_at_the_top(place: str, opened: Open, width: int) -> None:
    page = opened(place, width=width)
    questions = (
        "What did Gordon Brown say?",
        "When did he say that?",
        "What about Michael Howard?",
        "Why?",
        "Who else?",
    )
    for question in questions:
        ask(page, question)
        heading = page.locator("h2.asked").first
        expect(heading).to_have_text(question)
        box = heading.bounding_box()
        assert box
        assert 0 < box["y"] < TOP


def test_each_citation_opens_its_own_article_at_words_that_it_has(place: str, opened: Open, rows: list[Row]) -> None:
    page = opened(place)
    ask(page, "What did Michael Howard say?")
    texts = {plain(row["title"]): plain(row["text"]) for row in rows}
    chips = page.locator(".ans button.cite:visible")
    assert chips.count()
    for at in range(chips.count()):
        title = page.locator(f"#{chips.nth(at).get_attribute('popovertarget')} b").text_content() or ""
        chips.nth(at).click()
        drawer = page.get_by_role("dialog")
        expect(drawer.locator(".head h2")).to_have_text(title)
        expect(drawer.locator("mark#hit")).to_be_in_viewport()
        assert plain(drawer.locator("mark#hit").inner_text()) in texts[plain(title)]
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Michael Howard say?", "Howard"),
        ("What is reported on oil prices?", "oil"),
        ("What did Alan Greenspan say about the dollar?", "Greenspan"),
        ("What happened to Pete Doherty?", "Doherty"),
    ],
)
def test_no_answer_cites_an_article_outside_its_topic(
    place: str, opened: Open, rows: list[Row], question: str, topic: str
) -> None:
    page = opened(place)
    ask(page, question)
    texts = {plain(row["title"]): f"{row['title']} {row['text']}" for row in rows}
    titles = page.locator(".source button.title").all_inner_texts()
    assert titles
    assert [title for title in titles if not re.search(rf"\b{topic}\b", texts[plain(title)], re.IGNORECASE)] == []


def test_the_library_counts_right_by_words_outlet_and_day(place: str, opened: Open, rows: list[Row]) -> None:
    page = opened(place, "/library")
    outlets = Counter(row["outlet"] for row in rows)
    expect(page.locator(".lede")).to_contain_text(f"{MOST} articles · {len(outlets)} outlets")
    result = page.locator(".row").filter(has_text="found")
    phrase = "oil prices"
    held = sum(phrase in plain(f"{row['title']}\n{row['text']}").casefold() for row in rows)
    go(page, f"{place}/library?q=%22oil+prices%22")
    expect(result).to_have_text(f"{held} articles found")
    assert page.locator(".snippet mark").all_inner_texts()
    last = FIRST + timedelta(days=30)
    go(page, f"{place}/library?until={last.isoformat()}")
    expect(page.get_by_role("textbox", name="To", exact=True)).to_have_value("2 Feb 2005")
    expect(result).to_have_text(f"{sum(row['published'] <= last for row in rows)} articles found")
    go(page, f"{place}/library?view=Charts")
    bars = page.locator(".bar")
    lines = {bar.locator("span").inner_text(): int(bar.locator("b").inner_text()) for bar in bars.all()}
    assert lines == outlets
    for columns in page.locator(".columns").all():
        heights = [
            title.rpartition(": ")[2]
            for title in columns.locator("div").evaluate_all("all => all.map(one => one.title)")
        ]
        assert sum(map(int, heights)) == MOST


def test_positions_show_no_sign_without_words_of_support_or_opposition_on_the_topic(place: str, opened: Open) -> None:
    page = opened(place, "/positions?view=Overview")
    page.locator(".matrix").or_(page.locator(".none")).first.wait_for()
    settle(page)
    for cell in page.locator("button.cell").all():
        if not re.match(r"[+−~]", cell.inner_text()):
            continue
        card = page.locator(f"#{cell.get_attribute('popovertarget')}")
        topic = (card.get_attribute("aria-label") or "").rpartition(": ")[2]
        texts = [text.casefold() for text in card.locator("blockquote > p").all_text_contents()]
        assert any(SUPPORT.search(text) and topic[:5].casefold() in text for text in texts), texts


def test_a_story_has_its_days_outlets_speakers_and_articles_and_leads_on(
    place: str, opened: Open, rows: list[Row]
) -> None:
    page = opened(place, "/library?view=Stories")
    page.locator("[class*=st-key-row-] a").first.click()
    page.get_by_role("heading", name="Day by day").wait_for()
    settle(page)
    titles = {plain(row["title"]): row for row in rows}
    listed = [titles[plain(text)] for text in page.locator(".timeline a").all_inner_texts()]
    assert len(listed) > 1
    assert [row["published"] for row in listed] == sorted(row["published"] for row in listed)
    head = page.locator(".head p").inner_text()
    assert head.startswith(f"{len(listed)} articles · ")
    assert all(row["outlet"] in head for row in listed)
    assert page.locator(".party .who").count()
    address = page.url
    page.get_by_role("button", name="Brief it").click()
    expect(page.locator(".row b")).to_have_text(f"{len(listed)} chosen articles")
    go(page, address)
    page.get_by_role("button", name="Ask about it").click()
    page.locator(".outcome").first.wait_for(state="attached")
    expect(page.locator("h2.asked").first).to_contain_text("What is reported on")
