"""Ask. Each name begins with the number of the checklist that it proves."""

from __future__ import annotations

import re
import threading
import traceback
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.domain import MAX_QUESTION_CHARS
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.stores.passages import PassageStore
from rag.ui import answer_views, suggestions, views
from rag.ui import session as ui_session
from tests.conftest import PROJECT
from tests.fakes import claim, scripted, sid_of, verdicts
from tests.guards import some
from tests.pages.conftest import ASK, LIBRARY, ask, html, links, session

TURKEY = "What is Turkey's stated position?"


def test_u1_an_empty_library_is_named_and_leads_to_adding() -> None:
    empty = session().run()
    assert "Add a few articles and ask" in html(empty)
    assert not empty.chat_input
    empty.button[0].click().run()
    assert empty.text_area(key="pasted")
    assert not empty.exception


def test_the_first_screen_says_what_is_there_and_offers_three_questions(app: AppTest) -> None:
    assert "8 articles · 3 outlets · 31 Oct 2021 – 3 Feb 2022" in html(app)
    assert len([item for item in app.button if item.proto.type == "tertiary"]) == 3
    assert len(app.chat_input) == 1


def test_each_suggested_question_has_an_answer(sample: Newsroom) -> None:
    found = suggestions.opening_questions(sample)
    assert len(found) == 3
    for question in found:
        assert not sample.ask(question).abstained, question


def test_u2_no_model_is_needed_and_the_engine_is_named(app: AppTest) -> None:
    assert "built-in engine" in html(ask(app, TURKEY))


def test_how_a_long_question_is_searched_is_no_filter(app: AppTest) -> None:
    page = ask(app, "summarise the drone deal, regarding Ukraine's view?")
    assert "Looking for" not in html(page)
    assert "share of the list" not in html(page)


def test_u3_suggestions_vanish_after_the_first_question(app: AppTest) -> None:
    offered = {item.label for item in app.button}
    ask(app, TURKEY)
    others = [item for item in app.button if not (item.key or "").startswith("follow-")]  # one may be asked next
    assert not offered & {item.label for item in others}


def test_a_suggestion_is_asked_by_a_click(app: AppTest) -> None:
    app.button[0].click().run()
    assert 'class="asked"' in html(app)
    assert 'class="cite"' in html(app)


def test_u7_every_citation_number_is_a_chip_with_a_card(app: AppTest) -> None:
    page = html(ask(app, TURKEY))
    chips = re.findall(r'popovertarget="(c1-\d+)"', page)
    assert chips
    assert len(set(chips)) == len(chips)
    assert all(f'popover id="{chip}"' in page for chip in some(chips))


def test_u44_kinds_of_speech_are_told_in_words_and_by_shape(app: AppTest) -> None:
    page = html(ask(app, TURKEY))
    for form, words in (("direct", "quoted"), ("indirect", "paraphrased")):
        assert f'<blockquote class="{form}">' in page
        assert re.search(rf"<footer>[^<]*(<[^<]*)*{words} · <small", page)
    assert "direct</" not in page


def test_u8_without_evidence_the_answer_says_so_and_has_no_chip(app: AppTest) -> None:
    page = html(ask(app, "What did NATO decide?"))
    assert "Not in these articles." in page
    assert "Closest matches" not in page  # nothing has a word of it
    assert "popovertarget" not in page
    page = html(ask(app, "What did NATO decide about the drones in the Donbass?"))
    assert "Closest matches" in page


def test_u12_a_source_button_names_the_outlet_and_opens_the_passage(app: AppTest) -> None:
    ask(app, TURKEY)
    button = app.button(key="source-1-1")
    assert re.search(r'data-source="1-1">[^<]+</button><small>Sample', html(app))
    button.click().run()
    assert app.get("dialog")[0].proto.dialog.title == "Source"
    assert '<mark id="hit"' in html(app)
    assert "Open the full page" in links(app)


def test_an_answer_is_exported_from_beside_its_copy_button(app: AppTest) -> None:
    ask(app, TURKEY)
    assert 'data-copies="copy-1"' in html(app)
    assert not app.get("download_button")
    app.session_state["export-1"] = True
    app.run()
    assert {item.proto.label for item in app.get("download_button")} == {"Word", "PDF", "Markdown", "Web page", "JSON"}
    assert not app.exception


def test_u33_an_answer_is_marked_where_its_source_was_removed_and_keeps_no_word_of_it(app: AppTest, home: Path) -> None:
    ask(app, TURKEY)
    with Newsroom.open(Settings(home=home)) as room:
        cited = [item for item in room.articles() if views.esc(item.title) in html(app)]
        assert cited
        for item in cited:
            assert room.remove(item.article_id).answers == 1
    page = html(app.run())
    assert "[1] an article: removed from the library" in page
    assert "This rested on an article that has been removed." in page
    assert "popovertarget" not in page
    assert not any(views.esc(item.title) in page for item in cited)
    assert not [item for item in app.button if str(item.key).startswith("source-")]
    assert not app.exception


def test_u33_an_answer_is_marked_where_the_cited_words_changed(app: AppTest, home: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Trams to run\n\nThe mayor of Springfield said: “The trams will run at night.”\n", "utf-8")
    with Newsroom.open(Settings(home=home)) as room:
        (added,) = room.add(page)
    ask(app, "What did the mayor of Springfield say about trams?")
    assert added.article_id
    assert "has changed since" not in html(app)
    page.write_text("Trams to run\n\nThe mayor of Springfield said: “The trams will run at noon.”\n", "utf-8")
    with Newsroom.open(Settings(home=home)) as room:
        assert room.add(page)[0].status == "updated"
    shown = html(app.run())
    assert "the cited words are no longer there" in shown
    assert f'href="source?doc={added.article_id}&amp;was={added.version}"' in shown
    assert "at night" in shown


def test_sentences_that_are_not_confirmed_are_marked_and_can_be_hidden(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubted = "The plant will be a boost to local industry."

    def model(prompt: str) -> str:
        return (
            ""
            if "did not pass" in prompt
            else claim(doubted, sid_of("will be the construction of the Bayraktar plant", prompt))
        )

    with scripted(model, judge=verdicts("not_stated")) as server:
        monkeypatch.setenv("ONRECORD_CHAT_MODEL", "scripted")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        app = ask(session().run(), "Where will the Bayraktar plant be built?")
        assert doubted in html(app)
        assert "<b>Not confirmed:</b> " in html(app)
        assert "Written by scripted, checked against the sources" in html(app)
        app.toggle(key="sure-1").set_value(True).run()
    assert doubted not in html(app)
    assert 'class="cite"' in html(app)
    assert not app.exception


def test_u17_a_question_can_t_be_longer_than_the_newsroom_takes(app: AppTest) -> None:
    assert app.chat_input[0].proto.max_chars == MAX_QUESTION_CHARS


@pytest.mark.usefixtures("quick_retries")
def test_u18_a_model_that_fails_leaves_the_record_and_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CHAT_MODEL", "some-model")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    app = ask(session().run(), TURKEY)
    assert "Turkey" in html(app)
    assert not app.exception
    assert "The model could not answer" in html(app)
    assert 'class="cite"' in html(app)
    app.button(key="again-1").click().run()
    assert 'class="cite"' in html(app)
    assert html(app).count('class="asked"') == 1


def test_u21_a_conversation_survives_a_page_switch_and_a_new_session_with_its_address(app: AppTest) -> None:
    ask(app, TURKEY)
    address = dict(app.query_params)
    app.switch_page(LIBRARY).run()
    app.switch_page(ASK).run()
    assert 'class="cite"' in html(app)
    assert 'class="cite"' in html(session(chat=address["chat"]).run())


def test_nobody_sees_another_session_s_conversation(app: AppTest) -> None:
    ask(app, TURKEY)
    other = session().run()
    assert 'class="asked"' not in html(other)


def test_earlier_turns_stay_and_starting_over_clears_them(app: AppTest) -> None:
    ask(app, TURKEY)
    ask(app, "What did NATO decide?")
    assert html(app).count('class="asked"') == 2
    app.button(key="new").click().run()
    assert 'class="asked"' not in html(app)
    assert "chat" not in app.query_params


def test_a_scope_restricts_the_answer_and_is_shown_with_it(app: AppTest) -> None:
    app.selectbox(key="outlet").set_value("Sample Monitor").run()
    page = html(ask(app, TURKEY))
    assert "asked of Sample Monitor" in page
    assert "Sample Wire" not in page


def test_an_unanswered_question_tells_how_much_was_searched_with_the_days_that_it_names(app: AppTest) -> None:
    assert "Looked in 3 articles." in html(ask(app, "How many bridges were built in Norland in 2021?"))


def test_u31_malformed_addresses_are_ignored(home: Path) -> None:
    app = session(since="yesterday", outlet="<b>", chat="nobody's").run()
    assert "8 articles" in html(app)
    assert not app.exception


def test_a_library_that_can_t_be_opened_is_a_notice_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "library.db").write_bytes(b"not a database at all" * 100)
    app = session().run()
    assert len(app.error) == 1
    assert not app.exception


def test_an_answer_is_copied_as_a_newsroom_cites(app: AppTest, home: Path) -> None:
    ask(app, TURKEY)
    with Newsroom.open(Settings(home=home)) as room:
        (turn,) = room.chat(app.query_params["chat"]).turns
    assert turn.answer
    copied = unescape(
        answer_views.copy_html([(turn.answer.question, turn.answer.sentences)], turn.answer.citations, "1")
    )
    assert f"<p><b>{TURKEY}</b></p>" in copied
    said = "aren’t directly linked to the current crisis” — Fahrettin Altun, communications director, to Bloomberg, "
    assert f"{said}2 Feb 2022 (Sample " in copied
    for citation in turn.answer.citations:
        assert f"<p>Source: {citation.title}. {citation.outlet}" in copied


def test_what_a_reader_thinks_is_kept_and_becomes_an_evaluation_case(app: AppTest, home: Path) -> None:
    ask(app, TURKEY)
    chat = app.query_params["chat"]
    app.pills(key=f"judge-{chat}-1").set_value("wrong").run()
    app.text_input(key=f"note-{chat}-1").set_value("It misses the phone call.").run()
    with Newsroom.open(Settings(home=home)) as room:
        (case,) = room.cases()
    assert (case["question"], case["judgement"], case["note"]) == (TURKEY, "wrong", "It misses the phone call.")
    assert case["answer"]["citations"]
    app.pills(key=f"judge-{chat}-1").set_value(None).run()
    with Newsroom.open(Settings(home=home)) as room:
        assert room.cases() == []


def test_what_was_read_out_of_a_question_is_shown_and_can_be_taken_back(app: AppTest) -> None:
    ask(app, "What did Sample Wire report about the drones?")
    pill = app.button(key="without-1-0")
    assert "Sample Wire" in pill.label
    assert "Sample Monitor" not in html(app)
    pill.click().run()
    assert "without-1-0" not in [item.key for item in app.button]
    assert html(app).count('class="asked"') == 1
    assert not app.exception


def test_a_follow_up_is_shown_as_the_whole_question_that_was_answered(app: AppTest) -> None:
    ask(app, TURKEY)
    ask(app, "And Russia's?")
    assert "I read this as: <b>" in html(app)
    assert "Russia" in html(app).split("I read this as: <b>")[1].split("</b>")[0]


def test_a_conversation_is_deleted_for_good(app: AppTest, home: Path) -> None:
    ask(app, TURKEY)
    chat = app.query_params["chat"]
    app.button(key="forget").click().run()
    assert 'class="asked"' not in html(app)
    assert 'class="asked"' not in html(session(chat=chat).run())
    with Newsroom.open(Settings(home=home)) as room:
        assert room.chats() == []


def test_u16_a_conversation_is_found_by_another_process(app: AppTest) -> None:
    ask(app, TURKEY)
    address = dict(app.query_params)
    st.cache_resource.clear()  # as after a restart: nothing is left in memory
    assert 'class="cite"' in html(session(chat=address["chat"]).run())


def test_the_scope_offers_the_languages_of_a_library_that_has_several(app: AppTest, home: Path) -> None:
    assert "language" not in {item.key for item in app.selectbox}
    with Newsroom.open(Settings(home=home)) as room:
        told = "Die Bürgermeisterin von Esk sagte am Montag, dass die Straßenbahn im Juni wieder fahren werde."
        room.add_text(f"Die Straßenbahn\n\n{told} Der Rat hat es mit großer Mehrheit so beschlossen.", title="Die Bahn")
    app.run()
    app.selectbox(key="language").set_value("de").run()
    assert "1 article in this scope." in {item.value for item in app.caption}
    assert "in German" in html(ask(app, "Was sagte die Bürgermeisterin?"))


def test_recent_conversations_are_reopened_and_deleted_from_the_first_screen(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(app, TURKEY)
    chat = app.query_params["chat"]
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: False)
    other = session().run()
    assert f"open-{chat}" not in [item.key for item in other.button]  # others may reach this server
    monkeypatch.setattr("rag.ui.session.is_local_only", lambda: True)
    other.run().button(key=f"open-{chat}").click().run()
    assert 'class="asked"' in html(other)
    other.button(key="new").click().run()
    other.button(key=f"forget-{chat}").click().run()
    assert f"open-{chat}" not in [item.key for item in other.button]
    assert 'class="asked"' not in html(session(chat=chat).run())
    assert not other.exception


def test_a_conversation_is_renamed_and_found_by_its_name_and_its_questions(app: AppTest, home: Path) -> None:
    ask(app, TURKEY)
    chat = app.query_params["chat"]
    app.text_input(key=f"name-{chat}").set_value("Ankara file").run()
    app.button(key="new").click().run()
    assert "Ankara file" in app.button(key=f"open-{chat}").label
    with Newsroom.open(Settings(home=home)) as room:
        assert [item.title for item in room.chat_titles(limit=5, query="ankara")] == ["Ankara file"]
        assert [item.chat_id for item in room.chat_titles(limit=5, query="stated position")] == [chat]
        assert room.chat_titles(limit=5, query="nutmeg") == []
        assert room.chat_titles(limit=5, readable=lambda _: False) == []
    assert not app.exception


def test_the_way_back_leads_to_the_first_screen_and_another_page_does_not_lose_the_conversation(app: AppTest) -> None:
    ask(app, TURKEY)
    chat = app.query_params["chat"]
    app.switch_page(LIBRARY).run()
    app.query_params.clear()
    app.switch_page(ASK).run()
    assert 'class="asked"' in html(app)
    assert app.query_params["chat"] == [chat] or app.query_params["chat"] == chat
    app.run()
    app.query_params.clear()  # as the browser's way back does
    app.run()
    assert 'class="asked"' not in html(app)
    assert len(app.chat_input) == 1


def test_what_is_asked_next_comes_from_what_the_library_holds(app: AppTest) -> None:
    ask(app, TURKEY)
    offered = [item for item in app.button if str(item.key).startswith("follow-1-")]
    assert len(offered) == 3
    assert "Altun" not in " ".join(item.label for item in offered)
    for at in range(3):
        again = session().run()
        ask(again, TURKEY)
        again.button(key=f"follow-1-{at}").click().run()
        assert html(again).count('class="asked"') == 2
        assert "Not in these articles" not in html(again)


@pytest.mark.parametrize(
    ("headers", "here"),
    [
        ({"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}, True),
        ({"host": "localhost:8501"}, True),
        ({"host": "127.0.0.1:8501", "x-forwarded-for": "192.0.2.7"}, False),
        ({"host": "127.0.0.1:8501", "origin": "https://news.invalid"}, False),
        ({"host": "news.invalid"}, False),
    ],
)
def test_a_proxy_on_this_machine_is_not_taken_for_its_reader(
    headers: dict[str, str], here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=headers))
    monkeypatch.setattr(st, "get_option", lambda name: "127.0.0.1" if name == "server.address" else [])
    monkeypatch.setattr("rag.ui.auth.requires_sign_in", lambda: False)
    assert ui_session.is_local_only() is here


def test_from_the_click_to_the_search_there_are_eleven_calls(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks: dict[str, list[str]] = {}
    start, match = threading.Thread.start, PassageStore.match

    def calls() -> list[str]:
        frames = [item for item in traceback.extract_stack() if str(PROJECT / "rag") in item.filename]
        return [item.name for item in frames if not item.name.startswith("<")]  # a comprehension is no call

    def start_thread(thread: threading.Thread) -> None:
        if thread.name == "onrecord-job":
            stacks["page"] = calls()
        start(thread)

    def match_words(*args: Any, **options: Any) -> Any:
        stacks.setdefault("job", calls())
        return match(*args, **options)

    monkeypatch.setattr(threading.Thread, "start", start_thread)
    monkeypatch.setattr(PassageStore, "match", match_words)
    ask(app, TURKEY)
    assert len(stacks["page"] + stacks["job"]) + 1 <= 11, stacks
