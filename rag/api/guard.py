"""Who may use the API, how much may be sent, and how often."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag import logs
from rag.api.problems import Problem, answer

LARGEST = 25_000_000  # bytes of a body, as in the app's uploads
_log = logging.getLogger(__name__)


SignedIn: TypeAlias = Callable[[Request], bool | None]  # None where nobody has to sign in


class TokenCheck:
    """Checks the token of a request, in time that tells nothing about it; where readers sign in, one of theirs may pass
    without. With neither set the API is closed.
    """

    def __init__(self, token: str | None, signed_in: SignedIn = lambda _: None) -> None:
        self._digest = _digest(token) if token else None
        self._signed_in = signed_in

    async def __call__(self, request: Request) -> None:
        """Raises Problem for a request that may not pass, BadSettings where it can't be told."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(_digest(token.strip()), self._digest or b"")
        if self._digest is not None and scheme.lower() == "bearer" and right:
            return
        reader = self._signed_in(request)
        if reader is None and self._digest is None:
            raise Problem(404, "The API is off. Set ONRECORD_API_TOKEN where you start the app.", kind="off")
        if not reader:
            raise Problem(
                401, "Send the header Authorization: Bearer TOKEN with the token of this library.", kind="token",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


class Rate:
    """So many requests a minute, after a burst of as many: a bucket that fills steadily. Safe for many threads."""

    def __init__(self, most: int) -> None:
        self._most, self._left, self._since = most, float(most), time.monotonic()
        self._lock = threading.Lock()

    async def __call__(self, _: Request) -> None:
        """Raises Problem once the bucket is empty."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self._most, self._left + (now - self._since) * self._most / 60)
            self._since = now
            if self._left >= 1:
                self._left -= 1
                return
            wait = (1 - self._left) * 60 / self._most
        raise Problem(
            429, f"More than {self._most} requests a minute. Wait {wait:.0f} s, or raise ONRECORD_API_RATE.",
            kind="rate", headers={"Retry-After": str(max(1, round(wait)))},
        )  # fmt: skip


class Limits:
    """Refuses bodies that are too large before they are read whole, and writes a line of log for each request: its
    method, its path with ids left out, its status and its milliseconds, and no word of a reader or an article.
    """

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST) -> None:
        self._app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status, size = time.perf_counter(), 500, 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._largest:
                raise HTTPException(413, self._too_large())
            return message

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            length = dict(scope["headers"]).get(b"content-length", b"0")
            if length.isdigit() and int(length) > self._largest:
                await answer(413, self._too_large(), "size")(scope, receive, noted)
            else:
                await self._app(scope, counted, noted)
        finally:
            route = scope.get("route")
            path = getattr(route, "path", "(no route)")
            ms = round(1000 * (time.perf_counter() - start), 1)
            _log.info("http", extra=logs.fields(method=scope["method"], path=path, status=status, ms=ms))

    def _too_large(self) -> str:
        return f"The body is larger than {self._largest // 1_000_000} MB. Send it in parts."
