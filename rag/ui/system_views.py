"""Pure rendering of settings, health and measurements: values in, escaped HTML out. Knows no Streamlit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from pydantic import SecretStr

from rag.domain import HealthReport
from rag.evaluation.reports import Figure, HeldOut
from rag.settings import Settings
from rag.ui.views import dotted, esc

_STATES = {"goal": "goal reached", "floor": "holds, goal missed", "below": "below its floor", "free": ""}


def facts_html(facts: Mapping[str, object]) -> str:
    """Names and values; a value that is not there is said so."""
    rows = "".join(
        f"<div><dt>{esc(name)}</dt><dd>{esc(value) if value not in (None, '') else 'none'}</dd></div>"
        for name, value in facts.items()
    )
    return f'<dl class="facts wide">{rows}</dl>'


def health_html(health: HealthReport) -> str:
    """What is not well, with the remedy; or that all is."""
    if health.healthy:
        return '<p class="healthy" role="status"><b>All is well.</b></p>'
    rows = "".join(f"<li>{esc(item)}</li>" for item in health.advice)
    return f'<div class="unread" role="alert"><p><b>Not all is well</b></p><ul>{rows}</ul></div>'


def settings_html(settings: Settings) -> str:
    """Each setting by its variable, with its value; of a secret only that it is set."""
    rows = []
    for name, about in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            shown = "set in the environment, not shown"
        elif value is None or value == "":
            shown = "not set"
        elif isinstance(value, bool):
            shown = "yes" if value else "no"
        else:
            shown = shown_address(str(value)) if name == "base_url" else str(value)
        rows.append(
            f'<tr><th scope="row"><code>{esc(about.validation_alias)}</code></th><td>{esc(shown)}</td>'
            f"<td>{esc((about.description or '').replace('`', ''))}</td></tr>"
        )
    return f'<table class="results named"><tbody>{"".join(rows)}</tbody></table>'


def shown_address(url: str | None) -> str:
    """The address without a user or password that may stand in it."""
    if not url:
        return ""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


_COLUMNS = ("Metric", "Value", "95 %", "Floor", "Goal", "Reached")


def figures_html(figures: Sequence[Figure]) -> str:
    """The latest report of each measure: each metric beside its floor and its goal, what is missed said in words."""
    parts = []
    for name, group in groupby(figures, key=lambda item: item.measure):
        items = list(group)
        first = items[0]
        line = dotted((first.about, first.made[:10], f"code {first.code_version}", f"{first.seconds:.0f} s"))
        rated = [item for item in items if item.state != "free"] or items
        rest = [item for item in items if item not in rated]
        parts.append(
            f'<section class="part measure"><h2>{esc(name)}</h2><p class="row">{esc(line)}</p>'
            f"{_table_html(name, rated)}{_rest_html(name, rest)}</section>"
        )
    return f'<div class="measures">{"".join(parts)}</div>'


def held_out_html(items: Sequence[HeldOut]) -> str:
    """What was measured from outside on data held out; empty where nothing was."""
    rows = "".join(f'<tr><th scope="row">{esc(item.what)}</th><td>{esc(item.value)}</td></tr>' for item in items)
    if not rows:
        return ""
    return (
        '<section class="part measure"><h2>Held out</h2><p class="row">Measured from outside, on data that this '
        'project has not seen.</p><div class="matrix" tabindex="0" role="region" aria-label="Held out"><table><thead>'
        '<tr><th scope="col">Measure</th><th scope="col">Value</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _table_html(name: str, items: Sequence[Figure]) -> str:
    rows = "".join(_figure_html(item) for item in items)
    head = "".join(f'<th scope="col">{part}</th>' for part in _COLUMNS)
    return (
        f'<div class="matrix" tabindex="0" role="region" aria-label="{esc(name)}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _rest_html(name: str, items: Sequence[Figure]) -> str:
    """What has neither floor nor goal, behind one line."""
    if not items:
        return ""
    rest = "1 figure more" if len(items) == 1 else f"{len(items)} figures more"
    return f'<details class="rest"><summary>{rest}</summary>{_table_html(f"More of {name}", items)}</details>'


def _figure_html(item: Figure) -> str:
    interval = f"{item.interval[0]:.3g} to {item.interval[1]:.3g}" if item.interval else ""
    metric = re.sub(r"([._])", r"\1<wbr>", esc(item.metric))
    floor, goal = ("" if value is None else f"{value:g}" for value in (item.floor, item.goal))
    return (
        f'<tr class="{item.state}"><th scope="row">{metric}</th><td>{item.value:.4g}</td><td>{interval}</td>'
        f"<td>{floor}</td><td>{goal}</td><td>{_STATES[item.state]}</td></tr>"
    )
