"""Pure rendering of what adding finds and does: values in, escaped HTML out. Knows no Streamlit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rag.domain import AddResult, AddStatus, Preview, Progress
from rag.ui.views import BASIS, day, dotted, esc, plural, source_url

_STATUS: dict[AddStatus, str] = {
    "added": "Added",
    "updated": "New version",
    "duplicate": "Already there",
    "copy": "Folded",
    "rejected": "Not added",
}


def preview_html(item: Preview) -> str:
    """One article as it would be added: headline, what is known of it and from where, and how its text begins."""
    given = item.given
    title = given.get("title", item.title)
    published = given.get("published", item.published)
    if published:
        basis = "given by hand" if "published" in given else BASIS.get(item.date_basis or "", "")
        when = f"{day(published) if not isinstance(published, str) else esc(published)}"
        when += f" <i>({basis})</i>" if basis else ""
    else:
        when = "no date found"
    facts = [
        esc(given.get("outlet", item.outlet) or "no outlet found"),
        esc(given.get("byline", item.byline) or ""),
        when,
        f"updated {day(item.updated)}" if item.updated else "",
        "" if item.listed else plural(item.words, "word"),
    ]
    notes = []
    if item.known:
        where = f'<a href="source?doc={esc(item.known)}" target="_blank">in the library (new tab)</a>'
        notes.append(f"Already {where}; added again it brings a new version if its text has changed.")
    if item.listed:
        notes.append("The page itself is read when it is added.")
    notes += [esc(note) for note in item.notes[:4]]
    if item.left_out:
        lines = "; ".join(f"“{esc(line[:80])}”" for line in item.left_out[:3])
        more = " …" if len(item.left_out) > 3 else ""
        notes.append(f"Left out as part of the page: {plural(len(item.left_out), 'line')} ({lines}{more}).")
    head = f"<b>{esc(title)}</b>" if title else "<b>No headline found</b>"
    line = " · ".join(fact for fact in facts if fact)
    first = item.first.replace("\n\n", "\n")  # an empty line would be one of the four that are shown
    begins = f"<p>{esc(first)}</p>" if first else ""
    told = "".join(f"<small>{note}</small>" for note in notes)
    return f'<div class="found">{head}<small>{line}</small>{begins}{told}</div>'


def unread_html(items: Sequence[Preview]) -> str:
    """Sources that could not be read, and why; empty where all could."""
    rows = "".join(f"<li><b>{esc(item.source)}</b> <small>{esc(item.reason)}</small></li>" for item in items)
    head = f"{plural(len(items), 'source')} can’t be read as an article"
    return f'<div class="unread" role="alert"><p><b>{head}</b></p><ul>{rows}</ul></div>' if items else ""


def summary_line(results: Sequence[AddResult]) -> str:
    """`added 4 · already there 1 · not added 1`, as plain text."""
    counts = Counter(item.status for item in results)
    return dotted(f"{name.lower()} {counts[status]}" for status, name in _STATUS.items() if counts[status])


def results_html(results: Sequence[AddResult], titles: Mapping[str, str]) -> str:
    """What became of each source, as a table; `titles` by article id."""
    rows = []
    for item in results:
        article_id = item.of if item.status == "duplicate" else item.article_id
        name = titles.get(article_id or "", item.source)
        shown = esc(name)
        if article_id in titles and (found := item.version):
            url = f"source?doc={article_id}" if item.status == "duplicate" else source_url(str(article_id), found)
            shown = f'<a href="{esc(url)}" target="_blank">{shown}</a>'
        why = esc(item.reason or "")
        if item.status == "copy" and item.of in titles:
            under = f'<a href="source?doc={esc(item.of)}" target="_blank">{esc(titles[item.of or ""])}</a>'
            why = f"a wire copy of {under}"
        rows.append(
            f'<tr class="{item.status}"><th scope="row">{_STATUS[item.status]}</th><td>{shown}</td><td>{why}</td></tr>'
        )
    head = "<tr><th scope='col'>What became of it</th><th scope='col'>Article</th><th scope='col'>Why</th></tr>"
    return f'<table class="results"><thead class="sr-only">{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def working_html(doing: str, done: int, total: int | None, seconds_left: float | None = None) -> str:
    """A step under way: what, how many of how many, how long still."""
    of = f" {done:,} of {total:,}" if total else f" {done:,}" if done else ""
    left = f", about {_span(seconds_left)} left" if seconds_left and seconds_left >= 1 else ""
    bar = f'<progress max="{total}" value="{done}" aria-label="{esc(doing)}"></progress>' if total else ""
    return f'<div class="working"><p class="phase" role="status">{esc(doing)}{of}{left} …</p>{bar}</div>'


def looking_html(progress: Progress | None, found: int) -> str:
    """How far the looking is."""
    if progress:
        return working_html("Reading source", progress.done, progress.total, progress.seconds_left)
    return working_html("Reading; articles found:", found, None)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
