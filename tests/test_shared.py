"""Several processes share a library on a real PostgreSQL and a real Chroma server, with workers that take its jobs."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rag import Newsroom, Settings, UnusableInput
from rag.domain import as_json
from rag.stores.chroma import ChromaServer
from rag.stores.jobs import QueuedJob
from tests.conftest import PROJECT
from tests.servers.chroma import ChromaProcess
from tests.servers.postgres import PASSWORD, QUOTED, Cluster
from tests.servers.sharing import SharingNewsroom, Told, environment, started, text

QUESTIONS = [
    "What is Turkey's stated position?",
    "What did Russia say about the drones?",
    "Where will the drone plant be built?",
    "How many people live on the moon?",
]


def work(room: Newsroom) -> None:
    """Be a worker until nothing waits, on a thread: a browser's test may have left its event loop on this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(room.work, once=True).result()


@pytest.fixture
def settings(postgres: Cluster, chroma: ChromaProcess, tmp_path: Path) -> Settings:
    """A library of its own on both servers."""
    return Settings(home=tmp_path / "home", database_url=postgres.database(), chroma_url=chroma.address)


@pytest.fixture
def room(settings: Settings, tmp_path: Path) -> Iterator[Newsroom]:
    """A newsroom on servers whose models take no time."""
    SharingNewsroom.told = Told(tmp_path / "log")
    opened = SharingNewsroom.open(settings)
    yield opened
    opened.close()


def told(log: Path, what: str) -> list[list[str]]:
    return [line.split()[1:] for line in log.read_text("utf-8").splitlines() if line.startswith(f"{what} ")]


def ended(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        assert process.wait(300) == 0


def whole(room: Newsroom) -> None:
    """Every passage of the library is among the vectors, nothing else is, and every version has its statements."""
    with room._parts.library.reading() as connection:
        kept = set(connection.exec_driver_sql("SELECT passage_id FROM passage").scalars())
    assert room._parts.vectors
    assert room._parts.vectors.ids() == kept
    assert not any(room.pending().values())
    assert len(room.statements()) == room.count()


def test_two_apps_and_two_workers_index_every_passage_once_and_lose_none(
    room: Newsroom, settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    workers = [started(settings, "worker", log) for _ in range(2)]
    apps = [started(settings, "app:0:40", log), started(settings, "app:25:60", log)]  # some in both
    assert [app.wait(300) for app in apps] == [0, 0]
    assert room.wait(300)
    ended(*workers)
    assert room.count() == 60
    assert Counter(status for _, status, _ in told(log, "added")) == {"added": 60, "duplicate": 15}
    embedded, stated = told(log, "embedded"), told(log, "stated")
    assert sorted(passage for _, passage in embedded) == sorted(text(n).replace(" ", "_") for n in range(60))
    assert len(stated) == len({article for _, article in stated}) == 60
    assert {process for process, _ in embedded + stated} <= {str(worker.pid) for worker in workers}
    whole(room)


def test_the_work_of_a_killed_worker_goes_to_another(room: Newsroom, settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for number in range(30):
        room.add_text(text(number), title=f"Report {number}")
    dying = started(settings, "dying", log)
    assert dying.wait(300) == -9
    assert told(log, "died")
    assert room.pending()["vectors"] > 0
    other = started(settings, "worker", log)
    assert room.wait(300)
    ended(other)
    assert len({passage for _, passage in told(log, "embedded")}) == 30
    whole(room)


def test_what_workers_lack_is_said_to_whoever_shares_the_library_until_it_is_there(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_text(text(1))
    indexer = room._parts.indexer
    with monkeypatch.context() as patch:
        patch.setattr(indexer, "_extract_statements", fails(OSError(24, "Too many open files")))
        indexer._do_job(QueuedJob("statements"))
    assert any("Too many open files" in line for line in room.doctor().advice)
    assert room.pending()["statements"] == 1
    for part in range(64):
        indexer._do_job(QueuedJob("statements", part))
    assert room.pending()["statements"] == 0
    assert not any("Too many open files" in line for line in room.doctor().advice)


def fails(fault: Exception) -> Callable[..., bool]:
    def step(_: int | None = None) -> bool:
        raise fault

    return step


def test_without_a_worker_waiting_ends_and_says_what_to_start(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.services.indexing.queued._SECONDS_ALONE", 0.1)
    room.add_text(text(1))
    assert room.wait(300)
    assert room.search("harbour")
    state = room.doctor()
    assert not state.healthy
    assert any("onrecord worker" in line for line in state.advice)


def test_while_the_vector_server_is_away_words_answer_and_vectors_are_made_up_for(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SharingNewsroom.told = Told(tmp_path / "log")
    with ChromaProcess(tmp_path) as server:
        settings = Settings(home=tmp_path / "home", database_url=postgres.database(), chroma_url=server.address)
        room = SharingNewsroom.open(settings)
        first = room.add_text(text(1), title="Report 1")
        work(room)
        whole(room)
        server.kill()
        monkeypatch.setattr("rag.stores.chroma._RETRY_SECONDS", 0.0)
        assert room.search("harbour")[0].article_id == first.article_id
        answer = room.ask("Where did barada1 go?")
        assert any("words only" in notice and "ONRECORD_CHROMA_URL" in notice for notice in answer.notices)
        second = room.add_text(text(2), title="Report 2")
        room.remove(first.article_id or "")
        work(room)
        assert room.search("harbour")[0].article_id == second.article_id
        state = room.doctor()
        assert any("words only" in line for line in state.advice)
        server.start()
        work(room)
        whole(room)
        assert not room.ask("Where did barada2 go?").notices
        room.close()


def same(one: Any, other: Any) -> bool:
    """Equal but for scores, which hang on the company that a text was embedded in: alike to a ten-thousandth."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 1e-4
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def asked(room: Newsroom, question: str) -> dict[str, Any]:
    value: dict[str, Any] = as_json(room.ask(question))
    value.pop("elapsed_ms")
    return value


def test_answers_on_servers_are_those_of_a_library_in_a_folder(sample: Newsroom, settings: Settings) -> None:
    one, other = Newsroom.open(settings), Newsroom.open(settings)
    assert {item.status for item in one.add(PROJECT / "corpus")} == {"added"}
    command = [sys.executable, "-m", "rag", "worker", "--once"]
    workers = [subprocess.Popen(command, cwd=PROJECT, env=environment(settings)) for _ in range(2)]
    assert [worker.wait(110) for worker in workers] == [0, 0]
    assert not any(one.pending().values())
    for room in (one, other):
        for question in QUESTIONS:
            assert same(asked(room, question), asked(sample, question))
            assert same(as_json(room.search(question)), as_json(sample.search(question)))
        assert room.statements() == sample.statements()
    state = other.doctor()
    assert state.stores.library.startswith("PostgreSQL ")
    assert (state.stores.vectors or "").startswith("Chroma server ")
    assert PASSWORD not in str(state)
    assert QUOTED not in str(state)
    for room in (one, other):
        room.close()


def test_a_library_with_its_vectors_goes_to_servers_and_back(
    sample: Newsroom, postgres: Cluster, chroma: ChromaProcess, tmp_path: Path
) -> None:
    address = postgres.database()
    there = sample.move_store(address, chroma=chroma.address)
    assert (there.articles, there.vectors) == (sample.count(), sample.doctor().vectors)
    with Newsroom.open(Settings(home=tmp_path / "x", database_url=address, chroma_url=chroma.address)) as server:
        assert not any(server.pending().values())
        assert asked(server, QUESTIONS[0]) == asked(sample, QUESTIONS[0])
        back = server.move_store(str(tmp_path / "back"))
        with pytest.raises(UnusableInput, match="never overwritten"):
            server.move_store(str(tmp_path / "back"))
    assert back.vectors == there.vectors
    with Newsroom.open(Settings(home=tmp_path / "back")) as again:
        assert not any(again.pending().values())
        assert asked(again, QUESTIONS[0]) == asked(sample, QUESTIONS[0])
        assert again.statements() == sample.statements()


def test_a_library_in_a_folder_needs_no_worker_and_a_library_on_a_server_no_backup_file(
    room: Newsroom, tmp_path: Path
) -> None:
    with Newsroom.open(Settings(home=tmp_path / "folder")) as embedded, pytest.raises(UnusableInput, match="no worker"):
        embedded.work()
    with pytest.raises(UnusableInput, match="migrate-store"):
        room.backup(tmp_path / "backup.db")
    with pytest.raises(UnusableInput, match="migrate-store"):
        Newsroom.restore_backup(tmp_path / "backup.db", room.settings)


def test_vectors_on_a_server_serve_a_library_in_a_folder_too(chroma: ChromaProcess, tmp_path: Path) -> None:
    SharingNewsroom.told = Told(tmp_path / "log")
    with SharingNewsroom.open(Settings(home=tmp_path / "home", chroma_url=chroma.address)) as room:
        room.add_text(text(1))
        assert room.wait(300)
        whole(room)
        assert isinstance(room._parts.vectors, ChromaServer)
