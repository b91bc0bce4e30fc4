"""Library. Each name begins with the number of the checklist that it proves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag.newsroom import Newsroom
from rag.settings import Settings
from tests.pages.conftest import ADD, BRIEFING, LIBRARY, QUALITY, SETTINGS, SOURCE, html, links, session

CHECK, FOLLOWING, POSITIONS = (f"rag/ui/{name}.py" for name in ("check", "following", "positions"))


@pytest.fixture
def library(app: AppTest) -> AppTest:
    return app.switch_page(LIBRARY).run()


def told(page: AppTest) -> str:
    """The notices of the page, as they read once Markdown's escapes are gone."""
    return " ".join(item.value for item in (*page.success, *page.info, *page.warning, *page.error)).replace("\\", "")


def test_an_empty_library_says_so_and_leads_to_the_way_in() -> None:
    page = session().run().switch_page(LIBRARY).run()
    assert "No articles yet" in html(page)
    assert page.button(key="add").label == "Add articles"
    page.button(key="try_samples").click().run(timeout=120)
    page.run()
    assert not page.exception
    assert "8 articles" in html(page)


def test_the_list_names_every_article_and_leads_to_it(library: AppTest) -> None:
    assert len([name for name in links(library) if "Ukraine" in name or "Kiev" in name]) >= 4
    assert "8 articles · 3 outlets" in html(library)


def test_u30_filters_stand_in_the_address_and_come_back(app: AppTest) -> None:
    page = app.switch_page(LIBRARY).run()
    page.selectbox(key="outlet").set_value("Sample Gazette").run()
    assert "2 articles found" in html(page)
    assert page.query_params["outlet"] == "Sample Gazette"


def test_u6_filters_without_a_hit_offer_to_clear_them(library: AppTest) -> None:
    library.text_input(key="q").set_value("zeppelin").run()
    assert "No articles match" in html(library)
    next(item for item in library.button if item.label == "Clear filters").click().run()
    assert "No articles match" not in html(library)
    assert len(links(library)) >= 8


def test_a_day_reads_in_its_field_as_everywhere_else_however_it_was_written(app: AppTest) -> None:
    page = app.switch_page(LIBRARY)
    page.query_params["since"] = "2022-02-03"
    page.run()
    assert page.text_input(key="since").value == "3 Feb 2022"
    assert "4 articles found" in html(page)
    page.text_input(key="since").set_value("").run()
    page.text_input(key="until").set_value("December 31, 2021").run()
    assert page.text_input(key="until").value == "31 Dec 2021"
    assert "3 articles found" in html(page)
    page.text_input(key="until").set_value("Hogmanay").run()
    assert "Write a day like 3 Feb 2022." in html(page)
    assert len([name for name in links(page) if "Ukraine" in name or "Kiev" in name]) >= 4


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
    next(item for item in library.checkbox if (item.key or "").startswith("pick-")).check().run()
    library.button(key="remove").click().run()
    assert "On Crimea, Turkey and Russia do not see eye to eye" in html(library)
    assert library.get("dialog")
    library.text_input(key="q").set_value("").run()
    library.button(key="remove_now").click().run()
    assert "7 articles" in html(library)
    assert "Crimea" not in " ".join(links(library))
    assert "Removed: On Crimea" in told(library)


def test_keeping_removes_nothing(library: AppTest) -> None:
    next(item for item in library.checkbox if (item.key or "").startswith("pick-")).check().run()
    library.button(key="remove").click().run()
    library.button(key="keep").click().run()
    assert "8 articles" in html(library)
    assert not library.get("dialog")


def test_u42_the_charts_follow_the_filters_and_say_their_numbers(library: AppTest) -> None:
    library.segmented_control(key="view").set_value("Charts").run()
    assert "Published per week: 8 articles from" in html(library)
    assert "By outlet: Sample Monitor 3 articles" in html(library)
    assert "By length, in words: 8 articles" in html(library)
    library.selectbox(key="outlet").set_value("Sample Gazette").run()
    assert "By outlet: Sample Gazette 2 articles" in html(library)


def test_articles_are_found_by_their_text_with_the_words_marked(library: AppTest) -> None:
    library.text_input(key="q").set_value("mediators").run()
    page = html(library)
    assert "article" in page
    assert '<p class="snippet">' in page
    assert "<mark>mediator</mark>" in page
    library.text_input(key="q").set_value("mediating").run()  # found by its stem, as the index does
    assert "<mark>mediator</mark>" in html(library) or "<mark>mediate" in html(library)
    library.text_input(key="q").set_value('"framework agreement" Reznikov').run()
    assert "<mark>framework agreement</mark>" in html(library)
    for query in ("mediator zeppelin", "zeppelin mediator"):
        library.text_input(key="q").set_value(query).run()
        assert "No articles match" in html(library)


def test_undo_stands_beside_the_report_of_a_removal(home: Path, library: AppTest) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        texts = {item.article_id: room.article(item.article_id).text for item in room.articles()}
    next(item for item in library.checkbox if (item.key or "").startswith("pick-")).check().run()
    library.button(key="remove").click().run()
    library.button(key="remove_now").click().run()
    library.button(key="undo_remove").click().run()
    assert "8 articles" in html(library)
    assert "Back in the library" in told(library)
    library.run()
    assert "undo_remove" not in {item.key for item in library.button}
    with Newsroom.open(Settings(home=home)) as room:
        assert texts == {item.article_id: room.article(item.article_id).text for item in room.articles()}


def test_undo_gives_back_every_version_and_what_was_amended(home: Path, app: AppTest, tmp_path: Path) -> None:
    path = tmp_path / "harbour.txt"
    texts = [f"Harbour fees rise\n\nThe board of Esk asks {fee} crowns a ship from May on." for fee in (40, 55, 60)]
    with Newsroom.open(Settings(home=home)) as room:
        for text in texts:
            path.write_text(text, "utf-8")
            [added] = room.add(path)
        room.amend(added.article_id or "", outlet="Esk Courier")
        before = room.article(added.article_id or "")
    app.query_params["doc"] = before.article_id
    page = app.switch_page(SOURCE).run()
    page.button(key="remove").click().run()
    page.button(key="remove_now").click().run()
    page.button(key="undo_remove").click().run()
    assert "Back in the library: Harbour fees rise." in told(page)
    page = page.switch_page(SOURCE)
    for item, text in zip(before.versions, texts, strict=True):
        page.query_params["doc"], page.query_params["v"] = before.article_id, item.version
        shown = html(page.run())
        assert text.partition("\n\n")[2] in shown
        assert f"{item.number} of 3" in shown
        assert "Esk Courier" in shown
    assert "undo_facts" in {item.key for item in page.button}


def test_undo_gives_back_the_corrections_of_statements(home: Path, app: AppTest, tmp_path: Path) -> None:
    path = tmp_path / "quay.txt"
    with Newsroom.open(Settings(home=home)) as room:
        for fee in (40, 55):
            quotations = (
                "“The old pier stays,” said Ida Holm. “We asked nobody,” said Olaf Brun. “Ships pay,” said Per Aas."
            )
            path.write_text(
                f"Quay to be rebuilt\n\n{quotations} The board of Esk asks {fee} crowns. Aas: no comment.", "utf-8"
            )
            [added] = room.add(path)
            room.wait()
            if fee == 40:
                pier, nobody, ships, *_ = room.statements(article=added.article_id)
                room.correct(pier, role="harbour master")
                room.correct(ships, role="purser")
                room.dismiss(nobody)
        room.restore(next(item for item in room.statements(article=added.article_id) if item.role == "purser"))
        room.add_statement(added.article_id or "", ["no comment"], speaker="Per Aas")
        decisions = [(one.verdict, one.statement, one.carried) for one in room.corrections(added.article_id or "")]
        statements = room.statements(article=added.article_id)
    app.query_params["doc"] = added.article_id or ""
    page = app.switch_page(SOURCE).run()
    page.button(key="remove").click().run()
    page.button(key="remove_now").click().run()
    page.button(key="undo_remove").click().run()
    assert "Back in the library: Quay to be rebuilt." in told(page)
    with Newsroom.open(Settings(home=home)) as room:
        room.wait()
        kept = room.corrections(added.article_id or "")
        assert [(one.verdict, one.statement, one.carried) for one in kept] == decisions
        assert room.statements(article=added.article_id) == statements


@pytest.mark.parametrize("page", [ADD, BRIEFING, CHECK, FOLLOWING, LIBRARY, POSITIONS, QUALITY, SETTINGS])
def test_no_page_shows_its_own_markup_as_text(app: AppTest, page: str) -> None:
    shown = html(app.switch_page(page).run())
    if page == BRIEFING:
        app.text_input(key="topic").set_value("drones").run()
        shown = html(app.button(key="generate").click().run())
    assert not re.search(r"&lt;/?(p|div|section|span|small|li|b)[ &]", shown)


COPIED = (
    "The council of Esk voted on Monday to close the old bridge for repairs that will last a year. "
    "Trams will run on the new one from June, the mayor, Ida Holm, told reporters after the vote. "
    "Shopkeepers on the north bank said that they feared for their trade during the works. "
    "The works cost four million crowns, of which the county pays half, the council said."
)


def test_a_wire_copy_is_counted_named_and_can_be_taken_out_of_its_fold(library: AppTest, home: Path) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        first = room.add_text(COPIED, title="Bridge to close", outlet="Esk Herald", published="2024-04-01")
        second = room.add_text(COPIED, title="Esk closes bridge", outlet="North Post", published="2024-04-02")
    assert second.status == "copy"
    assert "2 outlets, 1 original" in html(library.run())
    library.switch_page(SOURCE)
    library.query_params["doc"] = str(second.article_id)
    page = library.run()
    assert f'A wire copy of <a href="source?doc={first.article_id}">Bridge to close</a>' in html(page)
    page.button(key="unfold").click().run()
    assert "It now counts as a separate article" in told(page)
    assert "wire copy" not in html(page)
    page.query_params["doc"] = str(first.article_id)
    assert "outlets, 1 original" not in html(page.run())


def test_not_a_copy_can_be_undone(app: AppTest, home: Path) -> None:
    first, second = add_copies(home)
    app.query_params["doc"] = second
    page = app.switch_page(SOURCE).run()
    page.button(key="unfold").click().run()
    page.button(key="undo").click().run()
    assert "It counts as a wire copy again" in told(page)
    assert f'A wire copy of <a href="source?doc={first}">Bridge to close</a>' in html(page)
    assert "undo" not in {item.key for item in page.button}


@pytest.mark.parametrize("removed", ["copy", "original"])
def test_undo_brings_a_copy_and_an_original_back_with_their_fold(app: AppTest, home: Path, removed: str) -> None:
    first, second = add_copies(home)
    app.query_params["doc"] = second if removed == "copy" else first
    page = app.switch_page(SOURCE).run()
    for key in ("remove", "remove_now", "undo_remove"):
        page.button(key=key).click().run()
    assert "Back in the library" in told(page)
    with Newsroom.open(Settings(home=home)) as room:
        assert [item.article_id for item in room.copies(first)] == [second]
        assert (room.article(first).outlet, room.article(second).outlet) == ("Esk Herald", "North Post")
        assert room.article(first).copy_of is None


def add_copies(home: Path) -> tuple[str, str]:
    """The ids of an article and of its wire copy."""
    with Newsroom.open(Settings(home=home)) as room:
        first = room.add_text(COPIED, title="Bridge to close", outlet="Esk Herald", published="2024-04-01")
        second = room.add_text(COPIED, title="Esk closes bridge", outlet="North Post", published="2024-04-02")
    return str(first.article_id), str(second.article_id)


def test_the_stories_follow_the_words_searched_for(library: AppTest) -> None:
    library.segmented_control(key="view").set_value("Stories").run()
    assert len(links(library)) > 1
    library.text_input(key="q").set_value("ceasefire").run()
    assert [link for link in links(library) if "Bayraktar" in link] == []
    assert any("ceasefire" in link for link in links(library))
