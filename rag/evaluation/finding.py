"""How well search finds documents of world news, all facts for a question, and the article of a statement."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.domain import Hit
from rag.evaluation.data import load_scorers, read_rows
from rag.newsroom import Newsroom

_MOST_PASSAGES = 400  # passages: average precision looks at the whole ranking
_FACTS_SEARCHED = 10
_FIRST_ARTICLES = 4


def world_news(data: Path, room: Newsroom) -> dict[str, object]:
    """The queries of `data/time` over its documents, both lower-cased. A document ranks by its best passage. `map`,
    `ndcg@10`, `r@10`, `mrr@10` and `hit@4` are the scorers' `rank_metrics`, averaged.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    documents = read_rows(data / "time" / "corpus.jsonl")
    results = [room.add_text(item["text"].lower(), published=item["date"]) for item in documents]
    names = _names_by_article(zip((item["id"] for item in documents), results, strict=True))
    _wait_for_vectors(room)
    items: dict[str, dict[str, float]] = {}
    times: list[float] = []
    for item in read_rows(data / "time" / "dev.jsonl"):
        hits = _search_timed(room, item["question"].lower(), _MOST_PASSAGES, times)
        ranked = [name for article in _ranked_articles(hits) for name in names[article]]
        scores = scorers.rank_metrics(ranked, item["relevant"])
        _record_scores(
            items, item["qid"], {**scores, "map": scores["ap"]}, ("map", "ndcg@10", "r@10", "mrr@10", "hit@4")
        )
    return {"queries": len(times), "documents": len(documents), **_median_ms(times), "items": items}


def facts(data: Path, room: Newsroom) -> dict[str, object]:
    """The answerable questions of `data/multihoprag` over its facts, each added as an article of its source, title and
    day. `all_facts@10`: every fact that the answer needs is among the first ten; the rest as `mhr_retrieval`.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    pool = [
        (item, fact) for item in read_rows(data / "multihoprag" / "evidence_corpus.jsonl") for fact in item["facts"]
    ]
    for item, fact in pool:
        room.add_text(fact, title=item["title"], outlet=item["source"], published=item["published_at"][:10])
    _wait_for_vectors(room)
    items: dict[str, dict[str, float]] = {}
    times: list[float] = []
    for item in read_rows(data / "multihoprag" / "dev.jsonl"):
        if item["evidence"]:
            hits = _search_timed(room, item["question"], _FACTS_SEARCHED, times)
            scores = scorers.mhr_retrieval([hit.text for hit in hits], [one["fact"] for one in item["evidence"]])
            _record_scores(items, item["qid"], scores, ("all_facts@10", "map@10", "mrr@10", "hits@4", "hits@10"))
    return {"questions": len(times), "facts": len(pool), **_median_ms(times), "items": items}


def speakers(data: Path, room: Newsroom) -> dict[str, object]:
    """The answerable questions of `data/polnear/whosaid_dev.jsonl` over its articles: whether the article is among the
    first four, and its reciprocal rank. A wire copy counts as the original that it is folded under.

    Raises UnreadableSource where the data is absent.
    """
    load_scorers(data)
    articles = read_rows(data / "polnear" / "corpus.jsonl.gz")
    library_ids = {}
    for item in articles:
        result = room.add_text(item["text"], title=item["title"], outlet=item["publisher"], published=item["published"])
        library_ids[item["id"]] = result.of or result.article_id
    _wait_for_vectors(room)
    items: dict[str, dict[str, float]] = {}
    times: list[float] = []
    for item in read_rows(data / "polnear" / "whosaid_dev.jsonl"):
        if item["answerable"]:
            gold = {library_ids[name] for name in item["gold_article_ids"]}
            ranked = _ranked_articles(_search_timed(room, item["question"], 10 * _FIRST_ARTICLES, times))
            originals = [room.article(article).copy_of or article for article in ranked[:10]]
            rank = next((at for at, article in enumerate(originals, start=1) if article in gold), None)
            scores = {"found@4": float(bool(rank and rank <= _FIRST_ARTICLES)), "mrr@10": 1 / rank if rank else 0.0}
            _record_scores(items, item["qid"], scores, ("found@4", "mrr@10"))
    return {"questions": len(times), "articles": len(articles), **_median_ms(times), "items": items}


def _names_by_article(results: Any) -> dict[str, list[str]]:
    """The data set's ids by the library's: several for the same text, none for rejected ones."""
    names: dict[str, list[str]] = {}
    for name, result in results:
        if result.article_id:
            names.setdefault(result.article_id, []).append(name)
    return names


def _wait_for_vectors(room: Newsroom) -> None:
    """Wait for the vectors; search needs no statements, and they take longer."""
    while room.pending().get("vectors"):
        if room.wait(0.2):
            return


def _search_timed(room: Newsroom, query: str, k: int, times: list[float]) -> list[Hit]:
    started = time.perf_counter()
    hits = room.search(query, k=k)
    times.append((time.perf_counter() - started) * 1000)
    return hits


def _ranked_articles(hits: Sequence[Hit]) -> list[str]:
    """Articles in the order of their best passage."""
    return list(dict.fromkeys(hit.article_id for hit in hits))


def _record_scores(
    items: dict[str, dict[str, float]], key: str, scores: Mapping[str, float], names: Sequence[str]
) -> None:
    for name in names:
        items.setdefault(name, {})[key] = float(scores[name])


def _median_ms(times: Sequence[float]) -> dict[str, float]:
    return {"ms": round(statistics.median(times), 1)} if times else {}
