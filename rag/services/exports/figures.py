"""The plots of a document, drawn from its lines: so a changed plot shows against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from rag.services.exports.lines import SOURCES, Line, day_of
from rag.services.exports.plots import outlets_svg, timeline_svg


def figures(lines: Sequence[Line]) -> dict[int, str]:
    """SVG by the index of the line that it stands before: the timeline, and the outlets of the sources.

    A plot of a single thing says nothing and is left out.
    """
    found: dict[int, str] = {}
    days: Counter[date] = Counter()
    outlets: Counter[str] = Counter()
    now: date | None = None
    first: int | None = None
    count: int | None = None
    part = ""
    for at, line in enumerate(lines):
        if line.role == "heading":
            part, now = line.text, None
        elif line.role == "day" and (now := day_of(line.text)):
            first = at if first is None else first
        elif line.role == "sentence" and now:
            days[now] += 1
        elif line.role == "count":
            count = at
        elif line.role == "facts" and part == SOURCES:
            outlets[line.text.split(" · ", 1)[1]] += 1
    if first is not None and len(days) > 1:
        found[first] = timeline_svg(sorted(days.items()))
    if count is not None and len(outlets) > 1:
        found[count + 1] = outlets_svg(list(outlets.items()))
    return found
