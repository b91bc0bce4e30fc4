"""Markdown: written so that no text of an article becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.documents.lines import Line
from rag.domain import citation_marks

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>&#~|$^]")
_AUTOLINK = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\s):(?=[\w+-]+:)|^:(?=[\w+-]+:)", re.IGNORECASE)
_BLOCK_START = re.compile(r"^(?:([-+=:])|(\d+)([.)]))")
_RECORD = re.compile(r"<!-- onrecord record\s([A-Za-z0-9+/=\s]+)\s-->")


def write(lines: Sequence[Line], record: str | None = None) -> bytes:
    """The lines as CommonMark, UTF-8, with the packed record, if any, in a comment at the end."""
    blocks: list[str] = []
    for at, line in enumerate(lines):
        if line.role == "foot":
            continue  # written with its sentence
        foot = lines[at + 1] if at + 1 < len(lines) and lines[at + 1].role == "foot" else None
        blocks.append(_block(line, foot))
    if record:
        blocks.append(f"<!-- onrecord record\n{record}\n-->")
    return ("\n\n".join(blocks) + "\n").encode()


def words(data: bytes) -> str:
    """The text of the file without its record. Raises UnicodeDecodeError."""
    return _RECORD.sub("", data.decode("utf-8-sig"), count=1)


def record_in(data: bytes) -> str | None:
    """The packed record that the file carries. Raises UnicodeDecodeError."""
    match = _RECORD.search(data.decode("utf-8-sig"))
    return match[1] if match else None


def _block(line: Line, foot: Line | None) -> str:
    if line.level:
        return f"{'#' * line.level} {escaped(line.text)}"
    if line.role == "sentence":
        sentence = f"{escaped(line.words)} {citation_marks(line.numbers)}"
        attribution = escaped(foot.text) if foot else ""
        if line.speech in ("direct", "mixed"):
            return f"> {sentence}\n>\n> {attribution}"
        if line.speech == "indirect":
            return f"- {sentence}\n\n  {attribution}"
        return f"{sentence}\n\n{attribution}" if foot else sentence
    if line.role == "draft":
        return "\n\n".join(escaped(part.strip()) for part in line.text.splitlines() if part.strip())
    if line.role == "item":
        return f"- {escaped(line.text)}"
    if line.role == "quote":
        return f"> {escaped(line.text)}"
    if line.role == "url":
        return f"<{line.text}>" if "\\" not in line.text else escaped(line.text)
    return escaped(line.text)


def escaped(text: str) -> str:
    """The text of a line, escaped so that CommonMark and its GitHub flavour show it literally."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _BLOCK_START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", text)
    return _AUTOLINK.sub(lambda match: "\\" + match[0], text)
