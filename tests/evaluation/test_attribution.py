"""The measurement of statements: on made-up articles whose figures are known, and a floor on real ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rag.errors import UnreadableSource
from rag.evaluation.attribution import polnear
from rag.evaluation.whosaid import whosaid
from rag.newsroom import Newsroom
from rag.providers.spacy_parser import shared_parser

SHARED = Path(__file__).parents[3] / "shared" / "eval"
PARSER = shared_parser()
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
    values = scores(tmp_path, gold("Anna Petrova", "said", "The bridge is safe"))
    assert values["f1_30"] == values["f1_80"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert (values["speaker"], values["overlap"], values["attributions"]) == (1.0, 1.0, 1)
    assert values["exact"]["content"]["f1"] == 1.0


def test_a_wrong_source_costs_the_speaker_alone(tmp_path: Path) -> None:
    values = scores(tmp_path, gold("Nobody", "said", "The bridge is safe"))
    assert values["f1_30"]["f1"] == 1.0
    assert (values["speaker"], values["exact"]["source"]["f1"]) == (0.0, 0.0)


def test_a_content_that_is_too_long_shows_in_the_overlap(tmp_path: Path) -> None:
    values = scores(tmp_path, gold("Anna Petrova", "said", "bridge is safe"))
    assert values["f1_80"]["f1"] == 1.0
    assert values["overlap"] < 1.0
    assert values["exact"]["content"]["f1"] == 0.0


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


def test_words_are_asked_from_their_speaker_and_not_from_another(tmp_path: Path, room: Newsroom) -> None:
    if not (SHARED / "scorers.py").is_file():
        pytest.skip("the shared folder with the scorers is not beside the project")
    data = tmp_path / "data"
    (data / "polnear").mkdir(parents=True)
    (data / "scorers.py").write_bytes((SHARED / "scorers.py").read_bytes())
    article = {
        "id": "pn-a",
        "text": "“The old bridge needs a new roof,” Anna Petrova said on Tuesday.\n\nKarl Brandt praised the harbour.",
        "title": "The roof of the bridge",
        "publisher": "Paper",
        "published": "2024-05-15",
    }
    (data / "polnear" / "corpus.jsonl.gz").write_bytes(gzip.compress(json.dumps(article).encode()))
    questions = [
        {
            "qid": "a#1/a",
            "question": "What did Anna Petrova say about the bridge and the roof?",
            "answerable": True,
            "gold_article_ids": ["pn-a"],
            "gold_contents": ["“The old bridge needs a new roof,”"],
        },
        {
            "qid": "a#1/swap",
            "question": "What did Karl Brandt say about the bridge and the roof?",
            "answerable": False,
            "gold_article_ids": [],
            "forbidden_contents": ["“The old bridge needs a new roof,”"],
        },
    ]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (data / "polnear" / "whosaid_dev.jsonl").write_text(lines, encoding="utf-8")
    result = whosaid(data, room)
    assert (result["questions"], result["articles"]) == (2, 1)
    assert (result["answered"], result["swapped_wrong"]) == (1.0, 0)
