"""What an address gave."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address gave. `url` is the one after redirects; `modified` and `etag` are for asking again.

    `data` is empty where the site said that nothing has changed since (`unchanged`).
    """

    url: str
    data: bytes
    content_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False
