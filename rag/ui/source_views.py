"""Pure rendering of what surrounds an article: its fold, its notes, its versions. Values in, escaped HTML out."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain import Article, ArticleSummary
from rag.ui.views import OWNED_UP, day, dotted, esc, plural


def fold_html(article: Article, original: ArticleSummary | Article | None, copies: Sequence[ArticleSummary]) -> str:
    """What an article is folded under, or how many outlets carry it and which; empty where it stands alone."""
    if original:
        about = esc(dotted((original.outlet, original.published)))
        link = f'<a href="source?doc={esc(original.article_id)}">{esc(original.title)}</a>'
        return f'<p class="fold">A wire copy of {link} {about}. It counts as an outlet, not as news of its own.</p>'
    if not copies:
        return ""
    rows = "".join(
        f'<li><a href="source?doc={esc(item.article_id)}">{esc(item.outlet or item.title)}</a> '
        f"<small>{esc(dotted((item.title if item.outlet else None, item.published)))}</small></li>"
        for item in copies
    )
    return f'<details class="fold"><summary>{esc(fold_line(article.outlet, copies))}</summary><ul>{rows}</ul></details>'


def fold_line(outlet: str | None, copies: Sequence[ArticleSummary]) -> str:
    """`6 outlets, 1 original`: how independent the sources of a piece of news are, as plain text."""
    outlets = {item.outlet for item in copies if item.outlet} | ({outlet} if outlet else set())
    return f"{plural(max(len(outlets), 1), 'outlet')}, 1 original"


def notes_html(article: Article) -> str:
    """The corrections, retractions and updates that the article itself owns up to; empty where it has none."""
    rows = []
    for note in article.notes:
        kind, _, words = note.partition(": ")
        if kind in OWNED_UP:
            again = words.casefold().startswith(f"{kind}:")  # the article's own heading says the same
            note_text = words[len(kind) + 1 :].strip() if again else words
            rows.append(f"<li><b>{kind.capitalize()}</b> <q>{esc(note_text)}</q></li>")
    return f'<ul class="notes" aria-label="What the outlet owns up to">{"".join(rows)}</ul>' if rows else ""


def versions_html(article: Article, shown: str | None) -> str:
    """All versions with the day each was read; the one compared with is marked. Empty where there is one only."""
    if len(article.versions) < 2:
        return ""
    current = article.versions[-1].version
    rows = []
    for item in reversed(article.versions):
        name = f"Version {item.number}, read {day(item.ingested.date())}"
        about = "the current one" if item.version == current else ""
        links = f'<a href="source?doc={esc(article.article_id)}&amp;v={esc(item.version)}">read it</a>'
        if item.version != current:
            was = f"source?doc={esc(article.article_id)}&amp;was={esc(item.version)}"
            links += f' · <a href="{was}">what changed since</a>'
        mark = ' aria-current="true"' if item.version == shown else ""
        rows.append(f"<li{mark}>{name} <small>{dotted((about,))} {links}</small></li>")
    return f'<ol class="versions" reversed>{"".join(rows)}</ol>'


def differences_html(pairs: Sequence[tuple[str, str]]) -> str:
    """Sentences before and after, side by side in words: gone, come, or put differently."""
    if not pairs:
        return '<p class="none">No sentence differs.</p>'
    rows = []
    for before, after in pairs:
        gone = f"<del><small>Before</small> {esc(before)}</del>" if before else ""
        come = f"<ins><small>{'Now' if before else 'Added'}</small> {esc(after)}</ins>" if after else ""
        left_out = '<p class="none">Left out without a substitute.</p>' if not after else ""
        rows.append(f"<li>{gone}{come}{left_out}</li>")
    return f'<ul class="changed">{"".join(rows)}</ul>'
