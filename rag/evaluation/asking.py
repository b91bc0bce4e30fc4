"""Asking the door the questions of a measurement, with what every answer must keep: citations that equal the source."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.domain import Answer, Citation, Filters, Span
from rag.evaluation.scorers import required
from rag.newsroom import Newsroom


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines. Raises UnreadableSource where it is absent."""
    return [json.loads(line) for line in required(path).read_text("utf-8").splitlines() if line.strip()]


class Asker:
    """Asks one newsroom after another, times each answer, and compares every citation shown with its article."""

    def __init__(self) -> None:
        self._spent: list[float] = []
        self._shown = 0
        self._true = 0

    def ask(self, room: Newsroom, question: str, filters: Filters | None = None) -> Answer:
        """The answer of `room`, timed and its citations looked up."""
        started = time.perf_counter()
        answer = room.ask(question, filters=filters)
        self._spent.append((time.perf_counter() - started) * 1000)
        self._shown += len(answer.citations)
        self._true += sum(_stands(room, item) for item in answer.citations)
        return answer

    def counts(self) -> Mapping[str, object]:
        """Citations shown and how many of them are the characters of their article; milliseconds of an answer."""
        cut = statistics.quantiles(self._spent, n=20) if len(self._spent) > 1 else self._spent * 19
        return {
            "citations": self._shown,
            "citations_true": self._true,
            "ms_p50": round(statistics.median(self._spent), 1) if self._spent else None,
            "ms_p95": round(cut[18], 1) if cut else None,
        }


def _stands(room: Newsroom, item: Citation) -> bool:
    text = room.article(item.article_id, item.version).text
    return item.end <= len(text) and Span(item.start, item.end).of(text) == item.quote


def added(room: Newsroom, text: str, **fields: Any) -> str | None:
    """The id of an article with this text, whether it is new or was there; None where it is refused."""
    result = room.add_text(text, **fields)
    return result.article_id or result.of


def share(values: Sequence[bool]) -> float:
    """The share of true ones; 0 for none."""
    return sum(values) / max(1, len(values))


def mean(values: Sequence[float]) -> float:
    """The mean; 0 for none."""
    return sum(values) / max(1, len(values))
