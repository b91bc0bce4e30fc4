"""The body of a news text: what stands between the dateline and the credits at its edges."""

from __future__ import annotations

import re

from rag.knowledge.tables import pattern_of

_MOST_CREDIT_WORDS, _MOST_SIGNATURE_WORDS = 20, 8
_SHORT_TEXT = 120  # characters of a text of one line that is left as it is

# Who wrote and who edited, whose agency, whose rights: no part of the news.
_CREDIT = pattern_of("furniture", "credit_line")
_SIGNATURE = re.compile(r"^[^.!?“”\"]{1,60}$")
_SIGNED = re.compile(r"\s*(?:[(\[][^()\[\]]{1,60}[)\]]|[—–-]\s*[^.!?“”\"\n]{1,40})\s*$")
_DATELINE = re.compile(
    r"^\W?(?:[A-ZÀ-Þ]{2}[^\n—–]{0,60}?(?:\([^()\n]{2,40}\)\s*[—–:-]*|\s[—–-]{1,2})"
    r"|[A-ZÀ-Þ][^.\n—–]{0,60}?\([^()\n]{2,40}\)\s*[—–-]{1,2})\s+(?=[\"“„«]?[A-ZÀ-Þ\d])"
)


def news_of(text: str) -> str:
    """The text without the dateline, the by-line and the credits of agencies at its edges."""
    lines = text.split("\n")
    while len(lines) > 1 and _is_credit(lines[0]):
        lines = lines[1:]
    while len(lines) > 1 and _is_credit(lines[-1]):
        lines = lines[:-1]
    body = "\n".join(lines).strip()
    body = _SIGNED.sub("", body) if body.count("\n") or len(body) > _SHORT_TEXT else body
    return _DATELINE.sub("", body, count=1)


def _is_credit(line: str) -> bool:
    bare_line = line.strip()
    if not bare_line:
        return True
    size = len(bare_line.split())
    is_signature = size <= _MOST_SIGNATURE_WORDS and _SIGNATURE.match(bare_line)
    return size <= _MOST_CREDIT_WORDS and bool(_CREDIT.match(bare_line) or is_signature)
