"""What the sessions of a server share: the newsroom, the jobs, the paths of the pages, access and navigation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from rag.domain import Citation, Statement
from rag.errors import BadSettings, OnRecordError, StoreError, UnknownArticle
from rag.jobs import Item, Jobs
from rag.newsroom import Newsroom
from rag.settings import Settings
from rag.ui import auth, views

FOLDER = Path(__file__).parent
ASK, LIBRARY, ADD = (str(FOLDER / name) for name in ("ask.py", "library.py", "add.py"))
SOURCE, STORY = (str(FOLDER / name) for name in ("source.py", "story.py"))
POSITIONS, STATEMENTS, BRIEFING = (str(FOLDER / name) for name in ("positions.py", "statements.py", "briefing.py"))
CHECK, FOLLOWING = (str(FOLDER / name) for name in ("check.py", "following.py"))
WATCH_NOTICE = "Each time your sources are read, What’s new will say what is new on this."
QUALITY, SETTINGS, MISSING = (str(FOLDER / name) for name in ("quality.py", "settings.py", "not_found.py"))
STYLE = FOLDER / "style.css"
_SAMPLES = (FOLDER.parents[1] / "corpus", FOLDER.parent / "corpus")  # in a clone, in an installed package
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
_TAB = 80  # characters of a tab title


@st.cache_resource(show_spinner="Starting up …", on_release=Newsroom.close)
def newsroom() -> Newsroom:
    """The newsroom of this process, opened on first use. Raises OnRecordError."""
    settings = Settings()
    Newsroom.log(settings)
    room = Newsroom.open(settings)
    room.warm()
    room.keep_following()
    return room


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The jobs of all pages; a page sees only those whose id is in its session or address."""
    return Jobs()


def current_task(kind: type[Item], key: str) -> Item | None:
    """The task whose id is in the session under `key`, or else in the address as `?job=`."""
    for task_id in (st.session_state.get(key), st.query_params.get("job")):
        if task := jobs().get(kind, task_id):
            return task
    return None


def may_enter() -> bool:
    """True if sign-in is not required, or the reader has signed in; False if the settings can't be read."""
    try:
        return auth.may_enter()
    except OnRecordError:
        return False  # `welcome` says why


def welcome() -> None:
    """The page for a reader who has not signed in. Raises BadSettings."""
    if auth.requires_sign_in():
        auth.welcome()


def whats_new(may_enter: bool) -> str:
    """The name of the page of what is new, with the number of unread news for a reader who may see it."""
    unread = 0
    if may_enter:
        with suppress(OnRecordError):  # the page says why
            unread = sum(item.unread for item in newsroom().watches())
    return f"What’s new ({unread})" if unread else "What’s new"


def samples() -> Path | None:
    """The folder of the sample articles, if installed."""
    return next((path for path in _SAMPLES if path.is_dir()), None)


def text_of(room: Newsroom) -> Callable[[Statement | Citation], str]:
    """A cached lookup of the text of the article version of a statement or citation; empty if it was removed."""

    @cache
    def text(article_id: str, version: str) -> str:
        try:
            return room.article(article_id, version).text
        except UnknownArticle:
            return ""

    return lambda item: text(item.article_id, item.version)


def is_local_only() -> bool:
    """True if only this machine can reach the server; else readers must not see its files or each other's
    conversations. False if sign-in is required, as a proxy is in front then, and for a proxy on this machine, which is
    detected by its headers or the address in the browser.
    """
    if auth.requires_sign_in() or not auth.is_loopback(st.get_option("server.address") or ""):
        return False
    headers = st.context.headers
    if any(headers.get(name) for name in _FORWARDED):
        return False
    hosts = (urlsplit(headers.get("origin") or "").hostname, urlsplit(f"//{headers.get('host') or ''}").hostname)
    return all(auth.is_loopback(host) for host in hosts if host)


def may_manage() -> bool:
    """True if the reader may change the settings: at this machine, or as a signed-in administrator."""
    return is_local_only() or auth.is_administrator()


def brief_on(article_ids: Sequence[str]) -> None:
    """Go to the Briefing page for these articles."""
    st.session_state.brief_articles = list(article_ids)
    st.session_state.pop("making", None)
    st.switch_page(BRIEFING)


def ask_about(article_ids: Sequence[str]) -> None:
    """Go to the Ask page for a new conversation about these articles."""
    st.session_state.pop("chat", None)
    st.session_state.ask_about = list(article_ids)
    st.switch_page(ASK)


def ask_at_once(question: str) -> None:
    """Go to the Ask page, which answers this in a new conversation."""
    st.session_state.ask_at_once = question
    st.switch_page(ASK)


def note_page(page: str) -> None:
    """Remember which page is shown, for `page_changed`."""
    ss = st.session_state
    ss.page_before, ss.page_now = ss.get("page_now"), page


def page_changed() -> bool:
    """True in the first run after a page switch."""
    return bool(st.session_state.get("page_before") not in (None, st.session_state.get("page_now")))


def name_tab(title: str) -> None:
    """Set the title of the browser tab."""
    line = " ".join(title.split())
    st.set_page_config(page_title=f"{line if len(line) <= _TAB else line[: _TAB - 1] + '…'} · onrecord")


@contextmanager
def banner() -> Iterator[None]:
    """Show an error of this package as a notice, instead of a traceback."""
    try:
        yield
    except (BadSettings, StoreError) as exc:  # the page has no heading yet
        st.html("<h1>This page can’t be shown</h1>")
        st.error(views.label(exc))
        if exc.retryable:
            st.button("Try again")
    except OnRecordError as exc:
        st.error(views.label(exc), title="This page can’t be shown")
        if exc.retryable:
            st.button("Try again")
