"""Positions: who says what on which topic, as a matrix and over time."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from rag.display import plural
from rag.domain import Change, Filters, Positions, as_json
from rag.newsroom import Newsroom
from rag.ui import actors as register
from rag.ui import controls, session, statement_views, views

_TOPIC, _OVERVIEW, _TIMELINE, _ACTORS = "Topic", "Overview", "Timeline", "Actors"
_FEWEST = 3  # actors and topics of an overview


def main() -> None:
    """The page. Its filters stand in the address."""
    room = session.newsroom()
    st.html("<h1>Positions</h1>")
    if not room.count():
        st.html('<p class="lede">The library is empty, so nobody has said anything yet.</p>')
        st.page_link(session.ADD, label="Add the first article")
        return
    st.html('<p class="lede">Who says what, on whose behalf, and whether that changed.</p>')
    if notice := views.pending_line(room.pending()):
        st.caption(notice)
    view = st.segmented_control(
        "View",
        [_TOPIC, _OVERVIEW, _TIMELINE, _ACTORS],
        default=_TOPIC,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == _ACTORS:
        register.show(room)
        return
    actors, topics, filters = _filters(room)
    positions = room.positions(actors=actors, topics=topics, filters=filters)
    if not any(cell.statements for cell in positions.cells):
        _nothing(positions, chosen=bool(actors or topics or filters))
        return
    if view == _TIMELINE:
        _timeline(positions)
    elif view == _TOPIC:
        _topic(room, positions, actors, filters)
    elif not (actors or topics) and min(len(positions.actors), len(positions.topics)) < _FEWEST:
        st.html(
            '<p class="none">Too few actors talk about the same topics for an overview. See one topic at a time.</p>'
        )
    else:
        st.html(statement_views.matrix_html(positions))
        _changes(positions, positions.changes)
    _downloads(room, positions)


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
        filters = controls.article_filters(room, outlets, since, until)
    return _names(actors), _names(topics), filters


def _names(typed: str | None) -> list[str]:
    """The names between the commas, at most twelve."""
    return list(dict.fromkeys(name.strip()[:80] for name in (typed or "").split(",") if name.strip()))[:12]


def _nothing(positions: Positions, *, chosen: bool) -> None:
    if chosen:
        st.html('<p class="none">No statement found for this choice of actors, topics and articles.</p>')
        st.button("Clear the filters", on_click=controls.clear_filters, args=("who", "topic"))
    elif positions.statements:
        summary = f"{plural(len(positions.statements), 'statement')} found, none by a named actor on a recurring topic."
        st.html(f'<p class="none">{summary} Name actors and topics above.</p>')
    else:
        st.html('<p class="none">No statement was found in the articles.</p>')


def _topic(room: Newsroom, positions: Positions, actors: list[str], filters: Filters) -> None:
    """One topic: the latest words of each who speaks of it, then and now, and two side by side."""
    topic = st.pills("Topic", positions.topics, default=positions.topics[0], key="one_topic") or positions.topics[0]
    if topic not in positions.topics:
        topic = positions.topics[0]
    one = room.positions(actors=actors, topics=[topic], filters=filters)
    st.html(statement_views.topic_html(one, topic))
    speaking = [cell.actor for cell in one.cells if cell.statements]
    if len(speaking) > 1:
        with st.expander("Compare two", key="compare"):
            for column, at in zip(st.columns(2), (0, 1), strict=True):
                actor = column.selectbox(("One", "The other")[at], speaking, index=at, key=f"side{at}")
                column.html(statement_views.timeline_html(one.said(one.cell(actor, topic))))


def _timeline(positions: Positions) -> None:
    left, right = st.columns(2)
    actor = left.selectbox("Actor", positions.actors, key="line_actor")
    about = [topic for topic in positions.topics if positions.cell(actor, topic).statements]
    if not about:
        st.html(f'<p class="none">No statement by {views.esc(actor)} on these topics was found.</p>')
        return
    topic = right.selectbox("Topic", about, key="line_topic")
    cell = positions.cell(actor, topic)
    changes = [item for item in positions.changes if (item.actor, item.topic) == (actor, topic)]
    _changes(positions, changes)
    st.html(statement_views.timeline_html(positions.said(cell)))


def _changes(positions: Positions, changes: Sequence[Change]) -> None:
    if changes:
        st.html(statement_views.changes_html(positions, changes))


def _downloads(room: Newsroom, positions: Positions) -> None:
    def table() -> bytes:
        return room.positions_csv(positions).encode("utf-8-sig")

    def plain() -> bytes:
        return json.dumps(as_json(positions), ensure_ascii=False, indent=2).encode()

    with st.container(horizontal=True, key="downloads"):
        controls.downloads({"csv": table, "json": plain}, "positions.{}".format, "download")


main()
