"""Articles as JSON: one object a line (JSON Lines), one object, a list of objects, or an answer that holds a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.knowledge.tables import table
from rag.readers.field_values import DayOrder, day_order
from rag.readers.records import (
    RecordOptions,
    aliases_of,
    choose_map,
    field_key,
    field_names,
    known_name,
    record_extract,
)
from rag.readers.source import Source

_MOST = 1_000_000
_LONGEST_LINE = 5_000_000  # characters
_SAMPLE = 200  # records that show how a dump writes its days
_ACTIONS = frozenset(("index", "create", "update", "delete"))
_REMEDY = 'write one object a line with at least "text"'


def is_records(start: str) -> bool:
    """True if the first line begins a JSON object, or a list of them."""
    return re.match(r"\s*(?:\[\s*)?\{\s*(?:\"|\})", start) is not None


def read_records(source: Source) -> Iterator[tuple[str, Extract | UnusableInput]]:
    """The article of each object, or the error that it has, with the object's place ("line 3")."""
    outlet, numbered = _objects(source)
    sample = list(islice(numbered, _SAMPLE))
    names = [name for _, item in sample if isinstance(item, Mapping) for name in field_names(item)]
    order = _find_day_order([item for _, item in sample])
    options = RecordOptions(field_map=choose_map(source, names), outlet=outlet, order=order)
    for count, (where, item) in enumerate(chain(sample, numbered)):
        if count >= _MOST:
            yield where, UnreadableSource(f"There are more than {_MOST:,} articles; split the file.")
            return
        if isinstance(item, Mapping) and len(item) == 1 and not _ACTIONS.isdisjoint(item):
            continue  # tells a search engine what to do with the next line
        try:
            if isinstance(item, UnusableInput):
                raise item
            if not isinstance(item, Mapping):
                raise UnreadableSource(f"There is no object in {where}; {_REMEDY}.")
            yield where, record_extract(item, where, options)
        except UnusableInput as exc:
            yield where, exc


def _find_day_order(items: Sequence[object]) -> DayOrder | None:
    names = set(aliases_of("published"))
    values = [
        value
        for item in items
        if isinstance(item, Mapping)
        for name, value in item.items()
        if isinstance(value, str) and known_name(field_key(str(name))) in names
    ]
    return day_order(values)


def _objects(source: Source) -> tuple[str | None, Iterator[tuple[str, object]]]:
    """The objects with their places, and the outlet that a whole answer names: its feed's title."""
    if isinstance(source.content, bytes):
        try:
            whole = json.loads(source.text.lstrip("\ufeff \t\r\n"))
        except (ValueError, RecursionError):
            whole = None
        if isinstance(whole, dict | list):
            outlet, items = _record_list(whole)
            return outlet, ((f"item {number}", item) for number, item in enumerate(items, start=1))
    return None, _lines(source)


def _lines(source: Source) -> Iterator[tuple[str, object]]:
    for number, line in enumerate(source.lines(), start=1):
        where, bare = f"line {number}", line.strip("\ufeff \t\r\n,")
        if not bare or bare in "[]":
            continue
        try:
            if len(bare) > _LONGEST_LINE:
                raise UnreadableSource(f"The object in {where} is longer than an article can be; leave it out.")
            yield where, json.loads(bare)
        except UnusableInput as exc:
            yield where, exc
        except (ValueError, RecursionError):
            yield where, UnreadableSource(f"The object in {where} is not valid JSON; {_REMEDY}.")


def _record_list(whole: object, depth: int = 0) -> tuple[str | None, list[object]]:
    """The records of an answer: the list that it holds under a name for such lists, or the answer itself."""
    if isinstance(whole, list):
        return None, whole
    if isinstance(whole, dict) and depth < 3:
        if (columns := _records_of_columns(whole)) is not None:
            return None, columns
        names = {field_key(name) for name in table("dump_fields")["containers"]}
        for name, value in whole.items():
            if field_key(str(name)) not in names:
                continue
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                is_feed = not {"home_page_url", "version", "feed_url"}.isdisjoint(whole)
                title = whole.get("title")
                return title if is_feed and isinstance(title, str) else None, value
            if isinstance(value, dict) and (inner := _record_list(value, depth + 1))[1] != [value]:
                return inner
        values = list(whole.values())
        if len(values) > 1 and all(isinstance(value, dict) for value in values) and not _is_record(whole):
            return None, values  # objects under their ids
    return None, [whole]


def _records_of_columns(whole: dict[str, object]) -> list[object] | None:
    """The records of a table that pandas wrote by columns, or as names and rows; None for anything else."""
    names, rows = whole.get("columns"), whole.get("data")
    if isinstance(names, list) and isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    columns = [column for column in whole.values() if isinstance(column, dict)]
    if len(columns) < 2 or len(columns) < len(whole) or not _is_record(whole) or any(map(_is_record, columns)):
        return None
    keys = dict.fromkeys(key for column in columns for key in column)
    return [{name: column.get(key) for name, column in whole.items()} for key in keys]  # type: ignore[attr-defined]


def _is_record(item: Mapping[str, object]) -> bool:
    return any(field_key(str(name)) in aliases_of("text") for name in item)
