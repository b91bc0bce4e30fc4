"""Lists of feeds (OPML), as feed readers exchange them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from rag.domain import Following


def outline(items: Iterable[Following]) -> str:
    """The addresses as an OPML 2.0 document, which `opml_feeds` and feed readers read."""
    lines = [
        f"    <outline type={quoteattr('rss')} text={quoteattr(item.outlet or item.address)} "
        f"title={quoteattr(item.outlet or item.address)} xmlUrl={quoteattr(item.address)}/>"
        for item in items
    ]
    head = '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  <head><title>onrecord</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>", ""])
