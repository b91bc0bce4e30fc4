"""Check: a user's draft against the record; stored, reopened, exported."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import get_args

import streamlit as st

from rag import display
from rag.display import plural
from rag.domain import DraftCheck, DraftFormat, DraftProgress, KeptDraft
from rag.errors import OnRecordError, UnusableInput
from rag.newsroom import Newsroom
from rag.ui import check_views, controls, session, views
from rag.ui.running import DraftJob, start_check

_EARLIER = 10  # drafts in the list


def main() -> None:
    """The page. `?job=` has the id of a running check, `?draft=` that of a stored draft."""
    room = session.newsroom()
    if checking := session.current_task(DraftJob, "checking"):
        _working(room, checking)
    elif draft_id := st.query_params.get("draft"):
        _show_stored(room, draft_id)
    else:
        _ask(room)


# -- form


def _ask(room: Newsroom) -> None:
    st.html("<h1>Check a draft</h1>")
    where = room.settings.draft_readers or "No outside service sees it."
    st.html(
        '<p class="lede">Check each quotation, name and number in your text against the record before you publish. '
        f"{where}</p>"
    )
    if error := st.session_state.pop("check_error", None):
        st.error(views.label(error))
    if not controls.require_articles(room):
        return
    text = st.text_area("Your text", key="draft_text", height=260, placeholder="Paste a story, a release, a speech …")
    file = st.file_uploader("Or a file", type=["txt", "md", "docx", "pdf"], key="draft_file")
    today = date.today()  # noqa: DTZ011  # by the calendar of this machine
    st.session_state.setdefault("draft_day", display.day(today))
    when, _ = st.columns([1, 3])
    day = controls.day_field(when, "Date of the draft", "draft_day")
    pressed = st.button("Check", key="check", type="primary")
    if pressed and not (text.strip() or file):  # the button is never disabled: the last input arrives with the click
        st.error("Paste a text or choose a file first.")
    elif pressed:
        with session.banner():
            _begin(room.draft_text(file.getvalue(), file.name) if file else text, day or today)
            st.rerun()
    _earlier(room)


def _begin(text: str, day: date) -> None:
    st.session_state.checking = start_check(session.newsroom(), session.jobs(), text, day).job_id


def _earlier(room: Newsroom) -> None:
    if earlier := room.drafts(limit=_EARLIER):
        st.html('<h2 class="asked">Earlier drafts</h2>')
    for item in earlier:
        about = check_views.summary_html(item.check) if item.check else ""
        controls.list_row(session.CHECK, item.title, about, draft=item.draft_id)


# -- waiting


def _working(room: Newsroom, checking: DraftJob) -> None:
    """Show the progress of a check until it ends, then store the check."""
    st.query_params["job"] = checking.job_id
    job = checking.job
    st.html("<h1>Check a draft</h1>")
    bar = st.progress(0.0, text="Reading the draft")
    st.button("Stop", key="stop_check", on_click=job.request_end)
    findings = st.empty()
    for changed in controls.poll(job, "stop_check"):
        steps = [item for item in job.events if isinstance(item, DraftProgress)]
        if changed and steps:
            last = steps[-1]
            bar.progress(last.done / max(1, last.total), text=f"{last.done} of {last.total} checked")
            if last.finding:
                findings.html(check_views.latest_html(steps, session.text_of(room)))
    st.session_state.pop("checking", None)
    st.query_params.pop("job", None)
    session.jobs().drop(DraftJob, checking.job_id)
    check = next((item for item in job.events if isinstance(item, DraftCheck)), None)
    if check is None:
        st.session_state.check_error = str(job.error or "You stopped it before anything was checked.")
    else:
        st.query_params["draft"] = room.keep_draft(checking.text, check, day=checking.day).draft_id
    st.rerun()


# -- one draft


def _show_stored(room: Newsroom, draft_id: str) -> None:
    try:
        item = room.draft(draft_id)
    except UnusableInput as exc:
        st.html("<h1>Draft not found</h1>")
        st.warning(views.label(exc))
        st.button("Back", key="back", on_click=_new)
        return
    session.name_tab(f"Check: {item.title}")
    st.html("<h1>Check a draft</h1>")
    if item.check is None:
        st.warning("An article that this check cited was removed, and its findings with it. Check the draft again.")
        _actions(item)
        st.html(check_views.draft_html(item.text, DraftCheck(), ()))
        return
    st.html(check_views.summary_html(item.check))
    if item.changed is not None:
        count = plural(item.changed, "finding") if item.changed else "Nothing"
        st.html(f'<p class="row">{count} changed since the last check.</p>')
    if not item.check.finished:
        st.html('<p class="notice" role="status">Stopped early: what follows the last finding was not checked.</p>')
    for notice in item.check.notices:
        st.caption(views.label(notice))
    _actions(item)
    numbers = _outcome_filter(item.check)
    with st.container(key="pair-draft"):
        left, right = st.columns([3, 2], gap="large")
        left.html(check_views.draft_html(item.text, item.check, numbers))
        right.html(check_views.cards_html(item.check, numbers, session.text_of(room)))


def _outcome_filter(check: DraftCheck) -> list[int]:
    """The numbers (from 0) of the findings to show: those with the chosen outcomes, all if none is chosen."""
    present = [name for name in display.FINDING_OUTCOMES if any(item.outcome == name for item in check.findings)]
    if len(present) < 2:  # nothing to choose from
        return list(range(len(check.findings)))
    names = {name: display.FINDING_OUTCOMES[name].capitalize() for name in present}
    selection = st.pills("Show", present, selection_mode="multi", format_func=names.__getitem__, key="outcomes")
    return [at for at, item in enumerate(check.findings) if not selection or item.outcome in selection]


def _actions(item: KeptDraft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="after"):
        st.button("New draft", key="new_draft", on_click=_new)
        st.button("Check again", key="check_again", type="tertiary", on_click=_begin, args=(item.text, item.day))
        if item.check is not None:
            with st.popover("Export", type="tertiary"), st.container(gap=None):
                makers = {kind: partial(session.newsroom().export_draft, item, kind) for kind in get_args(DraftFormat)}
                controls.downloads(makers, "draft-check.{}".format, "export", quiet=True, docx="Word with comments")
        with st.popover("Delete", type="tertiary"):
            st.html("<p>The articles stay in the library.</p>")
            st.button("Delete this draft", key="forget_draft", on_click=_forget, args=(item.draft_id,))


def _new() -> None:
    st.query_params.pop("draft", None)
    st.session_state.pop("outcomes", None)


def _forget(draft_id: str) -> None:
    with suppress(OnRecordError):  # removed in another tab already
        session.newsroom().forget_draft(draft_id)
    _new()


main()
