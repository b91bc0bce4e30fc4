"""Whether answers attribute the right words to the right speaker, by questions on the PolNeAR articles."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from rag.evaluation.data import bootstrap_interval, load_scorers, mean, read_rows
from rag.newsroom import Newsroom

_ENOUGH = 0.5  # share of the content's words that an answer must hold, or must not


def whosaid(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks `room` the questions of `data/polnear/whosaid_dev.jsonl`, after adding the articles of `corpus.jsonl.gz`.

    `answered`: share of the answerable whose answer has at least half of the gold content's words and cites the right
    article; `cited`: cites it at all. `swapped_abstained`: share of the questions with another speaker's name that are
    declined. `swapped_wrong`: how many attribute the words of somebody else to that speaker. `ms`: median of an answer.
    Raises UnreadableSource if the data is absent.
    """
    scorers = load_scorers(data)
    folder = data / "polnear"
    questions = read_rows(folder / "whosaid_dev.jsonl")
    started = time.perf_counter()
    ids = _add_articles(folder, room)
    adding = time.perf_counter() - started
    rows = [_ask(room, scorers, question, ids) for question in questions]
    answerable = [item for item in rows if item["answerable"]]
    swapped = [item for item in rows if not item["answerable"]]
    right = [bool(item["right"]) for item in answerable]
    return {
        "questions": len(rows),
        "articles": len(ids),
        "answered": round(mean(right), 3),
        "answered_interval": bootstrap_interval(right, mean),
        "cited": round(mean([item["cited"] for item in answerable]), 3),
        "abstained": round(mean([item["abstained"] for item in answerable]), 3),
        "swapped_abstained": round(mean([item["abstained"] for item in swapped]), 3),
        "swapped_wrong": sum(item["wrong"] for item in swapped),
        "adding_seconds": round(adding, 1),
        "ms": round(statistics.median(item["ms"] for item in rows), 1),
        "items": {
            "answered": {item["qid"]: float(item["right"]) for item in answerable},
            "swapped_abstained": {item["qid"]: float(item["abstained"]) for item in swapped},
        },
        "missed": [item["qid"] for item in answerable if not item["right"]],
    }


def _add_articles(folder: Path, room: Newsroom) -> dict[str, str]:
    """Add the articles and wait for their indices; the library's ids by those of the data set."""
    ids: dict[str, str] = {}
    for article in read_rows(folder / "corpus.jsonl.gz"):
        result = room.add_text(
            article["text"], title=article["title"], outlet=article["publisher"], published=article["published"]
        )
        if result.article_id is not None:
            ids[article["id"]] = result.article_id
    room.wait()
    return ids


def _ask(room: Newsroom, scorers: Any, item: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    started = time.perf_counter()
    answer = room.ask(item["question"])
    ms = (time.perf_counter() - started) * 1000
    row = {"qid": item["qid"], "answerable": item["answerable"], "abstained": answer.abstained, "ms": ms}
    if not item["answerable"]:
        return row | {
            "wrong": not answer.abstained
            and scorers.content_recall(answer.answer, item["forbidden_contents"]) >= _ENOUGH
        }
    gold = {ids[article] for article in item["gold_article_ids"] if article in ids}
    cited = bool(gold & {one.article_id for one in answer.citations})
    has_content = scorers.content_recall(answer.answer, item["gold_contents"]) >= _ENOUGH
    return row | {"cited": cited, "right": cited and has_content}
