"""Ask: a question, and the answer as cited statements."""

from __future__ import annotations

import time
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.domain import LONGEST_QUESTION, Chat, Filters, Turn
from rag.errors import OnRecordError, UnknownChat
from rag.newsroom import Newsroom
from rag.ui import answer_panel, auth, session, suggestions, views
from rag.ui.chats import RunningAnswer

_SHOWN = 10  # turns; earlier ones on demand, so that a long conversation stays quick
_EARLIEST = date(1600, 1, 1)
_RECENT = 10  # conversations
_SHORT_FOR = 0.6  # seconds; the browser must have drawn the question alone once
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
    st.html("<p class='lede'>Add a few articles and ask what was said in them.</p>")
    if st.button("Add the first article", type="primary"):
        st.switch_page(session.ADD)


def _first_screen(room: Newsroom) -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    outlets = len(room.outlets())
    held = (views.plural(room.count(), "article"), views.plural(outlets, "outlet") if outlets else None)
    st.html(f'<p class="lede">{views.dotted((*held, views.days(*room.span())))}</p>')
    with st.container(key="field", gap="xsmall"):
        _field()
        _scope(room)
    with st.container(key="suggestions"):
        for question in suggestions.suggested(room):
            st.button(views.label(question), type="tertiary", on_click=_ask, args=(question,))
    _recent(room)


def _conversation(room: Newsroom, chat: Chat) -> None:
    """The newest question first. Until its answer is kept it stands alone: a page that is shorter than the window has
    its top in view, wherever the reader was, and needs no script for it.
    """
    st.html('<h1 class="sr-only">Ask what was said, on the record</h1>')
    live = session.answers().of(chat.chat_id)
    newest = chat.turns[-1]
    session.name_tab(newest.question)
    arriving = st.session_state.get("arriving", False)
    alone = arriving or (live is not None and live.number == newest.number)
    if alone:  # an element in the place of the container, so that what stood in it goes at once
        st.html(views.question_html(newest.question, newest.filters))
        slot = st.empty()
    else:
        with st.container(key="talk"):
            slot = _turns(room, chat, live)
    with st.bottom:
        with st.container(horizontal=True, key="under", vertical_alignment="center"):
            _scope(room)
            if live:
                st.button("Stop", key="stop", on_click=live.job.stop)
            else:
                st.button("+ New question", key="new", type="tertiary", on_click=_start_over)
                _thread(room, chat)
        _field()
    if alone or live:
        _follow(live, slot, _SHORT_FOR if arriving else 0.0)


def _turns(room: Newsroom, chat: Chat, live: RunningAnswer | None) -> DeltaGenerator:
    """The turns, the latest first; gives the place of the one that is being answered again."""
    slot = st.empty()
    for turn in reversed(chat.turns):
        st.html(views.question_html(turn.question, turn.filters))
        if live and live.number == turn.number:
            slot = st.empty()
        else:
            answer_panel.show(room, turn, _again, chat.chat_id)
    if hidden := chat.total - len(chat.turns):
        st.button(f"Show {hidden} earlier", key="earlier_button", type="tertiary", on_click=_show_earlier)
    return slot


def _follow(live: RunningAnswer | None, slot: DeltaGenerator, at_least: float) -> None:
    """Show an answer in the making until it is kept, and `at_least` so many seconds. Last of all in a run: what
    interrupts it loses nothing.
    """
    until, seen = time.monotonic() + at_least, -1
    while live and not live.kept.is_set():
        job = live.job
        events = job.events
        if len(events) != seen:
            seen = len(events)
            state = views.progress(events)
            slot.html(views.progress_html(state, str(live.number), waiting=job.state == "queued"))
        if job.running:
            job.wait(seen, _TICK)
        else:
            live.kept.wait(_TICK)
        _ = st.session_state.get("stop")  # a look at the session is where Streamlit can interrupt a run
    time.sleep(max(0.0, until - time.monotonic()))
    st.session_state.arriving = False  # only now: a run that is interrupted is followed by one that does the same
    st.rerun()


def _thread(room: Newsroom, chat: Chat) -> None:
    """What can be done with the conversation as a whole, and the way to the others."""
    with st.popover("Conversations", type="tertiary"):
        _recent(room, chat.chat_id)
        st.caption("Anyone with the link can read this conversation. Bookmark it to come back.")
        st.button("Delete this conversation", key="forget", type="tertiary", on_click=_forget, args=(chat.chat_id,))


def _recent(room: Newsroom, current: str | None = None) -> None:
    """The last conversations of whoever sits here; none where others could be those who had them."""
    chats = [item for item in _own_chats(room) if item.chat_id != current and item.turns][:_RECENT]
    if not chats:
        return
    st.html('<p class="caps">Recent conversations</p>')
    for at, item in enumerate(chats):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"recent-{at}"):
            first = item.turns[0].question
            st.button(
                views.label(first, 70),
                key=f"open-{item.chat_id}",
                type="tertiary",
                on_click=_open,
                args=(item.chat_id,),
            )
            st.button(
                "Delete",
                key=f"forget-{item.chat_id}",
                type="tertiary",
                help=f"Delete “{views.label(first, 70)}”",
                on_click=_forget,
                args=(item.chat_id, current),
            )


def _own_chats(room: Newsroom) -> list[Chat]:
    """The conversations that may be listed: all where only this machine reaches the server, a signed-in reader's own,
    else none.
    """
    if session.served_here():
        return room.chats()
    reader = auth.reader()
    return [item for item in room.chats() if auth.may_read(item.chat_id, reader)] if reader else []


# -- controls


def _field() -> None:
    if notice := st.session_state.pop("told_ask", None):
        st.error(views.label(notice), title="Your question was not taken")
    st.chat_input(
        "Ask about the news in the library",
        key="question",
        max_chars=LONGEST_QUESTION,
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
        right.text_input("Speaker", key="speaker", bind="query-params", placeholder="Any speaker", max_chars=120)
        for column, name, key in (
            (left, "From", "since"),
            (right, "To", "until"),
            (left, "As of", "as_of"),
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
            st.warning("No articles match. Widen the scope to get an answer.")


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
    """Start answering before anything renders; while another answer is on its way, the question stays in the box."""
    chat_id = st.session_state.get("chat") or auth.new_chat_id(auth.reader())
    if session.answers().of(chat_id):
        st.session_state.question = question  # the box is never locked, so that the focus stays in it
        st.session_state.told_ask = "Another answer is on its way. Wait for it or stop it, then send this question."
        return
    try:
        session.answers().start(chat_id, question, _filters())
    except OnRecordError as exc:
        st.session_state.told_ask, st.session_state.question = str(exc), question
    else:
        st.session_state.chat, st.session_state.arriving = chat_id, True


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


def _open(chat_id: str) -> None:
    _start_over()
    st.session_state.chat = chat_id


def _start_over() -> None:
    for key in ("chat", "earlier", "arriving"):
        st.session_state.pop(key, None)
    st.query_params.pop("chat", None)


def _forget(chat_id: str, current: str | None = None) -> None:
    """Delete a conversation; `current` is the one that stays open."""
    try:
        session.newsroom().forget_chat(chat_id)
    except UnknownChat:
        pass  # another tab was quicker
    except OnRecordError as exc:
        st.session_state.told_ask = str(exc)
        return
    if current is None:
        _start_over()


def _show_earlier() -> None:
    st.session_state.earlier = True


main()
