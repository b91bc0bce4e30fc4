"""What the sessions of one server share: the newsroom, the jobs and the conversations; and where the pages are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from rag.errors import BadSettings, OnRecordError, StoreError
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import auth, views
from rag.ui.add_jobs import AddJobs
from rag.ui.briefing_jobs import BriefingJobs
from rag.ui.chats import Answers
from rag.ui.jobs import Jobs

FOLDER = Path(__file__).parent
ASK, LIBRARY, ADD, SOURCE = (str(FOLDER / name) for name in ("ask.py", "library.py", "add.py", "source.py"))
POSITIONS, STATEMENTS, BRIEFING = (str(FOLDER / name) for name in ("positions.py", "statements.py", "briefing.py"))
QUALITY, SETTINGS, MISSING = (str(FOLDER / name) for name in ("quality.py", "settings.py", "not_found.py"))
STYLE = FOLDER / "style.css"
_TAB = 80  # characters of a tab's title


@st.cache_resource(show_spinner=False, on_release=Newsroom.close)
def newsroom() -> Newsroom:
    """The one newsroom of this process, opened on first use. Raises OnRecordError."""
    settings = Settings()
    Newsroom.log(settings)
    room = Newsroom.open(settings)
    room.warm()
    room.keep_following()
    return room


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Where pages start work that outlives a rerun."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def answers() -> Answers:
    """The answers that are being made; a page sees only that of the conversation whose id its address holds."""
    return Answers(newsroom(), jobs())


@st.cache_resource(show_spinner=False)
def add_jobs() -> AddJobs:
    """What is being added; a page sees only that whose id its session or its address holds."""
    return AddJobs(newsroom(), jobs())


@st.cache_resource(show_spinner=False)
def briefing_jobs() -> BriefingJobs:
    """Briefings in the making; a page sees only that whose id its session or its address holds."""
    return BriefingJobs(newsroom(), jobs())


def entered() -> bool:
    """True if the pages may be shown to whoever sits there: nobody has to sign in, or they have."""
    try:
        return auth.may_enter()
    except OnRecordError:
        return False  # `welcome` says why


def welcome() -> None:
    """What is shown instead of a page to whoever has not signed in. Raises BadSettings."""
    if auth.sign_in_is_set():
        auth.welcome()


def served_here() -> bool:
    """True if only this machine can reach the server; else readers must not look into its files or at each other. Where
    sign-in is set, others do reach it, by whatever stands in front of it.
    """
    if auth.sign_in_is_set():
        return False
    address = st.get_option("server.address") or ""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return bool(address == "localhost")


def name_tab(title: str) -> None:
    """Name the browser's tab after what the page shows."""
    line = " ".join(title.split())
    st.set_page_config(page_title=f"{line if len(line) <= _TAB else line[: _TAB - 1] + '…'} · onrecord")


@contextmanager
def banner() -> Iterator[None]:
    """Show an error of this package as a notice with its remedy, instead of a traceback."""
    try:
        yield
    except (BadSettings, StoreError) as exc:  # nothing of the page stands yet
        st.html("<h1>This page can’t be shown</h1>")
        st.error(views.label(exc))
        if exc.retryable:
            st.button("Try again")
    except OnRecordError as exc:
        st.error(views.label(exc), title="This page can’t be shown")
        if exc.retryable:
            st.button("Try again")
