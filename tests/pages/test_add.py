"""Add. Each name begins with the number of the checklist that it proves."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.domain import AddResult
from rag.newsroom import Newsroom
from rag.providers import fetch
from rag.ui import add_jobs, views
from tests.pages.conftest import ADD, html, session
from tests.services.test_pages import feed, page
from tests.sites import Site, send

ARTICLE = """A plant for the river town

By Somebody Else

The council will build a plant, its head said on Thursday. "We will build it," she told reporters.
"""


@pytest.fixture
def adding() -> AppTest:
    """The Add page over an empty library."""
    return session().run().switch_page(ADD).run()


def look(app: AppTest) -> AppTest:
    return app.button(key="look").click().run()


def paste(app: AppTest, text: str = ARTICLE) -> AppTest:
    app.text_area(key="pasted").set_value(text)
    return look(app)


def way(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="way").set_value(name).run()


def field(app: AppTest, label: str) -> Any:
    return next(item for item in app.text_input if item.label == label)


def add(app: AppTest) -> AppTest:
    return app.button(key="add_found").click().run()


def told(app: AppTest) -> str:
    """The notices of the page, as they read once Markdown's escapes are gone."""
    return " ".join(item.value for item in (*app.info, *app.warning, *app.error)).replace("\\", "")


def held(app: AppTest) -> int:
    assert not app.exception
    room: Newsroom = __import__("rag.ui.session", fromlist=["newsroom"]).newsroom()
    return room.count()


def test_what_was_found_is_shown_before_anything_is_added_and_can_be_corrected(adding: AppTest) -> None:
    paste(adding)
    assert "A plant for the river town" in html(adding)
    assert "Somebody Else" in html(adding)
    assert "no date found" in html(adding)
    assert held(adding) == 0
    field(adding, "Title").set_value("A better headline")
    field(adding, "Outlet").set_value("River Post")
    field(adding, "Published").set_value("2022-02-03")
    add(adding)
    assert "1 article added" in html(adding)
    assert "A better headline" in html(adding)
    assert held(adding) == 1


def test_u23_a_duplicate_is_reported_and_not_added(adding: AppTest) -> None:
    add(paste(adding))
    adding.button(key="more").click().run()
    paste(adding)
    assert "there is nothing to add" in html(adding)
    assert not [item for item in adding.button if item.key == "add_found"]
    adding.button(key="back").click().run()
    assert held(adding) == 1


def test_u28_a_rerun_never_adds_again_and_the_field_is_empty_for_the_next(adding: AppTest) -> None:
    add(paste(adding))
    adding.run()
    adding.run()
    assert "1 article added" in html(adding)
    assert held(adding) == 1
    adding.button(key="more").click().run()
    assert adding.text_area(key="pasted").value == ""


def test_u29_what_is_no_web_address_is_refused_in_plain_words(adding: AppTest) -> None:
    way(adding, "Web address")
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://news.invalid/"):
        adding.text_area(key="addresses").set_value(address)
        look(adding)
        assert "is not a web address" in told(adding)
    adding.text_area(key="addresses").set_value("http://127.0.0.1:9/a\nhttp://192.168.0.1/b\nhttp://[::1]/c")
    look(adding)
    assert html(adding).count("is not on the public internet") == 3
    assert "add_found" not in [item.key for item in adding.button]
    assert held(adding) == 0


def test_u29_an_address_typed_as_a_correction_must_be_one(adding: AppTest) -> None:
    paste(adding)
    field(adding, "Address").set_value("javascript:alert(1)").run()
    assert "must begin with http" in told(adding)
    assert adding.button(key="add_found").proto.disabled


def test_text_that_is_no_article_is_refused_with_the_reason(adding: AppTest) -> None:
    paste(adding, "\x00\x01\x02" * 40)
    assert "We couldn’t read this" in html(adding)
    assert held(adding) == 0


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    way(app, "Upload")
    field = app.file_uploader(key="files")
    for name, data in files:
        field.upload(name, data, "text/plain")
    return look(app)


def test_u26_one_bad_file_does_not_stop_the_rest_and_each_file_has_its_result(adding: AppTest) -> None:
    upload(adding, ("good.txt", ARTICLE.encode()), ("bad.txt", b"\x00\xff\x00" * 100))
    assert "bad.txt" in html(adding)
    add(adding)
    shown = html(adding)
    assert "1 article added · 1 not added" in shown
    assert shown.count("<tr class=") == 2
    assert held(adding) == 1


def test_u25_too_large_a_file_and_too_many_are_refused_by_us_too(
    adding: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add_jobs, "MOST_BYTES", 100)
    monkeypatch.setattr(add_jobs, "MOST_FILES", 2)
    upload(adding, ("large.txt", b"x" * 200), ("small.txt", b"The mayor spoke."), ("third.txt", b"The mayor sang."))
    assert "200 bytes; at most 100 are read" in html(adding)
    assert "More than 2 files at once" in html(adding)
    assert "small.txt" not in html(adding).split("unread")[-1].split("</ul>")[0]


def test_a_folder_is_read_and_what_is_not_wanted_left_out(adding: AppTest, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"Story {name}\n\nThe mayor spoke of {name} on Monday.\n", "utf-8")
    way(adding, "Folder").text_input(key="folder").set_value(str(folder))
    look(adding)
    assert "Found 3 articles" in html(adding)
    next(item for item in adding.checkbox if "three" in item.label).uncheck().run()
    assert "Add 2 articles" in adding.button(key="add_found").label
    add(adding)
    assert "2 articles added" in html(adding)
    assert held(adding) == 2


def test_a_folder_that_is_not_there_is_said_so(adding: AppTest, tmp_path: Path) -> None:
    way(adding, "Folder").text_input(key="folder").set_value(str(tmp_path / "none"))
    look(adding)
    assert "We couldn’t read this" in html(adding)


@pytest.fixture
def site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site on loopback that the fetcher may reach."""
    original = fetch.Fetcher

    def reaching(**_: Any) -> fetch.Fetcher:
        return original(resolver=lambda *_: ["127.0.0.1"], allow_loopback=True, obey_robots=False)

    monkeypatch.setattr(fetch, "Fetcher", reaching)
    return site


def test_a_feed_is_listed_with_boxes_and_its_failed_pages_can_be_tried_again(adding: AppTest, site: Site) -> None:
    site.answers["/feed"] = send(200, feed(site.url("/one"), site.url("/two")), Content_Type="application/rss+xml")
    site.answers["/one"] = send(200, page("Bridge to close"), Content_Type="text/html")
    way(adding, "Feed").text_input(key="feed").set_value(site.url("/feed"))
    look(adding)
    assert "Found 2 articles" in html(adding)
    assert "Esk Herald" in html(adding)
    assert len(adding.checkbox) == 2
    adding.checkbox[1].uncheck().run()
    add(adding)
    assert "1 article added" in html(adding)
    assert "Bridge to close" in html(adding)


def test_u20_u22_adding_that_breaks_off_says_why_and_keeps_what_was_added(
    adding: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"Story {name}\n\nThe mayor spoke of {name} on Monday.\n", "utf-8")
    way(adding, "Folder").text_input(key="folder").set_value(str(tmp_path))
    look(adding)
    original = Newsroom.add_previewed

    def failing(self: Newsroom, chosen: Any, **named: Any) -> list[AddResult]:
        if "two" in chosen[0].source:
            raise KeyError("secret")
        return original(self, chosen, **named)

    monkeypatch.setattr(Newsroom, "add_previewed", failing)
    add(adding)
    assert "KeyError" in told(adding)
    assert "secret" not in told(adding)
    assert "1 article added" in html(adding)


def test_u21_what_was_found_survives_a_page_switch_and_a_reload(adding: AppTest) -> None:
    paste(adding)
    address = dict(adding.query_params)
    adding.switch_page("rag/ui/ask.py").run()
    adding.switch_page(ADD).run()
    assert "A plant for the river town" in html(adding)
    again = session(job=address["job"]).run()
    again = again.switch_page(ADD)
    again.query_params["job"] = address["job"]
    assert "A plant for the river town" in html(again.run())


def test_u19_u20_looking_can_be_cancelled_and_keeps_what_was_read(
    monkeypatch: pytest.MonkeyPatch, room: Newsroom
) -> None:
    go = threading.Event()
    original = room.preview_bytes

    def slow(data: bytes, *, name: str, field_map: object) -> Any:
        if name == "slow":
            go.wait(300)
        return original(data, name=name)

    monkeypatch.setattr(room, "preview_bytes", slow)
    from rag.jobs import Jobs

    taking = add_jobs.preview_files(room, Jobs(), "upload", [("quick", ARTICLE.encode()), ("slow", ARTICLE.encode())])
    taking.preview_job.wait(0, 10)
    taking.preview_job.stop()
    go.set()
    assert taking.preview_job.state == "stopped"
    assert [item.title for item in taking.previews] == ["A plant for the river town"]


def test_a_server_that_others_can_reach_reads_no_folder(adding: AppTest) -> None:
    st.config.set_option("server.address", "0.0.0.0")
    try:
        way(adding, "Folder")
        assert adding.text_input(key="folder").proto.disabled
        assert adding.button(key="look").proto.disabled
    finally:
        st.config.set_option("server.address", "127.0.0.1")


CHANGED = "\n\n".join(
    (
        "Night trams for the harbour",
        "The council of Esk will run trams at night from June, its head said on Thursday.",
        "“They will run every half hour,” she told reporters.",
        "Dozens of shopkeepers had asked for them, according to the Esk Herald.",
        "The county pays half of what it costs, and the town pays the rest of it.",
    )
)


def test_a_changed_article_is_offered_as_a_new_version_with_its_differences(adding: AppTest) -> None:
    add(paste(adding, CHANGED.replace("Dozens", "Scores")))
    adding.button(key="more").click().run()
    paste(adding, CHANGED)
    assert "A newer version of" in html(adding)
    assert "1 sentence changed" in html(adding)
    assert "<small>Now</small> Dozens of shopkeepers" in html(adding)
    add(adding)
    assert "1 new version" in html(adding)
    assert "Version 1" not in html(adding)
    with Newsroom.open() as room:
        (article,) = room.articles()
        assert len(room.article(article.article_id).versions) == 2


def test_a_text_too_short_to_be_an_article_is_asked_about(adding: AppTest) -> None:
    paste(adding, "Hello there, dear reader.")
    assert "Is it a whole article?" in html(adding)
    assert adding.button(key="add_found").label == "Add it anyway"


def test_after_adding_one_can_ask_about_it_or_brief_it(adding: AppTest) -> None:
    add(paste(adding, CHANGED))
    article_id = adding.session_state["intake"]
    assert article_id
    adding.button(key="ask_added").click().run()
    assert adding.chat_input
    (only,) = [item for item in adding.button if item.key == "any_article"]
    assert only.label.startswith("Only")
    suggestions = [item.label for item in adding.button if item.label.startswith("What ")]
    assert suggestions
    only.click().run()
    assert not [item for item in adding.button if item.key == "any_article"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.com", "https://example.com"),
        ("news.example.com/a?b=1", "https://news.example.com/a?b=1"),
        ("http://x.invalid", "http://x.invalid"),
        ("hello", "hello"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_an_address_without_its_scheme_gets_it(typed: str, address: str) -> None:
    assert views.with_scheme(typed) == address
