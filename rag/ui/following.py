"""What’s new: news on the watched questions and names, and the sources that are read again."""

from __future__ import annotations

import threading

import streamlit as st

from rag.display import plural
from rag.domain import Refresh, Watch
from rag.newsroom import Newsroom
from rag.ui import following_views, session, views

_SHOWN = 20  # news per watch
_INTERVALS = {15: "every 15 minutes", 60: "every hour", 360: "every 6 hours", 1440: "every day"}


def main() -> None:
    """The page."""
    room = session.newsroom()
    st.html("<h1>What’s new</h1>")
    watches = room.watches()
    if not watches:
        st.html(
            '<p class="lede">Watch a question or a name. Each time your sources are read, what is new appears here, '
            "once.</p>"
        )
    for item in watches:
        _watch(room, item)
    _add_watch(room)
    st.html('<h2 class="asked">Sources you follow</h2>')
    _addresses(room)
    _add_address(room)


def _watch(room: Newsroom, item: Watch) -> None:
    news = room.news(watch_id=item.watch_id)
    with st.container(key=f"watch-{item.watch_id}"):
        count = f" ({item.unread} new)" if item.unread else ""
        st.html(f'<h2 class="asked">{views.esc(item.title)}{count}</h2>')
        if news:
            st.html(following_views.news_html(news[:_SHOWN]))
        else:
            st.html('<p class="none">Nothing new since you started watching.</p>')
        with st.container(horizontal=True, vertical_alignment="center"):
            if item.unread:
                st.button("Mark as seen", key=f"see-{item.watch_id}", on_click=room.see_news, args=(item.watch_id,))
            if item.question and st.button("Ask now", key=f"ask-{item.watch_id}", type="tertiary"):
                session.ask_at_once(item.question)
            st.button(
                "Stop watching", key=f"unwatch-{item.watch_id}", type="tertiary", on_click=room.unwatch,
                args=(item.watch_id,),
            )  # fmt: skip


def _add_watch(room: Newsroom) -> None:
    with (
        st.expander("Watch a question or a name", expanded=not room.watches()),
        st.form("new_watch", border=False, clear_on_submit=True),
    ):
        question = st.text_input("Question", placeholder="What is Turkey's stated position?", max_chars=300)
        who, what = st.columns(2)
        actor = who.text_input("Or a person, body or country", max_chars=200)
        topic = what.text_input("On a topic", max_chars=200)
        if st.form_submit_button("Watch", type="primary"):
            with session.banner():
                room.watch(question.strip() or None, actor=actor.strip() or None, topic=topic.strip() or None)
                st.rerun()


def _addresses(room: Newsroom) -> None:
    addresses = room.following()
    if not addresses:
        st.html('<p class="none">You are not following any sources yet.</p>')
        return
    for at, item in enumerate(addresses):
        with st.container(horizontal=True, vertical_alignment="center", key=f"followed-{at}"):
            st.html(following_views.address_html(item))
            st.button(
                "Unfollow", key=f"unfollow-{at}", type="tertiary", on_click=room.unfollow, args=(item.address,)
            )  # fmt: skip
    if st.button("Read all now", key="refresh"):
        with session.banner(), st.spinner("Reading …"):
            outcome = room.refresh(everything=True, cancel=threading.Event())
            st.session_state.refreshed = outcome
            st.rerun()  # the lines above show the state of each address
    if outcome := st.session_state.pop("refreshed", None):
        _refreshed(outcome)


def _refreshed(outcome: Refresh) -> None:
    added = sum(one.status in ("added", "updated") for one in outcome.results)
    entries = plural(len(outcome.news), "new entry", "new entries")
    line = f"{plural(added, 'article')} new or changed, {entries} on what you watch."
    if outcome.left:
        line += f" {plural(outcome.left, 'older article')} of long lists will be read in the next rounds."
    if outcome.errors:
        st.warning(f"{line} {plural(len(outcome.errors), 'address', 'addresses')} could not be read.")
    else:
        st.success(line)


def _add_address(room: Newsroom) -> None:
    with (
        st.expander("Follow a source", expanded=not room.following()),
        st.form("new_address", border=False, clear_on_submit=True),
    ):
        address = st.text_input(
            "Address of a feed, a news sitemap or a front page", placeholder="https://", max_chars=2000
        )
        often, some, lead = st.columns(3)
        interval = often.selectbox(
            "How often", list(_INTERVALS), index=1, format_func=lambda minutes: _INTERVALS[minutes]
        )
        words = some.text_input("Only articles with one of these words", placeholder="drone, ceasefire", max_chars=300)
        outlet = lead.text_input("Outlet", max_chars=100)
        if st.form_submit_button("Follow", type="primary"):
            with session.banner():
                room.follow(
                    views.with_scheme(address.strip()), interval=interval, words=words.split(","),
                    outlet=outlet.strip() or None,
                )  # fmt: skip
                st.rerun()


main()
