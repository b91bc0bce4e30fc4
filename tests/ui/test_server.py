"""The server's options and headers."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
import threading
import tomllib
from typing import Any

import pytest
from streamlit.components.v2 import component_manager, manifest_scanner

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


def test_no_component_of_another_package_is_served() -> None:
    server.application()
    scan = component_manager.BidiComponentManager.discover_and_register_components
    assert "from streamlit.components.v2.manifest_scanner import" in inspect.getsource(scan)
    assert manifest_scanner.scan_component_manifests() == []


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
    asyncio.run(server.Pages(app)(scope, None, send))  # type: ignore[arg-type]
    assert (dict(sent[0]["headers"]).get(b"location") == b"/missing") == elsewhere


def test_what_cannot_be_imported_ahead_leaves_the_switch_interval_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, met, started = sys.getswitchinterval(), [], threading.Event()

    def fails(_: str) -> None:
        started.set()
        raise ImportError("a library is missing")

    monkeypatch.setattr(server, "import_module", fails)
    monkeypatch.setattr(threading, "excepthook", met.append)

    async def begin() -> None:
        async with server._looking_ahead(None):  # type: ignore[arg-type]
            assert started.wait(10)

    asyncio.run(begin())
    for one in threading.enumerate():
        if one.name == "onrecord-ahead":
            one.join(10)
    assert sys.getswitchinterval() == pytest.approx(usual)
    sys.setswitchinterval(usual)
