"""The actors of the library: looked at, merged and split by hand. A part of the page Positions."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag.domain import Actor
from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.ui import session, statement_views, views

_MOST = 40


def show(room: Newsroom) -> None:
    """The register: a search, one actor with roles and articles, and the ways to merge and split."""
    _notice()
    query = st.text_input(
        "Name, office or body", key="actor_query", placeholder="Those who say the most", bind="query-params"
    )
    actors = room.actors(query or None)
    if not actors:
        st.html('<p class="none">No actor has all of these words in a name, a role or a body.</p>')
        return
    names = [one.name for one in actors[:_MOST]]
    name = st.selectbox("Actor", names, key="actor_chosen")
    one = next((item for item in actors if item.name == name), actors[0])
    st.html(statement_views.actor_html(one, room.actor_articles(one.name, limit=10)))
    _decide(room, one)
    st.html(statement_views.actors_html(actors[:_MOST], len(actors)))


def _decide(room: Newsroom, one: Actor) -> None:
    with st.expander("Merge or split", key="decide"):
        others = [item.name for item in room.actors() if item.name != one.name]
        other = st.selectbox(
            f"{views.label(one.name)} is the same as", others, index=None, key="merge_with", placeholder="Choose a name"
        )
        if other:
            st.button(
                f"Merge under {views.label(one.name)}",
                key="merge",
                on_click=_do,
                args=(
                    lambda desk: desk.merge_actors(one.name, other),
                    "Merged. It stays so when articles are read again.",
                ),
            )
        if one.aliases:
            alias = st.selectbox("Not the same", one.aliases, index=None, key="split_off", placeholder="Choose a name")
            if alias:
                st.button(
                    f"Split off {views.label(alias)}",
                    key="split",
                    on_click=_do,
                    args=(
                        lambda desk: desk.split_actor(one.name, alias),
                        "Split. It stays so when articles are read again.",
                    ),
                )
        if one.decided:
            st.button(
                "Undo what was decided by hand",
                key="reset",
                on_click=_do,
                args=(lambda desk: desk.reset_actor(one.name), "As the articles have it."),
            )


def _do(act: Callable[[Newsroom], object], notice: str) -> None:
    try:
        act(session.newsroom())
    except OnRecordError as exc:
        st.session_state.actor_notice = (False, str(exc))
        return
    st.session_state.actor_notice = (True, notice)


def _notice() -> None:
    """What the last step did, once."""
    if notice := st.session_state.pop("actor_notice", None):
        done, line = notice
        (st.success if done else st.error)(views.label(line))
