"""Story: the articles about one event. Not in the menu; linked from the Library and from each of its articles."""

from __future__ import annotations

import streamlit as st

from rag.errors import UnknownActor, UnusableInput
from rag.newsroom import Newsroom
from rag.ui import controls, session, source_views, statement_views, suggestions, views


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
    if questions:
        with st.container(key="followups", gap="xxsmall"):
            for question in questions:
                if st.button(views.label(question), type="tertiary"):
                    session.ask_at_once(question)
    _speakers(room, story.articles)
    articles = [room.article(article_id) for article_id in story.articles]
    st.html('<h2 class="asked">Day by day</h2>')
    st.html(source_views.story_days_html(articles, story.copies))


def _speakers(room: Newsroom, article_ids: tuple[str, ...]) -> None:
    """The statements of speakers who are in the register of actors."""
    statements = [item for article_id in article_ids for item in room.statements(article=article_id) if item.speaker]
    registered = {name for name in {item.speaker for item in statements} if name and _is_known(room, name)}
    statements = [item for item in statements if item.speaker in registered]
    if statements:
        st.html('<h2 class="asked">Who speaks</h2>')
        st.html(statement_views.speakers_html(statements, session.text_of(room)))


def _is_known(room: Newsroom, name: str) -> bool:
    try:
        room.actor(name)
    except UnknownActor:
        return False  # a description such as "organisers"
    return True


main()
