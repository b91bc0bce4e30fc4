"""Errors as problem details (RFC 9457): a type, a title, a status, and a detail that names the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from rag.errors import (
    BadSettings,
    InternalError,
    LibraryBusy,
    ModelError,
    ModelMissing,
    OnRecordError,
    SourceUnavailable,
    StoreError,
    StoreUnavailable,
    UnknownArticle,
    UnknownBriefing,
    UnknownChat,
    UnknownStatement,
    UnreadableSource,
    UnusableInput,
)

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:onrecord:problem:{}"
# The first class that an error is of decides.
_STATUS: Mapping[type[OnRecordError], int] = {
    UnknownArticle: 404, UnknownBriefing: 404, UnknownChat: 404, UnknownStatement: 404,
    SourceUnavailable: 502, UnreadableSource: 422, BadSettings: 503, UnusableInput: 422,
    ModelError: 502, ModelMissing: 503, LibraryBusy: 503, StoreUnavailable: 503, StoreError: 500, InternalError: 500,
}  # fmt: skip
_TITLES = {
    400: "The request cannot be read", 401: "Token missing or wrong", 403: "Not allowed", 404: "Not found",
    405: "Method not allowed", 409: "Conflict", 413: "Too large", 415: "Unsupported content type",
    422: "Cannot be used", 429: "Too many requests", 500: "Our error", 502: "A site or a model did not deliver",
    503: "Not available now",
}  # fmt: skip


class Problem(Exception):
    """A request that ends with problem details."""

    def __init__(self, status: int, detail: str, *, kind: str = "request", headers: Mapping[str, str] | None = None):
        super().__init__(detail)
        self.status, self.detail, self.kind, self.headers = status, detail, kind, headers


def answer(status: int, detail: str, kind: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Problem details as a response."""
    body = {"type": _TYPE.format(kind), "title": _TITLES.get(status, "Problem"), "status": status, "detail": detail}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def on_problem(_: Request, exc: Exception) -> JSONResponse:
    """What a handler refuses."""
    assert isinstance(exc, Problem)  # noqa: S101  # registered for it alone
    return answer(exc.status, exc.detail, exc.kind, exc.headers)


def on_error(_: Request, exc: Exception) -> JSONResponse:
    """An error of the package, whose message names the remedy."""
    status = next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 500)
    headers = {"Retry-After": "5"} if isinstance(exc, OnRecordError) and exc.retryable else None
    return answer(status, str(exc), type(exc).__name__, headers)


def on_invalid(_: Request, exc: Exception) -> JSONResponse:
    """A body or a parameter of another form than the API's. What was sent is not repeated."""
    assert isinstance(exc, RequestValidationError)  # noqa: S101  # registered for it alone
    first = exc.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    detail = f"{place}: {first['msg']}. See /api/v1/openapi.json for what is expected."
    return answer(400 if first["type"] == "json_invalid" else 422, detail, "invalid")


def on_http(_: Request, exc: Exception) -> JSONResponse:
    """What the framework refuses: no such path, another method."""
    assert isinstance(exc, HTTPException)  # noqa: S101  # registered for it alone
    detail = {404: "There is no such address. See /api/v1/openapi.json.", 405: "This address takes a different method."}
    return answer(exc.status_code, detail.get(exc.status_code, str(exc.detail)), "http", exc.headers)
