"""Structured logs: one line for each question, addition, briefing and round of background work, with its duration.

This is the standard library's logging with our own formatter rather than structlog: every library that we use logs
there already. Lines hold counts, ids, names of our own code and milliseconds; never a question, an article's words, a
title or an address. Whatever a field holds, a line stays one line of ASCII, and anything that looks like a key is
redacted. Nothing is sent anywhere.
"""

from __future__ import annotations

import contextvars
import json
import logging
import os
import re
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO, TypeVar

from rag.errors import InternalError, ModelMissing, OnRecordError, StoreError

LogFormat = Literal["json", "text"]
LogTarget = Literal["file", "stderr", "none"]
LOG_FILE = "onrecord.log"
MAX_BYTES = 10_000_000  # of the file; then it replaces `onrecord.log.1`
_MAX_FIELD = 500  # characters of a field
_MAX_FRAMES = 12
_SECRET_PATTERN = re.compile(r"sk-[A-Za-z0-9_-]{6,}|(?i:bearer\s+)[\w.~+/=-]{6,}|(?<=://)[^/\s@\"]{1,200}@")
_REDACTION = "[secret]"
_ROOT_LOGGER = logging.getLogger("rag")
_request: contextvars.ContextVar[str | None] = contextvars.ContextVar("onrecord_request", default=None)
T = TypeVar("T")
_EXHAUSTED: Any = object()

_ROOT_LOGGER.addHandler(logging.NullHandler())  # a program that uses the package configures logging itself


def configure(
    home: Path,
    *,
    level: str = "info",
    log_format: LogFormat = "json",
    target: LogTarget = "file",
    secrets_to_hide: Iterable[str] = (),
) -> None:
    """Log the package's records from `level` on to `home/onrecord.log` or to standard error, or nowhere.

    No line shows any of `secrets_to_hide`. With a file, warnings also go to standard error, as plain lines. Calling it
    again replaces the earlier configuration. Raises nothing: a log that can't be written is dropped.
    """
    for old in [one for one in _ROOT_LOGGER.handlers if isinstance(one, _OwnHandler)]:
        _ROOT_LOGGER.removeHandler(old)
        old.close()
    secret_values = tuple(sorted((one for one in secrets_to_hide if len(one) >= 4), key=len, reverse=True))
    if target == "none":
        return
    handlers: list[logging.Handler] = [_File(home / LOG_FILE) if target == "file" else _Stream()]
    handlers[0].setFormatter(_Json(secret_values) if log_format == "json" else _Text(secret_values))
    if target == "file":
        handlers.append(_Stream())
        handlers[1].setFormatter(_Plain(secret_values))
        handlers[1].setLevel(logging.WARNING)
    for handler in handlers:
        _ROOT_LOGGER.addHandler(handler)
    _ROOT_LOGGER.setLevel(level.upper())
    _ROOT_LOGGER.propagate = False


def current_request() -> str | None:
    """The id of the request that this context works on; None outside of one."""
    return _request.get()


@contextmanager
def request_context(request: str | None) -> Iterator[None]:
    """Run the block as part of a request that began elsewhere, for example in another thread."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def request(kind: str, logger: logging.Logger, **details: Any) -> Iterator[dict[str, Any]]:
    """Log a piece of work when it ends, under a new request id unless there is one already.

    Fields that the block adds to the yielded dict become part of the line. An error is logged by its class alone.
    """
    started = time.perf_counter()
    with request_context(current_request() or new_request_id()):
        try:
            yield details
        except BaseException as exc:
            logger.warning("%s failed", kind, extra=_timed_fields(details, started, **error_fields(exc)))
            raise
        logger.info("%s done", kind, extra=_timed_fields(details, started))


def traced_stream(
    kind: str,
    events: Iterator[T],
    logger: logging.Logger,
    event_fields: Callable[[T], dict[str, Any]],
    **details: Any,
) -> Iterator[T]:
    """Yield the events of a request, each produced in the context of its id. The line at the end has the milliseconds
    of each phase, from an event that names one (`name` or `work`) to the next that does, and the fields that
    `event_fields` gives for the events.
    """
    context = contextvars.copy_context()
    context.run(_request.set, current_request() or new_request_id())
    started = phase_started = time.perf_counter()
    phases: dict[str, float] = {}
    phase = "opening"
    outcome: dict[str, Any] = {"ended": "left"}

    def end_phase() -> None:
        nonlocal phase_started
        now = time.perf_counter()
        phases[phase] = round(phases.get(phase, 0.0) + 1000 * (now - phase_started), 1)
        phase_started = now

    try:
        while (event := context.run(next, events, _EXHAUSTED)) is not _EXHAUSTED:
            if phase_name := getattr(event, "name", None) or getattr(event, "work", None):
                end_phase()
                phase = str(phase_name)
            details |= event_fields(event)
            yield event
        outcome = {"ended": "done"}
    except GeneratorExit:
        raise
    except BaseException as exc:
        outcome = {"ended": "failed", **error_fields(exc)}
        raise
    finally:
        if close := getattr(events, "close", None):
            context.run(close)
        end_phase()
        level = logging.WARNING if outcome["ended"] == "failed" else logging.INFO
        context.run(
            logger.log, level, "%s ended", kind, extra=_timed_fields(details, started, phases_ms=phases, **outcome)
        )


def new_request_id() -> str:
    """A new id of a request."""
    return secrets.token_hex(4)


def error_fields(error: BaseException) -> dict[str, Any]:
    """What a line may say of an error. Most messages are left out, as they may quote a question, an article or a
    server.
    """
    details: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, StoreError | ModelMissing | InternalError):
        details["reason"] = str(error)
    if not isinstance(error, OnRecordError) or isinstance(error, InternalError):
        details["trace"] = _trace(error)
    return details


def fields(**details: Any) -> dict[str, Any]:
    """The fields of a line, for `extra`."""
    return {"details": details}


def _timed_fields(details: dict[str, Any], started: float, **more: Any) -> dict[str, Any]:
    return fields(**details, ms=round(1000 * (time.perf_counter() - started), 1), **more)


def _trace(error: BaseException) -> list[str]:
    """Where an error came from: names of files and functions, never values."""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


class _OwnHandler(logging.Handler):
    """A handler that `configure` added."""


class _File(_OwnHandler):
    """Appends lines to a file that several processes may share; it is created with the first line."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._process = os.getpid()
        self._open: int | None = None
        self._write_lock = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line. A full disk or a missing folder must not stop the work that the line is about."""
        try:
            line = (self.format(record) + "\n").encode("ascii", "backslashreplace")
            with self._write_lock:
                os.write(self._descriptor(), line)  # a single appending call: lines of two processes never mix
        except Exception:  # noqa: BLE001
            self._close_file()

    def close(self) -> None:
        """Close the file."""
        self._close_file()
        super().close()

    def _descriptor(self) -> int:
        if self._open is not None:
            status = os.fstat(self._open)
            if status.st_size < MAX_BYTES and status.st_nlink:
                return self._open
            self._close_file()
        if self._path.exists() and self._path.stat().st_size >= MAX_BYTES:
            os.replace(self._path, f"{self._path}.1")  # noqa: PTH105  # atomic
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._open = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._open

    def _close_file(self) -> None:
        descriptor, self._open = self._open, None
        if descriptor is not None:
            os.close(descriptor)


class _Stream(_OwnHandler):
    """Writes lines to whatever is standard error at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            stream: TextIO = sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001  # there is nowhere left to report it
            return


class _LineFormatter(logging.Formatter):
    def __init__(self, secret_values: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secret_values

    def format(self, record: logging.LogRecord) -> str:
        """One line of printable ASCII."""
        return self.line(self._redact(self._entry(record)))

    def line(self, entry: dict[str, Any]) -> str:
        """The fields as one line."""
        raise NotImplementedError

    def _entry(self, record: logging.LogRecord) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "request": current_request(),
            "process": record.process,
            **getattr(record, "details", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry |= error_fields(record.exc_info[1])
        return entry

    def _redact(self, value: Any) -> Any:
        """The value without secrets, and with long texts shortened."""
        if isinstance(value, dict):
            return {str(key)[:_MAX_FIELD]: self._redact(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._redact(item) for item in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, _REDACTION)
        text = _SECRET_PATTERN.sub(_REDACTION, text)
        return text if len(text) <= _MAX_FIELD else f"{text[: _MAX_FIELD - 1]}…"


class _Json(_LineFormatter):
    def line(self, entry: dict[str, Any]) -> str:
        return json.dumps(entry, ensure_ascii=True)


class _Text(_LineFormatter):
    def line(self, entry: dict[str, Any]) -> str:
        head = " ".join(_escape(entry.pop(name)) for name in ("time", "level", "event"))
        return " ".join(
            [head, *(f"{_escape(name)}={json.dumps(value)}" for name, value in entry.items() if value is not None)]
        )


class _Plain(_LineFormatter):
    def line(self, entry: dict[str, Any]) -> str:
        reason = entry.get("reason") or entry.get("error")
        return f"onrecord: {_escape(entry['event'])}" + (f" ({_escape(reason)})" if reason else "")


def _escape(value: Any) -> str:
    """A text as it would stand between quotation marks in JSON: no line breaks, no control characters."""
    return json.dumps(str(value), ensure_ascii=True)[1:-1].replace('\\"', '"')
