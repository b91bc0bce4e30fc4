"""What measures share: rows and scorers of the evaluation data, means and bootstrap intervals.

Standard library only, as `reports` uses it too.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from rag.errors import UnreadableSource

_DRAWS = 1000
_Item = TypeVar("_Item")


def require_path(path: Path) -> Path:
    """`path` itself. Raises UnreadableSource if it does not exist."""
    if not path.exists():
        raise UnreadableSource(f"There is no {path}; give the folder of the evaluation data with --data.")
    return path


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, which may be gzipped. Raises UnreadableSource if it is absent."""
    data = require_path(path).read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def load_scorers(data: Path) -> ModuleType:
    """The module `scorers.py` in the folder of evaluation data, which is no part of this project. Raises
    UnreadableSource if it is absent.
    """
    path = require_path(data / "scorers.py")
    spec = importlib.util.spec_from_file_location("onrecord_scorers", path)
    assert spec is not None  # noqa: S101  # the path ends with .py
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mean(values: Sequence[float]) -> float:
    """The mean, of truth values the share of the true ones; 0 for none."""
    return sum(values) / max(1, len(values))


def bootstrap_interval(
    items: Sequence[_Item], measure: Callable[[Sequence[_Item]], float], *, draws: int = _DRAWS, digits: int = 3
) -> tuple[float, float] | None:
    """The 95 % interval of `measure`, by bootstrap over `items`; the same on every run. None without items."""
    if not items:
        return None
    generator = random.Random(0)  # noqa: S311  # for statistics, and so that runs compare
    values = sorted(measure(generator.choices(items, k=len(items))) for _ in range(draws))
    return round(values[int(0.025 * draws)], digits), round(values[int(0.975 * draws)], digits)
