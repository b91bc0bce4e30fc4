"""txtai with its hybrid index: sparse and dense scores joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from txtai import Embeddings

from rag.providers.minilm import MiniLM

REQUIREMENTS = ("torch==2.13.0", "txtai==9.14.0")
SETUP = "pieces of 150 words, hybrid index (BM25 and Faiss)"
WORDS = 150


class Peer:
    def __init__(self, home: Path) -> None:
        model = MiniLM()
        self._index = Embeddings(
            method="external", transform=lambda texts: model.embed(list(texts), "document"), hybrid=True, content=False
        )

    def add(self, articles: list[dict[str, Any]]) -> None:
        pieces = []
        for item in articles:
            words = item["text"].split()
            pieces += [
                (f"{item['id']}\t{at}", " ".join(words[at : at + WORDS]), None) for at in range(0, len(words), WORDS)
            ]
        self._index.index(pieces)

    def search(self, question: str, k: int) -> list[str]:
        return [key.split("\t")[0] for key, _ in self._index.search(question, k)]
