"""The statements of an article, to check and correct. Not in the menu; linked from the Source page."""

from __future__ import annotations

from functools import partial
from typing import cast, get_args

import streamlit as st

from rag.display import plural
from rag.domain import Article, Correction, Statement, StatementChanges, StatementKind
from rag.errors import UnknownArticle
from rag.ui import controls, session, source_views, statement_views

_KINDS = list(get_args(StatementKind))
_FIELDS = (("speaker", "Speaker"), ("role", "Role"), ("on_behalf_of", "On behalf of"), ("venue", "To or where"))


def main() -> None:
    """The page. `?doc=` has the id of the article."""
    room = session.newsroom()
    try:
        article = room.article(st.query_params.get("doc", ""))
    except UnknownArticle:
        controls.not_found("Article", "It was removed from the library, or the link is wrong.")
        return
    st.html(source_views.article_head_html(article))
    st.page_link(session.SOURCE, label="Read the article", query_params={"doc": article.article_id})
    controls.show_notice()
    statements = room.statements(article=article.article_id)
    if statements:
        st.html(f'<h2 class="asked">{plural(len(statements), "statement")} found</h2>')
    elif room.pending().get("statements"):
        st.html('<p class="none">Its statements are still being read; come back in a moment.</p>')
    else:
        st.html('<p class="none">No statement was found in this article. Add one below if it holds one.</p>')
    corrections = room.corrections(article.article_id)
    for before, item in zip((None, *statements), statements, strict=False):
        same = before is not None and statement_views.speaker_line_html(before) == statement_views.speaker_line_html(
            item
        )
        _statement(item, article.text, headed=not same)
    _dismissed_and_lost(article, corrections)
    _add_form(article)
    st.html('<h2 class="asked">In the article</h2>')
    st.html(source_views.article_html(article.text, None, [part.span for item in statements for part in item.content]))


def _statement(item: Statement, text: str, *, headed: bool) -> None:
    place = _place(item)
    with st.container(key=f"statement-{place}", gap="xsmall"):
        st.html(f'<div class="ans">{statement_views.statement_html(item, text, headed=headed)}</div>')
        if st.session_state.get("editing") == place:
            _form(item, place)
            return
        with st.container(horizontal=True, key=f"do-{place}"):
            st.button("Correct", key=f"edit-{place}", type="tertiary", on_click=_edit, args=(place,))
            st.button("Dismiss", key=f"dismiss-{place}", type="tertiary", on_click=_dismiss, args=(item,))
            if item.corrected:
                st.button(
                    "Undo my correction", key=f"restore-{place}", type="tertiary", on_click=_restore, args=(item,)
                )


def _form(item: Statement, place: str) -> None:
    with st.form(f"form-{place}"):
        _fields(place, item)
        with st.container(horizontal=True):
            st.form_submit_button("Save", type="primary", key=f"save-{place}", on_click=_save, args=(item,))
            st.form_submit_button("Cancel", key=f"cancel-{place}", on_click=_edit, args=(None,))


def _fields(mark: str, item: Statement | None) -> None:
    """The fields that can be corrected; `mark` ends their keys in the session."""
    left, right = st.columns(2)
    for n, (name, label) in enumerate(_FIELDS):
        value = (getattr(item, name) if item else None) or ""
        (left, right)[n % 2].text_input(
            label, value=value, key=f"{name}-{mark}", max_chars=300, placeholder="Not given"
        )
    controls.day_input(left, "Said on", f"said_on-{mark}", item.said_on if item else None)
    if item:
        right.selectbox("Kind", _KINDS, index=_KINDS.index(item.kind), key=f"kind-{mark}")
    st.checkbox("A denial: the words are what is denied", value=bool(item and item.denied), key=f"denied-{mark}")


def _dismissed_and_lost(article: Article, corrections: list[Correction]) -> None:
    """Dismissed statements, with a button to restore them, and corrections of earlier versions that were lost."""
    dismissed = [
        item for item in corrections if item.verdict == "dismissed" and item.statement.version == article.version
    ]
    not_carried = [item for item in corrections if item.carried is False]
    for item in dismissed:
        with st.container(horizontal=True, vertical_alignment="center", key=f"gone-{_place(item.statement)}"):
            st.html(statement_views.correction_html(item))
            place = _place(item.statement)
            st.button("Restore", key=f"back-{place}", type="tertiary", on_click=_restore, args=(item.statement,))
    for item in not_carried:
        st.html(statement_views.correction_html(item))


def _add_form(article: Article) -> None:
    with st.expander("Add a statement that was missed", key="missed"), st.form("missed_form", border=False):
        st.text_area(
            "Its words, just as the article has them", key="words-new", placeholder="Copy them from the article below"
        )
        _fields("new", None)
        st.form_submit_button("Add it", type="primary", key="add_missed", on_click=_add, args=(article.article_id,))


def _place(item: Statement) -> str:
    return "_".join(f"{part.start}-{part.end}" for part in item.content)


# -- callbacks


def _edit(place: str | None) -> None:
    st.session_state.editing = place


def _form_values(mark: str) -> StatementChanges:
    ss = st.session_state
    changes = StatementChanges(
        speaker=ss[f"speaker-{mark}"],
        role=ss[f"role-{mark}"],
        on_behalf_of=ss[f"on_behalf_of-{mark}"],
        venue=ss[f"venue-{mark}"],
        said_on=controls.parse_day(ss[f"said_on-{mark}"], or_month=True),
        denied=ss[f"denied-{mark}"],
    )
    if f"kind-{mark}" in ss:
        changes["kind"] = ss[f"kind-{mark}"]
    return changes


def _save(item: Statement) -> None:
    """Store only the changed fields as a correction, so that the others still follow the rules."""

    def correct() -> None:
        values = _form_values(_place(item))
        differing = {name: value for name, value in values.items() if (value or None) != (getattr(item, name) or None)}
        if differing:
            session.newsroom().correct(item, **cast("StatementChanges", differing))

    if controls.attempt(correct, "Corrected. This stays when the article is read again."):
        _edit(None)


def _dismiss(item: Statement) -> None:
    controls.attempt(partial(session.newsroom().dismiss, item), "Dismissed. It can be restored below.")


def _restore(item: Statement) -> None:
    controls.attempt(partial(session.newsroom().restore, item), "Back to what was found.")


def _add(article_id: str) -> None:
    words = st.session_state["words-new"]
    if controls.attempt(lambda: session.newsroom().add_statement(article_id, [words], **_form_values("new")), "Added."):
        for name in ("words", *(name for name, _ in _FIELDS)):
            st.session_state[f"{name}-new"] = ""


main()
