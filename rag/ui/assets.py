"""Streamlit's own files, served without detours: what stands between a launch and the first page a reader can use.

Streamlit hands each of its sixty files to a thread, in several steps; while the server still imports, every step waits
for its turn. Here a file is answered in one step. The list of files is made once, so no request names a path.
"""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(st.__file__).parent / "static"
ICON = Path(__file__).parent / "icon.png"  # `set_page_config` would load numpy to read it, before the first page
_FOREVER = b"public, immutable, max-age=31536000"  # the names of Streamlit's files carry a hash of what is in them
_A_DAY = b"public, max-age=86400"
# What the first page shows beyond Streamlit's core; the browser would ask for these only once it is told to show them.
_FIRST_SHOWN = ("elements/Html/Html.tsx", "widgets/ChatInput/ChatInput.tsx", "widgets/Button/Button.tsx")
_SERIF = "SourceSerifVariable-Roman"


class Assets:
    """Answers requests for Streamlit's scripts, styles and fonts; everything else goes on to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._files = {f"/{path.relative_to(STATIC).as_posix()}": path for path in (STATIC / "static").rglob("*.*")}
        self._files["/favicon.png"] = ICON
        self._link = preloads(STATIC).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = self._files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if path is not None:
            await _sent(path, send)
        elif scope["type"] == "http" and self._link:
            await self._app(scope, receive, self._with_link(send))
        else:
            await self._app(scope, receive, send)

    def _with_link(self, send: Send) -> Send:
        """Names, with every page, the files that the browser will ask for next."""

        async def with_link(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    headers.append((b"link", self._link))
            await send(message)

        return with_link


async def _sent(path: Path, send: Send) -> None:
    data = path.read_bytes()  # from the system's cache, in well under a millisecond
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(data)).encode()),
        (b"cache-control", _A_DAY if path == ICON else _FOREVER),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": data})


def preloads(static: Path) -> str:
    """The value of a `Link` header for what the first page needs beyond Streamlit's page itself, by Streamlit's own
    manifest; empty where that has another form than we know.
    """
    try:
        manifest = json.loads((static / "manifest.json").read_text("utf-8"))
        core = _needed(manifest, "index.html")
        wanted = [key for key in manifest if key.endswith(_FIRST_SHOWN)]
        more = dict.fromkeys(file for key in wanted for file in _needed(manifest, key) if file not in core)
        fonts = [found for found in manifest["index.html"].get("assets", ()) if _SERIF in found]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    links = [f'</{file}>; rel=modulepreload; as=script; crossorigin="anonymous"' for file in more]
    links += [f'</{file}>; rel=preload; as=font; crossorigin="anonymous"' for file in fonts]
    return ", ".join(links)


def _needed(manifest: dict[str, dict[str, object]], key: str) -> dict[str, None]:
    """The files of a part of the page and of all that it imports, in no order."""
    found: dict[str, None] = {}
    waiting, seen = [key], set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        found[str(manifest[at]["file"])] = None
        more = manifest[at].get("imports", [])
        waiting += [str(one) for one in more] if isinstance(more, list) else []
    return found
