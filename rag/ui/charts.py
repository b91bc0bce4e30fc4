"""Bar charts as plain HTML, without script or Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rag.display import day, plural
from rag.ui.markup import Markup, html, joined
from rag.ui.views import attribute

_MOST_COLUMNS = 60
_LONGEST = {"week": 7, "month": 31, "year": 366}  # days
_MOST_NUMBERED = 12  # non-empty columns up to which each has its number


def bars_html(title: str, rows: Sequence[tuple[str, int]]) -> Markup:
    """Horizontal bars, one for each name, with numbers."""
    most = max((n for _, n in rows), default=0) or 1
    bar = '<div class="bar"><span>{}</span><div><i style="width:{:.1f}%"></i></div><b>{:,}</b></div>'
    bars = joined(html(bar, name, 100 * n / most, n) for name, n in rows)
    counts = "; ".join(f"{name} {plural(n, 'article')}" for name, n in rows)
    alt = f"{title}: {counts or 'nothing'}"
    return _figure(title, alt, html('<div class="bars" aria-hidden="true">{}</div>', bars))


def columns_html(title: str, rows: Sequence[tuple[str, int]], noun: str = "article") -> Markup:
    """Columns in the given order. Few columns have a number each, many only the highest; the first and the last have
    names.
    """
    most = max((n for _, n in rows), default=0) or 1
    top = max(range(len(rows)), key=lambda at: rows[at][1], default=0)
    column = '<div title="{}: {:,}"><b>{}</b><i style="height:{:.1f}%"></i></div>'
    few = sum(n > 0 for _, n in rows) <= _MOST_NUMBERED
    columns = joined(
        html(column, name, n, f"{n:,}" if n and (at == top or few) else "", 100 * n / most)
        for at, (name, n) in enumerate(rows)
    )
    ends = joined(html("<span>{}</span>", name) for name in dict.fromkeys(name for name, _ in (*rows[:1], *rows[-1:])))
    peak = f", most in {rows[top][0]} with {rows[top][1]:,}" if rows else ""
    total = plural(sum(n for _, n in rows), noun)
    alt = f"{title}: {total} from {rows[0][0]} to {rows[-1][0]}{peak}" if rows else f"{title}: nothing"
    body = '<div class="columns" aria-hidden="true">{}</div><div class="axis" aria-hidden="true">{}</div>'
    return _figure(title, alt, html(body, columns, ends))


def _figure(title: str, alt: str, body: Markup) -> Markup:
    figure = '<figure class="plot" role="img" aria-label="{}"><figcaption class="caps">{}</figcaption>{}</figure>'
    return html(figure, attribute(alt), title, body)


def by_time(days: Sequence[tuple[date, int]]) -> tuple[str, list[tuple[str, int]]]:
    """Counts by day as (unit, counts by it), the unit the finest readable of week, month and year, zeros included."""
    if not days:
        return "week", []
    first, last = days[0][0], days[-1][0]
    unit = "week" if (last - first).days < 7 * _MOST_COLUMNS else "month" if (last - first).days < 1800 else "year"
    counts: dict[date, int] = {}
    at = _period_start(first, unit)
    while at <= last:
        counts[at] = 0
        at = _period_start(at + timedelta(days=_LONGEST[unit]), unit)
    for when, n in days:
        counts[_period_start(when, unit)] += n
    return unit, [(day(at).split(" ", ("week", "month", "year").index(unit))[-1], n) for at, n in counts.items()]


def _period_start(when: date, unit: str) -> date:
    if unit == "week":
        return date.fromordinal(max(1, when.toordinal() - when.weekday()))
    return when.replace(day=1) if unit == "month" else when.replace(month=1, day=1)
