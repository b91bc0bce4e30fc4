"""Articles as JSON: one object a line (JSON Lines), one object, or a list of objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.declared_fields import Given, canonical_field, extract_from_fields, given
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

_TEXT = ("text", "body", "articlebody", "content")
_MOST = 100_000
_REMEDY = 'write one object a line with at least "text"'


def is_records(text: str) -> bool:
    """True if the first line of `text` begins a JSON object, or a list of them."""
    return re.match(r"\s*(?:\[\s*)?\{\s*\"", text) is not None


def records(text: str) -> Iterator[tuple[str, Extract | UnusableInput]]:
    """The article of each object, or the error that it has, with the object's place ("line 3").

    A text without a title and a date of its own is searched for them as a pasted page is.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict | list):
        items = whole if isinstance(whole, list) else [whole]
        numbered = ((f"item {number}", item) for number, item in enumerate(items, start=1))
    else:
        lines = enumerate(text.split("\n"), start=1)
        numbered = ((f"line {number}", line) for number, line in lines if line.strip())
    for count, (where, item) in enumerate(numbered):
        if count >= _MOST:
            yield where, UnreadableSource(f"There are more than {_MOST} articles; split the file.")
            return
        try:
            yield where, _record(json.loads(item) if isinstance(item, str) else item, where)
        except UnusableInput as exc:
            yield where, exc
        except (ValueError, RecursionError):
            yield where, UnreadableSource(f"The object in {where} is not valid JSON; {_REMEDY}.")


def _record(item: object, where: str) -> Extract:
    if not isinstance(item, dict):
        raise UnreadableSource(f"There is no object in {where}; {_REMEDY}.")
    names = {name.lower(): value for name, value in item.items()}
    text = next((value for name in _TEXT if isinstance(value := names.get(name), str) and value.strip()), None)
    if text is None:
        raise UnreadableSource(f"The object in {where} has no text; {_REMEDY}.")
    fields: dict[str, Given] = {}
    for name, value in item.items():
        values = value if isinstance(value, list) else [value]
        ours, found = canonical_field(name), given([one for one in values if isinstance(one, str)], where)
        if ours and found:
            fields.setdefault(ours, found)
    body = canonical(text)
    if "title" not in fields and "published" not in fields:
        pasted = read_pasted(body)
        fields["title"] = Given(values=(pasted.title or "",), where=where)
        body = pasted.text
    return extract_from_fields(fields, body)
