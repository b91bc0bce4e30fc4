"""One server and one Chromium for all browser tests; a fresh context for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.browser.serving import CHROMIUM, hesitating_endpoint, serving

# Milliseconds until something that doesn't come is given up. It guards against a hang; `make bench` measures speed.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)

# What must stay text wherever it is shown: in titles, outlets, bylines, bodies, notes, labels.
PAYLOADS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "<svg onload=window.pwned=1><style>*{display:none}</style></svg>",
    '"><style>body{display:none}</style>',
    "![leak](http://leak.invalid/x.png) [go](javascript:window.pwned=1) <http://leak.invalid>",
    '<form action="http://leak.invalid"><button>Log in</button></form>',
    "<meta http-equiv=refresh content='0;url=http://leak.invalid'>",
    "$\\href{javascript:window.pwned=1}{x}$ :red[x] :material/home: :smile: -> www.leak.invalid",
    "{{7*7}} ${7*7} <% 7*7 %>",
)


@pytest.fixture(scope="session")
def library_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample library with two hostile articles, which differ from it in their outlet."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("served") / "home")
    with Newsroom.open(Settings(home=home)) as room:
        for number in (0, 1):
            chosen = PAYLOADS[number::2]
            body = "\n\n".join(f"“{payload}” Villain Zork told the Evening Villain on Monday." for payload in chosen)
            room.add_bytes(
                body.encode(),
                name="hostile",
                title=" ".join(chosen),
                outlet=chosen[0],
                byline=chosen[1],
                url=f'https://news.invalid/{number}"><svg onload=window.pwned=1>',
                published=f"2020-01-0{number + 1}",
            )
    return home


@pytest.fixture(scope="session")
def address(library_home: Path) -> Iterator[str]:
    """Where the app is served."""
    with serving(library_home) as found:
        yield found


@pytest.fixture(scope="session")
def slow_address(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a chat model that begins an answer and never ends it."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("slow") / "home")
    with hesitating_endpoint() as endpoint:
        settings = {"OPENAI_BASE_URL": endpoint, "ONRECORD_CHAT_MODEL": "slow", "OPENAI_API_KEY": "none"}
        settings |= {"ONRECORD_CHECK": "off"}  # with a judge a lead comes as a whole
        with serving(home, settings) as found:
            yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own. It fails the test if anything outside the address was asked for, if a
    hostile text ran, or if the page logged an error other than Streamlit's own search for its address.
    """
    seen: list[tuple[Page, str, list[str], list[str]]] = []

    def open_page(address: str, path: str = "/", *, theme: str = "light", width: int = 1440) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        outside: list[str] = []
        errors: list[str] = []
        ours = (address, address.replace("http", "ws", 1), "data:", "blob:", "about:")
        context.on("request", lambda request: None if request.url.startswith(ours) else outside.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        seen.append((page, address, outside, errors))
        go(page, f"{address}{path}")
        return page

    yield open_page
    for page, _, outside, errors in seen:
        assert outside == []
        assert [text for text in errors if "404" not in text] == []
        assert page.evaluate("window.pwned") is None
        page.context.close()


def go(page: Page, address: str) -> None:
    """Open an address in the same context and wait until it is there."""
    page.goto(address)
    page.locator("h1").first.wait_for(state="attached")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script has run to its end."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()


def ask(page: Page, question: str) -> None:
    """Type a question and wait for the line that announces the answer."""
    before = page.locator(".outcome").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".outcome").nth(before).or_(page.get_by_role("alert")).first.wait_for()
    assert page.get_by_role("alert").all_inner_texts() == []
    settle(page)


def stand_still(page: Page) -> None:
    """Wait until whatever slides or fades has done so."""
    moving = "document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity)"
    page.evaluate(f"Promise.allSettled({moving}.map(one => one.finished)).then(() => null)")


def sideways(page: Page) -> int:
    """Pixels by which something stands out to the right of the window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))
