"""References in RIS, as ProQuest and reference managers give them, with abstract or full text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.domain import Extract
from rag.knowledge.tables import table
from rag.readers.exports import Export, article
from rag.readers.field_values import day_of

_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])  ?-(?: (?P<value>.*))?$")
_FIRST = re.compile(r"\s*TY  ?- ?\w+")
_MEANINGS: dict[str, list[str]] = table("export_labels")["ris"]
_FULL = 1_500  # characters from which a text is no abstract


def _is_ris(text: str) -> bool:
    return _FIRST.match(text) is not None


def _split(text: str) -> Sequence[str]:
    return [part for part in re.split(r"^ER  ?-.*$", text, flags=re.MULTILINE) if _FIRST.match(part)]


def _read(text: str) -> Extract:
    values: dict[str, list[str]] = {}
    tag = ""
    for line in text.split("\n"):
        if match := _TAG.match(line.rstrip()):
            tag = match["tag"]
            values.setdefault(tag, []).append(match["value"] or "")
        elif tag:
            values[tag][-1] += "\n" + line

    def first(meaning: str) -> str | None:
        found = (value.strip() for tag in _MEANINGS[meaning] for value in values.get(tag, []))
        return next((value for value in found if value), None)

    texts = [value.strip() for tag in _MEANINGS["text"] for value in values.get(tag, [])]
    body = max(texts, key=len, default="")
    authors = [value.strip() for tag in _MEANINGS["byline"] for value in values.get(tag, []) if value.strip()]
    days = (
        day_of(value.strip().strip("/").replace("/", "-")) or day_of(value)
        for tag in _MEANINGS["published"]
        for value in values.get(tag, [])
    )
    return article(
        title=first("title"),
        outlet=first("outlet"),
        byline="; ".join(authors) or None,
        published=next((day for day in days if day), None),
        language=first("language"),
        url=next(
            (
                value.strip()
                for tag in _MEANINGS["url"]
                for value in values.get(tag, [])
                if value.strip().startswith("http")
            ),
            None,
        ),
        body=body.split("\n"),
        notes=() if len(body) >= _FULL else ("cut: the export may hold the abstract alone",),
    )


RIS = Export(name="RIS references", recognize=_is_ris, split=_split, read=_read)
