"""Values of this package as plain JSON data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from typing import Any


def as_json(value: Any) -> Any:
    """Plain lists, dicts, strings and numbers of any value of this module, under the same names."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return dict(_pairs(value))
    return value


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(value):
        yield item.name, as_json(getattr(value, item.name))
