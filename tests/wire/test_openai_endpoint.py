"""The endpoint at the wire: what is sent and what is made of each answer; over loopback where bytes break off."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import numpy as np
import pytest

from rag.domain import Usage
from rag.errors import BadSettings, ModelRefused, ModelUnavailable, OnRecordError, ReplyError
from rag.providers import endpoint
from rag.providers.base import Embedder, Message, Reply
from rag.providers.endpoint_chat import OpenAIChat
from rag.providers.endpoint_embeddings import OpenAIEmbedder
from rag.settings import Settings
from tests.contracts.chat import COLOUR, ChatContract
from tests.contracts.embedder import EmbedderContract
from tests.fakes import scripted

KEY = "sk-secret-0123456789"
MESSAGES = [Message(role="system", content="Rules."), Message(role="user", content="When?")]
AT_ONCE = {"retry-after-ms": "1"}  # retries without waiting
Handler = Callable[[httpx2.Request], httpx2.Response]


def settings(**changes: object) -> Settings:
    values = {
        "api_key": KEY,
        "base_url": "http://models.test/v1",
        "chat_model": "small",
        "embed_model": "vectors",
        "timeout": 5,
    }
    return Settings(**{**values, **changes})


class Server:
    """Answers requests by `answer` and keeps what it was asked."""

    def __init__(self, answer: Handler) -> None:
        self.requests: list[httpx2.Request] = []
        self._answer = answer

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]

    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self))


def chat(answer: Handler, **changes: object) -> tuple[OpenAIChat, Server]:
    server = Server(answer)
    return OpenAIChat(settings(**changes), http_client=server.client()), server


def chunk(content: str | None = None, *, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}], **more}


def events(*chunks: dict[str, Any] | str) -> bytes:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in chunks]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def sse(*chunks: dict[str, Any] | str) -> Handler:
    return lambda _: httpx2.Response(200, content=events(*chunks), headers={"content-type": "text/event-stream"})


COUNTED = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}}
FINE = (chunk("At "), chunk("noon."), chunk(finish="stop"), COUNTED, "[DONE]")


def whole(text: object = "At noon.", **more: Any) -> Handler:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return lambda _: httpx2.Response(200, json={"id": "1", "object": "chat.completion", "choices": [choice], **more})


def refused(status: int, **error: Any) -> Handler:
    return lambda _: httpx2.Response(status, json={"error": {"message": "no", **error}}, headers=AT_ONCE)


class TestOpenAIChat(ChatContract):
    @pytest.fixture
    def model(self) -> Iterator[OpenAIChat]:
        with scripted("".join(COLOUR)) as server:
            yield OpenAIChat(settings(base_url=server.url))


# Asking


def test_a_reply_comes_in_pieces_and_then_what_it_cost() -> None:
    model, server = chat(sse(*FINE))
    assert list(model.stream(MESSAGES)) == ["At ", "noon.", Usage(prompt_tokens=11, completion_tokens=3)]
    (body,) = server.bodies
    assert body == {
        "model": "small",
        "messages": [{"role": "system", "content": "Rules."}, {"role": "user", "content": "When?"}],
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert str(server.requests[0].url) == "http://models.test/v1/chat/completions"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_that_counts_nothing_is_counted_for() -> None:
    model, _ = chat(sse(chunk("At noon."), chunk(finish="stop"), "[DONE]"))
    *_, usage = model.stream(MESSAGES)
    assert usage == Usage(prompt_tokens=2 + 4 + 2 + 4, completion_tokens=3)


def test_without_a_key_none_is_sent() -> None:
    model, server = chat(sse(*FINE), api_key=None)
    list(model.stream(MESSAGES))
    assert server.requests[0].headers["authorization"] == "Bearer no-key-set"


def test_half_characters_are_sent_as_replacement_characters() -> None:
    model, server = chat(sse(*FINE))
    list(model.stream([Message(role="user", content="half \ud83d a ship")]))
    assert server.bodies[0]["messages"][0]["content"] == "half \ufffd a ship"


@pytest.mark.parametrize("named", [True, False])
def test_what_a_server_refuses_is_left_out_from_then_on(named: bool) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if b"stream_options" in request.content:
            return refused(400, message="unknown field: stream_options" if named else "unknown field")(request)
        return sse(*FINE)(request)

    model, server = chat(answer)
    assert list(model.stream(MESSAGES))[:2] == ["At ", "noon."]
    assert list(model.stream(MESSAGES))[:2] == ["At ", "noon."]
    assert ["stream_options" in body for body in server.bodies] == [True, False, False]
    assert ["temperature" in body for body in server.bodies] == [True, named, named]


def test_a_request_that_is_refused_as_such_keeps_its_options() -> None:
    model, server = chat(
        refused(400, message="This model's maximum context length is 10", code="context_length_exceeded")
    )
    for _ in range(2):
        with pytest.raises(ModelRefused, match=r"longer than 'small' reads.*ONRECORD_EVIDENCE_TOKENS"):
            list(model.stream(MESSAGES))
    assert ["temperature" in body for body in server.bodies] == [True] * 2


def test_a_whole_reply_with_its_cost() -> None:
    model, server = chat(whole(usage={"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}))
    reply = model.complete(MESSAGES)
    assert (reply.text, reply.usage) == ("At noon.", Usage(prompt_tokens=5, completion_tokens=2))
    assert "response_format" not in server.bodies[0]


def test_a_schema_is_asked_for_where_it_is_offered_and_done_without_where_not() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if b"response_format" in request.content:
            return refused(422, message="response_format is not supported")(request)
        return whole('{"a": 1}')(request)

    schema: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    offering, server = chat(whole('{"a": 1}'))
    offering.complete(MESSAGES, schema=schema)
    assert server.bodies[0]["response_format"]["json_schema"]["schema"] == schema
    plain, server = chat(answer)
    assert plain.complete(MESSAGES, schema=schema).text == '{"a": 1}'
    assert ["response_format" in body for body in server.bodies] == [True, False]


# Failing

FAILURES: dict[str, tuple[Handler, type[OnRecordError], str]] = {
    "wrong key": (refused(401, message=f"bad key {KEY}"), ModelRefused, "refused the key. Check OPENAI_API_KEY"),
    "key without right": (refused(403), ModelRefused, "does not let this key use 'small'"),
    "unknown model": (refused(404), ModelRefused, "does not offer the model 'small'.*ONRECORD_CHAT_MODEL.*/v1"),
    "no credit": (refused(429, code="insufficient_quota"), ModelRefused, "no credit left"),
    "too many requests": (refused(429), ModelUnavailable, "Try again in a minute"),
    "server fault": (refused(503, message=f"{KEY} " + "x" * 900), ModelUnavailable, "status 503: .*…"),
    "odd request": (refused(418, message="teapot"), ModelRefused, "status 418: .*teapot"),
    "too long": (
        refused(400, message="exceeds the available context size"),
        ModelRefused,
        "ONRECORD_EVIDENCE_TOKENS lower",
    ),
    "a web page": (
        lambda _: httpx2.Response(200, html="<p>Welcome</p>"),
        ReplyError,
        "not answer like an OpenAI-compatible endpoint. Check OPENAI_BASE_URL",
    ),
    "not JSON": (
        lambda _: httpx2.Response(200, content=b"{", headers={"content-type": "application/json"}),
        ReplyError,
        "not answer like",
    ),
    "JSON of another kind": (lambda _: httpx2.Response(200, json=["At noon."]), ReplyError, "not answer like"),
}


@pytest.mark.parametrize(("answer", "error", "says"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("way", ["stream", "complete"])
def test_each_failure_names_its_remedy_and_never_the_key(
    answer: Handler, error: type[OnRecordError], says: str, way: str
) -> None:
    model, _ = chat(answer)
    with pytest.raises(error, match=says) as raised:
        list(model.stream(MESSAGES)) if way == "stream" else model.complete(MESSAGES)
    assert KEY not in str(raised.value)
    assert "http://models.test/v1" in str(raised.value) or "'small'" in str(raised.value)
    assert len(str(raised.value)) < 500
    assert "\n" not in str(raised.value)


def test_a_missing_key_is_told_from_a_wrong_one() -> None:
    model, _ = chat(refused(401), api_key=None)
    with pytest.raises(ModelRefused, match="wants a key and none is set"):
        model.complete(MESSAGES)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_again(status: int) -> None:
    answers = iter([refused(status), refused(status), sse(*FINE)])
    model, server = chat(lambda request: next(answers)(request))
    assert list(model.stream(MESSAGES))[:2] == ["At ", "noon."]
    assert len(server.requests) == 3


def test_an_address_with_a_password_is_shown_without_it() -> None:
    model, _ = chat(refused(403), base_url="http://user:hunter2@models.test/v1?token=hunter2")
    with pytest.raises(ModelRefused) as raised:
        model.complete(MESSAGES)
    assert "hunter2" not in str(raised.value)


STREAM_FAULTS: dict[str, tuple[Handler, type[OnRecordError], str]] = {
    "no end": (sse(chunk("At ")), ModelUnavailable, "broke off"),
    "an error event": (sse(chunk("At "), {"error": {"message": "out of memory"}}), ModelUnavailable, "out of memory"),
    "broken JSON": (sse(chunk("At "), '{"choices": ['), ReplyError, "not answer like"),
    "content that is no text": (
        sse(chunk("At "), {"choices": [{"delta": {"content": 5}}]}),
        ReplyError,
        "not answer like",
    ),
    "choices that are none": (sse(chunk("At "), {"choices": 5}), ReplyError, "not answer like"),
    "filtered": (sse(chunk("At "), chunk(finish="content_filter")), ModelRefused, "content filter"),
}


@pytest.mark.parametrize(("answer", "error", "says"), STREAM_FAULTS.values(), ids=STREAM_FAULTS)
def test_what_came_before_a_fault_stands(answer: Handler, error: type[OnRecordError], says: str) -> None:
    reading = chat(answer)[0].stream(MESSAGES)
    assert next(reading) == "At "
    with pytest.raises(error, match=says):
        next(reading)


def test_chunks_without_text_are_passed_over() -> None:
    odd: list[dict[str, Any]] = [
        {"choices": []},
        {"choices": None},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"reasoning": "hm"}}]},
    ]
    model, _ = chat(sse(*odd, *FINE))
    assert list(model.stream(MESSAGES))[:2] == ["At ", "noon."]


def test_a_reply_without_text_is_an_error() -> None:
    for text in (None, "", "  \n"):
        with pytest.raises(ReplyError, match="an empty reply"):
            chat(whole(text))[0].complete(MESSAGES)
    with pytest.raises(ReplyError, match="not answer like"):
        chat(lambda _: httpx2.Response(200, json={"choices": []}))[0].complete(MESSAGES)


def test_a_reply_that_is_too_long_is_cut_off() -> None:
    model, _ = chat(sse(*[chunk("x" * 100_000)] * 12))
    reading = model.stream(MESSAGES)
    assert [len(str(next(reading))) for _ in range(10)] == [100_000] * 10
    with pytest.raises(ReplyError, match="cut off after 1,000,000 characters"):
        next(reading)
    with pytest.raises(ReplyError, match="cut off"):
        chat(whole("x" * 1_000_001))[0].complete(MESSAGES)


def test_a_body_that_is_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MOST_BYTES", 10_000)
    line_without_end: Handler = lambda _: httpx2.Response(  # noqa: E731
        200, content=(b"data: " + b"x" * 5_000 for _ in range(10)), headers={"content-type": "text/event-stream"}
    )
    with pytest.raises(ReplyError, match="more than 10,000 bytes"):
        list(chat(line_without_end)[0].stream(MESSAGES))
    with pytest.raises(ReplyError, match="more than 10,000 bytes"):
        chat(line_without_end)[0].complete(MESSAGES)


def test_an_abandoned_reply_is_not_read_on() -> None:
    model, _ = chat(sse(*[chunk("x")] * 50, *FINE))
    reading = model.stream(MESSAGES)
    assert next(reading) == "x"
    reading.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"chat_model": None}, "ONRECORD_CHAT_MODEL"),
        ({"chat_model": "  "}, "ONRECORD_CHAT_MODEL"),
        ({"api_key": "sk-\u201cquoted\u201d"}, "Copy the key again"),
        ({"api_key": "sk-1\nsk-2"}, "Copy the key again"),
        ({"base_url": "http://[::"}, "OPENAI_BASE_URL is not an address"),
        ({"base_url": "http://a:b:c/v1"}, "OPENAI_BASE_URL is not an address"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(changes: dict[str, object], says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        OpenAIChat(settings(**changes))


# Over real sockets


@contextmanager
def serving(handle: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on loopback that hands each POST to `handle`; gives its address."""

    class Post(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            handle(self)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Post) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()


def begin(request: BaseHTTPRequestHandler, **headers: str) -> None:
    request.send_response(200)
    for name, value in {"content-type": "text/event-stream", **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def test_pieces_arrive_while_the_server_still_writes() -> None:
    finished = threading.Event()

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write(events(chunk("At ")))
        request.wfile.flush()
        assert finished.wait(300)
        request.wfile.write(events(*FINE[1:]))

    with serving(handle) as address, httpx2.Client() as client:
        reading = OpenAIChat(settings(base_url=address), http_client=client).stream(MESSAGES)
        assert next(reading) == "At "
        finished.set()
        assert list(reading) == ["noon.", Usage(prompt_tokens=11, completion_tokens=3)]


@pytest.mark.parametrize("framing", [{"content_length": "9999"}, {}], ids=["short of its length", "no end mark"])
def test_a_connection_that_breaks_in_the_middle_is_unavailable(framing: dict[str, str]) -> None:
    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request, **framing)
        request.wfile.write(events(chunk("At ")))

    with serving(handle) as address, httpx2.Client() as client:
        reading = OpenAIChat(settings(base_url=address), http_client=client).stream(MESSAGES)
        assert next(reading) == "At "
        with pytest.raises(ModelUnavailable, match="broke off"):
            next(reading)


def test_cancelling_ends_a_silent_reply_and_closes_the_connection() -> None:
    cancel, closed, goes_on = threading.Event(), threading.Event(), threading.Event()

    def handle(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write(events(chunk("At ")))
        assert goes_on.wait(300)
        try:
            while True:
                request.wfile.write(events(chunk("and on ")))
        except OSError:
            closed.set()

    with serving(handle) as address, httpx2.Client() as client:
        reading = OpenAIChat(settings(base_url=address), http_client=client).stream(MESSAGES, cancel=cancel)
        assert next(reading) == "At "
        cancel.set()
        assert list(reading) == []
        goes_on.set()
        assert closed.wait(300)


def test_a_server_that_is_too_slow_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "RETRIES", 0)
    finished = threading.Event()
    with serving(lambda _: (finished.wait(300), None)[1]) as address, httpx2.Client() as client:
        model = OpenAIChat(settings(base_url=address, timeout=0.2), http_client=client)
        try:
            with pytest.raises(ModelUnavailable, match=r"did not answer within 0\.2 seconds.*ONRECORD_TIMEOUT"):
                model.complete(MESSAGES)
            with pytest.raises(ModelUnavailable, match="ONRECORD_TIMEOUT"):
                list(model.stream(MESSAGES))
        finally:
            finished.set()


def test_no_server_is_reported_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "RETRIES", 0)
    with serving(lambda _: None) as address:
        pass
    with httpx2.Client() as client:
        model = OpenAIChat(settings(base_url=address), http_client=client)
        with pytest.raises(ModelUnavailable, match=f"No connection to {address}. Check that the server is running"):
            model.complete(MESSAGES)


# Embeddings


def vector_of(text: str, dimensions: int = 32) -> list[float]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [float(number) for number in np.random.default_rng(seed).normal(size=dimensions) * 3]


def embedding(request: httpx2.Request) -> httpx2.Response:
    """Answers in reverse order, as a server may."""
    texts = json.loads(request.content)["input"]
    data = [{"object": "embedding", "index": n, "embedding": vector_of(text)} for n, text in enumerate(texts)]
    return httpx2.Response(200, json={"object": "list", "data": data[::-1], "model": "vectors"})


def data(*rows: object, indices: list[int] | None = None) -> Handler:
    items = [{"index": n, "embedding": row} for n, row in zip(indices or range(len(rows)), rows, strict=True)]
    return lambda _: httpx2.Response(200, json={"data": items})


def embedder_of(answer: Handler, **changes: object) -> tuple[OpenAIEmbedder, Server]:
    server = Server(answer)
    return OpenAIEmbedder(settings(**changes), http_client=server.client()), server


class TestOpenAIEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return embedder_of(embedding)[0]


def test_texts_are_sent_in_batches_and_nothing_before_they_are_asked_for() -> None:
    embedder, server = embedder_of(embedding)
    assert embedder.fingerprint
    assert server.requests == []
    texts = [f"text {number}" for number in range(150)]
    vectors = embedder.embed(texts, "document")
    assert [len(body["input"]) for body in server.bodies] == [64, 64, 22]
    assert {body["model"] for body in server.bodies} == {"vectors"}
    expected = np.array([vector_of(text) for text in texts])
    assert np.allclose(vectors, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)


def test_only_the_window_of_a_long_text_is_sent() -> None:
    embedder, server = embedder_of(embedding)
    for text in ("ferry " * 300_000, "x" * 5_000_000, "漢" * 50_000):
        embedder.embed([text], "document")
        (sent,) = server.bodies[-1]["input"]
        assert text.startswith(sent)
        assert embedder.window * 0.8 < embedder.count([sent])[0] <= embedder.window


def test_fingerprints_tell_addresses_and_models_apart() -> None:
    changes = [
        {},
        {"embed_model": "other"},
        {"base_url": "http://models.test:81/v1"},
        {"embed_model": "org/vectors:latest"},
    ]
    assert len({embedder_of(embedding, **change)[0].fingerprint for change in changes}) == len(changes)
    assert embedder_of(embedding, api_key=None)[0].fingerprint == embedder_of(embedding)[0].fingerprint


UNUSABLE: dict[str, tuple[Handler, str]] = {
    "too few": (data([1.0, 0.0]), "1 vectors for 2 texts"),
    "too many": (data([1.0], [1.0], [1.0]), "3 vectors for 2 texts"),
    "one text twice": (data([1.0], [1.0], indices=[0, 0]), "do not belong"),
    "two lengths": (data([1.0, 0.0], [1.0]), "not lists of numbers of one length"),
    "words": (data(["a"], ["b"]), "not lists of numbers"),
    "nothing": (data(None, None), "not lists of numbers|without a direction|vectors of"),
    "empty": (data([], []), "without a direction"),
    "zero": (data([0.0, 0.0], [1.0, 0.0]), "without a direction"),
    "too big": (data([1e300, 0.0], [1.0, 0.0]), "without a direction"),
    "no data": (lambda _: httpx2.Response(200, json={"answer": 5}), "not answer like"),
    "a web page": (lambda _: httpx2.Response(200, html="<p>Welcome</p>"), "not answer like"),
}


@pytest.mark.parametrize(("answer", "says"), UNUSABLE.values(), ids=UNUSABLE)
def test_vectors_that_cannot_be_used_are_refused(answer: Handler, says: str) -> None:
    with pytest.raises(ReplyError, match=says):
        embedder_of(answer)[0].embed(["one", "two"], "document")


def test_a_model_that_changes_its_dimensions_is_refused() -> None:
    answers = iter([data([1.0, 0.0]), data([1.0, 0.0, 0.0])])
    embedder, _ = embedder_of(lambda request: next(answers)(request))
    assert embedder.dimensions == 2
    with pytest.raises(ReplyError, match="vectors of 3 numbers instead of 2"):
        embedder.embed(["one"], "document")


def test_an_embedding_model_that_is_not_there_names_its_own_variable() -> None:
    with pytest.raises(ModelRefused, match=r"'vectors'.*ONRECORD_EMBED_MODEL"):
        embedder_of(refused(404))[0].embed(["one"], "query")
    with pytest.raises(BadSettings, match="ONRECORD_EMBED_MODEL"):
        embedder_of(embedding, embed_model=None)


# The Responses API


RESPONSES_ONLY = {"message": "This model is only supported in v1/responses and not in v1/chat/completions."}
DONE = {"status": "completed", "output": [], "usage": {"input_tokens": 11, "output_tokens": 3, "total_tokens": 14}}


def by_responses(answer: Handler, status: int = 404, error: dict[str, Any] | None = RESPONSES_ONLY) -> Handler:
    """Chat completions are refused, and the Responses API answers."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/responses"):
            return answer(request)
        return httpx2.Response(status, json={"error": error} if error else {"detail": "Not Found"})

    return handle


def delta(text: str, kind: str = "output_text") -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "delta": text}


def ended(kind: str = "completed", **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "response": {**DONE, **more}}


def colour(request: httpx2.Request) -> httpx2.Response:
    if json.loads(request.content).get("stream"):
        return sse(*(delta(piece) for piece in COLOUR), ended())(request)
    message = {"type": "message", "content": [{"type": "output_text", "text": "".join(COLOUR)}]}
    return httpx2.Response(200, json={**DONE, "output": [message]})


class TestTheResponsesAPI(ChatContract):
    @pytest.fixture
    def model(self) -> OpenAIChat:
        return chat(by_responses(colour))[0]


@pytest.mark.parametrize("error", [RESPONSES_ONLY, None], ids=["in words", "by its status"])
def test_a_server_with_the_responses_api_alone_is_asked_by_that(error: dict[str, Any] | None) -> None:
    answer = sse({"type": "response.created", "response": DONE}, delta("At "), delta("noon."), ended())
    model, server = chat(by_responses(answer, error=error))
    for _ in range(2):
        assert list(model.stream(MESSAGES)) == ["At ", "noon.", Usage(prompt_tokens=11, completion_tokens=3)]
    assert [request.url.path for request in server.requests] == ["/v1/chat/completions", *["/v1/responses"] * 2]
    assert server.bodies[1] == {
        "model": "small",
        "input": [{"role": "system", "content": "Rules."}, {"role": "user", "content": "When?"}],
        "temperature": 0,
        "stream": True,
        "store": False,
    }


def test_a_whole_reply_of_the_responses_api_is_read_with_its_schema() -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": '{"a": 1}'}]}
    body = {**DONE, "output": [{"type": "reasoning", "summary": []}, message]}
    model, server = chat(by_responses(lambda _: httpx2.Response(200, json=body)))
    assert model.complete(MESSAGES, schema={"type": "object"}).text == '{"a": 1}'
    assert server.bodies[1]["text"] == {
        "format": {"type": "json_schema", "name": "reply", "schema": {"type": "object"}, "strict": True}
    }


@pytest.mark.parametrize(
    ("events", "ending"),
    [
        ((delta("No.", "refusal"), ended()), "refusal"),
        ((delta("At"), ended("incomplete", incomplete_details={"reason": "max_output_tokens"})), "cut"),
        ((ended(),), "empty"),
        ((ended(output=[{"type": "function_call", "name": "look"}]),), "tool_calls"),
    ],
)
def test_how_a_reply_of_the_responses_api_ended_is_told(events: tuple[dict[str, Any], ...], ending: str) -> None:
    model, _ = chat(by_responses(sse(*events)))
    assert [item.ending for item in model.stream(MESSAGES) if isinstance(item, Reply)] == [ending]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.failed", "response": {"error": {"message": "overloaded"}}},
        {"type": "error", "message": "overloaded"},
    ],
)
def test_a_reply_of_the_responses_api_that_fails_says_why(event: dict[str, Any]) -> None:
    model, _ = chat(by_responses(sse(delta("At"), event)))
    with pytest.raises(ModelUnavailable, match="overloaded"):
        list(model.stream(MESSAGES))


def test_a_server_that_offers_neither_says_what_it_said_first() -> None:
    model, server = chat(lambda _: httpx2.Response(404, json={"detail": "Not Found"}))
    with pytest.raises(ModelRefused, match="OPENAI_BASE_URL"):
        list(model.stream(MESSAGES))
    assert len(server.requests) == 2
