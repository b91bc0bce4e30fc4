"""The record that every export carries: the JSON of the command with the source texts, by which the file is checked."""

from __future__ import annotations

import base64
import hashlib
import json
import textwrap
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag.documents.claims import Texts
from rag.documents.document import Document, sources_of
from rag.documents.lines import FORM_VERSION, MAX_BYTES
from rag.domain import Answer, Briefing, as_json, decode
from rag.errors import UnusableInput

_MAX_DEPTH = 40  # levels of lists and objects; ours have fewer than ten


def record_fields(document: Document, *, texts: bool = True) -> dict[str, Any]:
    """The JSON of a document without digest and seal; `texts` includes the source texts."""
    value: dict[str, Any] = as_json(document.value)
    sources = []
    for item in sources_of(document.value):
        text = document.texts.get((item.article_id, item.version)) if texts else None
        sources.append({**as_json(item), **({"text": text} if text is not None else {})})
    return {**value, "sources": sources}


def digest_of(value: Mapping[str, Any]) -> str:
    """SHA-256 as 64 hex digits of everything but `export` and the source texts, whose versions are their hashes; the
    layout of the JSON does not matter.
    """
    hashed_fields = {key: item for key, item in value.items() if key != "export"}
    if isinstance(sources := hashed_fields.get("sources"), list):
        hashed_fields["sources"] = [
            {key: item for key, item in one.items() if key != "text"} if isinstance(one, dict) else one
            for one in sources
        ]
    compact = json.dumps(hashed_fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(compact.encode("utf-8", "surrogatepass")).hexdigest()


def write(value: Mapping[str, Any], digest: str, seal: str) -> bytes:
    """The JSON in UTF-8."""
    kind = "briefing" if "sections" in value else "answer"
    stamped = {**value, "export": {"form": FORM_VERSION, "kind": kind, "digest": digest, "seal": seal}}
    return (json.dumps(stamped, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def pack(raw: bytes) -> str:
    """A record as text that any format can carry: base64 of its compressed bytes, in lines."""
    return "\n".join(textwrap.wrap(base64.b64encode(zlib.compress(raw, 9)).decode(), 100))


def unpack(packed: str) -> bytes:
    """The reverse of `pack`. Raises UnusableInput."""
    try:
        decompressor = zlib.decompressobj()
        raw = decompressor.decompress(base64.b64decode("".join(packed.split()), validate=True), MAX_BYTES)
    except (ValueError, zlib.error) as exc:
        raise UnusableInput("The record in this file was damaged. Export it again.") from exc
    if decompressor.unconsumed_tail or decompressor.unused_data or not decompressor.eof:
        raise UnusableInput("The record in this file was damaged or is larger than 200 MB. Export it again.")
    return raw


def read(data: bytes) -> dict[str, Any]:
    """The JSON object of a record. Raises UnusableInput if it is not one, or has a field twice."""
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique_fields)
    except (ValueError, RecursionError) as exc:
        raise UnusableInput(f"This is not JSON of onrecord: {exc}. Export it again.") from exc
    if not isinstance(value, dict) or _depth(value) > _MAX_DEPTH:
        raise UnusableInput(
            "This is not JSON of onrecord: it contains neither an answer nor a briefing. Export it again."
        )
    return value


def as_value(value: Mapping[str, Any]) -> Answer | Briefing:
    """The answer or briefing that the JSON holds. Raises UnusableInput."""
    try:
        if "sections" in value:
            return decode(Briefing, dict(value))
        if "question" in value:
            return decode(Answer, dict(value))
    except ValueError as exc:
        raise UnusableInput(f"This export can't be read: {exc}. Export it again.") from exc
    raise UnusableInput("This JSON contains neither an answer nor a briefing. Write one with `onrecord ask --json`.")


def texts_of(value: Mapping[str, Any]) -> Texts:
    """The source texts that the JSON embeds."""
    sources = value.get("sources")
    return {
        (str(item.get("article_id")), str(item.get("version"))): item["text"]
        for item in (sources if isinstance(sources, list) else ())
        if isinstance(item, dict) and isinstance(item.get("text"), str)
    }


@dataclass(frozen=True, slots=True)
class Piece:
    """An object of the JSON that gives words: where it stands, of which text, and the citation of its sentence."""

    place: str
    key: tuple[str, str]
    n: int | None
    item: dict[str, Any]


def pieces(value: Any, place: str = "", key: tuple[str, str] | None = None, n: int | None = None) -> Iterator[Piece]:
    """Every object in the JSON that has words with offsets, or the content of a statement."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from pieces(item, f"{place}[{at}]", key, n)
    elif isinstance(value, dict):
        if isinstance(value.get("article_id"), str) and isinstance(value.get("version"), str):
            key = (value["article_id"], value["version"])
        numbers = value.get("citations") or [value.get("n")]
        if isinstance(numbers, list) and isinstance(numbers[0], int):
            n = numbers[0]
        if key and ({"start", "end"} <= value.keys() or isinstance(value.get("content"), list)):
            yield Piece(place, key, n, value)
        for name, item in value.items():
            if name != "filters":
                yield from pieces(item, f"{place}.{name}" if place else str(name), key, n)


def _unique_fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is there twice")
    return fields


def _depth(value: Any) -> int:
    """How deep lists and objects are nested; `json` itself rejects nesting that would exhaust the stack."""
    level, layer = 0, [value]
    while layer and level <= _MAX_DEPTH:
        level += 1
        inner = [item for one in layer for item in (one.values() if isinstance(one, dict) else one)]
        layer = [item for item in inner if isinstance(item, dict | list)]
    return level
