"""The files in a zip archive, read in memory: nothing is written to disk, so no name can escape a folder."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress

from rag.errors import UnreadableSource

_MOST_FILES = 5_000
_LARGEST_IN_ALL = 500_000_000  # bytes, unpacked
_HIGHEST_RATIO, _RATIO_FROM = 200, 1_000_000  # unpacked to packed, for files of that many bytes or more
_NAMELESS = "a file without a name"
# Encodings of names other than UTF-8, with the pattern that every non-ASCII word must match for one to be believed.
_NAME_CODECS = (
    ("cp866", re.compile("[А-ЯЁ]?[а-яё]{2,}|[А-ЯЁ]{2,}")),
    ("shift_jis", re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")), ("gbk", re.compile("[\u4e00-\u9fff]{2,}")),
)  # fmt: skip
# What zipfile raises where an archive is damaged.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`. Raises UnreadableSource where it is damaged or too large."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except ZIP_ERRORS as exc:
        raise UnreadableSource("The zip archive is damaged; pack the files again.") from exc
    if len(infos) > _MOST_FILES:
        raise UnreadableSource(f"The zip archive holds more than {_MOST_FILES} files; split it.")
    if sum(info.file_size for info in infos) > _LARGEST_IN_ALL:
        raise UnreadableSource(f"The zip archive unpacks to more than {_LARGEST_IN_ALL // 1_000_000} MB; split it.")
    return archive


def has_swollen_markup(data: bytes) -> bool:
    """True if an XML part of an Office document unpacks to over _HIGHEST_RATIO times its size, as no text does. The
    size that the archive declares is enough: no more than that is ever unpacked. Raises UnreadableSource.
    """
    with open_archive(data) as archive:
        parts = [info for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))]
    return any(_is_swollen(info.file_size, info.compress_size) for info in parts)


def _is_swollen(unpacked: int, packed: int) -> bool:
    return unpacked >= _RATIO_FROM and unpacked > _HIGHEST_RATIO * max(packed, 1)


def members(data: bytes, *, largest: int) -> Iterator[tuple[str, bytes | UnreadableSource]]:
    """Name of each file, with its content or its error, in archive order, without folders and hidden files."""
    archive = open_archive(data)
    for info in archive.infolist():
        parts = info.filename.replace("\\", "/").split("/")
        if info.filename.endswith("/") or any(  # ZipInfo.is_dir fails for a file without a name
            part.startswith(".") or part == "__MACOSX" for part in parts if part not in (".", "..")
        ):
            continue
        name = info.filename or _NAMELESS
        try:
            yield _decode_name(name, info), read_member(archive, info, largest=largest)
        except UnreadableSource as exc:
            yield _decode_name(name, info), exc


def _decode_name(name: str, info: zipfile.ZipInfo) -> str:
    """The name in its own encoding: zipfile decodes every name without the UTF-8 flag as cp437."""
    if info.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    with suppress(UnicodeDecodeError):
        return unicodedata.normalize("NFC", raw.decode("utf-8"))  # a Mac writes "ü" as "u" and a mark
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
    except ZIP_ERRORS as exc:
        raise UnreadableSource(f"{name} is damaged in the archive; pack it again.") from exc
    if len(content) > largest:
        raise UnreadableSource(f"{name} unpacks to more than {largest // 1_000_000} MB; split it.")
    if _is_swollen(len(content), info.compress_size):
        raise UnreadableSource(
            f"{name} unpacks to over {_HIGHEST_RATIO} times its size, as no text does; add it unpacked."
        )
    return content
