"""Vectors in Chroma, in a folder or on a server: ids and vectors only; texts and filters are the library's."""

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
from rag.stores.base import CATALOGUE, VectorRow, Vectors
from rag.stores.sqlite import check_path, no_room

_SPACE = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="ip", ef_construction=200, ef_search=200))
_IDS_AT_ONCE = 500
_ARTICLE = "article"  # what is kept beside a vector, for removing
_PAGE = 10_000
# To compare so few passages one by one takes less than to walk the graph for them, which visits the more of it the
# fewer are allowed: three times the square root of its size, measured with 100,000, 210,000 and 390,000 passages, in a
# folder and on a server.
_ONE_BY_ONE, _ROOTS = 100, 3
# The graph finds the nearest the more surely the more it is asked for. Of a million passages, 20 asked for bring .87 of
# the ten nearest, 400 .92, 800 .993 in 16 ms; of 100,000 the 200 that it always looks at bring all. So many roots:
_ASKED = 0.8
_CLOUD, _CLOUDS_QUOTA = ".trychroma.com", 300  # results of a query, unless Chroma was asked for more
_SPARE, _DIGITS = 10, 6  # passages beyond those asked for, among which the last of these may tie
_SECONDS_COUNTED = 60.0  # to count a million takes a tenth of a second
_UNKNOWN = "finding id"  # in Chroma's error; of ids that are there it means damage
# What Chroma's core says of files that it cannot read any more, unless the system refused it something for now.
_DAMAGE = re.compile(
    r"malformed|not a database|finding id|deserializ|no such (table|column)|loading hnsw index|parse hnsw config",
    re.IGNORECASE,
)
_FOR_NOW = re.compile(r"permission denied|too many open files|cannot allocate|resource temporarily", re.IGNORECASE)
_FULL = re.compile(r"is full|No space left|File too large|quota exceeded|os error (27|28|122)\b", re.IGNORECASE)
_FULL_CODES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNWRITTEN = "disk I/O error"  # as SQLite says it of a full disk, too
_SECONDS_TO_REACH, _SECONDS_TO_ANSWER, _SECONDS_AWAY = 3.0, 30.0, 5.0
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class _Doing(Protocol):
    """Does some work on the collection, and tells faults as our own errors."""

    def __call__(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result: ...


class _Collections:
    """What both do alike with the collection of one `fingerprint`: vectors that don't compare never meet."""

    lost: str | None = None
    _most = 100_000  # results of a query
    _counted: tuple[float, int] = (-math.inf, 0)  # until when a count will do, and the count
    _open: Callable[[], Client]
    _do: _Doing

    def upsert(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Store or replace; idempotent. Raises StoreError."""

        def work(collection: Collection) -> None:
            step = self._open().get_max_batch_size()
            for at in range(0, len(rows), step):
                part = rows[at : at + step]
                collection.upsert(
                    ids=[row.passage_id for row in part],
                    embeddings=vectors[at : at + step],
                    metadatas=[{_ARTICLE: row.article_id} for row in part],
                )

        if rows:
            self._do(work, writes=True)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Forget every passage of these articles, in collections of other fingerprints too; unknown ids are fine."""

        def work(_: Collection) -> None:
            for collection in self._own():
                for at in range(0, len(article_ids), _IDS_AT_ONCE):
                    some: dict[str, Any] = {_ARTICLE: {"$in": list(article_ids[at : at + _IDS_AT_ONCE])}}
                    collection.delete(where=some)

        if article_ids:
            self._do(work, writes=True)

    def drop(self, passage_ids: Sequence[str]) -> None:
        """Forget these passages; unknown ids are fine."""

        def work(collection: Collection) -> None:
            for at in range(0, len(passage_ids), _IDS_AT_ONCE):
                collection.delete(ids=list(passage_ids[at : at + _IDS_AT_ONCE]))

        if passage_ids:
            self._do(work, writes=True)

    def nearest(self, vector: Vectors, *, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages nearest to one unit vector, best first, with their cosine; ties fall by id.

        A few passages are compared one by one, which is exact.
        """

        def work(collection: Collection) -> list[tuple[str, float]]:
            root = math.sqrt(self._size(collection))
            if among is not None and len(among) <= max(_ONE_BY_ONE, _ROOTS * root):
                return _compared(collection, vector, among)
            return _queried(collection, vector, max(k + _SPARE, min(math.ceil(_ASKED * root), self._most)), among)

        return _best(self._do(work), k) if k >= 1 and among != [] else []

    def count(self) -> int:
        """Passages held."""
        return self._do(lambda collection: collection.count())

    def ids(self) -> set[str]:
        """The ids of all passages held."""

        def work(collection: Collection) -> set[str]:
            held: set[str] = set()
            while page := collection.get(include=[], limit=_PAGE, offset=len(held))["ids"]:
                held.update(page)
            return held

        return self._do(work)

    def pages(self) -> Iterator[tuple[list[VectorRow], Vectors]]:
        """All that is held, to be put into another store; what is written meanwhile may come twice or not at all."""
        at = 0
        while True:
            offset = at
            page = self._do(
                lambda collection, offset=offset: collection.get(  # type: ignore[misc]
                    include=["embeddings", "metadatas"], limit=_IDS_AT_ONCE, offset=offset
                )
            )
            if not page["ids"]:
                return
            at += len(page["ids"])
            pairs = zip(page["ids"], page["metadatas"] or (), strict=True)
            rows = [VectorRow(passage_id=key, article_id=str(fields[_ARTICLE])) for key, fields in pairs]
            yield rows, np.asarray(page["embeddings"], dtype=np.float32)

    def _size(self, collection: Collection) -> int:
        """How many passages it held lately."""
        until, count = self._counted
        if time.monotonic() > until:
            count = collection.count()
            self._counted = (time.monotonic() + _SECONDS_COUNTED, count)
        return count

    def _own(self) -> Iterator[Collection]:
        """The collections of this library."""
        yield from self._open().list_collections()


class ChromaVectors(_Collections):
    """A VectorStore on a folder.

    Chroma writes its graph over the old files, so a process killed meanwhile leaves files that mislead the next one or
    crash it; and one that holds an older graph may write it over a newer. Therefore every operation, reading included,
    waits its turn by a lock file, and leaves the files sealed. Whoever finds a seal that is not its own opens the
    folder again; files that don't fit their seal are thrown away, and `lost` says so.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        check_path(folder / CATALOGUE)
        folder.mkdir(parents=True, exist_ok=True)
        self._closed = False
        self.lost: str | None = None
        self._folder = folder
        self._name = fingerprint
        self._lock = threading.RLock()
        self._turn = FileLock(folder.with_suffix(".lock"), timeout=60, poll_interval=0.01)
        self._seal_file = folder.with_suffix(".seal")
        self._seal = integrity.Seal()
        self._client: Client | None = None
        self._kept: Collection | None = None

    @property
    def place(self) -> str:
        """Where the vectors are, as people read it."""
        return str(self._folder)

    def version(self) -> str:
        """`Chroma …, embedded`."""
        return f"Chroma {chromadb.__version__}, embedded"

    def clear(self) -> None:
        """Forget everything, collections of other fingerprints included."""
        with self._lock, self._in_turn():
            self._wipe()

    def close(self) -> None:
        """Let go of the folder, once the work in hand is done. Whoever comes later gets a StoreError."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        """Close the client; the next work opens the folder again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = self._kept = None

    def _do(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result:
        """Do some work in turn, on the files as they are now; once more on empty ones if these turn out damaged."""
        with self._lock, self._in_turn():
            if self._closed:
                raise StoreError(f"The vector index {self._folder} was closed meanwhile. Open the library again.")
            try:
                return self._work(work, writes)
            except _Damaged as exc:
                _log.warning("the vector index is damaged and made again", extra=logs.fields(**logs.error_fields(exc)))
                self._wipe()
                self.lost = f"The vector index was damaged ({exc}); it is made again from the library."
                return self._work(work, writes)

    def _work(self, work: Callable[[Collection], Result], writes: bool) -> Result:
        with _mapped(self._folder, self._let_go):
            current = integrity.read(self._seal_file)
            if self._client is None or current.generation != self._seal.generation:
                self._let_go()
                if name := integrity.broken(current, self._folder):
                    raise _Damaged(f"{name} was left half-written")
            self._seal = current
            done = work(self._collection())
            self._seal = integrity.renew(self._seal_file, self._folder, current, written=writes)
            return done

    def _wipe(self) -> None:
        self._let_go()
        with _mapped(self._folder, self._let_go):
            shutil.rmtree(self._folder, ignore_errors=False)
            self._folder.mkdir()
            self._seal = integrity.renew(self._seal_file, self._folder, integrity.read(self._seal_file), written=True)

    def _open(self) -> Client:
        if self._client is None:
            # Chroma hands out the same core to all who name a folder, even one that failed to start or is out of date.
            SharedSystemClient._identifier_to_system.pop(str(self._folder), None)  # noqa: SLF001
            client = chromadb.PersistentClient(str(self._folder), settings=ChromaSettings(anonymized_telemetry=False))
            self._client = cast("Client", client)  # declared as its base class, which lacks close()
        return self._client

    def _collection(self) -> Collection:
        if self._kept is None:
            self._kept = self._open().get_or_create_collection(
                self._name, embedding_function=None, configuration=_SPACE
            )
        return self._kept

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        try:
            with self._turn:
                yield
        except Timeout as exc:
            raise LibraryBusy("Another process holds the vectors for long. Try again when it is done.") from exc


class ChromaServer(_Collections):
    """A VectorStore on a Chroma server (`chroma run`, a cluster, or Chroma's cloud), for several processes.

    `address` is http://HOST:PORT, with /TENANT/DATABASE where these are not the default ones. `owner` names the library
    whose vectors these are: several may share a server. A server that can't be reached is not tried again for a few
    seconds. Raises BadSettings for an address that can't be used, StoreUnavailable while the server is away.
    """

    def __init__(self, address: str, fingerprint: str, *, owner: str, token: str | None = None) -> None:
        self._host, self._port, self._ssl, self._tenant, self._base = _server(address)
        if self._host.endswith(_CLOUD):
            self._most = _CLOUDS_QUOTA
        self._place = f"{'https' if self._ssl else 'http'}://{self._host}:{self._port}"
        self.lost = None
        self._name = f"{fingerprint}-{owner}"
        self._owner = owner
        self._token = token
        self._lock = threading.RLock()
        self._client: Client | None = None
        self._kept: Collection | None = None
        self._away_until = 0.0
        self._closed = False

    @property
    def place(self) -> str:
        """Where the vectors are, as people read it."""
        return self._place

    def version(self) -> str:
        """`Chroma server …`. Raises StoreUnavailable."""
        return f"Chroma server {self._do(lambda _: self._open().get_version())}"

    def clear(self) -> None:
        """Forget everything of this library, collections of other fingerprints included."""

        def work(_: Collection) -> None:
            for collection in list(self._own()):
                self._open().delete_collection(collection.name)

        self._do(work, writes=True)
        self._let_go()

    def close(self) -> None:
        """Close the connections. Whoever is at work or comes later gets a StoreError."""
        self._closed = True
        self._let_go(close=True)

    def _let_go(self, *, close: bool = False) -> None:
        """Forget the client, which others may still use unless it is to `close`; the next work opens another."""
        with self._lock:
            client, self._client, self._kept = self._client, None, None
        if client is not None and close:
            client._server._session.close()  # type: ignore[attr-defined] # noqa: SLF001  # which Chroma's `close` leaves

    def _do(self, work: Callable[[Collection], Result], *, writes: bool = False) -> Result:
        self._check_open()
        if time.monotonic() < self._away_until:
            raise self._gone("it could not be a moment ago")
        try:
            try:
                return work(self._collection())
            except NotFoundError:  # another process cleared it, or the server came back without its data
                self._let_go()
                self.lost = f"The vectors on {self.place} were gone; they are made again from the library."
                return work(self._collection())
        except (httpx.HTTPError, OSError) as exc:
            self._check_open()
            raise self._gone(str(exc) or type(exc).__name__) from exc
        except (ChromaError, ValueError, RuntimeError) as exc:
            self._check_open()
            if any(word in str(exc).lower() for word in ("connect", "been closed")):  # by whoever found it away, too
                raise self._gone("no answer") from exc
            raise StoreError(f"The vectors on {self.place} failed ({exc}). Look at the server's log.") from exc

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"The vectors on {self.place} were closed meanwhile. Open the library again.")

    def _gone(self, cause: str) -> StoreUnavailable:
        self._let_go(close=True)
        if time.monotonic() >= self._away_until:
            self._away_until = time.monotonic() + _SECONDS_AWAY
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
                    self._base,
                )
                # Chroma sets no limit of time, and a server that hangs must not hang the question.
                client._server._session.timeout = httpx.Timeout(_SECONDS_TO_ANSWER, connect=_SECONDS_TO_REACH)  # type: ignore[attr-defined] # noqa: SLF001
                self._client = cast("Client", client)
            return self._client

    def _collection(self) -> Collection:
        with self._lock:
            if self._kept is None:
                self._kept = self._open().get_or_create_collection(
                    self._name, embedding_function=None, configuration=_SPACE
                )
            return self._kept

    def _own(self) -> Iterator[Collection]:
        yield from (one for one in self._open().list_collections() if one.name.endswith(f"-{self._owner}"))


def _server(address: str) -> tuple[str, int, bool, str, str]:
    """Host, port, whether encrypted, tenant and database of an address."""
    wanted = "it must be http://HOST:PORT, with /TENANT/DATABASE if these are other than the default ones"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise BadSettings(f"Setting ONRECORD_CHROMA_URL can't be used: {wanted}.") from None
    path = [part for part in parts.path.split("/") if part]
    if parts.scheme not in ("http", "https") or not parts.hostname or len(path) not in (0, 2):
        raise BadSettings(f"Setting ONRECORD_CHROMA_URL can't be used: {wanted}.")
    if parts.username or parts.password:
        raise BadSettings("ONRECORD_CHROMA_URL holds a password: give a token as ONRECORD_CHROMA_TOKEN instead.")
    ssl = parts.scheme == "https"
    tenant, base = path or (DEFAULT_TENANT, DEFAULT_DATABASE)
    return parts.hostname, port or (443 if ssl else 8000), ssl, tenant, base


class _Damaged(StoreError):
    """The files of the index can't be trusted."""


@contextmanager
def _mapped(folder: Path, close: Callable[[], None]) -> Iterator[None]:
    """Chroma's own errors as ours, with the remedy; the client is let go, since it may be what is broken."""
    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError) as exc:
        close()
        if _is_full(exc, folder):
            raise StoreError(f"No space is left for the vector index {folder}. Free some; articles are safe.") from exc
        if _DAMAGE.search(str(exc)) and not _FOR_NOW.search(str(exc)):
            raise _Damaged(str(exc)) from exc
        raise StoreError(f"The vector index {folder} failed ({exc}). `onrecord reindex` builds it anew.") from exc
    except BaseException as exc:
        if type(exc).__name__ != "PanicException":  # Chroma's core died; not a subclass of Exception
            raise
        close()
        raise StoreError(f"The vector index {folder} failed ({exc}). `onrecord reindex` builds it anew.") from exc


def _is_full(exc: Exception, folder: Path) -> bool:
    """True for a full disk; words of damage often stand beside those of it, since nothing could be written."""
    if getattr(exc, "errno", None) in _FULL_CODES or _FULL.search(str(exc)):
        return True
    return _UNWRITTEN in str(exc) and no_room(folder)


def _best(hits: Iterable[tuple[str, float]], k: int) -> list[tuple[str, float]]:
    # Alike to a millionth is a tie: what order of adding gave, or how many were compared at once, decides nothing.
    ranked = sorted((-round(float(cosine), _DIGITS), key) for key, cosine in hits)
    return [(key, -nearness) for nearness, key in ranked[:k]]


def _queried(collection: Collection, vector: Vectors, k: int, among: Sequence[str] | None) -> list[tuple[str, float]]:
    """What the graph gives as nearest, with its cosine."""

    def ask(ids: list[str] | None) -> list[tuple[str, float]]:
        reply = collection.query(query_embeddings=[vector.tolist()], n_results=k, ids=ids, include=["distances"])
        distances = reply["distances"]
        return list(zip(reply["ids"][0], (1.0 - far for far in distances[0]), strict=True)) if distances else []

    if among is None:
        return ask(None)
    try:
        return ask(list(among))
    except ChromaError as exc:
        if _UNKNOWN not in str(exc):
            raise
        # One that is not there, as while vectors are being made; to ask first which are there takes longer than to ask.
        held = collection.get(ids=list(among), include=[])["ids"]
        return ask(held) if held else []


def _compared(collection: Collection, vector: Vectors, ids: Sequence[str]) -> list[tuple[str, float]]:
    """The cosine of each of these passages that are there."""
    rows = collection.get(ids=list(ids), include=["embeddings"])
    if not rows["ids"]:
        return []
    kept = np.asarray(rows["embeddings"], dtype=np.float32)
    return list(zip(rows["ids"], (kept @ vector).tolist(), strict=True))
