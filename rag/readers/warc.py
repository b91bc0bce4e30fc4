"""Web archives (WARC): the pages in them, each under its own address, by warcio."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from rag.errors import UnreadableSource
from rag.readers.page_data import web_address
from rag.readers.source import Source

_MOST_RECORDS = 200_000
_LARGEST_PAGE = 10_000_000  # bytes, unpacked
_KINDS = re.compile(r"text/html|application/xhtml|text/plain|application/pdf", re.IGNORECASE)
_WARC_ERRORS = (
    ArchiveLoadFailed, ArithmeticError, OSError, EOFError, ValueError, KeyError, TypeError, AttributeError,
    IndexError,
)  # fmt: skip


def read_warc(source: Source) -> Iterator[tuple[str, bytes | UnreadableSource, str | None]]:
    """Address, content and declared encoding of each page that was answered with success; the last one seen of an
    address that occurs again with the same bytes is left out. What a page loads (scripts, pictures) is no page.
    """
    pages = 0
    with source.opened() as file:
        try:
            for count, record in enumerate(ArchiveIterator(file, no_record_parse=False)):
                if count >= _MOST_RECORDS:
                    error = f"The web archive has more than {_MOST_RECORDS:,} records; split it."
                    yield source.name, UnreadableSource(error), None
                    return
                if (page := _read_page(record)) is not None:
                    pages += 1
                    yield page
        except _WARC_ERRORS as exc:
            error = f"The web archive is damaged after {pages} pages ({exc}); save it again."
            yield source.name, UnreadableSource(error), None
            return
    if not pages:
        raise UnreadableSource(f"{source.name} is a web archive (WARC) without a page in it; save the pages again.")


def _read_page(record: object) -> tuple[str, bytes | UnreadableSource, str | None] | None:
    headers = record.rec_headers  # type: ignore[attr-defined]
    kind, address = record.rec_type, headers.get_header("WARC-Target-URI")  # type: ignore[attr-defined]
    if kind not in ("response", "resource", "conversion") or not address:
        return None
    address = web_address(address.strip("<> "), None)
    if address is None:
        return None
    http = record.http_headers  # type: ignore[attr-defined]
    if http is not None and (http.get_statuscode() or "200") != "200":
        return None
    media = (http.get_header("Content-Type") if http else headers.get_header("Content-Type")) or ""
    if not _KINDS.search(media) or address.endswith("/robots.txt"):
        return None
    content = record.content_stream().read(_LARGEST_PAGE + 1)  # type: ignore[attr-defined]
    if len(content) > _LARGEST_PAGE:
        return address, UnreadableSource(f"The page at {address} is larger than {_LARGEST_PAGE // 1_000_000} MB."), None
    charset = re.search(r"charset=[\"']?([\w.:-]+)", media)
    return address, content, charset[1] if charset else None
