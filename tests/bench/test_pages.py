"""Seconds from a launch to a page that can be used, milliseconds of reruns, switches and the drawer, and what many
people do to a server. Run by `make bench`.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ask, chromium, go, settle, slow_address  # noqa: F401  # fixtures go by their names
from tests.browser.reader import Reader
from tests.browser.serving import serving

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore::ResourceWarning")]
QUESTIONS = ("What is Turkey's stated position?", "What is Ukraine's stated position?", "What did NATO decide?")
PEOPLE, THINKING, MINUTE = 25, 10.0, 60.0  # seconds between the questions of one of them, and of the whole
SESSIONS = 1000


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    """A library of its own, which conversations may be kept in."""
    return shutil.copytree(sample_home, tmp_path / "home")


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """The app over it, with everything opened that the first question opens."""
    with serving(home) as found:
        with Reader(found) as reader:
            for question in QUESTIONS:
                reader.ask(question)
        yield found


def tell(name: str, seconds: Sequence[float], unit: str = "ms") -> float:
    """Print p50 and p95, and give p95 in seconds."""
    factor = 1000 if unit == "ms" else 1
    high = statistics.quantiles(seconds, n=20)[18] if len(seconds) > 2 else max(seconds)
    middle = statistics.median(seconds)
    print(f"\n{name}: p50 {middle * factor:.4g} {unit}, p95 {high * factor:.4g} {unit}, {len(seconds)} times")
    return high


def server(address: str) -> str:
    """The process that serves an address, as a folder of /proc."""
    port = address.rpartition(":")[2].encode()
    for found in Path("/proc").iterdir():
        if found.name.isdigit():
            words = (found / "cmdline").read_bytes().split(b"\0")
            if b"rag.ui.server" in words and port in words:
                return str(found)
    raise AssertionError("no server")


def processor(folder: str) -> float:
    """Seconds of the processor that a process has used."""
    words = Path(folder, "stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(folder: str) -> int:
    """Memory of a process that is in use."""
    line = next(line for line in Path(folder, "status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def test_launch_to_usable(home: Path, chromium: Browser) -> None:  # noqa: F811
    launched, loaded, again = [], [], []
    for _ in range(5):
        start = time.perf_counter()
        with serving(home) as address:
            for spent in (launched, loaded):
                since = start if spent is launched else time.perf_counter()
                context = chromium.new_context()
                page = context.new_page()
                page.goto(address, wait_until="commit")
                page.locator("textarea").wait_for()
                spent.append(time.perf_counter() - since)
                settle(page)
            since = time.perf_counter()
            page.reload(wait_until="commit")
            page.locator("textarea").wait_for()
            again.append(time.perf_counter() - since)
    tell("launch to usable", launched, "s")
    tell("first page in a running server", loaded, "s")
    tell("the same once its files are in the browser", again, "s")


def test_switches_and_the_drawer(address: str, chromium: Browser) -> None:  # noqa: F811
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    go(page, address)
    ask(page, QUESTIONS[0])
    opened: list[float] = []
    for _ in range(20):
        start = time.perf_counter()
        page.locator("[class*=st-key-source-1-] button:visible").first.click()
        page.get_by_role("dialog").locator("mark#hit").wait_for()
        opened.append(time.perf_counter() - start)
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        settle(page)
    tell("drawer (goal 400)", opened)
    names = {
        "Briefing": "Briefing",
        "Positions": "Positions",
        "Library": "Library",
        "Add": "Add",
        "Settings": "Settings",
    }
    switched: list[float] = []
    for turn in range(6):
        for name, heading in names.items():
            start = time.perf_counter()
            page.get_by_role("link", name=name, exact=True).first.click()
            page.get_by_role("heading", name=heading, exact=True).first.wait_for()
            if turn:  # the first time, the browser fetches what a page needs
                switched.append(time.perf_counter() - start)
            settle(page)
    tell("page switch (goal 400)", switched)


def test_stop(slow_address: str, chromium: Browser) -> None:  # noqa: F811
    took: list[float] = []
    for _ in range(8):
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        go(page, slow_address)
        page.get_by_test_id("stChatInputTextArea").fill(QUESTIONS[0])
        page.keyboard.press("Enter")
        page.locator(".ans p").first.wait_for()
        start = time.perf_counter()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped.").wait_for()
        took.append(time.perf_counter() - start)
        page.context.close()
    tell("stop of an answer whose model hangs (goal 1000)", took)


@pytest.mark.parametrize(("name", "goal"), [("library", 150), ("settings", 150), ("add", 150), ("", 350)])
def test_full_reruns(address: str, name: str, goal: int) -> None:
    with Reader(address, name) as reader:
        for number in range(0 if name else 20):
            reader.ask(QUESTIONS[number % 3])
        folder = server(address)
        before = processor(folder)
        spent = [reader.rerun() for _ in range(40)]
        used = (processor(folder) - before) / 40
    tell(f"full rerun of {name or 'Ask with 20 turns'} (goal {goal}), processor {used * 1000:.0f} ms", spent)


def asking(address: str, people: int, thinking: float) -> list[float]:
    """Seconds of the answers that so many people wait for who think about as long between two questions."""
    until = time.monotonic() + MINUTE
    readers = [Reader(address) for _ in range(people)]

    def one(number: int) -> list[float]:
        dice, spent = random.Random(number), []
        time.sleep(dice.uniform(0, thinking))
        while time.monotonic() < until:
            spent.append(readers[number].ask(QUESTIONS[len(spent) % 3]))
            time.sleep(dice.uniform(0.5, 1.5) * thinking)
        return spent

    with ThreadPoolExecutor(people) as crowd:
        results = [seconds for spent in crowd.map(one, range(people)) for seconds in spent]
    for reader in readers:
        reader.close()
    return results


def test_25_people(address: str) -> None:
    alone = tell("one person asks", asking(address, 1, THINKING / 5))
    many = tell(f"{PEOPLE} ask, each every {THINKING:.0f} s", asking(address, PEOPLE, THINKING))
    print(f"p95: {many / alone:.1f} times that of one (goal 3)")
    readers = [Reader(address) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as crowd:
        ask_all: Callable[[int], float] = lambda number: readers[number].ask(QUESTIONS[number % 3])  # noqa: E731
        tell(f"{PEOPLE} ask at the same instant", list(crowd.map(ask_all, range(PEOPLE))))


def test_a_thousand_sessions(address: str) -> None:
    folder, held = server(address), {}
    for number in range(1, SESSIONS + 1):
        with Reader(address) as reader:
            if number % 5 == 0:
                reader.ask(QUESTIONS[number % 3])
        if number in (50, SESSIONS // 2, SESSIONS):
            held[number] = megabytes(folder)
    time.sleep(150)  # Streamlit keeps a session that went away for two minutes
    with Reader(address) as reader:
        reader.ask(QUESTIONS[0])
    print(f"\nmemory after so many sessions: {held}, and once they are over: {megabytes(folder)} MB")
