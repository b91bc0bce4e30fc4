"""The page for unknown addresses; the server redirects to it."""

from __future__ import annotations

import streamlit as st

from rag.ui import session

st.html("<h1>There is no such page</h1>")
st.html('<p class="lede">The address is wrong, or the page has moved.</p>')
st.page_link(session.ASK, label="Ask a question")
st.page_link(session.LIBRARY, label="See what is in the library")
