"""The Responses API, for servers that offer a model only by it: its requests, and its replies converted to those of
chat completions, so that the same code reads both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from rag.providers.endpoint import field

_TEXT, _REFUSAL = "response.output_text.delta", "response.refusal.delta"
_END_EVENTS = frozenset(("response.completed", "response.incomplete"))
_ERROR_EVENTS = frozenset(("response.failed", "error"))
_FINISH_REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}


def request_of(messages: Sequence[dict[str, str]], options: dict[str, Any], schema_option: str) -> dict[str, Any]:
    """The fields of the request for what a chat completion has as messages and options. The server is asked to keep
    nothing.
    """
    request: dict[str, Any] = {"input": list(messages), "store": False}
    if "temperature" in options:
        request["temperature"] = options["temperature"]
    if schema_option in options:
        request["text"] = {"format": {"type": "json_schema", **options[schema_option]["json_schema"]}}
    return request


class ResponsesStream:
    """A stream of events of the Responses API, iterated as chunks of chat completions. `make_error` turns the server's
    error into the exception for a failed reply.
    """

    def __init__(self, stream: Any, make_error: Callable[[object], Exception]) -> None:
        self._stream = stream
        self._make_error = make_error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for event in self._stream:
            kind = field(event, "type")
            if kind == _TEXT:
                yield _chunk({"content": field(event, "delta")})
            elif kind == _REFUSAL:
                yield _chunk({"refusal": field(event, "delta")})
            elif kind in _ERROR_EVENTS:
                raise self._make_error({"error": field(field(event, "response"), "error") or _error_of(event)})
            elif kind in _END_EVENTS:
                reply = field(event, "response")
                yield {**_chunk({}, finish=_finish_reason(reply)), "usage": _usage(reply)}
            else:
                yield _chunk({})  # a sign of life


def as_chat(reply: Any) -> dict[str, Any]:
    """The body of a whole reply as that of a chat completion; empty if it is not a reply of this API."""
    if error := field(reply, "error"):
        return {"error": error}
    output = field(reply, "output")
    if not isinstance(output, list):
        return {}
    parts = [part for item in output if field(item, "type") == "message" for part in field(item, "content") or []]
    message = {
        "content": [{"type": "text", "text": field(part, "text")} for part in parts if field(part, "text")],
        "refusal": "".join(str(field(part, "refusal")) for part in parts if field(part, "refusal")) or None,
        "tool_calls": [item for item in output if field(item, "type") == "function_call"] or None,
    }
    return {"choices": [{"message": message, "finish_reason": _finish_reason(reply)}], "usage": _usage(reply)}


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"delta": delta, "finish_reason": finish}]}


def _finish_reason(reply: Any) -> str:
    reason = field(field(reply, "incomplete_details"), "reason")
    if reason:
        return _FINISH_REASONS.get(reason, "length")
    calls = any(field(item, "type") == "function_call" for item in field(reply, "output") or [])
    return "tool_calls" if calls else "stop"


def _usage(reply: Any) -> dict[str, Any]:
    usage = field(reply, "usage")
    return {"prompt_tokens": field(usage, "input_tokens"), "completion_tokens": field(usage, "output_tokens")}


def _error_of(event: Any) -> dict[str, Any]:
    return {"message": field(event, "message") or "no reason was given"}
