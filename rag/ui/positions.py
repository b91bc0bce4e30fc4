"""Positions: who says what on which topic, as a matrix and over time; the actors, to be merged and split by hand."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from rag.display import plural
from rag.domain import Actor, Filters, Positions, as_json
from rag.errors import UnknownActor
from rag.newsroom import Newsroom
from rag.ui import controls, session, statement_views, views

_TOPIC, _OVERVIEW, _TIMELINE, _ACTORS = "Topic", "Overview", "Timeline", "Actors"
_FILTERS = ("who", "topic", "outlet", "since", "until")
_MOST_ACTORS = 40  # in the register
_FEWEST = 3  # actors and topics of an overview


def main() -> None:
    """The page. Its filters are kept in the address."""
    room = session.newsroom()
    st.html("<h1>Positions</h1>")
    st.html('<p class="lede">Who says what, on whose behalf, and whether that changed.</p>')
    if not controls.require_articles(room):
        return
    controls.show_background(room)
    view = st.segmented_control(
        "View",
        [_TOPIC, _OVERVIEW, _TIMELINE, _ACTORS],
        default=_TOPIC,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == _ACTORS:
        _register(room)
        return
    actors, topics, filters = _filters(room)
    positions = room.positions(actors=actors, topics=topics, filters=filters)
    if not any(cell.statements for cell in positions.cells):
        _no_results(positions, chosen=bool(actors or topics or filters))
        return
    if view == _TIMELINE:
        _timeline(room, positions)
    elif view == _TOPIC:
        _topic(room, positions, all_named=bool(actors))
    elif not (actors or topics) and min(len(positions.actors), len(positions.topics)) < _FEWEST:
        st.html(
            '<p class="none">Too few actors talk about the same topics for an overview. See one topic at a time.</p>'
        )
    else:
        text_of = session.text_of(room)
        matrix = statement_views.matrix_html(positions, text_of)
        st.html(matrix + statement_views.changes_html(positions, positions.changes, text_of))
    _downloads(room, positions)


def _filters(room: Newsroom) -> tuple[list[str], list[str], Filters]:
    """The fields for actors, topics and filters; without actors or topics the most frequent ones are shown."""
    is_open = any(st.query_params.get(name) for name in _FILTERS) and not _is_comparison()
    with st.expander("Filters", expanded=is_open, key="filters"):
        who, what = st.columns(2)
        actors = who.text_input(
            "People or countries (comma-separated)", key="who", placeholder="Anyone", bind="query-params"
        )
        topics = what.text_input("Topics (comma-separated)", key="topic", placeholder="Any topic", bind="query-params")
        outlets, since, until = st.columns([2, 1.5, 1.5])
        filters = controls.article_filters(room, outlets, since, until)
    return _names(actors), _names(topics), filters


def _names(typed: str | None) -> list[str]:
    """The comma-separated names, at most twelve."""
    return list(dict.fromkeys(name.strip()[:80] for name in (typed or "").split(",") if name.strip()))[:12]


def _no_results(positions: Positions, *, chosen: bool) -> None:
    if chosen:
        st.html('<p class="none">No statement matches these filters.</p>')
        st.button("Clear filters", on_click=controls.clear_filters, args=("who", "topic"))
    elif positions.statements:
        summary = f"{plural(len(positions.statements), 'statement')} found, none by a named actor on a recurring topic."
        st.html(f'<p class="none">{summary} Name people and topics under Filters.</p>')
    else:
        st.html('<p class="none">The articles have no statements.</p>')


def _is_comparison() -> bool:
    """True if the page was opened to see two actors side by side."""
    return bool(st.query_params.get("compare"))


def _topic(room: Newsroom, positions: Positions, *, all_named: bool) -> None:
    """One topic: the latest and earlier statements of each actor, and two actors side by side."""
    first = positions.topics[0]
    selected = st.pills("Topic", positions.topics, default=first, key="one_topic", format_func=statement_views.heading)
    topic = selected if selected in positions.topics else first
    text_of = session.text_of(room)
    speaking = [actor for actor in positions.actors if positions.cell(actor, topic).statements]
    if len(speaking) > 1:
        with st.expander("Compare two", key="compare", expanded=_is_comparison()):
            for column, at in zip(st.columns(2), (0, 1), strict=True):
                actor = column.selectbox(("One", "The other")[at], speaking, index=at, key=f"side{at}")
                column.html(statement_views.timeline_html(positions.said(positions.cell(actor, topic)), text_of, actor))
    kinds = {actor: known.kind for actor in speaking if (known := _registered(room, actor))}
    st.html(statement_views.topic_html(positions, topic, text_of, kinds, all_named=all_named))


def _registered(room: Newsroom, name: str) -> Actor | None:
    try:
        return room.actor(name)
    except UnknownActor:
        return None


def _timeline(room: Newsroom, positions: Positions) -> None:
    left, right = st.columns(2)
    actor = left.selectbox("Actor", positions.actors, key="line_actor")
    about = [topic for topic in positions.topics if positions.cell(actor, topic).statements]
    if not about:
        st.html(f'<p class="none">No statement by {views.esc(actor)} on these topics was found.</p>')
        return
    topic = right.selectbox("Topic", about, key="line_topic", format_func=statement_views.heading)
    cell = positions.cell(actor, topic)
    changes = [item for item in positions.changes if (item.actor, item.topic) == (actor, topic)]
    text_of = session.text_of(room)
    changes_html = statement_views.changes_html(positions, changes, text_of)
    st.html(changes_html + statement_views.timeline_html(positions.said(cell), text_of, actor))


def _downloads(room: Newsroom, positions: Positions) -> None:
    def table() -> bytes:
        return room.positions_csv(positions).encode("utf-8-sig")

    def plain() -> bytes:
        return json.dumps(as_json(positions), ensure_ascii=False, indent=2).encode()

    with st.container(horizontal=True, key="downloads"):
        controls.downloads({"csv": table, "json": plain}, "positions.{}".format, "download")


# -- the register


def _register(room: Newsroom) -> None:
    """The actors: a search, one actor with roles and articles, and merging and splitting."""
    controls.show_notice()
    query = st.text_input("Name, office or body", key="actor_query", placeholder="Anyone", bind="query-params")
    actors = room.actors(query or None)
    if not actors:
        st.html('<p class="none">No actor matches these words.</p>')
        return
    names = [one.name for one in actors[:_MOST_ACTORS]]
    name = st.selectbox("Actor", names, key="actor_chosen")
    one = next((item for item in actors if item.name == name), actors[0])
    st.html(statement_views.actor_html(one, room.actor_articles(one.name, limit=10)))
    _merge_or_split(room, one)
    st.html(statement_views.actors_html(actors[:_MOST_ACTORS], len(actors)))


def _merge_or_split(room: Newsroom, one: Actor) -> None:
    with st.expander("Merge or split", key="decide"):
        others = [item.name for item in room.actors() if item.name != one.name]
        other = st.selectbox(
            f"{views.label(one.name)} is the same as", others, index=None, key="merge_with", placeholder="Choose a name"
        )
        again = "This stays when articles are read again."
        if other:
            merge = partial(room.merge_actors, one.name, other)
            controls.button(f"Merge under {views.label(one.name)}", "merge", merge, f"Merged. {again}")
        if one.aliases:
            alias = st.selectbox("Not the same", one.aliases, index=None, key="split_off", placeholder="Choose a name")
            if alias:
                split = partial(room.split_actor, one.name, alias)
                controls.button(f"Split off {views.label(alias)}", "split", split, f"Split. {again}")
        if one.decided:
            reset = partial(room.reset_actor, one.name)
            controls.button("Undo manual changes", "reset", reset, "Back to what the articles say.")


main()
