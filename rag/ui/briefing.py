"""Briefing: requested by topic, dates or articles; progress; then read, downloaded, compared, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import get_args

import streamlit as st

from rag.api.briefings import BriefingJob, start_briefing
from rag.display import day, plural
from rag.domain import Briefing, BriefingRequest, ExportFormat
from rag.errors import OnRecordError, UnknownArticle, UnknownBriefing
from rag.newsroom import Newsroom
from rag.ui import briefing_views, controls, session, views

_WEEK = timedelta(days=6)
_EARLIER = 10  # briefings in the list


def main() -> None:
    """The page. `?job=` has the id of a running job, `?briefing=` that of a stored briefing."""
    room = session.newsroom()
    making = session.current_task(BriefingJob, "making")
    briefing_id = st.query_params.get("briefing")
    if making and making.job.running:
        st.session_state.making = st.query_params["job"] = making.job_id
        _working(making)
    elif making and making.briefing and not making.briefing.briefing_id:
        _show(room, making.briefing)
    elif making and making.job.state == "failed":
        _ask(room, str(making.job.error))
    elif briefing_id:
        _show_stored(room, briefing_id)
    elif making and making.briefing:
        _show_stored(room, making.briefing.briefing_id)
    else:
        _ask(room, "Stopped: nothing was written yet." if making else None)


# -- request


def _ask(room: Newsroom, error: str | None) -> None:
    st.html("<h1>Briefing</h1>")
    st.html('<p class="lede">What happened, who said what, where sources disagree. Every sentence has a source.</p>')
    if error:
        st.error(views.label(error), title="No briefing this time")
    if not controls.require_articles(room):
        return
    request = _request(room)
    is_specified = bool(request.topic or request.articles or request.filters)
    count = _count_matches(room, request) if is_specified else 0
    with st.container(horizontal=True, vertical_alignment="center", key="generate_row"):
        st.button("Generate", key="generate", type="primary", disabled=not count, on_click=_generate, args=(request,))
        matching = f"{plural(count, 'article')} match" + ("es" if count == 1 else "")
        none = "No articles match. Widen the dates, drop the outlet or use other words."
        if not is_specified:
            none = "Enter a topic, pick an outlet or dates, or select articles in the Library."
        st.html(f'<p class="row" role="status">{matching if count else none}</p>', width="content")
    _earlier(room)


def _request(room: Newsroom) -> BriefingRequest:
    """The form for the request; its values are kept in the address."""
    article_ids = _chosen_articles(room)
    with st.container(key="asked_for"):
        topic = st.text_input(
            "What is it about?", key="topic", placeholder="e.g. drones", max_chars=300, bind="query-params"
        )
        _suggestions(room)
        with st.expander("Options", expanded=_has_options()):
            outlets, since, until = st.columns([2, 1.5, 1.5])
            filters = controls.article_filters(room, outlets, since, until)
            kind, size = st.columns([3, 2])
            shape = kind.segmented_control(
                "Template",
                list(briefing_views.TEMPLATES.values()),
                default="Situation brief",
                required=True,
                key="template",
            )
            length = size.segmented_control(
                "Length", list(briefing_views.LENGTHS.values()), default="Medium", required=True, key="length"
            )
    return BriefingRequest(
        topic=(topic or "").strip() or None,
        articles=tuple(article_ids),
        filters=filters,
        template=next(key for key, name in briefing_views.TEMPLATES.items() if name == shape),
        length=next(key for key, name in briefing_views.LENGTHS.items() if name == length),
    )


def _has_options() -> bool:
    """True if the address or the session has filters, which must be visible."""
    return any(st.session_state.get(key) for key in ("outlet", "since", "until"))


def _suggestions(room: Newsroom) -> None:
    """Buttons for the last week that has news in the library, and for the newest stories."""
    latest = room.articles(limit=_EARLIER)
    newest = max((item.published for item in latest if item.published), default=None)
    if not newest or any(st.session_state.get(key) for key in ("since", "topic", "brief_articles")):
        return
    with st.container(key="suggested", gap="xxsmall"):
        st.button("Last 7 days of news", key="last_week", type="tertiary", on_click=_set_since, args=(newest - _WEEK,))
        for item in [one for one in room.stories(articles=[item.article_id for item in latest]) if one.articles[1:]][
            :2
        ]:
            name = f"{views.label(item.title, 90)} · {plural(len(item.articles), 'article')}"
            st.button(name, key=f"story-{item.story_id}", type="tertiary", on_click=_choose, args=(item.articles,))


def _choose(article_ids: Sequence[str]) -> None:
    st.session_state.brief_articles = list(article_ids)


def _set_since(first: date) -> None:
    st.session_state.since = day(first)


def _chosen_articles(room: Newsroom) -> list[str]:
    """The ids of the articles chosen in the library that still exist."""
    if ids := st.query_params.get("articles"):
        st.session_state.brief_articles = ids.split(",")[:500]
    articles = []
    for article_id in st.session_state.get("brief_articles", []):
        try:
            articles.append(room.article(article_id))
        except UnknownArticle:
            continue
    if articles:
        with st.container(horizontal=True, vertical_alignment="center", key="chosen"):
            titles = "; ".join(item.title for item in articles[:3]) + (" …" if len(articles) > 3 else "")
            line = f"<b>{plural(len(articles), 'chosen article')}</b> {views.esc(titles)}"
            st.html(f'<p class="row">{line}</p>', width="content")
            st.button("Use all instead", key="unchoose", type="tertiary", on_click=_unchoose)
    return [item.article_id for item in articles]


def _unchoose() -> None:
    st.session_state.pop("brief_articles", None)
    st.query_params.pop("articles", None)


def _count_matches(room: Newsroom, request: BriefingRequest) -> int:
    try:
        return room.brief_matches(request)
    except OnRecordError as exc:
        st.error(views.label(exc))
        return 0


def _generate(request: BriefingRequest) -> None:
    st.query_params.pop("briefing", None)
    st.session_state.making = start_briefing(session.newsroom(), session.jobs(), request).job_id


def _earlier(room: Newsroom) -> None:
    running = [item.request for item in session.jobs().tasks(BriefingJob) if item.running]
    for number, request in enumerate(room.begun_briefings()):
        if request not in running:
            _interrupted(room, request, number)
    if earlier := room.briefings(limit=_EARLIER):
        st.html('<h2 class="asked">Earlier briefings</h2>')
    for item in earlier:
        controls.list_row(session.BRIEFING, item.title, briefing_views.summary_html(item), briefing=item.briefing_id)


def _interrupted(room: Newsroom, request: BriefingRequest, number: int) -> None:
    """A briefing that was cut off, as by the end of the application, to be made again or dropped."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"interrupted_{number}"):
        about = briefing_views.about(request) or "All articles"
        st.html(f'<p class="row" role="status">Interrupted: {views.esc(about)}</p>', width="content")
        st.button("Start again", key=f"again_{number}", type="tertiary", on_click=_generate, args=(request,))
        st.button("Dismiss", key=f"dismiss_{number}", type="tertiary", on_click=room.dismiss_briefing, args=(request,))


# -- waiting


def _working(making: BriefingJob) -> None:
    """Show the progress of a briefing until it ends."""
    st.html(f"<h1>Briefing</h1><p class='lede'>{views.esc(briefing_views.about(making.request)) or 'All articles'}</p>")
    slot = st.empty()
    st.button("Cancel", key="cancel", disabled=making.cancelled is not None, on_click=making.cancel)
    for changed in controls.poll(making.job, "cancel"):
        if changed:
            slot.html(briefing_views.step_html(making.step, cancelled=making.cancelled is not None))
        making.enforce_cancel()
    st.query_params.pop("job", None)
    if making.briefing and making.briefing.briefing_id:
        st.query_params["briefing"] = making.briefing.briefing_id
    st.rerun()


# -- one briefing


def _show_stored(room: Newsroom, briefing_id: str) -> None:
    try:
        briefing = room.briefing(briefing_id)
    except UnknownBriefing:
        st.html("<h1>Briefing not found</h1>")
        st.warning("It was deleted, or the link is wrong.")
        st.button("Back", key="back", on_click=_new)
        return
    st.session_state.pop("making", None)
    st.query_params["briefing"] = briefing_id
    _show(room, briefing)


def _show(room: Newsroom, briefing: Briefing) -> None:
    session.name_tab(f"Briefing: {briefing_views.about(briefing.request) or 'all articles'}")
    st.html(briefing_views.head_html(briefing))
    if not briefing.finished:
        st.html('<p class="notice" role="status">Stopped early. Everything shown was checked.</p>')
    if any(item.sentences for item in briefing.sections):
        _tools(room, briefing)
    if briefing.briefing_id and st.session_state.get("comparing"):
        st.html('<h2 class="asked">What’s new since then</h2>')
        st.html(briefing_views.changes_html(room.what_changed(briefing.briefing_id), session.text_of(room)))
    st.html(briefing_views.body_html(briefing))
    if all(item.part != "sources" for item in briefing.sections):
        st.html(f'<section class="part"><h2>Sources</h2>{briefing_views.sources_html(briefing)}</section>')
    if plots := briefing_views.plots_html(briefing):
        st.html(plots)
    st.html(f"{views.withheld_html(briefing.withheld)}{briefing_views.outcome_html(briefing)}")
    with st.container(horizontal=True, key="after"):
        st.button("New briefing", key="new_briefing", on_click=_new)
        st.button("Regenerate", key="again", type="tertiary", on_click=_generate, args=(briefing.request,))
        if briefing.briefing_id:
            if topic := briefing.request.topic:
                st.button("Keep watching", key="watch", type="tertiary", on_click=_watch, args=(room, topic))
            with st.popover("Delete", type="tertiary"):
                st.html("<p>Its articles stay.</p>")
                st.button("Delete this briefing", key="forget", on_click=_forget, args=(briefing.briefing_id,))


def _tools(room: Newsroom, briefing: Briefing) -> None:
    """Copying, a file in each format, and what has changed, which is shown right below."""
    with st.container(horizontal=True, vertical_alignment="center", key="downloads"):
        st.html(briefing_views.copy_html(briefing), width="content")
        st.html('<span class="caps">Download</span>', width="content")
        makers = {kind: partial(room.export, briefing, kind) for kind in get_args(ExportFormat)}
        controls.downloads(makers, partial(room.export_name, briefing), "download")
        if briefing.briefing_id:
            st.button("What’s new since then?", key="since_then", type="tertiary", on_click=_compare)


def _new() -> None:
    for key in ("making", "comparing"):
        st.session_state.pop(key, None)
    for key in ("briefing", "job"):
        st.query_params.pop(key, None)


def _watch(room: Newsroom, topic: str) -> None:
    room.watch(topic=topic)
    st.toast(session.WATCH_NOTICE)


def _compare() -> None:
    st.session_state.comparing = True


def _forget(briefing_id: str) -> None:
    with suppress(UnknownBriefing):  # removed in another tab already
        session.newsroom().forget_briefing(briefing_id)
    _new()


main()
