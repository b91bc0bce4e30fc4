"""Check and What's new."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import session as ui_session
from rag.ui.running import start_check
from tests.pages.conftest import html, session

CHECK, FOLLOWING = "rag/ui/check.py", "rag/ui/following.py"
DRAFT = (
    "“We’re not signing agreements for collaboration to target another country,” Fahrettin Altun said.\n\n"
    "“We’re signing agreements for collaboration to target another country,” Altun said.\n\n"
    "<b>Bold</b> “The lighthouse of Velde is painted green every autumn,” Altun said."
)


@pytest.fixture
def checked(app: AppTest) -> AppTest:
    page = app.switch_page(CHECK).run()
    page.text_area(key="draft_text").set_value(DRAFT).run()
    return page.button(key="check").click().run()


def test_a_draft_is_checked_kept_and_found_again(checked: AppTest) -> None:
    assert not checked.exception
    shown = html(checked)
    assert "<b>3 quotations</b>: 1 altered, 1 not found, 1 as said" in shown
    assert "Your draft changes a negation: " in shown
    assert "source?doc=" in shown
    again = session(
        draft=checked.query_params["draft"][0]
        if isinstance(checked.query_params["draft"], list)
        else checked.query_params["draft"]
    )
    page = again.switch_page(CHECK).run()
    assert "Your draft changes a negation: " in html(page)


def test_the_draft_is_shown_as_text(checked: AppTest) -> None:
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html(checked)
    assert "<b>Bold" not in html(checked)


def test_outcomes_can_be_chosen(checked: AppTest) -> None:
    page = checked.button_group(key="outcomes").set_value(["altered"]).run()
    assert html(page).count('<li id="finding-') == 1


def test_checking_again_says_what_changed(checked: AppTest, home: Path) -> None:
    page = checked.button(key="check_again").click().run()
    assert "Nothing changed since the last check" in html(page)


def test_a_removed_article_takes_the_findings_along(home: Path) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        kept = room.keep_draft(DRAFT, room.check(DRAFT))
        assert kept.check
        room.remove(kept.check.citations[0].article_id)
        bare = room.draft(kept.draft_id)
        assert bare.check is None
        assert bare.text == DRAFT
        room.forget_draft(kept.draft_id)
        assert room.drafts() == []


def test_a_check_is_exported_with_comments_at_the_places(home: Path) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        kept = room.keep_draft(DRAFT, room.check(DRAFT))
        document = Document(io.BytesIO(room.export_draft(kept, "docx")))
        page, lines, plain = (room.export_draft(kept, form).decode() for form in ("html", "md", "json"))
    assert [part.text for part in document.paragraphs if part.text] == [line for line in DRAFT.splitlines() if line]
    assert len(list(document.comments)) == 3
    assert any("Your draft changes a negation: " in comment.text for comment in document.comments)
    assert "&lt;b&gt;" in page
    assert "<b>Bold" not in page
    assert ": altered" in lines
    assert '<mark class="wrong">' in page
    assert len(json.loads(plain)["check"]["findings"]) == 3


def test_an_empty_library_leads_to_adding() -> None:
    page = session().run().switch_page(CHECK).run()
    assert page.button(key="add").label == "Add articles"


def test_a_draft_that_is_gone_says_so(app: AppTest) -> None:
    app.query_params["draft"] = "nothing"
    page = app.switch_page(CHECK).run()
    assert "Draft not found" in html(page)


def test_a_question_is_watched_and_left(app: AppTest, home: Path) -> None:
    page = app.switch_page(FOLLOWING).run()
    page.text_input[0].set_value("What is Turkey's stated position?")
    page.button[0].click().run()
    assert not page.exception
    assert "What is Turkey&#39;s stated position?" in html(page)
    next(item for item in page.button if item.label == "Stop watching").click().run()
    assert "Nothing new since" not in html(page)


def test_a_source_is_followed_and_left(app: AppTest) -> None:
    page = app.switch_page(FOLLOWING).run()
    next(item for item in page.text_input if item.label.startswith("Address of a feed")).set_value("velde.example/feed")
    next(item for item in page.button if item.label == "Follow").click().run()
    assert "https://velde.example/feed" in html(page)
    next(item for item in page.button if item.label == "Unfollow").click().run()
    assert "https://velde.example/feed" not in html(page)


def test_a_reload_finds_a_running_check_again(app: AppTest) -> None:
    checking = start_check(ui_session.newsroom(), ui_session.jobs(), DRAFT, date(2022, 2, 5))
    page = session(job=checking.job_id).switch_page(CHECK).run()
    assert "Your draft changes a negation: " in html(page)
    assert "job" not in page.query_params
