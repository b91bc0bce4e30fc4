"""Loads the scorers from the folder of the evaluation data: they are not part of this project."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from rag.errors import UnreadableSource


def load_scorers(data: Path) -> ModuleType:
    """The module `scorers.py` in the folder of evaluation data. Raises UnreadableSource if it is absent."""
    path = data / "scorers.py"
    spec = importlib.util.spec_from_file_location("onrecord_scorers", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise UnreadableSource(f"There is no scorers.py in {data}; give the folder of the evaluation data with --data.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def require_path(path: Path) -> Path:
    """`path` itself. Raises UnreadableSource if it does not exist."""
    if not path.exists():
        raise UnreadableSource(f"There is no {path}; give the folder of the evaluation data with --data.")
    return path
