"""Settings and Quality: what is set and how well it works, and nothing that is secret."""

from __future__ import annotations

import json
from importlib.metadata import version as installed_version
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.errors import BadSettings
from rag.evaluation import reports
from rag.evaluation.reports import Figure
from rag.newsroom import Newsroom
from rag.settings import Settings, save_model
from rag.text.prompts import GOOD_LINES
from rag.ui import system_views
from tests.fakes import scripted
from tests.pages.conftest import QUALITY, SETTINGS, html, session

PUBLISHED = Path(__file__).parents[2] / "docs" / "evaluation"


def test_keys_are_named_and_never_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:password@127.0.0.1:9/v1")
    page = session().run().switch_page(SETTINGS).run()
    shown = html(page)
    assert "OPENAI_API_KEY" in shown
    assert "set, not shown" in shown
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
        room._parts.library.index_state.record_failure(article.article_id, article.version, "stated_as", **at)
    shown = html(session().run().switch_page(SETTINGS).run())
    assert "<dt>Could not be indexed</dt><dd>statements 1</dd>" in shown
    assert article.article_id in shown
    assert "reindex" in shown


def test_u2_engine_models_stores_and_health_are_told_as_doctor_says(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = app.switch_page(SETTINGS).run()
    shown = html(page)
    assert "Everything is working." in shown
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


def test_quality_begins_with_five_plain_lines_and_tells_development_from_unseen_data(app: AppTest) -> None:
    shown = html(app.switch_page(QUALITY).run())
    assert shown.count('<th scope="row">Right speaker</th>') == 1
    table = shown.split('<table class="plain">')[1].split("</table>")[0]
    assert table.count("<tr>") == 6
    assert "On data it had never seen" in table
    right = json.loads((PUBLISHED / "polnear.json").read_text("utf-8"))["metrics"]["speaker"]
    assert f"<td>{100 * right:.0f} of 100</td><td>93 of 100</td>" in table
    assert "0 of 17," in table


def set_up(page: AppTest, server: str, model: str, key: str = "sk-typed-key") -> AppTest:
    page.text_input(key="model_base_url").set_value(server)
    page.text_input(key="model_api_key").set_value(key)
    page.session_state["models_offered"] = [model]
    page.run().selectbox(key="model_chat_model").set_value(model)
    return page


def test_a_model_is_set_up_tried_and_kept_where_only_its_owner_reads_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: True)
    with scripted(lambda prompt: GOOD_LINES[0]) as server:
        page = set_up(session().run().switch_page(SETTINGS).run(), server.url, "scripted")
        page.button(key="model_try").click().run()
        assert [item.value for item in page.error] == []
        assert "✓ Streamed reply" in html(page)
        assert "✓ Reply in a given form" in html(page)
        page.button(key="model_save").click().run()
    kept = home / "model.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "sk-typed-key" in kept.read_text("utf-8")
    assert "sk-typed-key" not in html(page)
    assert page.text_input(key="model_api_key").value == ""
    settings = Settings(home=home)
    assert (settings.chat_model, settings.base_url) == ("scripted", server.url)
    assert "sk-typed-key" in settings.secrets
    assert not page.exception
    page.button(key="model_clear").click().run()
    assert Settings(home=home).chat_model is None
    assert "sk-typed-key" not in kept.read_text("utf-8")


def test_the_environment_wins_over_the_form_and_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: True)
    save_model(home, {"chat_model": "kept", "base_url": "http://127.0.0.1:9/v1"})
    monkeypatch.setenv("ONRECORD_CHAT_MODEL", "named-outside")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert Settings(home=home).chat_model == "named-outside"
    page = session().run().switch_page(SETTINGS).run()
    assert "ONRECORD_CHAT_MODEL" in page.info[0].value.replace("\\", "")
    assert page.selectbox(key="model_chat_model").disabled


def test_a_kept_key_is_not_sent_to_another_address(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: True)
    save_model(home, {"chat_model": "kept", "base_url": "http://127.0.0.1:9/v1", "api_key": "sk-first"})
    page = session().run().switch_page(SETTINGS).run()
    page.text_input(key="model_base_url").set_value("http://127.0.0.1:10/v1").run()
    page.button(key="model_save").click().run()
    assert "sk-first" not in (home / "model.json").read_text("utf-8")


def test_others_do_not_see_the_form_of_the_model(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: False)
    page = app.switch_page(SETTINGS).run()
    assert "Only an administrator" in html(page)
    assert not [item for item in page.text_input if str(item.key).startswith("model_")]


def test_a_broken_file_of_the_model_is_told_with_its_remedy(home: Path) -> None:
    (home / "model.json").write_text("{", "utf-8")
    with pytest.raises(BadSettings, match="Remove it"):
        Settings(home=home)
