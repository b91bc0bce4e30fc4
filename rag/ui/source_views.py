"""Pure rendering of articles and stories: facts, matches, copies, notes, versions. Values in, escaped HTML out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Literal

from rag.display import day, plural, truncate
from rag.domain import NEAR_COPY_PREFIX, Article, ArticleSummary, Span, Story
from rag.ui.markup import Markup, escape, facts_list, html, joined, marked
from rag.ui.views import compare_url, days, dotted, link, outside_url, source_url

CORRECTION_KINDS = ("correction", "retraction", "update")  # kinds of notes shown above an article
_LEAD = 240  # characters of context above a highlighted span that scrolls into view
BASIS = {
    "json-ld": "from the page's metadata",
    "meta": "from the page's metadata",
    "front-matter": "from the file",
    "url": "from the address",
    "dateline": "from the dateline",
    "text": "from the text",
    "user": "given by hand",
}


def facts_html(article: Article) -> Markup:
    """The facts about an article; the day with its source."""
    place = next((item.number for item in article.versions if item.version == article.version), 1)
    basis = html(" <i>({})</i>", BASIS[article.date_basis]) if article.date_basis in BASIS else ""
    notes = [note for note in article.notes if note.partition(": ")[0] not in CORRECTION_KINDS]
    rows: list[tuple[str, object]] = [
        ("Outlet", article.outlet),
        ("Byline", article.byline),
        ("Published", html("{}{}", day(article.published), basis) if article.published else "no date found"),
        ("Updated", day(article.updated) if article.updated else None),
        ("Added", day(article.ingested.date())),
        ("Version", f"{place} of {max(len(article.versions), 1)}"),
        ("Notes", joined(notes, "<br>")),
    ]
    if url := outside_url(article.url):
        link = '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
        rows.append(("Original", html(link, url, truncate(url, 60))))
    return facts_list(rows)


def article_row_html(item: ArticleSummary, fold: str | None = None) -> Markup:
    """The line under a headline in a list; `fold` is the number of outlets that carry the article, in words."""
    when = day(item.published) if item.published else "no date"
    parts = (item.outlet, when, item.byline, plural(item.words, "word"), fold, "wire copy" if item.copy_of else None)
    corrections = [note.partition(": ")[0] for note in item.notes if note.startswith(("correction: ", "retraction: "))]
    near = [note for note in item.notes if note.startswith(NEAR_COPY_PREFIX)]
    return html('<p class="row">{}</p>', dotted((*parts, *dict.fromkeys(corrections), *near)))


def snippet_html(sentence: str, words: Iterable[Span]) -> Markup:
    """A sentence of an article with the words of a search in it marked."""
    return html('<p class="snippet">{}</p>', marked(sentence, [(one.start, one.end, "mark") for one in words]))


def titles_html(items: Iterable[ArticleSummary]) -> Markup:
    """Headlines as a list, for the confirmation of a removal."""
    line = "<li>{}<br><small>{}</small></li>"
    rows = joined(html(line, item.title, dotted((item.outlet, item.published))) for item in items)
    return html('<ul class="titles">{}</ul>', rows)


def story_head_html(item: Story) -> Markup:
    """A story's title and extent."""
    return html('<header class="head"><h1>{}</h1><p>{}</p></header>', item.title, _extent(item))


def story_row_html(item: Story) -> Markup:
    """The line under a story in a list: its extent and speakers."""
    who = f"{', '.join(item.speakers[:3])} and others" if len(item.speakers) > 3 else ", ".join(item.speakers)
    return html('<p class="row">{}</p>', dotted((_extent(item), who)))


def _extent(item: Story) -> str:
    articles = plural(len(item.articles), "article")
    outlets = ", ".join(item.outlets) if len(item.outlets) < 4 else plural(len(item.outlets), "outlet")
    return dotted((articles, outlets, days(item.since, item.until)))


def story_days_html(articles: Sequence[Article], copies: Sequence[str]) -> Markup:
    """The articles of a story by day, oldest first; wire copies are labelled."""
    rows = []
    for when, group in groupby(articles, key=lambda item: item.published):
        about = {
            item: dotted((item.outlet, item.byline, "wire copy" if item.article_id in copies else None))
            for item in group
        }
        body = joined(
            html("<p>{}</p>", link(source_url(item.article_id), item.title, line)) for item, line in about.items()
        )
        rows.append(html("<li><time>{}</time><div>{}</div></li>", day(when), body))
    return html('<ol class="timeline">{}</ol>', joined(rows))


def fold_html(article: Article, original: ArticleSummary | Article | None, copies: Sequence[ArticleSummary]) -> Markup:
    """The original of a wire copy, or the outlets that carry an article; empty if it has no copies."""
    if original:
        line = '<p class="fold">A wire copy of {} {}. It counts as one more outlet, not as separate news.</p>'
        title = link(source_url(original.article_id), original.title)
        return html(line, title, dotted((original.outlet, original.published)))
    if not copies:
        return Markup()
    rows = joined(
        html(
            "<li>{}</li>",
            link(
                source_url(item.article_id),
                item.outlet or item.title,
                dotted((item.outlet and item.title, item.published)),
            ),
        )
        for item in copies
    )
    head = fold_line(article.outlet, copies)
    return html('<details class="fold"><summary>{}</summary><ul>{}</ul></details>', head, rows)


def fold_line(outlet: str | None, copies: Sequence[ArticleSummary]) -> str:
    """`6 outlets, 1 original`: how many outlets carry one text."""
    outlets = {item.outlet for item in copies if item.outlet} | ({outlet} if outlet else set())
    return f"{plural(max(len(outlets), 1), 'outlet')}, 1 original"


def notes_html(article: Article) -> Markup:
    """The corrections, retractions and updates that the article states; empty if it has none."""
    rows = []
    for note in article.notes:
        kind, _, words = note.partition(": ")
        if kind in CORRECTION_KINDS:
            repeats = words.casefold().startswith(f"{kind}:")  # the text repeats the heading
            note_text = words[len(kind) + 1 :].strip() if repeats else words
            rows.append(html("<li><b>{}</b> <q>{}</q></li>", kind.capitalize(), note_text))
    label = '<ul class="notes" aria-label="Corrections and updates by the outlet">{}</ul>'
    return html(label, joined(rows)) if rows else Markup()


def versions_html(article: Article, version: str | None) -> Markup:
    """All versions with the day each was read; the compared one is marked. Empty if there is only one."""
    if len(article.versions) < 2:
        return Markup()
    current = article.versions[-1].version
    rows = []
    for item in reversed(article.versions):
        name = f"Version {item.number}, read {day(item.ingested.date())}"
        links: list[object] = [link(source_url(article.article_id, item.version), "read it")]
        if item.version == current:
            links.insert(0, "the current one")
        else:
            links.append(link(compare_url(article.article_id, item.version), "what changed since"))
        mark = html(' aria-current="true"') if item.version == version else ""
        rows.append(html("<li{}>{} <small>{}</small></li>", mark, name, joined(links, " · ")))
    return html('<ol class="versions" reversed>{}</ol>', joined(rows))


def differences_html(pairs: Sequence[tuple[str, str]]) -> Markup:
    """The sentences that were removed, added or changed, before and after."""
    if not pairs:
        return html('<p class="none">No sentences differ.</p>')
    rows = []
    for before, after in pairs:
        old = html("<del><small>Before</small> {}</del>", before) if before else ""
        new = html("<ins><small>{}</small> {}</ins>", "Now" if before else "Added", after) if after else ""
        note = html('<p class="none">Removed, with nothing in its place.</p>') if not after else ""
        rows.append(html("<li>{}{}{}</li>", old, new, note))
    return html('<ul class="changed">{}</ul>', joined(rows))


def article_html(
    text: str,
    hit: Span | None = None,
    others: Iterable[Span] = (),
    *,
    exact: Iterable[Span] = (),
    who: Iterable[Span] = (),
) -> Markup:
    """An article's text with `hit` scrolled into view. The `exact` spans within it (by default all of it) are marked
    strongly, `who` and the rest of `hit` less, `others` least. Not marked: spans that run past the text, and `others`
    that touch the hit.
    """
    fits = [hit] if hit and hit.end <= len(text) else []
    dark = [span for span in exact if fits and fits[0].start <= span.start < span.end <= fits[0].end] or fits
    pale = [*fits, *(span for span in who if span.end <= len(text))]
    light: list[Span] = []
    for span in sorted(others):
        if span.end <= len(text) and not any(span.touches(one) for one in (*fits, *light)):
            light.append(span)
    layers = (("hit", dark), ("who", pale), ("also", light))
    anchor = text.rfind("\n", 0, max(0, fits[0].start - _LEAD)) + 1 if fits else -1
    cuts = sorted(
        {0, len(text), max(anchor, 0), *(at for _, spans in layers for s in spans for at in (s.start, s.end))}
    )
    parts: list[Markup] = []
    first = True
    for start, end in pairwise(cuts):
        kind = next((name for name, spans in layers if any(s.start <= start < s.end for s in spans)), "")
        if start == anchor:
            parts.append(html("<i></i>"))
        if not kind:
            parts.append(escape(text[start:end]))
            continue
        mark = ' id="hit" class="hit"' if kind == "hit" and first else f' class="{kind}"'
        first = first and kind != "hit"
        parts.append(html(f"<mark{mark}>{{}}</mark>", text[start:end]))
    body = '<div class="art" tabindex="0" role="region" aria-label="Article text">{}</div>'
    return html(body, joined(parts))


def article_head_html(article: Article | ArticleSummary, *, level: Literal[1, 2] = 1) -> Markup:
    """The headline with outlet, byline and day."""
    line = dotted((article.outlet, article.byline, article.published))
    return html(f'<header class="head"><h{level}>{{}}</h{level}><p>{{}}</p></header>', article.title, line)
