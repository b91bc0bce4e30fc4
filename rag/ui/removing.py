"""Removing articles: confirmation, removal, report, and undo."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import cast, get_type_hints

import streamlit as st

from rag.display import plural
from rag.domain import (
    Article,
    ArticleChanges,
    ArticleSummary,
    Correction,
    Extract,
    Filters,
    Preview,
    Removal,
    StatementChanges,
)
from rag.errors import OnRecordError, UnknownArticle, UnusableInput
from rag.newsroom import Newsroom
from rag.ui import session, source_views, views

_READ_WITHIN = 20.0  # seconds to wait for the statements of a version, to correct them again
_CORRECTABLE = tuple(get_type_hints(StatementChanges))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """An article as it was: its versions, oldest first, and the decisions about its statements."""

    versions: Sequence[Article]
    corrections: Sequence[Correction]


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
    used = "it" if len(article_ids) == 1 else "them"
    st.html(f"<p>{it} will no longer be searched or quoted. Earlier answers that used {used} will say so.</p>")
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
    snapshots: list[_Snapshot] = []
    room = session.newsroom()
    for article_id in article_ids:
        try:
            versions = [room.article(article_id, item.version) for item in room.article(article_id).versions]
            snapshot = _Snapshot(versions=versions, corrections=room.corrections(article_id))
            lines.append((True, _line(room.remove(article_id))))
        except UnknownArticle:
            continue  # removed already
        except OnRecordError as exc:
            lines.append((False, str(exc)))
        else:
            snapshots.append(snapshot)
    st.session_state.removal_lines, st.session_state.removed = lines, snapshots


def _undo(articles: Sequence[_Snapshot]) -> None:
    """Bring articles back; answers that quoted them stay marked."""
    lines: list[tuple[bool, str]] = []
    for item in articles:
        try:
            _bring_back(session.newsroom(), item)
        except OnRecordError as exc:
            lines.append((False, str(exc)))
        else:
            lines.append((True, f"Back in the library: {item.versions[-1].title}."))
    st.session_state.removal_lines = lines


def _bring_back(room: Newsroom, snapshot: _Snapshot) -> None:
    """Add every version again, oldest first, with the same amendments and corrections. Raises OnRecordError."""
    article_id = None
    for item in snapshot.versions:
        [result] = room.add_previewed([_preview_of(item, article_id)])
        article_id = result.article_id
        if article_id is None or result.status == "duplicate":  # of an article that has the same text
            raise UnusableInput(f"{item.title}: {result.reason}")
        if snapshot.corrections:
            room.wait(_READ_WITHIN)
            corrections = [one for one in snapshot.corrections if one.statement.version == item.version]
            _correct_again(room, item, corrections)
    if article_id and (amended := snapshot.versions[-1].amended):
        fields = {one.field: one.value or "" for one in amended}
        room.amend(article_id, **cast("ArticleChanges", fields))


def _correct_again(room: Newsroom, article: Article, corrections: Sequence[Correction]) -> None:
    """Repeat the decisions about the statements of a version in place of those that were carried over to it."""
    current = {item.content: item for item in room.statements(article=article.article_id)}
    contents = {item.statement.content for item in corrections}
    for item in (one.statement for one in room.corrections(article.article_id)):
        if item.version == article.version and item.content not in contents:
            room.restore(item)
    for verdict, item in ((one.verdict, one.statement) for one in corrections):
        before = current.get(item.content)
        changes = {
            name: getattr(item, name) for name in _CORRECTABLE if getattr(item, name) != getattr(before, name, None)
        }
        if verdict == "dismissed":
            if before:
                room.dismiss(before)
        elif before is None:
            source = item.source.span if item.source else None
            cue = item.cue.span if item.cue else None
            places = [part.span for part in item.content]
            fields = cast("StatementChanges", changes)
            room.add_statement(article.article_id, places, source=source, cue=cue, **fields)
        elif changes:
            room.correct(before, **cast("StatementChanges", changes))


def _preview_of(item: Article, article_id: str | None) -> Preview:
    """The preview from which a version was added; reading its text again could mistake its first line for a headline.
    `article_id` is the article of its earlier versions.
    """
    fields = {
        field.name: getattr(item, field.name) for field in dataclasses.fields(Extract) if field.name != "left_out"
    }
    fields |= {one.field: one.found for one in item.amended}
    if isinstance(fields["published"], str):
        fields["published"] = date.fromisoformat(fields["published"])
    return Preview(
        source=item.url or item.title,
        title=item.title,
        key=item.url,
        found=Extract(**fields),
        version_of=None if item.url else article_id,  # an address connects them by itself
    )


def _line(report: Removal) -> str:
    if not report.answers:
        return f"Removed: {report.title}."
    say = "says" if report.answers == 1 else "say"
    return f"Removed: {report.title}. {plural(report.answers, 'earlier answer')} quoted it and {say} so."
