"""Notes of Evernote (ENEX), in which pages are clipped: one article a note, under the address that it was clipped from.

`created` is the day of the clipping, and the author of a note whoever clipped it: neither is the article's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import BinaryIO

from lxml import etree

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.html import read_html
from rag.readers.source import Entry, Source

_CONTROL = bytes({*range(32)} - {9, 10, 13})
_MOST_NOTES = 100_000
_START = re.compile(r"(?:<\?xml[^>]*>\s*|<!DOCTYPE[^>]*>\s*)*<en-export\b")
_PROLOG = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?")
_TAG = re.compile(r"<[^<>]*>")
_NOT_READ = "the encrypted part of the note is not read"
_ENCRYPTED = re.compile(r"<en-crypt\b.*?</en-crypt>", re.DOTALL)


def is_notes(start: str) -> bool:
    """True for a text that begins as an export of Evernote."""
    return _START.match(start[:4_000]) is not None


def read_notes(source: Source) -> Iterator[Entry]:
    """Each note, however large the file, without attached files. Entities are not resolved, nothing is fetched."""
    number, error = 0, ""
    with source.opened() as file:
        parts = etree.iterparse(
            _Printable(file), tag=("note", "data"), resolve_entities=False, no_network=True, huge_tree=True
        )
        try:
            for _, part in parts:
                if part.tag == "note":
                    number += 1
                    if number > _MOST_NOTES:
                        error = f"There are more than {_MOST_NOTES:,} notes; split the file."
                        break
                    yield _entry(part, f"{source.name}, note {number}", source.largest)
                part.clear()
                while part.getprevious() is not None:
                    del part.getparent()[0]
        except etree.LxmlError:
            error = f"The export is damaged after note {number}; export the notes again."
    if error or not number:
        yield Entry(name=source.name, content=UnreadableSource(error or "There are no notes in this export."))


class _Printable:
    """A file without the control characters that clipped pages bring along and XML forbids."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        return self._file.read(size).translate(None, _CONTROL)


def _entry(note: etree._Element, name: str, largest: int) -> Entry:
    try:
        return Entry(name=name, content=_article(note, largest))
    except UnusableInput as exc:
        return Entry(name=name, content=exc)


def _article(note: etree._Element, largest: int) -> Extract:
    title, content, url = (note.findtext(field) or "" for field in ("title", "content", "note-attributes/source-url"))
    if len(content) > largest:
        raise UnreadableSource(f"The note is larger than {largest // 1_000_000} MB; split it.")
    body = _ENCRYPTED.sub("", _PROLOG.sub("", content)).replace("<en-note", "<div").replace("</en-note>", "</div>")
    if not any(char.isalpha() for char in _TAG.sub("", body)):
        raise UnreadableSource("The note holds no text, only pictures or files; save these and add them.")
    page = f"<html><head><title>{escape(title)}</title></head><body><article>{body}</article></body></html>"
    extract = read_html(page, url=url.strip() or None, whole=False)
    is_encrypted = _ENCRYPTED.search(content) is not None
    return replace(extract, notes=(*extract.notes, _NOT_READ)) if is_encrypted else extract
