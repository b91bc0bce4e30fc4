"""Pure rendering of statements and of the matrix of positions: values in, escaped HTML out. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from rag.display import day, plural
from rag.domain import (
    Actor,
    ActorRole,
    ArticleSummary,
    Change,
    Correction,
    PositionCell,
    Positions,
    Span,
    Statement,
    explain_statement,
)
from rag.ui.views import SPEECH, dotted, esc, source_url, speaker_html, venue_words

_MOST = 6  # statements on the card of a cell; the timeline has all
_RULES = {
    "denial": "one denies what the other does not",
    "side": "support against opposition",
    "negation": "much the same words, with and without a “not”",
    "figures": "much the same words with other figures",
}
LEGEND = (
    "+ words of support · − words of opposition · ~ both · a number alone: neither. An empty cell holds no statement."
)


def statement_html(item: Statement) -> str:
    """A statement with its speaker line, its kind by its shape, and the way to its place in the article."""
    span = Span(item.content[0].start, item.content[-1].end)
    about = dotted((item.outlet, item.published)) or item.title or "the article"
    link = (
        f'<a href="{esc(source_url(item.article_id, item.version, span))}" target="_blank">{esc(about)} (new tab)</a>'
    )
    text = esc(" … ".join(part.text for part in item.content))
    spoken = "in the outlet’s own words" if item.stance else SPEECH[item.kind]
    kind = f"denied ({spoken})" if item.denied else spoken
    facts = [
        esc(venue_words(item.venue)) if item.venue else "",
        f"said {day(item.said_on)}" if item.said_on else "",
        kind,
        "corrected by hand" if item.corrected else "",
        link,
    ]
    unsure = " or ".join(item.speaker_candidates)
    nobody = f"Speaker not certain: {esc(unsure)}" if unsure else "No speaker named"
    who = speaker_html(item) or f'<p class="who">{nobody}</p>'
    shape = "reported" if item.stance else item.kind
    correct = f'<a href="statements?doc={esc(item.article_id)}">Wrong? Correct it</a>'
    because = f'<details class="why"><summary>Why?</summary>{esc(explain_statement(item))} {correct}</details>'
    line = " · ".join(fact for fact in facts if fact)
    body = f'<blockquote class="{shape}"><p>{text}</p><footer>{line}{because}</footer></blockquote>'
    return f'<section class="voice">{who}{body}</section>'


def topic_html(positions: Positions, topic: str) -> str:
    """Each actor's latest words on the topic, with what they said before folded under it, and where that may differ."""
    parts, silent = [], []
    for cell in positions.cells:
        if not (sayings := positions.said(cell)):
            silent.append(cell.actor)
            continue
        before = "".join(statement_html(item) for item in reversed(sayings[:-1]))
        span = " to ".join(dict.fromkeys(day(at) for at in _ends(sayings))) or "no date"
        mark = f"{sign(cell)} " if sign(cell) else ""
        head = f"<h2>{esc(cell.actor)} <small>{mark}{plural(len(sayings), 'statement')}, {span}</small></h2>"
        changes = [item for item in positions.changes if item.actor == cell.actor]
        then = changes_html(positions, changes[-1:])
        folded = f"<details><summary>{plural(len(sayings) - 1, 'earlier statement')}</summary>{before}</details>"
        parts.append(
            f'<section class="party">{head}{statement_html(sayings[-1])}{then}{folded if before else ""}</section>'
        )
    none = f'<p class="none">No statement on {esc(topic)}: {esc(", ".join(silent))}</p>' if silent else ""
    return f'<div class="ans topic">{"".join(parts)}{none}</div>'


def _ends(sayings: Sequence[Statement]) -> list[date]:
    days = [at for item in sayings if (at := item.said_on or item.published)]
    return [min(days), max(days)] if days else []


def actor_html(one: Actor, articles: Sequence[ArticleSummary]) -> str:
    """One actor: names, roles with the days of the articles that give them, and where it is seen."""
    roles = "".join(
        f"<li>{esc(role.words)}{f' · {esc(role.body)}' if role.body else ''}"
        f"{f' <small>{_days(role)}</small>' if role.since else ''}</li>"
        for role in reversed(one.roles)
    )
    links = "".join(
        f'<li><a href="source?doc={esc(item.article_id)}">{esc(item.title)}</a> '
        f"<small>{esc(dotted((item.outlet, item.published)) or '')}</small></li>"
        for item in articles
    )
    also = f"<dt>Also called</dt><dd>{esc(', '.join(one.aliases))}</dd>" if one.aliases else ""
    seen = f"{plural(one.articles, 'article')}, {plural(one.statements, 'statement')}"
    body = f"<dt>For</dt><dd>{esc(one.body)}</dd>" if one.body else ""
    return (
        f'<section class="actor"><h2 class="asked">{esc(one.name)}</h2><dl class="facts">{also}{body}'
        f"{f'<dt>Roles</dt><dd><ul>{roles}</ul></dd>' if roles else ''}"
        f"<dt>Seen in</dt><dd>{seen}<ul>{links}</ul></dd>"
        "</dl></section>"
    )


def _days(role: ActorRole) -> str:
    return " to ".join(dict.fromkeys(day(at) for at in (role.since, role.until) if at))


def actors_html(actors: Sequence[Actor], total: int) -> str:
    """The actors as a table, those who say the most first."""
    rows = "".join(
        f'<tr><th scope="row">{esc(one.name)}</th><td>{esc(one.roles[-1].words if one.roles else one.kind)}</td>'
        f"<td>{esc(one.body or '')}</td><td>{one.statements}</td></tr>"
        for one in actors
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Actor", "Role", "For", "Statements"))
    return (
        '<div class="matrix" tabindex="0" role="region" aria-label="Actors"><table>'
        f"<caption>{len(actors)} of {plural(total, 'actor')}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def matrix_html(positions: Positions) -> str:
    """The matrix as a table. A cell with statements is a button that opens them on a card; an empty one says so."""
    head = "".join(f'<th scope="col">{esc(topic)}</th>' for topic in positions.topics)
    changed = {(item.actor, item.topic) for item in positions.changes}
    rows = []
    for at, (actor, cells) in enumerate(groupby(positions.cells, key=lambda cell: cell.actor)):
        line = "".join(
            _cell_html(positions, cell, f"p{at}-{n}", changed=(cell.actor, cell.topic) in changed)
            for n, cell in enumerate(cells)
        )
        rows.append(f'<tr><th scope="row">{esc(actor)}</th>{line}</tr>')
    return (
        '<div class="matrix" tabindex="0" role="region" aria-label="Matrix of positions"><table>'
        f"<caption>{LEGEND}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell_html(positions: Positions, cell: PositionCell, pid: str, *, changed: bool) -> str:
    sayings = positions.said(cell)
    if not sayings:
        return '<td class="none"><span aria-hidden="true">·</span><span class="sr-only">no statement found</span></td>'
    count = plural(len(sayings), "statement")
    name = f"{cell.actor} on {cell.topic}: {count}, {cell.supporting} of support, {cell.opposing} of opposition"
    rest = f"<p>and {len(sayings) - _MOST} more in the timeline</p>" if len(sayings) > _MOST else ""
    body = "".join(statement_html(item) for item in sayings[-_MOST:])
    mark = "<small>changed?</small>" if changed else ""
    return (
        f'<td><button type="button" class="cell" popovertarget="{pid}" aria-label="{esc(name)}'
        f'{", may have changed" if changed else ""}">{sign(cell)}{len(sayings)}{mark}</button>'
        f'<div class="card wide" popover id="{pid}" role="group" aria-label="{esc(cell.actor)} on {esc(cell.topic)}">'
        f"<b>{esc(cell.actor)} on {esc(cell.topic)}</b><small>{count}, oldest first</small>"
        f'<div class="ans">{body}</div>{rest}</div></td>'
    )


def sign(cell: PositionCell) -> str:
    """`+` for words of support, `−` for words of opposition, `~` for both, nothing for neither."""
    if cell.supporting and cell.opposing:
        return "~"
    return "+" if cell.supporting else "−" if cell.opposing else ""


def changes_html(positions: Positions, changes: Sequence[Change]) -> str:
    """Where an actor may have changed position: both ends quoted, and the rule that marks it; empty where none did."""
    parts = []
    for change in changes:
        ends = "".join(statement_html(positions.statements[at]) for at in (change.earlier, change.later))
        head = f"<h3>Changed? <span>{esc(change.actor)} on {esc(change.topic)}: {_RULES[change.rule]}</span></h3>"
        parts.append(f'<section class="outlet">{head}</section>{ends}')
    return f'<div class="ans changes">{"".join(parts)}</div>' if parts else ""


def timeline_html(statements: Sequence[Statement]) -> str:
    """Statements by the day they were made (else published), oldest first."""
    parts = []
    for when, group in groupby(statements, key=lambda item: item.said_on or item.published):
        name = day(when) if when else "no date"
        parts.append(f'<li><p class="caps">{name}</p>{"".join(statement_html(item) for item in group)}</li>')
    return f'<ol class="ans line">{"".join(parts)}</ol>'


def correction_html(item: Correction) -> str:
    """A statement that was dismissed, or a decision that did not come along to a new version."""
    what = {"dismissed": "Dismissed", "corrected": "Corrected", "added": "Added"}[item.verdict]
    gone = " in an earlier version, and not carried over: its words changed" if item.carried is False else ""
    who = f"{esc(item.statement.speaker)}: " if item.statement.speaker else ""
    return f'<p class="notice">{what}{gone}. {who}<q>{esc(item.statement.text)}</q></p>'
