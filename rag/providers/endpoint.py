"""A server that speaks OpenAI's protocol: the client, how often and how long it is asked, and every way in which it
fails, in our words. Errors of `openai` end here.
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
MOST_BYTES = 64_000_000  # of any response: a batch of long vectors written as decimals stays below 10
RETRIES = 2  # on 408, 409, 429, 5xx and lost connections, as far as the time-out allows; never on a time-out

_NO_KEY = "no-key-set"  # local servers ask for none, but the client must send something
_CONNECT_SECONDS = 5.0
_FIRST_PAUSE = 0.5  # seconds before the second try, where the server does not say; twice that before the third
_SURROGATES = re.compile("[\ud800-\udfff]")
_AZURE_HOSTS = (".azure.com", ".azure.us", ".azure.cn", ".azure-api.net")

# The words of servers that could read less than they were sent.
_TOO_LONG = re.compile(
    r"context|too (?:large|long|many tokens)|tokens? limit|(?:max|limit)\w* (?:number |length |input )*(?:of )?tokens"
    r"|(?:reduce|shorten) (?:the|your)|input length|exceed\w*[^.]{0,40}(?:tokens|length)",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(r"request too large|tokens must be reduced|reduce your (?:message|prompt|input)", re.IGNORECASE)
_OF_A_MINUTE = re.compile(r"limit:? ?([\d,]+).{0,40}requested:? ?([\d,]+)", re.IGNORECASE)
_RESPONSES_ONLY = re.compile(
    r"\bresponses\b[^.]{0,20}(?:api|endpoint)|v1/responses|(?:api|endpoint) responses\b", re.IGNORECASE
)
_NO_MODEL = re.compile(r"\bmodel\b|deployment", re.IGNORECASE)
_REFUSING = (400, 413, 422)
_TAG = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<[^>]*>", re.IGNORECASE | re.DOTALL)

T = TypeVar("T")


class Endpoint:
    """One model of the endpoint of the settings. `where` is the address as it may be shown. Raises BadSettings where
    key, address or model can't be used.

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
            raise BadSettings("OPENAI_API_KEY holds characters that no key has. Copy the key again.")
        connection = http_client or openai.DefaultHttpxClient()
        connection.event_hooks["response"].append(_limit)
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
        """What `call` returns, tried again after a passing fault as long as the time-out allows it for all tries
        together. Who is too slow is not asked again. Raises what the client raises.
        """
        started = time.monotonic()
        for attempt in range(RETRIES + 1):
            left = self.timeout - (time.monotonic() - started)
            try:
                seconds = max(left, 1.0) if attempt else self.timeout
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
        """Seconds until the next try; None where another one can't help."""
        pause = _FIRST_PAUSE * 2.0**attempt
        if not isinstance(exc, openai.APIStatusError):
            return pause
        passing = exc.status_code in (408, 409, 429) or exc.status_code >= 500
        if not passing or exc.code == "insufficient_quota" or self.reads_less(exc):
            return None
        for name, share in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            try:
                return max(0.0, float(exc.response.headers[name]) * share)
            except (KeyError, ValueError):  # also a date: then our own pause
                continue
        return pause

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Everything that the client raises, as a ModelError."""
        try:
            yield
        except openai.APITimeoutError as exc:
            raise self.too_slow(self.timeout) from exc
        except openai.APIConnectionError as exc:
            lost = isinstance(exc.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError)
            raise self.broke_off() if lost else self._no_connection() from exc
        except openai.APIStatusError as exc:
            raise self._status(exc) from exc
        except openai.APIResponseValidationError as exc:
            raise self.not_compatible() from exc
        except openai.APIError as exc:
            raise self.failed(self.said(exc)) from exc
        except openai.OpenAIError as exc:
            raise ModelUnavailable(f"{self.where} could not be asked: {self.said(exc)}. Try again.") from exc
        except (httpx2.TimeoutException, TimeoutError) as exc:  # in the middle of a body
            raise self.too_slow(self.timeout) from exc
        except httpx2.TransportError as exc:
            raise self.broke_off() from exc
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as exc:
            raise self.not_compatible() from exc  # the client reads bodies without checking them

    def check_length(self, characters: int) -> None:
        """Raises ReplyError for a reply that is too long."""
        if characters > MOST_CHARACTERS:
            raise ReplyError(
                f"The reply of {self.model!r} was cut off after {MOST_CHARACTERS:,} characters. Ask again."
            )

    def failed(self, words: str) -> ModelUnavailable:
        """An error that the server sent in the place of a reply."""
        return ModelUnavailable(f"{self.where} broke off with an error: {words}. Try again.")

    def too_slow(self, seconds: float) -> ModelUnavailable:
        """The time-out."""
        return ModelUnavailable(
            f"{self.where} did not answer within {seconds:g} seconds. Try again, or set ONRECORD_TIMEOUT higher."
        )

    def broke_off(self) -> ModelUnavailable:
        """A reply without its end."""
        return ModelUnavailable(f"The reply from {self.where} broke off. Try again.")

    def not_compatible(self) -> ReplyError:
        """An answer of another protocol."""
        return ReplyError(
            f"{self.where} does not answer like an OpenAI-compatible endpoint. "
            "Check OPENAI_BASE_URL: it usually ends with /v1."
        )

    def _no_connection(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"No connection to {self.where}. Check that the server is running and that OPENAI_BASE_URL is right."
        )

    def reads_less(self, exc: openai.APIStatusError) -> bool:
        """True if the server says that the request is longer than it takes: at all, or in a minute."""
        words = self.said(exc, most=2_000)
        if exc.status_code == 413 or exc.code == "context_length_exceeded":
            return True
        if exc.status_code == 429:
            sizes = _OF_A_MINUTE.search(words)
            limit, size = (int(part.replace(",", "")) for part in sizes.groups()) if sizes else (0, 0)
            return size > limit or bool(_TOO_LARGE.search(words))
        return exc.status_code in (*_REFUSING, 500) and bool(_TOO_LONG.search(words))

    def may_offer_responses(self, exc: openai.APIStatusError) -> bool:
        """True if a refusal names the Responses API, or says that there are no chat completions here."""
        words = self.said(exc, most=2_000)
        if _RESPONSES_ONLY.search(words):
            return exc.status_code < 500
        return exc.status_code in (404, 405) and exc.code != "model_not_found" and not _NO_MODEL.search(words)

    def _status(self, exc: openai.APIStatusError) -> ModelError:
        status, reason = exc.status_code, self.said(exc)
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
        if self.reads_less(exc):
            return RequestTooLong(f"The request is longer than {self.model!r} reads ({reason}). {self._too_long}.")
        if status == 429:
            return ModelUnavailable(f"{self.where} takes no more requests for now ({reason}). Try again in a minute.")
        if status in (408, 409) or status >= 500:
            return ModelUnavailable(f"{self.where} failed (status {status}: {reason}). Try again.")
        return ModelRefused(f"{self.where} refused the request (status {status}: {reason}). Check {self._variable}.")

    def said(self, error: object, *, most: int = 200) -> str:
        """The server's own words, on one line of at most so many characters and without the key. `error` is what the
        client raised or the body of a reply.
        """
        reason = _words_of(error)
        if self._key:
            reason = reason.replace(self._key, "…")
        reason = " ".join(_TAG.sub(" ", reason).split()).strip(" .") or "no reason was given"
        return reason if len(reason) <= most else reason[: most - 1] + "…"


def models(settings: Settings, *, http_client: httpx2.Client | None = None) -> list[str]:
    """The names of the models that the endpoint lists, in their order. Raises BadSettings, ModelError."""
    named = settings.chat_model or "any"
    endpoint = Endpoint(settings, named, variable="ONRECORD_CHAT_MODEL", too_long="", http_client=http_client)
    with endpoint.errors():
        page = endpoint.ask(lambda timeout: endpoint.client.models.list(timeout=timeout))
        return sorted({str(field(item, "id")) for item in field(page, "data")})


def _words_of(error: object) -> str:
    """What an error says, wherever the server puts it: `error.message`, `error`, `message`, `detail`."""
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
    """True for an address whose server takes the key in a header of its own, beside the one that others read."""
    return url.host.endswith(_AZURE_HOSTS) or "api-version" in url.params or "/openai/deployments/" in f"{url.path}/"


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


def slug(text: str) -> str:
    """A name as a part of a fingerprint."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:40] or "x"


def clean(text: str) -> str:
    """Half characters, which no request can carry, as replacement characters."""
    return _SURROGATES.sub("\ufffd", text)


def field(value: Any, name: str) -> Any:
    """A field of what a server sent, be it a mapping or an object of the client; None where it has none."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
