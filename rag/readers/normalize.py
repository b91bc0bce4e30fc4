"""The fields of an article as a line of a list can bear them, whatever their source wrote."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.domain import Extract
from rag.text.canonical import canonical

LONGEST = {"title": 500, "outlet": 200, "byline": 500, "url": 2_000}  # characters
_MOST_NOTES, _LONGEST_NOTE = 50, 2_000
_ADDRESS = re.compile(r"(?P<scheme>https?)(?P<rest>://[^\s/\x00-\x1f\x7f-\x9f][^\s\x00-\x1f\x7f-\x9f]*)", re.IGNORECASE)


def normalized(extract: Extract) -> Extract:
    """The extract with its fields on one line each, without control characters, no longer than LONGEST. An address that
    is longer, or none, is left out.
    """
    title, outlet, byline = (tidy(getattr(extract, name), LONGEST[name]) for name in ("title", "outlet", "byline"))
    address = _ADDRESS.fullmatch(extract.url or "")
    url = address["scheme"].lower() + address["rest"] if address and len(address[0]) <= LONGEST["url"] else None
    notes = tuple(line for note in extract.notes[:_MOST_NOTES] if (line := tidy(note, _LONGEST_NOTE)))
    return replace(extract, title=title, outlet=outlet, byline=byline, url=url, notes=notes)


def tidy(value: str | None, longest: int) -> str | None:
    """The value on one line, cut to so many characters; None where nothing visible is left."""
    line = " ".join(canonical(value or "").split())
    return (line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…") or None
