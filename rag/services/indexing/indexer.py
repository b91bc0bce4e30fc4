"""Deriving what is searched: passages, vectors and statements of every version in the library.

What there is to do is read from the library itself (which versions were not yet made as the fingerprints say), so the
work can stop anywhere, resume in any process, and doing a piece of it twice changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rag import logs
from rag.domain import Article, Progress, Removal, Span, Statement, Step
from rag.errors import ModelError, ModelMissing, OnRecordError, StoreError, StoreUnavailable, UnknownArticle
from rag.providers.base import Embedder
from rag.stores.base import VectorRow, VectorStore
from rag.stores.library import Library
from rag.stores.tables import REPAIRED
from rag.text import chunking

UNCLEAN = "vectors_unclean"  # noted in the library: the vectors of a removed article could not be reached
_VERSIONS_AT_ONCE = 128
_PASSAGES_AT_ONCE = 512  # of one round: a model is quickest with texts of one length, which few passages have
_PART = 128  # passages that are embedded and written in one go: few enough to stop soon
_SECONDS_BETWEEN = 3.0  # two looks at whether another process has written
_LOOKS = 5  # at what others wrote, for one at what was put off
_PATIENCE = 1.0  # seconds that extraction waits, article by article, while questions are answered
_ASKERS_TOLD = 5
_PHASES = {"_recut": "cutting", "_embed_some": "vectors", "_repair": "repairing", "_state_some": "statements"}
_log = logging.getLogger(__name__)


class Watcher:
    """Has outstanding work begun a little after opening, and whenever the library was written to since: what another
    process added and did not wait for is seen to here, without anybody asking for it. What was `put_off`, as while a
    vector server is away, is tried again now and then.
    """

    def __init__(
        self, library: Library, *, begin: Callable[[], None], put_off: Callable[[], bool] = lambda: False
    ) -> None:
        self._library = library
        self._begin = begin
        self._put_off = put_off
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="onrecord-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        seen, looks = None, 0
        while not self._closed.wait(_SECONDS_BETWEEN):
            looks += 1
            try:
                now = self._library.written()
                changed, seen = now != seen, now
                if changed or (looks % _LOOKS == 0 and self._put_off()):
                    self._begin()
            except OnRecordError as exc:  # whoever asks for something is told; the next look may succeed
                _log.warning("looking for work failed", extra=logs.fields(**logs.why(exc)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """How statements are made of one article, and the fingerprint of that."""

    fingerprint: str
    extract: Callable[[Article], tuple[Statement, ...]]


class Indexer:
    """Keeps the indices of one library up to date, on a thread of its own."""

    def __init__(
        self, library: Library, *, vectors: VectorStore | None, embedder: Embedder | None, extractor: Extractor | None
    ) -> None:
        self._library = library
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
            if asker := logs.current():
                self._askers[asker] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="onrecord-indexer", daemon=True)
                self._thread.start()

    @property
    def put_off(self) -> bool:
        """True if something could not be done just now, and may be later."""
        return self._put_off

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
        if self._thread:
            self._thread.join()

    def left(self) -> dict[Step, int]:
        """Versions whose vectors and statements are still to be made."""
        left: dict[Step, int] = {}
        if self._embedder:
            left["vectors"] = self._library.to_do_count("embedded_as", self.cut_as)
        if self._extractor:
            left["statements"] = self._library.to_do_count("stated_as", self._extractor.fingerprint)
        return left

    def progress(self) -> tuple[Progress, ...]:
        """How far the background work is, in versions; what is done is left out."""
        return tuple(
            Progress(step=step, done=pace.done, total=pace.done + left, seconds_left=pace.seconds_for(left))
            for step, left in self.left().items()
            if left and (pace := self._paces[step])
        )

    def rebuild(self) -> None:
        """Make every passage, word, vector and statement again, from the record alone. Raises StoreError."""
        self._library.remake_words()
        self._library.forget("embedded_as")
        self._library.forget("stated_as")
        if self._vectors:
            self._vectors.clear()
        self._cut_alike = self._whole = False
        self.start()

    def remove(self, article_id: str) -> Removal:
        """Take an article out of the library and out of every index. Raises UnknownArticle."""
        report = self._library.remove(article_id)
        if self._vectors:
            self._whole = False  # should this process end before the next line, the next one sees to the rest
            try:
                self._vectors.remove([article_id])
            except StoreUnavailable as exc:  # no search shows what the library does not know
                self._library.note(UNCLEAN, article_id)
                self._put_off = True
                told = logs.fields(article_id=article_id, **logs.why(exc))
                _log.warning("vectors of a removed article are removed later", extra=told)
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
        if self._thread is None or self._put_off or (self._vectors and self._vectors.lost):
            self.start()

    def _run(self) -> None:
        try:
            while not self._closed:
                self._wake.wait()
                self._wake.clear()
                self.fault, self._put_off = None, False
                with self._lock:
                    askers, self._askers = list(self._askers), {}
                with logs.under(",".join(askers[-_ASKERS_TOLD:]) or None):
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
        self._work()
        done = {str(step): pace.done - before[step] for step, pace in self._paces.items()}
        if any(done.values()):
            spent = {name: round(1000 * seconds, 1) for name, seconds in self._spent.items()}
            _log.info("background work done", extra=logs.fields(**done, phases_ms=spent))

    def _timed(self, step: Callable[[], bool]) -> bool:
        begun = time.perf_counter()
        try:
            return step()
        finally:
            name = _PHASES[step.__name__]
            self._spent[name] = self._spent.get(name, 0.0) + time.perf_counter() - begun

    def _work(self) -> None:
        """Do all there is, vectors first. What fails is left for the next start; the other kind goes on."""
        steps = [self._recut, self._embed_some, self._repair, self._state_some]
        while steps and not self._closed:
            try:
                if not any(map(self._timed, steps)):
                    return
            except (ModelError, ModelMissing, StoreError) as exc:
                # The record is safe and search by words works; `doctor` and the next start see to the rest.
                self.fault, self._put_off = str(exc), exc.retryable
                _log.warning("indexing paused", extra=logs.fields(**logs.why(exc)))
                steps = [self._state_some] if len(steps) > 1 else []

    def _recut(self) -> bool:
        """Cut anew what was cut for another embedder or by another chunker."""
        if not self._cut_alike:
            for article_id, version in self._library.cut_differently(self.cut_as):
                text = self._library.texts([(article_id, version)]).get((article_id, version), "")
                self._library.recut(article_id, version, self.cut(text), self.cut_as)
            self._cut_alike = True
        return False

    def _embed_some(self, part: int | None = None) -> bool:
        if not self._embedder or not self._vectors:
            return False
        started = time.perf_counter()
        pairs = self._library.to_do("embedded_as", self.cut_as, limit=_VERSIONS_AT_ONCE, part=part)
        if not pairs:
            return False
        written: dict[tuple[str, str], list[tuple[VectorRow, Span]]] = {}
        rows: list[tuple[VectorRow, str]] = []
        texts = self._library.texts(pairs)
        for pair, kept in self._library.vector_rows(pairs).items():
            if rows and len(rows) + len(kept) > _PASSAGES_AT_ONCE:
                break
            written[pair] = kept
            rows += [(row, span.of(texts[pair])) for row, span in kept]
        for some in _alike(rows, self._embedder.count):
            if self._closed:  # what was written is written again: no version is confirmed before all of it is
                return False
            vectors = self._embedder.embed([passage for _, passage in some], "document")
            self._vectors.upsert([row for row, _ in some], vectors)
        self._library.confirm(written, self.cut_as)
        # An article that was removed meanwhile must not live on in the index.
        alive = self._library.summaries(article_id for article_id, _ in written)
        if gone := sorted({article_id for article_id, _ in written} - alive.keys()):
            self._vectors.remove(gone)
        self._paces["vectors"].add(len(written), time.perf_counter() - started)
        return True

    def _repair(self) -> bool:
        """Once nothing is left to embed, the index holds as many passages as the library; else it is seen which. Words
        are put in with their passage, so they are seen to at any time.
        """
        if not self._worded:
            mended, self._worded = self._library.mend_words(), True
            if mended:
                self._note_repair(f"The index of words had {mended} entries too few or too many; they are put right.")
        if not self._embedder or not self._vectors or (self._whole and not self._vectors.lost):
            return False
        lost, self._vectors.lost = self._vectors.lost, None
        self._whole = True
        unclean = bool(self._library.noted(UNCLEAN))
        if self._vectors.count() == self._library.passage_count() and not unclean:
            return False
        unknown, lacking = self._library.compare(self._vectors.ids(), self.cut_as)
        self._vectors.drop(sorted(unknown))
        if unclean:
            self._library.note(UNCLEAN, "")
        if lacking:  # but for what another process has put in since
            lacking &= self._library.compare(self._vectors.ids(), self.cut_as)[1]
        if lacking:
            self._library.mark("embedded_as", lacking, None)
            told = lost or f"The vector index lacked {len(lacking)} article versions; they are made again."
            self._note_repair(told)
        return True

    def _note_repair(self, told: str) -> None:
        self._library.note(REPAIRED, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {told}")
        _log.warning("index repaired", extra=logs.fields(reason=told))

    def _state_some(self, part: int | None = None) -> bool:
        if not self._extractor:
            return False
        self._quiet.wait(_PATIENCE)
        started = time.perf_counter()
        pairs = self._library.to_do("stated_as", self._extractor.fingerprint, limit=1, part=part)
        for article_id, version in pairs:
            try:
                article = self._library.article(article_id, version)
            except UnknownArticle:  # removed meanwhile
                continue
            statements = self._extracted(self._extractor, article)
            self._library.put_statements(article_id, version, statements, self._extractor.fingerprint)
            self._paces["statements"].add(1, time.perf_counter() - started)
        return bool(pairs)

    def _extracted(self, extractor: Extractor, article: Article) -> tuple[Statement, ...]:
        try:
            return extractor.extract(article)
        except Exception as exc:  # noqa: BLE001  # one article must not stop the others, nor be tried for ever
            _log.error(  # the error's words may be the article's
                "no statements were made of an article",
                extra=logs.fields(article_id=article.article_id, **logs.why(exc)),
            )
            return ()


@dataclass
class _Pace:
    """How many were done, and the seconds spent on them."""

    done: int = 0
    seconds: float = 0.0

    def add(self, done: int, seconds: float) -> None:
        self.done += done
        self.seconds += seconds

    def seconds_for(self, left: int) -> float | None:
        """Seconds that so many more will take; None before the first is done."""
        return self.seconds / self.done * left if self.done else None


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
