"""A library of generated passages, of any size: what search costs does not depend on what the words mean.

Words fall as in print, a few of them very often. Vectors lie around the middle of a topic, as those of texts on one
topic do. Rows are written in bulk, by the library's own functions for an article's rows, so that a million passages
take minutes and not hours.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import insert

from rag.domain import Extract, Span
from rag.providers.base import EmbedKind
from rag.stores import articles, narrowing, passages
from rag.stores.base import FOREVER, VectorRow, Vectors
from rag.stores.library import Library
from rag.stores.tables import version
from rag.text.canonical import digest

EACH = 10  # passages of an article
WORDS = 40  # of a passage
AT_ONCE = 100  # articles written in one transaction; what is drawn depends on it
DIMENSIONS, TOPICS = 384, 200
OUTLETS = [f"Outlet {n}" for n in range(20)]
RARE = "The Rare Gazette"  # has one article in a thousand
FIRST, DAYS = date(2020, 1, 1), 1000
_KNOWN = 20_000
_NAMES = [f"w{n}" for n in range(_KNOWN)]
_WEIGHTS = np.cumsum([1 / (n + 10) for n in range(_KNOWN)])
_MIDDLES = np.random.default_rng(0).normal(size=(TOPICS, DIMENSIONS)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some articles' passages as the vector index takes them."""

    rows: list[VectorRow]
    vectors: Vectors


class Generated:
    """An embedder: a text's vector follows from its words alone."""

    fingerprint, window, languages, dimensions = "generated", 240, None, DIMENSIONS

    def embed(self, texts: list[str], kind: EmbedKind) -> Vectors:
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> Vectors:
        first = zlib.crc32(text.split()[0].encode())
        row: Vectors = around([first % TOPICS], np.random.default_rng(zlib.crc32(text.encode())))[0]
        return row

    def count(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def around(topics: list[int], drawn: np.random.Generator) -> Vectors:
    """Unit vectors near the middles of topics."""
    found = _MIDDLES[topics] + 1.2 * drawn.standard_normal((len(topics), DIMENSIONS), dtype=np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def questions(count: int, seed: int = 2) -> list[str]:
    """Questions of six words: two that are frequent, four that are less so."""
    rng = random.Random(seed)
    return [
        " ".join(
            [
                f"w{rng.randrange(50)}",
                *(f"w{rng.randrange(20, 5000)}" for _ in range(4)),
                f"w{rng.randrange(200)}",
            ]
        )
        for _ in range(count)
    ]


def vectors_of(articles: int, at_once: int = AT_ONCE) -> Iterator[Vectors]:
    """The vectors that `fill` gives for so many articles, batch by batch, without writing anything."""
    for first in range(0, articles, at_once):
        rng = np.random.default_rng(first + 1)
        count = min(at_once, articles - first)
        rng.random((count, EACH, WORDS))
        yield around(list(rng.integers(0, TOPICS, count * EACH)), rng)


def outlet_of(article: int) -> str:
    return RARE if article % 1000 == 7 else OUTLETS[article % 20]


def fill(library: Library, articles: int, *, start: int = 0, at_once: int = AT_ONCE) -> Iterator[Batch]:
    """Write so many articles of ten passages, from the number `start` on, and give what the vector index takes."""
    for first in range(start, start + articles, at_once):
        rng = np.random.default_rng(first + 1)
        numbers = range(first, min(first + at_once, start + articles))
        points = rng.random((len(numbers), EACH, WORDS)) * _WEIGHTS[-1]
        chosen = np.searchsorted(_WEIGHTS, points)
        kept: list[VectorRow] = []
        with library.writing() as connection:  # many articles in one transaction
            for number, ordinals in zip(numbers, chosen, strict=True):
                kept += _article(connection, number, ordinals)
        yield Batch(kept, around(list(rng.integers(0, TOPICS, len(kept))), rng))


def _article(connection: object, number: int, ordinals: np.ndarray) -> list[VectorRow]:
    lines = [" ".join(_NAMES[n] for n in line) for line in ordinals]
    spans, at = [], 0
    for line in lines:
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    text, published = "\n".join(lines), FIRST + timedelta(days=number % DAYS)
    result = Extract(text=text, title=f"t{number}", outlet=outlet_of(number), published=published)
    key, hashed = articles.id_of(result), digest(text)
    read = datetime(2026, 1, 1, tzinfo=UTC)
    known_from = narrowing.known_since(read, published)
    articles.put_article(connection, key, hashed, result, read)  # type: ignore[arg-type]
    connection.execute(  # type: ignore[attr-defined]
        insert(version).values(
            article_id=key, version=hashed, number=1, text=text, ingested=read.isoformat(), known_from=known_from,
            known_to=FOREVER, cut_as="generated", embedded_as="generated", stated_as="generated",
        )
    )  # fmt: skip
    passages.put_passages(connection, key, hashed, result, spans, known_from)  # type: ignore[arg-type]
    return [
        VectorRow(
            passage_id=digest(key, hashed, str(span.start), str(span.end), length=24), article_id=key
        )
        for span in spans
    ]  # fmt: skip
