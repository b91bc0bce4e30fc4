"""What can't be indexed: what the machine lacks pauses all work, what one article breaks is kept with that article."""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import ModelError, ModelMissing, Newsroom, Settings, StoreError
from rag.cli.common import Meter
from rag.domain import Article, Filters, HealthReport, Progress
from rag.errors import RequestTooLong, StoreUnavailable
from rag.providers.metered import Metered
from rag.retrieval.search import Retriever
from rag.services.indexing.indexer import Extractor, _Pace
from rag.statements.extract import Reading
from tests.killing import TinyComposition, TinyEmbedder, TinyNewsroom, first_words, story

LACKING = [
    ModelMissing("The English parser is not installed: run `make setup`."),
    MemoryError(),
    OSError(24, "Too many open files"),
    ModelError("The endpoint is away."),
]
BROKEN = [ValueError("odd text"), RecursionError(), KeyError("x"), RequestTooLong("too long")]


class FaultyComposition(TinyComposition):
    """Models that fail as `Faulty` says."""

    @property
    def extractor(self) -> Any:
        def extract(article: Article) -> Reading:
            if fault := Faulty.fails(article.text):
                raise fault
            return first_words(article)

        return Extractor(fingerprint=Faulty.made_as, extract=extract)

    @property
    def embedder(self) -> Any:
        class Embedder(TinyEmbedder):
            def embed(self, texts: Any, kind: Any) -> Any:
                for text in texts:
                    if kind == "document" and (fault := Faulty.fails_to_embed(text)):
                        raise fault
                return super().embed(texts, kind)

        return Embedder()


class Faulty(TinyNewsroom):
    """A newsroom whose models fail as they are told to: `fails` is asked with each text."""

    composition = FaultyComposition
    fails: Callable[[str], Exception | None] = staticmethod(lambda _: None)
    fails_to_embed: Callable[[str], Exception | None] = staticmethod(lambda _: None)
    made_as = "tiny"


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test breaks is mended after it."""
    monkeypatch.setattr(Faulty, "fails", staticmethod(lambda _: None))
    monkeypatch.setattr(Faulty, "fails_to_embed", staticmethod(lambda _: None))
    monkeypatch.setattr(Faulty, "made_as", "tiny")


def breaks(monkeypatch: pytest.MonkeyPatch, what: str, fault: Exception, word: str = "") -> None:
    monkeypatch.setattr(Faulty, what, staticmethod(lambda text: fault if word in text.lower() else None))


def settled(room: Newsroom) -> HealthReport:
    room._parts.indexer.start()
    assert room.wait(60)
    return room.doctor()


@pytest.mark.parametrize("fault", LACKING, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(("what", "step"), [("fails", "statements"), ("fails_to_embed", "vectors")])
def test_what_the_machine_lacks_pauses_the_work_is_said_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, what: str, step: str
) -> None:
    breaks(monkeypatch, what, fault)
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(story(1))
        state = settled(room)
        assert state.pending[step] == 1
        assert state.failed == {"vectors": 0, "statements": 0}
        assert not state.healthy
        assert any(line.endswith("search by words goes on.") for line in state.advice)
    monkeypatch.setattr(Faulty, what, staticmethod(lambda _: None))
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        state = settled(room)
        assert state.healthy, state.advice
        assert state.pending == {"vectors": 0, "statements": 0}
        assert len(room.statements()) == 1
        assert state.vectors == state.passages


@pytest.mark.parametrize("fault", BROKEN, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(("what", "step"), [("fails", "statements"), ("fails_to_embed", "vectors")])
def test_what_one_article_breaks_is_kept_with_its_reason_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, what: str, step: str
) -> None:
    breaks(monkeypatch, what, fault, "n2e0")
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        ids = [room.add_text(story(number)).article_id or "" for number in range(4)]
        state = settled(room)
        assert state.pending == {"vectors": 0, "statements": 0}
        assert state.failed == {"vectors": 0, "statements": 0} | {step: 1}
        (line,) = state.advice
        assert ids[2] in line
        assert type(fault).__name__ in line
        assert "reindex" in line
        assert room.search("n2e0")[0].article_id == ids[2]
        others = {item.article_id for item in room.statements()}
        assert others == set(ids) - ({ids[2]} if step == "statements" else set())
    with Faulty.open(Settings(home=tmp_path / "home")) as room:  # the index is not made again for what it can't hold
        assert settled(room).failed[step] == 1
        assert room.doctor().repaired is None
        monkeypatch.setattr(Faulty, what, staticmethod(lambda _: None))
        room.reindex()
        state = settled(room)
        assert state.healthy, state.advice
        assert len(room.statements()) == 4
        assert state.vectors == state.passages


@pytest.mark.parametrize("upgrade", ["release", "fingerprint"])
def test_an_upgrade_tries_what_failed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upgrade: str) -> None:
    breaks(monkeypatch, "fails", ValueError("odd text"), "n2e0")
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(story(2))
        assert settled(room).failed["statements"] == 1
    monkeypatch.setattr(Faulty, "fails", staticmethod(lambda _: None))
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        assert settled(room).failed["statements"] == 1
    if upgrade == "release":
        monkeypatch.setattr("rag.composition.parts.installed_version", lambda _: "99")
    else:
        monkeypatch.setattr(Faulty, "made_as", "tiny-2")
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        assert settled(room).failed["statements"] == 0
        assert len(room.statements()) == 1


def test_a_new_failure_keeps_the_statements_that_were_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(story(1))
        assert settled(room).healthy
        breaks(monkeypatch, "fails", ValueError("odd text"))
        room.reindex()
        assert settled(room).failed["statements"] == 1
        assert len(room.statements()) == 1


def test_a_removed_article_takes_its_failure_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(monkeypatch, "fails", ValueError("odd text"))
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        result = room.add_text(story(1))
        assert settled(room).failed["statements"] == 1
        room.remove(result.article_id or "")
        assert settled(room).healthy


def test_a_missing_parser_does_not_stop_adding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import rag.providers.spacy_parser as spacy_parser

    def absent() -> None:
        raise ModelMissing("The English parser is not installed: run `make setup`.")

    with monkeypatch.context() as patch:
        patch.setattr(spacy_parser, "shared_parser", absent)
        with Newsroom.open(Settings(home=tmp_path / "home")) as room:
            assert room.add_text("The mayor of Esk, Ida Holm, said that the bridge will close.").status == "added"
            assert room.wait(60)
            assert room.search("bridge")
            assert any("parser is not installed" in line for line in room.doctor().advice)
    with Newsroom.open(Settings(home=tmp_path / "home")) as room:
        room.doctor()
        assert room.wait(120)
        assert [item.speaker for item in room.statements()] == ["Ida Holm"]


def test_a_mistake_of_our_own_stops_the_work_says_so_and_not_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        with monkeypatch.context() as patch:
            patch.setattr(type(room._parts.indexer), "_split_again", lambda _: dict[str, int]()["x"])
            room.add_text(story(1))
            assert any("bug in onrecord" in line for line in settled(room).advice)
        assert settled(room).healthy


# -- parts that are made when they are first needed


def test_a_part_is_made_once_however_many_need_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    class Model:
        name = "m"

    made: list[Metered] = []

    def slow(_: Settings) -> Metered:
        time.sleep(0.05)
        made.append(Metered(Model(), price=None, cap=None))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr("rag.composition.parts.chat_model", slow)
    with TinyNewsroom.open(Settings(home=tmp_path / "home", chat_model="m", base_url="http://127.0.0.1:9/v1")) as room:
        both = threading.Barrier(8)
        seen: list[object] = []

        def need() -> None:
            both.wait()
            seen.append(room._parts.chat)

        threads = [threading.Thread(target=need) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(made) == 1
    assert len(set(map(id, seen))) == 1


def test_a_closed_model_takes_no_request() -> None:
    class Model:
        name = "m"

        def complete(self, *_: object, **__: object) -> None:
            raise AssertionError

    model = Metered(Model(), price=None, cap=None)  # type: ignore[arg-type]
    model.close()
    with pytest.raises(ModelError, match="closed"):
        model.complete([])


def test_closing_closes_what_fetches(tmp_path: Path) -> None:
    room = TinyNewsroom.open(Settings(home=tmp_path / "home"))
    closed: list[bool] = []
    room._parts.__dict__["fetcher"] = type("Fetcher", (), {"close": lambda _: closed.append(True)})()
    room.close()
    assert closed == [True]
    with pytest.raises(StoreError, match="closed"):
        room.count()


# -- how far it is


def test_the_estimate_counts_all_work_that_is_left(tmp_path: Path) -> None:
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        for number in range(3):
            room.add_text(story(number))
        settled(room)
        indexer = room._parts.indexer
        indexer._paces["vectors"] = pace(2.0)
        indexer._paces["statements"] = pace(5.0)
        left = {"vectors": 4, "statements": 10}
        assert indexer.seconds_for(left) == pytest.approx(58)  # type: ignore[arg-type]
        indexer.pending_counts = lambda: left  # type: ignore[assignment, method-assign, return-value]
        assert [item.seconds_left for item in indexer.progress()] == pytest.approx([58, 58])
        indexer._paces["statements"] = _Pace()
        assert [item.seconds_left for item in indexer.progress()] == [None, None]


def pace(seconds: float) -> _Pace:
    """What was learnt from two rounds, the first of which loaded a model."""
    known = _Pace()
    known.add(1, 100.0)
    known.add(2, 2 * seconds)
    return known


def test_the_pace_of_statements_is_known_before_all_vectors_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.services.indexing.indexer._VERSIONS_AT_ONCE", 2)
    order: list[str] = []
    monkeypatch.setattr(Faulty, "fails", staticmethod(lambda _: order.append("statements")))
    monkeypatch.setattr(Faulty, "fails_to_embed", staticmethod(lambda _: order.append("vectors")))
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        monkeypatch.setattr(type(room._parts.indexer), "start", lambda _: None)
        for number in range(8):
            room.add_text(story(number))
        room._parts.indexer._run_steps()
    first, last = order.index("statements"), len(order) - order[::-1].index("vectors")
    assert first < last
    assert order.count("statements") == 8
    assert order[:last].count("statements") == 2


def test_an_article_that_comes_in_before_the_comparison_is_no_reason_to_read_the_whole_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparisons: list[int] = []
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        indexer, state = room._parts.indexer, room._parts.library.index_state
        compare = state.reconcile
        monkeypatch.setattr(state, "reconcile", lambda ids, made_as: comparisons.append(1) or compare(ids, made_as))
        with monkeypatch.context() as patch:
            patch.setattr(type(indexer), "start", lambda _: None)
            room.add_text(story(1))
            assert not indexer._repair()
        assert is_whole(settled(room))
        assert not comparisons
        indexer._vectors.remove([article.article_id for article in room.articles()])
        indexer._vectors_checked = False
        assert is_whole(settled(room))
    assert len(comparisons) == 2  # of the loss alone, twice so that nothing is made that another process has made


class Interrupted(threading.Event):
    """Is cleared while Ctrl-C arrives."""

    def clear(self) -> None:
        signal.raise_signal(signal.SIGINT)
        super().clear()


def test_ctrl_c_waits_until_work_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        indexer = room._parts.indexer
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with monkeypatch.context() as patch:
                patch.setattr(indexer, "_idle", Interrupted())
                with pytest.raises(KeyboardInterrupt):
                    indexer.start()
                assert indexer._thread
        finally:
            signal.signal(signal.SIGINT, before)


def is_whole(report: HealthReport) -> bool:
    return report.vectors == report.passages > 0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return False


def test_progress_in_a_file_is_a_line_for_a_change_and_at_most_one_in_ten_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written, now = Terminal(), [0.0]
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr("rag.cli.common.time", type("Clock", (), {"monotonic": staticmethod(lambda: now[0])}))
    meter = Meter()
    for second in range(1000):
        now[0] += 0.2
        meter.show(
            Progress(step="vectors", done=300 + second // 500, total=1397, seconds_left=1000.0 - second)  # it goes down
        )
    lines = written.getvalue().splitlines()
    assert len(lines) == 2, lines
    assert lines[0].startswith("vectors: 300 of 1397, ")
    assert lines[1].startswith("vectors: 301 of 1397, ")
    for second in range(1000):
        now[0] += 0.2
        meter.show(Progress(step="vectors", done=second, total=1397, seconds_left=None))
    assert len(written.getvalue().splitlines()) <= 2 + 200 / 10


# -- what searches share


class Away:
    """A vector store that is away for whoever searches with a filter by outlet."""

    lost = None

    def nearest(self, vector: Any, *, k: int, among: Any = None) -> list[tuple[str, float]]:
        if among is not None:
            raise StoreUnavailable("The vector server is away.")
        return []


def test_only_the_search_that_went_by_words_alone_says_so(tmp_path: Path) -> None:
    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(story(1), outlet="Courier")
        settled(room)
        retriever = Retriever(room._parts.library, Away(), TinyEmbedder())  # type: ignore[arg-type]
        away = retriever.search("n1e0", k=1, filters=Filters(outlet="Courier"))
        there = retriever.search("n1e0", k=1, filters=Filters())
    assert (away.away, there.away) == ("The vector server is away.", None)
    assert retriever.search_notices(away, away=away.away) == ["Searched by words only. The vector server is away."]
    assert not any("words only. " in line for line in retriever.search_notices(there, away=there.away))


def test_vectors_that_were_met_lately_are_kept_the_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.retrieval.search._CACHED_VECTORS", 2)
    asked: list[str] = []

    class Counting(TinyEmbedder):
        def embed(self, texts: Any, kind: Any) -> Any:
            asked.extend(texts)
            return super().embed(texts, kind)

    with Faulty.open(Settings(home=tmp_path / "home")) as room:
        retriever = Retriever(room._parts.library, None, Counting())
        for text in ("a", "b", "a", "c", "a"):
            retriever.vectors([text], "query")
    assert asked == ["a", "b", "c"]
