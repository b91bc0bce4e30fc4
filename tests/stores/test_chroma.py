"""Vectors in Chroma, in a folder and on a server."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from rag.errors import BadSettings, StoreError, StoreUnavailable
from rag.stores import chroma as chroma_store
from rag.stores.chroma import ChromaServer, ChromaVectors
from tests.contracts.vectors import VectorContract, rows, vectors
from tests.guards import some
from tests.servers.chroma import ChromaProcess


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaVectors]:
    made = ChromaVectors(tmp_path / "vectors", "passages-test")
    yield made
    made.close()


class TestInAFolder(VectorContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ChromaVectors]:
        made = ChromaVectors(tmp_path / "vectors", "passages-test")
        yield made
        made.close()


class TestOnAServer(VectorContract):
    @pytest.fixture
    def store(self, chroma: ChromaProcess) -> Iterator[ChromaServer]:
        made = ChromaServer(chroma.address, "passages-test", owner="contract")
        made.clear()
        yield made
        made.close()


def test_what_another_process_writes_is_seen_at_once(store: ChromaVectors, tmp_path: Path) -> None:
    made = vectors(8)
    store.upsert(rows(8), made)
    store.nearest(made[0], k=1)
    writer = (
        "from rag.stores.base import VectorRow; from tests.stores.test_chroma import *\n"
        f"store = ChromaVectors(Path({str(tmp_path / 'vectors')!r}), 'passages-test')\n"
        "store.upsert([VectorRow(passage_id='new', article_id='new')], vectors(1, seed=5))\n"
    )
    subprocess.run([sys.executable, "-c", writer], check=True, cwd=Path(__file__).parents[2])
    assert store.nearest(vectors(1, seed=5)[0], k=1)[0][0] == "new"


def test_another_fingerprint_is_another_index(store: ChromaVectors, tmp_path: Path) -> None:
    store.upsert(rows(3), vectors(3))
    store.close()
    other = ChromaVectors(tmp_path / "vectors", "passages-other")
    assert other.count() == 0
    other.close()


def test_libraries_on_one_server_do_not_meet(chroma: ChromaProcess) -> None:
    one, other = (ChromaServer(chroma.address, "passages-test", owner=name) for name in ("north", "south"))
    one.upsert(rows(3), vectors(3))
    assert other.count() == 0
    other.upsert(rows(5), vectors(5))
    other.remove(["a0"])
    assert (one.count(), other.count()) == (3, 1)
    one.clear()
    assert (one.count(), other.count()) == (0, 1)


def test_what_one_process_cleared_is_made_anew_by_the_other_which_says_so(chroma: ChromaProcess) -> None:
    one, other = (ChromaServer(chroma.address, "passages-test", owner="shared") for _ in range(2))
    one.upsert(rows(3), vectors(3))
    assert other.count() == 3
    one.clear()
    assert other.count() == 0
    assert other.loss_notice
    other.upsert(rows(2), vectors(2))
    assert one.count() == 2


def test_a_server_that_is_away_is_named_with_the_remedy_and_not_asked_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma_store, "_RETRY_SECONDS", 600)
    with ChromaProcess(tmp_path) as server:
        store = ChromaServer(server.address, "passages-test", owner="x", token="geheim")
        store.upsert(rows(3), vectors(3))
        server.kill()
        with pytest.raises(StoreUnavailable, match="ONRECORD_CHROMA_URL") as caught:
            store.count()
        assert "geheim" not in str(caught.value)
        server.start()
        with pytest.raises(StoreUnavailable):
            store.nearest(vectors(1)[0], k=1)
        store._retry_at = 0.0
        assert store.count() == 3


def test_closing_ends_the_connections_and_whoever_still_uses_them(chroma: ChromaProcess) -> None:
    store, ends = ChromaServer(chroma.address, "passages-test", owner="closing"), []
    store.upsert(rows(3), vectors(3))
    session = store._open()._server._session  # type: ignore[attr-defined]
    barrier = threading.Barrier(4)

    def look() -> None:
        barrier.wait()
        try:
            while True:
                store.nearest(vectors(1)[0], k=1)
        except Exception as exc:  # noqa: BLE001  # looked at below
            ends.append(exc)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for one in threads:
        one.start()
    barrier.wait()
    store.close()
    for one in threads:
        one.join(60)
    assert session.is_closed
    assert [type(one) for one in ends] == [StoreError] * 3
    assert all("closed" in str(one) for one in some(ends))


@pytest.mark.parametrize(
    ("held", "host", "looked_at"),
    [(400, "127.0.0.1", 20), (1_000_000, "127.0.0.1", 800), (1_000_000, "api.trychroma.com", 300)],
)
def test_the_graph_of_a_large_library_is_asked_for_more_but_no_more_than_the_server_gives(
    monkeypatch: pytest.MonkeyPatch, held: int, host: str, looked_at: int
) -> None:
    store, asked = ChromaServer(f"http://{host}:1", "passages-test", owner="x"), list[int]()
    monkeypatch.setattr(store, "_collection", lambda: SimpleNamespace(count=lambda: held))
    monkeypatch.setattr(
        chroma_store, "_query_graph", lambda _collection, _vector, count, _among: (asked.append(count), [])[1]
    )
    store.nearest(vectors(1)[0], k=10)
    assert asked == [looked_at]


@pytest.mark.parametrize("address", ["http://u:geheim@h:1", "ftp://h", "http://", "http://h/tenant", "http://h:99999"])
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(BadSettings, match="ONRECORD_CHROMA_URL") as caught:
        ChromaServer(address, "passages-test", owner="x")
    assert "geheim" not in str(caught.value)
