"""A fetched page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A fetched page or file. `url` is the one after redirects; `modified` and `etag` are for a conditional request.

    `data` is empty if the site answered that the page is `unchanged`.
    """

    url: str
    data: bytes
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False
