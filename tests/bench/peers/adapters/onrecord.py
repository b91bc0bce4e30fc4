"""onrecord itself, through its door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag import Newsroom, Settings

SETUP = "as installed: 240 word pieces, BM25 and vectors combined by score, outlets and parts of a question recognised"


class Peer:
    def __init__(self, home: Path) -> None:
        self._room = Newsroom.open(Settings(home=home))
        self._names: dict[str, str] = {}

    def add(self, articles: list[dict[str, Any]]) -> None:
        for item in articles:
            result = self._room.add_text(
                item["text"], title=item["title"], outlet=item["outlet"], published=item["published"]
            )
            if article := result.of or result.article_id:
                self._names.setdefault(article, item["id"])
        while self._room.pending().get("vectors"):
            self._room.wait(0.1)
        self._room._parts.indexer.close()  # search needs no statements, and no peer makes any

    def search(self, question: str, k: int) -> list[str]:
        hits = self._room.search(question, k=k)
        return [self._names[hit.article_id] for hit in hits if hit.article_id in self._names]
