"""The files in a zip archive. Nothing is written to disk, so that no name in it can lead out of a folder."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from rag.errors import UnreadableSource

_MOST_FILES = 5_000
_LARGEST_IN_ALL = 500_000_000  # bytes, unpacked
_HIGHEST_RATIO, _RATIO_FROM = 200, 1_000_000  # unpacked to packed, for files of that many bytes or more
_NAMELESS = "a file without a name"
# Encodings of names, and the words that show one: whole words of its letters, capitals at their beginning alone.
_NAME_CODECS = (
    ("utf-8", re.compile(r".+", re.DOTALL)), ("cp866", re.compile("[А-ЯЁ]?[а-яё]{2,}|[А-ЯЁ]{2,}")),
    ("shift_jis", re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")), ("gbk", re.compile("[\u4e00-\u9fff]{2,}")),
)  # fmt: skip
# What zipfile raises where an archive is damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


def opened(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`. Raises UnreadableSource where it is damaged or holds too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except DAMAGED as exc:
        raise UnreadableSource("The zip archive is damaged; pack the files again.") from exc
    if len(infos) > _MOST_FILES:
        raise UnreadableSource(f"The zip archive holds more than {_MOST_FILES} files; split it.")
    if sum(info.file_size for info in infos) > _LARGEST_IN_ALL:
        raise UnreadableSource(f"The zip archive unpacks to more than {_LARGEST_IN_ALL // 1_000_000} MB; split it.")
    return archive


def swollen(info: zipfile.ZipInfo) -> bool:
    """True if a file unpacks to over _HIGHEST_RATIO times its size, as no text does. What its entry says is enough: no
    more than that is ever unpacked.
    """
    return info.file_size >= _RATIO_FROM and info.file_size > _HIGHEST_RATIO * max(info.compress_size, 1)


def members(data: bytes, *, largest: int) -> Iterator[tuple[str, bytes | UnreadableSource]]:
    """Name and content of each file, in their order, or its error. Folders and hidden files are left out."""
    archive = opened(data)
    for info in archive.infolist():
        parts = info.filename.replace("\\", "/").split("/")
        if info.filename.endswith("/") or any(  # zipfile's own question trips over a file without a name
            part.startswith(".") or part == "__MACOSX" for part in parts if part not in (".", "..")
        ):
            continue
        name = info.filename or _NAMELESS
        try:
            yield _readable(name, info), read_member(archive, info, largest=largest)
        except UnreadableSource as exc:
            yield _readable(name, info), exc


def _readable(name: str, info: zipfile.ZipInfo) -> str:
    """A name as its packer wrote it. An archive that does not say UTF-8 is read as cp437, whatever was written."""
    if info.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for codec, letters in _NAME_CODECS:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        words = re.findall(r"[^\W\d_]+", text)
        foreign = [word for word in words if not word.isascii()]
        if foreign and all(letters.fullmatch(word) for word in foreign):
            return text
    return name


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, largest: int) -> bytes:
    """The content of one file. Raises UnreadableSource where it is encrypted, damaged, too large, or a zip bomb.

    Sizes that the archive declares are not trusted: no more than `largest` bytes are ever unpacked.
    """
    name = info.filename or _NAMELESS
    if info.flag_bits & 1:
        raise UnreadableSource(f"{name} is encrypted; unpack the archive with its password and add the files.")
    try:
        with archive.open(info) as file:
            content = file.read(largest + 1)
    except DAMAGED as exc:
        raise UnreadableSource(f"{name} is damaged in the archive; pack it again.") from exc
    if len(content) > largest:
        raise UnreadableSource(f"{name} unpacks to more than {largest // 1_000_000} MB; split it.")
    if len(content) >= _RATIO_FROM and len(content) > _HIGHEST_RATIO * max(info.compress_size, 1):
        raise UnreadableSource(
            f"{name} unpacks to over {_HIGHEST_RATIO} times its size, as no text does; add it unpacked."
        )
    return content
