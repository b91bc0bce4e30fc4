"""How a rule says that a sentence is not to be shown."""

from __future__ import annotations


class Refused(Exception):
    """Carries the reason, in a reader's words, as what follows "withheld: "."""


def short(text: str, most: int = 60) -> str:
    """`text`, cut for a message."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
