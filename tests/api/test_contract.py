"""The served API keeps to its own document; `make fuzz` sends a hundred times as much."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.api.fuzzing import TOKEN, fuzzed
from tests.browser.serving import free_port, serving


def test_what_is_served_keeps_to_its_document(sample_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home")
    with serving(home, {"ONRECORD_API_TOKEN": TOKEN, "ONRECORD_API_RATE": "1000000"}) as address:
        found = fuzzed(address, 100)
    assert found.wrong == {}
    assert found.sent >= 80
    assert {200, 401, 404, 422} <= set(found.statuses)


def cookie(origin: str, secret: str = "c" * 40, **user: object) -> str:
    """What the app gives a browser that has signed in."""
    value = json.dumps({"sub": "ida", "is_logged_in": True, "origin": origin, **user})
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, USER_COOKIE_NAME, value).decode()}"


def test_where_readers_sign_in_their_browser_may_use_the_api(sample_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home")
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "{own}/oauth2callback"\ncookie_secret = "{"c" * 40}"\nclient_id = "a"\n'
        'client_secret = "b"\nserver_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"\n'
    )
    good = cookie(own)
    forged = (cookie(own, "d" * 40), cookie(own, is_logged_in=False), good[:-2], "", f"{USER_COOKIE_NAME}=é")
    with serving(home, port=port) as address, httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client:

        def status(sent: str, method: str = "GET", **headers: str) -> int:
            named = {b"cookie": sent.encode(), **{name.encode(): value.encode() for name, value in headers.items()}}
            path, body = ("/articles", None) if method == "GET" else ("/check", {"text": "“Yes,” she said."})
            return client.request(method, path, json=body, headers=named).status_code

        assert status(good) == status(good, "POST", origin=own) == 200
        assert [status(one) for one in forged] == [401] * len(forged)
        assert status(good, "POST") == status(good, "POST", origin="https://evil.example") == 401
        assert status(good, origin="https://evil.example") == 401
