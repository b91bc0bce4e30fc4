"""A seal on the files of an index: whether they are as the last writer left them, and who that was."""

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
    """What the last writer left: `generation` counts the writes, `files` holds (bytes, time of change, checksum)."""

    generation: int = 0
    files: dict[str, tuple[int, int, int]] = field(default_factory=dict)


def read_seal(path: Path) -> Seal:
    """The seal at `path`; an empty one where there is none or it can't be read, which fits an empty index only."""
    try:
        kept = json.loads(path.read_bytes())
        return Seal(int(kept["generation"]), {name: tuple(facts) for name, facts in kept["files"].items()})
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return Seal()


def renew_seal(path: Path, folder: Path, before: Seal, *, written: bool) -> Seal:
    """Seal the folder's files as they are now. Does nothing where neither they nor anything else was `written`."""
    files = {}
    for name, (size, changed) in _files(folder):
        known = before.files.get(name)
        same = known is not None and known[:2] == (size, changed)
        files[name] = known if known and same else (size, changed, _checksum(folder / name))
    if files == before.files and not written:
        return before
    seal = Seal(before.generation + written, files)
    fresh = path.with_suffix(".sealing")
    fresh.write_text(json.dumps({"generation": seal.generation, "files": seal.files}), "utf-8")
    os.replace(fresh, path)  # noqa: PTH105  # whole or not at all
    return seal


def first_mismatch(seal: Seal, folder: Path) -> str | None:
    """The name of a file that is not as it was sealed, or None. Contents are read only where size or time differ."""
    present = dict(_files(folder))
    for name in sorted(present.keys() | seal.files.keys()):
        known, now = seal.files.get(name), present.get(name)
        if known is None or now is None or known[0] != now[0]:
            return name
        if known[1] != now[1] and known[2] != _checksum(folder / name):
            return name
    return None


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Files in the folders of the folder; a database beside them looks after itself."""
    for path in folder.glob("*/*"):
        facts = path.stat()
        yield str(path.relative_to(folder)), (facts.st_size, facts.st_mtime_ns)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as opened:
        while piece := opened.read(_BLOCK_BYTES):
            checksum = zlib.crc32(piece, checksum)
    return checksum
