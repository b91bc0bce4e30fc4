"""A source: its bytes, read on demand, its text, and the entries that readers find in it."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from rag.domain import Certainty, Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.decode import decoded, encoding_of
from rag.text.addresses import unwrapped_address
from rag.text.canonical import canonical

LARGEST = 25_000_000  # bytes of one article, and of a file that has to be read as a whole
LARGEST_DUMP = 20_000_000_000  # bytes of a file that is read article by article
FIELDS = ("title", "outlet", "byline", "published", "updated", "url", "text", "language")
"""The fields that a record of a dump can have; a field map gives their names in the dump."""
_HEAD = 64_000  # bytes from which the format of a file is recognised
_TOO_LARGE = "{name} is larger than {megabytes} MB; split it, or add the articles one by one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a source, or the error in its place, with its name in the source.

    `format` names what the source was taken for, `certainty` how sure that is.
    """

    name: str
    content: Extract | UnusableInput
    format: str = ""
    certainty: Certainty = "certain"


@dataclass(kw_only=True)
class Source:
    """The bytes of one file. `url` is the address that they were fetched from, `charset` the encoding that its server
    named, `field_map` the fields of a dump in the user's word: ours to theirs; `known_maps` are earlier ones, which are
    used where a dump has all the fields that they name.

    `data` and `text` raise UnreadableSource for a file of more than `largest` bytes; `lines` and `opened` do not.
    """

    name: str
    content: bytes | Path
    url: str | None = None
    charset: str | None = None
    largest: int = LARGEST
    field_map: Mapping[str, str] = field(default_factory=dict)
    known_maps: Sequence[Mapping[str, str]] = ()

    @classmethod
    def of_file(
        cls,
        path: Path,
        name: str,
        *,
        field_map: Mapping[str, str] | None = None,
        known_maps: Sequence[Mapping[str, str]] = (),
    ) -> Source:
        """The file at `path`. Raises UnreadableSource where it is absent, no file, not readable or endless."""
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableSource(f"{path} is a folder or a device, not a file; give the name of a file.")
            if status.st_size > LARGEST_DUMP:
                raise UnreadableSource(_TOO_LARGE.format(name=path, megabytes=LARGEST_DUMP // 1_000_000))
            content = path if status.st_size > LARGEST else path.read_bytes()
        except FileNotFoundError as exc:
            raise UnreadableSource(f"There is no file {path}; check the name and the current folder.") from exc
        except OSError as exc:
            reason = exc.strerror or "unknown reason"
            raise UnreadableSource(f"{path} can't be read ({reason}); check that you may read it.") from exc
        return cls(name=name, content=content, field_map=field_map or {}, known_maps=known_maps)

    @cached_property
    def head(self) -> bytes:
        """The first bytes."""
        if isinstance(self.content, bytes):
            return self.content[:_HEAD]
        with self.opened() as file:
            return file.read(_HEAD)

    @property
    def data(self) -> bytes:
        """All bytes."""
        if isinstance(self.content, Path) or len(self.content) > self.largest:
            raise UnreadableSource(_TOO_LARGE.format(name=self.name, megabytes=self.largest // 1_000_000))
        return self.content

    @cached_property
    def text(self) -> str:
        """All of it as text; a hundred blank lines stand for more. Raises UnreadableSource for binary data."""
        return _BLANK_LINES.sub("\n" * 100, decoded(self.data, name=self.name, declared=self.charset))

    @cached_property
    def start(self) -> str:
        """The beginning of the text, without blanks before it. Raises UnreadableSource for binary data."""
        whole = isinstance(self.content, bytes) and len(self.content) <= self.largest
        text = self.text[:_HEAD] if whole else decoded(self.head, name=self.name, declared=self.charset)
        return text.lstrip("\ufeff \t\r\n")

    def opened(self) -> BinaryIO:
        """The bytes as a file. Raises UnreadableSource where it has gone."""
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        try:
            return self.content.open("rb")
        except OSError as exc:
            raise UnreadableSource(f"{self.content} can't be read any longer; add it again.") from exc

    def lines(self) -> Iterator[str]:
        """The text line by line, each with its line break, whatever the size of the file."""
        if isinstance(self.content, bytes) and len(self.content) <= self.largest:
            yield from io.StringIO(self.text, newline="")
            return
        codec = encoding_of(self.head, self.charset) or "utf-8"
        with self.opened() as file, io.TextIOWrapper(file, codec, errors="replace", newline="") as text:
            yield from text


LONGEST = {"title": 500, "outlet": 200, "byline": 500, "url": 2_000}  # characters
_MOST_NOTES, _LONGEST_NOTE = 50, 2_000
_BLANK_LINES = re.compile(r"[\r\n]{200,}")
_ADDRESS = re.compile(r"(?P<scheme>https?)(?P<rest>://[^\s/\x00-\x1f\x7f-\x9f][^\s\x00-\x1f\x7f-\x9f]*)", re.IGNORECASE)


def normalized(extract: Extract) -> Extract:
    """The extract with each field on one line, without control characters and no longer than LONGEST. A URL that is
    longer, or not a web address, becomes None; one of an archive or a redirect that of the page itself.
    """
    title, outlet, byline = (tidy(getattr(extract, name), LONGEST[name]) for name in ("title", "outlet", "byline"))
    address = _ADDRESS.fullmatch(unwrapped_address(extract.url or ""))
    url = address["scheme"].lower() + address["rest"] if address and len(address[0]) <= LONGEST["url"] else None
    notes = tuple(line for note in extract.notes[:_MOST_NOTES] if (line := tidy(note, _LONGEST_NOTE)))
    return replace(extract, title=title, outlet=outlet, byline=byline, url=url, notes=notes)


def tidy(value: str | None, longest: int) -> str | None:
    """The value on one line, cut to so many characters; None where nothing visible is left."""
    line = " ".join(canonical(value or "").split())
    return (line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…") or None
