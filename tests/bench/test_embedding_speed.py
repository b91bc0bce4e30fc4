"""Passages of 240 word pieces a second, and the time of one question."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from rag.providers.minilm import MiniLM

WORDS = ("harbour ferry council vote bridge night storm budget school train " * 24).split()


@pytest.fixture(scope="module")
def model() -> MiniLM:
    model = MiniLM()
    model.embed(["load"], "query")
    return model


@pytest.mark.bench
def test_passages_a_second(model: MiniLM, benchmark: BenchmarkFixture) -> None:
    passages = [" ".join(WORDS[number % 10 :] + WORDS[: number % 10]) for number in range(60)]
    assert model.count(passages) == [240] * len(passages)
    benchmark(model.embed, passages, "document")
    benchmark.extra_info["passages_per_second"] = round(len(passages) / benchmark.stats.stats.median, 1)


@pytest.mark.bench
def test_one_question(model: MiniLM, benchmark: BenchmarkFixture) -> None:
    benchmark(model.embed, ["What did the council decide about the bridge?"], "query")
