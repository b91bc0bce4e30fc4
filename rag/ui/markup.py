"""HTML by a type that escapes: whatever is put into a template is escaped, unless it is `Markup` already.

Templates are constants of this package. Text of articles, models and readers goes in as a value, never into a template.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from markupsafe import Markup, escape

__all__ = ["Markup", "escape", "html", "joined", "marked"]


def html(template: str, /, *values: object, **named: object) -> Markup:
    """The template with its `{}` filled in by escaped values."""
    return Markup(template).format(*values, **named)  # noqa: S704  # the template is ours


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """The parts one after the other, each escaped unless it is markup."""
    return Markup(between).join(parts)  # type: ignore[arg-type]  # noqa: S704  # join escapes what is no markup


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> Markup:
    """The text with half-open spans of it in an element each (`strong`, `u`), which may overlap."""
    wanted = [(start, end, tag) for start, end, tag in spans if 0 <= start < end <= len(text)]
    cuts = sorted({0, len(text), *(at for start, end, _ in wanted for at in (start, end))})
    parts = []
    for start, end in pairwise(cuts):
        piece = escape(text[start:end])
        for first, last, tag in wanted:
            if first <= start and end <= last:
                piece = html(f"<{tag}>{{}}</{tag}>", piece)
        parts.append(piece)
    return joined(parts)
