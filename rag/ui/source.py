"""Source: one article at one version, at the cited passage. Not in the menu; every citation leads here."""

from __future__ import annotations

import streamlit as st

from rag.domain import Article
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import session, views


def main() -> None:
    """The page. Its address says what to show: `doc`, and optionally `v` (version), `s` and `e` (passage)."""
    room = session.newsroom()
    query = st.query_params
    try:
        article = room.article(query.get("doc", ""), query.get("v") or None)
    except UnknownArticle:
        _not_found(room, query.get("doc", ""))
        return
    st.html(views.article_head_html(article))
    _notes(article)
    asked = "s" in query or "e" in query
    span = views.asked_span(query.get("s"), query.get("e"), len(article.text))
    if span:
        st.markdown("[Jump to the cited passage](#hit)")
    elif asked:
        st.warning("The link names a passage that this version does not hold. The whole article is below.")
    text, facts = st.columns([3, 1], gap="medium")
    text.html(views.article_html(article.text, span))
    facts.html(views.facts_html(article))
    facts.page_link(session.STATEMENTS, label="Its statements", query_params={"doc": article.article_id})


def _notes(article: Article) -> None:
    current = article.versions[-1].version if article.versions else article.version
    if article.version != current:
        st.info("This is an earlier version, as it was cited. The article has changed since.")
        st.page_link(session.SOURCE, label="Read the current version", query_params={"doc": article.article_id})


def _not_found(room: Newsroom, article_id: str) -> None:
    st.html("<h1>Article not found</h1>")
    try:
        article = room.article(article_id)
    except UnknownArticle:
        st.warning("It was removed from the library, or the link is wrong.")
    else:
        st.warning("The library holds this article, but not the version that the link names.")
        st.page_link(session.SOURCE, label="Read the current version", query_params={"doc": article.article_id})
    st.page_link(session.ASK, label="Back to Ask")


main()
