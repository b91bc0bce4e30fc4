"""What a user says of sources: the fields of an article, and the names of fields in dumps, which are remembered."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rag.domain import ArticleChanges, parse_day
from rag.errors import BadDate, UnusableInput
from rag.readers.decode import mended
from rag.readers.source import FIELDS, LONGEST
from rag.text.canonical import canonical

FieldMap = str | Mapping[str, str] | None
"""A map of our fields to theirs, as text, as the name of a file, or as a mapping."""
_FILE = "field-maps.json"
_MOST = 50  # maps that are remembered; the oldest go
_REMEDY = f"write OURS=THEIRS,... with {', '.join(FIELDS)} for ours, such as title=Headline,text=Body"


def parse_map(source: str) -> dict[str, str]:
    """Our fields and theirs, of "title=Headline,text=Body" or of a file with such pairs (TOML, JSON, or one a line).

    The sides may be swapped where only one of them is ours. Raises UnusableInput.
    """
    path = Path(source)
    try:
        pairs = _read_pairs(path) if "=" not in source or path.is_file() else _parse_pairs(source)
    except (OSError, ValueError) as exc:
        raise UnusableInput(f"{source!r} can't be read as a map of fields ({exc}); {_REMEDY}.") from exc
    return _checked_pairs(pairs, source)


def _checked_pairs(pairs: Iterable[tuple[str, str]], source: FieldMap) -> dict[str, str]:
    field_map: dict[str, str] = {}
    for left, right in pairs:
        ours, theirs = (left, right) if left.lower() in FIELDS else (right, left)
        if ours.lower() not in FIELDS or not theirs:
            raise UnusableInput(f"{left}={right} names no field of an article; {_REMEDY}.")
        field_map[ours.lower()] = theirs
    if not field_map:
        raise UnusableInput(f"{source!r} maps no field; {_REMEDY}.")
    return field_map


def validated_map(source: FieldMap) -> dict[str, str]:
    """The map that a user gave, as text or as a mapping of ours to theirs; empty if the user gave none."""
    if not source:
        return {}
    return parse_map(source) if isinstance(source, str) else _checked_pairs(source.items(), source)


def _parse_pairs(text: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in text.replace("\n", ",").split(",") if pair.strip()]
    return [(left.strip(), right.strip()) for left, _, right in pairs]


def _read_pairs(path: Path) -> list[tuple[str, str]]:
    text = path.read_text("utf-8")
    if text.lstrip().startswith("{"):
        values = json.loads(text)
    else:
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return _parse_pairs(text)
    return [(str(left), str(right)) for left, right in values.items()]


class FieldMaps:
    """The field maps that users gave, kept in a file in the home folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / _FILE

    def all(self) -> tuple[dict[str, str], ...]:
        """Every map that is remembered, the newest first; none where the file is absent or damaged."""
        try:
            maps = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return ()
        return tuple(
            {str(ours): str(theirs) for ours, theirs in one.items() if ours in FIELDS}
            for one in (maps if isinstance(maps, list) else [])
            if isinstance(one, dict) and one
        )

    def remember(self, field_map: Mapping[str, str]) -> None:
        """Keep a map for the next files whose fields it names. Written whole or not at all."""
        maps = [dict(field_map), *(one for one in self.all() if one != dict(field_map))][:_MOST]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f"{_FILE}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(maps, file, ensure_ascii=False, indent=1)
        Path(name).replace(self._path)


_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:(?!\\)")  # not a drive letter


def is_address(source: str) -> bool:
    """True if a source is written as an address (of any scheme: refusing one is the fetcher's task), not as a path."""
    return _SCHEME.match(source) is not None


def validated_fields(**fields: Any) -> dict[str, Any]:
    """The fields that the user gave, canonical and typed; an empty one clears. Raises BadDate, UnusableInput, and
    TypeError for a field that articles do not have.
    """
    if unknown := fields.keys() - ArticleChanges.__annotations__.keys():
        raise TypeError(f"An article has no field {min(unknown)!r}.")
    values = {name: value for name, value in fields.items() if value is not None}
    if isinstance(day := values.get("published"), str) and day:
        try:
            values["published"] = parse_day(day)
        except ValueError as exc:
            raise BadDate(f"{day!r} is not a date. Write it as YYYY-MM-DD, for example 2022-02-03.") from exc
    if (url := values.get("url")) and not url.lower().startswith(("http://", "https://")):
        raise UnusableInput(f"{url!r} is not a web address. It must start with http:// or https://.")
    for name, longest in LONGEST.items():
        if isinstance(value := values.get(name), str) and len(value) > longest:
            raise UnusableInput(f"The {name} has {len(value)} characters; shorten it to {longest}.")
    return {name: _line(value) if isinstance(value, str) else value for name, value in values.items()}


def _line(value: str) -> str | None:
    return " ".join(canonical(mended(value)).split()) or None
