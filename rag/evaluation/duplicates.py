"""How well near-duplicates are found: pairs against gold pairs."""

from __future__ import annotations

import json
import time
from pathlib import Path

from rag.evaluation.data import load_scorers, read_rows
from rag.text.duplicates import copies


def duplicates(data: Path) -> dict[str, object]:
    """Pairs of copies among the articles of `data/neardup`: precision, recall and F1 of pairs.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    start = time.perf_counter()
    articles = read_rows(data / "neardup" / "articles.jsonl.gz")
    gold = json.loads((data / "neardup" / "synthetic_pairs_dev.json").read_text(encoding="utf-8"))
    pairs = [(articles[a]["id"], articles[b]["id"]) for a, b in copies([article["text"] for article in articles])]
    precision, recall, f1 = scorers.pair_f1(pairs, gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "articles": len(articles),
        "gold_pairs": len(gold),
        "seconds": round(time.perf_counter() - start, 1),
    }
