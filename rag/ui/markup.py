"""HTML templates that escape their values, except those of type `Markup`.

Templates are constants of this package. Text of articles, models and readers is a value, never part of a template.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from markupsafe import Markup, escape

__all__ = ["Markup", "escape", "facts_list", "html", "joined", "marked", "table"]


def html(template: str, /, *values: object, **named: object) -> Markup:
    """The template with its `{}` replaced by the escaped values."""
    return Markup(template).format(*values, **named)  # noqa: S704  # the template is ours


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """The parts concatenated, each escaped unless it is markup."""
    return Markup(between).join(parts)  # type: ignore[arg-type]  # noqa: S704  # join escapes what is no markup


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> Markup:
    """The text with its half-open spans (start, end, tag) in elements; they may overlap."""
    valid = [(start, end, tag) for start, end, tag in spans if 0 <= start < end <= len(text)]
    cuts = sorted({0, len(text), *(at for start, end, _ in valid for at in (start, end))})
    parts = []
    for start, end in pairwise(cuts):
        piece = escape(text[start:end])
        for first, last, tag in valid:
            if first <= start and end <= last:
                piece = html(f"<{tag}>{{}}</{tag}>", piece)
        parts.append(piece)
    return joined(parts)


def facts_list(rows: Iterable[tuple[str, object]], css: str = "facts") -> Markup:
    """Names and values as a definition list; rows without a value are left out."""
    body = joined(html("<div><dt>{}</dt><dd>{}</dd></div>", name, value) for name, value in rows if value)
    return html('<dl class="{}">{}</dl>', css, body)


def table(label: str, head: object, body: object, *, css: str = "matrix", caption: object = "") -> Markup:
    """A table in a region that the keyboard can scroll; `head` has cells, `body` rows."""
    region = (
        '<div class="{}" tabindex="0" role="region" aria-label="{}"><table>{}<thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    )
    return html(region, css, label, html("<caption>{}</caption>", caption) if caption else "", head, body)
