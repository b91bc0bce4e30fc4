"""Adding articles: paste with a preview that can be corrected, or upload; and what became of each source."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import streamlit as st

from rag.domain import AddResult, Extract
from rag.errors import OnRecordError, UnknownArticle, UnusableInput
from rag.newsroom import Newsroom
from rag.ui import session, views

_TYPES = ["txt", "md", "html", "htm", "pdf", "docx", "eml", "xml", "jsonl", "zip"]
_MOST_FILES = 50  # Streamlit bounds the size of a file, not their number
_EARLIEST = date(1600, 1, 1)
_FIELDS = ("title", "outlet", "byline", "published", "url")


def show(room: Newsroom) -> None:
    """The ways in, and what the last use of them did."""
    _results(room)
    paste, upload = st.tabs(["Paste", "Upload"])
    with paste:
        _paste(room)
    with upload:
        _upload()


def _paste(room: Newsroom) -> None:
    text = st.text_area("Text of the article", key="pasted", height=180, placeholder="Paste the article, as it is")
    if not text.strip():
        st.button("Read it", key="read")
        return
    try:
        found = room.extract_bytes(text.encode("utf-8", "replace"), name="pasted text")[0]
    except UnusableInput as exc:
        st.error(views.label(exc), title="This can’t be read as an article")
        return
    st.html(views.found_html(found))
    corrected = _fields(found)
    if corrected["url"] and not views.outside_url(corrected["url"]):
        st.error("The address must begin with http:// or https://. Correct it or leave it empty.")
        return
    # None would mean "not given": a value that was found and is cleared here must go.
    given = {name: value or "" for name, value in corrected.items() if value != getattr(found, name)}
    st.button("Add to the library", key="add_pasted", type="primary", on_click=_add_pasted, args=(text, given))


def _fields(found: Extract) -> dict[str, Any]:
    """What was found, in fields that can be corrected. Their keys belong to the text: a new text brings new fields."""
    mark = hashlib.sha256(found.text.encode()).hexdigest()[:12]
    title = st.text_input("Title", value=found.title or "", key=f"title-{mark}", placeholder="None found")
    left, right = st.columns(2)
    outlet = left.text_input("Outlet", value=found.outlet or "", key=f"outlet-{mark}", placeholder="None found")
    byline = right.text_input("Byline", value=found.byline or "", key=f"byline-{mark}", placeholder="None found")
    published = left.date_input(
        "Published", value=found.published, key=f"published-{mark}", format="YYYY-MM-DD", min_value=_EARLIEST
    )
    url = right.text_input("Address", value=found.url or "", key=f"url-{mark}", placeholder="https://… (optional)")
    texts = {"title": title, "outlet": outlet, "byline": byline, "url": url}
    return {name: value.strip() or None for name, value in texts.items()} | {"published": published}


def _upload() -> None:
    with st.form("upload", clear_on_submit=True, border=False):
        st.file_uploader(
            "Files: text, Markdown, HTML, PDF, Word, e-mail, feeds, JSON Lines, zip",
            type=_TYPES,
            accept_multiple_files=True,
            key="files",
        )
        st.form_submit_button("Add the files", on_click=_add_files)


# -- what the reader does


def _add_pasted(text: str, given: dict[str, Any]) -> None:
    results = _added(text.encode("utf-8", "replace"), "pasted text", given)
    st.session_state.results = results
    if any(item.status != "rejected" for item in results):
        st.session_state.pasted = ""


def _add_files() -> None:
    files = st.session_state.get("files") or []
    results = [item for file in files[:_MOST_FILES] for item in _added(file.getvalue(), file.name, {})]
    for file in files[_MOST_FILES:]:
        told = f"More than {_MOST_FILES} files at once; add it with the next ones."
        results.append(AddResult(source=file.name, status="rejected", reason=told))
    st.session_state.results = results


def _added(data: bytes, name: str, given: dict[str, Any]) -> list[AddResult]:
    """One bad source does not stop the rest."""
    try:
        return session.newsroom().add_bytes(data, name=name, **given)
    except OnRecordError as exc:
        return [AddResult(source=name, status="rejected", reason=str(exc))]


def _results(room: Newsroom) -> None:
    """What became of each source, once, with a way to the article."""
    for item in st.session_state.pop("results", []):
        title = None
        if article_id := item.of or item.article_id:
            try:
                title = room.article(article_id).title
            except UnknownArticle:
                article_id = None
        told = views.label(views.added_line(item, title))
        show_as = st.error if item.status == "rejected" else st.success if item.status != "duplicate" else st.info
        show_as(told)
        if article_id:
            st.page_link(session.SOURCE, label="Open it", query_params={"doc": article_id})
