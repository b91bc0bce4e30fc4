"""Pure rendering of settings, health and measurements: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from pydantic import SecretStr

from rag.display import plural
from rag.domain import HealthReport, ModelTrial
from rag.evaluation.reports import Figure, HeldOut
from rag.settings import Settings
from rag.ui.markup import Markup, facts_list, html, joined, table
from rag.ui.views import dotted

_ALTERED = re.compile(r"altered\..*\.generated")
_STEP_NAMES = {
    "models": "Listed by the server", "stream": "Streamed reply", "structured": "Reply in a given form",
    "judged": "A judged claim", "settings": "Settings",
}  # fmt: skip
_STATES = {"goal": "goal reached", "floor": "below goal", "below": "below its floor", "free": ""}


def facts_html(facts: Mapping[str, object]) -> Markup:
    """Names and values; a missing value is shown as “none”."""
    rows = ((name, "none" if value in (None, "") else str(value)) for name, value in facts.items())
    return facts_list(rows, "facts wide")


def health_html(health: HealthReport) -> Markup:
    """The problems with their remedies, or a line that everything works."""
    if health.healthy:
        return html('<p class="healthy" role="status"><b>Everything is working.</b></p>')
    rows = joined(html("<li>{}</li>", item) for item in health.advice)
    return html('<div class="unread" role="alert"><p><b>Something needs attention</b></p><ul>{}</ul></div>', rows)


def settings_html(settings: Settings) -> Markup:
    """Each setting with its variable, value and description; of a secret only whether it is set."""
    rows = []
    for name, about in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value_text = "set, not shown"
        elif value is None or value == "":
            value_text = "not set"
        elif isinstance(value, bool):
            value_text = "yes" if value else "no"
        else:
            value_text = shown_address(str(value)) if name == "base_url" else str(value)
        row = '<tr><th scope="row"><code>{}</code></th><td>{}</td><td>{}</td></tr>'
        rows.append(html(row, about.validation_alias, value_text, (about.description or "").replace("`", "")))
    return html('<table class="results named"><tbody>{}</tbody></table>', joined(rows))


def trial_html(trial: ModelTrial) -> Markup:
    """The result of each step of a model trial, in words and by a mark."""
    line = '<li class="{}"><b>{} {}:</b> {}</li>'
    rows = joined(
        html(
            line,
            "passed" if step.works else "missed",
            "✓" if step.works else "✕",
            _STEP_NAMES.get(step.name, step.name),
            step.says,
        )
        for step in trial.steps
    )
    return html('<ul class="trial" role="status">{}</ul>', rows)


def shown_address(url: str | None) -> str:
    """The address without user name and password."""
    if not url:
        return ""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


_PLAIN = {
    "altered": "Altered quotations that got through",
    "speaker": "Right speaker",
    "answered": "Answered, where the articles hold the answer",
    "declined": "Said “not in these articles”, where they do not",
    "attacks": "Attacks hidden in articles that reached an answer",
}
_SHARES = {
    "speaker": ("polnear", "speaker"), "answered": ("abstention", "coverage"),
    "declined": ("abstention", "abstain_r"), "attacks": ("injection", "quoted"),
}  # fmt: skip
_COLUMNS = ("Metric", "Value", "95 %", "Floor", "Goal", "Reached")


def plain_html(figures: Sequence[Figure], unseen: Sequence[HeldOut]) -> Markup:
    """The accuracy in five lines, on development data and on held-out data."""
    values = {(item.measure, item.metric): item.value for item in figures}
    held_out = {item.key: item.plain for item in unseen if item.key}
    development = {key: f"{100 * values[metric]:.0f} of 100" for key, metric in _SHARES.items() if metric in values}
    if altered := sum(value for (_, metric), value in values.items() if _ALTERED.fullmatch(metric)):
        development["altered"] = f"{values.get(('quotes', 'accepted'), 0.0):,.0f} of {altered:,.0f}"
    row = '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>'
    none = "not measured"
    rows = joined(
        html(row, name, development.get(key, none), held_out.get(key) or none) for key, name in _PLAIN.items()
    )
    head = (
        '<tr><th scope="col">What was counted</th><th scope="col">On data it was built with</th>'
        '<th scope="col">On data it had never seen</th></tr>'
    )
    template = '<table class="plain"><thead>{}</thead><tbody>{}</tbody></table>'
    return html(template, html(head), rows)


def figures_html(figures: Sequence[Figure]) -> Markup:
    """The latest report of each measure: each metric with its floor, its goal, and whether it reaches them."""
    parts = []
    for name, group in groupby(figures, key=lambda item: item.measure):
        items = list(group)
        first = items[0]
        line = dotted((first.about, first.made[:10], f"code {first.code_version}", f"{first.seconds:.0f} s"))
        rated = [item for item in items if item.state != "free"]
        rest = [item for item in items if item not in rated]
        rated_html = _table_html(name, rated) if rated else Markup()
        part = '<section class="part measure"><h2>{}</h2><p class="row">{}</p>{}{}</section>'
        parts.append(html(part, name, line, rated_html, _rest_html(name, rest)))
    return html('<div class="measures">{}</div>', joined(parts))


def held_out_html(items: Sequence[HeldOut]) -> Markup:
    """The external measurements on held-out data; empty if there are none."""
    if not items:
        return Markup()
    rows = joined(html('<tr><th scope="row">{}</th><td>{}</td></tr>', item.what, item.value) for item in items)
    name, head = "On data it had never seen", html('<th scope="col">Measure</th><th scope="col">Value</th>')
    part = '<section class="part measure"><h2>{}</h2><p class="row">Measured from outside.</p>{}</section>'
    return html(part, name, table(name, head, rows))


def _table_html(name: str, items: Sequence[Figure]) -> Markup:
    head = joined(html('<th scope="col">{}</th>', part) for part in _COLUMNS)
    return table(name, head, joined(_figure_html(item) for item in items))


def _rest_html(name: str, items: Sequence[Figure]) -> Markup:
    """The metrics without floor and goal, folded."""
    if not items:
        return Markup()
    more = _table_html(f"More of {name}", items)
    return html('<details class="rest"><summary>{} more</summary>{}</details>', plural(len(items), "figure"), more)


def _figure_html(item: Figure) -> Markup:
    interval = f"{item.interval[0]:.3g} to {item.interval[1]:.3g}" if item.interval else ""
    metric = joined((part if at == 0 else html("<wbr>{}", part) for at, part in enumerate(_parts(item.metric))))
    floor, goal = ("" if value is None else f"{value:g}" for value in (item.floor, item.goal))
    row = '<tr class="{}"><th scope="row">{}</th><td>{:.4g}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>'
    return html(row, item.state, metric, item.value, interval, floor, goal, _STATES[item.state])


def _parts(metric: str) -> list[str]:
    """The pieces of a metric's name between which a line may break."""
    return re.split(r"(?<=[._])", metric)
