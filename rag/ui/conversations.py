"""The conversations of the reader: listed, searched, named, deleted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import streamlit as st

from rag.domain import Chat, ChatTitle
from rag.errors import UnknownChat
from rag.newsroom import Newsroom
from rag.ui import auth, controls, session, views
from rag.ui.markup import html

_MOST = 6  # shown; the others are found by search
_LONGEST = 70  # characters of a title
_LONGEST_NAME = 120

Open = Callable[[str], None]


def menu(room: Newsroom, chat: Chat, open_chat: Open, start_over: Callable[[], None]) -> None:
    """The list of the other conversations, and the actions on this one."""
    with st.popover("Conversations", type="tertiary"):
        show_recent(room, open_chat, current=chat.chat_id)
        st.text_input(
            "Name of this conversation",
            value=chat.name or "",
            placeholder=chat.turns[-1].question
            if chat.total == len(chat.turns) == 1
            else "Named after its first question",
            key=f"name-{chat.chat_id}",
            max_chars=_LONGEST_NAME,
            on_change=_rename,
            args=(chat.chat_id, f"name-{chat.chat_id}"),
        )
        st.caption("Anyone with the link can read this conversation. Bookmark it to come back.")
        st.button("Delete this conversation", key="forget", on_click=_forget, args=(chat.chat_id, start_over))


def show_recent(room: Newsroom, open_chat: Open, current: str | None = None) -> None:
    """The latest conversations that the reader may see, with a search and actions; nothing if there are none."""
    query = (st.session_state.get("find_chat") or "").strip()
    titles = [item for item in _titles(room, query) if item.chat_id != current]
    if not titles and not query:
        return
    with st.container(key="recent", gap="xsmall"):
        st.html('<h2 class="caps">Recent conversations</h2>')
        if query or len(titles) > 3:
            st.text_input("Search your conversations", key="find_chat", type="search", max_chars=120)
        if not titles:
            st.html('<p class="none">No conversation matches.</p>')
        for item in titles[:_MOST]:
            _row(item, open_chat, nested=current is not None)


def _row(item: ChatTitle, open_chat: Open, *, nested: bool) -> None:
    title, key = views.label(item.title, _LONGEST), f"name-{item.chat_id}"
    if st.session_state.get("renaming") == item.chat_id:
        st.text_input(
            f"New name of “{title}”",
            value=item.title,
            key=key,
            max_chars=_LONGEST_NAME,
            on_change=_rename,
            args=(item.chat_id, key),
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"recent-{item.chat_id}"):
        st.button(title, key=f"open-{item.chat_id}", type="tertiary", on_click=open_chat, args=(item.chat_id,))
        st.html(html('<small class="row">{}</small>', views.clock(item.begun)), width="content")
        if nested:
            return
        rename = partial(st.session_state.__setitem__, "renaming", item.chat_id)
        with st.popover("More", type="tertiary", help=f"Rename or delete “{title}”", key=f"more-{item.chat_id}"):
            st.button("Rename", key=f"rename-{item.chat_id}", type="tertiary", on_click=rename)
            forget = partial(_forget, item.chat_id, None)
            st.button("Delete", key=f"forget-{item.chat_id}", type="tertiary", on_click=forget)


def _titles(room: Newsroom, query: str) -> list[ChatTitle]:
    """The conversations that may be listed: all if only this machine can reach the server, else those of a signed-in
    reader, else none.
    """
    if session.is_local_only():
        return room.chat_titles(limit=_MOST + 1, query=query)
    reader = auth.reader()
    if reader is None:
        return []
    return room.chat_titles(limit=_MOST + 1, query=query, readable=lambda chat_id: auth.may_read(chat_id, reader))


def _rename(chat_id: str, key: str) -> None:
    st.session_state.pop("renaming", None)
    controls.attempt_quietly(partial(session.newsroom().rename_chat, chat_id, st.session_state[key]))


def _forget(chat_id: str, start_over: Callable[[], None] | None) -> None:
    def forget() -> None:
        with suppress(UnknownChat):  # removed in another tab already
            session.newsroom().forget_chat(chat_id)

    if controls.attempt_quietly(forget) and start_over:
        start_over()
