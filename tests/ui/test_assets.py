"""Streamlit's own files, as the server hands them out."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from rag.ui.assets import ICON, STATIC, Assets, preloads


def answered(path: str, method: str = "GET", html: bool = True) -> tuple[int, dict[bytes, bytes], bytes]:
    """What the middleware answers in front of an app that knows no path and says so as a page."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        kind = b"text/html; charset=utf-8" if html else b"application/json"
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": b"the app"})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Assets(app)({"type": "http", "method": method, "path": path}, None, send))  # type: ignore[arg-type]
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(part["body"] for part in sent[1:])


def test_a_file_of_streamlit_is_answered_whole_and_may_be_kept() -> None:
    path = next((STATIC / "static" / "js").glob("index.*.js"))
    status, headers, body = answered(f"/static/js/{path.name}")
    assert (status, body) == (200, path.read_bytes())
    assert headers[b"content-type"].endswith(b"javascript")
    assert b"immutable" in headers[b"cache-control"]


def test_the_icon_is_ours_and_may_change() -> None:
    status, headers, body = answered("/favicon.png")
    assert (status, body) == (200, ICON.read_bytes())
    assert headers[b"content-type"] == b"image/png"
    assert b"immutable" not in headers[b"cache-control"]
    assert 'href="./favicon.png"' in (STATIC / "index.html").read_text("utf-8")


def test_nothing_else_is_answered_and_no_path_leads_out() -> None:
    name = next((STATIC / "static" / "js").glob("index.*.js")).name
    for path in ("/static/../index.html", "/static/js/../../index.html", "/static/", f"/static/js//{name}", "/nothing"):
        assert answered(path)[2] == b"the app"
    assert answered(f"/static/js/{name}", method="POST")[2] == b"the app"


def test_each_page_names_the_files_that_the_browser_needs_next_and_they_exist() -> None:
    link = answered("/library")[1][b"link"].decode()
    named = re.findall(r"</(static/[^>]+)>", link)
    assert len(named) > 5
    assert [name for name in named if not (STATIC / name).is_file()] == []
    page = (STATIC / "index.html").read_text("utf-8")
    assert [name for name in named if f'href="./{name}"' in page] == []
    assert b"link" not in answered("/api", html=False)[1]


def test_a_streamlit_with_another_manifest_is_served_without_hints(tmp_path: Path) -> None:
    assert preloads(tmp_path) == ""
    for text in ("[]", "{", '{"index.html": 1}', '{"index.html": {"file": "a.js", "imports": ["gone"]}}'):
        (tmp_path / "manifest.json").write_text(text, "utf-8")
        assert preloads(tmp_path) == ""
