"""Pages and feeds from the public web: addresses are checked and pinned, downloads bounded, and robots.txt obeyed."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpx2
from protego import Protego

from rag.errors import BadSettings, SourceUnavailable, UnreadableSource
from rag.providers.base import Page

Resolver = Callable[[str, int], list[str]]

AGENT = "onrecord"
MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2_000  # characters
_ROBOTS_SECONDS = 3600.0
_LARGEST_ROBOTS = 500_000  # bytes that are read, as RFC 9309 asks
_NO_RULES = Protego.parse("")
_REDIRECTS = (301, 302, 303, 307, 308)
_TEMPORARY = (408, 425, 429)
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_PASTE_ADVICE = "copy the text of the article and paste it"
# IPv6 networks with embedded IPv4 addresses or of unknown destination.
_TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")))


def _version() -> str:
    try:
        return version("onrecord")
    except PackageNotFoundError:  # run from a source tree
        return "0"


_HEADERS = {
    "User-Agent": f"{AGENT}/{_version()} (reads news pages for one reader)",
    "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/pdf;q=0.9,*/*;q=.5",
    "Accept-Encoding": "gzip, deflate",
}


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver. Numeric names (2130706433, 0x7f.1) are read as C does."""
    host = host.removesuffix(".")
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host.split("%", 1)[0]))]
    with suppress(OSError):
        return [socket.inet_ntoa(socket.inet_aton(host))]
    return [str(addresses[4][0]) for addresses in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """True if the IP address is one of the public internet; False for private ones and for anything else."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _TUNNELS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


class _AllowedHosts:
    """Private hosts and networks that may be fetched from: names as `wiki.example` (or `*.example`), networks as
    `10.1.0.0/16`. Raises BadSettings for any other item.
    """

    def __init__(self, items: Sequence[str]) -> None:
        self._hosts: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for item in filter(None, (one.strip().lower() for one in items)):
            try:
                self._networks.append(ipaddress.ip_network(item))
            except ValueError:
                if not _HOST.fullmatch(item):
                    raise BadSettings(
                        f"ONRECORD_ALLOW_HOSTS: {item!r} is neither a host nor a network; write wiki.example or "
                        "10.1.0.0/16."
                    ) from None
                self._hosts.add(item)

    def __call__(self, host: str, address: str) -> bool:
        """True if a host at this address is allowed by name or by network."""
        host = host.lower().removesuffix(".")
        names = {f"*.{host.partition('.')[2]}", host}
        ip = ipaddress.ip_address(address.split("%", 1)[0])
        return bool(names & self._hosts) or any(ip in network for network in self._networks)


class Fetcher:
    """Gets pages over http and https. Safe for many threads; a host gets one request at a time.

    `largest` bounds the bytes as sent and as decompressed, `seconds` the whole fetch with its redirects. `resolver`
    gives the addresses of a host. `allow_loopback` is for tests with a server of their own; `allow_hosts` names private
    hosts and networks that the operator allows. `obey_robots=False` skips robots.txt, for a person who may read the
    page anyway.
    """

    def __init__(
        self,
        *,
        largest: int = 25_000_000,
        seconds: float = 30.0,
        resolver: Resolver = look_up,
        obey_robots: bool = True,
        allow_loopback: bool = False,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        self._largest = largest
        self._seconds = seconds
        self._resolver = resolver
        self._obey_robots = obey_robots
        self._allow_loopback = allow_loopback
        self._allowed = _AllowedHosts(allow_hosts)
        # No connection is used twice: one that was opened for a host must not serve another at the same address.
        self._transport = httpx2.HTTPTransport(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
        self._hosts: dict[str, threading.Lock] = {}
        self._robots: dict[str, tuple[float, Protego]] = {}

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Page:
        """The page at `url`, redirects followed, each only to a public address.

        With `etag` or `modified` of an earlier page, its data is only sent if it has changed. Raises SourceUnavailable
        if trying again may help, UnreadableSource otherwise.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in validators.items() if value}
        deadline = time.monotonic() + self._seconds
        current = self._parse_address(url)
        for _ in range(MOST_REDIRECTS + 1):
            if self._obey_robots and not self._robots_rules(current, deadline).can_fetch(str(current), AGENT):
                raise UnreadableSource(
                    f"{current.host} asks programs not to fetch this page (robots.txt); {_PASTE_ADVICE}."
                )
            response, data = self._request(current, headers, deadline)
            if response.status_code in _REDIRECTS and "location" in response.headers:
                current = self._redirect_target(current, response.headers["location"])
                continue
            _raise_for(response.status_code, current)
            return _page(current, response, data)
        raise UnreadableSource(
            f"{url} redirects more than {MOST_REDIRECTS} times; give the address of the page itself."
        )

    def _parse_address(self, url: str) -> httpx2.URL:
        if len(url) > LONGEST_ADDRESS:
            raise UnreadableSource(f"The address has {len(url)} characters, which is too long. Check it.")
        try:
            address = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError) as exc:
            raise UnreadableSource(
                f"{url[:200]} is no web address; give one such as https://example.org/news."
            ) from exc
        if address.scheme not in ("http", "https") or not address.host:
            raise UnreadableSource(f"{url[:200]} can't be fetched; only http:// and https:// addresses can.")
        if len(address.raw_host) > 253:  # what a name may have
            raise UnreadableSource(f"{url[:60]}… has no host that exists; check the address.")
        if address.userinfo:
            raise UnreadableSource("An address with a user name or password is not fetched; take them out.")
        return address.copy_with(fragment=None)

    def _redirect_target(self, current: httpx2.URL, location: str) -> httpx2.URL:
        try:
            return self._parse_address(str(current.join(location)))
        except httpx2.InvalidURL as exc:
            raise UnreadableSource(
                f"{current.host} redirects to something that is no web address; {_PASTE_ADVICE}."
            ) from exc

    def _public_address(self, url: httpx2.URL) -> str:
        """The IP address to connect to. Every address of the host must be public; the one that was checked is used."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = self._resolver(url.host, port)
        except (OSError, UnicodeError) as exc:
            raise SourceUnavailable(f"{url.host} can't be found; check the address and your connection.") from exc
        if not addresses:
            raise SourceUnavailable(f"{url.host} has no address; check how it is written.")
        for address in addresses:
            loopback = self._allow_loopback and ipaddress.ip_address(address).is_loopback
            if not (is_public(address) or loopback or self._allowed(url.host, address)):
                raise UnreadableSource(
                    f"{url.host} is not on the public internet; save the page and add the file, or have "
                    "ONRECORD_ALLOW_HOSTS name the host."
                )
        return addresses[0]

    def _request(self, url: httpx2.URL, headers: Mapping[str, str], deadline: float) -> tuple[httpx2.Response, bytes]:
        """One request, without following redirects, once earlier requests to the host have ended."""
        host = self._hosts.setdefault(url.host, threading.Lock())
        if not host.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise SourceUnavailable(f"{url.host} is still busy with an earlier page; try again later.")
        try:
            return self._send(url, headers, deadline)
        finally:
            host.release()

    def _send(self, url: httpx2.URL, headers: Mapping[str, str], deadline: float) -> tuple[httpx2.Response, bytes]:
        pinned = url.copy_with(host=self._public_address(url))
        timeout = max(0.1, min(10.0, deadline - time.monotonic()))
        with _shut_down_at(deadline) as trace:
            request = httpx2.Request(
                "GET",
                pinned,
                headers={**_HEADERS, "Host": url.netloc.decode("ascii"), **headers},
                extensions={
                    "sni_hostname": url.host,
                    "timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout),
                    "trace": trace,
                },
            )
            try:
                response = self._transport.handle_request(request)
                try:
                    return response, _body(response, self._largest, deadline) if response.is_success else b""
                finally:
                    response.close()
            except httpx2.TransportError as exc:
                if isinstance(exc, httpx2.TimeoutException) or time.monotonic() >= deadline:
                    raise SourceUnavailable(f"{url.host} takes too long to answer; try again later.") from exc
                raise SourceUnavailable(f"{url.host} can't be reached ({exc}); check the address, try later.") from exc
            except zlib.error as exc:
                raise UnreadableSource(f"What {url.host} sent is damaged; {_PASTE_ADVICE}.") from exc

    def _robots_rules(self, url: httpx2.URL, deadline: float) -> Protego:
        """The site's robots.txt, cached for an hour; a missing one allows everything. Raises SourceUnavailable if the
        server fails."""
        site = f"{url.scheme}://{url.netloc.decode('ascii')}"
        read_at, rules = self._robots.get(site, (0.0, _NO_RULES))
        if read_at and time.monotonic() - read_at < _ROBOTS_SECONDS:
            return rules
        current = url.join("/robots.txt")
        for _ in range(MOST_REDIRECTS + 1):
            response, data = self._request(current, {}, deadline)
            if response.status_code in _REDIRECTS and "location" in response.headers:
                current = self._redirect_target(current, response.headers["location"])
                continue
            if response.status_code in _TEMPORARY or response.status_code >= 500:
                raise SourceUnavailable(
                    f"{url.host} can't say now what programs may fetch (robots.txt); try again later."
                )
            rules = Protego.parse(data[:_LARGEST_ROBOTS].decode("utf-8-sig", "replace"))
            break
        self._robots[site] = (time.monotonic(), rules)
        return rules


@contextmanager
def _shut_down_at(deadline: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """A context with a trace function that records the socket, which is shut down at the deadline: each read has a
    time-out, but a server may send a byte just before it ends."""
    sockets: list[socket.socket] = []

    def record_socket(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            sockets.append(info["return_value"].get_extra_info("socket"))

    def cut() -> None:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield record_socket
    finally:
        timer.cancel()


def _body(response: httpx2.Response, largest: int, deadline: float) -> bytes:
    """The body, decompressed, never more than `largest` bytes of it."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise UnreadableSource(f"The page is packed as {coding[:20]}, which was not asked for; {_PASTE_ADVICE}.")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding not in ("identity", "") else None
    received, body = 0, bytearray()
    for chunk in response.iter_raw():
        received += len(chunk)
        body += unpack.decompress(chunk, largest + 1 - len(body)) if unpack else chunk
        if max(received, len(body)) > largest:
            raise UnreadableSource(f"The page is larger than {largest / 1_000_000:g} MB; {_PASTE_ADVICE}.")
    if time.monotonic() >= deadline:  # a connection that was shut down looks like the end of a body without a length
        raise SourceUnavailable("The page takes too long to load; try again later.")
    return bytes(body)


def _raise_for(status: int, url: httpx2.URL) -> None:
    if 200 <= status < 300 or status == 304:
        return
    if status in (404, 410):
        raise UnreadableSource(f"{url.host} has no such page ({status}); check the address.")
    if status in (401, 402, 403, 451):
        raise UnreadableSource(f"{url.host} does not give this page to programs ({status}); {_PASTE_ADVICE}.")
    if status in _TEMPORARY or status >= 500:
        raise SourceUnavailable(f"{url.host} is overloaded or broken ({status}); try again later.")
    raise UnreadableSource(f"{url.host} answered with status {status}; {_PASTE_ADVICE}.")


def _page(url: httpx2.URL, response: httpx2.Response, data: bytes) -> Page:
    return Page(
        url=str(url),
        data=data,
        charset=response.charset_encoding,
        etag=response.headers.get("etag"),
        modified=response.headers.get("last-modified"),
        unchanged=response.status_code == 304,
    )
