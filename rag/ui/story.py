"""Story: the articles about one event. Not in the menu; linked from the Library and from each of its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import streamlit as st

from rag.display import OUTLET_UNKNOWN
from rag.domain import Article, Filters, Story
from rag.errors import UnknownActor, UnusableInput
from rag.newsroom import Newsroom
from rag.ui import controls, session, source_views, statement_views, suggestions, views

_NEARBY, _MOST_NEARBY = 30, 200  # days around a story, and stories in them, that can be merged with it


def main() -> None:
    """The page. `?id=` has the id of the story."""
    room = session.newsroom()
    try:
        story = room.story(st.query_params.get("id", ""))
    except UnusableInput:
        controls.not_found("Story", "Its articles were removed from the library, or the link is wrong.")
        return
    session.name_tab(story.title)
    st.html(source_views.story_head_html(story))
    questions = suggestions.questions_about(room, story.articles)
    with st.container(horizontal=True, key="after"):
        if st.button("Brief it", key="brief", type="primary"):
            session.brief_on(story.articles)
        if st.button("Ask about it", key="ask_story"):
            session.ask_at_once(f"What is reported on “{story.title}”?")
        st.button("Keep watching", key="watch", type="tertiary", on_click=_watch, args=(room, story))
    if questions:
        with st.container(key="followups", gap="xxsmall"):
            for question in questions:
                if st.button(views.label(question), type="tertiary"):
                    session.ask_at_once(question)
    _speakers(room, story.articles)
    articles = [room.article(article_id) for article_id in story.articles]
    st.html('<h2 class="asked">Day by day</h2>')
    st.html(source_views.story_days_html(articles, story.copies))
    _put_right(room, story, articles)


def _watch(room: Newsroom, story: Story) -> None:
    room.watch(story=story.story_id)
    st.toast(session.WATCH_NOTICE)


def _put_right(room: Newsroom, story: Story, articles: Sequence[Article]) -> None:
    """Take articles out of the story, or merge another one into it; both stay as the library grows."""
    with st.container(horizontal=True, vertical_alignment="center", key="put-right"):
        if len(articles) > 1:
            with st.popover("Not one event?", type="tertiary"):
                st.html("<p>Choose the articles that are about something else. They become a story of their own.</p>")
                titles = {item.article_id: f"{item.title} ({item.outlet or OUTLET_UNKNOWN})" for item in articles}
                out = st.multiselect("Articles", list(titles), format_func=lambda name: titles[name], key="out")
                if st.button("Take out", key="split"):
                    with session.banner():
                        room.split_story(story.story_id, out)
                        st.rerun()
        st.toggle("Same event elsewhere?", key="merging")
    if st.session_state.get("merging"):  # all stories of a month: looked up only where they are asked for
        _merge(room, story)


def _merge(room: Newsroom, story: Story) -> None:
    with st.spinner("Finding stories …"):
        others = {item.story_id: item for item in _nearby(room, story)}
    if not others:
        st.html('<p class="none">There is no other story of these days.</p>')
        return
    selection = st.multiselect(
        "Stories about the same event; they become part of this one", list(others),
        format_func=lambda name: others[name].title, key="merge_with",
    )  # fmt: skip
    if st.button("Merge", key="merge") and selection:
        with session.banner():
            room.merge_stories(story.story_id, *selection)
            st.session_state.pop("merging", None)
            st.rerun()


def _nearby(room: Newsroom, story: Story) -> list[Story]:
    """The other stories with an article within a month of this one."""
    month = timedelta(days=_NEARBY)
    filters = Filters(since=story.since and story.since - month, until=story.until and story.until + month)
    return [item for item in room.stories(filters) if item.story_id != story.story_id][:_MOST_NEARBY]


def _speakers(room: Newsroom, article_ids: tuple[str, ...]) -> None:
    """The statements of speakers who are in the register of actors, each under one name."""
    statements = [item for article_id in article_ids for item in room.statements(article=article_id)]
    names = {name: _registered(room, name) for name in {item.speaker for item in statements if item.speaker}}
    statements = [replace(item, speaker=name) for item in statements if (name := names.get(item.speaker or ""))]
    if statements:
        st.html('<h2 class="asked">Who speaks</h2>')
        st.html(statement_views.speakers_html(statements, session.text_of(room)))


def _registered(room: Newsroom, name: str) -> str | None:
    try:
        return room.actor(name).name
    except UnknownActor:
        return None  # a description such as "organisers"


main()
