"""The reranker at the wire: what is sent, what is made of each answer, and that search goes on without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rag.composition.adapters import reranker
from rag.errors import BadSettings, ModelError
from rag.newsroom import Newsroom
from rag.providers.endpoint_rerank import EndpointReranker
from rag.retrieval.search import Retriever
from rag.settings import Settings

SETTINGS = Settings(base_url="http://models.test/v1", rerank_model="sorter", timeout=5)


class Server:
    """Scores documents by a given list and keeps what it was asked."""

    def __init__(self, reply: object, status: int = 200) -> None:
        self.asked: list[dict[str, object]] = []
        self.paths: list[str] = []
        self._reply, self._status = reply, status

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(json.loads(request.content))
        self.paths.append(request.url.path)
        return httpx2.Response(self._status, json=self._reply, headers={"retry-after-ms": "1"})


def made(server: Server) -> EndpointReranker:
    return EndpointReranker(SETTINGS, http_client=httpx2.Client(transport=httpx2.MockTransport(server)))


def scored(*scores: float) -> dict[str, object]:
    return {"results": [{"index": at, "relevance_score": score} for at, score in reversed([*enumerate(scores)])]}


def test_scores_come_back_in_the_order_of_the_texts() -> None:
    server = Server(scored(0.1, 0.9))
    assert made(server).rerank("bridge?", ["tram", "bridge"]) == [0.1, 0.9]
    assert server.asked == [{"model": "sorter", "query": "bridge?", "documents": ["tram", "bridge"]}]
    assert server.paths == ["/v1/rerank"]


def test_log_odds_are_turned_into_shares() -> None:
    low, high = made(Server(scored(-900.0, 9.0))).rerank("bridge?", ["tram", "bridge"])
    assert 0 <= low < 0.01
    assert 0.99 < high <= 1


def test_nothing_is_sent_for_no_text() -> None:
    server = Server(scored())
    assert made(server).rerank("bridge?", []) == []
    assert server.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        {},
        [],
        {"results": [{"index": 0}]},
        {"results": "no"},
        {"results": [{"index": 0, "relevance_score": "inf"}, {"index": 1, "relevance_score": 1}]},
        scored(0.5),
        scored(0.5, 0.5, 0.5),
    ],
)
def test_what_does_not_score_every_text_is_a_model_error(reply: object) -> None:
    with pytest.raises(ModelError):
        made(Server(reply)).rerank("bridge?", ["tram", "bridge"])


def test_a_server_without_reranking_is_a_model_error() -> None:
    with pytest.raises(ModelError):
        made(Server({"error": "no such path"}, status=404)).rerank("bridge?", ["tram"])


def test_a_model_without_an_endpoint_names_the_setting() -> None:
    with pytest.raises(BadSettings, match="ONRECORD_RERANK_MODEL"):
        reranker(Settings(rerank_model="sorter"))
    assert reranker(Settings()) is None


class Fixed:
    """Prefers texts with a word, or fails."""

    fingerprint = "fixed"

    def __init__(self, word: str, *, fails: bool = False) -> None:
        self.queries: list[str] = []
        self._word, self._fails = word, fails

    def rerank(self, query: str, texts: list[str]) -> list[float]:
        self.queries.append(query)
        if self._fails:
            raise ModelError("down")
        return [float(self._word in text) for text in texts]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        for word in ("oak", "steel", "glass"):
            room.add_text(f"The pier by the {word} works will be rebuilt next year.", title=word)
        room.wait()
        yield room


def found(room: Newsroom, model: Fixed, query: str, segments: tuple[str, ...] = ()) -> list[str]:
    from rag.domain import Filters

    retriever = Retriever(room._parts.library, room._parts.vectors, room._parts.embedder, model)  # type: ignore[arg-type]
    return [hit.title for hit in retriever.search(query, k=3, filters=Filters(), segments=segments)]


def test_a_reranker_adds_to_the_scores_of_a_short_question(room: Newsroom) -> None:
    assert found(room, Fixed("glass"), "Which pier will be rebuilt?")[0] == "glass"
    assert found(room, Fixed("steel"), "Which pier will be rebuilt?")[0] == "steel"


def test_a_long_question_or_one_with_segments_is_not_reranked(room: Newsroom) -> None:
    model = Fixed("glass")
    found(room, model, "Which pier will be rebuilt? " * 6)
    found(room, model, "Which pier will be rebuilt?", segments=("Which pier", "will be rebuilt"))
    assert model.queries == []


def test_search_goes_on_where_the_reranker_fails(room: Newsroom) -> None:
    assert len(found(room, Fixed("glass", fails=True), "Which pier will be rebuilt?")) == 3
