"""Milliseconds of search and answers on the sample corpus, seconds to start, peak memory. Run by `make bench`."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Newsroom, SentenceShown, Settings
from tests.conftest import PROJECT
from tests.fakes import scripted, sid_of

pytestmark = pytest.mark.bench

PLANT = "will be the construction of the Bayraktar plant"
QUESTIONS = (
    "What is Turkey's stated position?",
    "What did Reznikov say about the plant?",
    "What happened in the Donbass in October?",
    "What did NATO decide?",
    "Did the drone strike violate the ceasefire?",
)


def report(name: str, call: Callable[[str], object], rounds: int = 20) -> None:
    spent = []
    for question in QUESTIONS * rounds:
        started = time.perf_counter()
        call(question)
        spent.append((time.perf_counter() - started) * 1000)
    cut = statistics.quantiles(spent, n=20)
    print(f"\n{name}: p50 {statistics.median(spent):.0f} ms, p95 {cut[18]:.0f} ms, {len(spent)} calls")


def test_search_and_ask(sample: Newsroom) -> None:
    sample.ask(QUESTIONS[0])
    report("search", sample.search)
    report("ask", sample.ask)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def test_what_we_add_to_a_model_before_its_first_sentence_is_shown(sample_home: Path) -> None:
    """The scripted server answers at once, so all of the time until the first sentence is ours."""

    def honest(prompt: str) -> str:
        return (
            f"The construction of the Bayraktar plant is one of the points of this agreement. [{sid_of(PLANT, prompt)}]"
        )

    clock, processor = [], []
    with scripted(honest) as server:
        settings = Settings(home=sample_home, base_url=server.url, chat_model="scripted", timeout=30)
        with Newsroom.open(settings) as room:
            for at in range(43):
                question = f"When will the Bayraktar plant be built in {1980 + at}?"  # each one is embedded anew
                started, spent = time.perf_counter(), time.process_time()
                for event in room.ask_stream(question.replace(f" in {1980 + at}", "") if at % 2 else question):
                    if isinstance(event, SentenceShown):
                        clock.append((time.perf_counter() - started) * 1000)
                        processor.append((time.process_time() - spent) * 1000)
                        break
    for name, values in (("clock", clock[3:]), ("processor", processor[3:])):
        cut = statistics.quantiles(values, n=20)
        print(f"\nfirst sentence, {name}: p50 {cut[9]:.0f} ms, p95 {cut[18]:.0f} ms, {len(values)} answers")


@pytest.mark.parametrize("words", [["--help"], ["list"], ["ask", QUESTIONS[0]]], ids=lambda words: words[0])
def test_the_command_from_start_to_end(sample_home: Path, words: list[str]) -> None:
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        command = [sys.executable, "-m", "rag", *words, *(["--home", str(sample_home)] if words[0] != "--help" else [])]
        subprocess.run(command, check=True, capture_output=True, cwd=PROJECT)
        spent.append(time.perf_counter() - started)
    print(f"\nonrecord {words[0]}: median {statistics.median(spent):.2f} s")
