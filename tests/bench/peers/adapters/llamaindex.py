"""LlamaIndex, as its starter example sets it up: sentences of 1,024 tokens, vectors in memory, metadata embedded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter

from rag.providers.minilm import MiniLM

REQUIREMENTS = ("llama-index-core==0.14.25",)
SETUP = "SentenceSplitter within the model's window (240), VectorStoreIndex in memory, title, outlet and day embedded"
MODEL = MiniLM()


class Model(BaseEmbedding):
    def _get_text_embedding(self, text: str) -> list[float]:
        return MODEL.embed([text], "document")[0].tolist()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return MODEL.embed(texts, "document").tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return MODEL.embed([query], "query")[0].tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class Peer:
    def __init__(self, home: Path) -> None:
        self._model = Model(embed_batch_size=32)

    def add(self, articles: list[dict[str, Any]]) -> None:
        documents = [
            Document(
                text=item["text"],
                doc_id=item["id"],
                metadata={name: item[name] for name in ("title", "outlet", "published") if item[name]},
            )
            for item in articles
        ]
        splitter = SentenceSplitter(
            chunk_size=240, chunk_overlap=20, tokenizer=lambda text: [0] * MODEL.count([text])[0]
        )
        self._index = VectorStoreIndex.from_documents(documents, transformations=[splitter], embed_model=self._model)

    def search(self, question: str, k: int) -> list[str]:
        return [found.node.ref_doc_id for found in self._index.as_retriever(similarity_top_k=k).retrieve(question)]
