"""Controls of several pages: day fields, article filters, downloads, waiting for a job, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.display import day
from rag.domain import Filters, Month
from rag.errors import BadDate, OnRecordError
from rag.jobs import Job
from rag.newsroom import Newsroom
from rag.ui import session, views

EXAMPLE_DAY = "3 Feb 2022"
ALONE_FOR = 0.6  # seconds that a new question is shown alone, for the browser to draw it once
_DAY_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d.%m.%Y")
_MONTH_FORMATS = ("%b %Y", "%B %Y", "%Y-%m")
_EARLIEST = date(1600, 1, 1)
_LONGEST_DAY = 40  # characters
_LONGEST_TITLE = 160  # characters
_POLL = 2.0  # seconds between looks at background work
_READ_WITHIN = 20.0  # seconds to wait for the statements of the samples
_TICK = 0.1  # seconds between looks at a running job
_FILES = {  # by extension: the name on a button, the media type
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("PDF", "application/pdf"),
    "md": ("Markdown", "text/markdown"),
    "html": ("Web page", "text/html"),
    "json": ("JSON", "application/json"),
    "csv": ("Table (CSV)", "text/csv"),
}


def parse_day(text: str | None, *, or_month: bool = False) -> date | Month | None:
    """The day or month in a text, with the month in words or as YYYY-MM-DD; None for an empty text. Raises BadDate."""
    line = " ".join((text or "").replace(",", " ").split())
    for form in (*_DAY_FORMATS, *(_MONTH_FORMATS if or_month else ())) if line else ():
        with suppress(ValueError):
            parsed = datetime.strptime(line, form).date()  # noqa: DTZ007  # a day has no zone
            if parsed >= _EARLIEST:
                return Month.of(parsed.year, parsed.month) if form in _MONTH_FORMATS else parsed
    if line:
        raise BadDate(f"“{line}” is not a day. Write one like {EXAMPLE_DAY}.")
    return None


def day_in_field(key: str) -> date | None:
    """The day in the field `key`; None if it is empty or unreadable."""
    with suppress(BadDate):
        return parse_day(st.session_state.get(key))
    return None


def day_input(place: DeltaGenerator, name: str, key: str, value: date | None = None) -> None:
    """A text input for a day, for use within a form; `parse_day` reads it."""
    text = day(value) if value else ""
    place.text_input(name, value=text, key=key, placeholder=f"e.g. {EXAMPLE_DAY}", max_chars=_LONGEST_DAY)


def day_field(place: DeltaGenerator, name: str, key: str, *, in_address: bool = False) -> date | None:
    """A field for a day, rewritten in the app's format; its day, or None. `in_address` keeps it in the page's address
    too, as YYYY-MM-DD.
    """
    ss, address_key = st.session_state, f"{key}_in_address"
    if in_address and (value := st.query_params.get(key)) != ss.get(address_key):  # a link, or the back button
        with suppress(BadDate):
            ss[key] = day(linked) if (linked := parse_day(value)) else ""
    hint = "Any day" if in_address else f"e.g. {EXAMPLE_DAY}"
    place.text_input(name, key=key, placeholder=hint, max_chars=_LONGEST_DAY, on_change=_normalize_field, args=(key,))
    try:
        value_day = parse_day(ss.get(key))
    except BadDate:
        place.html(f'<p class="wrong" role="alert">Write a day like {EXAMPLE_DAY}.</p>')
        value_day = None
    if in_address:
        if value_day:
            st.query_params[key] = value_day.isoformat()
        else:
            st.query_params.pop(key, None)
        ss[address_key] = st.query_params.get(key)
    return value_day


def _normalize_field(key: str) -> None:
    if typed := day_in_field(key):
        st.session_state[key] = day(typed)


def show_background(room: Newsroom) -> None:
    """A line while articles are being indexed, which disappears by itself."""

    @st.fragment(run_every=_POLL if views.pending_line(room.pending()) else None)
    def line() -> None:
        if notice := views.pending_line(room.pending()):
            st.caption(notice)

    line()


def outlet_field(place: DeltaGenerator, room: Newsroom) -> str | None:
    """A select box of the library's outlets."""
    names = [name for name, _ in room.outlets()]
    return place.selectbox("Outlet", names, index=None, key="outlet", placeholder="Any outlet", bind="query-params")


def article_filters(room: Newsroom, outlets: DeltaGenerator, since: DeltaGenerator, until: DeltaGenerator) -> Filters:
    """Fields for outlet and publication days, kept in the page's address."""
    outlet = outlet_field(outlets, room)
    first, last = day_field(since, "From", "since", in_address=True), day_field(until, "To", "until", in_address=True)
    return Filters(outlet=outlet, since=first, until=last)


def clear_filters(*texts: str) -> None:
    """Clear the filters and the text fields with these keys."""
    for key in ("outlet", "page"):
        st.session_state.pop(key, None)
    for key in ("since", "until", *texts):
        st.session_state[key] = ""


def downloads(
    makers: Mapping[str, Callable[[], bytes]],
    name: Callable[[str], str],
    prefix: str,
    *,
    quiet: bool = False,
    **labels: str,
) -> None:
    """A button for each format; its file is made on the click, without a rerun. `prefix` keeps the keys of the buttons
    apart; `labels` replaces the label of a format.
    """
    for kind, make in makers.items():
        label, mime = _FILES[kind]
        st.download_button(
            labels.get(kind, label),
            make,
            file_name=name(kind),
            mime=mime,
            key=f"{prefix}-{kind}",
            on_click="ignore",
            type="tertiary" if quiet else "secondary",
        )


def poll(job: Job[Any], stop_key: str) -> Iterator[bool]:
    """Yields until a job has ended: True if it has new events, False after a tick without any. Use it last in a run,
    so that an interruption by the button `stop_key` loses nothing.
    """
    seen = -1
    while job.running:
        count = len(job.events)
        yield count != seen
        seen = count
        job.wait(seen, _TICK)
        _ = st.session_state.get(stop_key)  # Streamlit can interrupt a run where it reads the session


def list_row(page: str, title: str, about: str, **query: str) -> None:
    """A title that opens a page, above a line about it; the value of its one query parameter keys the row."""
    with st.container(key=f"row-{next(iter(query.values()))}"):
        st.page_link(page, label=views.label(title, _LONGEST_TITLE), query_params=query)
        st.html(about)


def require_articles(room: Newsroom) -> bool:
    """True if the library has articles; else a notice, and ways to add some, take the place of the page."""
    if room.count():
        return True
    st.html('<p class="none">The library is empty. Add a few articles first.</p>')
    return offer_articles(room)


def offer_articles(room: Newsroom) -> bool:
    """A button for the Add page, in an empty library with the samples beside it; True if there are articles."""
    has_articles = room.count() > 0
    with st.container(horizontal=True, gap="small"):
        if st.button("Add articles", key="add", type="primary"):
            st.switch_page(session.ADD)
        if not has_articles:
            offer_samples(room)
    return has_articles


def offer_samples(room: Newsroom) -> None:
    """A button that adds the sample articles, if they are installed."""
    samples = session.samples()
    if samples is None or not st.button("Try with the sample articles", key="try_samples"):
        return
    try:
        with st.spinner("Adding the sample articles …"):
            room.add(samples)
            room.wait(_READ_WITHIN)  # suggestions are made from their statements
    except OnRecordError as exc:
        st.error(views.label(exc))
    else:
        st.rerun()


def not_found(what: str, why: str) -> None:
    """The page in place of something that was removed, with a link to the library."""
    st.html(f"<h1>{what} not found</h1>")
    st.warning(why)
    st.page_link(session.LIBRARY, label="To the library")


def attempt_quietly(act: Callable[[], object]) -> bool:
    """Run what a button of a conversation does; an error, for which this is False, is shown above the question box."""
    try:
        act()
    except OnRecordError as exc:
        st.session_state.ask_error = str(exc)
        return False
    return True


def attempt(act: Callable[[], object], notice: str) -> bool:
    """Run what a button does and leave a notice for `show_notice`: this one, or the error. False after an error."""
    try:
        act()
    except OnRecordError as exc:
        st.session_state.notice = (False, str(exc))
        return False
    st.session_state.notice = (True, notice)
    return True


def button(name: str, key: str, act: Callable[[], object], notice: str) -> None:
    """A button that runs `attempt`."""

    def run() -> None:
        attempt(act, notice)

    st.button(name, key=key, on_click=run)


def show_notice() -> None:
    """Show the notice of the last `attempt` once, with a button to undo it if there is a way."""
    undo = st.session_state.pop("undo_notice", None)
    if notice := st.session_state.pop("notice", None):
        succeeded, line = notice
        (st.success if succeeded else st.error)(views.label(line))
        if undo:
            st.button("Undo", key="undo", on_click=undo)
