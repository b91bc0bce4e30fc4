"""What a user names as a source, and says about it."""

from __future__ import annotations

import re
from typing import Any

from rag.domain import parse_day
from rag.errors import BadDate, UnusableInput
from rag.readers.source import LONGEST
from rag.text.canonical import canonical

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:(?!\\)")  # not a drive letter


def is_address(source: str) -> bool:
    """True if a source is written as an address (of any scheme: refusing one is the fetcher's task), not as a path."""
    return _SCHEME.match(source) is not None


def validated_fields(**fields: Any) -> dict[str, Any]:
    """The fields that the user gave, canonical and typed; an empty one clears. Raises BadDate, UnusableInput."""
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
    return " ".join(canonical(value).split()) or None
