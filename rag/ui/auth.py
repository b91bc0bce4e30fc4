"""Who reads: anybody, unless the operator has set sign-in by OpenID Connect; then only who has signed in."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from rag.errors import BadSettings

_MARK = 32  # characters of the mark that ties a conversation to its reader: 128 bits


def requires_sign_in() -> bool:
    """True if secrets.toml names a provider. Raises BadSettings where there is such a file that can't be read: what was
    meant to be closed must not stand open for a slip of the pen.
    """
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    for path in st.get_option("secrets.files"):
        if Path(path).exists():
            raise BadSettings(f"{path} can't be read as TOML. Mend it, or take it away to do without.")
    return False


def may_enter() -> bool:
    """True if whoever sits there may see the pages. Raises BadSettings."""
    return not requires_sign_in() or bool(st.user.get("is_logged_in"))


def reader() -> str | None:
    """Who has signed in, as the provider and its name for the person; None where nobody has to."""
    if not requires_sign_in() or not st.user.get("is_logged_in"):
        return None
    return f"{st.user.get('iss', '')}\n{st.user.get('sub') or st.user.get('email') or ''}"


def is_signed_in(request: Request) -> bool | None:
    """Whether a request to the API carries the cookie of somebody who has signed in; None where nobody has to. What
    changes something must name the app's own address as its origin, so that no other site can act for a reader.
    Raises BadSettings.
    """
    if not requires_sign_in():
        return None

    def signed(name: str) -> bytes | None:
        sent = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, sent.encode("latin-1", "replace")) if sent else None

    kept = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    held = json.loads(kept) if kept else {}
    asker = request.headers.get("origin", held.get("origin") if request.method in ("GET", "HEAD") else None)
    return held.get("is_logged_in") is True and asker == held.get("origin")


def is_administrator() -> bool:
    """True for a signed-in reader whose e-mail address `administrators` in secrets.toml names."""
    if reader() is None:
        return False
    named = st.secrets.get("administrators", [])
    address = str(st.user.get("email") or "").casefold()
    return (
        bool(address) and st.user.get("email_verified") is not False and address in {str(n).casefold() for n in named}
    )


def welcome() -> None:
    """All that is shown before sign-in."""
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html('<p class="lede">This library is open to those who sign in.</p>')
    st.button("Sign in", key="sign_in", type="primary", on_click=st.login)


def new_chat_id(whose: str | None) -> str:
    """An id for a conversation that can't be guessed. One of a signed-in reader carries a mark that only they have."""
    token = secrets.token_urlsafe(16)
    return f"{token}.{_mark(token, whose)}" if whose else token


def may_read(chat_id: str, whose: str | None) -> bool:
    """True if a conversation is the reader's; where nobody signs in, who has its id may read it."""
    token, _, mark = chat_id.partition(".")
    return whose is None or hmac.compare_digest(mark.encode(), _mark(token, whose).encode())


def _mark(token: str, whose: str) -> str:
    return hashlib.sha256(f"{token}\n{whose}".encode()).hexdigest()[:_MARK]


def is_loopback(host: str) -> bool:
    """True for an address of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
