"""Markdown: written so that no text of an article becomes markup, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.services.exports.lines import Line, marks, speech_of, split_sentence

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>&#~|$^]")
_LINKED = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\s):(?=[\w+-]+:)|^:(?=[\w+-]+:)", re.IGNORECASE)
_FIRST = re.compile(r"^(?:([-+=:])|(\d+)([.)]))")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"(#{1,4}) +(.*)")
_OPENERS = re.compile(r"^(?:>|- )\s*")
_QUOTED = ("direct", "mixed")


def write(lines: Iterable[Line]) -> bytes:
    """The lines as CommonMark, UTF-8."""
    blocks: list[str] = []
    found = list(lines)
    for at, line in enumerate(found):
        if line.role == "foot":
            continue  # written with its sentence
        foot = found[at + 1] if at + 1 < len(found) and found[at + 1].role == "foot" else None
        blocks.append(_block(line, foot))
    return ("\n\n".join(blocks) + "\n").encode()


def read(data: bytes) -> list[Line]:
    """The lines of a file that `write` made, whatever its line ends. Raises UnicodeDecodeError."""
    text = data.decode("utf-8-sig")
    return list(_read(re.split("\r\n|\r|\n", text)))


def _read(rows: Iterable[str]) -> Iterator[Line]:
    held: list[str] = []

    def flush() -> Iterator[Line]:
        if held:
            yield Line(0, _unescaped(" ".join(held)))
            held.clear()

    for row in rows:
        bare = row.strip()
        if bare in ("", ">"):
            yield from flush()
        elif heading := _HEADING.fullmatch(bare):
            yield from flush()
            yield Line(len(heading[1]), _unescaped(heading[2]))
        else:
            if bare.startswith("- "):
                yield from flush()
            held.append(_OPENERS.sub("", bare))
    yield from flush()


def _block(line: Line, foot: Line | None) -> str:
    if line.level:
        return f"{'#' * line.level} {escaped(line.text)}"
    if line.role == "sentence":
        text, numbers = split_sentence(line.text)
        shown = f"{escaped(text)} {marks(numbers)}"
        under = escaped(foot.text) if foot else ""
        kind = speech_of(foot.text if foot else "")
        if kind in _QUOTED:
            return f"> {shown}\n>\n> {under}"
        if kind == "indirect":
            return f"- {shown}\n\n  {under}"
        return f"{shown}\n\n{under}" if foot else shown
    if line.role == "quote":
        return f"> {escaped(line.text)}"
    if line.role == "url":
        return f"<{line.text}>" if "\\" not in line.text else escaped(line.text)
    return escaped(line.text)


def escaped(text: str) -> str:
    """Text of one line that CommonMark and its GitHub flavour show as it is."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _FIRST.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text)
    return _LINKED.sub(lambda found: "\\" + found[0], text)


def _unescaped(text: str) -> str:
    if text.startswith("<http") and text.endswith(">"):
        return text[1:-1]
    return _ESCAPED.sub(r"\1", text)
