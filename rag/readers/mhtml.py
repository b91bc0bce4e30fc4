"""Pages saved as MHTML: the page itself, with its own address. The day of saving is no day of the article."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.decode import decoded
from rag.readers.html import declared_charset, read_html
from rag.readers.page_data import web_address

_SAVED_PAGE_FIELD = re.compile(
    rb"^(?:snapshot-content-location:|from:[^\n]{0,40}\bsaved by\b|content-location: ?(?:https?|file):"
    rb"|x-mimeole:[^\n]*mime ?ole)",
    re.IGNORECASE | re.MULTILINE,
)
_RELATED = re.compile(rb"^content-type: ?multipart/related\b|^content-type: ?text/html\b", re.IGNORECASE | re.MULTILINE)
_MAIL_FIELD = re.compile(rb"^(?:received|message-id|to|delivered-to):", re.IGNORECASE | re.MULTILINE)
_MOST_PARTS = 5_000  # pictures and styles of one page: reading takes time with their square
_LONGEST_FIELD = 50_000  # bytes of the header


def is_mhtml(head: bytes) -> bool:
    """True if a file begins with the header of a saved page, which is that of an e-mail that nobody sent."""
    header = head.lstrip()[:20_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    is_saved_page = _SAVED_PAGE_FIELD.search(header) is not None and _RELATED.search(header) is not None
    return is_saved_page and _MAIL_FIELD.search(header) is None


def read_mhtml(data: bytes) -> Extract:
    """The article of the page. Raises UnreadableSource where the file is damaged or holds no page."""
    if data.count(b"\n--") > _MOST_PARTS:
        raise UnreadableSource(f"This saved page has more than {_MOST_PARTS} parts; save it as HTML alone.")
    if len(data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]) > _LONGEST_FIELD:
        raise UnreadableSource("This saved page has a header that never ends; save it again.")
    try:
        message = message_from_bytes(data.lstrip(), policy=policy.default)
        pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
        whole = _location(message, "snapshot-content-location")
        page = next((part for part in pages if whole and _location(part) == whole), pages[0] if pages else None)
        content = page.get_payload(decode=True) if page else None
        charset = page.get_content_charset() if page else None
        url = whole or (_location(page) if page else None)
    except (LookupError, ValueError, AttributeError, KeyError, TypeError, RecursionError) as exc:
        raise UnreadableSource("This saved page is damaged; save it again.") from exc
    if not isinstance(content, bytes) or not content.strip():
        raise UnreadableSource("This saved page is empty; save it again, or copy the text and paste it.")
    text = decoded(content, name="The saved page", declared=charset or declared_charset(content))
    return read_html(text, url=url)


def _location(part: EmailMessage, name: str = "content-location") -> str | None:
    return web_address("".join(str(part.get(name, "")).split()), None)
