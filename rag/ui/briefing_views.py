"""Pure rendering of briefings: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from rag.display import OUTLET_UNKNOWN, day, plural
from rag.domain import (
    AnswerSentence,
    Briefing,
    BriefingChanges,
    BriefingRequest,
    BriefingSection,
    BriefingSource,
    BriefingStep,
    BriefingSummary,
    TimelineEntry,
)
from rag.ui import answer_views, charts, statement_views
from rag.ui.markup import Markup, escape, html, joined
from rag.ui.views import (
    Chips,
    article_link,
    attribute,
    clock,
    days,
    disputes_html,
    dotted,
    doubted_html,
    esc,
    link,
    note_html,
    scope_words,
    sentences_html,
    source_url,
    working_html,
)

TEMPLATES = {"situation": "Situation brief", "digest": "Digest", "positions": "Positions", "summary": "Summary"}
LENGTHS = {"short": "Short", "medium": "Medium", "long": "Long"}
_FEWEST_PLOTTED = 15  # articles
_PARTY_LINES = 2  # statements shown per party, the others folded
_WORK = {
    "searching": "Searching the library",
    "reading": "Reading articles",
    "grouping": "Grouping related reports",
    "mapping": "Taking notes",
    "writing": "Writing",
    "checking": "Checking",
}


def head_html(briefing: Briefing) -> str:
    """Title, and what it rests on: articles, outlets, their days, and when it was made."""
    outlets = {name for item in briefing.sources for name in (item.outlet, *item.copies) if name}
    published = sorted(item.published for item in briefing.sources if item.published)
    line = dotted(
        (
            plural(len(briefing.sources), "article") + (f", {plural(len(outlets), 'outlet')}" if outlets else ""),
            days(published[0], published[-1]) if published else None,
            scope_words(briefing.filters) or None,
            f"made {day(briefing.made.date())}, {briefing.made:%H:%M} UTC" if briefing.made else None,
        )
    )
    return f'<header class="head"><h1>{esc(briefing.title)}</h1><p>{esc(line)}</p></header>'


def copy_html(briefing: Briefing) -> Markup:
    """A button that copies the briefing, each line with its source."""
    parts = [(item.heading, item.sentences) for item in briefing.sections if item.sentences]
    return answer_views.copy_html([(briefing.title, ()), *parts], briefing.citations, "briefing")


def about(request: BriefingRequest) -> str:
    """The subject of a request in words."""
    scope = plural(len(request.articles), "chosen article") if request.articles else None
    return dotted((request.topic, scope, scope_words(request.filters)))


def body_html(briefing: Briefing) -> str:
    """All non-empty parts with citation chips, beside an outline."""
    parts = [(at, item) for at, item in enumerate(briefing.sections) if _holds(briefing, item)]
    body = "".join(_section_html(briefing, item, f"b{at}") for at, item in parts)
    names = "".join(f'<li><a href="#part-{at}">{esc(item.heading)}</a></li>' for at, item in parts)
    outline = f'<nav class="outline" aria-label="Parts"><ol>{names}</ol></nav>' if len(parts) > 2 else ""
    return f'<div class="brief"><div>{body}</div>{outline}</div>'


def _holds(briefing: Briefing, section: BriefingSection) -> bool:
    listed = section.part == "sources" or (section.part == "conflicts" and briefing.conflicts)
    return bool(section.sentences or section.notes or listed)


def _section_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    makers: dict[str, Callable[[Briefing, BriefingSection, str], str]] = {
        "sources": lambda whole, _, __: sources_html(whole),
        "timeline": _events_html,
        "conflicts": lambda whole, _, name: disputes_html(whole.conflicts, whole.citations, name),
        "bottom-line": _opening_html,
        "positions": _parties_html,
    }
    body = makers.get(section.part, _plain_html)(briefing, section, uid)
    notes = "".join(f'<p class="none">{esc(note)}</p>' for note in section.notes)
    anchor = f"part-{uid.removeprefix('b')}"
    return f'<section class="part" id="{anchor}"><h2>{esc(section.heading)}</h2>{body}{notes}</section>'


def _plain_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    return sentences_html(section.sentences, briefing.citations, uid) if section.sentences else ""


def _opening_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    """The bottom line of a briefing and its key points, each with outlet and day."""
    chips = Chips({item.n: item for item in briefing.citations}, uid)
    sentences = [item for item in section.sentences if item.text]
    if not sentences:
        return ""
    by_model = any(item.kind == "synthesis" for item in sentences)
    writer = f"Written by {esc(briefing.engine)}, checked against the sources" if by_model else ""
    rows = [
        f"{doubted_html(item, item.text)}{chips.of(item)}{note_html(item)} {chips.byline(item)}" for item in sentences
    ]
    head = f'<p class="lead-by">{writer}</p>' if writer else ""
    more = "".join(f"<li>{row}</li>" for row in rows[1:])
    return f'{head}<p class="line">{rows[0]}</p>' + (f'<ul class="things">{more}</ul>' if more else "")


def _parties_html(briefing: Briefing, section: BriefingSection, uid: str) -> Markup:
    """A block for each party with its speakers; statements beyond the first two are folded."""
    blocks = []
    for at, (party, group) in enumerate(groupby(section.sentences, key=_party)):
        items = list(group)
        head = html("<h3>{}</h3>", party) if party and not party.startswith("\0") else ""
        body = sentences_html(items[:_PARTY_LINES], briefing.citations, f"{uid}-{at}")
        more = items[_PARTY_LINES:]
        if more:
            rest = sentences_html(more, briefing.citations, f"{uid}-{at}-more")
            body += html("<details><summary>{} more</summary>{}</details>", len(more), rest)
        blocks.append(html('<section class="party">{}{}</section>', head, body))
    return joined(blocks)


def _party(sentence: AnswerSentence) -> str:
    """The party that a statement was made for; without another party than the speaker, a key that is not shown."""
    item = sentence.statement
    if item is None:
        return ""
    speaker, party = (re.sub(r"^[Tt]he ", "", name or "") for name in (item.speaker, item.on_behalf_of))
    return item.on_behalf_of if item.on_behalf_of and party.casefold() != speaker.casefold() else f"\0{item.speaker}"


def _events_html(briefing: Briefing, section: BriefingSection, uid: str) -> str:
    """The timeline, and below it the sentences of undated articles."""
    dated = {item.sentence for item in briefing.timeline}
    undated = [item for item in section.sentences if item not in dated]
    rest = sentences_html(undated, briefing.citations, f"{uid}-undated") if undated else ""
    return _timeline_html(briefing, briefing.timeline, uid) + rest


def _timeline_html(briefing: Briefing, entries: Sequence[TimelineEntry], uid: str) -> str:
    """The entries by day. One that the bottom line tells stands as the headline of its article."""
    by_number = {item.n: item for item in briefing.citations}
    chips = Chips(by_number, uid)
    above = {one.text for section in briefing.sections if section.part == "bottom-line" for one in section.sentences}

    def words_of(sentence: AnswerSentence) -> Markup:
        title = next((by_number[n].title for n in sentence.citations if n in by_number), "")
        return escape(title) if title and sentence.text in above else doubted_html(sentence, sentence.text)

    rows = []
    for when, group in groupby((item for item in entries if item.sentence.text), key=lambda item: item.date):
        sentences = "".join(
            f"<p>{words_of(item.sentence)}{chips.of(item.sentence)}{note_html(item.sentence)} "
            f"{chips.byline(item.sentence)}</p>"
            for item in group
        )
        rows.append(f'<li><time datetime="{when.isoformat()}">{day(when)}</time><div>{sentences}</div></li>')
    return f'<ol class="timeline">{"".join(rows)}</ol>' if rows else ""


def plots_html(briefing: Briefing) -> str:
    """Charts of the days and outlets, if there is more than one; empty for few articles."""
    if len(briefing.sources) < _FEWEST_PLOTTED:
        return ""
    days = Counter(item.date for item in briefing.timeline)
    plots = []
    if len(days) > 1:
        unit, times = charts.by_time(sorted(days.items()))
        plots.append(charts.columns_html(f"What happened, per {unit}", times, "event"))
    outlets = Counter(name for item in briefing.sources for name in (item.outlet or OUTLET_UNKNOWN, *item.copies))
    if len(outlets) > 1:
        plots.append(charts.bars_html("Who reports it", outlets.most_common(12)))
    return f'<div class="plots">{"".join(plots)}</div>' if plots else ""


def sources_html(briefing: Briefing) -> str:
    """The cited articles with the numbers of their citations, then the others that were read."""
    numbers: dict[str, list[int]] = {}
    for item in briefing.citations:
        if item.quote:
            numbers.setdefault(item.article_id, []).append(item.n)
    cited = sorted(
        (item for item in briefing.sources if item.article_id in numbers), key=lambda one: numbers[one.article_id]
    )
    rest = [item for item in briefing.sources if item.article_id not in numbers]
    body = f'<ul class="sources">{"".join(_source_html(item, numbers[item.article_id]) for item in cited)}</ul>'
    if rest:
        rows = "".join(_source_html(item, ()) for item in rest)
        body += f"<details><summary>{plural(len(rest), 'article')} read and not cited</summary>"
        body += f'<ul class="sources">{rows}</ul></details>'
    return body


def _source_html(item: BriefingSource, numbers: Sequence[int]) -> str:
    also = f", also in {', '.join(item.copies)}" if item.copies else ""
    line = dotted((item.outlet, item.byline, item.published))
    title = link(source_url(item.article_id, item.version), item.title, f"{line}{also}", new_tab=True)
    used = f' <span class="used">{" ".join(f"[{n}]" for n in numbers)}</span>' if numbers else ""
    return f"<li>{title}{used}</li>"


def step_html(step: BriefingStep | None, *, cancelled: bool) -> str:
    """The progress of a briefing, and the tokens and cost so far."""
    if cancelled:
        return working_html("Stopping; what is finished is kept")
    if step is None:
        return working_html("Waiting for its turn")
    of = f" {step.done:,} of {step.total:,}" if step.total and step.done else ""
    detail = f": {step.detail}" if step.detail else ""
    tokens = step.usage.prompt_tokens + step.usage.completion_tokens
    cost = f", ${step.usage.cost_usd:.4f}" if step.usage.cost_usd else ""
    used = f"{tokens:,} tokens so far{cost}" if tokens else ""
    return working_html(f"{_WORK[step.work]}{of}{detail}", step.done, step.total or 1, used)


def outcome_html(briefing: Briefing) -> str:
    """The status line of a finished briefing: its basis, with engine, time and cost as a tip, after its notices."""
    sentences = sum(len(item.sentences) for item in briefing.sections)
    cited = len({item.article_id for item in briefing.citations})
    basis = f"{plural(sentences, 'sentence')} from {plural(cited, 'article')}"
    cost = f"${briefing.usage.cost_usd:.4f}" if briefing.usage.cost_usd else None
    about = dotted((f"{briefing.engine} engine", f"{briefing.elapsed_ms / 1000:.1f} s", cost))
    notices = "".join(f'<p class="notice">{esc(item)}</p>' for item in briefing.notices)
    return f'{notices}<p class="outcome" role="status" title="{attribute(about)}">{esc(basis)}</p>'


def summary_html(item: BriefingSummary) -> str:
    """The line under the title of an earlier briefing."""
    template = TEMPLATES.get(item.request.template, "")
    parts = (
        None if item.title.startswith(template) else template,  # a title may begin with it
        clock(item.made),
        plural(item.articles, "article"),
        plural(item.sentences, "sentence"),
        None if item.finished else "stopped before the end",
    )
    return f'<p class="row">{esc(dotted(parts))}</p>'


def changes_html(changes: BriefingChanges, text_of: statement_views.TextOf) -> str:
    """The changes since a briefing."""
    if not changes:
        return '<p class="none" role="status">Nothing has changed since.</p>'
    articles = (("New articles", changes.new_articles), ("Changed articles", changes.changed_articles))
    parts = []
    for name, items in articles:
        parts.append(_list_html(name, (article_link(item, new_tab=True) for item in items)))
    if changes.removed_articles:
        removed = plural(len(changes.removed_articles), "article")
        parts.append(f'<p class="caps">Removed</p><p class="none">{removed} that the briefing used.</p>')
    parts.append(
        _list_html(
            "No longer supported",
            (html("<q>{}</q> <small>{}</small>", item.text, item.reason) for item in changes.gone),
        )
    )
    if changes.new_statements:
        statements = statement_views.statements_html(changes.new_statements[:20], text_of)
        parts.append(f'<p class="caps">New statements</p><div class="ans">{statements}</div>')
    return f'<div class="since" role="status">{"".join(parts)}</div>'


def _list_html(name: str, items: Iterable[Markup]) -> str:
    body = joined(html("<li>{}</li>", item) for item in items)
    return f'<p class="caps">{name}</p><ul class="sources">{body}</ul>' if body else ""
