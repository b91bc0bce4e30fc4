"""A server that speaks OpenAI's protocol: the client, its retries and time-outs, and its failures as our errors. No
error of `openai` leaves this module.
"""

from __future__ import annotations

import re
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
import openai

from rag.errors import BadSettings, ModelError, ModelRefused, ModelUnavailable, ReplyError, RequestTooLong
from rag.settings import Settings

MOST_CHARACTERS = 1_000_000  # of a chat reply
MOST_BYTES = 64_000_000  # of any response: a batch of long vectors written as decimals stays below ten million
RETRIES = 2  # on 408, 409, 429, 5xx and lost connections, as far as the time-out allows; never on a time-out

_NO_KEY = "no-key-set"  # local servers need no key, but the client must send one
_CONNECT_SECONDS = 5.0
_FIRST_PAUSE = 0.5  # seconds before the second try, where the server does not say; twice that before the third
_AZURE_HOSTS = (".azure.com", ".azure.us", ".azure.cn", ".azure-api.net")

# The words of servers for a request that is too long.
_TOO_LONG = re.compile(
    r"context|too (?:large|long|many tokens)|tokens? limit|(?:max|limit)\w* (?:number |length |input )*(?:of )?tokens"
    r"|(?:reduce|shorten) (?:the|your)|input length|exceed\w*[^.]{0,40}(?:tokens|length)",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(r"request too large|tokens must be reduced|reduce your (?:message|prompt|input)", re.IGNORECASE)
_MINUTE_LIMIT = re.compile(r"limit:? ?([\d,]+).{0,40}requested:? ?([\d,]+)", re.IGNORECASE)
_RESPONSES_ONLY = re.compile(
    r"\bresponses\b[^.]{0,20}(?:api|endpoint)|v1/responses|(?:api|endpoint) responses\b", re.IGNORECASE
)
_NO_MODEL = re.compile(r"\bmodel\b|deployment", re.IGNORECASE)
_REJECTING = (400, 413, 422)
_TAG = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<[^>]*>", re.IGNORECASE | re.DOTALL)

T = TypeVar("T")


class Endpoint:
    """One model of the endpoint in the settings. `where` is the address without secrets, for messages. Raises
    BadSettings if key, address or model can't be used.

    `http_client` replaces the connection, for tests.
    """

    def __init__(
        self, settings: Settings, model: str | None, *, variable: str, too_long: str, http_client: httpx2.Client | None
    ) -> None:
        if not model or not model.strip():
            raise BadSettings(f"No model is named. Set {variable} to one that the endpoint offers.")
        self.model = model.strip()
        self.timeout = settings.timeout
        self._variable, self._too_long = variable, too_long
        self._key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
        if not self._key.isascii() or not self._key.isprintable():
            raise BadSettings("OPENAI_API_KEY contains characters that a key can't have. Copy the key again.")
        connection = http_client or openai.DefaultHttpxClient()
        connection.event_hooks["response"].append(_limit_size)
        if http_client is None:
            weakref.finalize(self, connection.close)
        try:
            url = httpx2.URL(settings.base_url or "https://api.openai.com/v1")
            self.client = openai.OpenAI(
                api_key=self._key or _NO_KEY,
                base_url=str(url.copy_with(query=None)),
                default_query=dict(url.params),
                default_headers={"api-key": self._key} if self._key and _is_azure(url) else None,
                timeout=httpx2.Timeout(settings.timeout, connect=min(_CONNECT_SECONDS, settings.timeout)),
                max_retries=0,  # `ask` tries again, within the time-out
                http_client=connection,
            )
        except (httpx2.InvalidURL, ValueError) as exc:
            raise BadSettings("OPENAI_BASE_URL is not an address. It looks like http://localhost:11434/v1.") from exc
        self.host = url.host
        # Without user, password and query, which may hold a key.
        self.where = f"{url.scheme}://{url.netloc.decode('ascii')}{url.path}".rstrip("/")

    def ask(self, call: Callable[[httpx2.Timeout], T]) -> T:
        """The result of `call`, which is retried after temporary faults within the time-out, but not after a time-out.
        Raises what the client raises.
        """
        started = time.monotonic()
        for attempt in range(RETRIES + 1):
            remaining = self.timeout - (time.monotonic() - started)
            try:
                seconds = max(remaining, 1.0) if attempt else self.timeout
                return call(httpx2.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)))
            except openai.APITimeoutError:
                raise
            except (openai.APIConnectionError, openai.APIStatusError) as exc:
                pause = self._pause(exc, attempt)
                if pause is None or attempt == RETRIES or time.monotonic() - started + pause > self.timeout:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable")

    def _pause(self, exc: openai.APIConnectionError | openai.APIStatusError, attempt: int) -> float | None:
        """Seconds until the next try; None if another one can't help."""
        pause = _FIRST_PAUSE * 2.0**attempt
        if not isinstance(exc, openai.APIStatusError):
            return pause
        is_temporary = exc.status_code in (408, 409, 429) or exc.status_code >= 500
        if not is_temporary or exc.code == "insufficient_quota" or self.is_too_long(exc):
            return None
        for name, share in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            try:
                return max(0.0, float(exc.response.headers[name]) * share)
            except (KeyError, ValueError):  # a date, too, is ignored
                continue
        return pause

    @contextmanager
    def errors(self) -> Iterator[None]:
        """A context that raises the errors of the client as ModelError."""
        try:
            yield
        except openai.APITimeoutError as exc:
            raise self.too_slow(self.timeout) from exc
        except openai.APIConnectionError as exc:
            connection_lost = isinstance(exc.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError)
            raise self.broke_off() if connection_lost else self._connection_error() from exc
        except openai.APIStatusError as exc:
            raise self._status_error(exc) from exc
        except openai.APIResponseValidationError as exc:
            raise self.not_compatible() from exc
        except openai.APIError as exc:
            raise self.server_error(self.server_message(exc)) from exc
        except openai.OpenAIError as exc:
            raise ModelUnavailable(f"{self.where} could not be asked: {self.server_message(exc)}. Try again.") from exc
        except (httpx2.TimeoutException, TimeoutError) as exc:  # in the middle of a body
            raise self.too_slow(self.timeout) from exc
        except httpx2.TransportError as exc:
            raise self.broke_off() from exc
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as exc:
            raise self.not_compatible() from exc  # the client reads bodies without checking them

    def check_length(self, characters: int) -> None:
        """Raise ReplyError for a reply that is too long."""
        if characters > MOST_CHARACTERS:
            raise ReplyError(
                f"The reply of {self.model!r} was cut off after {MOST_CHARACTERS:,} characters. Ask again."
            )

    def server_error(self, words: str) -> ModelUnavailable:
        """The error for one that the server sent instead of a reply."""
        return ModelUnavailable(f"{self.where} broke off with an error: {words}. Try again.")

    def too_slow(self, seconds: float) -> ModelUnavailable:
        """The error for a time-out."""
        return ModelUnavailable(
            f"{self.where} did not answer within {seconds:g} seconds. Try again, or set ONRECORD_TIMEOUT higher."
        )

    def broke_off(self) -> ModelUnavailable:
        """The error for a reply that ends early."""
        return ModelUnavailable(f"The reply from {self.where} broke off. Try again.")

    def not_compatible(self) -> ReplyError:
        """The error for an answer in another protocol."""
        return ReplyError(
            f"{self.where} does not answer like an OpenAI-compatible endpoint. "
            "Check OPENAI_BASE_URL: it usually ends with /v1."
        )

    def _connection_error(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"No connection to {self.where}. Check that the server is running and that OPENAI_BASE_URL is right."
        )

    def is_too_long(self, exc: openai.APIStatusError) -> bool:
        """True if the server rejects the request for its length, or for the tokens that it allows in a minute."""
        words = self.server_message(exc, most=2_000)
        if exc.status_code == 413 or exc.code == "context_length_exceeded":
            return True
        if exc.status_code == 429:
            sizes = _MINUTE_LIMIT.search(words)
            limit, size = (int(part.replace(",", "")) for part in sizes.groups()) if sizes else (0, 0)
            return size > limit or bool(_TOO_LARGE.search(words))
        return exc.status_code in (*_REJECTING, 500) and bool(_TOO_LONG.search(words))

    def may_offer_responses(self, exc: openai.APIStatusError) -> bool:
        """True if an error names the Responses API, or says that the server has no chat completions."""
        words = self.server_message(exc, most=2_000)
        if _RESPONSES_ONLY.search(words):
            return exc.status_code < 500
        return exc.status_code in (404, 405) and exc.code != "model_not_found" and not _NO_MODEL.search(words)

    def _status_error(self, exc: openai.APIStatusError) -> ModelError:
        status, reason = exc.status_code, self.server_message(exc)
        if status == 401:
            state = "refused the key" if self._key else "wants a key and none is set"
            return ModelRefused(f"{self.where} {state}. Check OPENAI_API_KEY.")
        if status == 403:
            return ModelRefused(
                f"{self.where} does not let this key use {self.model!r} ({reason}). Check OPENAI_API_KEY."
            )
        if status == 404:
            return ModelRefused(
                f"{self.where} does not offer the model {self.model!r}, or the address is not complete ({reason}). "
                f"Check {self._variable}, and OPENAI_BASE_URL, which usually ends with /v1."
            )
        if status == 429 and exc.code == "insufficient_quota":
            return ModelRefused(f"The account at {self.where} has no credit left. Add credit or set another key.")
        if self.is_too_long(exc):
            return RequestTooLong(f"The request is longer than {self.model!r} reads ({reason}). {self._too_long}.")
        if status == 429:
            return ModelUnavailable(f"{self.where} accepts no more requests for now ({reason}). Try again in a minute.")
        if status in (408, 409) or status >= 500:
            return ModelUnavailable(f"{self.where} failed (status {status}: {reason}). Try again.")
        return ModelRefused(f"{self.where} refused the request (status {status}: {reason}). Check {self._variable}.")

    def server_message(self, error: object, *, most: int = 200) -> str:
        """The server's own words on one line, of at most `most` characters and without the key. `error` is what the
        client raised, or the body of a reply.
        """
        reason = _error_message(error)
        if self._key:
            reason = reason.replace(self._key, "…")
        reason = " ".join(_TAG.sub(" ", reason).split()).strip(" .") or "no reason was given"
        return reason if len(reason) <= most else reason[: most - 1] + "…"

    def models(self) -> list[str]:
        """The names of the models that the endpoint lists, sorted. Raises ModelError."""
        with self.errors():
            page = self.ask(lambda timeout: self.client.models.list(timeout=timeout))
            return sorted({str(field(item, "id")) for item in field(page, "data") or []})


def list_models(settings: Settings) -> list[str]:
    """The models of the endpoint that the settings name. Raises BadSettings, ModelError."""
    model = settings.chat_model or "any"
    return Endpoint(settings, model, variable="ONRECORD_CHAT_MODEL", too_long="", http_client=None).models()


def _error_message(error: object) -> str:
    """The message of an error, wherever the server puts it: `error.message`, `error`, `message`, `detail`."""
    body = getattr(error, "body", None) if isinstance(error, Exception) else error
    for _ in range(3):
        if isinstance(body, list) and body:
            body = body[0]
        if not isinstance(body, dict):
            break
        body = next((body[name] for name in ("error", "message", "detail", "msg") if body.get(name)), None)
    if isinstance(body, str) and body.strip():
        return body
    return str(getattr(error, "message", "") or error)


def _is_azure(url: httpx2.URL) -> bool:
    """True for an Azure address, whose server takes the key in another header."""
    return url.host.endswith(_AZURE_HOSTS) or "api-version" in url.params or "/openai/deployments/" in f"{url.path}/"


def _limit_size(response: httpx2.Response) -> None:
    """Make the client raise ReplyError for a response beyond MOST_BYTES while it is received."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _LimitedStream(response.stream)


class _LimitedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > MOST_BYTES:
                raise ReplyError(f"The endpoint sent more than {MOST_BYTES:,} bytes in one reply. Ask again.")
            yield part

    def close(self) -> None:
        self._stream.close()


def slug(text: str) -> str:
    """A name made safe for a fingerprint."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:40] or "x"


def field(value: Any, name: str) -> Any:
    """A field of a server's answer, a mapping or an object of the client; None if it is missing."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
