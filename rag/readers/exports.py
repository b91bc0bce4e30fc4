"""Exports of news databases: many articles in one text, each between a header and a tail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.knowledge.tables import table
from rag.readers.field_values import author_names, language_code
from rag.readers.headlines import first_words
from rag.readers.source import Entry
from rag.readers.unwrap import unwrap
from rag.text.canonical import canonical
from rag.text.dates.written import written_days
from rag.text.language import detect_language

if TYPE_CHECKING:  # takes a while to import
    from lxml.html import HtmlElement

_LABEL = re.compile(r"(?P<label>[^\W\d_][\w /-]{0,40}?)\s?:(?:\s+|$)(?P<value>.*)", re.DOTALL)
MOST_ARTICLES = 20_000  # articles of one export
_TOO_MANY = f"There are more than {MOST_ARTICLES:,} articles in this export; split it."
_SAVED_EXPORT = re.compile(
    r"factiva|class=[\"'][^\"']*\benArticle\b|[\"']article-[A-Z0-9]{12,}|LXNComment|<DOCFULL|>\s*\d+ of \d+ DOCUMENTS\b"
    r"|>\s*End of Document\b|ProQuest document ID",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLOCKS = ("p", "div", "td", "tr", "table", "br", "li", "h1", "h2", "h3", "h4")
PAGE_LINE = re.compile(r"\s*(?:{page})\s?\d+ (?:{of}) \d+\s*".format_map(table("export_labels")), re.IGNORECASE)
"""A line that counts the pages of a print-out: "Page 2 of 9"."""
COPYRIGHT = re.compile(r"\s*(?:copyright\b|©|\(c\)|all rights reserved)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A kind of export: whether a text is one, and the parts of it, of one article each."""

    name: str
    recognize: Callable[[str], bool]
    split: Callable[[str], Sequence[str]]
    read: Callable[[str], Extract]

    def entries(self, text: str, name: str) -> Iterator[Entry]:
        """The articles, each under its number; one that can't be read is its error."""
        for number, part in enumerate(self.split(text.replace("\r\n", "\n").replace("\r", "\n")), start=1):
            where = f"{name}, article {number}"
            if number > MOST_ARTICLES:
                yield Entry(name=where, content=UnreadableSource(_TOO_MANY))
                return
            try:
                yield Entry(name=where, content=self.read(part))
            except UnusableInput as exc:
                yield Entry(name=where, content=exc)


@cache
def labels(kind: str) -> dict[str, str]:
    """Label in lower case -> its meaning, for one kind of export."""
    meanings: dict[str, str] = {}
    for meaning, names in table("export_labels")[kind].items():
        for name in names if meaning not in ("tail", "captions") else ():
            meanings.setdefault(name.lower(), meaning)
    return meanings


def label_of(line: str, kind: str) -> tuple[str, str] | None:
    """Meaning and value of a line such as "BYLINE: Ada Reyes"; None where it begins with no known label."""
    match = _LABEL.match(line)
    if match is None or (meaning := labels(kind).get(match["label"].strip().lower())) is None:
        return None
    return meaning, match["value"].strip()


def day_in(line: str) -> date | None:
    """The day of a short line that holds one."""
    days = written_days(line) if len(line) <= 120 else []
    return days[0].day if len(days) == 1 else None


def one_line_value(values: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The lines of a field as one; None where there are no words."""
    return " ".join(" ".join(values.get(name, [])).split()) or None


def build_extract(
    *,
    title: str | None,
    body: Sequence[str],
    outlet: str | None = None,
    byline: str | None = None,
    published: date | None = None,
    language: str | None = None,
    url: str | None = None,
    notes: tuple[str, ...] = (),
) -> Extract:
    """The extract of an article. Hard-wrapped lines of `body` are joined; empty lines part its paragraphs.

    Raises UnreadableSource where there is no text.
    """
    paragraphs = [line.strip() for line in unwrap(canonical("\n".join(body))).split("\n")]
    text = canonical("\n\n".join(line for line in paragraphs if line))
    if not any(char.isalpha() for char in text):
        subject = f"“{title}” has" if title else "An article of this export has"
        raise UnreadableSource(f"{subject} no text in it; export it again with the full text.")
    return Extract(
        text=text, title=title or first_words(text.split("\n", 1)[0]), outlet=outlet,
        byline=author_names([byline]), published=published, date_basis="meta" if published else None,
        language=detect_language(text) or language_code(language),
        url=url if url and re.match(r"https?://\S+$", url) else None, notes=notes,
    )  # fmt: skip


@cache
def _exports() -> tuple[Export, ...]:
    from rag.readers.factiva import FACTIVA, FACTIVA_FIELDS
    from rag.readers.nexis import NEXIS, NEXIS_UNI
    from rag.readers.proquest import PROQUEST, RIS

    return (RIS, NEXIS, FACTIVA_FIELDS, FACTIVA, PROQUEST, NEXIS_UNI)


def export_of(text: str) -> Export | None:
    """The kind of export that a text is; None for any other text."""
    return next((kind for kind in _exports() if kind.recognize(text)), None)


def html_export(html: str) -> tuple[Export, str] | None:
    """The kind and the text of an export that was saved as a web page; None for any other page."""
    if not _SAVED_EXPORT.search(html):
        return None
    text = _page_text(html)
    kind = export_of(text)
    return (kind, text) if kind else None


def _page_text(html: str) -> str:
    """The text of a page, a line for each block, with an empty one below paragraphs and headlines."""
    from rag.readers.html import parse_html

    if (tree := parse_html(_CONTROLS.sub(" ", html))) is None:
        return ""
    for element in tree.iter("script", "style", "head"):
        element.clear()
    for element in tree.iter(*_BLOCKS):
        element.text = "\n" + (element.text or "")
        tail = element.tail or ""
        if element.tag == "p" or _is_headline(element):
            element.tail = "\n\n" + tail
        elif tail.strip():
            element.tail = ("  " if element.tag == "td" else "\n") + tail
    lines = [" ".join(line.split()) for line in "".join(tree.itertext()).split("\n")]
    # A cell with a code and the one with its value are one line.
    return re.sub(r"^([A-Z]{2,4})\n+(?=\S)", r"\1  ", "\n".join(lines), flags=re.MULTILINE)


def _is_headline(element: HtmlElement) -> bool:
    classes = " ".join(inner.get("class") or "" for inner in element.iter())
    return "headline" in classes.lower() and sum(1 for _ in element.iter("div", "p", "td")) <= 1
