"""Access: open to all, unless the operator requires sign-in by OpenID Connect."""

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

_MARK = 32  # hexadecimal digits of the mark that ties a conversation to its reader: 128 bits


def requires_sign_in() -> bool:
    """True if secrets.toml names a provider. Raises BadSettings if the file can't be read: a typo must not open what
    was meant to be closed.
    """
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    for path in st.get_option("secrets.files"):
        if Path(path).exists():
            raise BadSettings(f"{path} can't be read as TOML. Mend it, or take it away to do without.")
    return False


def may_enter() -> bool:
    """True if the reader may see the pages. Raises BadSettings."""
    return not requires_sign_in() or bool(st.user.get("is_logged_in"))


def reader() -> str | None:
    """The signed-in reader, as the provider and its id for the person; None if nobody is signed in or has to be."""
    if not requires_sign_in() or not st.user.get("is_logged_in"):
        return None
    return f"{st.user.get('iss', '')}\n{st.user.get('sub') or st.user.get('email') or ''}"


def is_signed_in(request: Request) -> bool | None:
    """True if a request to the API has the cookie of a signed-in reader; None if sign-in is not required. A request
    that changes something must have the app's own address as its origin, against cross-site request forgery. Raises
    BadSettings.
    """
    if not requires_sign_in():
        return None

    def verify_cookie(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "replace")) if value else None

    cookie = get_cookie_with_chunks(verify_cookie, USER_COOKIE_NAME)
    user = json.loads(cookie) if cookie else {}
    origin = request.headers.get("origin", user.get("origin") if request.method in ("GET", "HEAD") else None)
    return user.get("is_logged_in") is True and origin == user.get("origin")


def is_administrator() -> bool:
    """True for a signed-in reader whose e-mail address is in `administrators` of secrets.toml."""
    if reader() is None:
        return False
    administrators = {str(item).casefold() for item in st.secrets.get("administrators", [])}
    address = str(st.user.get("email") or "").casefold()
    return bool(address) and st.user.get("email_verified") is not False and address in administrators


def welcome() -> None:
    """The page before sign-in."""
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html('<p class="lede">This library is open to those who sign in.</p>')
    st.button("Sign in", key="sign_in", type="primary", on_click=st.login)


def new_chat_id(whose: str | None) -> str:
    """An id for a conversation that can't be guessed. That of a signed-in reader has a mark derived from them."""
    token = secrets.token_urlsafe(16)
    return f"{token}.{_mark(token, whose)}" if whose else token


def may_read(chat_id: str, whose: str | None) -> bool:
    """True if a conversation is the reader's; without sign-in, anyone with its id may read it."""
    token, _, mark = chat_id.partition(".")
    return whose is None or hmac.compare_digest(mark.encode(), _mark(token, whose).encode())


def _mark(token: str, whose: str) -> str:
    return hashlib.sha256(f"{token}\n{whose}".encode()).hexdigest()[:_MARK]


def is_loopback(host: str) -> bool:
    """True for a loopback address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
