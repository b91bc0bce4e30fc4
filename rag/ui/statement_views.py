"""Pure rendering of statements and the matrix of positions: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType
from urllib.parse import urlencode

from rag.display import day, plural, venue_words, with_article
from rag.domain import (
    Actor,
    ActorKind,
    ArticleSummary,
    Change,
    ChangeRule,
    Correction,
    PositionCell,
    Positions,
    Span,
    Statement,
    explain_statement,
)
from rag.newsroom import Newsroom
from rag.ui.markup import Markup, escape, facts_list, html, joined, marked, table
from rag.ui.views import SPEECH, article_link, days, dotted, source_url, speaker_html

_MOST_SPEAKERS = 8  # of a story
_MOST = 6  # statements on the card of a cell, roles of an actor
LONGEST_SENTENCE = 600  # characters
_KINDS: tuple[ActorKind, ...] = ("country", "body", "person")  # in the order of a topic's rows
_FEWEST_DAYS = 2  # of a topic, for an axis
_QUOTATION_MARKS = '“”"‘’ '
_THAT = re.compile(r"^that\s+")
_RULES = {
    "denial": "one denies what the other does not",
    "side": "support against opposition",
    "negation": "much the same words, with and without a “not”",
    "figures": "much the same words with other figures",
}
LEGEND = "Number of statements; + supportive, − opposed, ~ both. Click one to read them."

TextOf = Callable[[Statement], str]  # the text of its article version


def statement_words_html(item: Statement, text: str) -> Markup:
    """The words of a statement: a direct quotation alone; else the whole sentence with the content underlined, as the
    content alone may say the reverse.
    """
    if item.kind == "direct":  # the comma before "he said" is no part of what was said
        plain = escape(" … ".join(f"“{part.text.strip(_QUOTATION_MARKS).rstrip(',')}”" for part in item.content))
    else:
        plain = escape(" … ".join(part.text for part in item.content))
    around = [*item.content, *(part for part in (item.source, item.cue) if part)]
    span = Span(min(part.start for part in around), max(part.end for part in around))
    sentence = Newsroom.sentences_around(text, span, before=item.points_back)
    clause = sentence.of(text)
    if item.kind == "direct" or "\n" in clause or not 0 < len(clause) <= LONGEST_SENTENCE:
        return plain
    parts = [part for part in item.content if part.text not in ("which", "that", "who")]
    spans = [(part.start + len(part.text) - len(_THAT.sub("", part.text)), part.end) for part in parts]
    return marked(clause, [(first - sentence.start, last - sentence.start, "u") for first, last in spans])


def statement_html(item: Statement, text: str, *, headed: bool = True, under: str = "") -> Markup:
    """A statement with its facts and a link to its place in the article, which has this `text`. `headed` adds the
    speaker line, without the name if it stands `under` it.
    """
    span = Span(item.content[0].start, item.content[-1].end)
    about = dotted((item.outlet, item.published)) or item.title or "the article"
    speech = "in the outlet’s own words" if item.stance else SPEECH[item.kind]
    facts = [
        venue_words(item.venue) if item.venue else "",
        f"said {day(item.said_on)}" if item.said_on else "",
        f"denied ({speech})" if item.denied else speech,
        "corrected by hand" if item.corrected else "",
        html(
            '<a href="{}" target="_blank">{}<span class="sr-only"> (new tab)</span></a>',
            source_url(item.article_id, item.version, span),
            about,
        ),
    ]
    return html(
        '<section class="voice">{who}<blockquote class="{shape}"><p>{said}</p><footer>{line}<details class="why">'
        '<summary>How we know</summary>{why} <a href="statements?doc={id}">Wrong? Correct it</a></details></footer>'
        "</blockquote></section>",
        who=speaker_line_html(item, under) if headed else "",
        shape="reported" if item.stance else item.kind,
        said=statement_words_html(item, text),
        line=joined((fact for fact in facts if fact), " · "),
        why=explain_statement(item),
        id=item.article_id,
    )


def speaker_line_html(item: Statement, under: str = "") -> Markup:
    """The speaker line, also of a statement without a certain speaker; without the name if it stands `under` it."""
    if under and item.speaker == under:
        return speaker_html(item, named=False)
    unsure = " or ".join(item.speaker_candidates)
    nobody = f"Speaker not certain: {unsure}" if unsure else "No speaker named"
    return speaker_html(item) or html('<p class="who">{}</p>', nobody)


def statements_html(items: Iterable[Statement], text_of: TextOf, under: str = "") -> Markup:
    """Statements in order; of consecutive ones by the same speaker only the first has the speaker line."""
    parts, before = [], None
    for item in items:
        who = (item.speaker, item.role, item.on_behalf_of, item.speaker_candidates)
        parts.append(statement_html(item, text_of(item), headed=who != before, under=under))
        before = who
    return joined(parts)


def heading(topic: str) -> str:
    """A topic as the heading of a column or on a button."""
    return topic[:1].upper() + topic[1:]


def topic_html(
    positions: Positions,
    topic: str,
    text_of: TextOf,
    kinds: Mapping[str, ActorKind] = MappingProxyType({}),
    *,
    all_named: bool = False,
) -> Markup:
    """Each actor's latest statement on the topic, with its days on one axis, possible changes and, folded, the others:
    countries, then bodies, then people, by their `kinds`, newest first. Actors without a statement are listed if the
    reader named them all.
    """
    parts, silent = [], []
    cells = [positions.cell(actor, topic) for actor in positions.actors]
    latest = {cell.actor: sayings[-1].sort_day for cell in cells if (sayings := positions.said(cell))}
    cells.sort(key=lambda cell: latest.get(cell.actor, date.min), reverse=True)
    all_days = sorted(when for cell in cells for item in positions.said(cell) if (when := item.day))
    for cell in sorted(cells, key=lambda cell: _KINDS.index(kinds.get(cell.actor, "person"))):
        if not (sayings := positions.said(cell)):
            silent.append(cell.actor)
            continue
        at = sorted(when for item in sayings if (when := item.day))
        span = days(at[0], at[-1]) if at else "no date"
        count = f"{sign(cell)} {plural(len(sayings), 'statement')}, {span}".strip()
        changes = [item for item in positions.changes if (item.actor, item.topic) == (cell.actor, topic)]
        parts.append(
            html(
                '<section class="party"><h2>{} <small>{}</small></h2>{}{}{}{}</section>',
                cell.actor,
                count,
                _dots_html(positions, cell, all_days),
                statement_html(sayings[-1], text_of(sayings[-1]), under=cell.actor),
                changes_html(positions, changes[-1:], text_of),
                _earlier_html(sayings[:-1], text_of, cell.actor),
            )
        )
    none = html('<p class="none">No statement on this topic: {}</p>', ", ".join(silent)) if silent and all_named else ""
    return html('<div class="ans topic">{}{}</div>', joined(parts), none)


def _dots_html(positions: Positions, cell: PositionCell, axis: Sequence[date]) -> Markup:
    """A dot for each day with a statement, between the first and the last day of `axis`, and a ring where a position
    may have changed. What they show stands beside them in words. Empty if all days are one.
    """
    if len(set(axis)) < _FEWEST_DAYS:
        return Markup()
    turns = {
        positions.statements[one.later].day
        for one in positions.changes
        if (one.actor, one.topic) == (cell.actor, cell.topic)
    }
    span = (axis[-1] - axis[0]).days
    own = {when for item in positions.said(cell) if (when := item.day)}
    dots = joined(
        html(
            '<i class="{}" style="left:{:.1f}%"></i>',
            "turn" if at in turns else "dot",
            100 * (at - axis[0]).days / span,
        )
        for at in sorted(own)
    )
    ends = html("<span>{}</span><span>{}</span>", day(axis[0]), day(axis[-1]))
    return html('<div class="then-now" aria-hidden="true"><div>{}</div><p>{}</p></div>', dots, ends)


def actor_html(one: Actor, articles: Sequence[ArticleSummary]) -> Markup:
    """One actor: names, roles with their days, and articles."""
    roles = [
        html("<li>{} <small>{}</small></li>", dotted((role.words, role.body)), days(role.since, role.until) or "")
        for role in reversed(one.roles)
    ]
    listed = html("<ul>{}</ul>", joined(roles[:_MOST])) if roles else Markup()
    if rest := roles[_MOST:]:
        listed += html("<details><summary>{} more</summary><ul>{}</ul></details>", len(rest), joined(rest))
    links = joined(html("<li>{}</li>", article_link(item)) for item in articles)
    extent = f"{plural(one.articles, 'article')}, {plural(one.statements, 'statement')}"
    rows: list[tuple[str, object]] = [
        ("Also called", ", ".join(one.aliases)),
        ("For", one.body),
        ("Roles", listed),
        ("Seen in", html("{}<ul>{}</ul>", extent, links)),
    ]
    return html('<section class="actor"><h2 class="asked">{}</h2>{}</section>', one.name, facts_list(rows))


def actors_html(actors: Sequence[Actor], total: int) -> Markup:
    """The actors as a table; `total` counts those beyond it too."""
    row = '<tr><th scope="row">{}</th><td>{}</td><td>{:,}</td></tr>'
    rows = joined(html(row, one.name, _about(one), one.statements) for one in actors)
    head = joined(html('<th scope="col">{}</th>', name) for name in ("Actor", "Role", "Statements"))
    caption = plural(total, "actor") if total == len(actors) else f"{len(actors)} of {plural(total, 'actor')}"
    return table("Actors", head, rows, css="matrix register", caption=caption)


def _about(one: Actor) -> str:
    role = one.roles[-1].words if one.roles else ""
    body = f"for {with_article(one.body)}" if one.body and one.body.casefold() not in role.casefold() else ""
    return f"{role} {body}".strip()


def matrix_html(positions: Positions, text_of: TextOf) -> Markup:
    """The matrix as a table. A cell with statements is a button that opens a card with them."""
    head = joined(html('<th scope="col">{}</th>', heading(topic)) for topic in positions.topics)
    changed = {(item.actor, item.topic) for item in positions.changes}
    rows = []
    for at, (actor, cells) in enumerate(groupby(positions.cells, key=lambda cell: cell.actor)):
        line = joined(
            _cell_html(positions, cell, f"p{at}-{n}", text_of, changed=(cell.actor, cell.topic) in changed)
            for n, cell in enumerate(cells)
        )
        rows.append(html('<tr><th scope="row">{}</th>{}</tr>', actor, line))
    signs = any(sign(cell) for cell in positions.cells)
    caption = LEGEND if signs else "Number of statements. Click one to read them."
    return table("Matrix of positions", html("<td></td>{}", head), joined(rows), caption=caption)


def _cell_html(positions: Positions, cell: PositionCell, pid: str, text_of: TextOf, *, changed: bool) -> Markup:
    sayings = positions.said(cell)
    if not sayings:
        return html(
            '<td class="none"><span aria-hidden="true">·</span><span class="sr-only">no statement found</span></td>'
        )
    count, about = plural(len(sayings), "statement"), f"{cell.actor}: {heading(cell.topic)}"
    name = f"{about}, {count}"
    if sign(cell):
        name += f", {cell.supporting} of support, {cell.opposing} of opposition"
    rest = ""
    if len(sayings) > _MOST:
        query = urlencode({"view": "Timeline", "who": cell.actor, "topic": cell.topic})
        rest = html('<p><a href="positions?{}" target="_blank">All {} in the timeline</a></p>', query, len(sayings))
    return html(
        '<td><button type="button" class="cell" popovertarget="{pid}" aria-label="{name}">{n}{mark}</button>'
        '<div class="card wide" popover id="{pid}" role="group" aria-label="{about}"><b>{about}</b>'
        '<small>{order}</small><div class="ans">{body}</div>{rest}</div></td>',
        pid=pid,
        name=f"{name}, may have changed" if changed else name,
        n=f"{sign(cell)}{len(sayings)}",
        mark=html("<small>changed?</small>") if changed else "",
        about=about,
        order=f"{count}, the latest {_MOST}" if rest else f"{count}, newest first" if len(sayings) > 1 else count,
        body=statements_html(reversed(sayings[-_MOST:]), text_of, cell.actor),
        rest=rest,
    )


def sign(cell: PositionCell) -> str:
    """`+` for words of support, `−` for words of opposition, `~` for both, nothing for neither."""
    if cell.supporting and cell.opposing:
        return "~"
    return "+" if cell.supporting else "−" if cell.opposing else ""


def changes_html(positions: Positions, changes: Sequence[Change], text_of: TextOf) -> Markup:
    """The possible changes of position: both statements and the rule, once for all topics that they are on; empty if
    there are none.
    """
    head = '<section class="outlet"><h3>Changed? <span>{}, {}: {}</span></h3></section>{}'
    topics: dict[tuple[str, ChangeRule, int, int], list[str]] = {}
    for item in changes:
        topics.setdefault((item.actor, item.rule, item.earlier, item.later), []).append(item.topic)
    parts = [
        html(
            head,
            actor,
            " and ".join(names),
            _RULES[rule],
            statements_html([positions.statements[at] for at in (earlier, later)], text_of),
        )
        for (actor, rule, earlier, later), names in topics.items()
    ]
    return html('<div class="ans changes">{}</div>', joined(parts)) if parts else Markup()


def timeline_html(statements: Sequence[Statement], text_of: TextOf, under: str = "") -> Markup:
    """Statements by the day they were made (else published), oldest first, `under` an actor's name."""
    parts = []
    for when, group in groupby(statements, key=lambda item: item.day):
        parts.append(html('<li><p class="caps">{}</p>{}</li>', day(when), statements_html(group, text_of, under)))
    return html('<ol class="ans days">{}</ol>', joined(parts))


def speakers_html(statements: Iterable[Statement], text_of: TextOf) -> Markup:
    """The speakers with the most statements, each with the latest one and, folded, the earlier ones."""
    groups: dict[str, list[Statement]] = {}
    for item in statements:
        if item.speaker and not item.stance:
            groups.setdefault(item.speaker, []).append(item)
    parts = []
    for group in sorted(groups.values(), key=len, reverse=True)[:_MOST_SPEAKERS]:
        *before, last = sorted(group, key=lambda item: item.sort_day)
        folded = _earlier_html(before, text_of, last.speaker or "")
        parts.append(html('<section class="party">{}{}</section>', statement_html(last, text_of(last)), folded))
    return html('<div class="ans">{}</div>', joined(parts))


def _earlier_html(statements: Sequence[Statement], text_of: TextOf, under: str) -> Markup:
    """Earlier statements `under` an actor's name, newest first, folded; empty if there are none."""
    if not statements:
        return Markup()
    body = statements_html(reversed(statements), text_of, under)
    return html("<details><summary>{} more</summary>{}</details>", len(statements), body)


def correction_html(item: Correction) -> Markup:
    """A dismissed statement, or a correction that was not carried over to a new version."""
    what = {"dismissed": "Dismissed", "corrected": "Corrected", "added": "Added"}[item.verdict]
    suffix = " in an earlier version, and not carried over: its words changed" if item.carried is False else ""
    who = f"{item.statement.speaker}: " if item.statement.speaker else ""
    return html('<p class="notice">{}{}. {}<q>{}</q></p>', what, suffix, who, item.statement.text)
