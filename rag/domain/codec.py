"""Values of this package as plain JSON data, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def as_json(value: Any) -> Any:
    """The value as plain lists, dicts, strings and numbers; fields keep their names."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return dict(_pairs(value))
    return value


def decode(kind: type[T], value: object) -> T:
    """The inverse of `as_json`: a value of type `kind`. Types are checked, unknown fields are ignored. Raises
    ValueError.
    """
    from pydantic import ValidationError

    try:
        result: T = _adapter(cast("Any", kind)).validate_python(value)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from exc
    return result


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # slow to import, and needed for decoding only

    return TypeAdapter(kind)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(value):
        yield item.name, as_json(getattr(value, item.name))
