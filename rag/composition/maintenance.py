"""Maintenance of a whole newsroom: backups, transfers, workers, and its health."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version as installed_version
from pathlib import Path

from rag import logs
from rag.composition.parts import Composition
from rag.display import plural
from rag.domain import Backup, Filters, HealthReport, Moved, Progress, Step, Stores, Usage
from rag.errors import BadSettings, StoreUnavailable, UnusableInput
from rag.providers.base import Embedder
from rag.stores import backup
from rag.stores.base import VectorStore
from rag.stores.library import Library
from rag.stores.tables import VECTORS_REPAIRED_KEY

BUILT_IN = "built-in"
_PACKAGES = ("onrecord", "chromadb", "streamlit", "openai", "tiktoken", "spacy", "onnxruntime")
_SERVER_PACKAGES = ("psycopg", "procrastinate")


class Maintenance:
    """Looks after one newsroom."""

    def __init__(self, parts: Composition) -> None:
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

        self._library.index_state.retry_failures(installed_version("onrecord"))  # so that both have the same work
        report = progress or (lambda *_: None)
        result = transfer.move_library(self._library, target, progress=report)
        if self._parts.embedder is None or self._parts.vectors is None:
            return result
        store = vectors(self._parts.embedder)
        try:
            return replace(result, vectors=_move_vectors(self._parts.vectors, store, report))
        finally:
            store.close()

    def work(self, *, once: bool) -> None:
        """As `Newsroom.work`."""
        if self._parts.settings.database_url is None:
            raise UnusableInput(
                "A library in a folder needs no worker: the process that opens it does the work. "
                "Set ONRECORD_DATABASE_URL to share one."
            )
        self._parts.indexer.work(once=once)

    def pending(self) -> dict[str, int]:
        """As `Newsroom.pending`; asks the library alone while no index is open."""
        counts = (
            self._parts.indexer.pending_counts()
            if self._parts.has("indexer")
            else self._library.index_state.count_missing()
        )
        return {str(step): count for step, count in counts.items()}

    def progress(self) -> tuple[Progress, ...]:
        """As `Newsroom.progress`."""
        return self._parts.indexer.progress() if self._parts.has("indexer") else ()

    def health(self) -> HealthReport:
        """As `Newsroom.doctor`."""
        parts, settings = self._parts, self._parts.settings
        indexer = parts.indexer
        vectors, vector_store, advice = self._vector_health()
        indexer.sync()
        pending = indexer.pending_counts()
        workers = indexer.workers()
        try:
            judge = parts.judge
        except BadSettings as exc:
            judge = None
            advice.append(str(exc))
        advice += [*parts.faults, *self._indexing_advice(workers, pending)]
        failures = self._library.index_state.failures()
        advice += [_failure_advice(step, failed) for step, failed in failures.items() if failed]
        usage, settings_advice = self._model_usage()
        advice += settings_advice
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
                library=f"{self._library.engine_version}, {self._library.place}", vectors=vector_store, workers=workers
            ),
            failed={str(step): len(failed) for step, failed in failures.items()},
            pending={str(step): count for step, count in pending.items()},
            spent=usage,
            repaired=self._library.meta.get(VECTORS_REPAIRED_KEY),
            log=str(settings.home / logs.LOG_FILE) if settings.log_to == "file" else None,
            versions={"python": sys.version.split()[0], **{name: installed_version(name) for name in packages}},
        )

    def _indexing_advice(self, workers: int | None, pending: Mapping[Step, int]) -> list[str]:
        advice: list[str] = []
        settings = self._parts.settings
        if workers == 0:
            advice.append(
                "No worker is running, so new articles get no vectors or statements: start `onrecord worker`."
            )
        if reason := self._parts.indexer.why_pending():
            waiting = " and ".join(f"{step} of {count}" for step, count in pending.items() if count)
            advice.append(f"{reason} Until then {waiting or 'some'} articles wait, and search by words goes on.")
        if settings.endpoint_set and not settings.model_name:
            advice.append("An endpoint is set but no model: set ONRECORD_CHAT_MODEL to let it write answers.")
        return advice

    def _model_usage(self) -> tuple[Usage, list[str]]:
        """The usage of the chat model so far, and advice on its settings."""
        try:
            chat = self._parts.chat
        except BadSettings as exc:
            return Usage(), [str(exc)]
        if chat is None and self._parts.settings.model_statements:
            return Usage(), [
                "ONRECORD_MODEL_STATEMENTS is set but no chat model: set ONRECORD_CHAT_MODEL and an endpoint."
            ]
        return chat.total_usage if chat else Usage(), []

    def _vector_health(self) -> tuple[int, str | None, list[str]]:
        """The number of vectors, the store that has them, and advice; counting detects damage."""
        vectors = self._parts.vectors
        if vectors is None:
            return 0, None, []
        try:
            return vectors.count(), f"{vectors.version()}, {vectors.place}", []
        except StoreUnavailable as exc:
            advice = f"{exc} Until then, search uses words only; vectors will be added later."
            return 0, f"Chroma server, {vectors.place}", [advice]


def _failure_advice(step: str, failures: Sequence[tuple[str, str]]) -> str:
    """Advice on articles that could not be indexed: which, why, and the remedy."""
    reasons = ", ".join(f"{name} {count}" for name, count in Counter(reason for _, reason in failures).most_common(5))
    examples = ", ".join(article_id for article_id, _ in failures[:5]) + (", ..." if len(failures) > 5 else "")
    versions = plural(len(failures), "version")
    return (
        f"No {step} could be made of {versions} of articles ({reasons}): {examples}. Search by words finds them. "
        "`onrecord reindex` tries again, and so does the next version of onrecord; report it with the lines of the log "
        "if it stays so."
    )


def _move_vectors(old: VectorStore, new: VectorStore, report: Callable[[str, int, int], None]) -> int:
    """Copy the vectors and return their number; any that are missing are made again when the library is opened."""
    total, present = old.count(), new.ids()
    for rows, vectors in old.pages():
        missing = [n for n, row in enumerate(rows) if row.passage_id not in present]
        if missing:
            new.upsert([rows[n] for n in missing], vectors[missing])
            present.update(rows[n].passage_id for n in missing)
        report("vectors", len(present), total)
    return new.count()
