"""Plots as SVG, without script: the same picture in an HTML page and in a PDF.

Every plot has a title and a description that say in words what it shows; colour never carries a meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from rag.display import day, truncate
from rag.documents.document import sources_of
from rag.documents.lines import Line, plain
from rag.domain import Answer, Briefing

_WIDTH = 640
_FONT = Markup('font-family="Source Serif 4, Georgia, Libertinus Serif, serif"')
_MOST_BARS = 12
_LABEL_WIDTH = 84
_MOST_DOTS = 6  # most dots above each other; a longer stack has its number beside it


def timeline_svg(days: Sequence[tuple[date, int]]) -> Markup:
    """A time line: a stack of dots for each day with its number of entries; empty where there is no day.

    Days are labelled where there is room, the first and the last always.
    """
    if not days:
        return Markup()
    entries = sorted(days)
    first, last = entries[0][0], entries[-1][0]
    total_days = max((last - first).days, 1)
    left, right = 48.0, _WIDTH - 48.0
    height = min(max(number for _, number in entries), _MOST_DOTS)
    base = 16 + 14 * height
    parts = [_line_svg(left - 24, base, right + 24, base)]
    places = _spread([left + (right - left) * (when - first).days / total_days for when, _ in entries], right)
    labelled = _label_places(places)
    for at, ((when, number), x) in enumerate(zip(entries, places, strict=True)):
        parts += [
            Markup('<circle cx="{:.1f}" cy="{}" r="5" fill="currentColor"/>').format(x, base - 9 - 14 * n)
            for n in range(min(number, _MOST_DOTS))
        ]
        if number > _MOST_DOTS:
            parts.append(_text_svg(x, base - 12 - 14 * _MOST_DOTS, str(number)))
        if at in labelled:
            parts.append(_line_svg(x, base, x, base + 5))
            parts.append(_text_svg(x, base + 20, day(when)))
    counts = "; ".join(f"{day(when)}: {number}" for when, number in entries)
    return _svg("Timeline", f"Entries by day. {counts}.", base + 30, parts)


def outlets_svg(rows: Sequence[tuple[str, int]]) -> Markup:
    """Bars with the number of articles of each outlet, the most first; empty where there is none."""
    if not rows:
        return Markup()
    ranked = sorted(rows, key=lambda row: (-row[1], row[0]))
    counts = "; ".join(f"{name}: {number}" for name, number in ranked)
    bars = ranked[:_MOST_BARS]
    if rest := ranked[_MOST_BARS:]:
        bars.append((f"{len(rest)} more outlets", sum(number for _, number in rest)))
    most = max(number for _, number in bars)
    names, room = 220, _WIDTH - 220 - 60
    parts = []
    for at, (name, number) in enumerate(bars):
        y = 8 + 24 * at
        parts.append(_text_svg(names - 10, y + 14, truncate(name, 32), anchor="end"))
        bar = Markup('<rect x="{}" y="{}" width="{:.1f}" height="14" fill="currentColor"/>')
        parts.append(bar.format(names, y + 3, room * number / most))
        parts.append(_text_svg(names + room * number / most + 8, y + 14, str(number), anchor="start"))
    return _svg("Sources by outlet", f"Articles by outlet. {counts}.", 16 + 24 * len(bars), parts)


def _spread(places: Sequence[float], right: float) -> list[float]:
    """The places, moved so that stacks of neighbouring days do not overlap, as far as there is room."""
    least = min(13.0, (right - places[0]) / max(len(places) - 1, 1))
    result: list[float] = []
    limit = right
    for x in reversed(places):
        result.append(min(x, limit))
        limit = result[-1] - least
    return [max(x, places[0] + at * least) for at, x in enumerate(reversed(result))]


def _label_places(places: Sequence[float]) -> set[int]:
    """Indices of the places that get a label: first and last, and from the left those with enough room."""
    labelled, last = {0, len(places) - 1}, places[0]
    for at, x in enumerate(places):
        if x - last >= _LABEL_WIDTH and places[-1] - x >= _LABEL_WIDTH:
            labelled.add(at)
            last = x
    if len(places) > 1 and places[-1] - places[0] < _LABEL_WIDTH:
        labelled.discard(0)
    return labelled


def _line_svg(left: float, top: float, right: float, bottom: float) -> Markup:
    shape = Markup('<line x1="{:.1f}" y1="{:.0f}" x2="{:.1f}" y2="{:.0f}" stroke="currentColor"/>')
    return shape.format(left, top, right, bottom)


def _text_svg(x: float, y: float, text: str, *, anchor: str = "middle") -> Markup:
    shape = Markup('<text x="{:.1f}" y="{}" text-anchor="{}" font-size="13" {} fill="currentColor">{}</text>')
    return shape.format(x, y, anchor, _FONT, text)


def _svg(title: str, words: str, height: float, parts: Sequence[Markup]) -> Markup:
    shape = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        'height="{height:.0f}" role="img" aria-label="{words}" color="#17426b"><title>{title}</title>'
        "<desc>{words}</desc>{parts}</svg>"
    )
    return shape.format(width=_WIDTH, height=height, words=words, title=title, parts=Markup().join(parts))


def figures(value: Answer | Briefing, lines: Sequence[Line]) -> dict[int, Markup]:
    """SVG by the index of the line that follows it: the timeline, and the outlets of the sources.

    A plot of a single day or outlet says nothing and is left out.
    """
    plots: dict[int, Markup] = {}
    roles = [line.role for line in lines]
    if isinstance(value, Briefing) and "day" in roles:
        days = Counter(item.date for item in value.timeline if item.sentence.citations)
        if len(days) > 1:
            plots[roles.index("day")] = timeline_svg(sorted(days.items()))
    outlets = Counter(plain(item.outlet or "") or "no outlet" for item in sources_of(value))
    if "count" in roles and len(outlets) > 1:
        plots[roles.index("count") + 1] = outlets_svg(list(outlets.items()))
    return plots
