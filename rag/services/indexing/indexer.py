"""Deriving what is searched: passages, vectors and statements of every version in the library.

What there is to do is read from the library itself (which versions were not yet made as the fingerprints say), so the
work can stop anywhere, resume in any process, and doing a piece of it twice changes nothing.
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
    InternalError,
    ModelError,
    ModelMissing,
    OnRecordError,
    RequestTooLong,
    StoreError,
    StoreUnavailable,
    UnknownArticle,
)
from rag.providers.base import Embedder
from rag.statements.reading import Reading
from rag.stores.base import VectorRow, VectorStore
from rag.stores.index_state import Work
from rag.stores.library import Library
from rag.stores.tables import VECTORS_REPAIRED_KEY
from rag.text import chunking

UNCLEAN = "vectors_unclean"  # noted in the library: the vectors of a removed article could not be reached
PAUSED = "indexing_paused"  # noted in the library: why vectors or statements wait
_VERSIONS_AT_ONCE = 128
_PASSAGES_AT_ONCE = 512  # of one round: a model is quickest with texts of one length, which few passages have
_PART = 128  # passages that are embedded and written in one go: few enough to stop soon
_PATIENCE = 1.0  # seconds that extraction waits, article by article, while questions are answered
_ASKERS_TOLD = 5
_LONGEST_REASON = 200  # characters
# What the machine, an endpoint or a store lacks: work on any article would meet it, so all of it waits.
_LACKING = (ModelError, ModelMissing, StoreError, MemoryError, OSError)
_Written: TypeAlias = Mapping[tuple[str, str], list[tuple[VectorRow, Span]]]  # by article id and version
_Texts: TypeAlias = Mapping[tuple[str, str], str]
_log = logging.getLogger(__name__)


def lacking(exc: BaseException) -> str:
    """What the machine lacks, as one sentence with the remedy."""
    if isinstance(exc, OnRecordError):
        return str(exc)
    if isinstance(exc, MemoryError):
        return "There is not enough memory for the models. Close other programs, or use a machine with more."
    reason = (getattr(exc, "strerror", None) or str(exc) or type(exc).__name__).splitlines()[0]
    return f"The machine refused something that the models need ({reason[:_LONGEST_REASON]}). Mend that."


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """How statements are made of one article, and the fingerprint of that."""

    fingerprint: str
    extract: Callable[[Article], Reading]


class Indexer:
    """Keeps the indices of one library up to date, on a thread of its own."""

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
        self._release = release  # of the program: what one could not read, the next may
        self._retried = False
        self._vectors = vectors
        self._embedder = embedder
        self._extractor = extractor
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._cut_alike = False  # every passage was seen to be cut as `cut_as` says
        self._worded = False  # the lexical indices were seen to hold what they should
        self._whole = False  # the vector index was seen to hold every passage
        self._paces: dict[Step, _Pace] = {"vectors": _Pace(), "statements": _Pace()}
        self._spent: dict[str, float] = {}  # seconds of this round by phase
        self._askers: dict[str, None] = {}  # requests that have brought work since the last round
        self._put_off = False
        self._unclean = False  # a removal waits for the vectors' server
        self._reasons: dict[str, bool] = {}  # why this round paused, and whether that may pass by itself
        self._asking = 0
        self._quiet = threading.Event()  # nobody asks anything just now
        self._quiet.set()
        self.fault: str | None = None
        self.cut_as = cut_fingerprint(embedder)

    def cut(self, text: str) -> list[Span]:
        """The passages of a text, sized for the embedder."""
        count = self._embedder.count if self._embedder else _count_words
        limit = min(self._embedder.window, 240) if self._embedder else 240
        return chunking.passages(text, count=count, limit=limit)

    def start(self) -> None:
        """See to it that outstanding work is done in the background."""
        with self._lock:
            if self._closed:
                return
            self._idle.clear()
            self._wake.set()
            if asker := logs.current_request():
                self._askers[asker] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-indexer", daemon=True)
                self._thread.start()

    @property
    def put_off(self) -> bool:
        """True if something could not be done just now, and may be later."""
        return self._put_off or self._unclean

    def paused(self) -> str | None:
        """Why work waits that could not be done, in words for `doctor`."""
        return self.fault

    def workers(self) -> int | None:
        """How many workers live; None, as this process does the work."""
        return None

    def work(self, *, once: bool = False) -> None:
        """Be a worker: nothing to do, as each process that opens the library works on its own thread."""

    def wait(self, timeout: float | None = None) -> bool:
        """Block until nothing is left to do (or `fault` says why it can't be done); False if time ran out."""
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Stop after the piece in hand; what is left is done when the library is next opened."""
        with self._lock:
            self._closed = True
            self._wake.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()

    def why_left(self) -> str | None:
        """Why vectors or statements wait, as this or another process last saw it; None where nothing waits."""
        return (self.paused() or self._library.meta.get(PAUSED) or None) if any(self.left().values()) else None

    def left(self) -> dict[Step, int]:
        """Versions whose vectors and statements are still to be made."""
        left: dict[Step, int] = {}
        if self._embedder:
            left["vectors"] = self._library.index_state.count_pending("embedded_as", self.cut_as)
        if self._extractor:
            left["statements"] = self._library.index_state.count_pending("stated_as", self._extractor.fingerprint)
        return left

    def progress(self) -> tuple[Progress, ...]:
        """How far each kind of background work is, in versions, and the seconds until all of it is done; a kind of
        which nothing is left is left out.
        """
        waiting = {step: count for step, count in self.left().items() if count}
        seconds = self.seconds_for(waiting)
        return tuple(
            Progress(step=step, done=self._paces[step].done, total=self._paces[step].done + count, seconds_left=seconds)
            for step, count in waiting.items()
        )

    def seconds_for(self, waiting: Mapping[Step, int]) -> float | None:
        """How long so many versions of each kind will take, one kind after the other; None while a pace is unknown."""
        each = [self._paces[step].seconds_for(count) for step, count in waiting.items()]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None

    def rebuild(self) -> None:
        """Make every passage, word, vector and statement again, from the record alone. Raises StoreError."""
        self._library.index_state.rebuild_lexical()
        self._library.index_state.invalidate("embedded_as")
        self._library.index_state.invalidate("stated_as")
        if self._vectors:
            self._vectors.clear()
        self._cut_alike = self._whole = False
        self.start()

    def remove(self, article_id: str) -> Removal:
        """Take an article out of the library and out of every index. Raises UnknownArticle."""
        report = self._library.articles.remove(article_id)
        if self._vectors:
            self._whole = False  # should this process end before the next line, the next one sees to the rest
            try:
                self._vectors.remove([article_id])
            except StoreUnavailable as exc:  # no search shows what the library does not know
                self._library.meta.set(UNCLEAN, article_id)
                self._unclean = True
                extra = logs.fields(article_id=article_id, **logs.error_fields(exc))
                _log.warning("vectors of a removed article are removed later", extra=extra)
        return report

    @contextmanager
    def give_way(self) -> Iterator[None]:
        """While inside, statements of another article are begun only after a pause: whoever asks goes first."""
        with self._lock:
            self._asking += 1
            self._quiet.clear()
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
                if not self._asking:
                    self._quiet.set()

    def sync(self) -> None:
        """See to what there is on first use; to an index that lost its vectors; to what was put off, being busy."""
        if self._thread is None:
            self.start()
        elif self._idle.is_set() and (self.put_off or (self._vectors and self._vectors.loss_notice)):
            self.start()  # never amid a round: whoever waits would start it again and again

    def _run(self) -> None:
        try:
            while not self._closed:
                self._wake.wait()
                self._wake.clear()
                with self._lock:
                    askers, self._askers = list(self._askers), {}
                with logs.request_context(",".join(askers[-_ASKERS_TOLD:]) or None):
                    self._round()
                with self._lock:
                    if self._closed or not self._wake.is_set():
                        self._idle.set()
        finally:
            self._idle.set()  # nobody may wait for a thread that is no more

    def _round(self) -> None:
        """All there is to do now, with a line in the log if it was anything."""
        before = {step: pace.done for step, pace in self._paces.items()}
        self._spent.clear()
        self._reasons.clear()
        self._unclean = False
        self._work()
        # Only now: whoever looks meanwhile sees why the last round ended.
        self.fault, self._put_off = " ".join(self._reasons) or None, any(self._reasons.values())
        if self.fault or not self._closed:  # a round that was broken off knows nothing
            self._note_pause(self.fault or "")
        done = {str(step): pace.done - before[step] for step, pace in self._paces.items()}
        if any(done.values()):
            spent = {name: round(1000 * seconds, 1) for name, seconds in self._spent.items()}
            _log.info("background work done", extra=logs.fields(**done, phases_ms=spent))

    def _timed(self, phase: str, step: Callable[[], bool]) -> bool:
        begun = time.perf_counter()
        try:
            return step()
        finally:
            self._spent[phase] = self._spent.get(phase, 0.0) + time.perf_counter() - begun

    def _work(self) -> None:
        """Do all there is, vectors first. What fails is left for the next start; the other kind goes on."""
        steps: list[tuple[str, Callable[[], bool]]] = [
            ("retrying", self._retry),
            ("cutting", self._recut),
            ("vectors", self._embed_some),
            ("repairing", self._repair),
            ("statements", self._state_some),
        ]
        phase = ""
        while steps and not self._closed:
            try:
                for phase, step in steps:
                    if self._timed(phase, step):
                        break
                else:
                    return
                if phase == "vectors" and not self._paces["statements"].known and len(steps) > 1:
                    phase = "statements"  # one or two, to say how long they will take
                    self._timed(phase, self._state_some)
            except Exception as exc:  # noqa: BLE001  # whatever it is, the thread lives and `doctor` says it
                self._pause(exc)
                steps = [one for one in steps if (one[0] == "statements") != (phase == "statements")]

    def _pause(self, exc: Exception) -> None:
        """Say why work waits. The record is safe and search by words works; the next start sees to the rest."""
        extra, lacks = logs.fields(**logs.error_fields(exc)), isinstance(exc, _LACKING)
        _log.log(logging.WARNING if lacks else logging.ERROR, "indexing paused", extra=extra)
        self._reasons[why_paused(exc)] = lacks and getattr(exc, "retryable", True)

    def _retry(self) -> bool:
        """What failed in an earlier release is tried again."""
        if not self._retried:
            self._library.index_state.retry_failures(self._release)
            self._retried = True
        return False

    def _failed(self, pair: tuple[str, str], work: Work, made_as: str, exc: Exception) -> None:
        """Keep that one article can't be worked on, and why: it stops neither the others nor itself for ever."""
        article_id, version = pair
        extra = logs.fields(article_id=article_id, work=work, **logs.error_fields(exc))  # no word of the article
        _log.error("an article could not be indexed", extra=extra)
        state, reason = self._library.index_state, type(exc).__name__
        state.record_failure(article_id, version, work, made_as=made_as, reason=reason, release=self._release)

    def _recut(self) -> bool:
        """Cut anew what was cut for another embedder or by another chunker."""
        if not self._cut_alike:
            for article_id, version in self._library.passages.cut_differently(self.cut_as):
                text = self._library.articles.texts([(article_id, version)]).get((article_id, version), "")
                self._library.passages.recut(article_id, version, self.cut(text), self.cut_as)
            self._cut_alike = True
        return False

    def _embed_some(self, part: int | None = None) -> bool:
        if not self._embedder or not self._vectors:
            return False
        started = time.perf_counter()
        pairs = self._library.index_state.pending("embedded_as", self.cut_as, limit=_VERSIONS_AT_ONCE, part=part)
        if not pairs:
            return False
        texts = self._library.articles.texts(pairs)
        written: dict[tuple[str, str], list[tuple[VectorRow, Span]]] = {}
        for pair, kept in self._library.index_state.vector_rows(pairs).items():
            if written and sum(map(len, written.values())) + len(kept) > _PASSAGES_AT_ONCE:
                break
            written[pair] = kept
        try:
            if not self._embedded(self._embedder, self._vectors, written, texts):
                return False
        except Exception as exc:  # what it means is decided for each article
            if _is_lacking(exc):
                raise
            written = self._embedded_each(self._embedder, self._vectors, written, texts)
        self._library.index_state.confirm_embedded(written, self.cut_as)
        # An article that was removed meanwhile must not live on in the index.
        alive = self._library.articles.summaries(article_id for article_id, _ in written)
        if gone := sorted({article_id for article_id, _ in written} - alive.keys()):
            self._vectors.remove(gone)
        self._paces["vectors"].add(len(written), time.perf_counter() - started)
        self._note_pause("")
        return True

    def _embedded(self, embedder: Embedder, vectors: VectorStore, written: _Written, texts: _Texts) -> bool:
        """Put the vectors of these versions into the index; False if closed before all were there."""
        rows = [(row, span.of(texts[pair])) for pair, kept in written.items() for row, span in kept]
        for some in _alike(rows, embedder.count):
            if self._closed:  # what was written is written again: no version is confirmed before all of it is
                return False
            vectors.upsert([row for row, _ in some], embedder.embed([passage for _, passage in some], "document"))
        return True

    def _embedded_each(
        self, embedder: Embedder, vectors: VectorStore, written: _Written, texts: _Texts
    ) -> dict[tuple[str, str], list[tuple[VectorRow, Span]]]:
        """One version at a time, so that one that breaks the model stops no other; gives those that were put in."""
        done = {}
        for pair, kept in written.items():
            try:
                if not self._embedded(embedder, vectors, {pair: kept}, texts):
                    break
                done[pair] = kept
            except Exception as exc:  # kept with the article
                if _is_lacking(exc):
                    raise
                self._failed(pair, "embedded_as", self.cut_as, exc)
        return done

    def _repair(self) -> bool:
        """Once nothing is left to embed, the index holds as many passages as the library; else it is seen which. Words
        are put in with their passage, so they are seen to at any time.
        """
        if not self._worded:
            mended, self._worded = self._library.index_state.repair_lexical(), True
            if mended:
                self._note_repair(f"The index of words had {mended} entries too few or too many; they are put right.")
        if not self._embedder or not self._vectors or (self._whole and not self._vectors.loss_notice):
            return False
        lost, self._vectors.loss_notice = self._vectors.loss_notice, None
        self._whole = True
        unclean = bool(self._library.meta.get(UNCLEAN))
        if self._vectors.count() == self._library.passages.count() and not unclean:
            return False
        unknown, lacking = self._library.index_state.reconcile(self._vectors.ids(), self.cut_as)
        self._vectors.drop(sorted(unknown))
        if unclean:
            self._library.meta.set(UNCLEAN, "")
        if lacking:  # but for what another process has put in since
            lacking &= self._library.index_state.reconcile(self._vectors.ids(), self.cut_as)[1]
        if lacking:
            self._library.index_state.mark_made("embedded_as", lacking, None)
            notice = lost or f"The vector index lacked {len(lacking)} article versions; they are made again."
            self._note_repair(notice)
        return True

    def _note_pause(self, reason: str) -> None:
        """Keep why work waits, for whoever asks from another process; empty once it goes on."""
        try:
            if (self._library.meta.get(PAUSED) or "") != reason:  # each write wakes those that watch the library
                self._library.meta.set(PAUSED, reason)
        except StoreError as exc:
            _log.warning("why indexing pauses could not be kept", extra=logs.fields(**logs.error_fields(exc)))

    def _note_repair(self, notice: str) -> None:
        self._library.meta.set(VECTORS_REPAIRED_KEY, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {notice}")
        _log.warning("index repaired", extra=logs.fields(reason=notice))

    def _state_some(self, part: int | None = None) -> bool:
        if not self._extractor:
            return False
        self._quiet.wait(_PATIENCE)
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
            except Exception as exc:  # what it means is decided next
                if _is_lacking(exc):
                    raise
                self._failed((article_id, version), "stated_as", made_as, exc)
            else:
                self._library.statements.put(article_id, version, reading.statements, made_as, reading.mentions)
            self._paces["statements"].add(1, time.perf_counter() - started)
        return bool(pairs)


def _is_lacking(exc: Exception) -> bool:
    """True if work on any other article would meet the same; a text too long for a model is the article's own."""
    return isinstance(exc, _LACKING) and not isinstance(exc, RequestTooLong)


def why_paused(exc: Exception) -> str:
    """Why work waits after this error, with the remedy: what the machine lacks, or a mistake of our own."""
    if isinstance(exc, _LACKING):
        return lacking(exc)
    if isinstance(exc, InternalError):
        return str(exc)
    return (
        f"A mistake in onrecord stops indexing ({type(exc).__name__}); articles are safe. Try the latest version; if "
        "it happens there too, report it with the last lines of the log."
    )


@dataclass
class _Pace:
    """How many were done, and how fast the last ones were: the first time a model is loaded, which tells nothing."""

    done: int = 0
    _times: int = 0
    _counted: int = 0
    _seconds: float = 0.0

    @property
    def known(self) -> bool:
        """True from the second time on."""
        return self._times > 1

    def add(self, done: int, seconds: float) -> None:
        if self._times == 1:
            self._counted, self._seconds = 0, 0.0
        self.done += done
        self._times += 1
        self._counted += done
        self._seconds += seconds

    def seconds_for(self, left: int) -> float | None:
        """Seconds that so many more will take; None before the first is done."""
        return self._seconds / self._counted * left if self._counted else None


def _alike(rows: Sequence[tuple[VectorRow, str]], count: chunking.Count) -> Iterator[list[tuple[VectorRow, str]]]:
    """Parts of passages of about one length in tokens, as the model takes them best."""
    sizes = count([passage for _, passage in rows])
    order = sorted(range(len(rows)), key=sizes.__getitem__)
    for at in range(0, len(order), _PART):
        yield [rows[n] for n in order[at : at + _PART]]


def cut_fingerprint(embedder: Embedder | None) -> str:
    """What makes passages, and so vectors, comparable: the chunker's version and the embedder."""
    return f"{chunking.VERSION}-{embedder.fingerprint if embedder else 'words'}"


def _count_words(texts: Sequence[str]) -> list[int]:
    """A rough measure for when there is no tokenizer: four word pieces for three words."""
    return [len(text.split()) * 4 // 3 + 1 for text in texts]
