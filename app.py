"""The entry point of the app: lists the pages and runs the current one."""

from __future__ import annotations

import streamlit as st

from rag.ui import session

may_enter = session.may_enter()
page = st.navigation(
    {
        "": [
            st.Page(session.ASK, title="Ask", default=True),
            st.Page(session.BRIEFING, title="Briefing", url_path="briefing"),
            st.Page(session.POSITIONS, title="Positions", url_path="positions"),
            st.Page(session.CHECK, title="Check", url_path="check"),
            st.Page(session.FOLLOWING, title=session.whats_new(may_enter), url_path="following"),
            st.Page(session.LIBRARY, title="Library", url_path="library"),
            st.Page(session.ADD, title="Add", url_path="add"),
            st.Page(session.SOURCE, title="Source", url_path="source", visibility="hidden"),
            st.Page(session.STORY, title="Story", url_path="story", visibility="hidden"),
            st.Page(session.STATEMENTS, title="Statements", url_path="statements", visibility="hidden"),
            st.Page(session.MISSING, title="No such page", url_path="missing", visibility="hidden"),
        ],
        "⚙\ufe0e": [
            st.Page(session.SETTINGS, title="Settings", url_path="settings"),
            st.Page(session.QUALITY, title="Quality", url_path="quality"),
        ],
    },
    position="top" if may_enter else "hidden",
)
session.note_page(page.url_path)
st.set_page_config(page_title=f"{page.title} · onrecord")
st.html(session.STYLE)
with session.banner():
    if may_enter:
        page.run()
    else:
        session.welcome()
