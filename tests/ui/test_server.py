"""The server's options and headers."""

from __future__ import annotations

import re
import tomllib

import pytest

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


def test_the_wheel_carries_the_entry_and_the_options() -> None:
    wheel = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"]["app.py"] == "rag/ui/app.py"
    assert wheel["force-include"][".streamlit/config.toml"] == "rag/ui/config.toml"
