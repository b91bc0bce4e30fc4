"""Statements that a chat model finds: kept where their words stand where it says, dropped and counted where not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Newsroom, Settings
from rag.domain import Article
from rag.services.indexing.llm_statements import second_pass
from rag.text.prompts import EXAMPLE_SENTENCES, EXAMPLE_STATEMENTS
from tests.fakes import SayingModel, scripted, sid_of

TEXT = (
    'Mayor Ida Holm said that the bridge will close. Builder Tom Reed put it bluntly: the work is "a gamble". He left.'
)
BLUNT = {"source": "Builder Tom Reed", "cue": "put it bluntly", "content": ['the work is "a gamble"'], "denied": False}


def article(text: str = TEXT) -> Article:
    return Article(
        article_id="a", version="1", title="Bridge", outlet=None, byline=None, published=None, updated=None,
        ingested=datetime.now(UTC), date_basis=None, language="en", url=None, text=text,
    )  # fmt: skip


def reply(*items: dict[str, Any]) -> str:
    return json.dumps({"statements": list(items)})


def test_a_located_statement_is_kept_with_its_spans_and_its_speaker_from_its_own_words() -> None:
    statements = second_pass(article(), (), SayingModel(reply({"sentences": ["s2"], **BLUNT})))
    (item,) = statements.statements
    assert (statements.unlocated, item.speaker, item.kind) == (0, "Builder Tom Reed", "mixed")
    for part in (item.source, item.cue, *item.content):
        assert part is not None
        assert TEXT[part.start : part.end] == part.text


@pytest.mark.parametrize(
    "changed",
    [
        {"sentences": ["s1"]},
        {"sentences": ["s99"]},
        {"sentences": []},
        {"content": ["the work is “a sure thing”"]},
        {"content": []},
        {"content": ["the work", "the work is"]},
        {"source": "Ida Holm"},
        {"source": "Reed", "cue": "Tom Reed put"},
        {"cue": "shouted"},
        {"source": 7},
    ],
)
def test_what_does_not_stand_where_the_model_says_is_dropped_and_counted(changed: dict[str, Any]) -> None:
    statements = second_pass(article(), (), SayingModel(reply({"sentences": ["s2"], **BLUNT, **changed})))
    assert (statements.statements, statements.unlocated) == ((), 1)


def test_a_pronoun_stays_without_a_name() -> None:
    text = "Tom Reed met Ida Holm. She put it bluntly: the bridge is old."
    texts = {"source": "She", "cue": "put it bluntly", "content": ["the bridge is old"], "denied": False}
    (item,) = second_pass(article(text), (), SayingModel(reply({"sentences": ["s2"], **texts}))).statements
    assert item.speaker is None


def test_a_pronoun_is_whom_the_model_says_where_the_name_stands_there() -> None:
    text = "Tom Reed met Ida Holm. She put it bluntly: the bridge is old."
    texts = {"source": "She", "cue": "put it bluntly", "content": ["the bridge is old"], "denied": False}
    for sid, name in (("s1", "Ida Holm"), ("s2", None)):
        named = {**texts, "speaker": "Ida Holm", "speaker_in": sid}
        (item,) = second_pass(article(text), (), SayingModel(reply({"sentences": ["s2"], **named}))).statements
        assert item.speaker == name


def test_a_post_needs_no_cue() -> None:
    text = "Ida Holm on the bridge: “It will not close.”"
    texts = {"sentences": ["s1"], "source": "Ida Holm", "cue": None, "content": ["“It will not close.”"]}
    (item,) = second_pass(article(text), (), SayingModel(reply(texts))).statements
    assert (item.speaker, item.cue, item.kind) == ("Ida Holm", None, "direct")


def test_a_speaker_is_put_right_and_what_nobody_says_is_struck() -> None:
    wrong = {"sentences": ["s2"], **BLUNT, "source": "He", "speaker": None, "speaker_in": None}
    text = TEXT.replace("Builder Tom Reed put", "He put").replace("Mayor", "Tom Reed and Mayor")
    known = second_pass(article(text), (), SayingModel(reply(wrong))).statements
    known = (replace(known[0], speaker="Ida Holm"), replace(known[0], speaker="The bridge", content=known[0].content))
    right = {**wrong, "speaker": "Tom Reed", "speaker_in": "s1"}
    only = second_pass(article(text), known[:1], SayingModel(reply(right))).apply_to(known[:1])
    assert [item.speaker for item in only] == ["Tom Reed"]
    struck = second_pass(article(text), known, SayingModel(json.dumps({"statements": [], "strike": ["k1", "k7"]})))
    assert [item.speaker for item in struck.apply_to(known)] == ["Ida Holm"]


def test_an_article_cannot_have_everything_struck() -> None:
    known = second_pass(article(), (), SayingModel(reply({"sentences": ["s2"], **BLUNT}))).statements
    statements = second_pass(article(), known, SayingModel(json.dumps({"statements": [], "strike": ["k0"]})))
    assert statements.apply_to(known) == known


def test_articles_in_other_languages_are_read_by_the_model_alone(tmp_path: Path) -> None:
    text = (
        "Die Bürgermeisterin Ida Holm sagte am Dienstag vor dem Rathaus: „Die Brücke wird nicht geschlossen.“ "
        "Der Verkehr über den Fluss hatte im vergangenen Jahr stark zugenommen, und die Stadt sucht nach einer Lösung."
    )

    def say(prompt: str) -> str:
        sid = sid_of("Die Brücke wird", prompt)
        content = ["„Die Brücke wird nicht geschlossen.“"]
        return reply({"sentences": [sid], "source": "Ida Holm", "cue": "sagte", "content": content, "denied": False})

    with scripted(say) as server:
        settings = Settings(home=tmp_path, base_url=server.url, chat_model="scripted")
        with Newsroom.open(settings) as room:
            result = room.add_text(text, title="Brücke")
            room.wait()
            items = room.statements(article=result.article_id)
    assert ("Ida Holm", "„Die Brücke wird nicht geschlossen.“") in [(item.speaker, item.text) for item in items]


def test_words_that_the_rules_have_already_stay_theirs() -> None:
    first = second_pass(article(), (), SayingModel(reply({"sentences": ["s2"], **BLUNT}))).statements
    again = second_pass(article(), first, SayingModel(reply({"sentences": ["s2"], **BLUNT, "content": ["the work"]})))
    assert (again.statements, again.unlocated) == ((), 0)


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda x: (
                st.lists(x)
                | st.dictionaries(st.sampled_from(["statements", "sentences", "content", "source", "cue"]), x)
            ),
        ).map(json.dumps),
    )
)
def test_any_reply_is_read_without_an_error_and_adds_nothing(said: str) -> None:
    assert second_pass(article(), (), SayingModel(said)).statements == ()


def test_the_example_that_the_model_is_shown_passes() -> None:
    text = " ".join(EXAMPLE_SENTENCES.values())
    statements = second_pass(article(text), (), SayingModel(reply(*EXAMPLE_STATEMENTS)))
    assert (len(statements.statements), statements.unlocated) == (len(EXAMPLE_STATEMENTS), 0)


def test_over_a_real_connection_what_the_rules_miss_is_added_only_where_it_is_asked_for(tmp_path: Path) -> None:
    def say(prompt: str) -> str:
        return reply({"sentences": [sid_of("put it bluntly", prompt)], **BLUNT})

    with scripted(say) as server:
        for wanted, number in ((False, 0), (True, 1)):
            settings = Settings(
                home=tmp_path / str(wanted), base_url=server.url, chat_model="scripted", model_statements=wanted
            )
            with Newsroom.open(settings) as room:
                result = room.add_text(TEXT, title="Bridge")
                room.wait()
                results = [item for item in room.statements(article=result.article_id) if item.confidence == 0.5]
            assert len(server.transcript) == number
            if wanted:
                assert re.search("s2: Builder Tom Reed", server.transcript[0]["messages"][-1]["content"])
                assert len(results) <= 1


def test_where_the_model_fails_the_statements_of_the_rules_remain(tmp_path: Path) -> None:
    with scripted("no", status=401) as server:
        settings = Settings(home=tmp_path / "home", base_url=server.url, chat_model="gone", model_statements=True)
        with Newsroom.open(settings) as room:
            result = room.add_text(TEXT, title="Bridge")
            assert room.wait(300)
            assert room.statements(article=result.article_id)
            assert room.pending()["statements"] == 0
