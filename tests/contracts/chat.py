"""What every chat model must do. A test class inherits `ChatContract` and gives the fixture `model`."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.domain import Usage
from rag.providers.base import ChatModel, Completion, Message, Reply
from tests.guards import some

ASKED = [Message(role="system", content="Answer in JSON."), Message(role="user", content="Which colour is the sky?")]
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"colour": {"enum": ["red", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
COLOUR = ('{"colour": ', '"blue"}')  # what a scripted model answers, in two pieces


def text_of(items: list[str | Reply | Usage]) -> str:
    """The text of a streamed reply, which is pieces, a Reply if it is not complete, and one Usage."""
    *before, usage = items
    assert isinstance(usage, Usage)
    pieces = before[:-1] if before and isinstance(before[-1], Reply) else before
    assert all(isinstance(piece, str) and piece for piece in some(pieces))
    return "".join(map(str, pieces))


class ChatContract:
    @pytest.fixture
    def model(self) -> ChatModel:
        raise NotImplementedError

    def test_it_has_a_name(self, model: ChatModel) -> None:
        assert model.name.strip()

    def test_a_reply_comes_in_pieces_and_then_one_usage(self, model: ChatModel) -> None:
        items = list(model.stream(ASKED))
        assert text_of(items).strip()
        assert items[-1].prompt_tokens > 0  # type: ignore[union-attr]
        assert items[-1].completion_tokens > 0  # type: ignore[union-attr]

    def test_a_whole_reply_has_text_and_usage(self, model: ChatModel) -> None:
        reply = model.complete(ASKED)
        assert isinstance(reply, Completion)
        assert reply.text.strip()
        assert reply.usage.prompt_tokens > 0
        assert reply.usage.completion_tokens > 0

    def test_with_a_schema_both_ways_give_json_of_it(self, model: ChatModel) -> None:
        for text in (model.complete(ASKED, schema=SCHEMA).text, text_of(list(model.stream(ASKED, schema=SCHEMA)))):
            assert json.loads(text)["colour"] in ("red", "blue")

    def test_once_it_is_cancelled_nothing_more_comes(self, model: ChatModel) -> None:
        cancel = threading.Event()
        reply = model.stream(ASKED, cancel=cancel)
        assert next(reply)
        cancel.set()
        assert list(reply) == []

    def test_a_reply_that_was_cancelled_beforehand_is_empty(self, model: ChatModel) -> None:
        cancel = threading.Event()
        cancel.set()
        assert list(model.stream(ASKED, cancel=cancel)) == []

    def test_a_reader_that_leaves_early_does_not_keep_the_next_one_waiting(self, model: ChatModel) -> None:
        reply = model.stream(ASKED)
        assert next(reply)
        reply.close()  # type: ignore[attr-defined]
        assert text_of(list(model.stream(ASKED))).strip()

    def test_two_readers_at_once_get_a_whole_reply_each(self, model: ChatModel) -> None:
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(lambda _: text_of(list(model.stream(ASKED, schema=SCHEMA))), range(2)))
        assert all(json.loads(reply)["colour"] in ("red", "blue") for reply in some(replies))
