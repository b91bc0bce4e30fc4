"""Embeddings from any OpenAI-compatible server."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

import httpx2
import numpy as np
import openai

from rag.errors import ReplyError, RequestTooLong
from rag.providers.base import EmbedKind, Vectors
from rag.providers.endpoint import Endpoint, clean, field, slug
from rag.settings import Settings
from rag.text.token_count import count_tokens

_BATCH = 64  # texts in a request, until a server takes fewer
_REFUSING = (400, 413, 422, 500)  # statuses of a server that takes fewer texts, or shorter ones
_OF_THE_BATCH = re.compile(r"batch|array|too (?:many|long|large)|size|maximum|at most|limit", re.IGNORECASE)
_LEAST_WINDOW = 128  # tokens; a server that finds less too long is told, as vectors of less would say little

# Tokens that models read, by what their names hold; the first that fits counts. All others are taken to read 512.
_WINDOWS = (
    (re.compile(r"text-embedding-(?:3|ada-002)"), 8191),
    (re.compile(r"minilm"), 256),
    (re.compile(r"bge-m3|jina-embeddings-v[2-9]|jina-clip-v2|mistral-embed|e5-mistral|arctic-embed-(?:l-v2|2)"), 8192),
    (re.compile(r"arctic-embed2|nomic-embed-text-v[12]|gte-(?:qwen|.*-v1\.5|multilingual)|modernbert"), 8192),
    (re.compile(r"qwen3?-?embedding|voyage|embed-v4|codestral-embed|text-embedding-v[34]"), 8192),
    (re.compile(r"nomic-embed|gemini-embedding|embeddinggemma|text-embedding-00[45]|embedding-001"), 2048),
)
_UNKNOWN_WINDOW = 512


class OpenAIEmbedder:
    """An Embedder behind the endpoint of the settings. Raises BadSettings as OpenAIChat does.

    `window` is what the model is set or known to read, 512 tokens where neither says it. The fingerprint names address
    and model but not the dimensions: they are only known from an answer, and a library must open while its endpoint is
    down. A server that takes fewer texts at once, or refuses `encoding_format`, is asked accordingly from then on.
    """

    languages: tuple[str, ...] | None = None

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = Endpoint(
            settings,
            settings.embed_model,
            variable="ONRECORD_EMBED_MODEL",
            too_long="Set ONRECORD_EMBED_WINDOW to the tokens that it reads",
            http_client=http_client,
        )
        self._dimensions: int | None = None
        self._batch = _BATCH
        self._encoding: dict[str, str] = {"encoding_format": "float"}
        model, where = self._endpoint.model, self._endpoint.where
        self.window = settings.embed_window or known_window(model)
        exactly = hashlib.sha256(f"{where}\n{model}".encode()).hexdigest()[:8]
        self.fingerprint = f"endpoint-{slug(self._endpoint.host)}-{slug(model)}-{exactly}"

    @property
    def dimensions(self) -> int:
        """Asks the endpoint the first time. Raises ModelError."""
        return self._dimensions or int(self.embed(["dimensions"], "query").shape[1])

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, in their order; what lies beyond `window` is not sent. Raises ModelError."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        rows: list[Vectors] = []
        done, most = 0, self._batch
        while done < len(texts):
            some = texts[done : done + most]
            encoding = self._encoding
            vectors = self._embedded(some, self.window)
            if self._encoding != encoding:
                most = self._batch  # it was the encoding that was refused, not the number of texts
            elif vectors is None:
                most = max(1, len(some) // 2)
            elif most < self._batch and len(some) == most:
                self._batch = most
            if vectors is None:
                continue
            rows.append(vectors)
            done += len(some)
        return np.vstack(rows)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as tiktoken counts them; served models differ by a few in a hundred."""
        return [count_tokens(text) for text in texts]

    def _embedded(self, texts: Sequence[str], window: int) -> Vectors | None:
        """Vectors of the texts in one request; None where the server takes no more than some of them at once."""
        # Servers refuse an empty text.
        sent = [clean(_beginning(text, window)).strip() or "." for text in texts]
        with self._endpoint.errors():
            encoding = self._encoding
            while True:
                try:
                    reply = self._asked(sent, encoding)
                except openai.APIStatusError as exc:
                    words = self._endpoint.said(exc, most=2_000)
                    too_long = self._endpoint.reads_less(exc)
                    blamed = too_long or bool(_OF_THE_BATCH.search(words))
                    if not too_long and exc.status_code not in _REFUSING:
                        raise
                    if encoding and "encoding" in words and exc.status_code in (400, 422):
                        encoding = {}
                    elif len(texts) > 1 and (blamed or (not encoding and exc.status_code != 500)):
                        return None
                    elif encoding and exc.status_code in (400, 422) and not too_long:
                        encoding = {}
                    elif too_long and len(texts) == 1 and window // 2 >= _LEAST_WINDOW:
                        return self._shorter(texts, window)
                    else:
                        raise
                else:
                    self._encoding = encoding
                    return self._checked(field(reply, "data"), len(sent))

    def _shorter(self, texts: Sequence[str], window: int) -> Vectors | None:
        """The vector of a single text whose beginning is sent, as much as the model reads; remembered."""
        size = min(window, count_tokens(texts[0])) // 2
        if size < _LEAST_WINDOW:
            raise RequestTooLong(
                f"{self._endpoint.where} finds texts of {size * 2} tokens too long for {self._endpoint.model!r}. "
                "Set ONRECORD_EMBED_MODEL to one that reads more."
            )
        vectors = self._embedded(texts, size)
        self.window = min(self.window, size)
        return vectors

    def _asked(self, sent: Sequence[str], encoding: dict[str, str]) -> Any:
        # The client's own method asks for base64 where no encoding is named.
        body = {"model": self._endpoint.model, "input": list(sent), **encoding}
        client = self._endpoint.client
        return self._endpoint.ask(
            lambda timeout: client.post("/embeddings", body=body, cast_to=object, options={"timeout": timeout})
        )

    def _checked(self, data: Any, count: int) -> Vectors:
        if not isinstance(data, list):
            raise self._endpoint.not_compatible()
        if len(data) != count:
            raise self._unusable(f"{len(data)} vectors for {count} texts")
        try:
            placed = [item.get("index", at) for at, item in enumerate(data)]
            if sorted(placed) != list(range(count)):
                raise self._unusable("vectors that do not belong to the texts")
            rows = [_numbers(item["embedding"]) for _, item in sorted(zip(placed, data, strict=True), key=_place)]
            vectors = np.array(rows, dtype=np.float64)
        except (TypeError, ValueError, AttributeError, KeyError) as exc:
            raise self._unusable("vectors that are not lists of numbers of one length") from exc
        if vectors.ndim != 2 or vectors.shape[1] != (self._dimensions or vectors.shape[1]):
            raise self._unusable(f"vectors of {vectors.shape[-1]} numbers instead of {self._dimensions}")
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._unusable("vectors without a direction")
        self._dimensions = vectors.shape[1]
        return np.asarray(vectors / lengths).astype(np.float32)

    def _unusable(self, what: str) -> ReplyError:
        return ReplyError(
            f"The model {self._endpoint.model!r} at {self._endpoint.where} answered with {what}. "
            "Set ONRECORD_EMBED_MODEL to an embedding model, or unset it for the built-in one."
        )


def known_window(model: str) -> int:
    """Tokens that a model of this name reads, as far as is known."""
    name = model.lower().replace("_", "-")
    return next((tokens for named, tokens in _WINDOWS if named.search(name)), _UNKNOWN_WINDOW)


def _beginning(text: str, window: int) -> str:
    """The beginning of `text` that fits the window."""
    text = text[: window * 16]
    while (count := count_tokens(text)) > window:
        text = text[: int(len(text) * 0.98 * window / count)]
    return text


def _numbers(embedding: Any) -> Any:
    """The numbers of a vector, also where a server packs them."""
    return np.frombuffer(base64.b64decode(embedding), dtype="<f4") if isinstance(embedding, str) else embedding


def _place(pair: tuple[Any, Any]) -> Any:
    return pair[0]
