"""What the sessions of one server share: the newsroom, the jobs and the conversations; and where the pages are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from rag.domain import Statement
from rag.errors import BadSettings, OnRecordError, StoreError, UnknownArticle
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import auth, views
from rag.ui.add_jobs import AddJobs
from rag.ui.jobs import Jobs
from rag.ui.running import Answers, BriefingJobs

FOLDER = Path(__file__).parent
ASK, LIBRARY, ADD = (str(FOLDER / name) for name in ("ask.py", "library.py", "add.py"))
SOURCE, STORY = (str(FOLDER / name) for name in ("source.py", "story.py"))
POSITIONS, STATEMENTS, BRIEFING = (str(FOLDER / name) for name in ("positions.py", "statements.py", "briefing.py"))
CHECK, FOLLOWING = (str(FOLDER / name) for name in ("check.py", "following.py"))
QUALITY, SETTINGS, MISSING = (str(FOLDER / name) for name in ("quality.py", "settings.py", "not_found.py"))
STYLE = FOLDER / "style.css"
_SAMPLES = (FOLDER.parents[1] / "corpus", FOLDER.parent / "corpus")  # of a clone, of an installed package
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
_TAB = 80  # characters of a tab's title


@st.cache_resource(show_spinner="Starting up …", on_release=Newsroom.close)
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


def may_enter() -> bool:
    """True if the pages may be shown to whoever sits there: nobody has to sign in, or they have."""
    try:
        return auth.may_enter()
    except OnRecordError:
        return False  # `welcome` says why


def welcome() -> None:
    """What is shown instead of a page to whoever has not signed in. Raises BadSettings."""
    if auth.requires_sign_in():
        auth.welcome()


def samples() -> Path | None:
    """The folder of the sample articles, if they came along."""
    return next((path for path in _SAMPLES if path.is_dir()), None)


def text_of(room: Newsroom) -> Callable[[Statement], str]:
    """What gives the text that a statement stands in, each read once; empty where it was removed since."""

    @cache
    def text(article_id: str, version: str) -> str:
        try:
            return room.article(article_id, version).text
        except UnknownArticle:
            return ""

    return lambda item: text(item.article_id, item.version)


def is_local_only() -> bool:
    """True if only this machine can reach the server; else readers must not look into its files or at each other. Where
    sign-in is set, others do reach it, by whatever stands in front of it; so they do through a proxy on this machine,
    which is known by the headers that it adds or by the address that the browser was at.
    """
    if auth.requires_sign_in() or not auth.is_loopback(st.get_option("server.address") or ""):
        return False
    headers = st.context.headers
    if any(headers.get(name) for name in _FORWARDED):
        return False
    asked = (urlsplit(headers.get("origin") or "").hostname, urlsplit(f"//{headers.get('host') or ''}").hostname)
    return all(auth.is_loopback(host) for host in asked if host)


def may_manage() -> bool:
    """True if whoever sits there may change how the app is set up: at this machine, or as an administrator who has
    signed in.
    """
    return is_local_only() or auth.is_administrator()


def brief_on(article_ids: Sequence[str]) -> None:
    """Lead to a briefing on these articles."""
    st.session_state.brief_articles = list(article_ids)
    st.session_state.pop("making", None)
    st.switch_page(BRIEFING)


def ask_at_once(question: str) -> None:
    """Lead to Ask, which answers this in a conversation of its own."""
    st.session_state.ask_at_once = question
    st.switch_page(ASK)


def note_page(page: str) -> None:
    """Note which page is shown; `page_changed` compares it with the one before."""
    ss = st.session_state
    ss.page_before, ss.page_now = ss.get("page_now"), page


def page_changed() -> bool:
    """True in the first run after another page was shown."""
    return bool(st.session_state.get("page_before") not in (None, st.session_state.get("page_now")))


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
