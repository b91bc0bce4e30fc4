"""Chat models that say what a test scripts and keep what they were sent: on loopback, and without a wire."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rag.domain import Usage
from rag.errors import ModelUnavailable
from rag.providers.base import Completion, Message

Reply = str | Callable[[str], str]  # the text, or what makes it of the user message


@dataclass
class ScriptedServer:
    """An OpenAI-compatible endpoint. `replies` are said in turn, the last one for ever; a `status` over 200 fails.

    What is asked of the model that checks claims goes to `checks`, and `judge` answers it: of itself it gives no
    verdict.
    """

    replies: list[Reply]
    judge: Reply = '{"verdicts": []}'
    checks: list[dict[str, Any]] = field(default_factory=list)
    planner: Reply = "{}"  # answers what is asked of searches and translations
    plans: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    cut_after: int | None = None  # pieces after which the connection breaks
    transcript: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    too_long: Callable[[dict[str, Any]], int] | None = None  # the status for a request, 400 for one that is too long

    def reply(self, body: dict[str, Any]) -> str:
        """The next scripted reply to this request."""
        asked = body["messages"][-1]["content"]
        if asked.startswith("CLAIMS "):
            self.checks.append(body)
            return self.judge if isinstance(self.judge, str) else self.judge(asked)
        if asked.startswith(("QUESTION ", "SENTENCES ")):
            self.plans.append(body)
            return self.planner if isinstance(self.planner, str) else self.planner(asked)
        self.transcript.append(body)
        said = self.replies[min(len(self.transcript), len(self.replies)) - 1]
        return said if isinstance(said, str) else said(body["messages"][-1]["content"])


class SayingModel:
    """Says its pieces, then one usage, without a wire. Raises ModelUnavailable in place of piece number `until`."""

    name = "saying"
    usage = Usage(prompt_tokens=3, completion_tokens=2)

    def __init__(self, *pieces: str, until: int | None = None) -> None:
        self.pieces, self.until = pieces, until
        self.sent: list[Sequence[Message]] = []

    def stream(
        self,
        messages: Sequence[Message],
        *,
        cancel: threading.Event | None = None,
        schema: dict[str, object] | None = None,
    ) -> Iterator[str | Usage]:
        self.sent.append(messages)
        items: list[str | Usage] = [*self.pieces, self.usage]
        for number, item in enumerate(items):
            if cancel and cancel.is_set():
                return
            if number == self.until:
                raise ModelUnavailable("The reply broke off. Ask again.")
            yield item

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        *pieces, usage = self.stream(messages)
        assert isinstance(usage, Usage)
        return Completion(text="".join(map(str, pieces)), usage=usage)


def sid_of(words: str, prompt: str) -> str:
    """The id that a prompt gives to the sentence that holds these words."""
    match = re.search(rf"^(s\d+): .*{re.escape(words)}", prompt, re.MULTILINE)
    assert match, f"the model was not sent {words!r}"
    return match[1]


def claim(text: str, *ids: str, **fields: object) -> str:
    """A claim as a model writes it: one line of JSON."""
    return json.dumps({"text": text, "ids": list(ids), **fields}, ensure_ascii=False)


def verdicts(*rulings: str) -> str:
    """The verdicts of a judge on the claims in their order."""
    messages = [{"n": n, "verdict": ruling, "clause": ""} for n, ruling in enumerate(rulings, 1)]
    return json.dumps({"verdicts": messages})


def supporting(prompt: str) -> str:
    """A judge that finds every claim supported."""
    return verdicts(*["supported"] * prompt.count("\nClaim "))


@contextmanager
def scripted(
    *replies: Reply, status: int = 200, cut_after: int | None = None, judge: Reply = '{"verdicts": []}'
) -> Iterator[ScriptedServer]:
    """Serve the replies on a free loopback port."""
    script = ScriptedServer(list(replies), status=status, cut_after=cut_after, judge=judge)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            models = {"object": "list", "data": [{"id": "scripted", "object": "model", "created": 0, "owned_by": ""}]}
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(models).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if script.too_long and script.too_long(body) == 400:
                self.send_response(400)
                self.end_headers()
                error = {"message": "too long", "code": "context_length_exceeded"}
                self.wfile.write(json.dumps({"error": error}).encode())
                return
            said = script.reply(body)
            self.send_response(script.status)
            streamed = script.status == 200 and body.get("stream")
            self.send_header("content-type", "text/event-stream" if streamed else "application/json")
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            if script.status == 200 and not body.get("stream"):
                whole = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
                self.wfile.write(
                    json.dumps({"object": "chat.completion", "model": "scripted", "choices": [whole]}).encode()
                )
                return
            if script.status != 200:
                self.wfile.write(json.dumps({"error": {"message": "refused"}}).encode())
                return
            pieces = re.findall(r".{1,7}", said, re.DOTALL)
            for n, piece in enumerate(pieces):
                if script.cut_after is not None and n >= script.cut_after:
                    return
                self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            self._event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}})
            self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, chunk: dict[str, Any]) -> None:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
