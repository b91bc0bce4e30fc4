"""The measurements by name: what `onrecord eval` runs, on which files, with which code."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.errors import UnreadableSource, UnusableInput
from rag.evaluation.attribution import polnear
from rag.evaluation.duplicates import duplicates
from rag.evaluation.extraction import dates, extraction
from rag.evaluation.whosaid import whosaid
from rag.newsroom import Newsroom
from rag.providers.spacy_parser import SpacyParser
from rag.settings import Settings

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measurement: `run(data, home)` gives its metrics; `files` are the patterns of what it reads of the data."""

    run: Callable[[Path, Path], Mapping[str, object]]
    files: tuple[str, ...]
    about: str


def _whosaid(data: Path, home: Path) -> Mapping[str, object]:
    with Newsroom.open(Settings(home=home)) as room:
        return whosaid(data, room)


MEASURES = {
    "polnear": Measure(lambda data, _: polnear(data, SpacyParser()), ("polnear/dev.jsonl",), "attributions found"),
    "whosaid": Measure(
        _whosaid, ("polnear/whosaid_dev.jsonl", "polnear/corpus.jsonl.gz"), "the right words for a speaker"
    ),
    "extraction": Measure(lambda data, _: extraction(data), ("aeb/**/*", "fundus_eval/**/*"), "bodies of pages"),
    "dates": Measure(lambda data, _: dates(data), ("htmldate/**/*",), "days of publication"),
    "duplicates": Measure(lambda data, _: duplicates(data), ("neardup/*",), "copies among articles"),
}


def measured(name: str, data: Path, *, home: Path | None = None) -> dict[str, object]:
    """Run one measurement over the folder `data`. `home` keeps the library that it makes; None uses a temporary one.

    Beside the metrics: seconds, the SHA-256 of scorers and data, and the version of the code with a hash of its files.
    Raises UnusableInput for an unknown name, UnreadableSource where the data is absent.
    """
    measure = MEASURES.get(name)
    if measure is None:
        raise UnusableInput(f"There is no measurement {name!r}. There are {', '.join(MEASURES)}.")
    read = sorted({path for pattern in measure.files for path in data.glob(pattern) if path.is_file()})
    if not read:
        raise UnreadableSource(f"There is no {measure.files[0]} in {data}; give the folder of the evaluation data.")
    started = time.perf_counter()
    with TemporaryDirectory(prefix="onrecord-eval-", ignore_cleanup_errors=True) as temporary:
        metrics = measure.run(data, home or Path(temporary))
    return {
        "name": name,
        "metrics": metrics,
        "seconds": round(time.perf_counter() - started, 1),
        "data_sha256": _hash([data / "scorers.py", *read], data),
        "code_version": f"{installed_version('onrecord')}+{_hash(sorted(_PACKAGE.rglob('*.py')), _PACKAGE)[:12]}",
    }


def _hash(paths: list[Path], root: Path) -> str:
    """SHA-256 over names and contents."""
    found = hashlib.sha256()
    for path in paths:
        if path.is_file():
            found.update(f"{path.relative_to(root).as_posix()}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
