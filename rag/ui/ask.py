"""Ask: a question, and the answer as cited statements."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.display import plural
from rag.domain import MAX_QUESTION_CHARS, Answer, Chat, Filters, Turn
from rag.errors import OnRecordError, UnknownChat
from rag.newsroom import Newsroom
from rag.ui import answer_panel, answer_views, auth, controls, conversations, session, suggestions, views
from rag.ui.markup import html
from rag.ui.running import RunningAnswer, start_answer

_MOST_TURNS = 10  # turns; earlier ones on demand, to keep a long conversation fast
_STORED_WITHIN = 5.0  # seconds for the library to store an answer that has ended

_EXAMPLE = html(
    '<section class="demo" aria-label="An answer as an example"><p class="caps">An answer looks like this</p>'
    '<h2 class="asked">What did the harbour master say about night ferries?</h2>'
    '<div class="ans"><section class="voice"><p class="who"><b>Ida Holm</b> · harbour master · for Lakeside</p>'
    '<blockquote class="direct"><p>“They will run every half hour from June.”</p><footer>'
    "to reporters · said 3 Feb 2022 · quoted · "
    '<small class="by">Lakeside Courier, 4 Feb 2022</small></footer></blockquote></section></div></section>'
)


def main() -> None:
    """The page."""
    room = session.newsroom()
    if question := st.session_state.pop("ask_at_once", None):
        _start_over()
        _ask(question)
    chat = _chat(room)
    if not room.count():
        _empty_library(room)
    elif chat is None:
        _start_screen(room)
    else:
        _conversation(room, chat)


def _chat(room: Newsroom) -> Chat | None:
    """The conversation named in the address (by a reload, a link or the back button), else that of the session if it is
    not in the address yet or the reader comes from another page.
    """
    ss = st.session_state
    chat_id = st.query_params.get("chat")
    current = ss.get("chat")
    if (
        current
        and chat_id != current
        and (not ss.get("chat_in_address") or (chat_id is None and session.page_changed()))
    ):
        chat_id = current
    if chat_id and auth.may_read(chat_id, auth.reader()):
        try:
            chat = room.chat(chat_id, last=None if ss.get("earlier") else _MOST_TURNS)
        except UnknownChat:
            pass
        else:
            ss.chat_in_address = st.query_params.get("chat") == chat_id
            ss.chat = st.query_params["chat"] = chat_id
            return chat
    _start_over()
    return None


# -- screens


def _empty_library(room: Newsroom) -> None:
    """The page while the library is empty: an introduction, ways to begin, and an example of an answer."""
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html(
        '<p class="lede">Add a few articles and ask what was said in them. Every answer quotes who said what, when and '
        "where, and each quotation opens in its article.</p>"
    )
    with st.container(horizontal=True, key="begin", gap="small"):
        if st.button("Paste an article", type="primary", key="paste_first"):
            st.switch_page(session.ADD)
        controls.offer_samples(room)
    st.html(_EXAMPLE)


def _start_screen(room: Newsroom) -> None:
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html(html('<p class="lede">{}</p>', _scope_summary(room, Filters())))
    with st.container(key="field", gap="xsmall"):
        _field()
        _scope(room)
    with st.container(key="suggestions"):
        about = st.session_state.get("ask_about")
        for question in suggestions.questions_about(room, about) if about else suggestions.opening_questions(room):
            st.button(views.label(question), type="tertiary", on_click=_ask, args=(question,))
    conversations.show_recent(room, _open)


def _scope_summary(room: Newsroom, filters: Filters) -> str:
    """The extent of the articles in scope: `8 articles · 3 outlets · 31 Oct 2021 – 3 Feb 2022`."""
    outlets = 0 if filters else len(room.outlets())
    span = None if filters else views.days(*room.span())
    count = plural(room.count(filters), "article")
    return views.dotted((count, plural(outlets, "outlet") if outlets else None, span))


def _searched(turn: Turn) -> Filters:
    """The filters of a turn with those that its question was read to name; several outlets are no filter."""
    readings = [item for item in turn.answer.understood if item.applied] if turn.answer else []
    outlets = {item.value for item in readings if item.kind == "outlet"}
    filters = turn.filters
    for item in readings:
        if item.kind != "outlet" or len(outlets) == 1:
            named = {one.name: getattr(item.filters, one.name) for one in fields(Filters)}
            filters = replace(filters, **{name: value for name, value in named.items() if value is not None})
    return filters


def _conversation(room: Newsroom, chat: Chat) -> None:
    """The turns, newest first. The newest question is shown alone until its answer is stored: a page shorter than the
    window shows its top without a script, wherever the reader was.
    """
    st.html('<h1 class="sr-only">Ask what was said, on the record</h1>')
    live = session.jobs().get(RunningAnswer, chat.chat_id)
    newest = chat.turns[-1]
    session.name_tab(newest.question)
    arriving = st.session_state.get("arriving", False)
    alone = arriving or (live is not None and live.number == newest.number)
    if alone:  # an element in the place of the container removes its contents at once
        st.html(answer_views.question_html(newest.question, newest.filters))
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
                st.button("+ New question", key="new", type="tertiary", on_click=_new_question)
                conversations.menu(room, chat, _open, _start_over)
        _field()
    if alone or live:
        _follow(live, slot, controls.ALONE_FOR if arriving else 0.0)


def _turns(room: Newsroom, chat: Chat, live: RunningAnswer | None) -> DeltaGenerator:
    """The turns, newest first; returns the slot of the one that is being answered again."""
    slot = st.empty()
    for turn in reversed(chat.turns):
        st.html(answer_views.question_html(turn.question, turn.filters))
        if live and live.number == turn.number:
            slot = st.empty()
            continue
        answer_panel.show(room, turn, _ask_again, chat.chat_id, looked_in=_scope_summary(room, _searched(turn)))
        if turn is chat.turns[-1] and turn.answer and turn.state == "answered":
            _next_questions(room, chat, turn.answer)
    if hidden := chat.total - len(chat.turns):
        st.button(f"Show {hidden} earlier", key="earlier_button", type="tertiary", on_click=_show_earlier)
    return slot


def _next_questions(room: Newsroom, chat: Chat, answer: Answer) -> None:
    """Follow-up questions, computed once for each answer."""
    cache = st.session_state.setdefault("next_questions", {})
    key = (chat.chat_id, chat.total)
    if key not in cache:
        cache.clear()
        earlier = {turn.question.casefold() for turn in chat.turns}
        cache[key] = [item for item in suggestions.follow_ups(room, answer) if item.casefold() not in earlier]
    if cache[key]:
        with st.container(key="followups", gap="xxsmall"):
            st.html('<p class="caps">Ask next</p>')
            for at, question in enumerate(cache[key]):
                st.button(
                    views.label(question),
                    key=f"follow-{chat.total}-{at}",
                    type="tertiary",
                    on_click=_ask,
                    args=(question,),
                )


def _follow(live: RunningAnswer | None, slot: DeltaGenerator, at_least: float) -> None:
    """Show a running answer until it is stored, for `at_least` so many seconds. Last in a run, so that an interruption
    loses nothing.
    """
    until = time.monotonic() + at_least
    if live:
        for changed in controls.poll(live.job, "stop"):
            if changed:
                state = answer_views.progress(live.job.events)
                slot.html(answer_views.progress_html(state, str(live.number), waiting=live.job.state == "queued"))
        live.stored.wait(_STORED_WITHIN)
    time.sleep(max(0.0, until - time.monotonic()))
    st.session_state.arriving = False  # only now: the run after an interruption must do the same
    st.rerun()


# -- controls


def _field() -> None:
    if notice := st.session_state.pop("ask_error", None):
        st.error(views.label(notice), title="Your question was not sent")
    st.chat_input(
        "Ask about the news in the library",
        key="question",
        max_chars=MAX_QUESTION_CHARS,
        on_submit=_ask,
    )


def _scope(room: Newsroom) -> None:
    """The filters of the articles to ask; their values are kept in the address. A single article to ask about stands
    beside them.
    """
    filters = _filters()
    words = views.scope_words(replace(filters, article=None))
    if filters.article and (title := next((one.title for one in room.articles(filters, limit=1)), None)):
        st.button(f"Only “{views.label(title, 50)}” ✕", key="any_article", type="tertiary", on_click=_widen)
    with st.popover(views.label(words, 60) if words else "All articles", type="tertiary"):
        left, right = st.columns(2, gap="small")  # new columns for each pair of fields, to keep their order on a phone
        controls.outlet_field(left, room)
        right.text_input("Speaker", key="speaker", bind="query-params", placeholder="Any speaker", max_chars=120)
        left, right = st.columns(2, gap="small")
        controls.day_field(left, "From", "since", in_address=True)
        controls.day_field(right, "To", "until", in_address=True)
        left, right = st.columns(2, gap="small")
        controls.day_field(left, "As of", "as_of", in_address=True)
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
        count = room.count(filters)
        if words and count:
            st.caption(f"{plural(count, 'article')} in this scope.")
        elif words:
            st.warning("No articles match. Widen the scope to get an answer.")


def _filters() -> Filters:
    ss = st.session_state
    about: list[str] = ss.get("ask_about") or []
    return Filters(
        outlet=ss.get("outlet"),
        speaker=(ss.get("speaker") or "").strip() or None,
        since=controls.day_in_field("since"),
        until=controls.day_in_field("until"),
        as_of=controls.day_in_field("as_of"),
        language=ss.get("language"),
        article=about[0] if len(about) == 1 else None,
    )


# -- callbacks


def _ask(question: str = "") -> None:
    """Start an answer to a question, or to that in the box, before anything renders; while another one is running, the
    question stays in the box.
    """
    question = question or (st.session_state.get("question") or "").strip()
    if not question:
        return
    chat_id = st.session_state.get("chat") or auth.new_chat_id(auth.reader())
    if session.jobs().get(RunningAnswer, chat_id):
        st.session_state.question = question  # the box is never disabled, to keep the focus
        st.session_state.ask_error = "Another answer is on its way. Wait for it or stop it, then send this question."
        return
    try:
        start_answer(session.newsroom(), session.jobs(), chat_id, question, _filters())
    except OnRecordError as exc:
        st.session_state.question, st.session_state.ask_error = question, str(exc)
    else:
        st.session_state.chat, st.session_state.arriving = chat_id, True
        st.session_state.chat_in_address = st.query_params.get("chat") == chat_id


def _ask_again(turn: Turn, builtin: bool, without: str | None = None) -> None:
    """Answer a question again; `without` permanently drops a filter or correction that was derived from it."""
    ss = st.session_state
    ignored = ss.setdefault("ignored", {}).setdefault((ss.chat, turn.number), [])
    if without:
        ignored.append(without)
    start = partial(start_answer, number=turn.number, builtin=builtin, ignore=tuple(ignored))
    controls.attempt_quietly(partial(start, session.newsroom(), session.jobs(), ss.chat, turn.question, turn.filters))


def _open(chat_id: str) -> None:
    _start_over()
    st.session_state.chat = chat_id


def _new_question() -> None:
    _start_over()
    _widen()


def _widen() -> None:
    st.session_state.pop("ask_about", None)


def _start_over() -> None:
    for key in ("chat", "earlier", "arriving", "chat_in_address"):
        st.session_state.pop(key, None)
    st.query_params.pop("chat", None)


def _show_earlier() -> None:
    st.session_state.earlier = True


main()
