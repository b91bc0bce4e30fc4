"""Chat from any OpenAI-compatible server, whatever part of the protocol it offers."""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk

from rag.domain import Ending, Usage
from rag.errors import ModelError, ModelRefused, ReplyError
from rag.providers.base import Completion, Message, Reply, clean
from rag.providers.endpoint import Endpoint, field
from rag.providers.endpoint_responses import ResponsesStream, as_chat, request_of
from rag.settings import Settings
from rag.text.token_count import count_tokens

_LOOK_UP_SECONDS = 0.1  # between two looks at `cancel`
_SLACK = 1.0  # seconds that an answer may come in after the time-out of the connection
_SCHEMA = "response_format"

# How servers name an option that they refuse, beside by its name.
_OPTION_WORDS = {
    _SCHEMA: re.compile(r"response_?format|json_?schema|structured output|guided|grammar", re.IGNORECASE),
    "stream_options": re.compile(r"stream_options|include_usage", re.IGNORECASE),
    "temperature": re.compile(r"temperature", re.IGNORECASE),
}
_NO_STREAM = re.compile(r"\bstream(?:s|ing|ed)?\b(?!_options)", re.IGNORECASE)
_NO_SYSTEM = re.compile(
    r"system[ '\"`]*(?:role|message|instruction|prompt)|roles?\b.{0,60}\bsystem\b"
    r"|\bsystem\b.{0,40}not (?:supported|allowed)"
    r"|developer instruction|roles must alternate|only user and assistant",
    re.IGNORECASE,
)
_ABSENT = (404, 405, 501)  # statuses by which servers say that they have no such thing
_ADAPTABLE = (400, 403, 405, 415, 422, 500, 501)  # statuses by which servers refuse a part of a request

_ENDINGS: dict[str, Ending] = {
    "length": "cut",
    "max_tokens": "cut",
    "model_length": "cut",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}

_Item: TypeAlias = str | Reply | Usage


class OpenAIChat:
    """A ChatModel behind the endpoint of the settings. Raises BadSettings where key, address or model can't be used.

    `http_client` replaces the connection, for tests. What a server may not offer (stream options, a schema, a fixed
    temperature, streaming, a system role) is asked for, and done without once the server has refused it and answered
    the request without it. A server without chat completions is asked by the Responses API.
    """

    def __init__(self, settings: Settings, *, http_client: httpx2.Client | None = None) -> None:
        self._endpoint = Endpoint(
            settings,
            settings.chat_model,
            variable="ONRECORD_CHAT_MODEL",
            too_long="Set ONRECORD_EVIDENCE_TOKENS lower",
            http_client=http_client,
        )
        self._patience = settings.timeout + _SLACK  # seconds without a sign of life, retries included
        self._offer = _Offer()
        self.name = self._endpoint.model

    def stream(
        self,
        messages: Sequence[Message],
        *,
        cancel: threading.Event | None = None,
        schema: dict[str, object] | None = None,
    ) -> Iterator[_Item]:
        """Pieces of the reply as they come, a Reply where it is not complete, then one Usage; with `schema`, as JSON of
        that schema where the endpoint offers it. Ends early, without error, once `cancel` is set.

        Raises ModelRefused, ModelUnavailable (also where the reply breaks off) or ReplyError (also beyond
        MOST_CHARACTERS); what was yielded before stands.
        """
        cancel = cancel or threading.Event()
        abandonment = threading.Event()
        arrived: queue.SimpleQueue[_Item | ModelError | None] = queue.SimpleQueue()
        reader = threading.Thread(target=self._read, args=(messages, schema, arrived, abandonment), daemon=True)
        reader.start()
        try:
            while not cancel.is_set() and (item := self._next(arrived, cancel)) is not None:
                if isinstance(item, ModelError):
                    raise item
                if item:
                    yield item
        finally:
            abandonment.set()

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply; with `schema`, as JSON of that schema where the endpoint offers it. Raises ModelError."""
        options = {"temperature": 0, **_of_schema(schema)}
        with self._endpoint.errors():
            reply = self._create(messages, options, stream=False)
            text, _, usage = self._whole(reply)
            if not text.strip():
                raise ReplyError(f"The model {self.name!r} sent an empty reply. Ask again or set another model.")
            return Completion(text=text, usage=usage or _estimate(messages, text))

    def models(self) -> list[str]:
        """As `Endpoint.models`."""
        return self._endpoint.models()

    def _next(self, arrived: queue.SimpleQueue[_Item | ModelError | None], cancel: threading.Event) -> Any:
        """What arrives next; None at the end of the reply or once `cancel` is set."""
        waited = 0.0
        while not cancel.is_set():
            with suppress(queue.Empty):
                return arrived.get(timeout=_LOOK_UP_SECONDS)
            waited += _LOOK_UP_SECONDS
            if waited > self._patience:
                return self._endpoint.too_slow(self._endpoint.timeout)
        return None

    def _read(
        self,
        messages: Sequence[Message],
        schema: dict[str, object] | None,
        arrived: queue.SimpleQueue[_Item | ModelError | None],
        left: threading.Event,
    ) -> None:
        """Reads the reply in a thread of its own, so that a silent server can't keep the reader from leaving."""
        try:
            with self._endpoint.errors():
                for item in self._pieces(messages, schema):
                    if left.is_set():
                        return
                    arrived.put(item)
                arrived.put(None)
        except ModelError as exc:
            arrived.put(exc)
        finally:
            arrived.put(self._endpoint.broke_off())  # seen only where nothing else ended the reply

    def _pieces(self, messages: Sequence[Message], schema: dict[str, object] | None) -> Iterator[_Item]:
        options = {"temperature": 0, "stream_options": {"include_usage": True}, **_of_schema(schema)}
        reply = self._create(messages, options, stream=True)
        if not isinstance(reply, openai.Stream | ResponsesStream):
            text, ended, usage = self._whole(reply)
            yield text
        else:
            usage, parts = None, []
            ended = _Ended()
            with reply:
                for chunk in reply:
                    usage = _usage(field(chunk, "usage")) or usage
                    for choice in (field(chunk, "choices") or [])[:1]:
                        piece = ended.take(choice)
                        parts.append(piece)
                        self._endpoint.check_length(max(ended.length, len(parts)))
                        yield piece  # empty while a model thinks: a sign of life
                    ended.begun = True
            text = "".join(parts)
            if not ended.begun:
                raise self._endpoint.not_compatible()
            self._check_filter(ended)
            if not ended.finish:
                raise self._endpoint.broke_off()
        if (how := ended.reply(text)).ending != "complete":
            yield how
        yield usage or _estimate(messages, text)

    def _whole(self, reply: Any) -> tuple[str, _Ended, Usage | None]:
        """Text and end of a reply that came as one body, and what the server counted. Raises ModelError."""
        if (error := field(reply, "error")) and not field(reply, "choices"):
            raise self._endpoint.server_error(self._endpoint.server_message({"error": error}))
        choices = field(reply, "choices")
        if not isinstance(choices, list) or not choices:
            raise self._endpoint.not_compatible()
        ended = _Ended()
        text = ended.take(choices[0])
        self._endpoint.check_length(ended.length)
        self._check_filter(ended)
        return text, ended, _usage(field(reply, "usage"))

    def _check_filter(self, ended: _Ended) -> None:
        """Raises ModelRefused where the reply was taken back."""
        if ended.finish == "content_filter":
            raise ModelRefused(f"{self._endpoint.where} withheld the reply (content filter). Ask in other words.")

    def _create(self, messages: Sequence[Message], options: dict[str, Any], *, stream: bool) -> Any:
        """A reply to the messages: ask with the options, and again without what the server refuses. A stream, or the
        body of a reply where the server streams none.
        """
        attempt = self._offer.begin(options)
        absent: openai.APIStatusError | None = None
        while True:
            try:
                reply = self._send(messages, {key: options[key] for key in attempt.sending}, attempt, stream=stream)
            except openai.APIStatusError as exc:
                if not attempt.responses and self._endpoint.may_offer_responses(exc):
                    attempt.responses, absent = True, exc
                    continue
                if absent is not None and exc.status_code in _ABSENT:
                    raise absent from exc
                if self._endpoint.is_too_long(exc) or exc.status_code not in _ADAPTABLE:
                    raise
                if not attempt.without(exc.status_code, self._endpoint.server_message(exc, most=2_000), stream=stream):
                    raise
            else:
                self._offer = attempt.proven()
                return reply

    def _send(self, messages: Sequence[Message], options: dict[str, Any], attempt: _Attempt, *, stream: bool) -> Any:
        stream = stream and attempt.streams
        pairs = _merged(messages) if not attempt.system else [(item.role, item.content) for item in messages]
        body = [{"role": role, "content": clean(content)} for role, content in pairs]
        if not stream:
            options = {name: value for name, value in options.items() if name != "stream_options"}
        if attempt.responses:
            return self._by_responses(body, options, stream=stream)
        # The client's overloads can't follow options that are put together here.
        create: Callable[..., Any] = self._endpoint.client.chat.completions.create
        more = {"stream": True} if stream else {}
        reply = self._endpoint.ask(
            lambda timeout: create(model=self.name, messages=body, timeout=timeout, **options, **more)
        )
        return _as_it_came(reply, self._endpoint.client) if isinstance(reply, openai.Stream) else reply

    def _by_responses(self, body: list[dict[str, str]], options: dict[str, Any], *, stream: bool) -> Any:
        """The same by the Responses API, in the form of a chat completion."""
        request = request_of(body, options, _SCHEMA) | ({"stream": True} if stream else {})
        create: Callable[..., Any] = self._endpoint.client.responses.create
        reply = self._endpoint.ask(lambda timeout: create(model=self.name, timeout=timeout, **request))
        if isinstance(reply, openai.Stream):
            reply = _as_it_came(reply, self._endpoint.client)
        if isinstance(reply, openai.Stream):
            return ResponsesStream(
                reply, lambda error: self._endpoint.server_error(self._endpoint.server_message(error))
            )
        return as_chat(reply)


def _of_schema(schema: dict[str, object] | None) -> dict[str, Any]:
    """The option that asks for JSON of a schema; none without one."""
    if schema is None:
        return {}
    return {_SCHEMA: {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema, "strict": True}}}


def _as_it_came(reply: openai.Stream[Any], client: openai.OpenAI) -> Any:
    """The stream, or the body of a server that sends the whole answer at once although it was asked to stream."""
    response = reply.response
    if "event-stream" in response.headers.get("content-type", ""):
        return reply
    body = response.read()
    if body.lstrip()[:1] == b"{":
        return json.loads(body)
    again = httpx2.Response(200, content=body, request=response.request)
    return openai.Stream(cast_to=ChatCompletionChunk, response=again, client=client)


class _Offer:
    """What a server is known not to offer. `doubted` are options one of which it has refused without a name."""

    def __init__(
        self,
        left_out: frozenset[str] = frozenset(),
        doubted: frozenset[str] = frozenset(),
        *,
        streams: bool = True,
        system: bool = True,
        responses: bool = False,
    ) -> None:
        self.left_out, self.doubted = left_out, doubted
        self.streams, self.system, self.responses = streams, system, responses

    def begin(self, options: dict[str, Any]) -> _Attempt:
        """A request with all that is offered. Of what is doubted, the schema is sent, as it would be missed."""
        spared = frozenset(options) & self.doubted - {_SCHEMA}
        return _Attempt(self, frozenset(options) - self.left_out - spared, spared)


class _Attempt:
    """One request, and what it does without while the server refuses it."""

    def __init__(self, offer: _Offer, sending: frozenset[str], spared: frozenset[str]) -> None:
        self.sending, self.streams, self.system = sending, offer.streams, offer.system
        self.responses = offer.responses
        self._offer = offer
        self._spared = spared
        self._named: frozenset[str] = frozenset()
        self._unnamed: frozenset[str] = frozenset()

    def without(self, status: int, words: str, *, stream: bool) -> bool:
        """Leave out what the server's words blame, or all options where they blame nothing; False if nothing is left
        to leave out.
        """
        refused = frozenset(name for name in self.sending if _OPTION_WORDS[name].search(words))
        if refused:
            self._named |= refused
            self.sending -= refused
        elif self.system and _NO_SYSTEM.search(words):
            self.system = False
        elif stream and self.streams and status < 500 and _NO_STREAM.search(words):
            self.streams = False
        elif self.sending and status in (400, 422):
            self._unnamed, self.sending = self.sending, frozenset()
        else:
            return False
        return True

    def proven(self) -> _Offer:
        """What is known now that the server has answered. Of options refused together without a name one is guilty, and
        which one is seen at the next request.
        """
        left_out, doubted = self._offer.left_out | self._named, self._offer.doubted
        if self._unnamed:
            alone = len(self._unnamed) == 1
            left_out |= self._unnamed if alone else frozenset()
            doubted = frozenset() if alone else self._unnamed
        elif self._spared:
            left_out |= self._spared
            doubted = frozenset()
        return _Offer(left_out, doubted, streams=self.streams, system=self.system, responses=self.responses)


class _Ended:
    """How a reply came to its end, read out of its choices."""

    def __init__(self) -> None:
        self.begun, self.length = False, 0
        self.finish: str | None = None
        self._refusal: list[str] = []
        self._calls = False

    def take(self, choice: Any) -> str:
        """The text of a choice, or of a piece of one. Raises TypeError for another shape."""
        self.finish = field(choice, "finish_reason") or self.finish
        message = field(choice, "delta") or field(choice, "message")
        text = _text_of(field(message, "content"))
        self._refusal.append(_text_of(field(message, "refusal")) or _refused_part(field(message, "content")))
        self._calls = self._calls or bool(field(message, "tool_calls") or field(message, "function_call"))
        self.length += len(text)
        return text

    def reply(self, text: str) -> Reply:
        """The end, once the whole text is known."""
        refusal = "".join(self._refusal).strip()
        ending = _ENDINGS.get(self.finish or "", "complete")
        if refusal:
            return Reply(ending="refusal", words=refusal)
        if text.strip():
            return Reply(ending="complete" if ending == "tool_calls" else ending)
        if self._calls or ending == "tool_calls":
            return Reply(ending="tool_calls")
        return Reply(ending="refusal" if ending == "refusal" else "empty")


def _text_of(content: Any) -> str:
    """The text of a message's content: a text, or parts of which some are text and others are thoughts, images, calls.
    Raises TypeError for anything else.
    """
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise TypeError("content that is no text")
    return "".join(map(_text_of_part, content))


def _text_of_part(part: Any) -> str:
    if part is None or isinstance(part, str):
        return part or ""
    if not isinstance(part, dict):
        raise TypeError("a content part that is not an object")
    if field(part, "type") not in (None, "text", "output_text"):
        return ""
    text = field(part, "text")
    if isinstance(text, dict):
        text = text.get("value")
    if text is not None and not isinstance(text, str):
        raise TypeError("a part that is no text")
    return text or ""


def _refused_part(content: Any) -> str:
    """What a part of the content says that holds a refusal."""
    parts = content if isinstance(content, list) else [content]
    refusals = (field(part, "refusal") for part in parts if field(part, "type") == "refusal")
    return "".join(words for words in refusals if isinstance(words, str))


def _merged(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Messages for a model without a system role: the rules stand before the first message of the user."""
    rules = "\n\n".join(item.content for item in messages if item.role == "system")
    others = [(str(item.role), item.content) for item in messages if item.role != "system"]
    if not rules:
        return others
    at = next((n for n, (role, _) in enumerate(others) if role == "user"), None)
    if at is None:
        return [("user", rules), *others]
    others[at] = ("user", f"{rules}\n\n{others[at][1]}")
    return others


def _usage(usage: Any) -> Usage | None:
    """What the server counted, if it did."""
    prompt, completion = field(usage, "prompt_tokens"), field(usage, "completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int):
        return Usage(prompt_tokens=prompt, completion_tokens=completion)
    return None


def _estimate(messages: Sequence[Message], text: str) -> Usage:
    """Our own count. Each message costs about four tokens more than its text."""
    prompt = sum(count_tokens(item.content) + 4 for item in messages)
    return Usage(prompt_tokens=prompt, completion_tokens=count_tokens(text))
