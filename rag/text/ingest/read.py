"""Any file of news to its extracts. What a file is, its content says; its name only tells Markdown from plain text."""

from __future__ import annotations

from pathlib import Path

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.text.ingest.decode import decoded
from rag.text.ingest.html import declared_charset, is_html, read_html
from rag.text.ingest.markdown import has_front_matter, read_markdown
from rag.text.ingest.pasted import read_pasted

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


def read_source_bytes(data: bytes, name: str, *, url: str | None = None, largest: int = LARGEST) -> list[Extract]:
    """The articles in the bytes of one file, one for most kinds of file, several for collections.

    `name` is the name of the file, used in messages; `url` the address that it was fetched from. Raises
    UnreadableSource for what can't be read as news, BadDate for front matter with a wrong date.
    """
    if not data.strip():
        raise UnreadableSource(f"{name} is empty; save the article again and add that file.")
    if len(data) > largest:
        raise UnreadableSource(_TOO_LARGE.format(name=name, megabytes=largest // 1_000_000))
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise UnreadableSource(f"{name} is {kind}, not an article; {_SAVE_AS}.")
    text = decoded(data, name=name, declared=declared_charset(data))
    return [_read_text(text, name, url)]


def read_file(path: Path, *, largest: int = LARGEST) -> list[Extract]:
    """The articles of the file at `path`. Raises UnreadableSource where it is absent, no file or not readable."""
    try:
        if path.stat().st_size > largest:
            raise UnreadableSource(_TOO_LARGE.format(name=path, megabytes=largest // 1_000_000))
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise UnreadableSource(f"There is no file {path}; check the name and the current folder.") from exc
    except OSError as exc:
        reason = exc.strerror or "unknown reason"
        raise UnreadableSource(f"{path} can't be read ({reason}); check that you may read it.") from exc
    return read_source_bytes(data, path.name, largest=largest)


def _read_text(text: str, name: str, url: str | None) -> Extract:
    start = text.lstrip("\ufeff \t\r\n")
    if is_html(start):
        return read_html(text, url=url)
    if has_front_matter(start.replace("\r\n", "\n")) or name.lower().endswith((".md", ".markdown")):
        return read_markdown(start)
    return read_pasted(text)
