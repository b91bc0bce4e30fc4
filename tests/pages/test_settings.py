"""Settings and Quality: what is set and how well it works, and nothing that is secret."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.evaluation import reports
from rag.evaluation.reports import Figure
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import system_views
from tests.pages.conftest import QUALITY, SETTINGS, html, session


def test_keys_are_named_and_never_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:password@127.0.0.1:9/v1")
    page = session().run().switch_page(SETTINGS).run()
    shown = html(page)
    assert "OPENAI_API_KEY" in shown
    assert "set in the environment, not shown" in shown
    assert "http://127.0.0.1:9/v1" in shown
    for secret in ("sk-very-secret", "user:password", "password@"):
        assert secret not in shown
    assert not page.exception


def test_articles_that_could_not_be_read_are_counted_with_the_remedy(home: Path) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        assert room.wait(120)
        article = room.articles()[0]
        found = room._parts.indexer._extractor
        assert found
        at = {"made_as": found.fingerprint, "reason": "ValueError", "release": installed_version("onrecord")}
        room._parts.library.index_state.fail(article.article_id, article.version, "stated_as", **at)
    shown = html(session().run().switch_page(SETTINGS).run())
    assert "<dt>Could not be indexed</dt><dd>statements 1</dd>" in shown
    assert article.article_id in shown
    assert "reindex" in shown


def test_u2_engine_models_stores_and_health_are_told_as_doctor_says(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = app.switch_page(SETTINGS).run()
    shown = html(page)
    assert "All is well." in shown
    assert "built-in engine" in shown
    assert "<dt>Articles</dt><dd>8</dd>" in shown
    assert "chromadb" in shown


def test_judged_answers_are_given_only_on_this_machine(app: AppTest) -> None:
    page = app.switch_page(SETTINGS).run()
    assert [item.proto.label for item in page.get("download_button")] == ["Cases (JSON)"]
    st.config.set_option("server.address", "0.0.0.0")
    try:
        assert not page.run().get("download_button")
    finally:
        st.config.set_option("server.address", "127.0.0.1")


def test_a_measure_below_its_floor_is_said_in_words() -> None:
    figure = Figure(
        measure="duplicates <b>",
        about="wire copies",
        metric="found",
        value=0.5,
        interval=(0.4, 0.6),
        floor=0.9,
        goal=0.99,
        better="higher",
        state="below",
        made="2026-11-22T10:00:00",
        code_version="abc",
        seconds=1.5,
    )
    shown = system_views.figures_html([figure])
    assert "below its floor" in shown
    assert "<b>" not in shown
    assert "0.4 to 0.6" in shown


def test_quality_shows_every_published_measure(app: AppTest) -> None:
    page = app.switch_page(QUALITY).run()
    assert not page.exception
    for figure in reports.figures():
        assert f"<h2>{figure.measure}</h2>" in html(page)


def test_u22_u45_a_damaged_library_is_told_with_its_remedy_under_a_heading_and_without_a_traceback(home: Path) -> None:
    (home / "library.db").write_bytes(b"no library at all " * 1000)
    page = session().run()
    assert "<h1>This page can’t be shown</h1>" in html(page)
    assert page.error[0].value
    assert not page.exception
