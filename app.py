"""The app's entry: names the pages and runs the chosen one."""

from __future__ import annotations

import streamlit as st

from rag.ui import session

st.set_page_config(page_title="onrecord", page_icon=str(session.FOLDER / "icon.png"))
st.html(session.STYLE)
page = st.navigation(
    [
        st.Page(session.ASK, title="Ask", default=True),
        st.Page(session.LIBRARY, title="Library", url_path="library"),
        st.Page(session.SOURCE, title="Source", url_path="source", visibility="hidden"),
    ],
    position="top",
)
with session.banner():
    page.run()
