"""A chat model in a GGUF file: llama.cpp in a process of its own, used over loopback like any other endpoint.

The only module that imports `xllamacpp`, and only in that process, so that a crash of the model ends nothing else.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

from rag.domain import Usage
from rag.errors import BadSettings, ModelUnavailable
from rag.providers.base import Completion, Message, Reply
from rag.providers.endpoint_chat import OpenAIChat
from rag.settings import Settings

_REPLY_TOKENS = 1_024  # of a reply, kept free in the context
_RULES_TOKENS = 1_024  # of the instructions, the question and the model's template
_PATIENCE = 3  # times the time-out until the first word: a processor is slow, and a second try starts from scratch
_MAGIC = b"GGUF"


class LocalChat:
    """A ChatModel in a GGUF file. Its server starts with the first request and ends with `close` or with this process.

    Raises BadSettings if the file is not a model or the extra `local` is not installed, ModelUnavailable if the model
    can't be loaded. One request at a time; others wait.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.local_model is not None  # noqa: S101  # the caller chooses by it
        self._path = _check_model_file(settings.local_model)
        self._settings = settings
        self._lock = threading.Lock()
        self._server: subprocess.Popen[str] | None = None
        self._model: OpenAIChat | None = None
        self.name = self._path.stem

    def stream(
        self,
        messages: Sequence[Message],
        *,
        cancel: threading.Event | None = None,
        schema: dict[str, object] | None = None,
    ) -> Iterator[str | Reply | Usage]:
        """As `OpenAIChat.stream`."""
        yield from self._running_model().stream(messages, cancel=cancel, schema=schema)

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply; llama.cpp enforces `schema`."""
        return self._running_model().complete(messages, schema=schema)

    def close(self) -> None:
        """End the server; the next request would start another."""
        with self._lock:
            self._stop_server()

    def _stop_server(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
        self._server = self._model = None

    def _running_model(self) -> OpenAIChat:
        """The client of the server, which is started if it is not running."""
        with self._lock:
            if self._model is None or self._server is None or self._server.poll() is not None:
                self._stop_server()
                self._model = self._start()
            return self._model

    def _start(self) -> OpenAIChat:
        key = secrets.token_urlsafe(24)  # others on this machine can reach the port, but not use it
        context = self._settings.evidence_tokens + _RULES_TOKENS + _REPLY_TOKENS
        with tempfile.TemporaryFile("w+") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "rag.providers.local_model", str(self._path), str(context), str(_REPLY_TOKENS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "ONRECORD_LOCAL_KEY": key},
            )
            assert self._server.stdout is not None  # noqa: S101  # it is a pipe
            line = self._server.stdout.readline()
            if not line:
                self._stop_server()
                log.seek(0)
                reason = (log.read().strip().splitlines() or ["no reason was given"])[-1]
                raise ModelUnavailable(
                    f"{self._path.name} could not be loaded ({reason[:200]}). Check ONRECORD_LOCAL_MODEL."
                )
        endpoint_settings = {
            "base_url": json.loads(line)["url"] + "/v1",
            "api_key": SecretStr(key),
            "chat_model": self.name,
            "timeout": _PATIENCE * self._settings.timeout,
        }
        return OpenAIChat(self._settings.model_copy(update=endpoint_settings))


def _check_model_file(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as exc:
        raise BadSettings(f"ONRECORD_LOCAL_MODEL can't be read ({exc.strerror}). Set it to a GGUF file.") from exc
    if magic != _MAGIC:
        raise BadSettings(f"ONRECORD_LOCAL_MODEL: {path.name} is not a GGUF file. Set it to one.")
    if find_spec("xllamacpp") is None:
        raise BadSettings("ONRECORD_LOCAL_MODEL needs llama.cpp. Install it: pip install 'onrecord[local]'.")
    return path


def _serve(path: str, context: int, most: int) -> None:
    """Serve the model on a free port of loopback, print its address as JSON, and end with standard input."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {Path(path).stem}
    params.n_ctx, params.n_parallel, params.n_predict = context, 1, most
    for work in (params.cpuparams, params.cpuparams_batch):
        # One core stays free for the app. Threads that poll for each other would be very slow on a busy machine.
        work.n_threads, work.poll = max(1, (os.cpu_count() or 2) - 1), 0
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [os.environ["ONRECORD_LOCAL_KEY"]]
    params.ui = params.endpoint_slots = False
    params.offline = True
    params.verbosity = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(json.dumps({"url": server.listening_address}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # even within a reply, which nobody reads any longer


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
