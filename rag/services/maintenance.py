"""The maintenance service: backups, transfers, workers, and the health of a newsroom."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Protocol

from rag import logs
from rag.display import plural
from rag.domain import Backup, Filters, HealthReport, Moved, Progress, Step, Stores, Usage
from rag.errors import BadSettings, StoreUnavailable, UnusableInput
from rag.providers.base import Embedder, RelevanceJudge
from rag.settings import Settings
from rag.stores import backup
from rag.stores.base import VectorStore
from rag.stores.library import Library
from rag.stores.tables import VECTORS_REPAIRED_KEY

BUILT_IN = "built-in"
_PACKAGES = ("onrecord", "chromadb", "streamlit", "openai", "tiktoken", "spacy", "onnxruntime")
_SERVER_PACKAGES = ("psycopg", "procrastinate")


class Indexing(Protocol):
    """What maintenance needs of the indexer."""

    def why_left(self) -> str | None:
        """Why vectors or statements wait; None where none wait, or they only take time."""
        ...

    def left(self) -> dict[Step, int]:
        """Versions whose vectors and statements are still to be made."""
        ...

    def progress(self) -> tuple[Progress, ...]:
        """How far the background work is."""
        ...

    def rebuild(self) -> None:
        """Make everything again from the record."""
        ...

    def sync(self) -> None:
        """See to it that outstanding work is begun."""
        ...

    def workers(self) -> int | None:
        """How many workers live; None where each process does its own work."""
        ...

    def work(self, *, once: bool = False) -> None:
        """Be a worker."""
        ...


class Metering(Protocol):
    """What maintenance needs of the chat model."""

    @property
    def spent(self) -> Usage:
        """What it has cost so far."""
        ...


class Parts(Protocol):
    """The parts of a newsroom, each made when it is first looked at. Raises StoreError, BadSettings."""

    settings: Settings
    library: Library
    faults: list[str]

    @property
    def indexer(self) -> Indexing:
        """What keeps the indices up to date."""
        ...

    @property
    def embedder(self) -> Embedder | None:
        """The embedding model."""
        ...

    @property
    def judge(self) -> RelevanceJudge | None:
        """What says which sentences answer."""
        ...

    @property
    def vectors(self) -> VectorStore | None:
        """The vector store."""
        ...

    @property
    def chat(self) -> Metering | None:
        """The chat model that is set."""
        ...

    def has(self, name: str) -> bool:
        """True once the part of that name was made."""
        ...


class Maintenance:
    """Looks after one newsroom."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._library = parts.library

    def backup(self, path: Path) -> Backup:
        """As `Newsroom.backup`."""
        return backup.back_up(self._library.path, path)

    def move_store(
        self,
        target: Library,
        vectors: Callable[[Embedder], VectorStore],
        progress: Callable[[str, int, int], None] | None,
    ) -> Moved:
        """As `Newsroom.move_store`, to an open library; `vectors` opens the vector store beside it."""
        from rag.stores import transfer

        self._library.index_state.retry_failures(installed_version("onrecord"))  # what is to do is to do in both
        report = progress or (lambda *_: None)
        moved = transfer.move_library(self._library, target, progress=report)
        if self._parts.embedder is None or self._parts.vectors is None:
            return moved
        store = vectors(self._parts.embedder)
        try:
            return replace(moved, vectors=_move_vectors(self._parts.vectors, store, report))
        finally:
            store.close()

    def work(self, *, once: bool) -> None:
        """As `Newsroom.work`."""
        if self._parts.settings.database_url is None:
            raise UnusableInput(
                "A library in a folder needs no workers: whoever opens it does the work. Set ONRECORD_DATABASE_URL to "
                "share one."
            )
        self._parts.indexer.work(once=once)

    def pending(self) -> dict[str, int]:
        """As `Newsroom.pending`; asks the library alone while no index is open."""
        left = self._parts.indexer.left() if self._parts.has("indexer") else self._library.index_state.count_missing()
        return {str(step): count for step, count in left.items()}

    def progress(self) -> tuple[Progress, ...]:
        """As `Newsroom.progress`."""
        return self._parts.indexer.progress() if self._parts.has("indexer") else ()

    def health(self) -> HealthReport:
        """As `Newsroom.doctor`."""
        parts, settings = self._parts, self._parts.settings
        indexer = parts.indexer
        vectors, kept_by, advice = self._vectors()
        indexer.sync()
        left = indexer.left()
        workers = indexer.workers()
        try:
            judge = parts.judge
        except BadSettings as exc:
            judge = None
            advice.append(str(exc))
        advice += [*parts.faults, *self._advice(workers, left)]
        failures = self._library.index_state.failures()
        advice += [_about_failures(step, failed) for step, failed in failures.items() if failed]
        spent, unset = self._spent()
        advice += unset
        packages = _PACKAGES if settings.database_url is None else (*_PACKAGES, *_SERVER_PACKAGES)
        return HealthReport(
            healthy=not advice,
            advice=tuple(advice),
            engine=settings.model_name or BUILT_IN,
            endpoint=settings.endpoint,
            embedder=parts.embedder.fingerprint if parts.embedder else None,
            judge=judge.fingerprint if judge else None,
            languages=parts.embedder.languages if parts.embedder else None,
            articles_in=dict(self._library.articles.languages()),
            home=str(settings.home),
            articles=self._library.articles.count(Filters()),
            passages=self._library.passages.count(),
            vectors=vectors,
            stores=Stores(
                library=f"{self._library.engine_version}, {self._library.place}", vectors=kept_by, workers=workers
            ),
            failed={str(step): len(failed) for step, failed in failures.items()},
            pending={str(step): count for step, count in left.items()},
            spent=spent,
            repaired=self._library.meta.get(VECTORS_REPAIRED_KEY),
            log=str(settings.home / logs.LOG_FILE) if settings.log_to == "file" else None,
            versions={"python": sys.version.split()[0], **{name: installed_version(name) for name in packages}},
        )

    def _advice(self, workers: int | None, left: Mapping[Step, int]) -> list[str]:
        advice: list[str] = []
        settings = self._parts.settings
        if workers == 0:
            advice.append(
                "No worker is running, so nothing that is added gets vectors or statements: `onrecord worker`."
            )
        if reason := self._parts.indexer.why_left():
            waiting = " and ".join(f"{step} of {count}" for step, count in left.items() if count)
            advice.append(f"{reason} Until then {waiting or 'some'} articles wait, and search by words goes on.")
        if settings.endpoint_set and not settings.model_name:
            advice.append("An endpoint is set but no model: set ONRECORD_CHAT_MODEL to let it write answers.")
        return advice

    def _spent(self) -> tuple[Usage, list[str]]:
        """What the chat model has cost so far, and what is wrong with how it is set."""
        try:
            chat = self._parts.chat
        except BadSettings as exc:
            return Usage(), [str(exc)]
        if chat is None and self._parts.settings.model_statements:
            return Usage(), [
                "ONRECORD_MODEL_STATEMENTS is set but no chat model: set ONRECORD_CHAT_MODEL and an endpoint."
            ]
        return chat.spent if chat else Usage(), []

    def _vectors(self) -> tuple[int, str | None, list[str]]:
        """How many vectors there are, who keeps them, and what to do about it; counting notices damage."""
        vectors = self._parts.vectors
        if vectors is None:
            return 0, None, []
        try:
            return vectors.count(), f"{vectors.version()}, {vectors.place}", []
        except StoreUnavailable as exc:
            advice = f"{exc} Until then search goes by words alone, and vectors are made up for later."
            return 0, f"Chroma server, {vectors.place}", [advice]


def _about_failures(step: str, failed: Sequence[tuple[str, str]]) -> str:
    """Which articles could not be indexed, why, and what to do."""
    reasons = ", ".join(f"{name} {count}" for name, count in Counter(reason for _, reason in failed).most_common(5))
    shown = ", ".join(article_id for article_id, _ in failed[:5]) + (", ..." if len(failed) > 5 else "")
    versions = plural(len(failed), "version")
    return (
        f"No {step} could be made of {versions} of articles ({reasons}): {shown}. Search by words finds them. "
        "`onrecord reindex` tries again, and so does the next version of onrecord; report it with the lines of the log "
        "if it stays so."
    )


def _move_vectors(old: VectorStore, new: VectorStore, report: Callable[[str, int, int], None]) -> int:
    """Copy the vectors; what is left behind is made again by whoever opens the library."""
    total, present = old.count(), new.ids()
    for rows, vectors in old.pages():
        missing = [n for n, row in enumerate(rows) if row.passage_id not in present]
        if missing:
            new.upsert([rows[n] for n in missing], vectors[missing])
            present.update(rows[n].passage_id for n in missing)
        report("vectors", len(present), total)
    return new.count()
