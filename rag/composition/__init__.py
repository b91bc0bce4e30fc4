"""The composition root: the one place that chooses adapters by the settings and joins them to services."""

from __future__ import annotations

from rag.composition.adapters import (
    LIBRARY,
    endpoint_models,
    library_at,
    model_trial,
    move_target_settings,
    open_library,
    open_vectors,
)
from rag.composition.parts import Composition, lazy_part

__all__ = [
    "LIBRARY",
    "Composition",
    "endpoint_models",
    "lazy_part",
    "library_at",
    "model_trial",
    "move_target_settings",
    "open_library",
    "open_vectors",
]
