"""Texts that are no article: code, style sheets, logs, unknown markup. Each is refused with its reason."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:import |from \S+ import|#include|function |const |var |let |def |class "
    r"|return\b|</?\w+|//|/\*|\}|@media|\.[\w-]+\s*\{)"
)
_LOG = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\]? ?\S*\s*(?:\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE)\b|\[)"
)
_XML = re.compile(r"\s*<(?:\?xml\b|([a-zA-Z][\w:.-]*)(?:\s[^<>]{0,300})?>(?=.*</\1\s*>\s*\Z))", re.DOTALL)
_NAMES = {
    ".css": "a style sheet",
    ".js": "a program",
    ".py": "a program",
    ".sh": "a program",
    ".map": "a part of a page",
    ".log": "a log",
    ".ini": "settings",
    ".toml": "settings",
    ".cfg": "settings",
    ".lock": "settings",
    ".svg": "a picture",
    ".bib": "a list of references",
}
_SAVE_AS = "save the article as text, HTML, PDF or Word and add that file"


def refusal_of(text: str, name: str) -> str | None:
    """Why a text is no article, with the remedy; None where it may be one."""
    ending = next((what for end, what in _NAMES.items() if name.lower().endswith(end)), None)
    lines = [line for line in text[:20_000].split("\n") if line.strip()]
    if not lines:
        return None
    if ending:
        return f"{name} is {ending}, not an article; leave it out, or {_SAVE_AS}."
    if sum(_CODE.search(line) is not None for line in lines) * 10 > 6 * len(lines) and len(lines) >= 5:
        return f"{name} looks like a program or a style sheet, not an article; {_SAVE_AS}."
    if len(lines) >= 5 and sum(_LOG.match(line) is not None for line in lines) * 10 > 7 * len(lines):
        return f"{name} looks like a log, not an article; {_SAVE_AS}."
    if _XML.match(text) and text.count("</") >= 2 and text.count("<") * 25 > len(text.split()):
        return f"{name} is XML of a kind that is not known here; {_SAVE_AS}."
    return None
