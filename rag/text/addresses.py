"""One form of an address for everything that leads to the same article. It is for comparing; what is shown stays."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from functools import cache
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from rag.knowledge.tables import table, words_of

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_CACHE = re.compile(r"/(?:c|v|wp)/(?:s/)?(?P<inner>[^/]+\.[^/]+/.*)")
_VIEWER = re.compile(r"/amp/(?:s/)?(?P<inner>[^/]+\.[^/]+/.*)")
_FRAMED = re.compile(r"/(?:.*?/)?(?:__)?(?P<inner>https?:/{1,2}[^/]+\.(?:(?!__;).)+)")
_AMP_PART = re.compile(r"/amp(?=/|$)|\.amp(?=\.html?$|$)|(?<=[.]html)/amp$", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_DEEPEST = 3  # addresses within addresses


def normalize_address(address: str) -> str:
    """The normal form of a web address: without marks of tracking, scheme, "www.", AMP and mobile forms, a fragment or
    a final slash; of an archived or cached page that of the page itself. Anything else (a path) unchanged.
    """
    if not _SCHEME.match(address):
        return address
    try:
        parts = urlsplit(unwrapped_address(address).strip())
        port = parts.port
    except ValueError:
        return address
    host = (parts.hostname or "").lower().rstrip(".")
    path = _INDEX.sub("", _AMP_PART.sub("", unquote(parts.path)))
    pairs = sorted(pair for pair in _pairs(parts.query) if not _is_tracking(*pair))
    query = f"?{urlencode(pairs)}" if pairs else ""
    place = f"{_bare_host(host)}{f':{port}' if port not in (None, 80, 443) else ''}"
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""  # where scripts tell pages apart
    return f"https://{place}{re.sub('/{2,}', '/', path).rstrip('/')}{query}{fragment}"


def unwrapped_address(address: str, depth: int = 0) -> str:
    """The address of the page itself, as it is written, where `address` is that of a redirect, an archive or a cache;
    else `address`.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address
    inner = _embedded_address((parts.hostname or "").lower().rstrip("."), parts) if depth < _DEEPEST else None
    return unwrapped_address(inner if _SCHEME.match(inner) else f"https://{inner}", depth + 1) if inner else address


def _embedded_address(host: str, parts: SplitResult) -> str | None:
    """The address of the page that a cache, a viewer or an archive shows, or to which a redirect leads."""
    rest = f"{parts.path}{f'?{parts.query}' if parts.query else ''}"
    pattern = None
    if host.endswith(".cdn.ampproject.org"):
        pattern = _CACHE
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        pattern = _VIEWER
    elif _bare_host(host) in words_of("addresses", "frames"):
        pattern = _FRAMED
    for ending, path, names in table("addresses")["redirects"]:
        if fnmatch(f".{host}", f"*.{ending}") and parts.path.startswith(path):
            targets = [value for name, value in _pairs(parts.query) if name in names and _SCHEME.match(value)]
            return next(iter(targets), None)
    match = pattern.match(rest) if pattern else None
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", match["inner"]) if match else None


def _bare_host(host: str) -> str:
    first, _, rest = host.partition(".")
    return _bare_host(rest) if first in words_of("addresses", "hosts") and "." in rest else host


def _pairs(query: str) -> list[tuple[str, str]]:
    """The parameters as they are written; one without a value keeps none."""
    return [
        (unquote(name), unquote(value)) for name, _, value in (part.partition("=") for part in query.split("&") if part)
    ]


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower().removeprefix("amp;")
    exact, beginnings = _tracking_names()
    form = f"{name}={value.lower()}"
    return (
        name in exact
        or name.startswith(beginnings)
        or any(_matches_form(form, pattern) for pattern in table("addresses")["forms"])
    )


def _matches_form(form: str, pattern: str) -> bool:
    return form.startswith(pattern[:-1]) if pattern.endswith("*") else form == pattern


@cache
def _tracking_names() -> tuple[frozenset[str], tuple[str, ...]]:
    words = words_of("addresses", "tracking")
    return frozenset(words), tuple(sorted(word[:-1] for word in words if word.endswith("*")))
