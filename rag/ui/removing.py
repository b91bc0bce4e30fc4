"""Removing articles: asked for with their titles, done by id, and reported."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.domain import ArticleSummary, Filters, Removal
from rag.errors import OnRecordError, UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import session, source_views, views


def ask(article_ids: list[str]) -> None:
    """Have the page ask whether these may go."""
    st.session_state.removing = article_ids


def confirm(room: Newsroom) -> None:
    """The question, while it is open."""
    if "removing" in st.session_state:
        _confirm(room, st.session_state.removing)


def told() -> None:
    """What the last removal did, once."""
    for done, line in st.session_state.pop("told", []):
        (st.success if done else st.error)(views.label(line))


def _keep() -> None:
    st.session_state.pop("removing", None)


@st.dialog("Remove from the library?", on_dismiss=_keep)
def _confirm(room: Newsroom, article_ids: Sequence[str]) -> None:
    st.html(source_views.titles_html(_known(room, article_ids)))
    st.html(
        "<p>They go from the library and every index. Sentences of earlier answers that rest on them are emptied, and "
        "the answers marked.</p>"
    )
    with st.container(horizontal=True):
        remove = st.button("Remove", key="remove_now")
        keep = st.button("Keep", key="keep")
    if remove:
        _remove(article_ids)
    if remove or keep:
        _keep()
        st.rerun()  # a click in a dialog runs the dialog alone


def _known(room: Newsroom, article_ids: Sequence[str]) -> list[ArticleSummary]:
    groups = (room.articles(Filters(article=article_id)) for article_id in article_ids)
    return [item for items in groups for item in items]


def _remove(article_ids: Sequence[str]) -> None:
    lines: list[tuple[bool, str]] = []
    for article_id in article_ids:
        try:
            lines.append((True, _line(session.newsroom().remove(article_id))))
        except UnknownArticle:
            continue  # somebody else was quicker; it is gone, as asked
        except OnRecordError as exc:
            lines.append((False, str(exc)))
    st.session_state.told = lines


def _line(report: Removal) -> str:
    parts = [views.plural(report.versions, "version"), views.plural(report.statements, "statement")]
    line = f"Removed: {report.title}, with {' and '.join(parts)}."
    return f"{line} {views.plural(report.answers, 'earlier answer')} cited it." if report.answers else line
