"""Vectors in an embedded Chroma: ids, vectors and filter fields only; texts stay in the library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import chromadb
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout

from rag.domain import Filters
from rag.errors import LibraryBusy, StoreError
from rag.stores.base import FOREVER, VectorRow, Vectors
from rag.text.canonical import fold

_SPACE = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="ip", ef_construction=200, ef_search=200))


class ChromaVectors:
    """A VectorStore on a folder. One collection per `fingerprint`, so vectors that don't compare never meet.

    Several processes may share the folder: writes take turns by a lock file beside it. What another process wrote is
    seen after `refresh`, since an embedded Chroma keeps its graph in memory.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._name = fingerprint
        self._lock = threading.RLock()
        self._turn = FileLock(folder.with_suffix(".lock"), timeout=60)
        self._client: Client | None = None
        self._kept: Collection | None = None

    def upsert(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Store or replace; idempotent. Raises StoreError."""
        if not rows:
            return
        with self._writing() as collection:
            step = self._open_client().get_max_batch_size()
            for at in range(0, len(rows), step):
                part = rows[at : at + step]
                collection.upsert(
                    ids=[row.passage_id for row in part],
                    embeddings=vectors[at : at + step],
                    metadatas=[_fields(row) for row in part],
                )

    def remove(self, article_ids: Sequence[str]) -> None:
        """Forget every passage of these articles; unknown ids are fine."""
        with self._writing() as collection:
            for article_id in article_ids:
                collection.delete(where={"article": article_id})

    def nearest(
        self, vector: Vectors, *, k: int, filters: Filters, articles: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` passages nearest to one unit vector, best first, with their cosine."""
        if k < 1 or articles == []:
            return []
        with self._reading() as collection:
            found = collection.query(
                query_embeddings=[vector.tolist()], n_results=k, where=_where(filters, articles), include=["distances"]
            )
        ids, distances = found["ids"], found["distances"]
        return [(key, 1.0 - far) for key, far in zip(ids[0], distances[0], strict=True)] if distances else []

    def count(self) -> int:
        """Passages held."""
        with self._reading() as collection:
            return collection.count()

    def clear(self) -> None:
        """Forget everything, collections of other fingerprints included."""
        with self._writing():
            client = self._open_client()
            for name in [item.name for item in client.list_collections()]:
                client.delete_collection(name)
            self._kept = None

    def refresh(self) -> None:
        """See what other processes wrote."""
        self.close()

    def close(self) -> None:
        """Let go of the folder; the next use opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = self._kept = None

    def _open_client(self) -> Client:
        if self._client is None:
            client = chromadb.PersistentClient(str(self._folder), settings=ChromaSettings(anonymized_telemetry=False))
            self._client = cast("Client", client)  # declared as its base class, which lacks close()
        return self._client

    def _collection(self) -> Collection:
        if self._kept is None:
            self._kept = self._open_client().get_or_create_collection(
                self._name, embedding_function=None, configuration=_SPACE
            )
        return self._kept

    @contextmanager
    def _writing(self) -> Iterator[Collection]:
        try:
            with self._turn, self._reading() as collection:
                yield collection
        except Timeout as exc:
            raise LibraryBusy("Another process is writing the vectors. Try again when it is done.") from exc

    @contextmanager
    def _reading(self) -> Iterator[Collection]:
        with self._lock, _mapped(self._folder, self.close):
            yield self._collection()


@contextmanager
def _mapped(folder: Path, close: Callable[[], None]) -> Iterator[None]:
    """Chroma's own errors as ours, with the remedy; the client is let go, since it may be what is broken."""
    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError) as exc:
        close()
        raise StoreError(f"The vector index {folder} failed ({exc}). `onrecord reindex` builds it anew.") from exc


def _fields(row: VectorRow) -> dict[str, str | int]:
    fields: dict[str, str | int | None] = {
        "article": row.article_id,
        "outlet": row.outlet,
        "language": row.language,
        "published": row.published,
        "known_from": row.known_from,
        "known_to": row.known_to,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _where(filters: Filters, articles: Sequence[str] | None) -> dict[str, Any]:
    """The filters in Chroma's words. `speaker` is not among them: the caller turns it into `articles`."""
    wanted: list[dict[str, Any]] = []
    if filters.outlet:
        wanted.append({"outlet": fold(filters.outlet)})
    if filters.language:
        wanted.append({"language": filters.language})
    if filters.article:
        wanted.append({"article": filters.article})
    if filters.since:
        wanted.append({"published": {"$gte": _day(filters.since.isoformat())}})
    if filters.until:
        wanted.append({"published": {"$lte": _day(filters.until.isoformat())}})
    if articles is not None:
        wanted.append({"article": {"$in": list(articles)}})
    if filters.as_of:
        moment = filters.moment
        wanted += [{"known_from": {"$lte": moment}}, {"known_to": {"$gt": moment}}]
    else:
        wanted.append({"known_to": FOREVER})
    return wanted[0] if len(wanted) == 1 else {"$and": wanted}


def _day(value: str) -> int:
    return int(value.replace("-", ""))
