"""Reranking by any server that has the `/rerank` convention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import httpx2

from rag.errors import ReplyError
from rag.providers.base import clean, score_of
from rag.providers.endpoint import Endpoint, slug
from rag.settings import Settings


class EndpointReranker:
    """A Reranker behind the endpoint in the settings, by the `/rerank` convention that vLLM, llama.cpp, Jina and Cohere
    share: {model, query, documents} gives {results: [{index, relevance_score}]}. Raises BadSettings as OpenAIChat does.
    """

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = Endpoint(
            settings,
            settings.rerank_model,
            variable="ONRECORD_RERANK_MODEL",
            too_long="Set ONRECORD_RERANK_MODEL to one that reads 512 tokens",
            http_client=http_client,
        )
        self.fingerprint = f"rerank-{slug(self._endpoint.host)}-{slug(self._endpoint.model)}"

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Scores from 0 to 1 in the order of the texts; log-odds are converted."""
        if not texts:
            return []
        body = {"model": self._endpoint.model, "query": clean(query), "documents": [clean(text) for text in texts]}
        with self._endpoint.errors():
            reply = self._endpoint.ask(
                lambda timeout: self._endpoint.client.post(
                    "/rerank", body=body, cast_to=object, options={"timeout": timeout}
                )
            )
            scores = {int(item["index"]): float(item["relevance_score"]) for item in _results(reply)}
        if set(scores) != set(range(len(texts))) or not all(map(math.isfinite, scores.values())):
            raise ReplyError(
                f"The model {self._endpoint.model!r} at {self._endpoint.where} did not score every text."
                " Set ONRECORD_RERANK_MODEL to a reranking model, or unset it."
            )
        if all(0 <= score <= 1 for score in scores.values()):
            return [scores[at] for at in range(len(texts))]
        return [score_of(scores[at]) for at in range(len(texts))]


def _results(reply: object) -> list[dict[str, Any]]:
    """The results of a rerank reply. Raises TypeError for another shape."""
    results = reply.get("results") if isinstance(reply, dict) else None
    if not isinstance(results, list) or not all(isinstance(item, dict) and len(item) > 1 for item in results):
        raise TypeError("no results")
    if not all({"index", "relevance_score"} <= item.keys() for item in results):
        raise TypeError("results without scores")
    return results
