"""Library: its articles by words, outlet and date; its stories; charts; removing articles."""

from __future__ import annotations

import streamlit as st

from rag.display import OUTLET_UNKNOWN, plural
from rag.domain import ArticleSummary, Filters
from rag.newsroom import Newsroom
from rag.ui import charts, controls, removing, session, source_views, views

_PAGE = 20  # articles per page
_LIST, _STORIES, _CHARTS = "List", "Stories", "Charts"


def main() -> None:
    """The page."""
    room = session.newsroom()
    total = room.count()
    st.html("<h1>Library</h1>")
    if total:
        outlets = len(room.outlets())
        counts = (plural(total, "article"), plural(outlets, "outlet") if outlets else None)
        st.html(f'<p class="lede">{views.dotted((*counts, views.days(*room.span())))}</p>')
    else:
        st.html('<p class="lede">No articles yet. Paste one, upload files, or give an address.</p>')
    controls.show_background(room)
    removing.show_result()
    if controls.offer_articles(room):
        _browse(room)
    removing.confirm(room)


# -- the list


def _browse(room: Newsroom) -> None:
    query, filters = _filters(room)
    count = room.count(filters, query=query)
    if not count:
        st.html('<p class="none">No articles match.</p>')
        st.button("Clear filters", on_click=controls.clear_filters, args=("q",))
        return
    pages = -(-count // _PAGE)
    page = min(st.session_state.get("page") or 1, pages)
    articles = room.articles(filters, limit=_PAGE, offset=(page - 1) * _PAGE, query=query)
    if query or filters:
        with st.container(horizontal=True, vertical_alignment="center", key="hits"):
            st.html(f'<p class="row">{plural(count, "article")} found</p>', width="content")
            st.button("Clear filters", type="tertiary", on_click=controls.clear_filters, args=("q",))
    view = st.segmented_control(
        "View",
        [_LIST, _STORIES, _CHARTS],
        default=_LIST,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == _CHARTS:
        _charts(room, filters, query)
        return
    if view == _STORIES:
        _stories(room, filters, query)
        return
    picked = [item for item in articles if _row(room, item, query)]
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
    if picked:
        with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="picked"):
            st.html(f'<p class="row">{plural(len(picked), "article")} chosen</p>', width="content")
            ids = [item.article_id for item in picked]
            if st.button("Brief me on these", key="brief"):
                session.brief_on(ids)
            st.button("Remove …", key="remove", on_click=removing.ask, args=(ids,))


def _filters(room: Newsroom) -> tuple[str | None, Filters]:
    """The filter row; its values are kept in the address."""
    with st.container(key="filters"):
        words, outlets, since, until = st.columns([3, 2, 1.5, 1.5])
        query = words.text_input(
            "Search headlines and texts",
            key="q",
            type="search",
            placeholder='Words, or "a phrase"',
            bind="query-params",
        )
        filters = controls.article_filters(room, outlets, since, until)
    return query.strip() or None, filters


def _stories(room: Newsroom, filters: Filters, query: str | None) -> None:
    """The stories with more than one article, of which one passes filters and query, newest first."""
    with st.spinner("Finding stories …"):
        hits = [item.article_id for item in room.articles(filters, query=query)] if query else ()
        stories = [item for item in room.stories(filters, articles=hits) if len(item.articles) > 1]
    if not stories:
        st.html('<p class="none">No event is covered by more than one article here.</p>')
        return
    pages = -(-len(stories) // _PAGE)
    page = min(st.session_state.get("story_page") or 1, pages)
    for item in stories[(page - 1) * _PAGE : page * _PAGE]:
        controls.list_row(session.STORY, item.title, source_views.story_row_html(item), id=item.story_id)
    if pages > 1:
        st.pagination(pages, key="story_page")


def _charts(room: Newsroom, filters: Filters, query: str | None) -> None:
    overview = room.overview(filters, query=query)
    unit, times = charts.by_time(overview.days)
    undated = room.count(filters, query=query) - sum(n for _, n in times)
    missing = f" · {undated:,} undated" if undated else ""
    st.html(charts.columns_html(f"Published per {unit}{missing}", times))
    left, right = st.columns(2, gap="large")
    rest = "all others" if overview.has_more_outlets else OUTLET_UNKNOWN
    left.html(charts.bars_html("By outlet", [(name or rest, n) for name, n in overview.outlets]))
    right.html(charts.columns_html("By length, in words", [(_length(size), n) for size, n in overview.lengths]))


def _length(size: int) -> str:
    return f"{size:,}+" if size else "under 100"


def _row(room: Newsroom, item: ArticleSummary, query: str | None) -> bool:
    """One article with a checkbox; True if it is selected."""
    with st.container(key=f"row-{item.article_id}"):
        pick, about = st.columns([0.05, 0.95], gap="small")
        picked = pick.checkbox(
            f"Choose {views.accessible_name(item.title)}", key=f"pick-{item.article_id}", label_visibility="collapsed"
        )
        match = room.first_match(item.article_id, query) if query else None
        place = views.source_query(item.article_id, item.version, match.span if match else None)
        about.page_link(session.SOURCE, label=views.label(item.title, 160), query_params=place)
        if match and match.sentence.rstrip(".") != item.title.rstrip("."):
            about.html(source_views.snippet_html(match.sentence, match.words))
        copies = room.copies(item.article_id)
        about.html(source_views.article_row_html(item, source_views.fold_line(item.outlet, copies) if copies else None))
    return picked


main()
