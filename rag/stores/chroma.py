"""Vectors in Chroma, in a folder or on a server: ids and vectors only; texts and filters belong to the library."""

from __future__ import annotations

import errno
import logging
import math
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError
from filelock import FileLock, Timeout

from rag import logs
from rag.errors import BadSettings, LibraryBusy, StoreError, StoreUnavailable
from rag.stores import integrity
from rag.stores.base import CHROMA_DATABASE, VectorRow, Vectors
from rag.stores.sqlite import check_path, disk_is_full

_SPACE = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="ip", ef_construction=200, ef_search=200))
_BATCH = 500
_ARTICLE_FIELD = "article"  # the metadata of a vector, for removing it with its article
_PAGE = 10_000
# So few allowed passages are compared exhaustively, which is faster than a search of the graph, as that visits the more
# nodes the fewer are allowed. The limit is three times the square root of the graph's size, measured with 100,000,
# 210,000 and 390,000 passages, in a folder and on a server.
_EXACT_AT_LEAST, _EXACT_PER_ROOT = 100, 3
# The more results are requested, the better the recall of the graph. With a million passages, 20 results contain .87 of
# the ten nearest, 400 .92, 800 .993 in 16 ms; with 100,000, the 200 that it always visits contain all. Hence this many
# results, as a multiple of the square root of its size:
_RESULTS_PER_ROOT = 0.8
_CLOUD_DOMAIN, _CLOUD_MAX_RESULTS = ".trychroma.com", 300  # the default quota for results of a query
_EXTRA_RESULTS, _TIE_DIGITS = 10, 6  # passages beyond the requested ones, for ties; decimal places that decide a tie
_COUNT_SECONDS = 60.0  # a count is reused for so long; counting a million takes a tenth of a second
_UNKNOWN_ID = "finding id"  # in Chroma's error; for ids that exist it means damage
# The messages of Chroma's core about unreadable files; with a message of `_TRANSIENT` the files are not at fault.
_DAMAGE = re.compile(
    r"malformed|not a database|finding id|deserializ|no such (table|column)|loading hnsw index|parse hnsw config",
    re.IGNORECASE,
)
_TRANSIENT = re.compile(r"permission denied|too many open files|cannot allocate|resource temporarily", re.IGNORECASE)
_DISK_FULL = re.compile(r"is full|No space left|File too large|quota exceeded|os error (27|28|122)\b", re.IGNORECASE)
_DISK_FULL_CODES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_IO_ERROR = "disk I/O error"  # SQLite's message, also for a full disk
_CONNECT_SECONDS, _ANSWER_SECONDS, _RETRY_SECONDS = 3.0, 30.0, 5.0
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class _Runner(Protocol):
    """Runs an operation on the collection, and raises its errors as our own."""

    def __call__(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result: ...


class _ChromaStore:
    """The common part of both stores. Each `fingerprint` has its own collection: incomparable vectors never mix."""

    loss_notice: str | None = None
    _max_results = 100_000  # results of a query
    _cached_count: tuple[float, int] = (-math.inf, 0)  # until when the count is used, and the count
    _name: str  # of the collection
    _lock: threading.RLock
    _cached_collection: Collection | None = None
    _open: Callable[[], Client]
    _run: _Runner

    def upsert(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Insert or replace; idempotent. Raises StoreError."""

        def work(collection: Collection) -> None:
            step = self._open().get_max_batch_size()
            for at in range(0, len(rows), step):
                batch = rows[at : at + step]
                collection.upsert(
                    ids=[row.passage_id for row in batch],
                    embeddings=vectors[at : at + step],
                    metadatas=[{_ARTICLE_FIELD: row.article_id} for row in batch],
                )

        if rows:
            self._run(work, writes=True)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Delete every passage of these articles, in collections of other fingerprints too; unknown ids are ignored."""

        def work(_: Collection) -> None:
            for collection in self._own_collections():
                for at in range(0, len(article_ids), _BATCH):
                    condition: dict[str, Any] = {_ARTICLE_FIELD: {"$in": list(article_ids[at : at + _BATCH])}}
                    collection.delete(where=condition)

        if article_ids:
            self._run(work, writes=True)

    def drop(self, passage_ids: Sequence[str]) -> None:
        """Delete these passages; unknown ids are ignored."""

        def work(collection: Collection) -> None:
            for at in range(0, len(passage_ids), _BATCH):
                collection.delete(ids=list(passage_ids[at : at + _BATCH]))

        if passage_ids:
            self._run(work, writes=True)

    def nearest(self, vector: Vectors, *, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages nearest to one unit vector, best first, with their cosine; ties are ordered by id.

        A small set of passages is compared exhaustively, which is exact.
        """

        def work(collection: Collection) -> list[tuple[str, float]]:
            root = math.sqrt(self._recent_count(collection))
            if among is not None and len(among) <= max(_EXACT_AT_LEAST, _EXACT_PER_ROOT * root):
                return _exact_cosines(collection, vector, among)
            return _query_graph(
                collection,
                vector,
                max(k + _EXTRA_RESULTS, min(math.ceil(_RESULTS_PER_ROOT * root), self._max_results)),
                among,
            )

        return _top_k(self._run(work), k) if k >= 1 and among != [] else []

    def count(self) -> int:
        """How many passages it holds."""
        return self._run(lambda collection: collection.count())

    def ids(self) -> set[str]:
        """The ids of all its passages."""

        def work(collection: Collection) -> set[str]:
            ids: set[str] = set()
            while page := collection.get(include=[], limit=_PAGE, offset=len(ids))["ids"]:
                ids.update(page)
            return ids

        return self._run(work)

    def pages(self) -> Iterator[tuple[list[VectorRow], Vectors]]:
        """Everything in batches, to be copied into another store; what is written meanwhile may come twice or not at
        all.
        """
        at = 0
        while True:
            offset = at
            page = self._run(
                lambda collection, offset=offset: collection.get(  # type: ignore[misc]
                    include=["embeddings", "metadatas"], limit=_BATCH, offset=offset
                )
            )
            if not page["ids"]:
                return
            at += len(page["ids"])
            pairs = zip(page["ids"], page["metadatas"] or (), strict=True)
            rows = [VectorRow(passage_id=key, article_id=str(fields[_ARTICLE_FIELD])) for key, fields in pairs]
            yield rows, np.asarray(page["embeddings"], dtype=np.float32)

    def _recent_count(self, collection: Collection) -> int:
        """How many passages it held at most a minute ago."""
        until, count = self._cached_count
        if time.monotonic() > until:
            count = collection.count()
            self._cached_count = (time.monotonic() + _COUNT_SECONDS, count)
        return count

    def _collection(self) -> Collection:
        with self._lock:
            if self._cached_collection is None:
                self._cached_collection = self._open().get_or_create_collection(
                    self._name, embedding_function=None, configuration=_SPACE
                )
            return self._cached_collection

    def _own_collections(self) -> Iterator[Collection]:
        """The collections of this library."""
        yield from self._open().list_collections()


class ChromaVectors(_ChromaStore):
    """A VectorStore in a folder.

    Chroma writes its graph over the old files, so a process that is killed meanwhile leaves files that mislead the next
    one or crash it; and a process that holds an older graph may write it over a newer one. Therefore every operation,
    reading included, takes turns by a lock file, and leaves the files sealed. A process that finds a seal other than
    its own opens the folder again; files that do not match their seal are deleted, and `loss_notice` says so.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        check_path(folder / CHROMA_DATABASE)
        folder.mkdir(parents=True, exist_ok=True)
        self._closed = False
        self.loss_notice: str | None = None
        self._folder = folder
        self._name = fingerprint
        self._lock = threading.RLock()
        self._file_lock = FileLock(folder.with_suffix(".lock"), timeout=60, poll_interval=0.01)
        self._seal_file = folder.with_suffix(".seal")
        self._seal = integrity.Seal()
        self._client: Client | None = None

    @property
    def place(self) -> str:
        """Where the vectors are, for people."""
        return str(self._folder)

    def version(self) -> str:
        """`Chroma …, embedded`."""
        return f"Chroma {chromadb.__version__}, embedded"

    def clear(self) -> None:
        """Delete everything, including collections of other fingerprints."""
        with self._lock, self._exclusive():
            self._wipe()

    def close(self) -> None:
        """Release the folder after the current operation. Later operations raise StoreError."""
        with self._lock:
            self._closed = True
            self._drop_client()

    def _drop_client(self) -> None:
        """Close the client; the next operation opens the folder again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = self._cached_collection = None

    def _run(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result:
        """Run an operation in turn, on the files as they are now; if they turn out damaged, once more on empty ones."""
        with self._lock, self._exclusive():
            if self._closed:
                raise StoreError(f"The vector index {self._folder} has since been closed. Open the library again.")
            try:
                return self._run_sealed(work, writes)
            except _DamagedIndex as exc:
                _log.warning("the vector index is damaged and made again", extra=logs.fields(**logs.error_fields(exc)))
                self._wipe()
                self.loss_notice = f"The vector index was damaged ({exc}); it will be rebuilt from the library."
                return self._run_sealed(work, writes)

    def _run_sealed(self, work: Callable[[Collection], Result], writes: bool) -> Result:
        with _translate_errors(self._folder, self._drop_client):
            seal = integrity.read_seal(self._seal_file)
            if self._client is None or seal.generation != self._seal.generation:
                self._drop_client()
                if name := integrity.first_mismatch(seal, self._folder):
                    raise _DamagedIndex(f"{name} was left half-written")
            self._seal = seal
            result = work(self._collection())
            self._seal = integrity.renew_seal(self._seal_file, self._folder, seal, changed=writes)
            return result

    def _wipe(self) -> None:
        self._drop_client()
        with _translate_errors(self._folder, self._drop_client):
            shutil.rmtree(self._folder, ignore_errors=False)
            self._folder.mkdir()
            self._seal = integrity.renew_seal(
                self._seal_file, self._folder, integrity.read_seal(self._seal_file), changed=True
            )

    def _open(self) -> Client:
        if self._client is None:
            # Chroma shares one core among all clients of a folder, even one that failed to start or is out of date.
            SharedSystemClient._identifier_to_system.pop(str(self._folder), None)  # noqa: SLF001
            client = chromadb.PersistentClient(str(self._folder), settings=ChromaSettings(anonymized_telemetry=False))
            self._client = cast("Client", client)  # declared as its base class, which lacks close()
        return self._client

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        try:
            with self._file_lock:
                yield
        except Timeout as exc:
            raise LibraryBusy("Another process is using the vectors. Try again when it is done.") from exc


class ChromaServer(_ChromaStore):
    """A VectorStore on a Chroma server (`chroma run`, a cluster, or Chroma's cloud), for several processes.

    `address` is http://HOST:PORT, with /TENANT/DATABASE where these are not the default ones. `owner` identifies the
    library whose vectors these are: several may share a server. A server that can't be reached is not tried again for a
    few seconds. Raises BadSettings for an unusable address, StoreUnavailable while the server is down.
    """

    def __init__(self, address: str, fingerprint: str, *, owner: str, token: str | None = None) -> None:
        self._host, self._port, self._ssl, self._tenant, self._database = _parse_address(address)
        if self._host.endswith(_CLOUD_DOMAIN):
            self._max_results = _CLOUD_MAX_RESULTS
        self._place = f"{'https' if self._ssl else 'http'}://{self._host}:{self._port}"
        self.loss_notice = None
        self._name = f"{fingerprint}-{owner}"
        self._owner = owner
        self._token = token
        self._lock = threading.RLock()
        self._client: Client | None = None
        self._retry_at = 0.0
        self._closed = False

    @property
    def place(self) -> str:
        """Where the vectors are, for people."""
        return self._place

    def version(self) -> str:
        """`Chroma server …`. Raises StoreUnavailable."""
        return f"Chroma server {self._run(lambda _: self._open().get_version())}"

    def clear(self) -> None:
        """Delete all vectors of this library, including collections of other fingerprints."""

        def work(_: Collection) -> None:
            for collection in list(self._own_collections()):
                self._open().delete_collection(collection.name)

        self._run(work, writes=True)
        self._drop_client()

    def close(self) -> None:
        """Close the connections. Current and later operations raise StoreError."""
        self._closed = True
        self._drop_client(close=True)

    def _drop_client(self, *, close: bool = False) -> None:
        """Forget the client, which other threads may still use unless `close` is True; the next operation opens
        another.
        """
        with self._lock:
            client, self._client, self._cached_collection = self._client, None, None
        if client is not None and close:
            client._server._session.close()  # type: ignore[attr-defined] # noqa: SLF001  # Chroma's `close` leaves it open

    def _run(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result:
        self._check_open()
        if time.monotonic() < self._retry_at:
            raise self._mark_unreachable("it could not be a moment ago")
        try:
            try:
                return work(self._collection())
            except NotFoundError:  # another process cleared it, or the server restarted without its data
                self._drop_client()
                self.loss_notice = f"The vectors on {self.place} were gone; they will be rebuilt from the library."
                return work(self._collection())
        except (httpx.HTTPError, OSError) as exc:
            self._check_open()
            raise self._mark_unreachable(str(exc) or type(exc).__name__) from exc
        except (ChromaError, ValueError, RuntimeError) as exc:
            self._check_open()
            if any(word in str(exc).lower() for word in ("connect", "been closed")):  # also if another thread closed it
                raise self._mark_unreachable("no answer") from exc
            raise StoreError(f"The vectors on {self.place} failed ({exc}). Look at the server's log.") from exc

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The vectors on {self.place} have since been closed. Open the library again.")

    def _mark_unreachable(self, cause: str) -> StoreUnavailable:
        self._drop_client(close=True)
        if time.monotonic() >= self._retry_at:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        return StoreUnavailable(
            f"The vector server {self.place} can't be reached ({cause}). Start it, or check ONRECORD_CHROMA_URL."
        )

    def _open(self) -> Client:
        with self._lock:
            if self._client is None:
                settings = ChromaSettings(anonymized_telemetry=False)
                client = chromadb.HttpClient(
                    self._host,
                    self._port,
                    self._ssl,
                    {"x-chroma-token": self._token} if self._token else None,
                    settings,
                    self._tenant,
                    self._database,
                )
                # Chroma sets no timeout, and a server that hangs must not hang the question.
                client._server._session.timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)  # type: ignore[attr-defined] # noqa: SLF001
                self._client = cast("Client", client)
            return self._client

    def _own_collections(self) -> Iterator[Collection]:
        yield from (one for one in self._open().list_collections() if one.name.endswith(f"-{self._owner}"))


def _parse_address(address: str) -> tuple[str, int, bool, str, str]:
    """Host, port, whether encrypted, tenant and database of an address. Raises BadSettings."""
    hint = "it must be http://HOST:PORT, with /TENANT/DATABASE if these are other than the default ones"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise BadSettings(f"Setting ONRECORD_CHROMA_URL can't be used: {hint}.") from None
    path = [part for part in parts.path.split("/") if part]
    if parts.scheme not in ("http", "https") or not parts.hostname or len(path) not in (0, 2):
        raise BadSettings(f"Setting ONRECORD_CHROMA_URL can't be used: {hint}.")
    if parts.username or parts.password:
        raise BadSettings("ONRECORD_CHROMA_URL holds a password: give a token as ONRECORD_CHROMA_TOKEN instead.")
    ssl = parts.scheme == "https"
    tenant, database = path or (DEFAULT_TENANT, DEFAULT_DATABASE)
    return parts.hostname, port or (443 if ssl else 8000), ssl, tenant, database


class _DamagedIndex(StoreError):
    """The files of the index can't be trusted."""


@contextmanager
def _translate_errors(folder: Path, close: Callable[[], None]) -> Iterator[None]:
    """Raise Chroma's errors as our own, with the remedy. Drops the client, since it may be what is broken."""
    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError) as exc:
        close()
        if _is_full(exc, folder):
            raise StoreError(f"No space is left for the vector index {folder}. Free some; articles are safe.") from exc
        if _DAMAGE.search(str(exc)) and not _TRANSIENT.search(str(exc)):
            raise _DamagedIndex(str(exc)) from exc
        raise StoreError(f"The vector index {folder} failed ({exc}). `onrecord reindex` rebuilds it.") from exc
    except BaseException as exc:
        if type(exc).__name__ != "PanicException":  # Chroma's core died; not a subclass of Exception
            raise
        close()
        raise StoreError(f"The vector index {folder} failed ({exc}). `onrecord reindex` rebuilds it.") from exc


def _is_full(exc: Exception, folder: Path) -> bool:
    """True for a full disk. Its errors often also mention damage, since nothing could be written."""
    if getattr(exc, "errno", None) in _DISK_FULL_CODES or _DISK_FULL.search(str(exc)):
        return True
    return _IO_ERROR in str(exc) and disk_is_full(folder)


def _top_k(hits: Iterable[tuple[str, float]], k: int) -> list[tuple[str, float]]:
    # Equal to a millionth is a tie, so neither the order of insertion nor the size of a batch decides.
    ranked = sorted((-round(float(cosine), _TIE_DIGITS), key) for key, cosine in hits)
    return [(key, -nearness) for nearness, key in ranked[:k]]


def _query_graph(
    collection: Collection, vector: Vectors, k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    """The nearest passages by the graph, with their cosine."""

    def ask(ids: list[str] | None) -> list[tuple[str, float]]:
        reply = collection.query(query_embeddings=[vector.tolist()], n_results=k, ids=ids, include=["distances"])
        distances = reply["distances"]
        return list(zip(reply["ids"][0], (1.0 - far for far in distances[0]), strict=True)) if distances else []

    if among is None:
        return ask(None)
    try:
        return ask(list(among))
    except ChromaError as exc:
        if _UNKNOWN_ID not in str(exc):
            raise
        # An id does not exist, for example while vectors are being made. Checking first would take longer.
        existing = collection.get(ids=list(among), include=[])["ids"]
        return ask(existing) if existing else []


def _exact_cosines(collection: Collection, vector: Vectors, ids: Sequence[str]) -> list[tuple[str, float]]:
    """The cosine of each of these passages that exist."""
    rows = collection.get(ids=list(ids), include=["embeddings"])
    if not rows["ids"]:
        return []
    vectors = np.asarray(rows["embeddings"], dtype=np.float32)
    return list(zip(rows["ids"], (vectors @ vector).tolist(), strict=True))
