"""Counting what a model costs, and stopping at the cap."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import BadSettings, ModelRefused, ModelUnavailable, Newsroom, Settings, Usage
from rag.providers.base import Message
from rag.providers.metered import Metered, Price
from tests.contracts.chat import COLOUR, ChatContract
from tests.fakes import SayingModel, scripted

ASKED = [Message(role="user", content="one two three")]
PRICE = Price(prompt=1_000_000, completion=2_000_000)  # a dollar for a token read, two for one written


class TestMetered(ChatContract):
    @pytest.fixture
    def model(self) -> Metered:
        return Metered(SayingModel(*COLOUR), price=PRICE, cap=1_000.0)


class TestSayingModel(ChatContract):
    @pytest.fixture
    def model(self) -> SayingModel:
        return SayingModel(*COLOUR)


def test_each_reply_says_what_it_cost_and_the_session_adds_up() -> None:
    model = Metered(SayingModel("so"), price=PRICE)
    assert list(model.stream(ASKED)) == ["so", Usage(prompt_tokens=3, completion_tokens=2, cost_usd=7.0)]
    assert model.complete(ASKED).usage.cost_usd == 7.0
    assert model.total_usage == Usage(prompt_tokens=6, completion_tokens=4, cost_usd=14.0)


def test_without_a_price_tokens_are_counted_and_no_cost_is_claimed() -> None:
    model = Metered(SayingModel("so"))
    list(model.stream(ASKED))
    assert model.total_usage == Usage(prompt_tokens=3, completion_tokens=2, cost_usd=None)


@pytest.mark.parametrize("broken", [True, False])
def test_a_reply_that_ends_early_is_counted_as_far_as_it_came(broken: bool) -> None:
    model = Metered(SayingModel("so far", "and on", until=1 if broken else None), price=PRICE)
    pieces = model.stream(ASKED)
    assert next(pieces) == "so far"
    if broken:
        with pytest.raises(ModelUnavailable, match="broke off"):
            next(pieces)
    else:
        pieces.close()  # type: ignore[attr-defined]
    assert model.total_usage.completion_tokens == 2
    assert model.total_usage.prompt_tokens >= 3


def test_at_the_cap_nothing_more_is_sent_and_the_error_names_the_setting() -> None:
    inner = SayingModel("so")
    model = Metered(inner, price=PRICE, cap=10.0)
    list(model.stream(ASKED))
    with pytest.raises(ModelRefused, match=r"cost 7\.0000 USD.*ONRECORD_MAX_COST = 10.*built-in"):
        list(model.stream(ASKED))
    with pytest.raises(ModelRefused, match="ONRECORD_MAX_COST"):
        model.complete(ASKED)
    assert len(inner.sent) == 1


def test_a_cap_without_prices_is_refused_with_the_remedy(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, base_url="http://127.0.0.1:9/v1", chat_model="m", max_cost=1)
    with Newsroom.open(settings) as room:
        room.add_text("The old bridge at Esk will close in May, the mayor said.")
        with pytest.raises(BadSettings, match="ONRECORD_PROMPT_PRICE"):
            room.ask("When will the old bridge at Esk close?")
        assert any("ONRECORD_PROMPT_PRICE" in line for line in room.doctor().advice)


def test_the_door_tells_what_an_answer_and_the_session_cost(tmp_path: Path) -> None:
    with scripted("The old bridge will close in May. [s1]") as server:
        settings = Settings(
            home=tmp_path, base_url=server.url, chat_model="m", prompt_price=1.0, completion_price=2.0, max_cost=1e-5
        )
        with Newsroom.open(settings) as room:
            room.add_text("The old bridge at Esk will close in May, the mayor said.")
            assert room.wait()
            answer = room.ask("When will the old bridge at Esk close?")  # the prompt alone is dearer
            assert "ONRECORD_MAX_COST" in answer.notices[0]
            assert (answer.engine, answer.abstained) == ("built-in", False)
            assert not server.transcript
        with Newsroom.open(settings.model_copy(update={"max_cost": 1.0})) as room:
            answer = room.ask("When will the old bridge at Esk close?")
            usage = answer.usage
            assert usage.cost_usd == pytest.approx((usage.prompt_tokens * 1.0 + usage.completion_tokens * 2.0) / 1e6)
            assert room.doctor().spent.cost_usd == pytest.approx(answer.usage.cost_usd)
