"""One answer on the page: its sentences and sources, what is withheld, what changed since, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from rag.domain import Answer, Citation, ExportFormat, Hit, Judgement, Span, Turn
from rag.errors import OnRecordError, UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import session, views

Again = Callable[..., None]  # the turn, whether the built-in engine is to answer, and what to take back
_JUDGEMENTS: dict[Judgement, str] = {"useful": "Useful", "wrong": "Wrong"}
_FORMATS: dict[ExportFormat, str] = {"md": "Markdown", "docx": "Word", "pdf": "PDF", "html": "Web page", "json": "JSON"}


def show(room: Newsroom, turn: Turn, again: Again, chat_id: str) -> None:
    """A turn that nobody is answering just now; `again` answers it once more, with the built-in engine if told so."""
    answer, number = turn.answer, turn.number
    if answer:
        _answer(room, answer, turn, again)
    if answer and turn.state == "answered":
        _tools(room, turn, again, chat_id)
    if turn.state == "failed":
        st.error(views.label(turn.error or "It failed."), title="No answer this time")
        _retry(turn, again)
    elif turn.state == "stopped":
        st.html('<p class="outcome" role="status">Stopped. What stands above was checked before you stopped it.</p>')
        st.button("Try again", key=f"again-{number}", type="tertiary", on_click=again, args=(turn, False))
    elif turn.state == "asked":
        st.html('<p class="outcome">This question was interrupted before an answer was kept.</p>')
        st.button("Try again", key=f"again-{number}", on_click=again, args=(turn, False))


def _understood(turn: Turn, answer: Answer, again: Again) -> None:
    """What was read out of the question, each with a way to take it back; what was not applied says why."""
    if answer.rewritten:
        st.html(f'<p class="scope">Read as <q>{views.esc(answer.rewritten)}</q></p>')
    if not answer.understood:
        return
    with st.container(horizontal=True, key=f"understood{turn.number}", vertical_alignment="center", gap="xsmall"):
        st.html('<span class="caps">Looking for</span>', width="content")
        for at, item in enumerate(answer.understood):
            if item.applied and item.filters:
                st.button(
                    f"{views.label((item.note or item.value).partition(';')[0], 70)} ✕",
                    key=f"without-{turn.number}-{at}",
                    help=f"Ask again without it. {views.label(item.note)}",
                    on_click=again,
                    args=(turn, False, f"{item.kind}:{item.value}"),
                )
            elif item.note:
                st.html(f'<span class="row">{views.esc(item.note)}</span>', width="content")


def _answer(room: Newsroom, answer: Answer, turn: Turn, again: Again) -> None:
    number = turn.number
    _understood(turn, answer, again)
    if marks := views.marks_html(turn):
        st.html(marks)
    if answer.sentences:
        shown = answer.sentences
        doubted = sum(item.outcome == "unconfirmed" for item in shown)
        if doubted and st.toggle(
            f"Hide {views.plural(doubted, 'sentence')} not confirmed", key=f"sure-{number}", value=False
        ):
            shown = tuple(item for item in shown if item.outcome != "unconfirmed")
        writer = answer.engine if any(item.kind == "synthesis" for item in shown) else None
        st.html(views.answer_html(shown, answer.citations, str(number), writer=writer))
        _sources(room, answer.citations, number)
    if answer.abstained:
        st.html(views.abstained_html(answer))
        _nearest(room, answer.nearest, number)
    quiet = views.withheld_html(answer.withheld)
    quiet += views.conflicts_html(answer.conflicts, answer.citations, str(number)) + views.notices_html(answer)
    if turn.state == "answered":
        quiet += views.outcome_html(answer)
    if quiet:
        st.html(quiet)


def _tools(room: Newsroom, turn: Turn, again: Again, chat_id: str) -> None:
    """What can be done with an answer: copied with its citations, downloaded, judged, tried again."""
    number, answer = turn.number, turn.answer
    assert answer is not None  # noqa: S101  # asked for by `show`
    with st.container(horizontal=True, key=f"tools{number}", vertical_alignment="center", gap="xsmall"):
        if answer.sentences:
            copy = st.popover("Copy with citations", type="tertiary", on_change="rerun", key=f"copy-{number}")
            if copy.open:
                with copy:
                    _copy(room, answer, number)
        st.button("Try again", key=f"again-{number}", type="tertiary", on_click=again, args=(turn, False))
        thought = turn.feedback.judgement if turn.feedback else None
        st.pills(
            "What do you think of this answer?",
            list(_JUDGEMENTS),
            default=thought,
            key=f"judge-{chat_id}-{number}",
            format_func=lambda item: _JUDGEMENTS[item],
            label_visibility="collapsed",
            on_change=_judge,
            args=(chat_id, number),
        )
    if thought == "wrong":
        st.text_input(
            "What went wrong?",
            value=(turn.feedback.note if turn.feedback else None) or "",
            key=f"note-{chat_id}-{number}",
            max_chars=1000,
            placeholder="Optional; helps improve answers",
            on_change=_judge,
            args=(chat_id, number),
        )


def _copy(room: Newsroom, answer: Answer, number: int) -> None:
    """The answer as Markdown, which brings its own button to copy it, and as files; made when it is asked for.

    An answer that lost a source can't be checked again, so it is handed on without its seal and not as a file.
    """
    whole = all(item.quote for item in answer.citations)
    try:
        text = room.export(answer, "md").decode() if whole else views.answer_markdown(answer)
    except OnRecordError as exc:
        st.error(views.label(exc))
        return
    st.code(text, language=None, wrap_lines=True, height=280)
    if whole:
        with st.container(horizontal=True, gap="xsmall"):
            for kind, name in _FORMATS.items():
                st.download_button(
                    name,
                    partial(room.export, answer, kind),
                    file_name=f"answer.{kind}",
                    key=f"answer-{number}-{kind}",
                    on_click="ignore",
                )


def _judge(chat_id: str, number: int) -> None:
    judgement = st.session_state.get(f"judge-{chat_id}-{number}")
    note = st.session_state.get(f"note-{chat_id}-{number}") if judgement == "wrong" else None
    try:
        session.newsroom().judge(chat_id, number, judgement, note)
    except OnRecordError as exc:
        st.session_state.told_ask = str(exc)


def _sources(room: Newsroom, citations: tuple[Citation, ...], number: int) -> None:
    shown_still = [item for item in citations if item.quote]
    if not shown_still:
        return
    with st.container(horizontal=True, key=f"sources{number}", gap="xsmall", vertical_alignment="center"):
        st.html('<span class="caps">Sources</span>', width="content")
        for item in shown_still:
            shown = views.label(f"{item.n} · {item.outlet or item.title}", 40)
            if st.button(shown, key=f"source-{number}-{item.n}", help=views.label(item.title)):
                span = Span(item.start, item.end)
                others = [
                    Span(one.start, one.end)
                    for one in citations
                    if (one.article_id, one.version) == (item.article_id, item.version) and one != item
                ]
                drawer(room, item.article_id, item.version, span, others)


def _nearest(room: Newsroom, hits: tuple[Hit, ...], number: int) -> None:
    if not hits:
        return
    st.html('<p class="caps">Closest matches</p>')
    for place, hit in enumerate(hits):
        with st.container(gap="xxsmall"):
            st.html(views.nearest_html(hit))
            chosen = st.button("Open article", key=f"near-{number}-{place}", type="tertiary")
        if chosen:
            drawer(room, hit.article_id, hit.version, Span(hit.start, hit.end), [])


@st.dialog("Source", width=640, position="right")
def drawer(room: Newsroom, article_id: str, version: str, span: Span, others: list[Span]) -> None:
    """The article beside the answer, at the cited passage."""
    try:
        article = room.article(article_id, version)
    except UnknownArticle:
        st.warning("It was removed from the library after this answer was given.", title="Article not found")
        return
    st.html(views.article_head_html(article, level=2))
    st.html(views.article_html(article.text, span, others))
    query = views.source_query(article_id, version, span)
    st.page_link(session.SOURCE, label="Open the full page", query_params=query)
    if url := views.outside_url(article.url):
        st.page_link(url, label="Open the original")


def _retry(turn: Turn, again: Again) -> None:
    with st.container(horizontal=True, key=f"retry{turn.number}"):
        st.button("Try again", key=f"again-{turn.number}", on_click=again, args=(turn, False))
        st.button("Answer with the built-in engine", key=f"builtin-{turn.number}", on_click=again, args=(turn, True))
