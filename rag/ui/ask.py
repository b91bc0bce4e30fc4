"""Ask: a question, and the answer as cited statements."""

from __future__ import annotations

from datetime import date

import streamlit as st

from rag.domain import LONGEST_QUESTION, Chat, Filters, Turn
from rag.errors import OnRecordError, UnknownChat
from rag.newsroom import Newsroom
from rag.ui import answer_panel, auth, session, suggestions, views
from rag.ui.chats import RunningAnswer

_SHOWN = 10  # turns; earlier ones on demand, so that a long conversation stays quick
_EARLIEST = date(1600, 1, 1)
_TICK = 0.1  # seconds after which a waiting page looks whether its reader did something


def main() -> None:
    """The page."""
    room = session.newsroom()
    chat = _chat(room)
    if not room.count():
        _empty()
    elif chat is None:
        _first_screen(room)
    else:
        _conversation(room, chat)


def _chat(room: Newsroom) -> Chat | None:
    """The conversation of this session or of the address, which is kept in both: a reload finds it again."""
    last = None if st.session_state.get("earlier") else _SHOWN
    for chat_id in (st.session_state.get("chat"), st.query_params.get("chat")):
        if chat_id and auth.may_read(chat_id, auth.reader()):
            try:
                chat = room.chat(chat_id, last=last)
            except UnknownChat:
                continue
            st.session_state.chat = st.query_params["chat"] = chat_id
            return chat
    return None


# -- screens


def _empty() -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html("<p class='lede'>The library is empty, so there is nothing to ask yet.</p>")
    if st.button("Add the first article", type="primary"):
        st.switch_page(session.ADD)


def _first_screen(room: Newsroom) -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    outlets = len(room.outlets())
    held = (views.plural(room.count(), "article"), views.plural(outlets, "outlet") if outlets else None)
    st.html(f'<p class="lede">{views.dotted((*held, views.days(*room.span())))}</p>')
    with st.container(key="field", gap="xsmall"):
        _field(disabled=False)
        _scope(room)
    with st.container(key="suggestions"):
        for question in suggestions.suggested(room):
            st.button(views.label(question), type="tertiary", on_click=_ask, args=(question,))


def _conversation(room: Newsroom, chat: Chat) -> None:
    st.html('<h1 class="sr-only">Ask what was said, on the record</h1>')
    live = session.answers().of(chat.chat_id)
    if hidden := chat.total - len(chat.turns):
        st.button(f"Show {hidden} earlier", key="earlier_button", type="tertiary", on_click=_show_earlier)
    slot = None
    for turn in chat.turns:
        st.html(views.question_html(turn.question, turn.filters))
        if live and live.number == turn.number:
            slot = st.empty()
        else:
            answer_panel.show(room, turn, _again, chat.chat_id)
    with st.bottom:
        with st.container(horizontal=True, key="under", vertical_alignment="center"):
            _scope(room)
            if live:
                st.button("Stop", key="stop", on_click=live.job.stop)
            else:
                _thread(chat)
        _field(disabled=live is not None)
    if live:
        _follow(live, slot or st.empty())


def _follow(live: RunningAnswer, slot: st.delta_generator.DeltaGenerator) -> None:
    """Show an answer in the making until it is kept. Last of all in a run: what interrupts it loses nothing."""
    job, seen = live.job, -1
    while not live.kept.is_set():
        events = job.events
        if len(events) != seen:
            seen = len(events)
            slot.html(views.progress_html(views.progress(events), str(live.number)))
        if job.running:
            job.wait(seen, _TICK)
        else:
            live.kept.wait(_TICK)
        _ = st.session_state.get("stop")  # a look at the session is where Streamlit can interrupt a run
    st.rerun()


def _thread(chat: Chat) -> None:
    """What can be done with the conversation as a whole."""
    with st.popover("Conversation", type="tertiary"):
        st.button("Start a new one", key="new", type="tertiary", on_click=_start_over)
        st.caption("This one stays under its address, which works for whoever has it. Keep the link to come back.")
        st.button("Delete this one", key="forget", type="tertiary", on_click=_forget, args=(chat.chat_id,))


# -- controls


def _field(*, disabled: bool) -> None:
    if told := st.session_state.pop("told_ask", None):
        st.error(views.label(told), title="Your question was not taken")
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
        left, right = st.columns(2, gap="small")
        left.selectbox("Outlet", names, index=None, key="outlet", bind="query-params", placeholder="Any outlet")
        right.text_input("Quoting", key="speaker", bind="query-params", placeholder="Any speaker", max_chars=120)
        for column, name, key in (
            (left, "Published since", "since"),
            (right, "Published until", "until"),
            (left, "As known on", "as_of"),
        ):
            column.date_input(name, value=None, key=key, bind="query-params", format="YYYY-MM-DD", min_value=_EARLIEST)
        codes = [code for code, _ in room.languages()]
        if len(codes) > 1:
            right.selectbox(
                "Language",
                codes,
                index=None,
                key="language",
                bind="query-params",
                format_func=views.language,
                placeholder="Any language",
            )
        held = room.count(chosen)
        if words and held:
            st.caption(f"{views.plural(held, 'article')} in this scope.")
        elif words:
            st.warning("No article is in this scope. Widen it to get an answer.")


def _filters() -> Filters:
    ss = st.session_state
    return Filters(
        outlet=ss.get("outlet"),
        speaker=(ss.get("speaker") or "").strip() or None,
        since=ss.get("since"),
        until=ss.get("until"),
        as_of=ss.get("as_of"),
        language=ss.get("language"),
    )


# -- what the reader does


def _submit() -> None:
    if question := (st.session_state.get("question") or "").strip():
        _ask(question)


def _ask(question: str) -> None:
    """Start answering before anything renders; nothing while another answer is on its way."""
    chat_id = st.session_state.get("chat") or auth.new_chat_id(auth.reader())
    try:
        session.answers().start(chat_id, question, _filters())
    except OnRecordError as exc:
        st.session_state.told_ask, st.session_state.question = str(exc), question
    else:
        st.session_state.chat = chat_id


def _again(turn: Turn, builtin: bool, without: str | None = None) -> None:
    """Answer a question once more; `without` takes back one thing that was read out of it, for good."""
    ss = st.session_state
    taken_back = ss.setdefault("taken_back", {}).setdefault((ss.chat, turn.number), [])
    if without:
        taken_back.append(without)
    try:
        session.answers().start(
            ss.chat, turn.question, turn.filters, number=turn.number, builtin=builtin, ignore=tuple(taken_back)
        )
    except OnRecordError as exc:
        ss.told_ask = str(exc)


def _start_over() -> None:
    for key in ("chat", "earlier"):
        st.session_state.pop(key, None)
    st.query_params.pop("chat", None)


def _forget(chat_id: str) -> None:
    try:
        session.newsroom().forget_chat(chat_id)
    except UnknownChat:
        pass  # another tab was quicker
    except OnRecordError as exc:
        st.session_state.told_ask = str(exc)
        return
    _start_over()


def _show_earlier() -> None:
    st.session_state.earlier = True


main()
