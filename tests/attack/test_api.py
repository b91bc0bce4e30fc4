"""Attacks on the API: what a program with or without the token must not reach, and what must not break the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag import Newsroom
from rag.api.app import api

TOKEN = "a-token-of-the-test"
SECRET = "The combination of the safe is seven nine four"
DEEP = "[" * 200_000


@pytest.fixture
def client(room: Newsroom) -> Iterator[TestClient]:
    room.add_text("Ada Lund said: “We will not close the harbour.”", title='"\r\nSet-Cookie: a=b', outlet="<b>Post</b>")
    room.wait()
    with TestClient(api(lambda: room, token=TOKEN, rate=10_000), raise_server_exceptions=False) as made:
        made.headers["Authorization"] = f"Bearer {TOKEN}"
        yield made


def test_no_file_of_the_machine_comes_in_as_an_address(
    client: TestClient, room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private.txt").write_text(f"{SECRET}, the caretaker said on Monday.")
    monkeypatch.chdir(tmp_path)
    held = room.count()
    for address in (
        str(tmp_path / "private.txt"), f"file://{tmp_path}/private.txt", "private.txt", ".", "", "-", "~", "\\\\host\\share",
        "http://127.0.0.1/x", "http://0x7f000001/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data",
        "http://localhost/", "http:///etc/passwd", "https://a.example@127.0.0.1/", "feed://127.0.0.1/",
    ):  # fmt: skip
        reply = client.post("/articles", json={"url": address})
        assert reply.status_code == 422, (address, reply.text)
        assert SECRET not in reply.text
    assert room.count() == held


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/ask", {"content": DEEP}, 400),
        ("POST", "/ask", {"content": f'{{"question": {DEEP}'}, 400),
        ("POST", "/ask", {"content": '{"question": "\\ud800"}'}, 422),
        ("POST", "/ask", {"content": b"\xff\xfe{}"}, 400),
        ("POST", "/ask", {"content": '{"question": "What?", "question": 1}'}, 422),
        ("POST", "/ask", {"json": {"question": "w", "as_of": "10000-01-01"}}, 422),
        ("POST", "/ask", {"json": {"question": "What did Lund say last week?", "as_of": "0001-01-01"}}, 200),
        (
            "POST",
            "/check",
            {"json": {"text": "On Monday “we will” said Ada Lund on Friday.", "day": "0001-01-01"}},
            200,
        ),
        (
            "POST",
            "/check",
            {"json": {"text": "On Monday “we will” said Ada Lund on Friday.", "day": "9999-12-31"}},
            200,
        ),
        ("POST", "/articles", {"json": {"text": "x", "title": "\x00"}}, None),
        ("POST", "/articles/file", {"files": {"file": ("../../evil\r\nX: y.html", b"<p>x")}}, None),
        ("POST", "/articles/file", {"files": {"file": ("a.zip", b"PK\x03\x04" + bytes(200))}}, 422),
        ("POST", "/verify", {"files": {"file": ("a.json", b'{"a":' * 9_000)}}, 422),
        ("POST", "/verify", {"files": {"file": ("a.html", b"<div>" * 9_000)}}, 422),
        ("GET", "/articles/..%2f..%2fetc%2fpasswd", {}, 404),
        ("GET", "/articles/%00", {}, 404),
        ("GET", "/search?q=%ff%00NEAR(%22*", {}, 200),
        ("GET", "/statements?actor=%25%27%20OR%201=1--", {}, 200),
        ("GET", "/articles?limit=1e99", {}, 422),
        ("GET", "/articles?cursor=OTk5OTk5OTk5OTk5OTk5OTk5", {}, 422),
        ("GET", "/oembed?url=http://[", {}, 422),
        ("TRACE", "/articles", {}, 405),
    ],
)
def test_hostile_requests_end_in_a_problem_that_is_the_callers(
    client: TestClient, method: str, path: str, sent: dict[str, Any], status: int | None
) -> None:
    headers = {"content-type": "application/json"} if "content" in sent else {}
    reply = client.request(method, path, **sent, headers=headers)
    assert reply.status_code < 500, reply.text
    assert status in (None, reply.status_code), reply.text


def test_no_other_site_may_read_and_no_title_becomes_a_header(client: TestClient) -> None:
    other = {"Origin": "https://evil.example"}
    assert not any("access-control" in name for name in client.get("/articles", headers=other).headers)
    options = client.options("/ask", headers={**other, "Access-Control-Request-Method": "POST"})
    assert not any("access-control" in name for name in options.headers)
    begun = client.post("/briefings", json={"topic": 'harbour"\r\nSet-Cookie: a=b'})
    address = begun.headers["location"].removeprefix("/api/v1")
    while (reply := client.get(address, params={"format": "md"})).status_code == 202:
        pass
    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"bearer{TOKEN}"},
        {"X-Api-Key": TOKEN},
        {"Cookie": f"token={TOKEN}"},
        {"Authorization": "Bearer \udcff"},
    ],
)
def test_the_token_counts_in_its_header_alone(client: TestClient, headers: dict[str, str]) -> None:
    del client.headers["Authorization"]
    sent = {name.encode(): value.encode("utf-8", "surrogateescape") for name, value in headers.items()}
    assert client.get(f"/articles?token={TOKEN}", headers=sent).status_code == 401
    assert client.get("/articles", headers=sent).status_code == 401


def test_a_body_without_a_length_has_an_end(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 1_000_000

    assert client.post("/ask", content=endless()).status_code == 413
