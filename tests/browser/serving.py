"""The real server as a process, and an endpoint that begins an answer and then says nothing more."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROJECT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
_UP_WITHIN = 180.0  # seconds


@contextmanager
def serving(home: Path, settings: Mapping[str, str] | None = None, port: int | None = None) -> Iterator[str]:
    """`python -m rag.ui.server` over `home`, on a free loopback port unless one is given; gives its address."""
    port = port or free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ONRECORD_"))}
    environment = {**clean, "ONRECORD_HOME": str(home), "PYTHONPATH": str(PROJECT), **(settings or {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "rag.ui.server", "--port", str(port)],
        cwd=home,  # not the project: the server must find its pages and options by itself
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _UP_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"the server did not come up; exit code {process.poll()}")


@contextmanager
def hesitating_endpoint() -> Iterator[str]:
    """A chat endpoint that streams the first sentence it was given, cited, and then hangs until the block ends."""
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            match = re.search(r"(s\d+): (?:\[[^\]]*\] )?(.+)", body["messages"][-1]["content"])
            reply = f"{match[2]} [{match[1]}]\n" if match else "NOT IN THE ARTICLES\n"
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for text in (reply, "And then "):
                piece = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "slow"}
                piece["choices"] = [{"index": 0, "delta": {"content": text}, "finish_reason": None}]
                self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
                self.wfile.flush()
            released.wait(600)

        def log_message(self, *_: object) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        released.set()
        server.shutdown()
        server.server_close()
