"""Building the indices: passages, vectors and statements of every version in the library.

The pending work is read from the library itself (versions whose fingerprints are out of date), so the work can stop
anywhere and resume in any process, and doing a piece of it twice changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from rag import logs
from rag.domain import Article, Progress, Removal, Span, Step
from rag.errors import (
    StoreError,
    StoreUnavailable,
    UnknownArticle,
)
from rag.jobs import interrupts_deferred
from rag.providers.base import Embedder
from rag.services.indexing.pauses import SHORTAGES, affects_all, explain_pause
from rag.statements.extract import Reading
from rag.stores.base import VectorRow, VectorStore
from rag.stores.index_state import Work
from rag.stores.library import Library
from rag.stores.tables import VECTORS_REPAIRED_KEY
from rag.text import chunking

UNCLEAN_KEY = "vectors_unclean"  # set in the library while vectors of a removed article are still in the index
PAUSED_KEY = "indexing_paused"  # set in the library: why vectors or statements wait
_VERSIONS_AT_ONCE = 128
_PASSAGES_AT_ONCE = 512  # sorted by length together: a model is quickest with texts of one length
_BATCH_SIZE = 128  # passages that are embedded and written in one go: few enough to stop soon
_PATIENCE = 1.0  # seconds that extraction waits before each article while questions are answered
_MOST_REQUEST_IDS = 5
_Rows: TypeAlias = dict[tuple[str, str], list[tuple[VectorRow, Span]]]  # by article id and version
_Texts: TypeAlias = Mapping[tuple[str, str], str]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """Extracts the statements of one article; `fingerprint` names everything that they depend on."""

    fingerprint: str
    extract: Callable[[Article], Reading]


class Indexer:
    """Keeps the indices of one library up to date on a thread of its own."""

    def __init__(
        self,
        library: Library,
        *,
        vectors: VectorStore | None,
        embedder: Embedder | None,
        extractor: Extractor | None,
        release: str = "",
    ) -> None:
        self._library = library
        self._release = release  # of the program: the next one may index what this one could not
        self._failures_retried = False
        self._vectors = vectors
        self._embedder = embedder
        self._extractor = extractor
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._passages_current = False  # every passage is known to be cut as `cut_as` says
        self._lexical_checked = False  # the lexical indices are known to be complete
        self._vectors_checked = False  # the vector index is known to have every passage
        self._paces: dict[Step, _Pace] = {"vectors": _Pace(), "statements": _Pace()}
        self._phase_seconds: dict[str, float] = {}  # seconds of this round by phase
        self._request_ids: dict[str, None] = {}  # ids of the requests that have added work since the last round
        self._postponed = False
        self._removal_pending = False  # a removal waits for the vector server
        self._pause_reasons: dict[str, bool] = {}  # why this round paused, and whether a retry may help
        self._questions_open = 0
        self._no_questions = threading.Event()  # set while no question is being answered
        self._no_questions.set()
        self.fault: str | None = None
        self.cut_as = cut_fingerprint(embedder)

    def cut(self, text: str) -> list[Span]:
        """Split a text into passages, sized for the embedder."""
        count = self._embedder.count if self._embedder else _estimate_tokens
        limit = min(self._embedder.window, 240) if self._embedder else 240
        return chunking.passages(text, count=count, limit=limit)

    def start(self) -> None:
        """Begin pending work in the background; return at once."""
        with interrupts_deferred(), self._lock:
            if self._closed:
                return
            self._idle.clear()
            self._wake.set()
            if request_id := logs.current_request():
                self._request_ids[request_id] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-indexer", daemon=True)
                self._thread.start()

    @property
    def is_postponed(self) -> bool:
        """True if some work failed but may succeed later."""
        return self._postponed or self._removal_pending

    def pause_reason(self) -> str | None:
        """Why pending work could not be done, in words for `doctor`; None if it could."""
        return self.fault

    def workers(self) -> int | None:
        """The number of running workers; None, as this process does the work."""
        return None

    def work(self, *, once: bool = False) -> None:
        """Nothing: each process that opens the library works on its own thread."""

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no work is pending, or `fault` says why it can't be done; False if the time ran out."""
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Stop after the current piece; pending work is done when the library is next opened."""
        with self._lock:
            self._closed = True
            self._wake.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()

    def why_pending(self) -> str | None:
        """Why vectors or statements wait, as last noted by any process; None if none wait, or they only take time."""
        reason = self.pause_reason() or self._library.meta.get(PAUSED_KEY) or None
        return reason if any(self.pending_counts().values()) else None

    def pending_counts(self) -> dict[Step, int]:
        """Versions whose vectors and statements are still to be made."""
        counts: dict[Step, int] = {}
        if self._embedder:
            counts["vectors"] = self._library.index_state.count_pending("embedded_as", self.cut_as)
        if self._extractor:
            counts["statements"] = self._library.index_state.count_pending("stated_as", self._extractor.fingerprint)
        return counts

    def progress(self) -> tuple[Progress, ...]:
        """The progress of each kind of background work, in versions, and the seconds until all of it is done; kinds
        without pending work are left out.
        """
        pending = {step: count for step, count in self.pending_counts().items() if count}
        seconds = self.seconds_for(pending)
        return tuple(
            Progress(step=step, done=self._paces[step].done, total=self._paces[step].done + count, seconds_left=seconds)
            for step, count in pending.items()
        )

    def seconds_for(self, pending: Mapping[Step, int]) -> float | None:
        """Seconds that these numbers of versions will take, one kind after the other; None while a pace is unknown."""
        each = [self._paces[step].seconds_for(count) for step, count in pending.items()]
        known_seconds = [seconds for seconds in each if seconds is not None]
        return sum(known_seconds) if len(known_seconds) == len(each) else None

    def rebuild(self) -> None:
        """Rebuild every index from the library alone, in the background. Raises StoreError."""
        self._library.index_state.rebuild_lexical()
        self._library.index_state.invalidate("embedded_as")
        self._library.index_state.invalidate("stated_as")
        if self._vectors:
            self._vectors.clear()
        self._passages_current = self._vectors_checked = False
        self.start()

    def remove(self, article_id: str) -> Removal:
        """Take an article out of the library and out of every index. Raises UnknownArticle."""
        report = self._library.articles.remove(article_id)
        if self._vectors:
            self._vectors_checked = False  # if this process ends before the next line, the next one removes the vectors
            try:
                self._vectors.remove([article_id])
            except StoreUnavailable as exc:  # no search shows an article that the library does not have
                self._library.meta.set(UNCLEAN_KEY, article_id)
                self._removal_pending = True
                extra = logs.fields(article_id=article_id, **logs.error_fields(exc))
                _log.warning("vectors of a removed article are removed later", extra=extra)
        return report

    @contextmanager
    def give_way(self) -> Iterator[None]:
        """A context in which extraction waits for up to a second before each article, so that questions go first."""
        with self._lock:
            self._questions_open += 1
            self._no_questions.clear()
        try:
            yield
        finally:
            with self._lock:
                self._questions_open -= 1
                if not self._questions_open:
                    self._no_questions.set()

    def sync(self) -> None:
        """Begin pending work on first use, after the index lost its vectors, and if some was postponed."""
        if self._thread is None:
            self.start()
        elif self._idle.is_set() and (self.is_postponed or (self._vectors and self._vectors.loss_notice)):
            self.start()  # never within a round: a waiting caller would start it again and again

    def _run(self) -> None:
        try:
            while not self._closed:
                self._wake.wait()
                self._wake.clear()
                with self._lock:
                    request_ids, self._request_ids = list(self._request_ids), {}
                with logs.request_context(",".join(request_ids[-_MOST_REQUEST_IDS:]) or None):
                    self._run_round()
                with self._lock:
                    if self._closed or not self._wake.is_set():
                        self._idle.set()
        finally:
            self._idle.set()  # nobody may wait for a thread that has ended

    def _run_round(self) -> None:
        """Do all pending work, and log it if there was any."""
        before = {step: pace.done for step, pace in self._paces.items()}
        self._phase_seconds.clear()
        self._pause_reasons.clear()
        self._removal_pending = False
        self._run_steps()
        # Only now: until here a reader sees why the last round ended.
        self.fault, self._postponed = " ".join(self._pause_reasons) or None, any(self._pause_reasons.values())
        if self.fault or not self._closed:  # an interrupted round knows nothing
            self._note_pause(self.fault or "")
        done = {str(step): pace.done - before[step] for step, pace in self._paces.items()}
        if any(done.values()):
            phases_ms = {name: round(1000 * seconds, 1) for name, seconds in self._phase_seconds.items()}
            _log.info("background work done", extra=logs.fields(**done, phases_ms=phases_ms))

    def _run_timed(self, phase: str, step: Callable[[], bool]) -> bool:
        started = time.perf_counter()
        try:
            return step()
        finally:
            self._phase_seconds[phase] = self._phase_seconds.get(phase, 0.0) + time.perf_counter() - started

    def _run_steps(self) -> None:
        """Do all pending work, vectors first. A kind that fails waits for the next start; the other goes on."""
        steps: list[tuple[str, Callable[[], bool]]] = [
            ("retrying", self._retry_failures),
            ("cutting", self._split_again),
            ("vectors", self._embed_versions),
            ("repairing", self._repair),
            ("statements", self._extract_statements),
        ]
        phase = ""
        while steps and not self._closed:
            try:
                for phase, step in steps:
                    if self._run_timed(phase, step):
                        break
                else:
                    return
                if phase == "vectors" and not self._paces["statements"].is_known and len(steps) > 1:
                    phase = "statements"  # one or two, to measure how long they take
                    self._run_timed(phase, self._extract_statements)
            except Exception as exc:  # noqa: BLE001  # the thread goes on after any error, and `doctor` reports it
                self._pause(exc)
                steps = [one for one in steps if (one[0] == "statements") != (phase == "statements")]

    def _pause(self, exc: Exception) -> None:
        """Record why work waits; the next start tries again. The library is safe and search by words works."""
        extra, is_shortage = logs.fields(**logs.error_fields(exc)), isinstance(exc, SHORTAGES)
        _log.log(logging.WARNING if is_shortage else logging.ERROR, "indexing paused", extra=extra)
        self._pause_reasons[explain_pause(exc)] = is_shortage and getattr(exc, "retryable", True)

    def _retry_failures(self) -> bool:
        """Mark failures of an earlier release to be tried again; False, as no work is done here."""
        if not self._failures_retried:
            self._library.index_state.retry_failures(self._release)
            self._failures_retried = True
        return False

    def _record_failure(self, pair: tuple[str, str], work: Work, made_as: str, exc: Exception) -> None:
        """Record that a version could not be indexed, so that the work goes on with the others."""
        article_id, version = pair
        extra = logs.fields(article_id=article_id, work=work, **logs.error_fields(exc))  # no word of the article
        _log.error("an article could not be indexed", extra=extra)
        state, reason = self._library.index_state, type(exc).__name__
        state.record_failure(article_id, version, work, made_as=made_as, reason=reason, release=self._release)

    def _split_again(self) -> bool:
        """Split versions again that were split for another embedder or by another chunker."""
        if not self._passages_current:
            for article_id, version in self._library.passages.cut_differently(self.cut_as):
                text = self._library.articles.texts([(article_id, version)]).get((article_id, version), "")
                self._library.passages.recut(article_id, version, self.cut(text), self.cut_as)
            self._passages_current = True
        return False

    def _embed_versions(self, part: int | None = None) -> bool:
        if not self._embedder or not self._vectors:
            return False
        started = time.perf_counter()
        pairs = self._library.index_state.pending("embedded_as", self.cut_as, limit=_VERSIONS_AT_ONCE, part=part)
        if not pairs:
            return False
        texts = self._library.articles.texts(pairs)
        rows: _Rows = {}
        for pair, version_rows in self._library.index_state.vector_rows(pairs).items():
            if rows and sum(map(len, rows.values())) + len(version_rows) > _PASSAGES_AT_ONCE:
                break
            rows[pair] = version_rows
        try:
            if not self._embed(self._embedder, self._vectors, rows, texts):
                return False
        except Exception as exc:  # unless it affects all, tell which version caused it
            if affects_all(exc):
                raise
            rows = self._embed_each(self._embedder, self._vectors, rows, texts)
        self._library.index_state.confirm_embedded(rows, self.cut_as)
        # An article that was removed meanwhile must not live on in the index.
        existing = self._library.articles.summaries(article_id for article_id, _ in rows)
        if missing_ids := sorted({article_id for article_id, _ in rows} - existing.keys()):
            self._vectors.remove(missing_ids)
        self._paces["vectors"].add(len(rows), time.perf_counter() - started)
        self._note_pause("")
        return True

    def _embed(self, embedder: Embedder, vectors: VectorStore, rows_by_version: _Rows, texts: _Texts) -> bool:
        """Put the vectors of these versions into the index; False if closed before all were in."""
        rows = [(row, span.of(texts[pair])) for pair, spans in rows_by_version.items() for row, span in spans]
        for batch in _batches(rows, embedder.count):
            if self._closed:  # no version is confirmed, so they are embedded again later
                return False
            vectors.upsert([row for row, _ in batch], embedder.embed([passage for _, passage in batch], "document"))
        return True

    def _embed_each(self, embedder: Embedder, vectors: VectorStore, rows_by_version: _Rows, texts: _Texts) -> _Rows:
        """Embed one version at a time, so that a failing one stops no other; the rows of those that succeeded."""
        remembered = {}
        for pair, version_rows in rows_by_version.items():
            try:
                if not self._embed(embedder, vectors, {pair: version_rows}, texts):
                    break
                remembered[pair] = version_rows
            except Exception as exc:  # recorded with the article
                if affects_all(exc):
                    raise
                self._record_failure(pair, "embedded_as", self.cut_as, exc)
        return remembered

    def _repair(self) -> bool:
        """Mend the indices where they differ from the library, vectors after embedding; True if vectors change."""
        if not self._lexical_checked:
            count, self._lexical_checked = self._library.index_state.repair_lexical(), True
            if count:
                self._note_repair(f"The index of words had {count} missing or surplus entries; it is being repaired.")
        if not self._embedder or not self._vectors or (self._vectors_checked and not self._vectors.loss_notice):
            return False
        if self._library.index_state.count_pending("embedded_as", self.cut_as):
            return False  # articles have come in since; the round that embeds them compares
        loss, self._vectors.loss_notice = self._vectors.loss_notice, None
        self._vectors_checked = True
        unclean = bool(self._library.meta.get(UNCLEAN_KEY))
        if self._vectors.count() == self._library.passages.count() and not unclean:
            return False
        unknown, incomplete = self._library.index_state.reconcile(self._vectors.ids(), self.cut_as)
        self._vectors.drop(sorted(unknown))
        if unclean:
            self._library.meta.set(UNCLEAN_KEY, "")
        if incomplete:  # except what another process has put in since
            incomplete &= self._library.index_state.reconcile(self._vectors.ids(), self.cut_as)[1]
        if incomplete:
            self._library.index_state.mark_made("embedded_as", incomplete, None)
            self._note_repair(loss or f"The vector index lacked {len(incomplete)} versions; they will be rebuilt.")
        return True

    def _note_pause(self, reason: str, key: str = PAUSED_KEY) -> None:
        """Keep in the library why work waits, for other processes; empty once it goes on."""
        try:
            if (self._library.meta.get(key) or "") != reason:  # each write wakes the watchers of the library
                self._library.meta.set(key, reason)
        except StoreError as exc:
            _log.warning("why indexing pauses could not be kept", extra=logs.fields(**logs.error_fields(exc)))

    def _note_repair(self, notice: str) -> None:
        self._library.meta.set(VECTORS_REPAIRED_KEY, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {notice}")
        _log.warning("index repaired", extra=logs.fields(reason=notice))

    def _extract_statements(self, part: int | None = None) -> bool:
        if not self._extractor:
            return False
        self._no_questions.wait(_PATIENCE)
        started = time.perf_counter()
        made_as = self._extractor.fingerprint
        pairs = self._library.index_state.pending("stated_as", made_as, limit=1, part=part)
        for article_id, version in pairs:
            try:
                article = self._library.articles.get(article_id, version)
            except UnknownArticle:  # removed meanwhile
                continue
            try:
                reading = self._extractor.extract(article)
            except Exception as exc:
                if affects_all(exc):
                    raise
                self._record_failure((article_id, version), "stated_as", made_as, exc)
            else:
                self._library.statements.put(article_id, version, reading.statements, made_as, reading.mentions)
            self._paces["statements"].add(1, time.perf_counter() - started)
        return bool(pairs)


@dataclass
class _Pace:
    """How many versions were done and how fast, without the first call, in which a model is loaded."""

    done: int = 0
    _calls: int = 0
    _timed_count: int = 0
    _seconds: float = 0.0

    @property
    def is_known(self) -> bool:
        """True from the second call of `add` on."""
        return self._calls > 1

    def add(self, count: int, seconds: float) -> None:
        if self._calls == 1:
            self._timed_count, self._seconds = 0, 0.0
        self.done += count
        self._calls += 1
        self._timed_count += count
        self._seconds += seconds

    def seconds_for(self, count: int) -> float | None:
        """Seconds that this many more will take; None before the first is done."""
        return self._seconds / self._timed_count * count if self._timed_count else None


def _batches(rows: Sequence[tuple[VectorRow, str]], count: chunking.Count) -> Iterator[list[tuple[VectorRow, str]]]:
    """Batches of passages of about the same length in tokens, with which a model is quickest."""
    sizes = count([passage for _, passage in rows])
    order = sorted(range(len(rows)), key=sizes.__getitem__)
    for at in range(0, len(order), _BATCH_SIZE):
        yield [rows[n] for n in order[at : at + _BATCH_SIZE]]


def cut_fingerprint(embedder: Embedder | None) -> str:
    """The fingerprint of passages, and so of vectors: the chunker's version and the embedder."""
    return f"{chunking.VERSION}-{embedder.fingerprint if embedder else 'words'}"


def _estimate_tokens(texts: Sequence[str]) -> list[int]:
    """An estimate of token counts without a tokenizer: four for three words."""
    return [len(text.split()) * 4 // 3 + 1 for text in texts]
