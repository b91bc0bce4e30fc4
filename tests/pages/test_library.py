"""Library and adding. Each name begins with the number of the checklist that it proves."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import LIBRARY, html, links, session

ARTICLE = """A plant for the river town

By Somebody Else

The council will build a plant, its head said on Thursday. "We will build it," she told reporters.
"""


@pytest.fixture
def library(app: AppTest) -> AppTest:
    return app.switch_page(LIBRARY).run()


def paste(page: AppTest, text: str) -> AppTest:
    return page.text_area(key="pasted").set_value(text).run()


def field(page: AppTest, label: str) -> object:
    return next(item for item in (*page.text_input, *page.date_input) if item.label == label)


def add(page: AppTest, text: str = ARTICLE) -> AppTest:
    return paste(page, text).button(key="add_pasted").click().run()


def told(page: AppTest) -> str:
    """The notices of the page, as they read once Markdown's escapes are gone."""
    return " ".join(item.value for item in (*page.success, *page.info, *page.warning, *page.error)).replace("\\", "")


def test_an_empty_library_says_so_and_opens_the_way_in() -> None:
    page = session().run().switch_page(LIBRARY).run()
    assert "Nothing is in it yet" in html(page)
    assert page.text_area(key="pasted")
    assert not page.exception


def test_the_list_names_every_article_and_leads_to_it(library: AppTest) -> None:
    assert len([name for name in links(library) if "Ukraine" in name or "Kiev" in name]) >= 4
    assert "8 articles · 3 outlets" in html(library)


def test_a_pasted_article_is_shown_before_it_is_added(library: AppTest) -> None:
    paste(library, ARTICLE)
    assert "The text that will be stored" in html(library)
    assert field(library, "Title").value == "A plant for the river town"
    assert "8 articles" in html(library)


def test_corrections_win_over_what_was_found(library: AppTest) -> None:
    paste(library, ARTICLE)
    field(library, "Title").set_value("A better headline")
    field(library, "Outlet").set_value("River Post")
    library.run().button(key="add_pasted").click().run()
    assert "Added: A better headline" in told(library)
    assert "A better headline" in " ".join(links(library))
    assert "River Post" in html(library)


def test_u23_a_duplicate_is_reported_and_not_added(library: AppTest) -> None:
    add(library)
    assert "9 articles" in html(library)
    add(library)
    assert "Already in the library" in told(library)
    assert "9 articles" in html(library)


def test_u28_a_rerun_never_adds_again(library: AppTest) -> None:
    add(library)
    library.run()
    library.run()
    assert "9 articles" in html(library)
    assert told(library) == ""


def test_u29_an_address_that_is_not_http_is_refused(library: AppTest) -> None:
    paste(library, ARTICLE)
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        field(library, "Address").set_value(address).run()
        assert "must begin with http" in told(library)
        assert not [item for item in library.button if item.key == "add_pasted"]


def test_text_that_is_no_article_is_refused_with_the_reason(library: AppTest) -> None:
    paste(library, "\x00\x01\x02" * 40)
    assert "can’t be read" in library.error[0].proto.title or told(library)
    assert "8 articles" in html(library)


def test_u26_one_bad_file_does_not_stop_the_rest(library: AppTest) -> None:
    files = library.file_uploader(key="files")
    files.upload("good.txt", ARTICLE.encode(), "text/plain").upload("bad.txt", b"\x00\xff\x00" * 100, "text/plain")
    next(item for item in library.button if item.label == "Add the files").click().run()
    assert "Added:" in told(library)
    assert "Not added: bad.txt" in told(library)
    assert "9 articles" in html(library)


def test_u30_filters_stand_in_the_address_and_come_back(app: AppTest) -> None:
    page = app.switch_page(LIBRARY).run()
    page.selectbox(key="outlet").set_value("Sample Gazette").run()
    assert "2 articles found" in html(page)
    assert page.query_params["outlet"] == "Sample Gazette"


def test_u6_filters_without_a_hit_offer_to_clear_them(library: AppTest) -> None:
    library.text_input(key="q").set_value("zeppelin").run()
    assert "No article fits" in html(library)
    next(item for item in library.button if item.label == "Clear the filters").click().run()
    assert "No article fits" not in html(library)
    assert len(links(library)) >= 8


def test_u31_malformed_filters_are_ignored(app: AppTest) -> None:
    page = app.switch_page(LIBRARY)
    for name, value in (("page", "-3"), ("since", "soon"), ("until", "2022-13-99"), ("outlet", "\x00")):
        page.query_params[name] = value
    page.run()
    assert "8 articles" in html(page)
    assert len(links(page)) >= 8
    assert not page.exception


def test_u32_removing_asks_with_titles_and_goes_by_id_after_filters_changed(library: AppTest) -> None:
    library.text_input(key="q").set_value("Crimea").run()
    next(item for item in library.checkbox if item.key.startswith("pick-")).check().run()
    library.button(key="remove").click().run()
    assert "On Crimea, Turkey and Russia do not see eye to eye" in html(library)
    assert library.get("dialog")
    library.text_input(key="q").set_value("").run()
    library.button(key="remove_now").click().run()
    assert "7 articles" in html(library)
    assert "Crimea" not in " ".join(links(library))
    assert "Removed: On Crimea" in told(library)


def test_keeping_removes_nothing(library: AppTest) -> None:
    next(item for item in library.checkbox if item.key.startswith("pick-")).check().run()
    library.button(key="remove").click().run()
    library.button(key="keep").click().run()
    assert "8 articles" in html(library)
    assert not library.get("dialog")
