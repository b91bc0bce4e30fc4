"""Library: what is in it, found by words, outlet and date; opening and removing articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from rag.domain import ArticleSummary, Filters
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import session, views

_PAGE = 20  # articles a page
_EARLIEST = date(1600, 1, 1)
_POLL = 2.0  # seconds between looks at background work


def main() -> None:
    """The page."""
    room = session.newsroom()
    total = room.count()
    st.html("<h1>Library</h1>")
    if total:
        outlets = len(room.outlets())
        held = (views.counted(total, "article"), views.counted(outlets, "outlet") if outlets else None)
        st.html(f'<p class="lede">{views.joined((*held, views.days(*room.span())))}</p>')
    else:
        st.html('<p class="lede">Nothing is in it yet. Paste an article, upload files, or give an address.</p>')
    _background(room)
    _told()
    st.page_link(session.ADD, label="Add articles")
    if total:
        _listed(room)
    if "removing" in st.session_state:
        _confirm(room, st.session_state.removing)


def _background(room: Newsroom) -> None:
    """One quiet line while vectors and statements are being made, which goes by itself."""

    @st.fragment(run_every=_POLL if views.pending_line(room.pending()) else None)
    def line() -> None:
        if told := views.pending_line(room.pending()):
            st.caption(told)

    line()


# -- the list


def _listed(room: Newsroom) -> None:
    query, filters = _filters(room)
    found = room.count(filters, query=query)
    if not found:
        st.html('<p class="none">No article fits these filters.</p>')
        st.button("Clear the filters", on_click=_clear)
        return
    pages = -(-found // _PAGE)
    page = min(st.session_state.get("page") or 1, pages)
    articles = room.articles(filters, limit=_PAGE, offset=(page - 1) * _PAGE, query=query)
    if query or filters:
        with st.container(horizontal=True, vertical_alignment="center", key="hits"):
            st.html(f'<p class="row">{views.counted(found, "article")} found</p>', width="content")
            st.button("Clear the filters", type="tertiary", on_click=_clear)
    picked = [item for item in articles if _row(item)]
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
    if picked:
        with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="picked"):
            st.html(f'<p class="row">{views.counted(len(picked), "article")} chosen</p>', width="content")
            st.button("Remove …", key="remove", on_click=_ask_to_remove, args=([item.article_id for item in picked],))


def _filters(room: Newsroom) -> tuple[str | None, Filters]:
    """The filter row; its values stand in the address."""
    with st.container(key="filters"):
        words, outlets, since, until = st.columns([3, 2, 1.5, 1.5])
        query = words.text_input(
            "Words of the headline", key="q", type="search", placeholder="Any", bind="query-params"
        )
        names = [name for name, _ in room.outlets()]
        outlet = outlets.selectbox("Outlet", names, index=None, key="outlet", placeholder="Any", bind="query-params")
        days = [
            column.date_input(name, value=None, key=key, format="YYYY-MM-DD", min_value=_EARLIEST, bind="query-params")
            for column, name, key in ((since, "Since", "since"), (until, "Until", "until"))
        ]
    return query.strip() or None, Filters(outlet=outlet, since=days[0], until=days[1])


def _row(item: ArticleSummary) -> bool:
    """One article; True if it is picked. The key is its id, so that a pick stays with its article."""
    with st.container(key=f"row-{item.article_id}"):
        pick, about = st.columns([0.05, 0.95], gap="small")
        picked = pick.checkbox(
            f"Choose {views.label(item.title, 80)}", key=f"pick-{item.article_id}", label_visibility="collapsed"
        )
        query = views.source_query(item.article_id, item.version)
        about.page_link(session.SOURCE, label=views.label(item.title, 160), query_params=query)
        about.html(views.row_html(item))
    return picked


def _clear() -> None:
    for key in ("outlet", "since", "until", "page"):
        st.session_state.pop(key, None)
    st.session_state.q = ""


# -- removing


def _ask_to_remove(article_ids: list[str]) -> None:
    st.session_state.removing = article_ids


def _keep() -> None:
    st.session_state.pop("removing", None)


@st.dialog("Remove from the library?", on_dismiss=_keep)
def _confirm(room: Newsroom, article_ids: Sequence[str]) -> None:
    st.html(views.titles_html(_known(room, article_ids)))
    st.html(
        "<p>They go from the library and every index. Earlier answers keep their quotations but lose the source.</p>"
    )
    with st.container(horizontal=True):
        remove = st.button("Remove", key="remove_now")
        keep = st.button("Keep", key="keep")
    if remove:
        _remove(room, article_ids)
    if remove or keep:
        _keep()
        st.rerun()  # a click in a dialog runs the dialog alone


def _known(room: Newsroom, article_ids: Sequence[str]) -> list[ArticleSummary]:
    found = (room.articles(Filters(article=article_id)) for article_id in article_ids)
    return [item for items in found for item in items]


def _remove(room: Newsroom, article_ids: Sequence[str]) -> None:
    titles = []
    for article_id in article_ids:
        try:
            titles.append(room.article(article_id).title)
            room.remove(article_id)
        except UnknownArticle:
            continue  # somebody else was quicker; it is gone, as asked
    st.session_state.told = [f"Removed: {title}." for title in titles]


def _told() -> None:
    """What the last removal did, once."""
    for line in st.session_state.pop("told", []):
        st.success(views.label(line))


main()
