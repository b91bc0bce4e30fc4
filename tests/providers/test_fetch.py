from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from rag.errors import SourceUnavailable, UnreadableSource
from rag.providers.fetch import Fetcher, is_public, look_up
from tests.sites import Site, fetcher, send

PAGE = b"<html><body><p>The council agreed.</p></body></html>"


@pytest.fixture
def site(site: Site) -> Site:
    site.answers["/trams"] = send(200, PAGE, Content_Type="text/html; charset=windows-1254", ETag='"7"')
    return site


def test_a_page_comes_with_its_address_type_and_marks(site: Site) -> None:
    page = fetcher().get(site.url("/trams#part"))
    assert (page.data, page.url) == (PAGE, site.url("/trams"))
    assert (page.charset, page.etag, page.unchanged) == ("windows-1254", '"7"', False)


def test_the_request_says_who_asks_and_goes_to_the_host_by_its_name(site: Site) -> None:
    fetcher().get(site.url("/trams"))
    path, headers = site.requests[-1]
    assert path == "/trams"
    assert headers["user-agent"].startswith("onrecord/")
    assert headers["host"] == f"post.example:{site.port}"
    assert "cookie" not in headers


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.answers["/feed"] = send(304, b"")
    page = fetcher().get(site.url("/feed"), etag='"7"', modified="Thu, 03 Feb 2022 16:56:00 GMT")
    assert page.unchanged
    assert page.data == b""
    headers = site.requests[-1][1]
    assert headers["if-none-match"] == '"7"'
    assert headers["if-modified-since"] == "Thu, 03 Feb 2022 16:56:00 GMT"


# Where it may go


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[fec0::1]",
        "localhost",
        "localhost.",
    ],
)
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(UnreadableSource, match=r"not on the public internet|no web address"):
        Fetcher().get(f"http://{host}/")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "example.org", "300.1.1.1", "127.0.0.1\n", "fe80::1%eth0", "::ffff:10.0.0.1"])
def test_what_is_not_clearly_public_is_not(address: str) -> None:
    assert not is_public(address)


def test_numbers_are_read_as_the_system_reads_them() -> None:
    assert look_up("2130706433", 80) == look_up("0177.0.0.1", 80) == look_up("127.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://post.example/",
        "gopher://127.0.0.1:70/",
        "data:text/html,x",
        "javascript:alert(1)",
        "//post.example/",
        "post.example",
        "",
        "http://",
        "http:///path",
        "http://user:secret@post.example/",
        "http://user@post.example/",
        "http://post.example:port/",
        "http://[::1",
        "http://\x00/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(UnreadableSource):
        fetcher().get(url)


def test_a_host_with_one_private_address_among_public_ones_is_refused() -> None:
    mixed = Fetcher(resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(UnreadableSource, match="not on the public internet"):
        mixed.get("http://post.example/")


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(site: Site) -> None:
    """A name server that answers differently the second time (DNS rebinding) is not asked a second time."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert fetcher(resolver=rebinding, obey_robots=False).get(site.url("/trams")).data == PAGE
    assert asked == ["post.example"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_to_public_addresses(site: Site, status: int) -> None:
    site.answers["/old"] = send(status, b"", Location="/trams")
    assert fetcher().get(site.url("/old")).url == site.url("/trams")


@pytest.mark.parametrize(
    "target", ["http://inside.example/", "http://10.0.0.1/", "file:///etc/passwd", "http://a:b@x/"]
)
def test_a_redirect_to_somewhere_else_is_refused(site: Site, target: str) -> None:
    site.answers["/old"] = send(302, b"", Location=target)
    inside = {"post.example": "127.0.0.1", "inside.example": "192.168.0.1", "10.0.0.1": "10.0.0.1"}
    with pytest.raises(UnreadableSource):
        fetcher(resolver=lambda host, port: [inside.get(host, "10.9.9.9")]).get(site.url("/old"))
    assert site.paths() == ["/robots.txt", "/old"]


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.answers["/round"] = send(302, b"", Location="/round")
    with pytest.raises(UnreadableSource, match="redirects more than 5 times"):
        fetcher().get(site.url("/round"))
    assert site.paths().count("/round") == 6


def test_a_host_without_an_address_may_be_tried_again() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(SourceUnavailable, match=r"nowhere\.example can't be found"):
        fetcher(resolver=unknown).get("http://nowhere.example/")


# How much, how long


def test_a_body_over_the_bound_is_refused(site: Site) -> None:
    site.answers["/big"] = send(200, b"a" * 200_000)
    with pytest.raises(UnreadableSource, match=r"larger than 0\.1 MB"):
        fetcher(largest=100_000).get(site.url("/big"))


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_packed_page_is_unpacked(site: Site, coding: str) -> None:
    packed = gzip.compress(PAGE) if coding == "gzip" else zlib.compress(PAGE)
    site.answers["/packed"] = send(200, packed, Content_Encoding=coding)
    assert fetcher().get(site.url("/packed")).data == PAGE


def test_a_page_that_unpacks_beyond_the_bound_is_refused(site: Site) -> None:
    site.answers["/bomb"] = send(200, gzip.compress(b"a" * 50_000_000), Content_Encoding="gzip")
    with pytest.raises(UnreadableSource, match="larger than 1 MB"):
        fetcher(largest=1_000_000).get(site.url("/bomb"))


@pytest.mark.parametrize(("coding", "body"), [("br", PAGE), ("gzip, gzip", PAGE), ("gzip", b"not packed")])
def test_an_encoding_that_was_not_asked_for_or_is_damaged_is_refused(site: Site, coding: str, body: bytes) -> None:
    site.answers["/odd"] = send(200, body, Content_Encoding=coding)
    with pytest.raises(UnreadableSource):
        fetcher().get(site.url("/odd"))


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_bytes_is_cut_off_at_the_deadline(site: Site, start: bytes) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start or b"HTTP")
        for _ in range(3_000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            if stop.wait(0.02):
                return

    site.answers["/slow"] = drip
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match="too long"):
        fetcher(seconds=0.5, obey_robots=False).get(site.url("/slow"))
    stop.set()
    assert time.monotonic() - began < 30  # of the 60 that it drips


@pytest.mark.parametrize(
    ("status", "error"), [(404, "no such page"), (403, "paste it"), (401, "paste it"), (418, "418")]
)
def test_a_refusal_says_what_to_do(site: Site, status: int, error: str) -> None:
    site.answers["/x"] = send(status, b"")
    with pytest.raises(UnreadableSource, match=error) as caught:
        fetcher().get(site.url("/x"))
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_overloaded_site_may_be_tried_again(site: Site, status: int) -> None:
    site.answers["/x"] = send(status, b"")
    with pytest.raises(SourceUnavailable, match="try again later"):
        fetcher().get(site.url("/x"))


def test_a_closed_port_may_be_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(SourceUnavailable, match="can't be reached"):
        fetcher().get(f"http://post.example:{port}/")


# How politely


def test_a_host_is_asked_for_one_page_at_a_time(site: Site) -> None:
    together = threading.Barrier(4)

    def slow(handler: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(0.05)
        send(200, PAGE)(handler)

    site.answers["/slow"] = slow
    ours = fetcher(obey_robots=False)

    def ask() -> None:
        together.wait()
        ours.get(site.url("/slow"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.paths() == ["/slow"] * 4
    assert site.busiest == 1


def test_robots_are_obeyed_unless_told_and_read_once(site: Site) -> None:
    site.answers["/robots.txt"] = send(200, b"User-agent: *\nDisallow: /tr\nAllow: /trains")
    site.answers["/trains"] = send(200, PAGE)
    ours = fetcher()
    with pytest.raises(UnreadableSource, match=r"robots\.txt"):
        ours.get(site.url("/trams"))
    assert ours.get(site.url("/trains")).data == PAGE
    assert site.paths() == ["/robots.txt", "/trains"]
    assert fetcher(obey_robots=False).get(site.url("/trams")).data == PAGE


def test_robots_that_can_not_be_read_forbid_for_now(site: Site) -> None:
    site.answers["/robots.txt"] = send(503, b"")
    with pytest.raises(SourceUnavailable):
        fetcher().get(site.url("/trams"))
    assert site.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*private*/", "/a/private-b/c", False),
        ("User-agent: *\nDisallow: /x$", "/x", False),
        ("User-agent: *\nDisallow: /x$", "/xy", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: onrecord\nDisallow: /b", "/a", True),
        ("User-agent: other\nUser-agent: OnRecord\nDisallow: /a # note", "/a", False),
        ("User-agent: other\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /a?b=", "/a?b=c", False),
        ("Disallow: /a\nnonsense\nUser-agent *", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: recorder\nUser-agent: onrecordbot\nDisallow: /a", "/a", True),
        ("User-agent: onrecord\nDisallow: /a\n\nUser-agent: onrecord\nDisallow: /b", "/a", False),
    ],
)
def test_rules_of_robots_are_read_as_the_standard_has_them(site: Site, rules: str, path: str, allowed: bool) -> None:
    site.answers["/robots.txt"] = send(200, rules.encode())
    with pytest.raises(UnreadableSource, match="no such page" if allowed else r"robots\.txt"):
        fetcher().get(site.url(path))


@pytest.mark.parametrize("pattern", ["/" + "a*" * 2000 + "b$", "/" + "*a" * 2000 + "b", "/" + "*" * 100_000 + "b$"])
def test_a_hostile_pattern_is_matched_in_no_time(site: Site, pattern: str) -> None:
    site.answers["/robots.txt"] = send(200, f"User-agent: *\nDisallow: {pattern}".encode())
    with pytest.raises(UnreadableSource, match="no such page"):
        fetcher().get(site.url("/" + "a" * 1900))
