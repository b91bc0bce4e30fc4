"""Any file of news to its extracts. What a file is, its content says; its name only tells Markdown from plain text.

Readers are imported when there is something to read: together they take a second, which a listing need not spend.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.domain import Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.archive import members, opened
from rag.readers.decode import decoded
from rag.readers.normalize import normalized

LARGEST = 25_000_000
_BINARY = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "sound, video or a picture",
    b"OggS": "sound",
    b"ID3": "sound",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "an xz archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "a rich text document",
    b"SQLite format 3": "a database",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
_SAVE_AS = "save the article as text, HTML, PDF or Word and add that file"
_TOO_LARGE = "{name} is larger than {megabytes} MB; split it, or add the articles one by one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a source, under its name in it, or the error that it has."""

    name: str
    found: Extract | UnusableInput


def read_entries(
    data: bytes, name: str, *, url: str | None = None, charset: str | None = None, largest: int = LARGEST
) -> Iterator[Entry]:
    """Every article in the bytes of one file: one for most kinds, many for a zip archive, JSON Lines or a feed.

    `name` is the name of the file, used in messages; `url` the address that it was fetched from and `charset` the
    encoding that its server named. An article that can't
    be read is an entry with its error, and the others follow; nothing is raised.
    """
    try:
        for entry in _entries(data, name, url, charset, largest):
            content = normalized(entry.found) if isinstance(entry.found, Extract) else entry.found
            yield Entry(name=entry.name, found=content)
    except UnusableInput as exc:
        yield Entry(name=name, found=exc)


def read_source_bytes(data: bytes, name: str, *, url: str | None = None, largest: int = LARGEST) -> list[Extract]:
    """The articles in the bytes of one file; see `read_entries`, which also says what could not be read.

    Raises UnreadableSource or BadDate where no article can be read.
    """
    entries = list(read_entries(data, name, url=url, largest=largest))
    extracts = [entry.found for entry in entries if isinstance(entry.found, Extract)]
    for entry in entries:
        if not extracts and isinstance(entry.found, UnusableInput):
            raise entry.found
    return extracts


def read_file(path: Path, *, largest: int = LARGEST) -> list[Extract]:
    """The articles of the file at `path`. Raises UnreadableSource where it is absent, no file or not readable."""
    return read_source_bytes(file_bytes(path, largest=largest), path.name, largest=largest)


def file_bytes(path: Path, *, largest: int = LARGEST) -> bytes:
    """The content of the file at `path`. Raises UnreadableSource where it is absent, no file, or too large."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSource(f"{path} is a folder or a device, not a file; give the name of a file.")
        if status.st_size > largest:
            raise UnreadableSource(_TOO_LARGE.format(name=path, megabytes=largest // 1_000_000))
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise UnreadableSource(f"There is no file {path}; check the name and the current folder.") from exc
    except OSError as exc:
        reason = exc.strerror or "unknown reason"
        raise UnreadableSource(f"{path} can't be read ({reason}); check that you may read it.") from exc


def _entries(data: bytes, name: str, url: str | None, charset: str | None, largest: int) -> Iterator[Entry]:
    if not data.strip():
        raise UnreadableSource(f"{name} is empty; save the article again and add that file.")
    if len(data) > largest:
        raise UnreadableSource(_TOO_LARGE.format(name=name, megabytes=largest // 1_000_000))
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise UnreadableSource(f"{name} is {kind}, not an article; {_SAVE_AS}.")
    if b"%PDF-" in data[:1024]:
        from rag.readers.pdf import read_pdf

        yield Entry(name=name, found=read_pdf(data))
    elif data.startswith(b"PK\x03\x04"):
        yield from _packed(data, name, largest)
    else:
        yield from _written(data, name, url, charset)


def _written(data: bytes, name: str, url: str | None, charset: str | None) -> Iterator[Entry]:
    from rag.readers.html import declared_charset
    from rag.readers.mail import is_mail, read_mail

    if is_mail(data):
        yield Entry(name=name, found=read_mail(data))
    else:
        yield from _texts(decoded(data, name=name, declared=charset or declared_charset(data)), name, url)


def _packed(data: bytes, name: str, largest: int) -> Iterator[Entry]:
    """A Word document, or the files of an archive. An archive within an archive is not opened."""
    with opened(data) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names:
        from rag.readers.docx_file import read_word

        yield Entry(name=name, found=read_word(data))
        return
    if names & {"[Content_Types].xml", "mimetype"}:
        raise UnreadableSource(f"{name} is an Office document or a book, not an article; {_SAVE_AS}.")
    empty = True
    for member, content in members(data, largest=largest):
        empty = False
        inner = f"{name}/{member}"
        if isinstance(content, UnreadableSource):
            yield Entry(name=inner, found=content)
        elif content.startswith(b"PK\x03\x04") and not _is_word(content):
            yield Entry(
                name=inner, found=UnreadableSource(f"{inner} is an archive in an archive; unpack it and add it.")
            )
        else:
            yield from read_entries(content, inner, largest=largest)
    if empty:
        raise UnreadableSource(f"{name} holds no files; add the articles themselves.")


def _is_word(data: bytes) -> bool:
    try:
        with opened(data) as archive:
            return "word/document.xml" in archive.namelist()
    except UnreadableSource:
        return False


def _texts(text: str, name: str, url: str | None) -> Iterator[Entry]:
    from rag.readers.feed import is_feed, read_feed
    from rag.readers.html import is_html, read_html
    from rag.readers.json_records import is_records, records
    from rag.readers.markdown import has_front_matter, read_markdown
    from rag.readers.pasted import read_pasted

    start = text.lstrip("\ufeff \t\r\n")
    if is_feed(start):
        feed = read_feed(start, url=url)
        for item in feed.items:
            try:
                yield Entry(name=item.url or name, found=item.extract(feed.title))
            except UnusableInput as exc:
                yield Entry(name=item.url or name, found=exc)
    elif is_html(start):
        yield Entry(name=name, found=read_html(text, url=url))
    elif is_records(start):
        for where, content in records(start):
            yield Entry(name=f"{name}, {where}", found=content)
    elif has_front_matter(start.replace("\r\n", "\n")) or name.lower().endswith((".md", ".markdown")):
        yield Entry(name=name, found=read_markdown(start))
    else:
        yield Entry(name=name, found=read_pasted(text))
