"""What real servers do differently, over loopback: each is read or told, nothing ends in a traceback, and no fault of a
model is told as one of the articles.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.cli import DONE, PARTLY, main
from rag.domain import Answer, Usage
from rag.errors import ModelError, ModelRefused, ModelUnavailable, RequestTooLong
from rag.newsroom import Newsroom
from rag.providers.base import Message, Reply
from rag.providers.endpoint_chat import OpenAIChat
from rag.providers.endpoint_embeddings import OpenAIEmbedder, known_window
from rag.settings import Settings
from tests.guards import some

pytestmark = pytest.mark.usefixtures("quick_retries")

KEY = "sk-invented-key-1234"
RULES, QUESTION = "Cite ids.", "When does the ferry to Sudria leave?"
MESSAGES = [Message(role="system", content=RULES), Message(role="user", content=QUESTION)]
STORY = (
    "The ferry to Sudria will leave at noon on 4 May, harbour master Ilka Torn said on Monday.\n\n"
    "“We are not giving up the crossing,” Torn told the Norland Post.\n\n"
    "Shopkeepers in Sudria fear that fewer visitors will come."
)
STREAM = {"content-type": "text/event-stream"}
JSON = {"content-type": "application/json", "retry-after-ms": "1"}
SCHEMA: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}


class Request:
    """What the server was sent."""

    def __init__(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        self.path, self.headers, self.body = path, headers, body


Sent = tuple[int, dict[str, str], bytes]
Answering = Callable[[Request], Sent]


class Server:
    """Answers each POST by `answer` and keeps what it was sent."""

    def __init__(self, answer: Answering) -> None:
        self.answer, self.url = answer, ""
        self.requests: list[Request] = []

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.requests]


@contextmanager
def serving(answer: Answering) -> Iterator[Server]:
    server = Server(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(raw))
            server.requests.append(request)
            status, headers, content = server.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # who asked has left
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def settings(server: Server, **changes: object) -> Settings:
    values = {"base_url": server.url, "api_key": KEY, "chat_model": "small", "timeout": 5, **changes}
    return Settings(**values)


def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def streamed(*deltas: dict[str, Any], finish: str = "stop") -> Answering:
    body = b"".join(map(event, deltas)) + event({}, finish) + b"data: [DONE]\n\n"
    return lambda _: (200, STREAM, body)


def said(text: str, finish: str = "stop") -> Answering:
    return streamed({"content": text}, finish=finish)


def whole(text: object = "At noon. [s1]", headers: dict[str, str] = JSON, **message: Any) -> Answering:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
    body = json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()
    return lambda _: (200, headers, body)


def refused(status: int, message: object, **more: Any) -> Answering:
    return lambda _: (status, JSON, json.dumps({"error": {"message": message, **more}}).encode())


def unless(wrong: Callable[[Request], bool], refusal: Answering, otherwise: Answering) -> Answering:
    return lambda request: refusal(request) if wrong(request) else otherwise(request)


def text_of(items: list[Any]) -> str:
    return "".join(item for item in items if isinstance(item, str))


# Replies in other shapes

PARTS: dict[str, list[dict[str, Any]]] = {
    "text parts": [{"content": [{"type": "text", "text": "At "}]}, {"content": [{"type": "text", "text": "noon."}]}],
    "thoughts beside the text": [
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]},
        {"content": [{"type": "text", "text": "At "}, {"type": "text", "text": "noon."}]},
    ],
    "a single part": [{"content": {"type": "text", "text": "At noon."}}],
    "parts that are texts": [{"content": ["At ", "noon."]}],
    "output parts and a picture": [
        {"content": [{"type": "output_text", "text": "At noon."}, {"type": "image_url", "image_url": {}}]}
    ],
}


@pytest.mark.parametrize("deltas", PARTS.values(), ids=PARTS)
def test_content_in_parts_is_joined(deltas: list[dict[str, Any]]) -> None:
    with serving(streamed(*deltas)) as server:
        assert text_of(list(OpenAIChat(settings(server)).stream(MESSAGES))) == "At noon."
    with serving(whole([part for delta in deltas for part in _listed(delta["content"])])) as server:
        assert OpenAIChat(settings(server)).complete(MESSAGES).text == "At noon."


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


@pytest.mark.parametrize("headers", [JSON, {"content-type": "text/plain"}, {}], ids=["json", "plain", "none"])
def test_a_server_that_ignores_stream_is_read(headers: dict[str, str]) -> None:
    with serving(whole("At noon. [s1]", headers)) as server:
        items = list(OpenAIChat(settings(server)).stream(MESSAGES))
    assert text_of(items) == "At noon. [s1]"
    assert isinstance(items[-1], Usage)


def test_events_under_another_content_type_are_read() -> None:
    with serving(lambda r: (200, {"content-type": "text/plain"}, said("At noon.")(r)[2])) as server:
        assert text_of(list(OpenAIChat(settings(server)).stream(MESSAGES))) == "At noon."


def test_an_error_with_status_200_has_the_servers_words() -> None:
    body = b'{"error": {"message": "the GPU is lost"}}'
    with serving(lambda _: (200, JSON, body)) as server, pytest.raises(ModelUnavailable, match="the GPU is lost"):
        list(OpenAIChat(settings(server)).stream(MESSAGES))


ENDINGS: dict[str, tuple[Answering, Reply]] = {
    "cut": (said("The ferry lea", "length"), Reply(ending="cut")),
    "no room for text": (said("", "length"), Reply(ending="empty")),
    "empty": (said(""), Reply(ending="empty")),
    "refusal field": (
        streamed({"refusal": "I can't "}, {"refusal": "help."}),
        Reply(ending="refusal", words="I can't help."),
    ),
    "tool calls": (
        streamed({"tool_calls": [{"index": 0, "function": {"name": "find", "arguments": "{}"}}]}, finish="tool_calls"),
        Reply(ending="tool_calls"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "ending"), ENDINGS.values(), ids=ENDINGS)
def test_how_a_reply_ended_is_told_by_type(answer: Answering, ending: Reply) -> None:
    with serving(answer) as server:
        *_, last, usage = OpenAIChat(settings(server)).stream(MESSAGES)
    assert last == ending
    assert isinstance(usage, Usage)


# What a server does not offer

VERIFY = "Your organization must be verified to stream this model. Please go to: https://norland.test/settings"
NO_SYSTEM = {
    "named": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    "by a template": "System role not supported",
    "by another template": "Conversation roles must alternate user/assistant/user/assistant/...",
    "as an instruction": "Developer instruction is not enabled for models/small",
}


@pytest.mark.parametrize("status", [400, 403])
def test_an_account_that_may_not_stream_is_asked_without(status: int) -> None:
    answer = unless(lambda r: bool(r.body.get("stream")), refused(status, VERIFY, param="stream"), whole())
    with serving(answer) as server:
        model = OpenAIChat(settings(server))
        assert [text_of(list(model.stream(MESSAGES))) for _ in range(2)] == ["At noon. [s1]"] * 2
        assert [bool(body.get("stream")) for body in server.bodies] == [True, False, False]
        assert not any("stream_options" in body for body in server.bodies[1:])
        assert all("temperature" in body for body in some(server.bodies))


@pytest.mark.parametrize("words", NO_SYSTEM.values(), ids=NO_SYSTEM)
@pytest.mark.parametrize("status", [400, 500])
def test_a_model_without_a_system_role_gets_the_rules_with_the_question(words: str, status: int) -> None:
    def has_system(request: Request) -> bool:
        return any(item["role"] == "system" for item in request.body["messages"])

    with serving(unless(has_system, refused(status, words), said("At noon."))) as server:
        model = OpenAIChat(settings(server))
        for _ in range(2):
            assert text_of(list(model.stream(MESSAGES))) == "At noon."
        questions = [request for request in server.requests if not has_system(request)]
        assert len(questions) == 2
        assert has_system(server.requests[0])
        assert not has_system(server.requests[-2])  # remembered
    assert questions[0].body["messages"] == [{"role": "user", "content": f"{RULES}\n\n{QUESTION}"}]
    assert "temperature" in questions[0].body


def test_a_refusal_that_names_nothing_costs_no_schema_for_good() -> None:
    answers = iter([refused(400, "Bad request"), refused(400, "Bad request"), whole('{"a": 1}')])
    with serving(lambda request: next(answers)(request)) as server:
        model = OpenAIChat(settings(server))
        with pytest.raises(ModelRefused, match="Bad request"):
            model.complete(MESSAGES, schema=SCHEMA)
        assert model.complete(MESSAGES, schema=SCHEMA).text == '{"a": 1}'
        assert ["response_format" in body for body in server.bodies] == [True, False, True]


@pytest.mark.parametrize("guilty", ["temperature", "response_format"])
def test_the_option_that_was_refused_without_a_name_is_found_by_trying(guilty: str) -> None:
    answer = unless(lambda r: guilty in r.body, refused(422, "Unprocessable"), whole('{"a": 1}'))
    with serving(answer) as server:
        model = OpenAIChat(settings(server))
        for _ in range(4):
            assert model.complete(MESSAGES, schema=SCHEMA).text == '{"a": 1}'
        other = {"temperature", "response_format"} - {guilty}
        assert guilty not in server.bodies[-1]
        assert other < server.bodies[-1].keys()
        assert len(server.bodies) <= 6


# Too long

TOO_LARGE = {
    "413": (413, "Payload Too Large"),
    "tokens a minute, at once": (
        429,
        "Request too large for small on tokens per min (TPM): Limit 6000, Requested 9120. Reduce your message size.",
    ),
    "tokens a minute, by the figures": (429, "Rate limit on tokens per min: Limit 10,000, Requested 12,400."),
    "prompt": (400, "prompt is too long: 9000 tokens > 8192 maximum"),
    "input length": (422, "Input length 9000 exceeds the maximum length of 8192"),
    "a batch of tokens": (500, "input is too large to process. increase the physical batch size"),
}


@pytest.mark.parametrize(("status", "words"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_told_as_such_at_once(status: int, words: str) -> None:
    with serving(refused(status, words)) as server:
        with pytest.raises(RequestTooLong, match="ONRECORD_EVIDENCE_TOKENS"):
            list(OpenAIChat(settings(server)).stream(MESSAGES))
        assert len(server.requests) == 1


def test_a_full_minute_is_no_request_that_is_too_long() -> None:
    words = "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000. Try again in 8s."
    with serving(refused(429, words)) as server:
        with pytest.raises(ModelUnavailable, match="Try again in a minute"):
            list(OpenAIChat(settings(server)).stream(MESSAGES))
        assert len(server.requests) == 3


# Addresses and words


def test_an_azure_deployment_gets_both_headers_and_its_query() -> None:
    with serving(said("At noon.")) as server:
        url = server.url.replace("/v1", "/openai/deployments/small?api-version=2024-10-21")
        list(OpenAIChat(settings(server, base_url=url)).stream(MESSAGES))
        (request,) = server.requests
        list(OpenAIChat(settings(server)).stream(MESSAGES))
    assert request.path == "/openai/deployments/small/chat/completions?api-version=2024-10-21"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["api-key"] == KEY
    assert "api-key" not in server.requests[1].headers


WORDS: dict[str, tuple[int, bytes, str]] = {
    "openai": (404, b'{"error": {"message": "The model small does not exist"}}', "The model small does not exist"),
    "a text": (404, b'{"error": "model small not found, try pulling it first"}', "try pulling it first"),
    "detail": (404, b'{"detail": "Not Found"}', r"\(Not Found\)"),
    "list": (404, b'[{"error": {"message": "models/small is not found"}}]', "models/small is not found"),
    "page": (404, b"<html><head><title>x</title></head><body><h1>Nothing here</h1></body></html>", "Nothing here"),
    "responses only": (
        404,
        b'{"error": {"message": "This model is only supported in v1/responses and not in v1/chat/completions."}}',
        "v1/responses and not in.*ONRECORD_CHAT_MODEL",
    ),
    "responses only, 400": (
        400,
        b'{"error": {"message": "The model small can only be used with the Responses API"}}',
        "can only be used with the Responses API",
    ),
}


@pytest.mark.parametrize(("status", "body", "expected"), WORDS.values(), ids=WORDS)
def test_the_servers_own_words_are_shown(status: int, body: bytes, expected: str) -> None:
    with serving(lambda _: (status, JSON, body)) as server, pytest.raises(ModelRefused, match=expected) as raised:
        list(OpenAIChat(settings(server)).stream(MESSAGES))
    assert "{" not in str(raised.value)


@pytest.mark.parametrize("way", ["stream", "complete"])
def test_a_silent_server_is_asked_once_and_no_longer_than_the_limit(way: str) -> None:
    finished = threading.Event()

    def silent(_: Request) -> Sent:
        finished.wait(60)
        return 503, JSON, b"{}"

    with serving(silent) as server:
        model = OpenAIChat(settings(server, timeout=0.5))
        started = time.monotonic()
        try:
            with pytest.raises(ModelUnavailable, match=r"within 0\.5 seconds"):
                list(model.stream(MESSAGES)) if way == "stream" else model.complete(MESSAGES)
            assert time.monotonic() - started < 30  # three tries and their pauses had no bound but the server
            assert len(server.requests) == 1
        finally:
            finished.set()


def test_no_try_begins_beyond_the_limit() -> None:
    with serving(lambda _: (503, {"retry-after": "3600"}, b"{}")) as server:
        with pytest.raises(ModelUnavailable):
            OpenAIChat(settings(server)).complete(MESSAGES)
        assert len(server.requests) == 1


# In an answer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ferry") / "home"
    with Newsroom.open(Settings(home=home)) as room:
        room.add_bytes(STORY.encode(), name="ferry.txt", title="Ferry to Sudria", outlet="Norland Post")
    return home


def asked(home: Path, answer: Answering, **changes: object) -> tuple[Answer, Server]:
    with serving(answer) as server, Newsroom.open(settings(server, home=home, **changes)) as room:
        return room.ask(QUESTION), server


def citing(form: str) -> Answering:
    """A true sentence, with its id put into `form`; what is asked of the judge of claims gets no verdict."""

    def answer(request: Request) -> Sent:
        prompt = request.body["messages"][-1]["content"]
        if prompt.startswith("CLAIMS "):
            return said("{}")(request)
        sid = re.search(r"^(s\d+): (?:\[[^]]*\] )?The ferry", prompt, re.MULTILINE)
        assert sid
        return said(form.replace("s1", sid[1]))(request)

    return answer


TRUE = "The ferry to Sudria will leave at noon on 4 May."


@pytest.mark.parametrize(
    "form",
    [
        f"**Answer**\n\n{TRUE} [s1]\n\n### Sources\n",
        f"{TRUE}\n[s1]",
        f"{TRUE} 【s1】",
        f"{TRUE} 【s1†source】",
        f"Here is the answer:\n- {TRUE}\nSources: [s1]",
    ],
)
def test_forms_of_a_true_answer_leave_nothing_withheld(home: Path, form: str) -> None:
    answer, _ = asked(home, citing(form))
    assert [item.text for item in answer.sentences if item.kind == "synthesis"] == [TRUE]
    assert answer.withheld == ()
    assert answer.ending == "complete"


def test_a_reply_that_is_cut_off_is_told_and_its_half_sentence_is_not_withheld(home: Path) -> None:
    def cut(request: Request) -> Sent:
        return 200, STREAM, citing(f"{TRUE} [s1]\nShopkeepers in Su")(request)[2].replace(b'"stop"', b'"length"')

    answer, _ = asked(home, cut)
    assert [item.text for item in answer.sentences if item.kind == "synthesis"] == [TRUE]
    assert answer.withheld == ()
    assert answer.ending == "cut"
    assert any("cut off" in notice for notice in answer.notices)


UNUSABLE: dict[str, tuple[Answering, str, str]] = {
    "empty": (said(""), "empty", "no usable text"),
    "empty for length": (said("", "length"), "empty", "no usable text"),
    "no list of claims": (said('{"claims": null}'), "empty", "no usable text"),
    "headings alone": (said("**Answer**\n\n### Sources\n"), "empty", "no usable text"),
    "an unclosed thought": (said("<think>\nLet me see. [s1]\nNOT IN THE ARTICLES"), "empty", "no usable text"),
    "refusal field": (streamed({"refusal": "I can't help with that."}), "refusal", "I can't help with that"),
    "refusal in words": (said("I'm sorry, but I can't help with that."), "refusal", "can't help with that"),
    "tool calls": (
        streamed({"tool_calls": [{"index": 0, "function": {"name": "find", "arguments": "{}"}}]}, finish="tool_calls"),
        "tool_calls",
        "tool",
    ),
}


@pytest.mark.parametrize(("answer", "ending", "notice"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_model_that_gives_nothing_is_not_told_as_articles_that_do_not_answer(
    home: Path, answer: Answering, ending: str, notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made, _ = asked(home, answer)
    assert made.ending == ending
    assert any(notice in item for item in made.notices)
    assert made.withheld == ()
    assert not made.abstained
    assert TRUE.rstrip(".") in made.answer
    with serving(answer) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {"OPENAI_BASE_URL": server.url, "ONRECORD_CHAT_MODEL": "small"}.items():
            patch.setenv(name, value)
        main(["ask", QUESTION, "--home", str(home)])
    out, err = capsys.readouterr()
    assert "do not answer" not in out
    assert "Traceback" not in out + err


@pytest.mark.parametrize("reply", ["NOT IN THE ARTICLES", '{"claims": []}'])
def test_a_model_that_declines_is_told_above_what_the_articles_say(home: Path, reply: str) -> None:
    answer, _ = asked(home, said(reply))
    assert (answer.ending, answer.abstained, answer.engine) == ("complete", False, "built-in")
    assert any("finds no answer" in notice for notice in answer.notices)


# Embeddings


def vectors(request: Request) -> Sent:
    data = [{"index": n, "embedding": _vector(text)} for n, text in enumerate(request.body["input"])]
    return 200, JSON, json.dumps({"data": data}).encode()


def _vector(text: str) -> list[float]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [float(number) for number in np.random.default_rng(seed).normal(size=16)]


BATCHES = {
    "array": (400, "Input array too long: at most 16 elements"),
    "batch": (400, "batch size is invalid, it should not be larger than 16"),
    "413": (413, "Payload Too Large"),
    "unnamed": (422, "Unprocessable"),
    "tokens a minute": (429, "Request too large: Limit 8000, Requested 12000"),
}


@pytest.mark.parametrize(("status", "words"), BATCHES.values(), ids=BATCHES)
def test_a_batch_is_halved_until_it_fits_and_stays_so(status: int, words: str) -> None:
    answer = unless(lambda r: len(r.body["input"]) > 16, refused(status, words), vectors)
    texts = [f"text {number}" for number in range(70)]
    with serving(answer) as server:
        embedder = OpenAIEmbedder(settings(server, embed_model="vectors"))
        first = embedder.embed(texts, "document")
        tried = len(server.requests)
        again = embedder.embed(texts, "document")
        assert [len(body["input"]) for body in server.bodies[tried:]] == [16, 16, 16, 16, 6]
    expected = np.array([_vector(text) for text in texts])
    assert np.allclose(first, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    "words", ["Unknown parameter: encoding_format", "Extra inputs are not permitted", "Bad request"]
)
def test_a_server_that_refuses_the_encoding_is_asked_without(words: str) -> None:
    answer = unless(lambda r: "encoding_format" in r.body, refused(400, words), vectors)
    texts = [f"text {number}" for number in range(64)]
    with serving(answer) as server:
        embedder = OpenAIEmbedder(settings(server, embed_model="vectors"))
        for _ in range(2):
            assert embedder.embed(texts, "document").shape == (64, 16)
        assert "encoding_format" not in server.bodies[-1]
        assert len(server.bodies[-1]["input"]) == 64


def test_a_single_text_that_is_too_long_is_sent_shorter() -> None:
    answer = unless(
        lambda r: any(len(text.split()) > 300 for text in r.body["input"]),
        refused(400, "This model's maximum context length is 300 tokens"),
        vectors,
    )
    with serving(answer) as server:
        embedder = OpenAIEmbedder(settings(server, embed_model="vectors"))
        assert embedder.embed(["ferry " * 500], "document").shape == (1, 16)
        assert embedder.embed(["short", "ferry " * 500], "document").shape == (2, 16)


@pytest.mark.parametrize(
    ("model", "window"),
    [
        ("text-embedding-3-small", 8191),
        ("BAAI/bge-m3", 8192),
        ("nomic-embed-text:latest", 2048),
        ("all-MiniLM-L6-v2", 256),
        ("BAAI/bge-large-en-v1.5", 512),
        ("vectors", 512),
    ],
)
def test_the_window_is_that_of_the_model_or_of_the_setting(model: str, window: int) -> None:
    assert known_window(model) == window
    with serving(vectors) as server:
        assert OpenAIEmbedder(settings(server, embed_model=model)).window == window
        assert OpenAIEmbedder(settings(server, embed_model=model, embed_window=1000)).window == 1000
        long = OpenAIEmbedder(settings(server, embed_model="text-embedding-3-small"))
        long.embed(["ferry " * 4000], "document")
        assert len(server.bodies[-1]["input"][0].split()) == 4000


DOWN: dict[str, Answering] = {
    "500": refused(500, "out of memory"),
    "401": refused(401, "bad key"),
    "429": refused(429, "slow down"),
    "404": refused(404, "no such model"),
    "a page": lambda _: (200, {"content-type": "text/html"}, b"<p>Welcome</p>"),
}


@pytest.fixture
def served_home(tmp_path: Path) -> Iterator[tuple[Path, Server]]:
    """A library whose vectors an endpoint has made."""
    with serving(vectors) as server:
        with Newsroom.open(_embedding(server, tmp_path)) as room:
            room.add_bytes(STORY.encode(), name="ferry.txt", title="Ferry to Sudria", outlet="Norland Post")
        yield tmp_path, server


def _embedding(server: Server, home: Path) -> Settings:
    return settings(server, home=home, chat_model=None, embed_model="vectors")


@pytest.mark.parametrize("answer", DOWN.values(), ids=DOWN)
def test_while_the_embeddings_are_away_words_find_and_a_notice_says_so(
    served_home: tuple[Path, Server], answer: Answering
) -> None:
    home, server = served_home
    server.answer = answer
    before = len(server.requests)
    with Newsroom.open(_embedding(server, home)) as room:
        hits = room.search(QUESTION)
        (notice,) = room.search_notices(QUESTION, hits)
        found = room.ask(QUESTION)
        briefing = room.brief(topic="ferry to Sudria")
    assert "noon" in hits[0].text
    assert "by words only" in notice
    assert "noon" in found.answer
    assert any("by words only" in notice for notice in found.notices)
    assert briefing.sections
    assert any("by words only" in notice for notice in briefing.notices)
    assert len(server.requests) - before <= 3  # it is not asked again and again while it is away


def test_embeddings_that_are_refused_a_connection_leave_the_words(tmp_path: Path) -> None:
    with serving(vectors) as server, Newsroom.open(_embedding(server, tmp_path)) as room:
        room.add_bytes(STORY.encode(), name="ferry.txt", title="Ferry to Sudria")
    with Newsroom.open(_embedding(server, tmp_path)) as room:
        assert "noon" in room.ask(QUESTION).answer


@pytest.mark.parametrize("answer", [DOWN["500"], DOWN["401"]], ids=["500", "401"])
def test_add_and_doctor_say_why_vectors_wait_and_they_are_made_later(
    tmp_path: Path, answer: Answering, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tmp_path / "ferry.txt"
    story.write_text(STORY, "utf-8")
    home = ["--home", str(tmp_path / "home")]
    with serving(answer) as server:
        for name, value in {"OPENAI_BASE_URL": server.url, "ONRECORD_EMBED_MODEL": "vectors"}.items():
            monkeypatch.setenv(name, value)
        assert main(["add", str(story), *home]) == PARTLY
        assert "127.0.0.1" in capsys.readouterr().out
        main(["doctor", "--json", *home])
        state = json.loads(capsys.readouterr().out)
        assert not state["healthy"]
        assert any("127.0.0.1" in line and "wait" in line for line in state["advice"])
        server.answer = vectors
        assert main(["add", str(story), *home]) == DONE
        capsys.readouterr()
        main(["doctor", "--json", *home])
        assert not any("wait" in line for line in json.loads(capsys.readouterr().out)["advice"])


def test_no_fault_of_this_file_is_more_than_a_model_error() -> None:
    odd: list[Any] = [5, [5], {"type": "text", "text": 5}, [{"type": "text", "text": ["a"]}]]
    for content in odd:
        for answer in (streamed({"content": content}), whole(content)):
            with serving(answer) as server, pytest.raises(ModelError):
                list(OpenAIChat(settings(server)).stream(MESSAGES))
