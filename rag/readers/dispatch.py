"""The articles of any file of news. The content decides the format; the name only tells Markdown from plain text.

A format is a row of `FORMATS`: the first that recognises a source reads it. Readers are imported when there is
something to read: together they take a second, which a listing need not spend.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from rag.domain import Certainty, Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.archive import members, open_archive
from rag.readers.decode import decoded, is_double_encoded
from rag.readers.exports import export_of, html_export
from rag.readers.forum import is_thread, read_thread
from rag.readers.json_records import is_records, read_records
from rag.readers.no_articles import SAVE_AS, find_wall, text_refusal
from rag.readers.pasted import read_pasted
from rag.readers.several import split_articles
from rag.readers.source import LARGEST, Entry, Source, normalized
from rag.readers.subtitles import is_subtitles, is_timestamped, read_subtitles, read_timestamped
from rag.readers.tables import is_table, read_table, read_workbook
from rag.readers.transcripts import is_transcript, read_transcript

_BINARY = {
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"RIFF": "sound, video or a picture",
    b"OggS": "sound", b"ID3": "sound", b"\x00\x00\x00\x18ftyp": "a video", b"\x00\x00\x00 ftyp": "a video",
    b"wOFF": "a font", b"wOF2": "a font", b"7z\xbc\xaf": "a 7-Zip archive", b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\xd0\xcf\x11\xe0": "an old Office document or an Outlook message (save a message as .eml)",
    b"SQLite format 3": "a database", b"\x7fELF": "a program", b"MZ\x90": "a program",
}  # fmt: skip
_OUTLINE = re.compile(r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<opml\b", re.DOTALL)
_BOOKMARKS = re.compile(r"<!DOCTYPE NETSCAPE-Bookmark-file", re.IGNORECASE)
_STREAMS: dict[bytes, Callable[[BinaryIO], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
_HIGHEST_RATIO = 400  # unpacked to packed: no text is packed closer
_UNPACK_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)

Recognizer = Callable[[Source], Certainty | None]
Reader = Callable[[Source], Iterator[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file. `recognize` says how sure it is that a source is one (None: it is not)."""

    name: str
    recognize: Recognizer
    read: Reader


def read_source(source: Source) -> Iterator[Entry]:
    """Every article of a source: one for most formats, many for an archive, an export, a dump or a feed.
    An article that can't be read is an entry with its error; nothing is raised.
    """
    format_ = None
    try:
        format_ = _format_of(source)
        for entry in format_.read(source):
            content = (
                normalized(_note_wall(_note_double_encoding(entry.content, source)))
                if isinstance(entry.content, Extract)
                else entry.content
            )
            certainty = entry.certainty if entry.format else format_.recognize(source) or "unsure"
            yield replace(entry, content=content, format=entry.format or format_.name, certainty=certainty)
    except UnusableInput as exc:
        yield Entry(name=source.name, content=exc, format=format_.name if format_ else "")


def _note_wall(extract: Extract) -> Extract:
    """The extract with a note where a wall for subscribers stands at its end, unless it is known to be cut."""
    behind = [item.text for item in extract.left_out if item.at >= len(extract.text)]
    wall = None if any(note.startswith("cut") for note in extract.notes) else find_wall(extract.text, behind)
    if wall is None:
        return extract
    note = f"cut short? “{wall}” stands at the end, so this may be only the beginning of a paid article."
    return replace(extract, notes=(*extract.notes, note))


def _note_double_encoding(extract: Extract, source: Source) -> Extract:
    """The extract with a note where characters of its file are double-encoded, and on whether they were corrected."""
    if not is_double_encoded(source.head):
        return extract
    remain = is_double_encoded(extract.text.encode("utf-8", "replace"))
    result = "not all could be put right: compare with the source" if remain else "were put right"
    note = f"characters: some were encoded twice in the source (â€œ for “) and {result}."
    return replace(extract, notes=tuple(dict.fromkeys((*extract.notes, note))))


def read_entries(
    data: bytes, name: str, *, url: str | None = None, charset: str | None = None, largest: int = LARGEST
) -> Iterator[Entry]:
    """Every article in the bytes of one file, as `read_source`.

    `name` is the name of the file, used in messages; `url` the address that it was fetched from and `charset` the
    encoding that its server named.
    """
    return read_source(Source(name=name, content=data, url=url, charset=charset, largest=largest))


def read_source_bytes(data: bytes, name: str, *, url: str | None = None, largest: int = LARGEST) -> list[Extract]:
    """The articles in the bytes of one file; see `read_entries`, which also says what could not be read.
    Raises UnreadableSource or BadDate where no article can be read.
    """
    return _extracts(read_entries(data, name, url=url, largest=largest))


def read_file(path: Path) -> list[Extract]:
    """The articles of the file at `path`. Raises UnreadableSource where it is missing, not a file or not readable."""
    return _extracts(read_source(Source.of_file(path, path.name)))


def _extracts(entries: Iterator[Entry]) -> list[Extract]:
    error: UnusableInput | None = None
    extracts: list[Extract] = []
    for entry in entries:
        if isinstance(entry.content, Extract):
            extracts.append(entry.content)
        else:
            error = error or entry.content
    if error and not extracts:
        raise error
    return extracts


def _format_of(source: Source) -> Format:
    head = source.head
    if not head.strip():
        raise UnreadableSource(f"{source.name} is empty; save the article again and add that file.")
    for magic, kind in _BINARY.items():
        if head.startswith(magic):
            raise UnreadableSource(f"{source.name} is {kind}, not an article; {SAVE_AS}.")
    return next(item for item in FORMATS if item.recognize(source))


def _read_zip(source: Source) -> Iterator[Entry]:
    """A document in a zip archive, or the files of an archive. An archive within an archive is not opened."""
    with open_archive(source.data) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names:
        yield from _read_word(source)
    elif "xl/workbook.xml" in names:
        yield from _with_format(read_workbook(source), "spreadsheet")
    elif any(name.startswith("archive/") and ".warc" in name for name in names):
        yield from _with_format(_read_wacz(source), "web archive (WACZ)")
    elif ("mimetype" in names and "META-INF/container.xml" in names) or source.name.lower().endswith(".epub"):
        yield from _with_format(_read_book(source), "book (EPUB)")
    elif names & {"[Content_Types].xml", "mimetype"}:
        raise UnreadableSource(f"{source.name} is an Office document or a damaged book, not an article; {SAVE_AS}.")
    else:
        yield from _read_members(source)


def _read_book(source: Source) -> Iterator[Entry]:
    from rag.readers.epub import read_epub

    for chapter, content in read_epub(source.data, source.name):
        yield Entry(name=f"{source.name}/{chapter}", content=content)


def _read_members(source: Source) -> Iterator[Entry]:
    empty = True
    for member, content in members(source.data, largest=source.largest):
        empty = False
        inner = f"{source.name}/{member}"
        if isinstance(content, UnreadableSource):
            yield Entry(name=inner, content=content)
        elif content.startswith(b"PK\x03\x04") and not _is_document(content):
            yield Entry(
                name=inner, content=UnreadableSource(f"{inner} is an archive in an archive; unpack it and add it.")
            )
        else:
            yield from read_source(replace(source, name=inner, content=content))
    if empty:
        raise UnreadableSource(f"{source.name} holds no files; add the articles themselves.")


def _read_wacz(source: Source) -> Iterator[Entry]:
    for member, content in members(source.data, largest=source.largest):
        if member.startswith("archive/") and ".warc" in member:
            if isinstance(content, UnreadableSource):
                yield Entry(name=f"{source.name}/{member}", content=content)
            else:
                yield from _read_web_archive(replace(source, content=content))


def _is_document(data: bytes) -> bool:
    try:
        with open_archive(data) as archive:
            return not {"word/document.xml", "xl/workbook.xml", "META-INF/container.xml"}.isdisjoint(archive.namelist())
    except UnreadableSource:
        return False


def _read_compressed(source: Source) -> Iterator[Entry]:
    """The articles in one compressed stream, unpacked up to the size that may be read."""
    if ".warc" in source.name.lower():  # read record by record
        yield from _read_web_archive(source)
        return
    unpack = next(opener for magic, opener in _STREAMS.items() if source.head.startswith(magic))
    data = source.data
    try:
        with source.opened() as file, unpack(file) as stream:
            content = stream.read(source.largest + 1)
    except _UNPACK_ERRORS as exc:
        raise UnreadableSource(f"{source.name} is damaged; pack it again.") from exc
    if len(content) > 1_000_000 and len(content) > _HIGHEST_RATIO * len(data):
        raise UnreadableSource(f"{source.name} unpacks to over {_HIGHEST_RATIO} times its size; add it unpacked.")
    if len(content) > source.largest:
        raise UnreadableSource(
            f"{source.name} unpacks to more than {source.largest // 1_000_000} MB; unpack it and add that file."
        )
    name = re.sub(r"\.(?:gz|bz2|xz)$", "", source.name, flags=re.IGNORECASE)
    if any(content.startswith(magic) for magic in _STREAMS):
        raise UnreadableSource(f"{source.name} is an archive in an archive; unpack it and add it.")
    if content[257:262] == b"ustar":
        raise UnreadableSource(f"{source.name} is a tar archive; unpack it and add the folder.")
    yield from read_source(replace(source, name=name, content=content))


def _with_format(entries: Iterator[Entry], name: str) -> Iterator[Entry]:
    return (entry if entry.format else replace(entry, format=name) for entry in entries)


def _read_pdf(source: Source) -> Iterator[Entry]:
    from rag.readers.pdf import read_pdf

    yield Entry(name=source.name, content=read_pdf(source.data))


def _read_word(source: Source) -> Iterator[Entry]:
    from rag.readers.docx_file import read_word, word_lines

    lines = word_lines(source.data)
    if (export := export_of("\n".join(lines))) is not None:
        yield from _with_format(export.entries("\n".join(lines), source.name), f"{export.name} (Word)")
    elif len(texts := split_articles("\n\n".join(lines))) > 1:
        yield from _read_each(texts, source.name, read_pasted, "Word document")
    else:
        yield Entry(name=source.name, content=read_word(source.data), format="Word document")


def _read_saved_page(source: Source) -> Iterator[Entry]:
    from rag.readers.mhtml import read_mhtml

    yield Entry(name=source.name, content=read_mhtml(source.data))


def _read_mail(source: Source) -> Iterator[Entry]:
    from rag.readers.mail import Attachment, read_mails

    for item in read_mails(source):
        if isinstance(item, Attachment):
            yield from read_entries(item.content, item.name, largest=source.largest)
        else:
            yield item


def _read_web_archive(source: Source) -> Iterator[Entry]:
    from rag.readers.warc import read_warc

    for address, data, charset in read_warc(source):
        if isinstance(data, UnusableInput):
            yield Entry(name=address, content=data)
        else:
            entries = read_entries(data, address, url=address, charset=charset)
            yield from _with_format((replace(entry, format="") for entry in entries), "web archive (WARC)")


def _read_rich_text(source: Source) -> Iterator[Entry]:
    from rag.readers.docx_file import rtf_text

    text = rtf_text(source.data)
    if (export := export_of(text)) is not None:
        yield from _with_format(export.entries(text, source.name), f"{export.name} (RTF)")
    else:
        yield from _read_plain(text, source.name)


def _read_feed(source: Source) -> Iterator[Entry]:
    from rag.readers.feed import older_articles_error, read_feed

    feed = read_feed(source.text.lstrip("\ufeff \t\r\n"), url=source.url)
    for item in feed.items:
        try:
            yield Entry(name=item.url or source.name, content=item.extract(feed.title))
        except UnusableInput as exc:
            yield Entry(name=item.url or source.name, content=exc)
    if feed.left:
        yield Entry(name=source.name, content=older_articles_error(feed.left))


def _read_page(source: Source) -> Iterator[Entry]:
    from rag.readers.html import declared_charset, read_html

    text = decoded(source.data, name=source.name, declared=source.charset or declared_charset(source.data))
    if (result := html_export(text)) is not None:
        export, export_text = result
        yield from _with_format(export.entries(export_text, source.name), f"{export.name} (HTML)")
    else:
        yield Entry(name=source.name, content=read_html(text, url=source.url))


def _read_records(source: Source) -> Iterator[Entry]:
    for where, content in read_records(source):
        yield Entry(name=f"{source.name}, {where}", content=content)


def _read_markdown(source: Source) -> Iterator[Entry]:
    from rag.readers.markdown import has_front_matter, read_markdown

    text = source.text.lstrip("\ufeff \t\r\n")
    texts = [text] if has_front_matter(source.start.replace("\r\n", "\n")) else split_articles(text)
    yield from _read_each(texts, source.name, read_markdown, "Markdown")


def _read_export(source: Source) -> Iterator[Entry]:
    export = export_of(source.text)
    assert export is not None  # noqa: S101  # it was recognised by the same
    yield from _with_format(export.entries(source.text, source.name), f"{export.name} (text)")


def _read_text(source: Source) -> Iterator[Entry]:
    if reason := text_refusal(source.text, source.name):
        raise UnreadableSource(reason)
    yield from _read_plain(source.text, source.name)


def _read_plain(text: str, name: str) -> Iterator[Entry]:
    if is_timestamped(text):
        yield Entry(name=name, content=read_timestamped(text), format="subtitles", certainty="likely")
    elif is_thread(text):
        for number, content in enumerate(read_thread(text), start=1):
            yield Entry(name=f"{name}, post {number}", content=content, format="forum thread", certainty="likely")
    elif is_transcript(text):
        yield Entry(name=name, content=read_transcript(text), format="transcript", certainty="likely")
    else:
        yield from _read_each(split_articles(text), name, read_pasted)


def _read_each(texts: Sequence[str], name: str, read: Callable[[str], Extract], kind: str = "text") -> Iterator[Entry]:
    """One article under the name of its source, several each under its number."""
    kind = f"{kind} of {len(texts)} articles" if len(texts) > 1 else ""
    for number, text in enumerate(texts, start=1):
        where = f"{name}, article {number} of {len(texts)}" if kind else name
        try:
            yield Entry(name=where, content=read(text), format=kind, certainty="likely")
        except UnusableInput as exc:
            yield Entry(name=where, content=exc, format=kind)


def _read_subtitles(source: Source) -> Iterator[Entry]:
    yield Entry(name=source.name, content=read_subtitles(source.text))


def _refuse_outline(source: Source) -> Iterator[Entry]:
    from rag.readers.listing import opml_error

    raise opml_error(source.text, source.name)


def _refuse_bookmarks(source: Source) -> Iterator[Entry]:
    raise UnreadableSource(f"{source.name} is a list of bookmarks, no article; add the pages themselves.")


def _read_notes(source: Source) -> Iterator[Entry]:
    from rag.readers.enex import read_notes

    yield from read_notes(source)


def _is_notes(source: Source) -> Certainty | None:
    from rag.readers.enex import is_notes

    return "certain" if is_notes(source.start) else None


def _is_saved_page(source: Source) -> Certainty | None:
    from rag.readers.mhtml import is_mhtml

    return "certain" if is_mhtml(source.head) else None


def _is_mail(source: Source) -> Certainty | None:
    from rag.readers.mail import is_mail, is_mailbox

    return "certain" if is_mailbox(source.head) or is_mail(source.head) else None


def _is_feed(source: Source) -> Certainty | None:
    from rag.readers.feed import is_feed

    return "certain" if is_feed(source.start) else None


def _is_page(source: Source) -> Certainty | None:
    from rag.readers.html import begins_as_page

    return "certain" if begins_as_page(source.start) else None


def _is_piece_of_page(source: Source) -> Certainty | None:
    from rag.readers.html import is_html

    return "likely" if is_html(source.start) else None


def _is_markdown(source: Source) -> Certainty | None:
    from rag.readers.markdown import has_front_matter

    return "certain" if has_front_matter(source.start.replace("\r\n", "\n")) else None


def _is_named_markdown(source: Source) -> bool:
    return source.name.lower().endswith((".md", ".markdown"))


def _text_or_start(source: Source) -> str:
    """The whole text, or the beginning of a source that is too large to be read whole."""
    whole = isinstance(source.content, bytes) and len(source.content) <= source.largest
    return source.text if whole else source.start


def _recognizer(test: Callable[[Source], object], certainty: Certainty = "certain") -> Recognizer:
    return lambda source: certainty if test(source) else None


def _starts_with(*starts: bytes) -> Recognizer:
    return _recognizer(lambda source: source.head.lstrip().startswith(starts))


FORMATS: tuple[Format, ...] = (
    Format(name="PDF", recognize=_recognizer(lambda source: b"%PDF-" in source.head[:1024]), read=_read_pdf),
    Format(name="zip archive", recognize=_starts_with(b"PK\x03\x04"), read=_read_zip),
    Format(name="packed file", recognize=_starts_with(*_STREAMS), read=_read_compressed),
    Format(name="web archive (WARC)", recognize=_starts_with(b"WARC/"), read=_read_web_archive),
    Format(name="rich text (RTF)", recognize=_starts_with(b"{\\rtf"), read=_read_rich_text),
    Format(name="saved page (MHTML)", recognize=_is_saved_page, read=_read_saved_page),
    Format(name="mail", recognize=_is_mail, read=_read_mail),
    Format(name="feed (RSS or Atom)", recognize=_is_feed, read=_read_feed),
    Format(
        name="list of feeds (OPML)",
        recognize=_recognizer(lambda source: _OUTLINE.match(source.start[:4000])),
        read=_refuse_outline,
    ),
    Format(name="notes (Evernote)", recognize=_is_notes, read=_read_notes),
    Format(
        name="list of bookmarks",
        recognize=_recognizer(lambda source: _BOOKMARKS.match(source.start[:4000])),
        read=_refuse_bookmarks,
    ),
    Format(name="JSON", recognize=_recognizer(lambda source: is_records(source.start)), read=_read_records),
    Format(name="Markdown with front matter", recognize=_is_markdown, read=_read_markdown),
    Format(name="web page", recognize=_is_page, read=_read_page),
    Format(
        name="export of a news database",
        recognize=_recognizer(lambda source: export_of(_text_or_start(source))),
        read=_read_export,
    ),
    Format(name="subtitles", recognize=_recognizer(lambda source: is_subtitles(source.start)), read=_read_subtitles),
    Format(name="table (CSV)", recognize=lambda source: is_table(source.start, source.name), read=read_table),
    Format(name="piece of a web page", recognize=_is_piece_of_page, read=_read_page),
    Format(name="Markdown", recognize=_recognizer(_is_named_markdown, "likely"), read=_read_markdown),
    Format(name="plain text", recognize=lambda _: "unsure", read=_read_text),
)
"""The formats, the most certain first."""
