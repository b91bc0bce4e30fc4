"""What measures ask and check: questions, with timing and a check that every citation equals its source; evidence."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rag.domain import Answer, Citation, Evidence, EvidenceSentence, Filters, Span, Statement
from rag.newsroom import Newsroom
from rag.text.sentences import sentences


class Asker:
    """Asks newsrooms, times each answer, and compares every citation with its article."""

    def __init__(self) -> None:
        self._milliseconds: list[float] = []
        self._citations = 0
        self._true_citations = 0

    def ask(self, room: Newsroom, question: str, filters: Filters | None = None) -> Answer:
        """The answer of `room`; its time and its citations are recorded."""
        started = time.perf_counter()
        answer = room.ask(question, filters=filters)
        self._milliseconds.append((time.perf_counter() - started) * 1000)
        self._citations += len(answer.citations)
        self._true_citations += sum(is_true(room, item) for item in answer.citations)
        return answer

    def counts(self) -> Mapping[str, object]:
        """The number of citations, of those that equal their article, and percentiles of milliseconds of an answer."""
        times = self._milliseconds
        quantiles = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        return {
            "citations": self._citations,
            "citations_true": self._true_citations,
            "ms_p50": round(statistics.median(times), 1) if times else None,
            "ms_p95": round(quantiles[18], 1) if quantiles else None,
        }


def is_true(room: Newsroom, item: Citation) -> bool:
    """True if a citation equals its article."""
    text = room.article(item.article_id, item.version).text
    return item.end <= len(text) and Span(item.start, item.end).of(text) == item.quote


def evidence_of(
    text: str, key: tuple[str, str], *, title: str = "", outlet: str | None = None, statements: Sequence[Statement] = ()
) -> Evidence:
    """All sentences of a text that is in no library as evidence; `key` is its article id and version."""
    items = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=key[0], version=key[1], start=span.start, end=span.end, text=span.of(text),
            title=title, outlet=outlet, published=None,
        )
        for n, span in enumerate(sentences(text), start=1)
    )  # fmt: skip
    return Evidence(sentences=items, texts={key: text}, statements=tuple(statements))


def add_article(room: Newsroom, text: str, **fields: Any) -> str | None:
    """The id of the article with this text, added if need be; None if it is rejected."""
    result = room.add_text(text, **fields)
    return result.article_id or result.of
