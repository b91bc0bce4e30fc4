"""How well statements are found, against the attributions of the PolNeAR articles."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from rag.domain import Fragment, Statement
from rag.evaluation.data import bootstrap_interval, load_scorers, read_rows
from rag.statements import extract_statements
from rag.statements.parsed_text import Parser

_LENIENT, _STRICT = 0.3, 0.8
_KINDS = ("direct", "mixed", "indirect")
_ROLES = ("source", "cue", "content")
_MARKS = '"“”'

_Spans = list[list[int]]
_Row = dict[str, Any]


@dataclass(slots=True)
class _Tally:
    """Sums over articles. `covered` has true positives, false positives and false negatives at each threshold; `kinds`
    has for each kind the gold found, all gold, the predictions that found gold, and all predictions."""

    covered: dict[float, list[int]] = field(default_factory=lambda: {_LENIENT: [0] * 3, _STRICT: [0] * 3})
    exact: dict[str, list[int]] = field(default_factory=lambda: {role: [0] * 3 for role in _ROLES})
    kinds: dict[str, list[int]] = field(default_factory=lambda: {kind: [0] * 4 for kind in _KINDS})
    speakers: list[int] = field(default_factory=lambda: [0, 0])
    overlaps: list[float] = field(default_factory=list)
    articles: list[tuple[int, int, int]] = field(default_factory=list)  # of `covered` at the lenient threshold, each


def polnear(data: Path, parser: Parser, limit: int | None = None) -> dict[str, object]:
    """Measures over `data/polnear/dev.jsonl`, or its first `limit` articles.

    `f1_30` and `f1_80`: a gold attribution is found where a prediction covers that share of its content (the scorers'
    `quote_scores`). By kind, precision is over predictions of that kind, recall over gold of that kind. `speaker`:
    share of the found whose sources touch. `exact`: both ends right (`exact_spans`). `overlap`: mean intersection over
    union of the contents of found pairs, so that contents that are too long show. All statements count, stance too.
    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    articles = read_rows(data / "polnear" / "dev.jsonl")[:limit]
    tally = _Tally()
    seconds = 0.0
    for article in articles:
        started = time.perf_counter()
        predictions = extract_statements(article["text"], parser=parser, article_id=article["id"], version="1")
        seconds += time.perf_counter() - started
        _add(tally, scorers, [_row(statement) for statement in predictions], article["attributions"])
    return _report(tally, scorers, articles=len(articles), seconds=seconds)


def _row(statement: Statement) -> _Row:
    return {
        "source_spans": _spans([statement.source]),
        "cue_spans": _spans([statement.cue]),
        "content_spans": _spans(statement.content),
        "quote_type": _kind([fragment.text for fragment in statement.content]),
    }


def _spans(fragments: Sequence[Fragment | None]) -> _Spans:
    return [[fragment.start, fragment.end] for fragment in fragments if fragment is not None]


def _kind(pieces: list[str]) -> str:
    """The kind as the data set counts it: by double quotation marks at the edges of the content and inside it."""
    if all(piece[0] in _MARKS and piece[-1] in _MARKS for piece in pieces):
        return "direct"
    return "mixed" if any(mark in piece for piece in pieces for mark in _MARKS) else "indirect"


def _add(tally: _Tally, scorers: ModuleType, predictions: list[_Row], gold: list[_Row]) -> None:
    for threshold, sums in tally.covered.items():
        scores = scorers.quote_scores(predictions, gold, threshold)
        for at, name in enumerate(("tp", "fp", "fn")):
            sums[at] += scores[name]
        if threshold == _LENIENT:
            tally.articles.append((scores["tp"], scores["fp"], scores["fn"]))
            tally.speakers[0] += scores["speaker_ok"]
            tally.speakers[1] += scores["speaker_n"]
    for role, sums in tally.exact.items():
        for at, count in enumerate(scorers.exact_spans(predictions, gold, role)):
            sums[at] += count
    pairs = _pairs(scorers, predictions, gold)
    for at, row in enumerate(gold):
        tally.kinds[row["quote_type"]][0] += at in pairs
        tally.kinds[row["quote_type"]][1] += 1
    hits = {number for number, _ in pairs.values()}
    for at, row in enumerate(predictions):
        tally.kinds[row["quote_type"]][2] += at in hits
        tally.kinds[row["quote_type"]][3] += 1
    tally.overlaps.extend(overlap for _, overlap in pairs.values())


def _pairs(scorers: ModuleType, predictions: list[_Row], gold: list[_Row]) -> dict[int, tuple[int, float]]:
    """For each gold attribution found, by index: the prediction that found it, as `quote_scores` chooses, and their
    overlap."""
    contents = [scorers.span_set(row["content_spans"]) for row in predictions]
    pairs: dict[int, tuple[int, float]] = {}
    matches: set[int] = set()
    for at, row in enumerate(gold):
        content_gold = scorers.span_set(row["content_spans"])
        shares = [
            (len(content_gold & content) / len(content_gold), -number)
            for number, content in enumerate(contents)
            if number not in matches and content_gold
        ]
        best, number = max(shares, default=(0.0, 0))
        if best > _LENIENT:
            content = contents[-number]
            matches.add(-number)
            pairs[at] = (-number, len(content_gold & content) / len(content_gold | content))
    return pairs


def _report(tally: _Tally, scorers: ModuleType, *, articles: int, seconds: float) -> dict[str, object]:
    def scores(counts: Sequence[int]) -> dict[str, float]:
        precision, recall, f1 = scorers.prf(*counts)
        return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}

    kinds = {}
    for kind, (gold_found, gold, hits, predictions) in tally.kinds.items():
        precision, recall = hits / max(1, predictions), gold_found / max(1, gold)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        kinds[kind] = {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}
    return {
        "articles": articles,
        "attributions": sum(counts[1] for counts in tally.kinds.values()),
        "f1_30": scores(tally.covered[_LENIENT]),
        "f1_30_interval": bootstrap_interval(
            tally.articles, lambda sample: scorers.prf(*map(sum, zip(*sample, strict=True)))[2]
        ),
        "f1_80": scores(tally.covered[_STRICT]),
        **kinds,
        "speaker": round(tally.speakers[0] / max(1, tally.speakers[1]), 3),
        "exact": {role: scores(counts) for role, counts in tally.exact.items()},
        "overlap": round(sum(tally.overlaps) / max(1, len(tally.overlaps)), 3),
        "articles_per_second": round(articles / seconds, 2) if seconds else 0.0,
    }
