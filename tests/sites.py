"""A web server on loopback that tells what was asked of it, and a fetcher that may ask it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rag.providers.fetch import Fetcher

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server on loopback: answers by path, and every request that came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.busy = self.busiest = 0
        site, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                with lock:
                    site.busy += 1
                    site.busiest = max(site.busy, site.busiest)
                try:
                    site.answers.get(self.path, send(404, b""))(self)
                except OSError:
                    pass
                finally:
                    with lock:
                        site.busy -= 1

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def url(self, path: str, host: str = "post.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


def send(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def opened() -> Iterator[Site]:
    """A site, and its end."""
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def fetcher(**options: object) -> Fetcher:
    """One for which every host name is this machine, unless a resolver is given."""
    return Fetcher(**{"allow_loopback": True, "resolver": lambda host, port: ["127.0.0.1"], **options})  # type: ignore[arg-type]
