"""The measurement of statements: on made-up articles whose figures are known, and a floor on real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.errors import UnreadableSource
from rag.evaluation.attribution import polnear
from rag.providers.spacy_parser import SpacyParser

SHARED = Path(__file__).parents[3] / "shared" / "eval"
PARSER = SpacyParser()
TEXT = "The bridge is safe, Anna Petrova said. Nobody spoke after her."


def scores(tmp_path: Path, *attributions: dict[str, Any]) -> dict[str, Any]:
    """The measures on one article with these gold attributions."""
    if not (SHARED / "scorers.py").is_file():
        pytest.skip("the shared folder with the scorers is not beside the project")
    (tmp_path / "polnear").mkdir()
    (tmp_path / "scorers.py").write_bytes((SHARED / "scorers.py").read_bytes())
    article = {"id": "a", "text": TEXT, "attributions": list(attributions)}
    (tmp_path / "polnear" / "dev.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    return polnear(tmp_path, PARSER)


def gold(source: str, cue: str, content: str) -> dict[str, Any]:
    def spans(words: str) -> list[list[int]]:
        return [[TEXT.index(words), TEXT.index(words) + len(words)]]

    return {
        "source_spans": spans(source),
        "cue_spans": spans(cue),
        "content_spans": spans(content),
        "quote_type": "indirect",
    }


def test_a_perfect_article_scores_one(tmp_path: Path) -> None:
    found = scores(tmp_path, gold("Anna Petrova", "said", "The bridge is safe"))
    assert found["f1_30"] == found["f1_80"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert (found["speaker"], found["overlap"], found["attributions"]) == (1.0, 1.0, 1)
    assert found["exact"]["content"]["f1"] == 1.0


def test_a_wrong_source_costs_the_speaker_alone(tmp_path: Path) -> None:
    found = scores(tmp_path, gold("Nobody", "said", "The bridge is safe"))
    assert found["f1_30"]["f1"] == 1.0
    assert (found["speaker"], found["exact"]["source"]["f1"]) == (0.0, 0.0)


def test_a_content_that_is_too_long_shows_in_the_overlap(tmp_path: Path) -> None:
    found = scores(tmp_path, gold("Anna Petrova", "said", "bridge is safe"))
    assert found["f1_80"]["f1"] == 1.0
    assert found["overlap"] < 1.0
    assert found["exact"]["content"]["f1"] == 0.0


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"scorers\.py"):
        polnear(tmp_path, PARSER)


def test_real_articles_stay_above_the_floor() -> None:
    if not (SHARED / "polnear").is_dir():
        pytest.skip("the shared folder with the evaluation data is not beside the project")
    found: dict[str, Any] = polnear(SHARED, PARSER, limit=12)
    assert found["f1_30"]["f1"] > 0.76
    assert found["f1_80"]["f1"] > 0.66
    assert found["direct"]["f1"] > 0.9
    assert found["speaker"] > 0.86
