"""Plots as SVG, without script: the same picture in an HTML page, in a PDF and in the app.

Every plot has a title and a description that say in words what it shows; colour never carries a meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from rag.services.exports.lines import day

_WIDTH = 640
_FONT = 'font-family="Source Serif 4, Georgia, Libertinus Serif, serif"'
_MOST_BARS = 12
_STACK = 6  # dots above each other; more are told by the number


def timeline_svg(days: Sequence[tuple[date, int]]) -> str:
    """A time line: a stack of dots for each day with its number of entries; empty where there is no day.

    Days are labelled where there is room, the first and the last always.
    """
    if not days:
        return ""
    found = sorted(days)
    first, last = found[0][0], found[-1][0]
    reach = max((last - first).days, 1)
    left, right = 48.0, _WIDTH - 48.0
    tall = min(max(number for _, number in found), _STACK)
    base = 16 + 14 * tall
    parts = [f'<line x1="{left - 24:.0f}" y1="{base}" x2="{right + 24:.0f}" y2="{base}" stroke="currentColor"/>']
    places = _apart([left + (right - left) * (when - first).days / reach for when, _ in found], right)
    labelled = _with_room(places)
    for at, ((when, number), x) in enumerate(zip(found, places, strict=True)):
        parts += [
            f'<circle cx="{x:.1f}" cy="{base - 9 - 14 * n}" r="5" fill="currentColor"/>'
            for n in range(min(number, _STACK))
        ]
        if number > _STACK:
            parts.append(_words(x, base - 12 - 14 * _STACK, str(number)))
        if at in labelled:
            parts.append(f'<line x1="{x:.1f}" y1="{base}" x2="{x:.1f}" y2="{base + 5}" stroke="currentColor"/>')
            parts.append(_words(x, base + 20, day(when)))
    told = "; ".join(f"{day(when)}: {number}" for when, number in found)
    return _svg("Timeline", f"Entries by day. {told}.", base + 30, parts)


def outlets_svg(rows: Sequence[tuple[str, int]]) -> str:
    """Bars with the number of articles of each outlet, the most first; empty where there is none."""
    if not rows:
        return ""
    found = sorted(rows, key=lambda row: (-row[1], row[0]))
    told = "; ".join(f"{name}: {number}" for name, number in found)
    shown = found[:_MOST_BARS]
    if rest := found[_MOST_BARS:]:
        shown.append((f"{len(rest)} more outlets", sum(number for _, number in rest)))
    most = max(number for _, number in shown)
    names, room = 220, _WIDTH - 220 - 60
    parts = []
    for at, (name, number) in enumerate(shown):
        y = 8 + 24 * at
        short = name if len(name) <= 32 else f"{name[:31]}…"
        parts.append(_words(names - 10, y + 14, short, anchor="end"))
        parts.append(
            f'<rect x="{names}" y="{y + 3}" width="{room * number / most:.1f}" height="14" fill="currentColor"/>'
        )
        parts.append(_words(names + room * number / most + 8, y + 14, str(number), anchor="start"))
    return _svg("Sources by outlet", f"Articles by outlet. {told}.", 16 + 24 * len(shown), parts)


def _apart(places: Sequence[float], right: float) -> list[float]:
    """The places moved so that stacks of neighbouring days do not cover each other, as far as there is room."""
    least = min(13.0, (right - places[0]) / max(len(places) - 1, 1))
    found: list[float] = []
    limit = right
    for x in reversed(places):
        found.append(min(x, limit))
        limit = found[-1] - least
    return [max(x, places[0] + at * least) for at, x in enumerate(reversed(found))]


def _with_room(places: Sequence[float], least: float = 84) -> set[int]:
    """Which places get a label: first and last, and from the left what is far enough from its neighbours."""
    chosen, last = {0, len(places) - 1}, places[0]
    for at, x in enumerate(places):
        if x - last >= least and places[-1] - x >= least:
            chosen.add(at)
            last = x
    if len(places) > 1 and places[-1] - places[0] < least:
        chosen.discard(0)
    return chosen


def _words(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    place = f'x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-size="13" {_FONT} fill="currentColor"'
    return f"<text {place}>{escape(text)}</text>"


def _svg(title: str, told: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(told)}" color="#17426b"><title>{title}</title>'
        f"<desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )
