"""Electronic books (EPUB), as news is saved or sent in them: one article a chapter, in the order of reading."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from lxml.etree import LxmlError, XMLParser, _Element, fromstring

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.archive import open_archive, read_member
from rag.readers.headlines import clean_authors, first_words, word_count
from rag.readers.html import read_html
from rag.readers.json_ld import one_line
from rag.readers.page_data import web_address
from rag.text.dates.written import written_days

_CONTAINER = "META-INF/container.xml"
_MOST_CHAPTERS = 2_000
_LARGEST_PART = 10_000_000  # bytes of one chapter
_FEWEST_WORDS = 40  # of an article; covers, tables of contents and imprints have fewer
_FEWEST_HEADLINE = 3  # words of a headline; "Chapter 1" is none
_DAMAGED_BOOK = "{name} is a damaged EPUB book: {lacks}; save the articles as HTML or text and add those."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    title: str | None
    creator: str | None
    publisher: str | None
    source: str | None
    day: str | None
    chapters: tuple[str, ...]


def read_epub(data: bytes, name: str) -> Iterator[tuple[str, Extract | UnusableInput]]:
    """Each chapter that holds an article, with its name in the book. What the book says of itself (title, author, day,
    source) is said of the article only where there is one.

    Raises UnreadableSource where the book is damaged, protected, or holds no article.
    """
    with open_archive(data) as archive:
        if "META-INF/rights.xml" in archive.namelist() or "META-INF/sinf.xml" in archive.namelist():
            raise UnreadableSource(f"{name} is an EPUB book with copy protection; it can't be read.")
        book = _read_book(archive, name)
        chapters = [(chapter, _read_chapter(archive, chapter)) for chapter in book.chapters]
    articles = [(chapter, item) for chapter, item in chapters if isinstance(item, Extract)]
    whole = [(chapter, item) for chapter, item in articles if len(item.text.split()) >= _FEWEST_WORDS] or articles[:1]
    if not whole:
        raise UnreadableSource(f"{name} is an EPUB book without an article in it; add the articles themselves.")
    for chapter, extract in whole:
        yield chapter, _fill_from_book(extract, book) if len(whole) == 1 else extract
    yield from ((chapter, item) for chapter, item in chapters if isinstance(item, UnusableInput))


def _read_chapter(archive: zipfile.ZipFile, path: str) -> Extract | UnusableInput | None:
    """The article of one chapter, None where it holds no words, or the error that it has."""
    try:
        content = read_member(archive, archive.getinfo(path), largest=_LARGEST_PART)
    except KeyError:
        return UnreadableSource(f"{path} is named in the book but not in it; save the book again.")
    except UnreadableSource as exc:
        return exc
    try:
        return read_html(content, whole=False)
    except UnreadableSource:
        return None


def _fill_from_book(extract: Extract, book: _Book) -> Extract:
    days = written_days(book.day or "")
    published = extract.published or (days[0].day if len(days) == 1 else None)
    address = web_address(book.source, None) if book.source else None
    is_headline = word_count(extract.title or "") >= _FEWEST_HEADLINE and extract.title != first_words(extract.text)
    return replace(
        extract, title=extract.title if is_headline else book.title or extract.title,
        byline=extract.byline or book.creator, url=extract.url or address,
        outlet=extract.outlet or book.publisher or (None if address else book.source), published=published,
        date_basis=extract.date_basis or ("meta" if published else None),
    )  # fmt: skip


def _read_book(archive: zipfile.ZipFile, name: str) -> _Book:
    container = _parse_part(archive, _CONTAINER, name)
    root = next((item.get("full-path") for item in container.iter("{*}rootfile")), None)
    if root is None:
        raise UnreadableSource(_DAMAGED_BOOK.format(name=name, lacks="it does not say where its contents are"))
    package = _parse_part(archive, root, name)
    hrefs = {
        item.get("id"): posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(item.get("href") or "")))
        for item in package.iter("{*}item")
        if "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split()
    }
    order = [hrefs[ref] for item in package.iter("{*}itemref") if (ref := item.get("idref")) in hrefs]
    if len(order) > _MOST_CHAPTERS:
        raise UnreadableSource(f"{name} is a book of more than {_MOST_CHAPTERS} chapters; split it.")
    title, creator, publisher, source, day = (
        one_line(" ".join(element.itertext()))
        if (element := package.find(f".//{{*}}metadata/{{*}}{field}")) is not None
        else None
        for field in ("title", "creator", "publisher", "source", "date")
    )
    return _Book(
        title=title, creator=clean_authors(creator) if creator else None, publisher=publisher, source=source, day=day,
        chapters=tuple(dict.fromkeys(order)),
    )  # fmt: skip


def _parse_part(archive: zipfile.ZipFile, path: str, name: str) -> _Element:
    """A part of the book as a tree; entities are not resolved and nothing is fetched."""
    try:
        content = read_member(archive, archive.getinfo(path), largest=_LARGEST_PART)
        tree = fromstring(content, XMLParser(resolve_entities=False, no_network=True, recover=True))
        if tree is None:  # where there is nothing that can be recovered
            raise ValueError(path)
    except (KeyError, LxmlError, ValueError) as exc:
        raise UnreadableSource(_DAMAGED_BOOK.format(name=name, lacks=f"{path} is missing or can't be read")) from exc
    return tree
