"""Pure rendering of what surrounds an article: its fold, its notes, its versions. Values in, escaped HTML out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from rag.display import day, plural, truncate
from rag.domain import NEAR_COPY_PREFIX, Article, ArticleSummary, Span, Story
from rag.ui.markup import Markup, html, joined, marked
from rag.ui.views import days, dotted, outside_url

CORRECTION_KINDS = ("correction", "retraction", "update")  # kinds of notes that stand above an article
_MOST_BEFORE = 160  # characters shown on either side of a word that was searched for
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
    """What is known about an article, each fact with where it came from."""
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
    shown = joined(html("<div><dt>{}</dt><dd>{}</dd></div>", name, value) for name, value in rows if value)
    return html('<dl class="facts">{}</dl>', shown)


def article_row_html(item: ArticleSummary, fold: str | None = None) -> Markup:
    """The line under a headline of the list; `fold` says how many outlets carry it."""
    when = day(item.published) if item.published else "no date"
    parts = (item.outlet, when, item.byline, plural(item.words, "word"), fold, "wire copy" if item.copy_of else None)
    owned = [note.partition(": ")[0] for note in item.notes if note.startswith(("correction: ", "retraction: "))]
    near = [note for note in item.notes if note.startswith(NEAR_COPY_PREFIX)]
    return html('<p class="row">{}</p>', dotted((*parts, *dict.fromkeys(owned), *near)))


def first_match(text: str, query: str) -> Span | None:
    """The sentence or line of an article that first has a word of a query."""
    match = next((found for pattern in _patterns(query) if (found := pattern.search(text))), None)
    if match is None:
        return None
    ends = [mark.end() for mark in re.finditer(r"\n|[.?!]\s", text[: match.start()])]
    start = ends[-1] if ends else 0
    start = max(start, match.start() - _MOST_BEFORE)
    end = next((at for at in range(match.end(), len(text)) if text[at] in ".?!\n"), len(text) - 1) + 1
    return Span(start, min(end, match.end() + _MOST_BEFORE))


def snippet_html(text: str, span: Span, query: str) -> Markup:
    """A passage with the words of a query marked."""
    words = text[span.start : span.end].strip()
    marks = [(*match.span(), "mark") for pattern in _patterns(query) for match in pattern.finditer(words)]
    return html('<p class="snippet">{}</p>', marked(words, marks))


def _patterns(query: str) -> list[re.Pattern[str]]:
    """What a word of a query looks like in a text: with whatever ending, as the index takes it; quoted ones as they
    stand.
    """
    plain = query.replace("“", '"').replace("”", '"')
    found = re.findall(r'"([^"]+)"|([\w\-’\']+)', plain)
    words = [
        re.escape(quoted) if quoted else rf"\b{re.escape(word[: max(3, len(word) - 2)])}\w*" for quoted, word in found
    ]
    return [re.compile(word, re.IGNORECASE) for word in words]


def titles_html(items: Iterable[ArticleSummary]) -> Markup:
    """Headlines as a list, for a confirmation."""
    line = "<li>{} <small>{}</small></li>"
    rows = joined(html(line, item.title, dotted((item.outlet, item.published))) for item in items)
    return html('<ul class="titles">{}</ul>', rows)


def story_head_html(item: Story) -> Markup:
    """A story's title, and how much of it there is."""
    return html('<header class="head"><h1>{}</h1><p>{}</p></header>', item.title, _extent(item))


def story_row_html(item: Story) -> Markup:
    """The line under a story of a list: how much there is, and who speaks."""
    who = f"{', '.join(item.speakers[:3])} and others" if len(item.speakers) > 3 else ", ".join(item.speakers)
    return html('<p class="row">{}</p>', dotted((_extent(item), who)))


def _extent(item: Story) -> str:
    articles = plural(len(item.articles), "article")
    outlets = ", ".join(item.outlets) if len(item.outlets) < 4 else plural(len(item.outlets), "outlet")
    return dotted((articles, outlets, days(item.since, item.until)))


def story_days_html(articles: Sequence[Article], copies: Sequence[str]) -> Markup:
    """The articles of a story by their days, the oldest first; wire copies say so."""
    line = '<p><a href="source?doc={}">{}</a> <small>{}</small></p>'
    rows = []
    for when, group in groupby(articles, key=lambda item: item.published):
        body = joined(
            html(
                line,
                item.article_id,
                item.title,
                dotted((item.outlet, item.byline, "wire copy" if item.article_id in copies else None)),
            )
            for item in group
        )
        rows.append(html("<li><time>{}</time><div>{}</div></li>", day(when), body))
    return html('<ol class="timeline">{}</ol>', joined(rows))


def fold_html(article: Article, original: ArticleSummary | Article | None, copies: Sequence[ArticleSummary]) -> Markup:
    """What an article is folded under, or how many outlets carry it and which; empty where it stands alone."""
    if original:
        link = html('<a href="source?doc={}">{}</a>', original.article_id, original.title)
        about = dotted((original.outlet, original.published))
        return html(
            '<p class="fold">A wire copy of {} {}. It counts as one more outlet, not as separate news.</p>', link, about
        )
    if not copies:
        return Markup()
    line = '<li><a href="source?doc={}">{}</a> <small>{}</small></li>'
    rows = joined(
        html(
            line,
            item.article_id,
            item.outlet or item.title,
            dotted((item.title if item.outlet else None, item.published)),
        )
        for item in copies
    )
    head = fold_line(article.outlet, copies)
    return html('<details class="fold"><summary>{}</summary><ul>{}</ul></details>', head, rows)


def fold_line(outlet: str | None, copies: Sequence[ArticleSummary]) -> str:
    """`6 outlets, 1 original`: how independent the sources of a piece of news are, as plain text."""
    outlets = {item.outlet for item in copies if item.outlet} | ({outlet} if outlet else set())
    return f"{plural(max(len(outlets), 1), 'outlet')}, 1 original"


def notes_html(article: Article) -> Markup:
    """The corrections, retractions and updates that the article itself owns up to; empty where it has none."""
    rows = []
    for note in article.notes:
        kind, _, words = note.partition(": ")
        if kind in CORRECTION_KINDS:
            again = words.casefold().startswith(f"{kind}:")  # the article's own heading says the same
            note_text = words[len(kind) + 1 :].strip() if again else words
            rows.append(html("<li><b>{}</b> <q>{}</q></li>", kind.capitalize(), note_text))
    label = '<ul class="notes" aria-label="Corrections and updates by the outlet">{}</ul>'
    return html(label, joined(rows)) if rows else Markup()


def versions_html(article: Article, shown: str | None) -> Markup:
    """All versions with the day each was read; the one compared with is marked. Empty where there is one only."""
    if len(article.versions) < 2:
        return Markup()
    current = article.versions[-1].version
    rows = []
    for item in reversed(article.versions):
        name = f"Version {item.number}, read {day(item.ingested.date())}"
        links = [html('<a href="source?doc={}&amp;v={}">read it</a>', article.article_id, item.version)]
        if item.version == current:
            links.insert(0, html("the current one"))
        else:
            link = '<a href="source?doc={}&amp;was={}">what changed since</a>'
            links.append(html(link, article.article_id, item.version))
        mark = html(' aria-current="true"') if item.version == shown else ""
        rows.append(html("<li{}>{} <small>{}</small></li>", mark, name, joined(links, " · ")))
    return html('<ol class="versions" reversed>{}</ol>', joined(rows))


def differences_html(pairs: Sequence[tuple[str, str]]) -> Markup:
    """Sentences before and after, side by side in words: removed, added, or put differently."""
    if not pairs:
        return html('<p class="none">No sentence differs.</p>')
    rows = []
    for before, after in pairs:
        old = html("<del><small>Before</small> {}</del>", before) if before else ""
        new = html("<ins><small>{}</small> {}</ins>", "Now" if before else "Added", after) if after else ""
        left_out = html('<p class="none">Left out, nothing in its place.</p>') if not after else ""
        rows.append(html("<li>{}{}{}</li>", old, new, left_out))
    return html('<ul class="changed">{}</ul>', joined(rows))
