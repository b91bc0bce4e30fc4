"""Attacks on the fetcher: to reach what only this machine or its network can, and to drown it."""

from __future__ import annotations

import gzip
import zlib

import pytest

from rag.errors import UnreadableSource
from rag.providers.fetch import Fetcher
from tests.attack.servers import name_server
from tests.sites import Site, send
from tests.sites import fetcher as lenient

HOSTS = {
    "loopback": ("127.0.0.1", "127.1", "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "[::1]"),
    "decimal, octal, hex": (
        "2130706433", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "0x7F.1", "127.0x0.0.01", "0300.0250.1.1",
        "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662",
    ),
    "other digits and dots": ("１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "127．0．0．1", "127.0.0.1%00", "127.0.0.1%2eexample.org"),
    "nowhere": ("0", "0.0.0.0", "[::]"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "[fc00::1]", "[fd12:3456::1]"),
    "link-local": ("169.254.0.1", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]"),
    "metadata": ("169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]"),
    "IPv4 in IPv6": (
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:10.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]",
        "[2001:0:7f00:1::]",
    ),
    "reserved": (
        "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "[ff02::1]", "[2001:db8::1]", "[100::1]",
    ),
}  # fmt: skip
ADDRESSES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "FILE:///etc/passwd", "ftp://north.example/", "sftp://north.example/",
    "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "tftp://127.0.0.1/x", "ws://north.example/",
    "jar:http://north.example!/", "data:text/html,<p>x", "javascript:alert(1)", "vbscript:x", "about:blank", "blob:http://a/b",
    "view-source:http://north.example/", "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "//north.example/",
    "///etc/passwd", "http:", "http://", "http:///etc/passwd", "http:/etc/passwd", "http:north.example", "https://:443/",
    "http://reader:hunter22@north.example/", "http://reader@north.example/", "http://:hunter22@north.example/",
    "http://north.example@127.0.0.1/", "http://127.0.0.1:80@north.example:80/", "http://%6e:%6f@north.example/",
    "http://north.example:99999/", "http://north.example:-1/", "http://north.example:80:80/", "http://north.example:x/",
    "http://[::1", "http://::1]/", "http://[::1]]/", "http://[north.example]/", "http://exa mple/", "http://\x00/", "http://a\x00b/",
    "http://north.example\r\nHost: inside.example/", "http://north.example/\r\nX-Evil: 1", "http://north.example/\x00", "http://\ud800/",
    f"http://{'a' * 70_000}/", f"http://north.example/{'a' * 70_000}", f"http://{'a.' * 5000}example/", "\n\nhttp://",
)  # fmt: skip
GOALS = (
    "http://127.0.0.2/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "//10.0.0.1/",
    "http://0xa000001/", "https://192.168.0.1/", "file:///etc/passwd", "ftp://north.example/x", "gopher://127.0.0.1:70/x",
    "http://reader:hunter22@north.example/", "javascript:alert(1)", "data:text/html,x", "http://", "\\\\10.0.0.1\\x",
    "http://north.example:99999/",
)  # fmt: skip


def by_number(host: str, port: int) -> list[str]:
    """Numbers stand for themselves; every name is this machine."""
    from rag.providers.fetch import look_up

    return ["127.0.0.1"] if host.endswith("example") else look_up(host, port)


@pytest.mark.parametrize("host", [host for hosts in HOSTS.values() for host in hosts])
def test_what_is_not_on_the_public_internet_is_not_asked(host: str, site: Site) -> None:
    """Refused before a connection: the server that listens on loopback hears nothing."""
    for scheme in ("http", "https"):
        with pytest.raises(UnreadableSource):
            Fetcher(seconds=5).get(f"{scheme}://{host}:{site.port}/")
    assert site.requests == []


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda text: repr(text[:50]))
def test_what_is_no_plain_web_address_is_not_asked(address: str, site: Site) -> None:
    with pytest.raises(UnreadableSource) as refused:
        lenient(seconds=5).get(address.replace(":80/", f":{site.port}/"))
    assert site.requests == []
    assert "hunter22" not in str(refused.value)
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("goal", GOALS, ids=lambda text: repr(text[:50]))
def test_a_redirect_leads_nowhere_else(goal: str, status: int, site: Site) -> None:
    def resolver(host: str, port: int) -> list[str]:
        return ["10.0.0.1"] if host == "127.0.0.2" else by_number(host, port)

    site.answers["/start"] = send(status, b"", Location=goal)
    with pytest.raises(UnreadableSource):
        lenient(seconds=5, resolver=resolver).get(site.url("/start"))
    assert set(site.paths()) <= {"/robots.txt", "/start", "/%5C%5C10.0.0.1%5Cx", "/\\\\10.0.0.1\\x"}


@pytest.mark.parametrize("goal", GOALS[:7], ids=repr)
def test_robots_lead_nowhere_else(goal: str, site: Site) -> None:
    site.answers["/robots.txt"] = send(302, b"", Location=goal)
    site.answers["/start"] = send(200, b"inside")
    resolver = lambda host, port: ["10.0.0.1"] if host == "127.0.0.2" else by_number(host, port)  # noqa: E731
    with pytest.raises(UnreadableSource):
        lenient(seconds=5, resolver=resolver).get(site.url("/start"))
    assert site.paths() == ["/robots.txt"]


INSIDE = (
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "::ffff:10.0.0.1",
    "fd00:ec2::254",
    "64:ff9b::a00:1",
    "::1",
    "0.0.0.0",
)


@pytest.mark.parametrize("inside", INSIDE[:-2])
def test_a_name_that_changes_its_address_between_two_requests_is_refused_at_the_second(inside: str, site: Site) -> None:
    """The first answer allows robots.txt, the second would be the page's. The names come over the wire."""
    site.answers["/start"] = send(200, b"inside")
    with name_server(["127.0.0.1"], [inside]) as names, pytest.raises(UnreadableSource, match="not on the public"):
        lenient(seconds=5, resolver=names.look_up).get(site.url("/start", "rebinding.example"))
    assert site.paths() == ["/robots.txt"]
    assert len(names.asked) == 2


@pytest.mark.parametrize("inside", INSIDE[:-2])
def test_a_name_that_changes_its_address_after_it_was_checked_gains_nothing(inside: str, site: Site) -> None:
    """One look-up a request: the address that was checked is the one that is connected to."""
    site.answers["/start"] = send(200, b"the page")
    with name_server(["127.0.0.1"], [inside]) as names:
        fetched = lenient(seconds=5, resolver=names.look_up, obey_robots=False)
        assert fetched.get(site.url("/start", "rebinding.example")).data == b"the page"
    assert len(names.asked) == 1


@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize("first", [True, False])
def test_a_private_address_beside_a_public_one_is_refused(inside: str, first: bool) -> None:
    both = [inside, "93.184.216.34"] if first else ["93.184.216.34", inside]
    with name_server(both) as names, pytest.raises(UnreadableSource, match="not on the public"):
        Fetcher(seconds=5, resolver=names.look_up).get("http://mixed.example/")


# -- drowning


ZEROS = bytes(40_000_000)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(ZEROS)),
        ("x-gzip", gzip.compress(ZEROS)),
        ("deflate", zlib.compress(ZEROS)),
        ("gzip", gzip.compress(gzip.compress(ZEROS)) + gzip.compress(ZEROS)),
        ("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
        ("gzip, deflate, gzip", gzip.compress(ZEROS)),
        ("br", b"\x8b\x02\x80" * 100),
        ("zstd", b"(\xb5/\xfd" * 100),
        ("compress", b"\x1f\x9d" * 100),
        ("gzip", b"\x1f\x8b\x08" + b"\xff" * 1000),
        ("deflate", b"\xff" * 1000),
        ("identity", ZEROS),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_unpacks_to_more_than_the_bound_is_cut_off(coding: str, body: bytes, site: Site) -> None:
    site.answers["/bomb"] = send(200, body, Content_Encoding=coding)
    try:
        result = lenient(largest=1_000_000).get(site.url("/bomb")).data
    except UnreadableSource:
        return
    assert len(result) < 1_000_000  # the first member alone; nothing of what follows it is unpacked


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Length": "99999999999"},
        {"Content_Length": "-1"},
        {"Content_Type": "x" * 60_000},
        {"ETag": "x" * 60_000},
        {"Location": "/" + "a" * 60_000},
        {f"X_{number}": "x" for number in range(300)},
    ],
    ids=["endless", "negative", "long type", "long mark", "long goal", "many"],
)
def test_strange_headers_are_read_or_refused(headers: dict[str, str], site: Site) -> None:
    site.answers["/odd"] = send(302 if "Location" in headers else 200, b"<p>x", **headers)
    try:
        lenient(seconds=5, obey_robots=False).get(site.url("/odd"))
    except UnreadableSource:
        return
