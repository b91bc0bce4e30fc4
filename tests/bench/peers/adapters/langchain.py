"""LangChain with Chroma, as its documentation's retrieval tutorial sets it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.providers.minilm import MiniLM

REQUIREMENTS = ("langchain-chroma==1.1.0", "langchain-text-splitters==1.1.3", "langchain-core==1.7.2")
SETUP = "RecursiveCharacterTextSplitter 1000/200, Chroma, similarity search"


class Model(Embeddings):
    def __init__(self) -> None:
        self._model = MiniLM()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed(texts, "document").tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed([text], "query")[0].tolist()


class Peer:
    def __init__(self, home: Path) -> None:
        self._store = Chroma("articles", Model(), persist_directory=str(home))

    def add(self, articles: list[dict[str, Any]]) -> None:
        documents = [
            Document(item["text"], metadata={name: item[name] or "" for name in ("id", "title", "outlet", "published")})
            for item in articles
        ]
        cut = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
        self._store.add_documents(cut)

    def search(self, question: str, k: int) -> list[str]:
        return [item.metadata["id"] for item in self._store.similarity_search(question, k=k)]
