"""Fields that a person or a program wrote down for an article: their names, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import table
from rag.readers.field_values import day_of, is_empty, language_code
from rag.readers.headlines import first_words, without_contacts
from rag.text.canonical import canonical
from rag.text.dates.written import doubtful_days
from rag.text.language import detect_language

NAMES = {ours: str(names).split() for ours, names in table("dump_fields")["front_matter"].items()}
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_WIKI_LINK = re.compile(r"!?\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,200}))?\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValues:
    """The values of one field and their place for messages ("line 3 of the front matter")."""

    values: tuple[str, ...]
    where: str


def canonical_field(name: str) -> str | None:
    """The field that `name` stands for, or None if it is not one of ours."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return next((ours for ours, names in NAMES.items() if plain in names), None)


def field_values(values: Iterable[str], where: str) -> FieldValues | None:
    """The values that are not empty, each on one line; None if there are none."""
    lines = tuple(line for value in values if not is_empty(line := " ".join(canonical(value).split())))
    return FieldValues(values=lines, where=where) if lines else None


def extract_from_fields(fields: Mapping[str, FieldValues], body: str) -> Extract:
    """An extract of canonical text and fields under our names.

    A value that is not a date stays empty, with a note. Raises UnreadableSource for a URL that is not a web address.
    """
    fields = _outlet_address_as_url(fields)
    days = [_day(fields, name) for name in ("published", "updated")]
    published, updated = (day if isinstance(day, date) else None for day in days)
    doubts = [day for day in days if isinstance(day, str)]
    return Extract(
        text=body, title=field_text(fields, "title") or first_words(body.split("\n", 1)[0]),
        outlet=field_text(fields, "outlet"), byline=_byline(fields), published=published, updated=updated,
        date_basis="front-matter" if published or updated else None,
        language=language_code(field_text(fields, "language")) or detect_language(body), url=_url(fields),
        notes=(*(fields["notes"].values if "notes" in fields else ()), *doubts),
    )  # fmt: skip


def _outlet_address_as_url(fields: Mapping[str, FieldValues]) -> Mapping[str, FieldValues]:
    """The fields, with an address that stands for the outlet (web clippers write "source: https://...") as the url."""
    outlet = fields.get("outlet")
    if outlet is None or not any(_ADDRESS.match(value) for value in outlet.values):
        return fields
    names = tuple(value for value in outlet.values if not _ADDRESS.match(value))
    url = {"url": FieldValues(values=outlet.values[:1], where=outlet.where)} if "url" not in fields else {}
    rest = {name: value for name, value in fields.items() if name != "outlet"}
    return rest | url | ({"outlet": FieldValues(values=names, where=outlet.where)} if names else {})


def _byline(fields: Mapping[str, FieldValues]) -> str | None:
    """The authors without the brackets that note-taking programs set around links, and without their addresses."""
    names = _WIKI_LINK.sub(lambda match: match[2] or match[1], field_text(fields, "byline") or "")
    return without_contacts(names) or names or None


def field_text(fields: Mapping[str, FieldValues], name: str) -> str | None:
    """The values of a field, joined by commas."""
    return ", ".join(fields[name].values) if name in fields else None


def _day(fields: Mapping[str, FieldValues], name: str) -> date | str | None:
    """The day that a field gives, None for none, or a note where it can't be read as a day."""
    if name not in fields:
        return None
    value = fields[name].values[0]
    if day := day_of(value):
        return day
    if doubt := doubtful_days(value):
        text, first, second = doubt
        return f"date in doubt: {name} is given as {text}, which is {first.isoformat()} or {second.isoformat()}."
    return f"date in doubt: {name} in {fields[name].where} is {value[:60]!r}; write it as YYYY-MM-DD."


def _url(fields: Mapping[str, FieldValues]) -> str | None:
    url = field_text(fields, "url")
    if url and not _ADDRESS.match(url):
        raise UnreadableSource(f"url in {fields['url'].where} is {url[:60]!r}; it must start with http:// or https://.")
    return url
