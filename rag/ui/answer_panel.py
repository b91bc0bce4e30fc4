"""An answer on the page: its sentences beside their sources, later changes, and actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

import streamlit as st

from rag.display import plural
from rag.domain import COURTESY, Answer, AnswerSentence, Citation, ExportFormat, Judgement, Span, Turn
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom
from rag.ui import answer_views, controls, session, source_views, views
from rag.ui.markup import html

AskAgain = Callable[..., None]  # the turn, whether to use the built-in engine, and the part of the query to ignore
_JUDGEMENTS: dict[Judgement, str] = {"useful": ":material/thumb_up: Useful", "wrong": ":material/thumb_down: Wrong"}

_ABOUT = re.compile(
    r"\b(?:on|about|over|regarding)\s+(?:the\s+)?([^,?]{3,60})$", re.IGNORECASE
)  # the topic of a question


def show(room: Newsroom, turn: Turn, again: AskAgain, chat_id: str, *, looked_in: str) -> None:
    """Show a turn that is not running. `again` starts it once more."""
    answer, number = turn.answer, turn.number
    if answer:
        _answer(room, answer, turn, again, looked_in)
    if answer and turn.state == "answered" and answer.kind != COURTESY:
        _tools(room, turn, again, chat_id)
    if turn.state == "failed":
        st.error(views.label(turn.error or "It failed."), title="No answer this time")
        with st.container(horizontal=True, key=f"retry{number}"):
            st.button("Answer with the built-in engine", key=f"builtin-{number}", on_click=again, args=(turn, True))
            _again_button(turn, again)
    elif turn.state == "stopped":
        none = "Stopped: nothing was written yet." if not answer else "Stopped early. Everything shown was checked."
        st.html(f'<p class="outcome" role="status">{none}</p>')
        _again_button(turn, again)
    elif turn.state == "asked":
        st.html('<p class="outcome">This question was interrupted before it was answered.</p>')
        _again_button(turn, again)


def _again_button(turn: Turn, again: AskAgain) -> None:
    st.button("Ask again", key=f"again-{turn.number}", type="tertiary", on_click=again, args=(turn, False))


def _interpretation(turn: Turn, answer: Answer, again: AskAgain) -> None:
    """The filters and corrections that were derived from the question, each with a button to drop it, and notes."""
    if answer.rewritten:
        st.html(html('<p class="scope">I read this as: <b>{}</b></p>', answer.rewritten))
    understood = [item for item in answer.understood if item.kind != "segment"]  # a step of the search, not a filter
    if not understood:
        return
    with st.container(horizontal=True, key=f"understood{turn.number}", vertical_alignment="center", gap="xsmall"):
        st.html('<span class="caps">Looking for</span>', width="content")
        for at, items in enumerate(answer_views.alike(understood)):
            item = items[0]
            if item.applied and (item.filters or item.kind == "spelling"):
                text = f"{item.value}, not “{item.text}”" if item.kind == "spelling" else item.note or item.value
                text = text.partition(";")[0]
                st.button(
                    f"{views.label(text, 70)} ✕",
                    key=f"without-{turn.number}-{at}",
                    help=f"Ask again without it. {views.label(item.note)}",
                    on_click=again,
                    args=(turn, False, f"{item.kind}:{item.value}"),
                )
            elif line := answer_views.reading(items):
                st.html(html('<span class="row">{}</span>', line), width="content")


def _answer(room: Newsroom, answer: Answer, turn: Turn, again: AskAgain, looked_in: str) -> None:
    number = turn.number
    _interpretation(turn, answer, again)
    if marks := answer_views.marks_html(turn):
        st.html(marks)
    if answer.sentences:
        with st.container(key=f"pair{number}"):
            text, rail = st.columns([2, 1], gap="large")
            with text:
                sentences = _with_filter(answer.sentences, number)
                writer = answer.engine if any(item.kind == "synthesis" for item in sentences) else None
                st.html(
                    answer_views.sequence_html(answer, sentences, str(number))
                    if answer.is_sequence
                    else answer_views.count_html(answer)
                    + answer_views.answer_html(sentences, answer.citations, str(number), writer=writer)
                )
                _footnotes(answer, turn)
            with rail:
                _sources(room, answer, number)
        return
    if answer.abstained and answer.kind != COURTESY:
        st.html(answer_views.abstained_html(answer, looked_in))
        if pending := room.pending().get("statements"):
            st.caption(f"{plural(pending, 'article')} still being read. Ask again in a moment.")
        _nearest(room, answer, number)
    elif answer.kind == COURTESY:
        st.html(answer_views.abstained_html(answer))
    _footnotes(answer, turn)


def _with_filter(sentences: tuple[AnswerSentence, ...], number: int) -> tuple[AnswerSentence, ...]:
    """A toggle to hide unconfirmed sentences, if there are any; the sentences to show."""
    unconfirmed = sum(item.outcome == "unconfirmed" for item in sentences)
    if unconfirmed:
        st.toggle(f"Hide {plural(unconfirmed, 'unconfirmed sentence')}", key=f"sure-{number}")
    return _filtered(sentences, number)


def _filtered(sentences: tuple[AnswerSentence, ...], number: int) -> tuple[AnswerSentence, ...]:
    if not st.session_state.get(f"sure-{number}"):
        return sentences
    return tuple(item for item in sentences if item.outcome != "unconfirmed")


def _footnotes(answer: Answer, turn: Turn) -> None:
    notes = views.withheld_html(answer.withheld)
    notes += answer_views.conflicts_html(answer.conflicts, answer.citations, str(turn.number))
    notes += answer_views.notices_html(answer)
    if turn.state == "answered":
        notes += answer_views.outcome_html(answer)
    if notes:
        st.html(notes)


# -- sources


def _sources(room: Newsroom, answer: Answer, number: int) -> None:
    """A card for each article, with a button for each citation that opens the article there, as its chip does."""
    cards = answer_views.by_article(answer.citations)
    if not cards:
        return
    with st.container(key=f"sources{number}", gap="small"):
        st.html('<h3 class="caps">Sources</h3>')
        for at, items in enumerate(cards):
            with st.container(key=f"source{number}-card{at}", gap="xxsmall"):
                st.html(answer_views.card_html(items, str(number)))
                with st.container(horizontal=True, gap="xxsmall"):
                    for item in items:
                        opened = st.button(
                            str(item.n), key=f"source-{number}-{item.n}", help=f"Open citation {item.n} in its article"
                        )
                        if opened:
                            _open(room, item, items, answer.sentences)


def _open(room: Newsroom, item: Citation, items: Sequence[Citation], sentences: Sequence[AnswerSentence]) -> None:
    exact, who = answer_views.drawer_spans(item, sentences)
    others = [Span(one.start, one.end) for one in items if one != item]
    drawer(room, item.article_id, item.version, Span(item.start, item.end), others, exact=exact, who=who)


def _nearest(room: Newsroom, answer: Answer, number: int) -> None:
    """The closest sentence of up to three articles, and links to other pages."""
    if hits := answer_views.nearest(answer.nearest, answer.rewritten or answer.question):
        st.html('<p class="caps">Closest matches</p>')
    for place, (hit, best) in enumerate(hits):
        with st.container(gap="xxsmall"):
            st.html(answer_views.nearest_html(hit, best))
            is_opened = st.button("Open article", key=f"near-{number}-{place}", type="tertiary")
        if is_opened:
            drawer(room, hit.article_id, hit.version, Span(hit.start, hit.end), [])
    with st.container(horizontal=True, key=f"next{number}", gap="small", vertical_alignment="center"):
        st.page_link(session.LIBRARY, label="Search the library")
        st.page_link(session.BRIEFING, label="Make a briefing")
        st.page_link(session.ADD, label="Add articles")


@st.dialog("Source", width=640, position="right")
def drawer(
    room: Newsroom,
    article_id: str,
    version: str,
    span: Span,
    others: Sequence[Span],
    *,
    exact: Sequence[Span] = (),
    who: Sequence[Span] = (),
) -> None:
    """A dialog with the article at the cited place."""
    try:
        article = room.article(article_id, version)
    except UnknownArticle:
        st.warning("It was removed from the library after this answer was given.", title="Article not found")
        return
    st.html(source_views.article_head_html(article, level=2))
    if exact or who:
        st.html(answer_views.legend_html(others=bool(others)))
    st.html(source_views.article_html(article.text, span, others, exact=exact, who=who))
    query = views.source_query(article_id, version, span)
    st.page_link(session.SOURCE, label="Open the full page", query_params=query)
    if url := views.outside_url(article.url):
        st.page_link(url, label="Open the original")


# -- actions


def _tools(room: Newsroom, turn: Turn, again: AskAgain, chat_id: str) -> None:
    """The actions on an answer: copy with citations, export, brief, judge, ask again."""
    number, answer = turn.number, turn.answer
    assert answer is not None  # noqa: S101  # `show` has checked it
    with st.container(horizontal=True, key=f"tools{number}", vertical_alignment="center", gap="xsmall"):
        if any(item.text for item in answer.sentences):
            body = [(answer.question, _filtered(answer.sentences, number))]
            st.html(answer_views.copy_html(body, answer.citations, str(number)), width="content")
            _export(room, answer, number)
            _next_steps(answer, number)
        _again_button(turn, again)
        judgement = turn.feedback.judgement if turn.feedback else None
        st.pills(
            "What do you think of this answer?",
            list(_JUDGEMENTS),
            default=judgement,
            key=f"judge-{chat_id}-{number}",
            format_func=lambda item: _JUDGEMENTS[item],
            label_visibility="collapsed",
            on_change=_judge,
            args=(chat_id, number),
        )
    if judgement == "wrong":
        st.text_input(
            "What went wrong?",
            value=(turn.feedback.note if turn.feedback else None) or "",
            key=f"note-{chat_id}-{number}",
            max_chars=1000,
            placeholder="Optional; helps improve answers",
            on_change=_judge,
            args=(chat_id, number),
        )


def _export(room: Newsroom, answer: Answer, number: int) -> None:
    """The answer as files. Without one of its sources it can't be verified again, so it is not exported then."""
    if not all(item.quote for item in answer.citations):
        return
    export = st.popover("Export", type="tertiary", on_change="rerun", key=f"export-{number}")
    if not export.open:
        return
    makers = {kind: partial(room.export, answer, kind) for kind in get_args(ExportFormat)}
    with export, st.container(gap=None):
        controls.downloads(makers, partial(room.export_name, answer), f"answer-{number}", quiet=True)


def _next_steps(answer: Answer, number: int) -> None:
    """A briefing on the cited articles, a watch, and the positions of their parties side by side."""
    ids = list(dict.fromkeys(item.article_id for item in answer.citations if item.quote))
    if st.button("Open as a briefing", key=f"brief-{number}", type="tertiary"):
        session.brief_on(ids)
    st.button(
        "Keep watching", key=f"watch-{number}", type="tertiary", on_click=_watch,
        args=(answer.rewritten or answer.question,),
    )  # fmt: skip
    statements = [item.statement for item in answer.sentences if item.statement]
    parties = list(dict.fromkeys(item.on_behalf_of for item in statements if item.on_behalf_of))
    if len(parties) > 1:
        query = {"who": ", ".join(parties[:4]), "compare": "1"}
        if topic := _ABOUT.search((answer.rewritten or answer.question).rstrip(" ?.")):
            query["topic"] = topic[1]
        st.page_link(session.POSITIONS, label="See side by side", query_params=query)


def _watch(question: str) -> None:
    session.newsroom().watch(question)
    st.toast(session.WATCH_NOTICE)


def _judge(chat_id: str, number: int) -> None:
    judgement = st.session_state.get(f"judge-{chat_id}-{number}")
    note = st.session_state.get(f"note-{chat_id}-{number}") if judgement == "wrong" else None
    controls.attempt_quietly(partial(session.newsroom().judge, chat_id, number, judgement, note))
