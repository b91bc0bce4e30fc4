"""Removing articles: confirmation, removal, report, and undo."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.display import plural
from rag.domain import ArticleSummary, Filters, Removal, RemovedArticle
from rag.errors import OnRecordError, UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import session, source_views, views


def ask(article_ids: list[str]) -> None:
    """Make the page ask for a confirmation of the removal."""
    st.session_state.removing = article_ids


def confirm(room: Newsroom, *, then: str | None = None) -> None:
    """Show the confirmation if one is open; `then` is the page to show after the removal."""
    if "removing" in st.session_state:
        _confirm(room, st.session_state.removing, then)


def show_result() -> None:
    """Show the result of the last removal once, with a button to undo it."""
    for succeeded, line in st.session_state.pop("removal_lines", []):
        (st.success if succeeded else st.error)(views.label(line))
    if articles := st.session_state.pop("removed", None):
        st.button("Undo", key="undo_remove", on_click=_undo, args=(articles,))


def _cancel() -> None:
    st.session_state.pop("removing", None)


@st.dialog("Remove from the library?", on_dismiss=_cancel)
def _confirm(room: Newsroom, article_ids: Sequence[str], then: str | None) -> None:
    st.html(source_views.titles_html(_summaries(room, article_ids)))
    it = "It" if len(article_ids) == 1 else "They"
    pronoun = "it" if len(article_ids) == 1 else "them"
    st.html(f"<p>{it} will no longer be searched or quoted. Earlier answers that used {pronoun} will say so.</p>")
    with st.container(horizontal=True):
        remove = st.button("Remove", key="remove_now", type="primary")
        keep = st.button("Cancel", key="keep")
    if remove:
        _remove(article_ids)
    if remove or keep:
        _cancel()
    if remove and then:
        st.switch_page(then)
    elif remove or keep:
        st.rerun()  # a click in a dialog reruns only the dialog


def _summaries(room: Newsroom, article_ids: Sequence[str]) -> list[ArticleSummary]:
    groups = (room.articles(Filters(article=article_id)) for article_id in article_ids)
    return [item for items in groups for item in items]


def _remove(article_ids: Sequence[str]) -> None:
    """Remove articles. The session keeps them until the next action on the page, for `_undo`."""
    lines: list[tuple[bool, str]] = []
    snapshots: list[RemovedArticle] = []
    room = session.newsroom()
    for article_id in article_ids:
        try:
            snapshot = room.snapshot(article_id)
            lines.append((True, _line(room.remove(article_id))))
        except UnknownArticle:
            continue  # removed already
        except OnRecordError as exc:
            lines.append((False, str(exc)))
        else:
            snapshots.append(snapshot)
    st.session_state.removal_lines, st.session_state.removed = lines, snapshots


def _undo(articles: Sequence[RemovedArticle]) -> None:
    """Bring articles back; answers that quoted them stay marked."""
    lines: list[tuple[bool, str]] = []
    for item in articles:
        try:
            session.newsroom().bring_back(item)
        except OnRecordError as exc:
            lines.append((False, str(exc)))
        else:
            lines.append((True, f"Back in the library: {item.versions[-1].title}."))
    st.session_state.removal_lines = lines


def _line(report: Removal) -> str:
    if not report.answers:
        return f"Removed: {report.title}."
    say = "says" if report.answers == 1 else "say"
    return f"Removed: {report.title}. {plural(report.answers, 'earlier answer')} quoted it and {say} so."
