"""What the sessions of one server share: the newsroom, the jobs and the conversations; and where the pages are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import views
from rag.ui.chats import Chats
from rag.ui.jobs import Jobs

FOLDER = Path(__file__).parent
ASK, LIBRARY, SOURCE = (str(FOLDER / name) for name in ("ask.py", "library.py", "source.py"))
POSITIONS, STATEMENTS = (str(FOLDER / name) for name in ("positions.py", "statements.py"))
STYLE = FOLDER / "style.css"


@st.cache_resource(show_spinner=False, on_release=Newsroom.close)
def newsroom() -> Newsroom:
    """The one newsroom of this process, opened on first use. Raises OnRecordError."""
    return Newsroom.open(Settings())


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Where pages start work that outlives a rerun."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def chats() -> Chats:
    """The conversations of all sessions; a page sees only the one whose id its session or its address holds."""
    return Chats()


@contextmanager
def banner() -> Iterator[None]:
    """Show an error of this package as a notice with its remedy, instead of a traceback."""
    try:
        yield
    except OnRecordError as exc:
        st.error(views.label(exc), title="This page can’t be shown")
        if exc.retryable:
            st.button("Try again")
