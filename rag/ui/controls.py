"""Controls that several pages have: a day in a field, the filters of a list of articles, files to download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.display import day
from rag.domain import Filters, Month
from rag.errors import BadDate, OnRecordError
from rag.newsroom import Newsroom
from rag.ui import views

EXAMPLE_DAY = "3 Feb 2022"
_DAY_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d.%m.%Y")
_MONTH_FORMATS = ("%b %Y", "%B %Y", "%Y-%m")
_EARLIEST = date(1600, 1, 1)
_LONGEST_DAY = 40  # characters
_FILES = {  # ending, its name on a button, its media type
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("PDF", "application/pdf"),
    "md": ("Markdown", "text/markdown"),
    "html": ("Web page", "text/html"),
    "json": ("JSON", "application/json"),
    "csv": ("Table (CSV)", "text/csv"),
}


def parse_day(text: str | None, *, or_month: bool = False) -> date | Month | None:
    """The day that somebody wrote, with the month in words or as YYYY-MM-DD; None for an empty text. Raises BadDate."""
    written = " ".join((text or "").replace(",", " ").split())
    for form in (*_DAY_FORMATS, *(_MONTH_FORMATS if or_month else ())) if written else ():
        with suppress(ValueError):
            found = datetime.strptime(written, form).date()  # noqa: DTZ007  # a day has no zone
            if found >= _EARLIEST:
                return Month.of(found.year, found.month) if form in _MONTH_FORMATS else found
    if written:
        raise BadDate(f"“{written}” is not a day. Write one like {EXAMPLE_DAY}.")
    return None


def day_in_field(key: str) -> date | None:
    """The day in the field `key`; None where it has none, or one that nobody can read."""
    with suppress(BadDate):
        return parse_day(st.session_state.get(key))
    return None


def day_input(place: DeltaGenerator, name: str, key: str, value: date | None = None) -> None:
    """A day as the app writes it, within a form; `parse_day` reads it."""
    shown = day(value) if value else ""
    place.text_input(name, value=shown, key=key, placeholder=f"e.g. {EXAMPLE_DAY}", max_chars=_LONGEST_DAY)


def day_field(place: DeltaGenerator, name: str, key: str, *, in_address: bool = False) -> date | None:
    """A day as the app writes it, however it was typed; `in_address` has it stand in the page's address too, as
    YYYY-MM-DD.
    """
    ss, seen = st.session_state, f"{key}_in_address"
    if in_address and (given := st.query_params.get(key)) != ss.get(seen):  # a link, or the way back
        with suppress(BadDate):
            ss[key] = day(known) if (known := parse_day(given)) else ""
    hint = "Any day" if in_address else f"e.g. {EXAMPLE_DAY}"
    place.text_input(name, key=key, placeholder=hint, max_chars=_LONGEST_DAY, on_change=_normalize_field, args=(key,))
    try:
        chosen = parse_day(ss.get(key))
    except BadDate:
        place.html(f'<p class="wrong" role="alert">Write a day like {EXAMPLE_DAY}.</p>')
        chosen = None
    if in_address:
        if chosen:
            st.query_params[key] = chosen.isoformat()
        else:
            st.query_params.pop(key, None)
        ss[seen] = st.query_params.get(key)
    return chosen


def _normalize_field(key: str) -> None:
    if typed := day_in_field(key):
        st.session_state[key] = day(typed)


def outlet_field(place: DeltaGenerator, room: Newsroom) -> str | None:
    """One of the library's outlets."""
    names = [name for name, _ in room.outlets()]
    return place.selectbox("Outlet", names, index=None, key="outlet", placeholder="Any outlet", bind="query-params")


def article_filters(room: Newsroom, outlets: DeltaGenerator, since: DeltaGenerator, until: DeltaGenerator) -> Filters:
    """Outlet and days of publication, each in its place and in the page's address."""
    outlet = outlet_field(outlets, room)
    first, last = day_field(since, "From", "since", in_address=True), day_field(until, "To", "until", in_address=True)
    return Filters(outlet=outlet, since=first, until=last)


def clear_filters(*texts: str) -> None:
    """Empty the filters and the text fields `texts`."""
    for key in ("outlet", "page"):
        st.session_state.pop(key, None)
    for key in ("since", "until", *texts):
        st.session_state[key] = ""


def downloads(
    makers: Mapping[str, Callable[[], bytes]],
    name: Callable[[str], str],
    mark: str,
    *,
    quiet: bool = False,
    **named: str,
) -> None:
    """A button a format; its file is made when it is asked for, without a rerun. `mark` tells the buttons apart,
    `named` calls a format by another name.
    """
    for kind, make in makers.items():
        shown, mime = _FILES[kind]
        st.download_button(
            named.get(kind, shown),
            make,
            file_name=name(kind),
            mime=mime,
            key=f"{mark}-{kind}",
            on_click="ignore",
            type="tertiary" if quiet else "secondary",
        )


def attempt(act: Callable[[], object], notice: str) -> bool:
    """Do what a click asks for; `told` says once that it is done, or why it is not. False where it is not."""
    try:
        act()
    except OnRecordError as exc:
        st.session_state.told_once = (False, str(exc))
        return False
    st.session_state.told_once = (True, notice)
    return True


def do(act: Callable[[], object], notice: str) -> None:
    """`attempt`, as what a button does."""
    attempt(act, notice)


def show_notice() -> None:
    """What became of the last click."""
    if notice := st.session_state.pop("told_once", None):
        done, line = notice
        (st.success if done else st.error)(views.label(line))
