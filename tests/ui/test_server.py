"""The server's options and headers."""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from rag.ui import server
from tests.conftest import PROJECT


def test_the_options_are_those_of_the_project_with_address_and_port() -> None:
    chosen = server.options("127.0.0.1", 8600)
    assert chosen["browser.gatherUsageStats"] is False
    assert chosen["runner.magicEnabled"] is False
    assert (chosen["server.address"], chosen["server.port"]) == ("127.0.0.1", 8600)
    assert (
        chosen["theme.dark.textColor"]
        == tomllib.loads((PROJECT / ".streamlit/config.toml").read_text("utf-8"))["theme"]["dark"]["textColor"]
    )


@pytest.mark.parametrize(
    ("host", "guarded"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_a_server_on_this_machine_answers_to_its_own_names_only(host: str, guarded: bool) -> None:
    assert ("server.allowedHosts" in server.options(host, 1)) == guarded


def test_no_foreign_script_may_run() -> None:
    scripts = re.search(r"script-src ([^;]*)", server.CSP)
    assert scripts
    assert "unsafe-inline" not in scripts[1]
    assert "blob:" not in scripts[1]
    assert "http" not in scripts[1]


def test_the_icon_is_ours_under_the_path_that_the_page_of_streamlit_names() -> None:
    route = next(route for route in server.application()._user_routes if isinstance(route, Route))
    client = TestClient(Starlette(routes=[route]))
    reply = client.get("/favicon.png")
    assert (reply.status_code, reply.content) == (200, server.ICON.read_bytes())
    assert reply.headers["content-type"] == "image/png"
    assert 'href="./favicon.png"' in (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")


def test_the_wheel_carries_the_entry_and_the_options() -> None:
    wheel = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["app.py"] == "rag/ui/app.py"
    assert wheel["force-include"][".streamlit/config.toml"] == "rag/ui/config.toml"


def test_the_server_knows_the_pages_of_the_app() -> None:
    named = re.findall(r'url_path="(\w+)"', (PROJECT / "app.py").read_text("utf-8"))
    assert {"", *named} == server.PAGES


@pytest.mark.parametrize(
    ("path", "accept", "elsewhere"),
    [
        ("/nothing", b"text/html,*/*", True),
        ("/library", b"text/html", False),
        ("/", b"text/html", False),
        ("/nothing", b"application/json", False),
        ("/static/js/none.js", b"text/html", False),
        ("/_stcore/health", b"text/html", False),
        ("/oauth2callback", b"text/html", False),
        ("/auth/login", b"text/html", False),
    ],
)
def test_an_address_that_is_no_page_leads_to_one_that_says_so(path: str, accept: bytes, elsewhere: bool) -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept", accept)]}
    asyncio.run(server.PageRouter(app)(scope, None, send))  # type: ignore[arg-type]
    assert (dict(sent[0]["headers"]).get(b"location") == b"/missing") == elsewhere
