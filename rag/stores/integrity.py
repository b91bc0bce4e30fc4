"""A seal on the files of an index: it shows whether they are as the last writer left them, and which write that was."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Seal:
    """The state of the files after the last write: `generation` counts the writes, `files` has (bytes, modification
    time, checksum) by name.
    """

    generation: int = 0
    files: dict[str, tuple[int, int, int]] = field(default_factory=dict)


def read_seal(path: Path) -> Seal:
    """The seal at `path`; if it is missing or unreadable, an empty one, which matches only an empty index."""
    try:
        data = json.loads(path.read_bytes())
        return Seal(int(data["generation"]), {name: tuple(facts) for name, facts in data["files"].items()})
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return Seal()


def renew_seal(path: Path, folder: Path, previous: Seal, *, changed: bool) -> Seal:
    """Seal the folder's files as they are now. Does nothing if neither they changed nor anything else `changed`."""
    files = {}
    for name, (size, modified) in _files(folder):
        sealed = previous.files.get(name)
        unchanged = sealed is not None and sealed[:2] == (size, modified)
        files[name] = sealed if sealed and unchanged else (size, modified, _checksum(folder / name))
    if files == previous.files and not changed:
        return previous
    seal = Seal(previous.generation + changed, files)
    temporary = path.with_suffix(".sealing")
    temporary.write_text(json.dumps({"generation": seal.generation, "files": seal.files}), "utf-8")
    os.replace(temporary, path)  # noqa: PTH105  # atomic
    return seal


def first_mismatch(seal: Seal, folder: Path) -> str | None:
    """The name of the first file that does not match the seal; None if all do. Reads contents only where the size
    matches but the time differs.
    """
    present = dict(_files(folder))
    for name in sorted(present.keys() | seal.files.keys()):
        sealed, current = seal.files.get(name), present.get(name)
        if sealed is None or current is None or sealed[0] != current[0]:
            return name
        if sealed[1] != current[1] and sealed[2] != _checksum(folder / name):
            return name
    return None


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """The files in the folder's subfolders with size and modification time; the database beside them checks itself."""
    for path in folder.glob("*/*"):
        status = path.stat()
        yield str(path.relative_to(folder)), (status.st_size, status.st_mtime_ns)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            checksum = zlib.crc32(block, checksum)
    return checksum
