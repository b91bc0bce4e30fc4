"""Every state of every page: nothing for axe to find, nothing that stands out on a phone, one first heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from rag.domain import Withheld
from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.browser.conftest import ask, go, settle, sideways
from tests.browser.serving import serving
from tests.browser.test_app import check_draft, text_of, violations

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
Open = Callable[..., Page]
CORRECTED = (
    "Trams to run\n\nThe mayor of Esk said: “The trams will run at {}.”\n\nThe line has nine stops. A ticket costs two "
    "crowns. The depot stands by the harbour.\n"
)
CHAT = "of-every-kind"
State = tuple[str, Callable[[Page], None] | None]


@pytest.fixture(scope="module")
def trams(library_home: Path) -> tuple[str, str]:
    """An article with two versions and a correction; beside it, a conversation with every kind of turn."""
    with Newsroom.open(Settings(home=library_home)) as room:
        url = "https://trams.invalid/1"
        first = room.add_text(CORRECTED.format("night"), url=url, published="2018-01-01")
        room.add_text(f"{CORRECTED.format('noon')}\nCorrection: Another hour was given.\n", url=url)
        gone = room.add_text("Shed painted\n\nThe shed of Esk was painted, the council said.", published="2018-01-02")
        answer = room.ask("Who painted the shed of Esk?")
        room.keep_turn(CHAT, "Who painted the shed?", state="answered", answer=answer)
        room.remove(str(gone.article_id))
        answer = room.ask("What is Turkey's stated position?")
        withheld = (Withheld(text="It opens in 2019.", reason="the number 2019 does not occur in its source"),)
        parts = {name: getattr(answer, name) for name in ("question", "support", "engine", "answer", "sentences")}
        held = type(answer)(**parts, abstained=False, citations=answer.citations, withheld=withheld)
        room.keep_turn(CHAT, "With a sentence withheld?", state="stopped", answer=held)
        doubted = replace(answer.sentences[0], outcome="unconfirmed", note="its source does not say this")
        doubtful = replace(answer, sentences=(doubted, *answer.sentences[1:]))
        room.keep_turn(CHAT, "With a sentence that is not confirmed?", state="answered", answer=doubtful)
        for question in ("thanks", "What happened in the Donbass?"):
            room.keep_turn(CHAT, question, state="answered", answer=room.ask(question))
        room.keep_turn(CHAT, "One that failed?", state="failed", error="The model did not answer.")
        room.keep_turn(CHAT, "One that was interrupted?")
    return str(first.article_id), str(first.version)


def pressed(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()
        page.locator('[data-testid="stPopoverBody"]').wait_for()

    return act


def asked_to_remove(page: Page) -> None:
    page.locator("[class*=st-key-pick-] label").first.click()
    page.get_by_role("button", name="Remove …").click()
    page.get_by_role("dialog").wait_for()


def read(page: Page) -> None:
    page.get_by_role("textbox", name="Article").fill("Trams\n\nThe mayor said: “They will run.”")
    page.get_by_role("button", name="Preview").click()
    page.locator(".found").wait_for()


def changed(page: Page) -> None:
    page.get_by_role("textbox", name="Article").fill(CORRECTED.format("dusk"))
    page.get_by_role("button", name="Preview").click()
    page.locator(".notice a").first.wait_for()
    page.get_by_text("Compare", exact=True).click()
    page.locator(".changed").wait_for()


def removed(page: Page) -> None:
    page.locator("[class*=st-key-pick-] label").first.click()
    page.get_by_role("button", name="Remove …").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()


def put_back(page: Page) -> None:
    removed(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Back in the library").wait_for()


def compared(page: Page) -> None:
    briefed(page)
    page.get_by_role("button", name="What’s new since then?").click()
    page.get_by_role("heading", name="What’s new since then").wait_for()


def side_by_side(page: Page) -> None:
    page.get_by_text("Compare two").click()
    page.get_by_label("The other").wait_for()


def rejected(page: Page) -> None:
    files = [{"name": name, "mimeType": "text/plain", "buffer": b""} for name in ("one.txt", "two.txt")]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_text("two.txt").first.wait_for()
    settle(page)
    page.get_by_role("button", name="Preview").click()
    page.locator(".unread").first.wait_for()


def cell(page: Page) -> None:
    page.locator("button.cell").first.click()
    page.locator(".card.wide:popover-open").wait_for()


def briefed(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()
    page.locator(".outcome").wait_for()


def told(page: Page) -> None:
    page.get_by_role("textbox", name="To", exact=True).fill("Hogmanay")
    page.keyboard.press("Enter")
    page.locator(".wrong").first.wait_for()


def in_a_story(page: Page) -> None:
    page.locator("[class*=st-key-row-] a").first.click()
    page.get_by_role("heading", name="Day by day").wait_for()


def filtering(page: Page) -> None:
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Topics (comma-separated)").wait_for()


def watched(page: Page) -> None:
    page.get_by_role("heading", name="Sources you follow").wait_for()
    stop, question = page.get_by_role("button", name="Stop watching"), page.get_by_label("Question", exact=True)
    stop.or_(question.filter(visible=True)).first.wait_for()  # the heading comes before what it stands over
    if not stop.count():  # else it is watched from the other screen on
        question.fill("What does Turkey say about drones?")
        page.get_by_role("button", name="Watch", exact=True).click()
        page.get_by_role("button", name="Stop watching").first.wait_for()


def more(page: Page) -> None:
    page.get_by_text("Every figure").click()
    page.locator("details.rest summary").first.click()


def states(trams: tuple[str, str]) -> Iterator[State]:
    article, version = trams
    yield "/", pressed("All articles")
    yield f"/?chat={CHAT}", pressed("Conversations")
    yield "/library?q=zebra", None
    yield "/library", asked_to_remove
    yield "/library", told
    yield "/library?view=Stories", None
    yield "/library?view=Stories", in_a_story
    yield "/story?id=none", None
    yield f"/source?doc={article}&was={version}", None
    yield f"/source?doc={article}", pressed("Edit details")
    yield f"/source?doc={article}&v={version}&s=1&e=9000", None
    yield f"/statements?doc={article}", None
    yield "/library?q=Crimea", put_back
    yield "/library?q=mediator", None
    yield "/library?view=Charts", None
    yield "/add", read
    yield "/add", changed
    yield "/add?way=Web+address", None
    yield "/add?way=Folder", None
    yield "/add?way=Upload", rejected
    yield "/add?way=Feed", None
    yield "/briefing?topic=zebra", None
    yield "/briefing", None
    yield "/briefing?topic=drones", compared
    yield "/check", check_draft
    yield "/check?draft=none", None
    yield "/following", watched
    yield "/positions", None
    yield "/positions", filtering
    yield "/positions", side_by_side
    yield "/positions?view=Overview", cell
    yield "/positions?view=Actors", None
    yield "/positions?view=Timeline", None
    yield "/positions?who=Zebra", None
    yield "/quality", more
    yield "/settings", None
    yield "/no-such-page", None


def faults_of(page: Page) -> list[str]:
    """What axe finds, markup that stands there as text, what stands out to the right, and first headings but one."""
    faults = violations(page)
    if 'class="' in text_of(page):
        faults.append("markup stands there as text")
    if (over := sideways(page)) > 0:
        faults.append(f"{over} pixels stand out")
    if (headings := page.locator("h1").count()) != 1:
        faults.append(f"{headings} first headings")
    return faults


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_u39_u41_u45_every_state_is_clean_for_axe_fits_the_screen_and_has_one_h1(
    address: str, opened: Open, trams: tuple[str, str], theme: str, width: int
) -> None:
    page = opened(address, theme=theme, width=width)
    faults = []
    for path, act in states(trams):
        go(page, f"{address}{path}")
        if act:
            act(page)
            settle(page)
        faults += [f"{path}: {fault}" for fault in faults_of(page)]
    assert not faults, "\n".join(faults)


EMPTY = ("/", "/library", "/briefing", "/positions", "/check", "/following", "/add", "/settings", "/quality")


def test_every_page_of_an_empty_library_is_clean_and_leads_to_articles(tmp_path: Path, opened: Open) -> None:
    faults = []
    with serving(tmp_path) as place:
        for theme, width in (("light", 1280), ("dark", 390)):
            page = opened(place, theme=theme, width=width)
            for path in EMPTY:
                go(page, f"{place}{path}")
                faults += [f"{path}: {fault}" for fault in faults_of(page)]
            go(page, f"{place}/library")
            page.get_by_role("button", name="Try with the sample articles").wait_for()
    assert not faults, "\n".join(faults)


def test_the_field_for_what_went_wrong_opens_above_the_box(address: str, opened: Open) -> None:
    page = opened(address)
    page.set_viewport_size({"width": 1440, "height": 640})
    ask(page, "What is Turkey's stated position?")
    wrong, bottom = page.get_by_text("Wrong", exact=True), "e => e.getBoundingClientRect().bottom"
    box_top = page.locator(".st-key-under").evaluate("e => e.getBoundingClientRect().top")
    page.get_by_test_id("stMain").evaluate("(e, by) => e.scrollBy(0, by)", wrong.evaluate(bottom) - box_top + 16)
    wrong.click()
    field = page.get_by_label("What went wrong?")
    field.wait_for()
    settle(page)
    assert field.evaluate(bottom) < box_top
