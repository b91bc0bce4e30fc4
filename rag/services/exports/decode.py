"""Values of `rag.domain` from the JSON that `as_json` made of them, with every type checked: the file is hostile."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from rag.domain import parse_day_or_month
from rag.errors import UnusableInput

T = TypeVar("T")


def decode(kind: type[T], value: object) -> T:
    """The value as `kind`, a frozen dataclass; fields that it does not know are left out. Raises UnusableInput."""
    return cast("T", _built(kind, value, kind.__name__))


def _built(kind: Any, value: Any, place: str) -> Any:  # one case for each kind of type there is
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None and NoneType in get_args(kind):
            return None
        return _built(next(one for one in get_args(kind) if one is not NoneType), value, place)
    if origin is Literal:
        if value in get_args(kind):
            return value
    elif origin is tuple and isinstance(value, list):
        inner = get_args(kind)[0]
        return tuple(_built(inner, item, f"{place}[{at}]") for at, item in enumerate(value))
    elif is_dataclass(kind) and isinstance(value, dict):
        return _fields(kind, value, place)
    elif kind in (date, datetime) and isinstance(value, str):
        try:
            return parse_day_or_month(value) if kind is date else datetime.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, bool):
        if kind is bool:
            return value
    elif (kind is float and isinstance(value, int | float)) or (isinstance(kind, type) and isinstance(value, kind)):
        return value
    raise UnusableInput(f"This file is no export that can be read: {place} is not what it should be.")


def _fields(kind: Any, value: dict[str, Any], place: str) -> Any:
    hints = get_type_hints(kind)
    given = {}
    for item in fields(kind):
        if item.name in value:
            given[item.name] = _built(hints[item.name], value[item.name], f"{place}.{item.name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise UnusableInput(f"This file is no export that can be read: {place} has no {item.name!r}.")
    return kind(**given)
