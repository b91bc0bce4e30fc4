"""The measure of noise, gaps and contradictions, on invented snippets in the shape of the evaluation data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation.noise import rgb

SCORERS = """
def rgb_correct(text, gold):
    return gold.lower() in text.lower()
"""
BRIDGE = "The bridge of Esk was opened by mayor {} on a rainy Monday."


def row(number: int, **given: Any) -> dict[str, Any]:
    return {
        "qid": f"q{number}",
        "query": "Who opened the bridge of Esk?",
        "answer": "Ida Holm",
        "fakeanswer": "Bo Vane",
        "positive": [BRIDGE.format("Ida Holm")],
        "positive_wrong": [BRIDGE.format("Bo Vane")],
        "negative": ["Ferries cost nine euros in summer.", "A choir sang at the pier."],
    } | given


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "rgb_en_fact").mkdir(parents=True)
    (folder / "scorers.py").write_text(SCORERS, "utf-8")
    rows = [
        row(1),
        row(
            2,
            query="What do ferries cost in summer?",
            answer="nine euros",
            positive=["Ferries cost nine euros in summer."],
        ),
    ]
    (folder / "rgb_en_fact" / "dev.jsonl").write_text("\n".join(json.dumps(item) for item in rows), "utf-8")
    return folder


def test_each_question_is_asked_of_its_own_snippets_alone(data: Path, tmp_path: Path) -> None:
    result = rgb(data, tmp_path / "home")
    assert result["questions"] == 2
    assert result["right"] == 1.0
    assert result["conflict_shown"] == 0.5  # the second question's falsified snippets tell of the bridge
    assert result["abstained"] == 0.5  # and its noise holds the answer
    assert result["citations"] == result["citations_true"]
    assert rgb(data, tmp_path / "home") | {"ms_p50": 0, "ms_p95": 0} == result | {"ms_p50": 0, "ms_p95": 0}
