"""Haystack, as its tutorial on hybrid retrieval sets it up, without the ranker, whose weights no package brings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from rag.providers.minilm import MiniLM

REQUIREMENTS = ("haystack-ai==3.4.0",)
SETUP = "DocumentSplitter 150 words, BM25 and vectors in memory, reciprocal rank fusion"


class Peer:
    def __init__(self, home: Path) -> None:
        self._model = MiniLM()
        self._store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        self._words = InMemoryBM25Retriever(self._store)
        self._near = InMemoryEmbeddingRetriever(self._store)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def add(self, articles: list[dict[str, Any]]) -> None:
        documents = [Document(content=item["text"], meta={"article": item["id"]}) for item in articles]
        splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=10)
        splitter.warm_up()
        cut = splitter.run(documents)["documents"]
        vectors = self._model.embed([item.content for item in cut], "document")
        self._store.write_documents(
            [replace(item, embedding=vector.tolist()) for item, vector in zip(cut, vectors, strict=True)]
        )

    def search(self, question: str, k: int) -> list[str]:
        asked = self._model.embed([question], "query")[0].tolist()
        lists = [
            self._words.run(question, top_k=k)["documents"],
            self._near.run(asked, top_k=k)["documents"],
        ]
        return [item.meta["article"] for item in self._joiner.run(lists, top_k=k)["documents"]]
