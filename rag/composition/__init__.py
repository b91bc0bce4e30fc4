"""The composition root: the one place that chooses adapters by the settings and joins them to services."""

from __future__ import annotations

from rag.composition.adapters import (
    LIBRARY,
    library_at,
    model_trial,
    models_offered,
    open_library,
    open_vectors,
    target_of_move,
)
from rag.composition.parts import Composition, part

__all__ = [
    "LIBRARY",
    "Composition",
    "library_at",
    "model_trial",
    "models_offered",
    "open_library",
    "open_vectors",
    "part",
    "target_of_move",
]
