"""Answers in the making: whatever ends them, what stands is in the library before anybody is told that they ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from rag.domain import AskEvent, Filters, Phase
from rag.errors import ModelUnavailable
from rag.jobs import Jobs
from rag.newsroom import Newsroom
from rag.ui.auth import may_read, new_chat_id
from rag.ui.running import RunningAnswer, start_answer

SOON = 20.0
TURKEY = "What is Turkey's stated position?"
NONE = Filters()


def ended(jobs: Jobs, chat_id: str) -> None:
    if live := jobs.get(RunningAnswer, chat_id):
        assert live.stored.wait(SOON)


def test_an_answer_is_kept_when_it_is_there(room: Newsroom) -> None:
    room.add_text("The mayor said: “We will build the bridge.”", title="Bridge", published="2022-02-03")
    jobs = Jobs()
    start_answer(room, jobs, "c", "What did the mayor say?", NONE)
    ended(jobs, "c")
    (turn,) = room.chat("c").turns
    assert turn.state == "answered"
    assert turn.answer
    assert turn.answer.citations
    assert jobs.get(RunningAnswer, "c") is None


def test_one_answer_at_a_time_in_a_conversation(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(*_: Any, **__: Any) -> Iterator[AskEvent]:
        yield Phase(name="searching")
        go.wait(SOON)

    monkeypatch.setattr(room, "ask_stream", slow)
    jobs = Jobs()
    start_answer(room, jobs, "c", "One?", NONE)
    start_answer(room, jobs, "c", "Two?", NONE)
    start_answer(room, jobs, "other", "Three?", NONE)
    live = jobs.get(RunningAnswer, "c")
    assert live
    live.job.stop()
    ended(jobs, "c")
    go.set()
    ended(jobs, "other")
    assert [(item.question, item.state) for item in room.chat("c").turns] == [("One?", "stopped")]
    assert [item.question for item in room.chat("other").turns] == ["Three?"]


def test_a_failure_is_kept_with_its_question_and_a_second_try_takes_its_place(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> Iterator[AskEvent]:
        yield Phase(name="searching")
        raise ModelUnavailable("The endpoint is down. Try again.")

    jobs = Jobs()
    with monkeypatch.context() as patched:
        patched.setattr(room, "ask_stream", failing)
        start_answer(room, jobs, "c", "One?", NONE)
        ended(jobs, "c")
    (turn,) = room.chat("c").turns
    assert (turn.state, turn.error) == ("failed", "The endpoint is down. Try again.")
    start_answer(room, jobs, "c", "One?", NONE, number=1)
    ended(jobs, "c")
    (turn,) = room.chat("c").turns
    assert (turn.state, turn.error) == ("answered", None)


def test_ids_of_conversations_cannot_be_guessed() -> None:
    assert len({new_chat_id(None) for _ in range(100)}) == 100
    assert len(new_chat_id(None)) >= 20


def test_a_conversation_of_a_signed_in_reader_is_read_by_nobody_else() -> None:
    ida, tor = "https://id.example\nida", "https://id.example\ntor"
    chat = new_chat_id(ida)
    assert may_read(chat, ida)
    assert not may_read(chat, tor)
    assert not may_read(chat, "https://other.example\nida")
    for forged in (chat.partition(".")[0], f"{chat}0", chat[:-1], "", ".", new_chat_id(None), f"{chat}.é"):
        assert not may_read(forged, ida)
    assert may_read(new_chat_id(None), None)
