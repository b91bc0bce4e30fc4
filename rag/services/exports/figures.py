"""The plots of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from rag.domain import Answer, Briefing
from rag.services.exports.document import sources_of
from rag.services.exports.lines import Line, plain
from rag.services.exports.plots import outlets_svg, timeline_svg


def figures(value: Answer | Briefing, lines: Sequence[Line]) -> dict[int, Markup]:
    """SVG by the index of the line that it stands before: the timeline, and the outlets of the sources.

    A plot of a single thing says nothing and is left out.
    """
    drawn: dict[int, Markup] = {}
    roles = [line.role for line in lines]
    if isinstance(value, Briefing) and "day" in roles:
        days = Counter(item.date for item in value.timeline if item.sentence.citations)
        if len(days) > 1:
            drawn[roles.index("day")] = timeline_svg(sorted(days.items()))
    outlets = Counter(plain(item.outlet or "") or "no outlet" for item in sources_of(value))
    if "count" in roles and len(outlets) > 1:
        drawn[roles.index("count") + 1] = outlets_svg(list(outlets.items()))
    return drawn
