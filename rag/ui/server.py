"""The app as a server with its security headers: `onrecord serve`, or `python -m rag.ui.server`."""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import BadSettings
from rag.settings import Settings
from rag.ui import auth

_HERE = Path(__file__).parent
_PROJECT = _HERE.parents[1]
_IS_CLONE = (_PROJECT / "app.py").exists() and (_PROJECT / ".streamlit" / "config.toml").exists()
ENTRY = _PROJECT / "app.py" if _IS_CLONE else _HERE / "app.py"
ICON = _HERE / "icon.png"
CONFIG = _PROJECT / ".streamlit" / "config.toml" if _IS_CLONE else _HERE / "config.toml"
SCRIPT = _HERE / "page.js"
_HOME = (
    '<nav aria-label="Home"><a class="home" href="/">onrecord</a></nav><script src="/page.js" defer></script></body>'
)


def _shell() -> bytes:
    """Streamlit's own page with our title, a home link and our script."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    page = page.replace("<title>Streamlit</title>", "<title>onrecord</title>")
    page = re.sub(r"<noscript>.*?</noscript>", "<noscript>onrecord needs JavaScript.</noscript>", page, flags=re.DOTALL)
    return page.replace("</body>", _HOME).encode()


SHELL = _shell()


def _inline_scripts() -> str:
    """Hashes of the scripts in Streamlit's own page: no other inline script may run."""
    scripts = re.findall(rb"<script>(.*?)</script>", SHELL, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)


CSP = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' 'wasm-unsafe-eval' {_inline_scripts()}",
        "style-src 'self' 'unsafe-inline'",  # Streamlit styles its elements inline
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "content-security-policy": CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
}


class SecurityHeaders:
    """Middleware that adds the security headers to every HTTP response, without buffering."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).extend(self._headers)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


PAGES = frozenset(
    ("", *"briefing positions check following library add quality settings source story statements missing".split())
)  # the paths of app.py, as a test checks


class PageRouter:
    """Middleware that serves the page that the app runs in, and redirects unknown addresses to the page `missing`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _is_unknown_page(scope):
            await RedirectResponse("/missing", 303)(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_page(scope):
            await HTMLResponse(SHELL, headers={"cache-control": "no-cache"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_page(scope: Scope) -> bool:
    """True for the address of a page."""
    return scope["path"].strip("/") in PAGES and not scope["path"].endswith("//")


def _is_unknown_page(scope: Scope) -> bool:
    """True for a browser's request for a document that is neither a page nor one of Streamlit's own."""
    path = scope["path"].strip("/")
    accepts = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    own = path.startswith(("_stcore", "static", "media", "component", "auth", "oauth2callback", "api")) or "." in path
    return b"text/html" in accepts and path not in PAGES and not own


def application() -> st.App:
    """The app as an ASGI application."""
    programs = Mount("/api/v1", _api())
    programs.path_regex = re.compile(programs.path_regex.pattern, re.DOTALL)  # so that the API refuses line breaks
    return st.App(
        ENTRY,
        routes=[Route("/favicon.png", _icon), Route("/page.js", _script), programs],
        middleware=[Middleware(SecurityHeaders), Middleware(PageRouter)],
    )


def _api() -> ASGIApp:
    from rag.api.app import api
    from rag.ui.session import newsroom

    try:
        settings = Settings()
    except (BadSettings, tomllib.TOMLDecodeError):
        return PlainTextResponse("The settings can't be read; the pages say why.", 503)
    token = settings.api_token.get_secret_value() if settings.api_token else None
    return api(newsroom, token=token, rate=settings.api_rate, signed_in=auth.is_signed_in)


async def _icon(_: Request) -> FileResponse:
    """Our icon, under the path of Streamlit's; `set_page_config` would load numpy to read it."""
    return FileResponse(ICON, headers={"cache-control": "public, max-age=86400"})


async def _script(_: Request) -> FileResponse:
    """The script that the pages run beside Streamlit's."""
    return FileResponse(SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


def options(host: str, port: int) -> dict[str, Any]:
    """Streamlit's options: those of our configuration file, plus address and port."""
    settings = dict(_flatten(tomllib.loads(CONFIG.read_text("utf-8"))))
    settings |= {"server.address": host, "server.port": port}
    if auth.is_loopback(host):  # against DNS rebinding
        settings["server.allowedHosts"] = ["localhost", "127.0.0.1", "::1", host]
    return settings


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m rag.ui.server", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8501, help="port to listen on (8501)")
    args = parser.parse_args()
    application().run(config=options(args.host, args.port))


if __name__ == "__main__":
    main()
