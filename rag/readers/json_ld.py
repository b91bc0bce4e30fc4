"""JSON-LD of a web page: its objects, repaired where they are nearly JSON, with references into the graph resolved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, TypeAlias

from lxml.html import HtmlElement

from rag.text.canonical import canonical

Json: TypeAlias = dict[str, Any]

_TAGS = re.compile(r"<[^>]{0,400}>")
REFERENCED = " referred"  # behind the name of a field: what it refers to, in another object
_DEEPEST, _MOST = 12, 20_000  # levels and values that are read
_LONGEST = 2_000_000  # characters of one script
# What keeps a script from being JSON, outside strings: comments, commas before a closing bracket, wrappers.
_FLAWS = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s{0,200}[}\]])|/\*.*?\*/|//[^\n]*|<!\[CDATA\[|\]\]>|<!--|-->', re.DOTALL)
_BRACKETS, _MOST_MISSING = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL), 20
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)


def ld_objects(tree: HtmlElement) -> list[Json]:
    """The JSON-LD objects of a page, outer ones first. Entries of live blogs are left inside their blogs."""
    items: list[Json] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and len(script.text or "") <= _LONGEST:
            for value in _parse_script(script.text or ""):
                items += _walk_objects(value)
    by_id: dict[str, Json] = {}
    for item in items:
        name = item.get("@id")
        if isinstance(name, str) and len(item) > len(by_id.get(name, {"": 0})):
            by_id[name] = item
    return [_resolve_references(item, by_id) for item in items]


def as_list(value: object) -> list[object]:
    """A value that may be a list of values, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def strings(value: object) -> list[str]:
    """The strings of a value, which may be a string, an object with an id or a list of either."""
    texts = []
    for item in as_list(value):
        if isinstance(item, dict):
            item = item.get("@id") or item.get("url")
        if isinstance(item, str) and (text := one_line(item)):
            texts.append(text)
    return texts


def names(value: object, depth: int = 0) -> list[str]:
    """The names of persons or organisations: strings, objects with a name, which may be an object itself, or with the
    parts of one."""
    texts: list[str] = []
    for item in as_list(value):
        if isinstance(item, dict) and depth < _DEEPEST:
            parts = [one_line(part) for key in ("givenName", "familyName") if isinstance(part := item.get(key), str)]
            texts += names(item.get("name") or item.get("@value"), depth + 1) or ([" ".join(parts)] if parts else [])
        elif isinstance(item, str) and (line := one_line(item)):
            texts.append(line)
    return [text for text in texts if not text.startswith(("http:", "https:", "//", "#"))]


def is_a(item: Json, kinds: re.Pattern[str]) -> bool:
    """True if a type of the object matches."""
    return any(kinds.search(kind) for kind in strings(item.get("@type")))


def one_line(text: str) -> str:
    """One line of plain text: character references resolved, also those that were encoded twice; tags and runs of white
    space gone."""
    text = unescape(text)
    if _ENTITY.search(text):
        text = unescape(text)
    return " ".join(canonical(_TAGS.sub(" ", text)).split())


def plain_text(value: object) -> str:
    """Paragraphs of a text, which may hold HTML."""
    if not isinstance(value, str):
        return ""
    text = re.sub(r"<(?:/p|/div|br\s?/?|/li|/h\d)>", "\n", unescape(value), flags=re.IGNORECASE)
    return canonical(_TAGS.sub(" ", text))


def _parse_script(source: str) -> Iterator[object]:
    """The values of one script: usually one, sometimes several in a row."""
    mended = _FLAWS.sub(lambda match: match[1] or "", _unescape_quotes(source)).strip("; \n")
    for text in (source.strip().rstrip(";"), mended, f"{mended}{_missing_brackets(mended)}"):
        try:
            yield json.loads(text, strict=False)
            return
        except (ValueError, RecursionError):
            continue
    decoder, at = json.JSONDecoder(strict=False), 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _missing_brackets(text: str) -> str:
    """The brackets that a script which is cut between two values lacks at its end."""
    stack: list[str] = []
    for mark in _BRACKETS.findall(text):
        if mark in "{[":
            stack.append("}" if mark == "{" else "]")
        elif stack and len(mark) == 1:
            stack.pop()
    return "".join(reversed(stack)) if len(stack) <= _MOST_MISSING else ""


def _unescape_quotes(source: str) -> str:
    """The script with its quotation marks, where they are written as character references."""
    return unescape(source) if "&quot;" in source and source.count('"') < source.count("&quot;") else source


def _walk_objects(value: object) -> Iterator[Json]:
    pending = [(value, 0)]
    for _ in range(_MOST):
        if not pending:
            return
        item, depth = pending.pop(0)
        if isinstance(item, dict):
            yield item
        if depth < _DEEPEST and isinstance(item, dict | list):
            inner = item if isinstance(item, list) else (item[key] for key in item if key != "liveBlogUpdate")
            pending.extend((one, depth + 1) for one in inner if isinstance(one, dict | list))


def _resolve_references(item: Json, by_id: dict[str, Json]) -> Json:
    """The object with referenced authors in place of references, and a referenced publisher beside its own."""
    copy: Json = {}
    for key in ("author", "creator", "publisher"):
        values = as_list(item.get(key))
        full = [by_id.get(_reference(value) or "", value) for value in values]
        if full != values:
            copy[f"{key}{REFERENCED}" if key == "publisher" else key] = full
    return {**item, **copy} if copy else item


def _reference(value: object) -> str | None:
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return str(value["@id"])
    return value if isinstance(value, str) else None
