"""What’s new: news on the watched questions and names, and the sources that are read again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from rag.display import plural
from rag.domain import DigestFormat, News, Refresh, Watch
from rag.newsroom import Newsroom
from rag.ui import following_views, session, views

_MOST_NEWS = 20  # news per watch or story
_SHOWN_BY_STORY = 300  # news that are grouped by story
_BY_WATCH, _BY_STORY = "By question", "By story"
_SINCE = {"Since yesterday": 1, "Since last week": 7}
_DIGEST_FILES: dict[DigestFormat, tuple[str, str, str]] = {
    "html": ("Web page", "html", "text/html"), "md": ("Markdown", "md", "text/markdown"),
    "atom": ("Feed", "xml", "application/atom+xml"),
}  # fmt: skip
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
    elif _chosen_grouping(room) == _BY_STORY:
        _by_story(room)
    else:
        for item in watches:
            _watch(room, item)
    _add_watch(room)
    if watches:
        _digest(room, watches)
    st.html('<h2 class="asked">Sources you follow</h2>')
    _addresses(room)
    _add_address(room)


def _chosen_grouping(room: Newsroom) -> str:
    """How the news is grouped; not asked where there is none."""
    if not room.news():
        return _BY_WATCH
    choice = st.segmented_control(
        "Group by", [_BY_WATCH, _BY_STORY], default=_BY_WATCH, required=True, key="group", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return str(choice)


def _by_story(room: Newsroom) -> None:
    """The news by the story that its article belongs to, the story with the newest news first."""
    news = room.news()[:_SHOWN_BY_STORY]
    with st.spinner("Finding stories …"):
        stories = room.stories(articles=[item.article_id for item in news])
    story_of = {article_id: story for story in stories for article_id in story.articles}
    groups: dict[str, list[News]] = {}
    for item in news:
        if story := story_of.get(item.article_id):
            groups.setdefault(story.story_id, []).append(item)
    for story_id, items in groups.items():
        story = story_of[items[0].article_id]
        unread = sum(not item.seen for item in items)
        with st.container(key=f"story-{story_id}"):
            st.html(following_views.story_html(story, unread))
            st.html(following_views.news_html(items[:_MOST_NEWS]))
            if unread:
                ids = [item.news_id for item in items]
                st.button("Mark as seen", key=f"see-{story_id}", on_click=room.see_news, kwargs={"news_ids": ids})


def _watch(room: Newsroom, item: Watch) -> None:
    news = room.news(watch_id=item.watch_id)
    with st.container(key=f"watch-{item.watch_id}"):
        count = f" ({item.unread} new)" if item.unread else ""
        st.html(f'<h2 class="asked">{views.esc(item.title)}{count}</h2>')
        if news:
            st.html(following_views.news_html(news[:_MOST_NEWS]))
        else:
            st.html('<p class="none">Nothing new since you started watching.</p>')
        with st.container(horizontal=True, vertical_alignment="center"):
            if item.unread:
                st.button("Mark as seen", key=f"see-{item.watch_id}", on_click=room.see_news, args=(item.watch_id,))
            if item.question and st.button("Ask now", key=f"ask-{item.watch_id}", type="tertiary"):
                session.ask_at_once(item.question)
            if item.story:
                st.page_link(session.STORY, label="Open the story", query_params={"id": item.story})
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


def _digest(room: Newsroom, watches: Sequence[Watch]) -> None:
    """A digest of what is new, over all watches and stories or over chosen ones, on the page and as files."""
    with st.expander("Digest"):
        since = st.segmented_control(
            "Since", list(_SINCE), default=next(iter(_SINCE)), required=True, key="digest_since",
            label_visibility="collapsed",
        )  # fmt: skip
        titles = {item.watch_id: item.title for item in watches}
        only = st.multiselect(
            "Only these", list(titles), format_func=lambda name: titles[name], placeholder="Everything", key="digest_of"
        )
        if not st.button("Show digest", key="digest"):
            return
        today = datetime.now(UTC).astimezone().date()
        with session.banner():
            digest = room.digest(today - timedelta(days=_SINCE[str(since)]), only=only)
            st.html(following_views.digest_html(digest))
            with st.container(horizontal=True, vertical_alignment="center", key="downloads"):
                for form, (label, ending, mime) in _DIGEST_FILES.items():
                    st.download_button(
                        label, room.digest_document(digest, form), file_name=f"digest.{ending}", mime=mime,
                        key=f"digest-{form}", on_click="ignore",
                    )  # fmt: skip


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
    with st.container(horizontal=True, vertical_alignment="center", key="followed-all"):
        pressed = st.button("Read all now", key="refresh")
        st.download_button(
            "Export as OPML", room.following_list(), file_name="following.opml", mime="text/x-opml", key="opml",
            on_click="ignore", type="tertiary",
        )  # fmt: skip
    if pressed:
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
        left, right = st.columns(2)
        interval = left.selectbox(
            "How often", list(_INTERVALS), index=1, format_func=lambda minutes: _INTERVALS[minutes]
        )
        outlet = right.text_input("Outlet", placeholder="As the source gives it", max_chars=100)
        left, right = st.columns(2)
        words = left.text_input("Only articles with one of these words", placeholder="drone, ceasefire", max_chars=300)
        language = right.text_input("Only in this language", placeholder="en", max_chars=10)
        file = st.file_uploader("Or a list of feeds from another reader (OPML)", type=["opml", "xml"], key="opml_file")
        if st.form_submit_button("Follow", type="primary"):
            with session.banner():
                if file:
                    room.follow_list(file.getvalue(), file.name, interval=interval)
                if address.strip() or not file:
                    room.follow(
                        views.with_scheme(address.strip()), interval=interval, words=words.split(","),
                        outlet=outlet.strip() or None, language=language.strip().lower() or None,
                    )  # fmt: skip
                st.rerun()


main()
