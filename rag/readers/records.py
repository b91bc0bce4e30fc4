"""Extracts from the records of dumps and tables, whatever their fields are called."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.knowledge.tables import pattern_of, table
from rag.readers.decode import with_characters
from rag.readers.field_values import DayOrder, author_names, day_of, is_empty, language_code
from rag.readers.no_articles import page_refusal
from rag.readers.pasted import read_pasted
from rag.readers.source import FIELDS, Source
from rag.text.canonical import canonical, fold
from rag.text.dates.written import doubtful_days
from rag.text.language import detect_language

_ADDRESS = re.compile(r"https?://[^\s/]\S*$", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:www\d?\.)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/?$", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:p|div|br|a|span|h[1-6]|strong|em|b|i|ul|li|figure|img|blockquote|article|section)\b[^>]{0,400}>",
    re.IGNORECASE,
)
_TRUNCATION, _CUT_END = (pattern_of("furniture", key, flags=0) for key in ("truncation", "cut_end"))
_TAKEN_DOWN = re.compile(r"\s*\[\w{4,20}\]\s*")  # "[Removed]" in place of each field
_SECTIONS = frozenset(("summary", "sections", "paragraphs", "blocks"))  # of a text that is kept in parts
_PARAGRAPH_FIELDS = frozenset(
    "summary sections headline headlines paragraphs text body content paragraph children blocks value".split()
)
_LITERALS = frozenset(("['", '["', "[{", "{'", '{"'))  # beginnings of lists and mappings that are written in a cell
_TYPE_MARKS = frozenset(
    ("$date", "$numberLong", "#text", "_text", "__cdata", "$t")
)  # of databases and of XML written as JSON
_CUT_WITHIN = 200  # characters at the end in which a text says that it is cut
_SHORTEST_STEM = 4  # letters of the name of a field without what stands before or behind it
_LONGEST_LITERAL = 100_000  # characters of a list or a mapping that is written in a cell
_DEEPEST = 4  # levels of a record that are looked into
_MOST_LEAVES = 2_000
_REMEDY = 'name the field of the text with --map text=FIELD, or write one object a line with at least "text"'


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """How the records of one source are read: the user's names for fields, how days are written, the outlet of all."""

    field_map: Mapping[str, str] = field(default_factory=dict)
    order: DayOrder | None = None
    outlet: str | None = None


@lru_cache(maxsize=10_000)
def field_key(name: str) -> str:
    """The name of a field in the form in which names are compared."""
    return re.sub(r"[\s_.:()'’-]+", "", fold(name))


@cache
def aliases_of(ours: str) -> tuple[str, ...]:
    """The field keys under which dumps hold a field of ours, the most reliable first."""
    return tuple(dict.fromkeys(field_key(name) for name in table("dump_fields")[ours]))


@lru_cache(maxsize=10_000)
def known_name(key: str) -> str:
    """The field key that dumps use for what `key` names: "publishedts" and "articlepublished" are "published".
    `key` itself where it is one of them, or none.
    """
    affixes = table("dump_fields")["affixes"]
    if key in all_aliases():
        return key
    for ours in FIELDS:
        stems = [key.removesuffix(end) for end in affixes["after"].get(ours, "").split()]
        stems += [key.removeprefix(start) for start in affixes["before"].split()]
        if stem := next((one for one in stems if len(one) >= _SHORTEST_STEM and one in aliases_of(ours)), None):
            return stem
    return key


@cache
def _wrappers() -> frozenset[str]:
    return frozenset(field_key(name) for name in table("dump_fields")["wrappers"])


@cache
def all_aliases() -> frozenset[str]:
    """The keys of all fields."""
    return frozenset(name for ours in (*FIELDS, "domain", "summary") for name in aliases_of(ours))


def choose_map(source: Source, names: Iterable[str]) -> Mapping[str, str]:
    """The user's map for a dump with these fields: that of the source, or an earlier one all of whose fields it has.

    Raises UnreadableSource where the map of the source names a field that the dump does not have.
    """
    keys = {field_key(name) for name in names}
    if missing := [theirs for theirs in source.field_map.values() if field_key(theirs) not in keys]:
        fields = ", ".join(dict.fromkeys(name for name in names if name))[:300]
        raise UnreadableSource(f"{source.name} has no field {missing[0]!r}; its fields are: {fields}.")
    earlier = (one for one in source.known_maps if all(field_key(theirs) in keys for theirs in one.values()))
    return source.field_map or next(earlier, {})


def field_names(record: Mapping[str, object]) -> list[str]:
    """The names of the fields of a record, those within others with the name of the one around them."""
    return list(dict.fromkeys(".".join(path) for path, _ in _walk_texts(record, ())))


def record_extract(record: Mapping[str, object], where: str, reading: RecordOptions) -> Extract:
    """The article of a record. A field that it does not clearly give stays empty.

    Raises UnreadableSource where there is no text. A text without title and day of its own is searched for them as a
    pasted page is. A day that can't be read is left empty, with a note.
    """
    values = _RecordValues(record, reading.field_map)
    text, notes = _text(values, where)
    outlet, url = _outlet_and_url(values)
    days: dict[str, date | None] = {}
    for name in ("published", "updated"):
        value = values.first(name)
        days[name] = day_of(value, reading.order) if value else None
        if value and days[name] is None and (doubt := doubtful_days(value)):
            days_meant = " or ".join(day.isoformat() for day in doubt[1:])
            notes.append(f"date in doubt: {name} is {doubt[0]} in {where}, which is {days_meant}, so it is left empty")
        elif value and days[name] is None and not is_empty(value):
            notes.append(f"{name} is {value[:60]!r} in {where}: no day can be read from it, so it is left empty")
    title = values.first("title")
    title = _title(title, outlet) if title else None
    if reason := page_refusal(title, text.split("\n")):
        raise UnreadableSource(f"The text in {where} is {reason}.")
    outlet = outlet or reading.outlet
    authors = (author_names(values.all("byline")) or "").split(", ")
    extract = Extract(
        text=text,
        title=title or None,
        outlet=outlet,
        byline=", ".join(name for name in authors if fold(name) != fold(outlet or "")) or None,
        published=days["published"],
        updated=days["updated"] if days["updated"] != days["published"] else None,
        date_basis="meta" if days["published"] or days["updated"] else None,
        language=language_code(values.first("language")) or detect_language(text),
        url=url,
        notes=tuple(notes),
    )
    return extract if extract.title or extract.published else _search_text(extract)


def _title(text: str, outlet: str | None) -> str:
    """A title on one line, without markup and without the outlet behind it."""
    title = " ".join(html.unescape(re.sub(r"<[^>]{1,200}>", "", text)).split())
    parts = re.match(r"(?P<head>.+?)\s[-–—|:]\s(?P<tail>[^|]+)$", title) if outlet else None
    return parts["head"] if parts and fold(parts["tail"]) == fold(outlet or "") else title


def _search_text(extract: Extract) -> Extract:
    pasted = read_pasted(extract.text)
    return replace(
        pasted, outlet=extract.outlet, byline=extract.byline or pasted.byline, url=extract.url,
        language=extract.language or pasted.language, notes=extract.notes,
    )  # fmt: skip


class _RecordValues:
    """The texts in a record, by the names of their fields."""

    def __init__(self, record: Mapping[str, object], field_map: Mapping[str, str]) -> None:
        self._leaves: dict[str, list[str]] = {}
        self._near: dict[str, list[str]] = {}  # under names that only stand for a known one
        self._mapped = {ours: field_key(theirs) for ours, theirs in field_map.items()}
        wrappers = _wrappers()
        for path, value in _walk_texts(record, ()):
            if sum(map(len, self._leaves.values())) > _MOST_LEAVES:
                break
            within = path[:1] == ("_source",)  # a search engine's record, not the source of the article
            if within and (whole := field_key("".join(path))) in self._mapped.values():
                self._add(whole, value)
            names = [field_key(part) for part in path[within:]]
            self._add("".join(names), value)
            while len(names) > 1 and names[0] in wrappers:
                names = names[1:]
                self._add("".join(names), value)
            if len(names) == 2 and names[1] in ("name", "title", "rendered", "main", "value", "text", "plain", "full"):
                self._add(names[0], value)

    def _add(self, name: str, value: str) -> None:
        self._leaves.setdefault(name, []).append(value)
        if (near := known_name(name)) != name:
            self._near.setdefault(near, []).append(value)

    def names(self, ours: str) -> Sequence[str]:
        """The names under which the record may hold a field: the user's alone where the user gave one."""
        return (self._mapped[ours],) if ours in self._mapped else aliases_of(ours)

    def first(self, ours: str) -> str | None:
        """The first value of a field that is not empty."""
        return next(iter(self.all(ours)), None)

    def all(self, ours: str) -> list[str]:
        """All values under the best name that has any."""
        for leaves in (self._leaves, self._near):
            for name in self.names(ours):
                if values := [value for value in leaves.get(name, ()) if not is_empty(value)]:
                    return values
        return []

    def each(self, ours: str) -> Iterator[str]:
        """All values under all names, the best first."""
        for leaves in (self._leaves, self._near):
            for name in self.names(ours):
                yield from (value for value in leaves.get(name, ()) if not is_empty(value))


def _walk_texts(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in a record with the names that lead to them. A list of paragraphs is one text."""
    if isinstance(value, str) and value[:2] in _LITERALS:
        value = _literal(value)
    if isinstance(value, Mapping):
        if path and field_key(path[-1]) in aliases_of("text") and not _SECTIONS.isdisjoint(value):
            yield path, "\n\n".join(_paragraphs(value))
        elif len(path) < _DEEPEST:
            for name, inner in value.items():
                yield from _walk_texts(inner, (*path, str(name)) if name not in _TYPE_MARKS else path)
    elif isinstance(value, list | tuple):
        if path and field_key(path[-1]) in aliases_of("text"):
            yield path, "\n\n".join(_paragraphs(value))
        else:
            for inner in value[:200]:
                yield from _walk_texts(inner, path)
    elif isinstance(value, datetime | date):
        yield path, value.isoformat()
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, str | int | float):
        yield path, f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _literal(text: str) -> object:
    """The list or mapping that a program wrote into a cell ("['Mara Lind']"); the text itself if it is not one."""
    if len(text) > _LONGEST_LITERAL:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _paragraphs(value: object, depth: int = 0) -> Iterator[str]:
    """The texts in nested sections, in their order, as fundus and block editors write them."""
    if isinstance(value, str):
        yield value
    elif depth > 6:
        return
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _paragraphs(inner, depth + 1)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if field_key(str(name)) in _PARAGRAPH_FIELDS:
                yield from _paragraphs(inner, depth + 1)


def _text(values: _RecordValues, where: str) -> tuple[str, list[str]]:
    """The text of the article, and notes on it for the user."""
    notes: list[str] = []
    raw = next((value for value in values.each("text") if any(char.isalpha() for char in value)), None)
    if raw is None and (summary := values.first("summary")):
        raw = summary
        notes.append("cut: the record holds a summary, not the article")
    if raw is None:
        raise UnreadableSource(_no_text(values, where))
    if _TAKEN_DOWN.fullmatch(raw):
        raise UnreadableSource(f"The text in {where} is “{raw.strip()}”: the article was taken down; leave it out.")
    end = max(0, len(raw) - _CUT_WITHIN)
    if match := _TRUNCATION.search(raw, end):
        raw = raw[: match.start()] + "…"
        notes.append(f"cut: the record leaves out the last {match['more']} characters of the article")
    elif match := _CUT_END.search(raw, end):
        raw = raw[: match.start()].rstrip() + " …"
        notes.append("cut: the record holds the beginning of the article alone")
    text = _plain_text(raw)
    if not any(char.isalnum() for char in text):
        raise UnreadableSource(_no_text(values, where))
    return text, notes


def _no_text(values: _RecordValues, where: str) -> str:
    url = next((value for value in values.each("url") if _ADDRESS.match(value)), None)
    if url:
        return f"The record in {where} has no text, only the address {url[:200]}; add that, or {_REMEDY}."
    return f"The record in {where} has no text; {_REMEDY}."


def _plain_text(raw: str) -> str:
    """Canonical text; markup is read as a page is, so that its paragraphs stay."""
    escaped = raw.count("&lt;p") + raw.count("&lt;/p") >= 2
    source = html.unescape(raw) if escaped else raw
    if len(_TAGS.findall(source[:20_000])) < 1 or not re.search(
        r"</?(?:p|div|br|h[1-6]|li|article)\b", source[:20_000], re.IGNORECASE
    ):
        return canonical(with_characters(source))
    from rag.readers.html import read_html

    try:
        return read_html(f"<html><body><article>{source}</article></body></html>", whole=False).text
    except UnusableInput:
        return canonical(html.unescape(re.sub(r"<[^>]{1,400}>", " ", re.sub(r"(?i)</p>|<br\s*/?>", "\n\n", source))))


def _outlet_and_url(values: _RecordValues) -> tuple[str | None, str | None]:
    """Outlet and address: an address under the name of an outlet is an address, a host alone the last resort."""
    url = next((value.strip() for value in values.each("url") if _ADDRESS.match(value.strip())), None)
    outlet = None
    for value in values.each("outlet"):
        line = " ".join(html.unescape(value).split())
        if _ADDRESS.match(line):
            url = url or (line if not _HOST.match(line) else None)
        elif outlet is None and not _HOST.match(line) and not (line.isdigit() or len(line) > 120):
            outlet = line
    hosts = [value for name in ("outlet", "domain") for value in values.each(name)]
    host = next((match["host"].lower() for value in hosts if (match := _HOST.match(value.strip()))), None)
    return outlet or host, url
