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
from rag.providers.base import EmbedKind, Vectors, clean
from rag.providers.endpoint import Endpoint, field, slug
from rag.settings import Settings
from rag.text.token_count import count_tokens

_BATCH = 64  # texts in a request, until a server accepts only fewer
_REJECTING = (400, 413, 422, 500)  # statuses of a server that accepts only fewer texts, or shorter ones
_BATCH_ERROR = re.compile(r"batch|array|too (?:many|long|large)|size|maximum|at most|limit", re.IGNORECASE)
_LEAST_WINDOW = 128  # tokens; a server that reads fewer is an error, as vectors of so little text would be poor

# Tokens that models read, by patterns of their names, of which the first match counts.
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
    """An Embedder behind the endpoint in the settings. Raises BadSettings as OpenAIChat does.

    `window` is set, or known by the name of the model, or else 512 tokens. The fingerprint names address and model but
    not the dimensions, which are only known from an answer: a library must open while its endpoint is down. A server
    that accepts fewer texts at once, or no `encoding_format`, gets requests of that form from then on.
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
        """The length of a vector; sends a request the first time. Raises ModelError."""
        return self._dimensions or int(self.embed(["dimensions"], "query").shape[1])

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, in their order; text beyond `window` is not sent. Raises ModelError."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        rows: list[Vectors] = []
        position, batch_size = 0, self._batch
        while position < len(texts):
            batch = texts[position : position + batch_size]
            encoding = self._encoding
            vectors = self._embed_batch(batch, self.window)
            if self._encoding != encoding:
                batch_size = self._batch  # the server rejected the encoding, not the number of texts
            elif vectors is None:
                batch_size = max(1, len(batch) // 2)
            elif batch_size < self._batch and len(batch) == batch_size:
                self._batch = batch_size
            if vectors is None:
                continue
            rows.append(vectors)
            position += len(batch)
        return np.vstack(rows)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as tiktoken counts them; other tokenizers differ by a few per cent."""
        return [count_tokens(text) for text in texts]

    def _embed_batch(self, texts: Sequence[str], window: int) -> Vectors | None:
        """Vectors of the texts in one request; None if the server accepts only fewer of them at once."""
        # Servers reject an empty text.
        inputs = [clean(_beginning(text, window)).strip() or "." for text in texts]
        with self._endpoint.errors():
            encoding = self._encoding
            while True:
                try:
                    reply = self._request(inputs, encoding)
                except openai.APIStatusError as exc:
                    words = self._endpoint.server_message(exc, most=2_000)
                    too_long = self._endpoint.is_too_long(exc)
                    batch_blamed = too_long or bool(_BATCH_ERROR.search(words))
                    if not too_long and exc.status_code not in _REJECTING:
                        raise
                    if encoding and "encoding" in words and exc.status_code in (400, 422):
                        encoding = {}
                    elif len(texts) > 1 and (batch_blamed or (not encoding and exc.status_code != 500)):
                        return None
                    elif encoding and exc.status_code in (400, 422) and not too_long:
                        encoding = {}
                    elif too_long and len(texts) == 1 and window // 2 >= _LEAST_WINDOW:
                        return self._embed_shortened(texts, window)
                    else:
                        raise
                else:
                    self._encoding = encoding
                    return self._unit_vectors(field(reply, "data"), len(inputs))

    def _embed_shortened(self, texts: Sequence[str], window: int) -> Vectors | None:
        """The vector of half of a single text that is too long; `window` shrinks accordingly."""
        size = min(window, count_tokens(texts[0])) // 2
        if size < _LEAST_WINDOW:
            raise RequestTooLong(
                f"{self._endpoint.where} finds texts of {size * 2} tokens too long for {self._endpoint.model!r}. "
                "Set ONRECORD_EMBED_MODEL to one that reads more."
            )
        vectors = self._embed_batch(texts, size)
        self.window = min(self.window, size)
        return vectors

    def _request(self, inputs: Sequence[str], encoding: dict[str, str]) -> Any:
        # The client's own method requests base64 if no encoding is set.
        body = {"model": self._endpoint.model, "input": list(inputs), **encoding}
        client = self._endpoint.client
        return self._endpoint.ask(
            lambda timeout: client.post("/embeddings", body=body, cast_to=object, options={"timeout": timeout})
        )

    def _unit_vectors(self, data: Any, count: int) -> Vectors:
        if not isinstance(data, list):
            raise self._endpoint.not_compatible()
        if len(data) != count:
            raise self._unusable_error(f"{len(data)} vectors for {count} texts")
        try:
            indices = [item.get("index", at) for at, item in enumerate(data)]
            if sorted(indices) != list(range(count)):
                raise self._unusable_error("vectors that do not belong to the texts")
            rows = [_numbers(item["embedding"]) for _, item in sorted(zip(indices, data, strict=True), key=_index_of)]
            vectors = np.array(rows, dtype=np.float64)
        except (TypeError, ValueError, AttributeError, KeyError) as exc:
            raise self._unusable_error("vectors that are not lists of numbers of one length") from exc
        if vectors.ndim != 2 or vectors.shape[1] != (self._dimensions or vectors.shape[1]):
            raise self._unusable_error(f"vectors of {vectors.shape[-1]} numbers instead of {self._dimensions}")
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._unusable_error("vectors without a direction")
        self._dimensions = vectors.shape[1]
        return np.asarray(vectors / lengths).astype(np.float32)

    def _unusable_error(self, what: str) -> ReplyError:
        return ReplyError(
            f"The model {self._endpoint.model!r} at {self._endpoint.where} answered with {what}. "
            "Set ONRECORD_EMBED_MODEL to an embedding model, or unset it for the built-in one."
        )


def known_window(model: str) -> int:
    """Tokens that a model of this name reads; 512 if unknown."""
    name = model.lower().replace("_", "-")
    return next((tokens for pattern, tokens in _WINDOWS if pattern.search(name)), _UNKNOWN_WINDOW)


def _beginning(text: str, window: int) -> str:
    """The beginning of `text` that fits the window."""
    text = text[: window * 16]
    while (count := count_tokens(text)) > window:
        text = text[: int(len(text) * 0.98 * window / count)]
    return text


def _numbers(embedding: Any) -> Any:
    """The numbers of a vector, unpacked if the server sent them as base64."""
    return np.frombuffer(base64.b64decode(embedding), dtype="<f4") if isinstance(embedding, str) else embedding


def _index_of(pair: tuple[Any, Any]) -> Any:
    return pair[0]
