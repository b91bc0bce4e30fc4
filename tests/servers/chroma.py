"""`chroma run` on a folder and a loopback port."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.postgres import free_port

_SECONDS_TO_START = 180


class ChromaProcess:
    """A Chroma server; as a context manager it is running inside and gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(self._folder / "chroma")]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/api/v2/heartbeat", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < until, "the Chroma server did not start"
                assert self._process.poll() is None, "the Chroma server ended"
                time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The running process."""
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
