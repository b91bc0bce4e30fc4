"""Ask: a question, and the answer as cited statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from threading import Event

import streamlit as st

from rag.domain import AskEvent, Citation, Filters, Hit, Span
from rag.errors import OnRecordError, UnknownArticle
from rag.newsroom import LONGEST_QUESTION, Newsroom
from rag.ui import session, suggestions, views
from rag.ui.chats import Chat, Turn
from rag.ui.jobs import Job

_SHOWN = 10  # turns; earlier ones on demand, so that a long conversation stays quick
_EARLIEST = date(1600, 1, 1)
_TICK = 0.1  # seconds after which a waiting page looks whether its reader did something


def main() -> None:
    """The page."""
    room = session.newsroom()
    chat = _chat()
    if not room.count():
        _empty()
    elif chat is None or not chat.turns:
        _first_screen(room)
    else:
        _conversation(room, chat)


def _chat() -> Chat | None:
    """The conversation of this session or of the address, which is kept in both: a reload finds it again."""
    chats = session.chats()
    chat = chats.get(st.session_state.get("chat")) or chats.get(st.query_params.get("chat"))
    if chat and chat.turns:
        st.session_state.chat = st.query_params["chat"] = chat.chat_id
    return chat


# -- screens


def _empty() -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html("<p class='lede'>The library is empty, so there is nothing to ask yet.</p>")
    if st.button("Add the first article", type="primary"):
        st.switch_page(session.LIBRARY, query_params={"add": "true"})


def _first_screen(room: Newsroom) -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    outlets = len(room.outlets())
    held = (views.counted(room.count(), "article"), views.counted(outlets, "outlet") if outlets else None)
    st.html(f'<p class="lede">{views.joined((*held, views.days(*room.span())))}</p>')
    with st.container(key="field", gap="xsmall"):
        _field(disabled=False)
        _scope(room)
    with st.container(key="suggestions"):
        for question in suggestions.suggested(room):
            st.button(views.label(question), type="tertiary", on_click=_ask, args=(question,))


def _conversation(room: Newsroom, chat: Chat) -> None:
    st.html('<h1 class="sr-only">Ask what was said, on the record</h1>')
    hidden = 0 if st.session_state.get("earlier") else max(len(chat.turns) - _SHOWN, 0)
    if hidden:
        st.button(f"Show {hidden} earlier", key="earlier_button", type="tertiary", on_click=_show_earlier)
    for number, turn in enumerate(chat.turns[hidden:], hidden):
        st.html(views.question_html(turn.question, turn.filters))
        if turn.job.running:
            break
        _answered(room, turn, number)
    else:
        number, turn = len(chat.turns), None
    slot = st.empty()
    with st.bottom:
        with st.container(horizontal=True, key="under", vertical_alignment="center"):
            _scope(room)
            if turn:
                st.button("Stop", key="stop", on_click=turn.job.stop)
            else:
                st.button("Start over", key="new", type="tertiary", on_click=_start_over)
        _field(disabled=turn is not None)
    if turn:
        _follow(turn.job, slot, str(number))


def _follow(job: Job[AskEvent], slot: st.delta_generator.DeltaGenerator, uid: str) -> None:
    """Show a running job until it ends. The last thing that a run does: whatever interrupts it loses nothing."""
    seen = -1
    while job.running:
        events = job.events
        if len(events) != seen:
            seen = len(events)
            slot.html(views.progress_html(views.progress(events), uid))
        job.wait(seen, _TICK)
        _ = st.session_state.get("stop")  # a look at the session is where Streamlit can interrupt a run
    st.rerun()


# -- one answer


def _answered(room: Newsroom, turn: Turn, number: int) -> None:
    job = turn.job
    state = views.progress(job.events)
    if state.sentences:
        st.html(views.answer_html(state.sentences, state.citations, str(number)))
        _sources(room, state.citations, number)
    answer = state.answer
    if answer and answer.abstained:
        st.html(views.abstained_html(answer))
        _nearest(room, answer.nearest, number)
    quiet = views.withheld_html(state.withheld)
    if answer:
        quiet += views.conflicts_html(answer.conflicts) + views.notices_html(answer) + views.outcome_html(answer)
    if quiet:
        st.html(quiet)
    if job.error:
        _failed(turn, job.error, number)
    elif job.state == "stopped":
        st.html('<p class="outcome" role="status">Stopped. What stands above was checked before you stopped it.</p>')


def _sources(room: Newsroom, citations: tuple[Citation, ...], number: int) -> None:
    with st.container(horizontal=True, key=f"sources{number}", gap="xsmall", vertical_alignment="center"):
        st.html('<span class="caps">Sources</span>', width="content")
        for item in citations:
            shown = views.label(f"{item.n} · {item.outlet or item.title}", 40)
            if st.button(shown, key=f"source-{number}-{item.n}", help=views.label(item.title)):
                span = Span(item.start, item.end)
                others = [
                    Span(one.start, one.end)
                    for one in citations
                    if (one.article_id, one.version) == (item.article_id, item.version) and one != item
                ]
                _drawer(room, item.article_id, item.version, span, others)


def _nearest(room: Newsroom, hits: tuple[Hit, ...], number: int) -> None:
    if not hits:
        return
    st.html('<p class="caps">Nearest passages</p>')
    for place, hit in enumerate(hits):
        with st.container(gap="xxsmall"):
            st.html(views.nearest_html(hit))
            chosen = st.button("Read it in the article", key=f"near-{number}-{place}", type="tertiary")
        if chosen:
            _drawer(room, hit.article_id, hit.version, Span(hit.start, hit.end), [])


@st.dialog("Source", width=640, position="right")
def _drawer(room: Newsroom, article_id: str, version: str, span: Span, others: list[Span]) -> None:
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


def _failed(turn: Turn, error: OnRecordError, number: int) -> None:
    st.error(views.label(error), title="No answer this time")
    with st.container(horizontal=True, key=f"retry{number}"):
        st.button("Try again", key=f"again-{number}", on_click=_answer_again, args=(turn, False))
        st.button("Answer with the built-in engine", key=f"builtin-{number}", on_click=_answer_again, args=(turn, True))


# -- controls


def _field(*, disabled: bool) -> None:
    st.chat_input(
        "Ask about the news in the library",
        key="question",
        max_chars=LONGEST_QUESTION,
        disabled=disabled,
        on_submit=_submit,
    )


def _scope(room: Newsroom) -> None:
    """A compact control for the articles that may be used; its values stand in the address."""
    chosen = _filters()
    words = views.scope_words(chosen)
    with st.popover(views.label(words, 60) if words else "All articles", type="tertiary"):
        names = [name for name, _ in room.outlets()]
        st.selectbox("Outlet", names, index=None, key="outlet", bind="query-params", placeholder="Any outlet")
        for name, key in (("Published since", "since"), ("Published until", "until")):
            st.date_input(name, value=None, key=key, bind="query-params", format="YYYY-MM-DD", min_value=_EARLIEST)
        held = room.count(chosen)
        if words and held:
            st.caption(f"{views.counted(held, 'article')} in this scope.")
        elif words:
            st.warning("No article is in this scope. Widen it to get an answer.")


def _filters() -> Filters:
    ss = st.session_state
    return Filters(outlet=ss.get("outlet"), since=ss.get("since"), until=ss.get("until"))


# -- what the reader does


def _submit() -> None:
    if question := (st.session_state.get("question") or "").strip():
        _ask(question)


def _ask(question: str) -> None:
    """Start answering before anything renders; nothing while another answer is on its way."""
    chats = session.chats()
    chat = chats.get(st.session_state.get("chat")) or chats.new()
    st.session_state.chat = chat.chat_id
    if chat.running is None:
        filters = _filters()
        chat.add(Turn(question=question, filters=filters, job=_job(question, filters, builtin=False)))


def _answer_again(turn: Turn, builtin: bool) -> None:
    if not turn.job.running:
        turn.job = _job(turn.question, turn.filters, builtin=builtin)


def _job(question: str, filters: Filters, *, builtin: bool) -> Job[AskEvent]:
    room = session.newsroom()

    def work(cancel: Event) -> Iterator[AskEvent]:
        return room.ask_stream(question, filters=filters, cancel=cancel, builtin=builtin)

    return session.jobs().start(work)


def _start_over() -> None:
    st.session_state.pop("chat", None)
    st.query_params.pop("chat", None)


def _show_earlier() -> None:
    st.session_state.earlier = True


main()
