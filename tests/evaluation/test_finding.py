"""The measures of search, on invented data in the shape of the evaluation data."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation.measures import run_measure

SCORERS = """
def rank_metrics(ranked, relevant):
    first = next((at for at, name in enumerate(ranked, 1) if name in relevant), 0)
    value = 1 / first if first else 0.0
    return {"ap": value, "ndcg@10": value, "r@10": value, "mrr@10": value, "hit@4": value > 0}

def mhr_retrieval(found, gold):
    held = all(fact in found for fact in gold)
    return {"all_facts@10": held, "map@10": 0.5, "mrr@10": 0.5, "hits@4": held, "hits@10": held}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("time", "multihoprag", "polnear"):
        (folder / name).mkdir(parents=True)
    (folder / "scorers.py").write_text(SCORERS, "utf-8")
    texts = ["THE HARBOUR OF MALTA WILL GET A CRANE .", "A BRIDGE OVER THE DANUBE WAS OPENED BY THE MAYOR ."]
    write(
        folder / "time" / "corpus.jsonl",
        [{"id": f"t{n}", "date": "1963-01-04", "text": t} for n, t in enumerate(texts)],
    )
    write(folder / "time" / "dev.jsonl", [{"qid": "q", "question": "BRIDGE OVER THE DANUBE .", "relevant": ["t1"]}])
    facts = ["Trams will run on the pier.", "The ferry costs nine euros."]
    about = {"id": "m", "title": "Pier", "source": "Coast Post", "published_at": "2023-01-01T00:00:00", "facts": facts}
    write(folder / "multihoprag" / "evidence_corpus.jsonl", [about])
    questions = {"question": "Does Coast Post say that trams run and what the ferry costs?"}
    needed = [{"fact": fact} for fact in facts]
    write(
        folder / "multihoprag" / "dev.jsonl",
        [{"qid": "q", **questions, "evidence": needed}, {"qid": "none", **questions, "evidence": []}],
    )
    messages = {
        "id": "n1",
        "publisher": "Courier",
        "published": "2024-03-05",
        "title": "Bridge",
        "text": "Ida Holm said no.",
    }
    (folder / "polnear" / "corpus.jsonl.gz").write_bytes(gzip.compress(json.dumps(messages).encode()))
    question = {"qid": "q", "question": "What did Ida Holm say?", "answerable": True, "gold_article_ids": ["n1"]}
    write(folder / "polnear" / "whosaid_dev.jsonl", [question, {"qid": "r", "question": "Who?", "answerable": False}])
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")


@pytest.mark.parametrize(
    ("name", "metric", "counted"),
    [("time", "map", "queries"), ("multihoprag", "all_facts@10", "questions"), ("speakers", "found@4", "questions")],
)
def test_a_measure_of_search_ranks_and_scores_each_question(name: str, metric: str, counted: str, data: Path) -> None:
    result = run_measure(name, data)
    assert result["items"][metric] == {"q": 1.0}  # type: ignore[index]
    assert result["metrics"][counted] == 1  # type: ignore[index]
