"""Positions: who says what on which topic, as a matrix and over time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import streamlit as st

from rag.display import plural
from rag.domain import Change, Filters, Positions, as_json
from rag.newsroom import Newsroom
from rag.ui import session, statement_views, views

_EARLIEST = date(1600, 1, 1)
_MATRIX, _TIMELINE = "Matrix", "Timeline"


def main() -> None:
    """The page. Its filters stand in the address."""
    room = session.newsroom()
    st.html("<h1>Positions</h1>")
    if not room.count():
        st.html('<p class="lede">The library is empty, so nobody has said anything yet.</p>')
        st.page_link(session.ADD, label="Add the first article")
        return
    st.html('<p class="lede">Who says what, on whose behalf, and whether that changed.</p>')
    if told := views.pending_line(room.pending()):
        st.caption(told)
    actors, topics, filters = _filters(room)
    found = room.positions(actors=actors, topics=topics, filters=filters)
    if not any(cell.statements for cell in found.cells):
        _nothing(found, chosen=bool(actors or topics or filters))
        return
    view = st.segmented_control(
        "View", [_MATRIX, _TIMELINE], default=_MATRIX, key="view", bind="query-params", label_visibility="collapsed"
    )
    if view == _TIMELINE:
        _timeline(found)
    else:
        st.html(statement_views.matrix_html(found))
        _changes(found, found.changes)
    _downloads(room, found)


def _filters(room: Newsroom) -> tuple[list[str], list[str], Filters]:
    """What to show; without actors or topics the library's own most frequent ones."""
    with st.container(key="filters"):
        who, what = st.columns(2)
        actors = who.text_input(
            "Actors, with commas between", key="who", placeholder="Those who say the most", bind="query-params"
        )
        topics = what.text_input(
            "Topics, with commas between", key="topic", placeholder="What most is said about", bind="query-params"
        )
        outlets, since, until = st.columns([2, 1.5, 1.5])
        names = [name for name, _ in room.outlets()]
        outlet = outlets.selectbox("Outlet", names, index=None, key="outlet", placeholder="Any", bind="query-params")
        days = [
            column.date_input(name, value=None, key=key, format="YYYY-MM-DD", min_value=_EARLIEST, bind="query-params")
            for column, name, key in ((since, "Since", "since"), (until, "Until", "until"))
        ]
    return _names(actors), _names(topics), Filters(outlet=outlet, since=days[0], until=days[1])


def _names(typed: str | None) -> list[str]:
    """The names between the commas, at most twelve."""
    return list(dict.fromkeys(name.strip()[:80] for name in (typed or "").split(",") if name.strip()))[:12]


def _nothing(found: Positions, *, chosen: bool) -> None:
    if chosen:
        st.html('<p class="none">No statement found for this choice of actors, topics and articles.</p>')
        st.button("Clear the filters", on_click=_clear)
    elif found.statements:
        told = f"{plural(len(found.statements), 'statement')} found, none by a named actor on a recurring topic."
        st.html(f'<p class="none">{told} Name actors and topics above.</p>')
    else:
        st.html('<p class="none">No statement was found in the articles.</p>')


def _timeline(found: Positions) -> None:
    left, right = st.columns(2)
    actor = left.selectbox("Actor", found.actors, key="line_actor")
    about = [topic for topic in found.topics if found.cell(actor, topic).statements]
    if not about:
        st.html(f'<p class="none">No statement by {views.esc(actor)} on these topics was found.</p>')
        return
    topic = right.selectbox("Topic", about, key="line_topic")
    cell = found.cell(actor, topic)
    changes = [item for item in found.changes if (item.actor, item.topic) == (actor, topic)]
    _changes(found, changes)
    st.html(statement_views.timeline_html(found.said(cell)))


def _changes(found: Positions, changes: Sequence[Change]) -> None:
    if changes:
        st.html(statement_views.changes_html(found, changes))


def _downloads(room: Newsroom, found: Positions) -> None:
    def table() -> bytes:
        return room.positions_csv(found).encode("utf-8-sig")

    def plain() -> bytes:
        return json.dumps(as_json(found), ensure_ascii=False, indent=2).encode()

    with st.container(horizontal=True, key="downloads"):
        st.download_button("Table (CSV)", table, file_name="positions.csv", mime="text/csv", on_click="ignore")
        st.download_button("JSON", plain, file_name="positions.json", mime="application/json", on_click="ignore")


def _clear() -> None:
    for key in ("outlet", "since", "until"):
        st.session_state.pop(key, None)
    st.session_state.who = st.session_state.topic = ""


main()
