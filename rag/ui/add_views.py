"""Pure rendering of the Add page: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.display import day, plural, truncate
from rag.domain import AddResult, AddStatus, Preview, Progress
from rag.ui import views
from rag.ui.markup import Markup, html, joined
from rag.ui.source_views import BASIS
from rag.ui.views import dotted, link, source_url

_MOST_NOTES = 4  # in a preview
_STATUS: dict[AddStatus, str] = {
    "added": "Added",
    "updated": "New version",
    "duplicate": "Already in your library",
    "copy": "Saved as a copy",
    "rejected": "Not added",
}
_SHORTEST = 40  # words of an article


def is_short(item: Preview) -> bool:
    """True if a preview is too short to be a whole article."""
    return item.extract is not None and not item.listed and item.words < _SHORTEST


def preview_html(item: Preview) -> Markup:
    """An article as it would be added: headline, facts with their sources, and the beginning of its text."""
    corrections = item.corrections
    title = corrections.get("title", item.title)
    published = corrections.get("published", item.published)
    when: object = "no date found"
    if published:
        basis = "given by hand" if "published" in corrections else BASIS.get(item.date_basis or "", "")
        published_text = published if isinstance(published, str) else day(published)
        when = html("{}{}", published_text, html(" <i>({})</i>", basis) if basis else "")
    facts = [
        corrections.get("outlet", item.outlet) or "no outlet found",
        corrections.get("byline", item.byline) or "",
        when,
        f"updated {day(item.updated)}" if item.updated else "",
        "" if item.listed else plural(item.words, "word"),
    ]
    first = item.first.replace("\n\n", "\n")  # an empty line would take one of the four lines shown
    begins = html("<p>{}</p>", first) if first else ""
    remarks = [
        html("It is {} long. Is it a whole article?", plural(item.words, "word")) if is_short(item) else "",
        html("The page itself is read when it is added.") if item.listed else "",
        *(html("{}", note) for note in item.notes[:_MOST_NOTES]),
        _left_out(item),
    ]
    head = title or "No headline found"
    line = joined((fact for fact in facts if fact), " · ")
    notes = joined(html("<small>{}</small>", remark) for remark in remarks if remark)
    return html('<div class="found"><b>{}</b><small>{}</small>{}{}</div>', head, line, begins, notes)


def _left_out(item: Preview) -> Markup:
    """How many lines were left out as page furniture, with the first of them."""
    if not item.left_out:
        return Markup("")
    lines = "; ".join(f"“{truncate(line, 80)}”" for line in item.left_out[:3])
    more = " …" if len(item.left_out) > 3 else ""
    return html("Left out as part of the page: {} ({}{}).", plural(len(item.left_out), "line"), lines, more)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingArticle:
    """An article of the library with the source, the text or the headline of a preview. `differences` is empty if the
    text is the same; `becomes_version` is True if the preview becomes a version of it without asking.
    """

    article_id: str
    title: str
    differences: Sequence[tuple[str, str]]
    becomes_version: bool


def existing_html(existing: ExistingArticle) -> Markup:
    """The line about an article that the library has already."""
    title = link(source_url(existing.article_id), existing.title, new_tab=True)
    if not existing.differences:
        return html(
            '<p class="notice" role="status">The same text is in your library, as {}: there is nothing to add.</p>',
            title,
        )
    changed = plural(len(existing.differences), "sentence")
    line = "A newer version of {}: {} changed." if existing.becomes_version else "A newer version of {}? {} changed."
    return html(f'<p class="notice" role="status">{line}</p>', title, changed)


def unread_html(items: Sequence[Preview]) -> Markup:
    """Sources that could not be read, and why; empty where all could."""
    rows = joined(html("<li><b>{}</b> <small>{}</small></li>", item.source, item.reason) for item in items)
    head = "We couldn’t read this" if len(items) == 1 else f"We couldn’t read {plural(len(items), 'source')}"
    body = '<div class="unread" role="alert"><p><b>{}</b></p><ul>{}</ul></div>'
    return html(body, head, rows) if items else Markup()


def summary_line(results: Sequence[AddResult]) -> str:
    """`1 article added · 1 already in your library`, as plain text."""
    counts = Counter(item.status for item in results)
    words: dict[AddStatus, str] = {
        "added": f"{plural(counts['added'], 'article')} added",
        "updated": f"{plural(counts['updated'], 'new version')}",
        "duplicate": f"{counts['duplicate']:,} already in your library",
        "copy": f"{counts['copy']:,} saved as {'a copy' if counts['copy'] == 1 else 'copies'}",
        "rejected": f"{counts['rejected']:,} not added",
    }
    return dotted(line for status, line in words.items() if counts[status])


def results_html(results: Sequence[AddResult], titles: Mapping[str, str]) -> Markup:
    """The result of each source, as a table; `titles` by article id."""
    rows = []
    for item in results:
        article_id = item.of if item.status == "duplicate" else item.article_id
        title: object = titles.get(article_id or "", item.source)
        if article_id in titles and (version := item.version):
            shown_version = None if item.status == "duplicate" else version
            title = link(source_url(str(article_id), shown_version), title, new_tab=True)
        why: object = item.reason or ""
        if item.status == "copy" and item.of in titles:
            why = html("a copy of {}", link(source_url(item.of or ""), titles[item.of or ""], new_tab=True))
        row = '<tr class="{}"><th scope="row">{}</th><td>{}</td><td>{}</td></tr>'
        rows.append(html(row, item.status, _STATUS[item.status], title, why))
    head = html('<tr><th scope="col">Result</th><th scope="col">Article</th><th scope="col">Why</th></tr>')
    table = '<table class="results"><thead class="sr-only">{}</thead><tbody>{}</tbody></table>'
    return html(table, head, joined(rows))


def working_html(doing: str, done: int, total: int | None, seconds_left: float | None = None) -> Markup:
    """The progress of a step, with the remaining time if known."""
    of = f" {done:,} of {total:,}" if total else f" {done:,}" if done else ""
    remaining = f", about {_duration(seconds_left)} left" if seconds_left and seconds_left >= 1 else ""
    return views.working_html(f"{doing}{of}{remaining}", done, total)


def looking_html(progress: Progress | None, count: int) -> Markup:
    """The progress of previewing."""
    if progress:
        return working_html("Reading source", progress.done, progress.total, progress.seconds_left)
    return working_html("Reading; articles found:", count, None)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
