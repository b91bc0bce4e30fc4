"""E-mails (.eml): the subject, the day on which it was sent, and the article in the body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.decode import decoded
from rag.readers.html import read_html
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_TELLING = re.compile(
    rb"^(?:from|received|mime-version|message-id|return-path|date|subject):", re.IGNORECASE | re.MULTILINE
)
_ANSWER = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|ynt|ilt)\s?:\s*)+", re.IGNORECASE)
_MOST_PARTS = 1_000  # lines that may part one from the next: reading takes time with their square
_LONGEST_FIELD, _UNFOLDED = 50_000, re.compile(rb"\n(?![ \t])")  # bytes of a header field, folded lines together
_SIGNATURE = re.compile(r"\n-- \n.*\Z", re.DOTALL)


def is_mail(data: bytes) -> bool:
    """True if `data` begins with the header of an e-mail: header lines only, three of them telling ones."""
    match = _HEADER.match(data[:20_000].lstrip())
    return match is not None and len(set(_TELLING.findall(match[0].lower()))) >= 3


def read_mail(data: bytes) -> Extract:
    """The article in an e-mail: its plain text, or its HTML where there is none. Attachments are not read.

    Sender and receivers are no fields of an article and are left out. Raises UnreadableSource where there is no text.
    """
    if data.count(b"\n--") > _MOST_PARTS:
        raise UnreadableSource(
            f"This e-mail has more than {_MOST_PARTS} parts; copy the text of the article and paste it."
        )
    if any(len(field) > _LONGEST_FIELD for field in _fields(data)):
        raise UnreadableSource("This e-mail has a header that never ends; copy the text of the article and paste it.")
    try:
        message = message_from_bytes(data, policy=policy.default)
        if not isinstance(message, EmailMessage):
            raise UnreadableSource("This e-mail can't be read; copy the text of the article and paste it.")
        part = message.get_body(preferencelist=("plain", "html"))
        content = part.get_payload(decode=True) if part else None
        charset = part.get_content_charset() if part else None
    except (LookupError, ValueError, AttributeError, KeyError, TypeError, RecursionError) as exc:
        raise UnreadableSource("This e-mail is damaged; copy the text of the article and paste it.") from exc
    if part is None or not isinstance(content, bytes) or not content.strip():
        raise UnreadableSource("This e-mail has no text of its own; save its attachment and add that.")
    text = decoded(content, name="The e-mail", declared=charset)
    html = part.get_content_subtype() == "html"
    extract = read_html(text) if html else read_pasted(_SIGNATURE.sub("", text.replace("\r\n", "\n")))
    sent = _sent(message)
    title = _ANSWER.sub("", " ".join(canonical(_header(message, "subject")).split()))
    return replace(
        extract,
        title=title or extract.title,
        published=extract.published or sent,
        date_basis=extract.date_basis or ("meta" if sent else None),
    )


def _fields(data: bytes) -> Iterator[bytes]:
    """The header fields of the message and of its parts, before anything reads them: the standard library's time grows
    with the square of their length.
    """
    for part in data.replace(b"\r\n", b"\n").split(b"\n--"):
        yield from _UNFOLDED.split(part.partition(b"\n\n")[0])


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # headers that the standard library stumbles over
        return ""


def _sent(message: EmailMessage) -> date | None:
    """The day in the header, in the sender's own time."""
    try:
        return parsedate_to_datetime(_header(message, "date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
