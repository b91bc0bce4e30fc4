"""Chat and embeddings from any OpenAI-compatible server. The only module that imports `openai`; its errors end here."""

from __future__ import annotations

import hashlib
import math
import queue
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import numpy as np
import openai
from openai.types.chat import ChatCompletion

from rag.domain import Usage
from rag.errors import BadSettings, ModelError, ModelRefused, ModelUnavailable, ReplyError, RequestTooLong
from rag.providers.base import Completion, EmbedKind, Message, Vectors
from rag.settings import Settings
from rag.text.token_count import count_tokens

MOST_CHARACTERS = 1_000_000  # of a chat reply
MOST_BYTES = 64_000_000  # of any response: a batch of long vectors written as decimals stays below 10
RETRIES = 2  # on 408, 409, 429, 5xx and lost connections, half a second to eight apart or as the server asks

_NO_KEY = "no-key-set"  # local servers ask for none, but the client must send something
_CONNECT_SECONDS = 5.0
_LOOK_UP_SECONDS = 0.1  # between two looks at `cancel`
_SURROGATES = re.compile("[\ud800-\udfff]")


class OpenAIChat:
    """A ChatModel behind the endpoint of the settings. Raises BadSettings where key, address or model can't be used.

    `http_client` replaces the connection, for tests. What a server may not offer (stream options, a schema, a fixed
    temperature) is asked for and left out once the server has refused it.
    """

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = _Endpoint(
            settings,
            settings.chat_model,
            variable="ONRECORD_CHAT_MODEL",
            too_long="Set ONRECORD_EVIDENCE_TOKENS lower",
            http_client=http_client,
        )
        self._patience = settings.timeout * (RETRIES + 1) + 30  # seconds without a sign of life, retries included
        self._not_offered: frozenset[str] = frozenset()
        self.name = self._endpoint.model

    def stream(self, messages: Sequence[Message], *, cancel: threading.Event | None = None) -> Iterator[str | Usage]:
        """Pieces of the reply as they come, then one Usage. Ends early, without error, once `cancel` is set.

        Raises ModelRefused, ModelUnavailable (also where the reply breaks off) or ReplyError (also beyond
        MOST_CHARACTERS); what was yielded before stands.
        """
        cancel = cancel or threading.Event()
        left = threading.Event()
        arrived: queue.SimpleQueue[str | Usage | ModelError | None] = queue.SimpleQueue()
        reader = threading.Thread(target=self._read, args=(messages, arrived, left), daemon=True)
        reader.start()
        try:
            while not cancel.is_set() and (item := self._next(arrived, cancel)) is not None:
                if isinstance(item, ModelError):
                    raise item
                if item:
                    yield item
        finally:
            left.set()

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply; with `schema`, as JSON of that schema where the endpoint offers it. Raises ModelError."""
        options: dict[str, Any] = {"temperature": 0}
        if schema is not None:
            named = {"name": "reply", "schema": schema, "strict": True}
            options["response_format"] = {"type": "json_schema", "json_schema": named}
        with self._endpoint.errors():
            reply = self._create(messages, options)
            if not isinstance(reply, ChatCompletion) or not reply.choices:
                raise self._endpoint.not_compatible()
            text = reply.choices[0].message.content
            if not isinstance(text, str) or not text.strip():
                raise ReplyError(f"The model {self.name!r} answered nothing. Ask again or set another model.")
            self._endpoint.check_length(len(text))
            return Completion(text=text, usage=_usage(reply.usage) or _estimate(messages, text))

    def _next(
        self, arrived: queue.SimpleQueue[str | Usage | ModelError | None], cancel: threading.Event
    ) -> str | Usage | ModelError | None:
        """What arrives next; None at the end of the reply or once `cancel` is set."""
        waited = 0.0
        while not cancel.is_set():
            with suppress(queue.Empty):
                return arrived.get(timeout=_LOOK_UP_SECONDS)
            waited += _LOOK_UP_SECONDS
            if waited > self._patience:
                return self._endpoint.too_slow(self._patience)
        return None

    def _read(
        self,
        messages: Sequence[Message],
        arrived: queue.SimpleQueue[str | Usage | ModelError | None],
        left: threading.Event,
    ) -> None:
        """Reads the reply in a thread of its own, so that a silent server can't keep the reader from leaving."""
        try:
            with self._endpoint.errors():
                for item in self._pieces(messages):
                    if left.is_set():
                        return
                    arrived.put(item)
                arrived.put(None)
        except ModelError as exc:
            arrived.put(exc)
        finally:
            arrived.put(self._endpoint.broke_off())  # seen only where nothing else ended the reply

    def _pieces(self, messages: Sequence[Message]) -> Iterator[str | Usage]:
        options = {"temperature": 0, "stream_options": {"include_usage": True}}
        text: list[str] = []
        usage, finished, chunks, length = None, None, 0, 0
        with self._create(messages, options, stream=True) as reply:
            for chunk in reply:
                chunks += 1
                usage = _usage(getattr(chunk, "usage", None)) or usage
                for choice in (getattr(chunk, "choices", None) or [])[:1]:
                    finished = choice.finish_reason or finished
                    piece = (choice.delta.content if choice.delta else None) or ""
                    text.append(piece)
                    length += len(piece)
                    self._endpoint.check_length(max(length, chunks))
                    yield piece  # empty while a model thinks: a sign of life
        if not chunks:
            raise self._endpoint.not_compatible()
        if finished == "content_filter":
            raise ModelRefused(f"{self._endpoint.where} withheld the reply (content filter). Ask in other words.")
        if not finished:
            raise self._endpoint.broke_off()
        yield usage or _estimate(messages, "".join(text))

    def _create(self, messages: Sequence[Message], options: dict[str, Any], **fixed: Any) -> Any:
        """Ask with the options, and again without those that the server refuses."""
        sent = [{"role": item.role, "content": _clean(item.content)} for item in messages]
        left_out = self._not_offered
        while True:
            wanted = {name: value for name, value in options.items() if name not in left_out}
            try:
                # The client's overloads can't follow options that are put together here.
                create: Callable[..., Any] = self._endpoint.client.chat.completions.create
                reply = create(model=self.name, messages=sent, **wanted, **fixed)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as exc:
                blamed = {name for name in wanted if name in str(exc)} or wanted.keys()
                if not blamed:
                    raise
                left_out = left_out | blamed
            else:
                self._not_offered = left_out
                return reply


class OpenAIEmbedder:
    """An Embedder behind the endpoint of the settings. Raises BadSettings as OpenAIChat does.

    `window` is what every served model reads. The fingerprint names address and model but not the dimensions: they are
    only known from an answer, and a library must open while its endpoint is down.
    """

    window = 512
    languages: tuple[str, ...] | None = None
    _batch = 64

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = _Endpoint(
            settings,
            settings.embed_model,
            variable="ONRECORD_EMBED_MODEL",
            too_long=f"Set ONRECORD_EMBED_MODEL to one that reads {self.window} tokens",
            http_client=http_client,
        )
        self._dimensions: int | None = None
        model, where = self._endpoint.model, self._endpoint.where
        exactly = hashlib.sha256(f"{where}\n{model}".encode()).hexdigest()[:8]
        self.fingerprint = f"endpoint-{_slug(self._endpoint.host)}-{_slug(model)}-{exactly}"

    @property
    def dimensions(self) -> int:
        """Asks the endpoint the first time. Raises ModelError."""
        return self._dimensions or int(self._embedded(["dimensions"]).shape[1])

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, in their order; what lies beyond `window` is not sent. Raises ModelError."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        batches = [texts[start : start + self._batch] for start in range(0, len(texts), self._batch)]
        return np.vstack([self._embedded(batch) for batch in batches])

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as tiktoken counts them; served models differ by a few in a hundred."""
        return [count_tokens(text) for text in texts]

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        # Servers refuse an empty text.
        sent = [_clean(self._beginning(text)).strip() or "." for text in texts]
        with self._endpoint.errors():
            reply = self._endpoint.client.embeddings.create(
                model=self._endpoint.model, input=sent, encoding_format="float"
            )
            return self._checked(getattr(reply, "data", None), len(sent))

    def _checked(self, data: Any, count: int) -> Vectors:
        if not isinstance(data, list):
            raise self._endpoint.not_compatible()
        if len(data) != count:
            raise self._unusable(f"{len(data)} vectors for {count} texts")
        try:
            if sorted(item.index for item in data) != list(range(count)):
                raise self._unusable("vectors that do not belong to the texts")
            rows = [item.embedding for item in sorted(data, key=lambda item: item.index)]
            vectors = np.array(rows, dtype=np.float64)
        except (TypeError, ValueError, AttributeError) as exc:
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

    def _beginning(self, text: str) -> str:
        """The beginning of `text` that fits the window."""
        text = text[: self.window * 16]
        while (count := count_tokens(text)) > self.window:
            text = text[: int(len(text) * 0.98 * self.window / count)]
        return text


class EndpointReranker:
    """A Reranker behind the endpoint of the settings, by the `/rerank` convention that vLLM, llama.cpp, Jina and Cohere
    share: {model, query, documents} gives {results: [{index, relevance_score}]}. Raises BadSettings as OpenAIChat does.
    """

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = _Endpoint(
            settings,
            settings.rerank_model,
            variable="ONRECORD_RERANK_MODEL",
            too_long="Set ONRECORD_RERANK_MODEL to one that reads 512 tokens",
            http_client=http_client,
        )
        self.fingerprint = f"rerank-{_slug(self._endpoint.host)}-{_slug(self._endpoint.model)}"

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Scores in the order of the texts. Servers that give log-odds have them turned into 0 to 1."""
        if not texts:
            return []
        body = {"model": self._endpoint.model, "query": _clean(query), "documents": [_clean(text) for text in texts]}
        with self._endpoint.errors():
            reply = self._endpoint.client.post("/rerank", body=body, cast_to=object)
            scores = {int(item["index"]): float(item["relevance_score"]) for item in _results(reply)}
        if set(scores) != set(range(len(texts))) or not all(map(math.isfinite, scores.values())):
            raise ReplyError(
                f"The model {self._endpoint.model!r} at {self._endpoint.where} did not score every text."
                " Set ONRECORD_RERANK_MODEL to a reranking model, or unset it."
            )
        if all(0 <= score <= 1 for score in scores.values()):
            return [scores[at] for at in range(len(texts))]
        return [1 / (1 + math.exp(-max(-60.0, min(60.0, scores[at])))) for at in range(len(texts))]


def _results(reply: object) -> list[dict[str, Any]]:
    """The results of a rerank reply. Raises TypeError for another shape."""
    found = reply.get("results") if isinstance(reply, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) and len(item) > 1 for item in found):
        raise TypeError("no results")
    if not all({"index", "relevance_score"} <= item.keys() for item in found):
        raise TypeError("results without scores")
    return found


class _Endpoint:
    """The client, the name to call it by in messages, and every way in which it fails, in our words."""

    def __init__(
        self, settings: Settings, model: str | None, *, variable: str, too_long: str, http_client: httpx2.Client | None
    ) -> None:
        if not model or not model.strip():
            raise BadSettings(f"No model is named. Set {variable} to one that the endpoint offers.")
        self.model = model.strip()
        self._variable, self._too_long, self._timeout = variable, too_long, settings.timeout
        self._key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
        if not self._key.isascii() or not self._key.isprintable():
            raise BadSettings("OPENAI_API_KEY holds characters that no key has. Copy the key again.")
        address = settings.base_url or "https://api.openai.com/v1"
        connection = http_client or openai.DefaultHttpxClient()
        connection.event_hooks["response"].append(_limit)
        if http_client is None:
            weakref.finalize(self, connection.close)
        try:
            url = httpx2.URL(address)
            self.client = openai.OpenAI(
                api_key=self._key or _NO_KEY,
                base_url=address,
                timeout=httpx2.Timeout(settings.timeout, connect=min(_CONNECT_SECONDS, settings.timeout)),
                max_retries=RETRIES,
                http_client=connection,
            )
        except (httpx2.InvalidURL, ValueError) as exc:
            raise BadSettings("OPENAI_BASE_URL is not an address. It looks like http://localhost:11434/v1.") from exc
        self.host = url.host
        # Without user, password and query, which may hold a key.
        self.where = f"{url.scheme}://{url.netloc.decode('ascii')}{url.path}".rstrip("/")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Everything that the client raises, as a ModelError."""
        try:
            yield
        except openai.APITimeoutError as exc:
            raise self.too_slow(self._timeout) from exc
        except openai.APIConnectionError as exc:
            lost = isinstance(exc.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError)
            raise self.broke_off() if lost else self._no_connection() from exc
        except openai.APIStatusError as exc:
            raise self._status(exc) from exc
        except openai.APIResponseValidationError as exc:
            raise self.not_compatible() from exc
        except openai.APIError as exc:
            raise ModelUnavailable(f"{self.where} broke off with an error: {self._said(exc)}. Try again.") from exc
        except openai.OpenAIError as exc:
            raise ModelUnavailable(f"{self.where} could not be asked: {self._said(exc)}. Try again.") from exc
        except (ValueError, TypeError, AttributeError, RecursionError) as exc:
            raise self.not_compatible() from exc  # the client reads bodies without checking them

    def check_length(self, characters: int) -> None:
        """Raises ReplyError for a reply that is too long."""
        if characters > MOST_CHARACTERS:
            raise ReplyError(
                f"The reply of {self.model!r} was cut off after {MOST_CHARACTERS:,} characters. Ask again."
            )

    def too_slow(self, seconds: float) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self.where} did not answer within {seconds:g} seconds. Try again, or set ONRECORD_TIMEOUT higher."
        )

    def broke_off(self) -> ModelUnavailable:
        return ModelUnavailable(f"The reply from {self.where} broke off. Try again.")

    def not_compatible(self) -> ReplyError:
        return ReplyError(
            f"{self.where} does not answer like an OpenAI-compatible endpoint. "
            "Check OPENAI_BASE_URL: it usually ends with /v1."
        )

    def _no_connection(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"No connection to {self.where}. Check that the server is running and that OPENAI_BASE_URL is right."
        )

    def _status(self, exc: openai.APIStatusError) -> ModelError:
        status, said = exc.status_code, self._said(exc)
        if status == 401:
            state = "refused the key" if self._key else "wants a key and none is set"
            return ModelRefused(f"{self.where} {state}. Check OPENAI_API_KEY.")
        if status == 403:
            return ModelRefused(f"{self.where} does not let this key use {self.model!r}. Check OPENAI_API_KEY.")
        if status == 404:
            return ModelRefused(
                f"{self.where} does not offer the model {self.model!r}, or the address is not complete. "
                f"Check {self._variable}, and OPENAI_BASE_URL, which usually ends with /v1."
            )
        if status == 429 and exc.code == "insufficient_quota":
            return ModelRefused(f"The account at {self.where} has no credit left. Add credit or set another key.")
        if status == 429:
            return ModelUnavailable(f"{self.where} takes no more requests for now. Try again in a minute.")
        if status in (408, 409) or status >= 500:
            return ModelUnavailable(f"{self.where} failed (status {status}: {said}). Try again.")
        if exc.code == "context_length_exceeded" or "context" in said.lower():
            return RequestTooLong(f"The request is longer than {self.model!r} reads ({said}). {self._too_long}.")
        return ModelRefused(f"{self.where} refused the request (status {status}: {said}). Check {self._variable}.")

    def _said(self, exc: Exception) -> str:
        """The server's own words, on one short line and without the key."""
        said = str(getattr(exc, "message", "") or exc)
        if self._key:
            said = said.replace(self._key, "…")
        said = " ".join(said.split())
        return said if len(said) <= 200 else said[:199] + "…"


def _limit(response: httpx2.Response) -> None:
    """Lets the client refuse a response beyond MOST_BYTES while it comes in."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Limited(response.stream)


class _Limited(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for part in self._stream:
            read += len(part)
            if read > MOST_BYTES:
                raise ReplyError(f"The endpoint sent more than {MOST_BYTES:,} bytes in one reply. Ask again.")
            yield part

    def close(self) -> None:
        self._stream.close()


def _usage(usage: Any) -> Usage | None:
    """What the server counted, if it did."""
    prompt, completion = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    if isinstance(prompt, int) and isinstance(completion, int):
        return Usage(prompt_tokens=prompt, completion_tokens=completion)
    return None


def _estimate(messages: Sequence[Message], text: str) -> Usage:
    """Our own count. Each message costs about four tokens more than its text."""
    prompt = sum(count_tokens(item.content) + 4 for item in messages)
    return Usage(prompt_tokens=prompt, completion_tokens=count_tokens(text))


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:40] or "x"


def _clean(text: str) -> str:
    """Half characters, which no request can carry, as replacement characters."""
    return _SURROGATES.sub("\ufffd", text)
