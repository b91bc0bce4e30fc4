"""Pure rendering of briefings: values in, escaped HTML out. Knows no Streamlit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rag.domain import (
    Briefing,
    BriefingChanges,
    BriefingRequest,
    BriefingSection,
    BriefingSource,
    BriefingStep,
    BriefingSummary,
    Conflict,
    TimelineEntry,
)
from rag.ui import charts, statement_views
from rag.ui.views import Chips, answer_html, conflict_sides_html, day, dotted, esc, plural, scope_words, source_url

TEMPLATES = {"situation": "Situation brief", "digest": "Digest", "positions": "Positions", "summary": "Summary"}
LENGTHS = {"short": "Short", "medium": "Medium", "long": "Long"}
_FEWEST_PLOTTED = 15  # articles
_WORK = {
    "searching": "Searching the library",
    "reading": "Reading articles",
    "grouping": "Grouping what tells of the same",
    "mapping": "Taking notes",
    "writing": "Writing",
    "checking": "Checking",
}


def head_html(briefing: Briefing) -> str:
    """Title, and what it rests on."""
    when = day(briefing.made.date()) if briefing.made else None
    line = dotted(
        (TEMPLATES.get(briefing.template), about(briefing.request), plural(len(briefing.sources), "article"), when)
    )
    return f'<header class="head"><h1>{esc(briefing.title)}</h1><p>{esc(line)}</p></header>'


def about(request: BriefingRequest) -> str:
    """What a briefing was asked to be about, in words."""
    chosen = plural(len(request.articles), "chosen article") if request.articles else None
    return dotted((request.topic, chosen, scope_words(request.filters)))


def body_html(briefing: Briefing) -> str:
    """All sections with their citations as chips."""
    return "".join(_section_html(briefing, section, f"b{at}") for at, section in enumerate(briefing.sections))


def _section_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    if section.part == "sources":
        body = sources_html(briefing)
    elif section.part == "timeline":
        body = _timeline_html(briefing, briefing.timeline, uid)
    elif section.part == "conflicts":
        body = _conflicts_html(briefing, briefing.conflicts, uid) or _plain_html(briefing, section, uid)
    else:
        body = _plain_html(briefing, section, uid)
    notes = "".join(f'<p class="none">{esc(note)}</p>' for note in section.notes)
    if not (body or notes):
        notes = '<p class="none">Nothing was found for this part.</p>'
    return f'<section class="part"><h2>{esc(section.heading)}</h2>{body}{notes}</section>'


def _plain_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    return answer_html(section.sentences, briefing.citations, uid) if section.sentences else ""


def _timeline_html(briefing: Briefing, entries: Sequence[TimelineEntry], uid: str) -> str:
    chips = Chips({item.n: item for item in briefing.citations}, uid)
    rows = "".join(
        f'<li><time datetime="{item.date.isoformat()}">{day(item.date)}</time>'
        f"<p>{esc(item.sentence.text)}{chips.of(item.sentence)}</p></li>"
        for item in entries
        if item.sentence.text
    )
    return f'<ol class="timeline">{rows}</ol>' if rows else ""


def _conflicts_html(briefing: Briefing, conflicts: Sequence[Conflict], uid: str) -> str:
    return conflict_sides_html(conflicts, briefing.citations, uid)


def plots_html(briefing: Briefing) -> str:
    """When it happened and who reports it, where there is more than one day or outlet; nothing for a few articles."""
    if len(briefing.sources) < _FEWEST_PLOTTED:
        return ""
    days = Counter(item.date for item in briefing.timeline)
    plots = []
    if len(days) > 1:
        unit, times = charts.by_time(sorted(days.items()))
        plots.append(charts.columns_html(f"What happened, per {unit}", times, "event"))
    outlets = Counter(name for item in briefing.sources for name in (item.outlet or "no outlet", *item.copies))
    if len(outlets) > 1:
        plots.append(charts.bars_html("Who reports it", outlets.most_common(12)))
    return f'<div class="plots">{"".join(plots)}</div>' if plots else ""


def sources_html(briefing: Briefing) -> str:
    """The articles that are cited, then those that were read and are not."""
    used = {item.article_id for item in briefing.citations if item.quote}
    parts = []
    for name, items in (
        ("Cited", [item for item in briefing.sources if item.article_id in used]),
        ("Read and not cited", [item for item in briefing.sources if item.article_id not in used]),
    ):
        if items:
            rows = "".join(_source_html(item) for item in items)
            parts.append(f'<p class="caps">{name}</p><ul class="sources">{rows}</ul>')
    return "".join(parts)


def _source_html(item: BriefingSource) -> str:
    also = f", also in {', '.join(item.copies)}" if item.copies else ""
    line = dotted((item.outlet, item.byline, item.published))
    url = esc(source_url(item.article_id, item.version))
    return f'<li><a href="{url}" target="_blank">{esc(item.title)}</a> <small>{esc(line)}{esc(also)}</small></li>'


def step_html(step: BriefingStep | None, *, cancelled: bool) -> str:
    """How far a briefing is, and what a model has cost so far."""
    if cancelled:
        return '<div class="working"><p class="phase" role="status">Stopping; what stands is kept …</p></div>'
    if step is None:
        return '<div class="working"><p class="phase" role="status">Waiting for its turn …</p></div>'
    of = f" {step.done:,} of {step.total:,}" if step.total and step.done else ""
    detail = f": {esc(step.detail)}" if step.detail else ""
    tokens = step.usage.prompt_tokens + step.usage.completion_tokens
    cost = f", ${step.usage.cost_usd:.4f}" if step.usage.cost_usd else ""
    used = f'<p class="row">{tokens:,} tokens so far{cost}</p>' if tokens else ""
    total = step.total or 1
    bar = f'<progress max="{total}" value="{min(step.done, total)}" aria-label="{_WORK[step.work]}"></progress>'
    return f'<div class="working"><p class="phase" role="status">{_WORK[step.work]}{of}{detail} …</p>{bar}{used}</div>'


def outcome_html(briefing: Briefing) -> str:
    """The line that announces that a briefing is there, and what it rests on."""
    sentences = sum(len(item.sentences) for item in briefing.sections)
    cited = len({item.article_id for item in briefing.citations})
    basis = f"{plural(sentences, 'sentence')} from {plural(cited, 'article')}"
    cost = f"${briefing.usage.cost_usd:.4f}" if briefing.usage.cost_usd else None
    line = dotted((basis, f"{briefing.engine} engine", f"{briefing.elapsed_ms / 1000:.1f} s", cost))
    notices = "".join(f'<p class="notice">{esc(item)}</p>' for item in briefing.notices)
    return f'{notices}<p class="outcome" role="status">{esc(line)}</p>'


def summary_html(item: BriefingSummary) -> str:
    """The line under the title of an earlier briefing."""
    parts = (
        TEMPLATES.get(item.request.template),
        day(item.made.date()),
        plural(item.articles, "article"),
        plural(item.sentences, "sentence"),
        None if item.finished else "stopped before the end",
    )
    return f'<p class="row">{esc(dotted(parts))}</p>'


def changes_html(changes: BriefingChanges) -> str:
    """What has changed since a briefing."""
    if not changes:
        return '<p class="none" role="status">Nothing has changed since.</p>'
    articles = (("New articles", changes.new_articles), ("Changed articles", changes.changed_articles))
    parts = []
    for name, items in articles:
        rows = [
            f'<li><a href="{esc(source_url(item.article_id, item.version))}" target="_blank">{esc(item.title)}</a> '
            f"<small>{esc(dotted((item.outlet, item.published)))}</small></li>"
            for item in items
        ]
        parts.append(_list_html(name, rows))
    if changes.removed_articles:
        gone = plural(len(changes.removed_articles), "article")
        parts.append(f'<p class="caps">Removed</p><p class="none">{gone} that it read.</p>')
    parts.append(
        _list_html(
            "No longer borne out",
            [f"<li><q>{esc(item.text)}</q> <small>{esc(item.reason)}</small></li>" for item in changes.gone],
        )
    )
    if changes.new_statements:
        statements = "".join(statement_views.statement_html(item) for item in changes.new_statements[:20])
        parts.append(f'<p class="caps">New statements</p><div class="ans">{statements}</div>')
    return f'<div class="since" role="status">{"".join(parts)}</div>'


def _list_html(name: str, rows: Iterable[str]) -> str:
    body = "".join(rows)
    return f'<p class="caps">{name}</p><ul class="sources">{body}</ul>' if body else ""
