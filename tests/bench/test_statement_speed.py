"""Articles a second and memory of statement extraction beside the parser alone, and questions while it runs. By `make
bench`; a minute of the processor, told in its seconds, for by the clock it depends on what else the machine does."""

from __future__ import annotations

import json
import resource
import statistics
import time
from pathlib import Path

import pytest

from rag import Newsroom, Settings
from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements
from tests.conftest import PROJECT, SHARED

pytestmark = pytest.mark.bench

DATA = SHARED / "eval" / "polnear" / "dev.jsonl"
ARTICLES = 12
ASKED = 5
QUESTION = "What is Turkey's stated position?"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    if not DATA.is_file():
        pytest.skip("the shared folder with the evaluation data is not beside the project")
    return [json.loads(line)["text"] for line in DATA.read_text("utf-8").splitlines()[:ARTICLES]]


def test_articles_a_second_beside_the_parser_alone(texts: list[str]) -> None:
    parser = SpacyParser()
    parser.parse(texts[0])
    started = time.process_time()
    for text in texts:
        parser.parse(text)
    alone = time.process_time() - started
    started = time.process_time()
    for text in texts:
        extract_statements(text, parser=parser, article_id="a", version="v")
    both = time.process_time() - started
    print(f"\nparser alone {len(texts) / alone:.1f}, statements {len(texts) / both:.1f} articles a second of processor")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    assert both < 1.5 * alone


def test_questions_while_statements_are_made(texts: list[str], tmp_path: Path) -> None:
    def median(room: Newsroom) -> float:
        spent = []
        for _ in range(ASKED):
            started = time.perf_counter()
            room.ask(QUESTION)
            spent.append((time.perf_counter() - started) * 1000)
        return statistics.median(spent)

    with Newsroom.open(Settings(home=tmp_path / "home")) as room:
        room.add(PROJECT / "corpus")
        room.wait()
        room.ask(QUESTION)
        quiet = median(room)
        for number, text in enumerate(texts):
            room.add_text(text, title=f"Article {number}")
        busy = median(room)
        left = room.pending()
    print(f"\nask: {quiet:.0f} ms at rest, {busy:.0f} ms while statements are made (left over then: {left})")
