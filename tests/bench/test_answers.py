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

from rag import Newsroom
from tests.conftest import PROJECT

pytestmark = pytest.mark.bench

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


@pytest.mark.parametrize("words", [["--help"], ["list"], ["ask", QUESTIONS[0]]], ids=lambda words: words[0])
def test_the_command_from_start_to_end(sample_home: Path, words: list[str]) -> None:
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        command = [sys.executable, "-m", "rag", *words, *(["--home", str(sample_home)] if words[0] != "--help" else [])]
        subprocess.run(command, check=True, capture_output=True, cwd=PROJECT)
        spent.append(time.perf_counter() - started)
    print(f"\nonrecord {words[0]}: median {statistics.median(spent):.2f} s")
