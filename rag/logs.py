"""Structured logs: one line for each question, addition, briefing and round of background work, with what it took.

The standard library's logging with a formatter of our own, rather than structlog: every library that we use logs there
already, and what is left to write is this file. Lines hold counts, ids, names of our own code and milliseconds; never
a question, an article's words, a title or an address. Whatever a field holds, a line stays one line of ASCII, and what
looks like a key is blotted out. Nothing is sent anywhere.
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
MAX_BYTES = 10_000_000  # of the file; then it becomes `onrecord.log.1`, in place of the one before
_MAX_FIELD = 500  # characters of a field
_MAX_FRAMES = 12
_SECRET_PATTERN = re.compile(r"sk-[A-Za-z0-9_-]{6,}|(?i:bearer\s+)[\w.~+/=-]{6,}|(?<=://)[^/\s@\"]{1,200}@")
_REDACTION = "[secret]"
_ROOT_LOGGER = logging.getLogger("rag")
_request: contextvars.ContextVar[str | None] = contextvars.ContextVar("onrecord_request", default=None)
T = TypeVar("T")
_EXHAUSTED: Any = object()

_ROOT_LOGGER.addHandler(logging.NullHandler())  # a program that uses the package decides for itself what is written


def configure(
    home: Path,
    *,
    level: str = "info",
    log_format: LogFormat = "json",
    target: LogTarget = "file",
    secrets_to_hide: Iterable[str] = (),
) -> None:
    """Write what the package logs, from `level` on, to `home/onrecord.log` or to standard error, or nowhere.

    `secrets_to_hide` are secrets that no line may show. With a file, warnings go to standard error too, as plain lines. Doing it
    again replaces what was set up before. Raises nothing: a log that can't be written is given up.
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
    """The id of the request that is being worked on in this context."""
    return _request.get()


@contextmanager
def request_context(request: str | None) -> Iterator[None]:
    """Work inside belongs to a request that was begun elsewhere, as in another thread."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def request(kind: str, logger: logging.Logger, **details: Any) -> Iterator[dict[str, Any]]:
    """A piece of work that somebody asked for: a new id, unless one is at work, and a line when it has ended.

    Fields put into what is handed out come into that line. An error is named by its class alone.
    """
    begun = time.perf_counter()
    with request_context(current_request() or new_id()):
        try:
            yield details
        except BaseException as exc:
            logger.warning("%s failed", kind, extra=_timed_fields(details, begun, **error_fields(exc)))
            raise
        logger.info("%s done", kind, extra=_timed_fields(details, begun))


def traced_stream(
    kind: str,
    events: Iterator[T],
    logger: logging.Logger,
    note: Callable[[T], dict[str, Any]],
    **details: Any,
) -> Iterator[T]:
    """Events of a request as they come, each made in the context of its id; a line at the end has the milliseconds of
    each phase, from an event that names one (`name` or `work`) to the next that does, and what `note` says of events.
    """
    context = contextvars.copy_context()
    context.run(_request.set, current_request() or new_id())
    begun = since = time.perf_counter()
    phases: dict[str, float] = {}
    phase = "opening"
    ended: dict[str, Any] = {"ended": "left"}

    def end_phase() -> None:
        nonlocal since
        now = time.perf_counter()
        phases[phase] = round(phases.get(phase, 0.0) + 1000 * (now - since), 1)
        since = now

    try:
        while (event := context.run(next, events, _EXHAUSTED)) is not _EXHAUSTED:
            if named := getattr(event, "name", None) or getattr(event, "work", None):
                end_phase()
                phase = str(named)
            details |= note(event)
            yield event
        ended = {"ended": "done"}
    except GeneratorExit:
        raise
    except BaseException as exc:
        ended = {"ended": "failed", **error_fields(exc)}
        raise
    finally:
        if close := getattr(events, "close", None):
            context.run(close)
        end_phase()
        level = logging.WARNING if ended["ended"] == "failed" else logging.INFO
        context.run(logger.log, level, "%s ended", kind, extra=_timed_fields(details, begun, phases_ms=phases, **ended))


def new_id() -> str:
    """An id for a request."""
    return secrets.token_hex(4)


def error_fields(error: BaseException) -> dict[str, Any]:
    """What a line may say of an error. The words of most are those of a question, an article or a server."""
    details: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, StoreError | ModelMissing | InternalError):
        details["reason"] = str(error)
    if not isinstance(error, OnRecordError) or isinstance(error, InternalError):
        details["trace"] = _trace(error)
    return details


def fields(**details: Any) -> dict[str, Any]:
    """The fields of a line, for `extra`."""
    return {"details": details}


def _timed_fields(details: dict[str, Any], begun: float, **more: Any) -> dict[str, Any]:
    return fields(**details, ms=round(1000 * (time.perf_counter() - begun), 1), **more)


def _trace(error: BaseException) -> list[str]:
    """Where an error came from: names of our files and functions, none of the values."""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


class _OwnHandler(logging.Handler):
    """Marks what `configure` made."""


class _File(_OwnHandler):
    """Appends lines to a file that several processes may share and that is not there until something is said."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._process = os.getpid()
        self._open: int | None = None
        self._write_lock = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a full disk or a folder that is gone must not stop the work that the line is about."""
        try:
            line = (self.format(record) + "\n").encode("ascii", "backslashreplace")
            with self._write_lock:
                os.write(self._descriptor(), line)  # one call, appending: lines of two processes never mix
        except Exception:  # noqa: BLE001
            self._close_file()

    def close(self) -> None:
        """Let go of the file."""
        self._close_file()
        super().close()

    def _descriptor(self) -> int:
        if self._open is not None:
            ours = os.fstat(self._open)
            if ours.st_size < MAX_BYTES and ours.st_nlink:
                return self._open
            self._close_file()
        if self._path.exists() and self._path.stat().st_size >= MAX_BYTES:
            os.replace(self._path, f"{self._path}.1")  # noqa: PTH105  # whole or not at all
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._open = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._open

    def _close_file(self) -> None:
        held, self._open = self._open, None
        if held is not None:
            os.close(held)


class _Stream(_OwnHandler):
    """Writes lines to standard error, whatever that is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            stream: TextIO = sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001  # nobody is left to be told
            return


class _LineFormatter(logging.Formatter):
    def __init__(self, secret_values: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secret_values

    def format(self, record: logging.LogRecord) -> str:
        """One line of printable ASCII."""
        return self.line(self._redact(self._entry(record)))

    def line(self, entry: dict[str, Any]) -> str:
        """The fields as a line."""
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
        """The value with secrets blotted out and nothing longer than a line can bear."""
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
