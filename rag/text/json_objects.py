"""The JSON object in the reply of a model, which may have anything around it."""

from __future__ import annotations

import json
from typing import Any

_MOST = 1_000_000  # characters that are read


def object_in(reply: str) -> dict[str, Any] | None:
    """The object from the first brace of a reply to its last; None where that is no JSON object."""
    start, end = reply.find("{"), reply.rfind("}")
    if not 0 <= start < end < start + _MOST:
        return None
    try:
        value = json.loads(reply[start : end + 1], strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
