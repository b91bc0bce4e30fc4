"""Source: a version of an article, at the cited place. Not in the menu; linked from every citation."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rag.domain import Article, Filters
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import controls, removing, session, source_views, views

_FIELDS = {"title": "Title", "outlet": "Outlet", "byline": "Byline", "url": "Address"}


def main() -> None:
    """The page. Its address has `doc` (article), and optionally `v` (version), `s` and `e` (half-open span) and `was`
    (an earlier version to compare with).
    """
    room = session.newsroom()
    query = st.query_params
    removing.show_result()
    try:
        article = room.article(query.get("doc", ""), query.get("v") or None)
    except UnknownArticle:
        _not_found(room, query.get("doc", ""))
        return
    session.name_tab(article.title)
    st.html(source_views.article_head_html(article))
    _notices(room, article)
    span = views.span_from_query(query.get("s"), query.get("e"), len(article.text))
    if span:
        st.markdown("[Jump to the cited passage](#hit)")
    elif "s" in query or "e" in query:
        st.warning("The link points to a passage that this version does not have. The whole article is below.")
    text, facts = st.columns([3, 1], gap="medium")
    with text:
        st.html(source_views.article_html(article.text, span))
        _versions(room, article, query.get("was"))
    with facts:
        st.html(source_views.facts_html(article))
        with st.container(gap=None):
            this = {"doc": article.article_id}
            st.page_link(session.STATEMENTS, label="Statements in this article", query_params=this)
            if st.button("Its story", key="story", type="tertiary"):  # looked up on the click, as new stories take time
                _story(room, article)
            with st.popover("Edit details", type="tertiary"):
                _amend(article)
            st.button("Remove …", key="remove", type="tertiary", on_click=removing.ask, args=([article.article_id],))
    removing.confirm(room, then=session.LIBRARY)


def _story(room: Newsroom, article: Article) -> None:
    stories = room.stories(Filters(article=article.article_id))
    if stories and len(stories[0].articles) > 1:
        st.switch_page(session.STORY, query_params={"id": stories[0].story_id})
    st.html('<p class="none" role="status">No other article covers this event.</p>')


def _notices(room: Newsroom, article: Article) -> None:
    """The notices above the text: another version, corrections, copies."""
    current = article.versions[-1].version if article.versions else article.version
    if article.version != current:
        st.info("This is an earlier version, as it was cited. The article has changed since.")
        st.page_link(session.SOURCE, label="Read the current version", query_params={"doc": article.article_id})
    if notice := source_views.notes_html(article):
        st.html(notice)
    original = room.article(article.copy_of) if article.copy_of else None
    if notice := source_views.fold_html(article, original, room.copies(article.article_id)):
        with st.container(horizontal=True, vertical_alignment="center", key="fold"):
            st.html(notice, width="content")
            if original:
                st.button("Not a copy", key="unfold", type="tertiary", on_click=_unfold, args=(article,))
    controls.show_notice()


def _versions(room: Newsroom, article: Article, was: str | None) -> None:
    if len(article.versions) < 2:
        return
    st.html('<h2 class="asked">Versions</h2>')
    st.html(source_views.versions_html(article, was))
    earlier = {item.version: item.number for item in article.versions[:-1]}
    if was in earlier:
        st.html(f'<p class="caps">What changed since version {earlier[was]}</p>')
        st.html(source_views.differences_html(room.differences(article.article_id, was)))


def _amend(article: Article) -> None:
    """The facts in fields. Edits here take precedence over later readings."""
    amendments = {item.field: item for item in article.amended}
    with st.form("amend", border=False):
        for name, label in _FIELDS.items():
            original = amendments[name].found if name in amendments else None
            st.text_input(
                label,
                value=getattr(article, name) or "",
                key=f"amend-{name}-{article.article_id}",
                max_chars=2000,
                help=views.label(f"Found: {original or 'nothing'}") if name in amendments else None,
            )
        controls.day_input(st.container(), "Published", f"amend-published-{article.article_id}", article.published)
        st.form_submit_button("Save", key="save_facts", on_click=_save, args=(article,))
    if amendments:
        names = ", ".join(sorted(amendments))
        st.button(f"Undo my edits ({names})", key="undo_facts", type="tertiary", on_click=_undo, args=(article,))


def _save(article: Article) -> None:
    ss = st.session_state
    changed = {}
    for name in _FIELDS:
        if (typed := ss[f"amend-{name}-{article.article_id}"].strip()) != (getattr(article, name) or ""):
            changed[name] = typed

    def save() -> None:
        if (day := controls.parse_day(ss[f"amend-published-{article.article_id}"])) != article.published:
            changed["published"] = day or ""
        if changed:
            session.newsroom().amend(article.article_id, **changed)

    controls.attempt(save, "Saved. Reading the article again won’t change it back.")


def _undo(article: Article) -> None:
    for name in (*_FIELDS, "published"):
        st.session_state.pop(f"amend-{name}-{article.article_id}", None)
    undo = [item.field for item in article.amended]
    controls.attempt(lambda: session.newsroom().amend(article.article_id, undo=undo), "Back to what was found.")


def _unfold(article: Article) -> None:
    unfold = partial(session.newsroom().unfold, article.article_id)
    if controls.attempt(unfold, "It now counts as a separate article.") and article.copy_of:
        fold = partial(session.newsroom().fold, article.article_id, article.copy_of)
        st.session_state.undo_notice = partial(controls.attempt, fold, "It counts as a wire copy again.")


def _not_found(room: Newsroom, article_id: str) -> None:
    try:
        article = room.article(article_id)
    except UnknownArticle:
        controls.not_found("Article", "It was removed from the library, or the link is wrong.")
    else:
        controls.not_found("Version", "The library has this article, but not the version the link points to.")
        st.page_link(session.SOURCE, label="Read the current version", query_params={"doc": article.article_id})


main()
