"""How well search finds: documents of world news, all facts of a question, the article behind a statement."""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.domain import AddResult, Hit
from rag.evaluation.scorers import load_scorers, required
from rag.newsroom import Newsroom

_DEEP = 400  # passages: average precision looks at the whole ranking
_FACTS = 10
_ARTICLES = 4


def world_news(data: Path, room: Newsroom) -> dict[str, object]:
    """The queries of `data/time` over its documents, both lower-cased. Passages are ranked, and of each document the
    best one counts. `map`, `ndcg@10`, `r@10`, `mrr@10` and `hit@4` are the scorers' `rank_metrics`, averaged.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    documents = _lines(data / "time" / "corpus.jsonl")
    added = [room.add_text(item["text"].lower(), published=item["date"]) for item in documents]
    names = _by_article(zip((item["id"] for item in documents), added, strict=True))
    _vectors_made(room)
    items: dict[str, dict[str, float]] = {}
    spent: list[float] = []
    for item in _lines(data / "time" / "dev.jsonl"):
        hits = _timed(room, item["question"].lower(), _DEEP, spent)
        ranked = [name for article in _articles(hits) for name in names[article]]
        scores = scorers.rank_metrics(ranked, item["relevant"])
        _enter(items, item["qid"], {**scores, "map": scores["ap"]}, ("map", "ndcg@10", "r@10", "mrr@10", "hit@4"))
    return {"queries": len(spent), "documents": len(documents), **_ms(spent), "items": items}


def facts(data: Path, room: Newsroom) -> dict[str, object]:
    """The answerable questions of `data/multihoprag` over its facts, each added as an article of its source, title and
    day. `all_facts@10`: every fact that the answer needs is among the first ten; the rest as `mhr_retrieval`.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    pool = [(item, fact) for item in _lines(data / "multihoprag" / "evidence_corpus.jsonl") for fact in item["facts"]]
    for item, fact in pool:
        room.add_text(fact, title=item["title"], outlet=item["source"], published=item["published_at"][:10])
    _vectors_made(room)
    items: dict[str, dict[str, float]] = {}
    spent: list[float] = []
    for item in _lines(data / "multihoprag" / "dev.jsonl"):
        if item["evidence"]:
            hits = _timed(room, item["question"], _FACTS, spent)
            scores = scorers.mhr_retrieval([hit.text for hit in hits], [one["fact"] for one in item["evidence"]])
            _enter(items, item["qid"], scores, ("all_facts@10", "map@10", "mrr@10", "hits@4", "hits@10"))
    return {"questions": len(spent), "facts": len(pool), **_ms(spent), "items": items}


def speakers(data: Path, room: Newsroom) -> dict[str, object]:
    """The answerable questions of `data/polnear/whosaid_dev.jsonl` over its articles: whether the article is among the
    first four, and its reciprocal rank. A wire copy counts as the original that it is folded under.

    Raises UnreadableSource where the data is absent.
    """
    load_scorers(data)
    packed = gzip.decompress(required(data / "polnear" / "corpus.jsonl.gz").read_bytes())
    articles = [json.loads(line) for line in packed.decode("utf-8").splitlines()]
    kept = {}
    for item in articles:
        added = room.add_text(item["text"], title=item["title"], outlet=item["publisher"], published=item["published"])
        kept[item["id"]] = _original(added)
    _vectors_made(room)
    items: dict[str, dict[str, float]] = {}
    spent: list[float] = []
    for item in _lines(data / "polnear" / "whosaid_dev.jsonl"):
        if item["answerable"]:
            gold = {kept[name] for name in item["gold_article_ids"]}
            ranked = _articles(_timed(room, item["question"], 10 * _ARTICLES, spent))
            originals = [room.article(article).copy_of or article for article in ranked[:10]]
            rank = next((at for at, article in enumerate(originals, start=1) if article in gold), None)
            scores = {"found@4": float(bool(rank and rank <= _ARTICLES)), "mrr@10": 1 / rank if rank else 0.0}
            _enter(items, item["qid"], scores, ("found@4", "mrr@10"))
    return {"questions": len(spent), "articles": len(articles), **_ms(spent), "items": items}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in required(path).read_text("utf-8").splitlines()]


def _original(added: AddResult) -> str | None:
    return added.of or added.article_id


def _by_article(added: Any) -> dict[str, list[str]]:
    """The data set's ids by the library's: several where texts are the same, none for what was rejected."""
    names: dict[str, list[str]] = {}
    for name, result in added:
        if result.article_id:
            names.setdefault(result.article_id, []).append(name)
    return names


def _vectors_made(room: Newsroom) -> None:
    """Wait for the vectors; search needs no statements, and they take longer."""
    while room.pending().get("vectors"):
        if room.wait(0.2):
            return


def _timed(room: Newsroom, query: str, k: int, spent: list[float]) -> list[Hit]:
    started = time.perf_counter()
    hits = room.search(query, k=k)
    spent.append((time.perf_counter() - started) * 1000)
    return hits


def _articles(hits: Sequence[Hit]) -> list[str]:
    """Articles in the order of their best passage."""
    return list(dict.fromkeys(hit.article_id for hit in hits))


def _enter(items: dict[str, dict[str, float]], key: str, scores: Mapping[str, float], names: Sequence[str]) -> None:
    for name in names:
        items.setdefault(name, {})[key] = float(scores[name])


def _ms(spent: Sequence[float]) -> dict[str, float]:
    return {"ms": round(statistics.median(spent), 1)} if spent else {}
