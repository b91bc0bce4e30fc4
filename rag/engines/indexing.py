"""Deriving what is searched: passages, vectors and statements of every version in the library.

What there is to do is read from the library itself (which versions were not yet made as the fingerprints say), so the
work can stop anywhere, resume in any process, and doing a piece of it twice changes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.domain import Article, Span, Statement
from rag.errors import ModelError, ModelMissing, StoreError, UnknownArticle
from rag.providers.base import Embedder
from rag.stores.base import VectorRow, VectorStore
from rag.stores.library import Library
from rag.text import chunking

_BATCH = 64  # versions taken at a time
_GENERATION = "vectors_generation"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """How statements are made of one article, and the fingerprint of that."""

    fingerprint: str
    extract: Callable[[Article], tuple[Statement, ...]]


class Indexer:
    """Keeps the indices of one library up to date, on a thread of its own."""

    def __init__(
        self, library: Library, *, vectors: VectorStore | None, embedder: Embedder | None, extractor: Extractor | None
    ) -> None:
        self._library = library
        self._vectors = vectors
        self._embedder = embedder
        self._extractor = extractor
        self._lock = threading.Lock()
        self._seen = library.noted(_GENERATION)
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.fault: str | None = None
        self.cut_as = cut_fingerprint(embedder)

    def cut(self, text: str) -> list[Span]:
        """The passages of a text, sized for the embedder."""
        count = self._embedder.count if self._embedder else _count_words
        limit = min(self._embedder.window, 240) if self._embedder else 240
        return chunking.passages(text, count=count, limit=limit)

    def start(self) -> None:
        """See to it that outstanding work is done in the background."""
        with self._lock:
            if self._closed:
                return
            self._idle.clear()
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-indexer", daemon=True)
                self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until nothing is left to do (or `fault` says why it can't be done); False if time ran out."""
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Stop after the piece in hand; what is left is done when the library is next opened."""
        with self._lock:
            self._closed = True
            self._wake.set()
        if self._thread:
            self._thread.join()

    def left(self) -> dict[str, int]:
        """Versions whose vectors and statements are still to be made."""
        left = {}
        if self._embedder:
            left["vectors"] = self._library.to_do_count("embedded_as", self.cut_as)
        if self._extractor:
            left["statements"] = self._library.to_do_count("stated_as", self._extractor.fingerprint)
        return left

    def rebuild(self) -> None:
        """Make every passage, vector and statement again, from the record alone."""
        if self._vectors:
            self._vectors.clear()
        self._library.forget("embedded_as")
        self._library.forget("stated_as")
        self._recut()
        self._bump()
        self.start()

    def remove(self, article_id: str) -> None:
        """Take an article out of the library and out of every index. Raises UnknownArticle."""
        self._library.remove(article_id)
        if self._vectors:
            self._vectors.remove([article_id])
            self._bump()

    def sync(self) -> None:
        """See vectors that another process wrote."""
        with self._lock:
            noted = self._library.noted(_GENERATION)
            if noted != self._seen and self._vectors:
                self._vectors.refresh()
                self._seen = noted

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            try:
                self.fault = None
                self._recut()
                while not self._closed and (self._embed_some() or self._state_some()):
                    pass
            except (ModelError, ModelMissing, StoreError) as exc:
                # The record is safe and search by words works; `doctor` and the next start see to the rest.
                self.fault = str(exc)
                _log.warning("Indexing paused: %s", exc)
            with self._lock:
                if self._closed or not self._wake.is_set():
                    self._idle.set()
            if self._closed:
                return

    def _recut(self) -> None:
        for article_id, version in self._library.cut_differently(self.cut_as):
            text = self._library.texts([(article_id, version)]).get((article_id, version), "")
            self._library.recut(article_id, version, self.cut(text), self.cut_as)

    def _embed_some(self) -> bool:
        if not self._embedder or not self._vectors:
            return False
        pairs = self._library.to_do("embedded_as", self.cut_as, limit=_BATCH)
        if not pairs:
            return False
        texts = self._library.texts(pairs)
        rows: list[VectorRow] = []
        passages: list[str] = []
        for pair in pairs:
            for row, span in self._library.vector_rows(*pair):
                rows.append(row)
                passages.append(span.of(texts[pair]))
        vectors = self._embedder.embed(passages, "document") if rows else np.zeros((0, 0), np.float32)
        self._vectors.upsert(rows, vectors)
        self._library.mark("embedded_as", pairs, self.cut_as)
        # An article that was removed meanwhile must not live on in the index.
        alive = self._library.summaries(article_id for article_id, _ in pairs)
        if gone := sorted({article_id for article_id, _ in pairs} - alive.keys()):
            self._vectors.remove(gone)
        self._bump()
        return True

    def _state_some(self) -> bool:
        if not self._extractor:
            return False
        pairs = self._library.to_do("stated_as", self._extractor.fingerprint, limit=1)
        for article_id, version in pairs:
            try:
                article = self._library.article(article_id, version)
            except UnknownArticle:  # removed meanwhile
                continue
            statements = self._extractor.extract(article)
            self._library.put_statements(article_id, version, statements, self._extractor.fingerprint)
        return bool(pairs)

    def _bump(self) -> None:
        """Tell other processes that the vectors changed."""
        with self._lock:
            noted = self._library.noted(_GENERATION)
            following = str(int(noted or 0) + 1)
            self._library.note(_GENERATION, following)
            if noted == self._seen:
                self._seen = following


def cut_fingerprint(embedder: Embedder | None) -> str:
    """What makes passages, and so vectors, comparable: the chunker's version and the embedder."""
    return f"{chunking.VERSION}-{embedder.fingerprint if embedder else 'words'}"


def _count_words(texts: Sequence[str]) -> list[int]:
    """A rough measure for when there is no tokenizer: four word pieces for three words."""
    return [len(text.split()) * 4 // 3 + 1 for text in texts]
