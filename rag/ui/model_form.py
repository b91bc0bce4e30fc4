"""The form for the model: server, address, key, models, price; it can be tested before it is saved."""

from __future__ import annotations

import streamlit as st
from pydantic import SecretStr

from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.settings import MODEL_FIELDS, Settings, is_set_outside, save_model
from rag.ui import session, system_views, views

_SERVERS = {
    "OpenAI": "https://api.openai.com/v1",
    "Ollama on this machine": "http://localhost:11434/v1",
    "LM Studio on this machine": "http://localhost:1234/v1",
    "Another server": "",
}
_LABELS = {
    "base_url": "Address",
    "api_key": "Key",
    "chat_model": "Model that answers",
    "embed_model": "Model for search by meaning",
    "prompt_price": "US dollars per million tokens read",
    "completion_price": "US dollars per million tokens written",
}


def show(room: Newsroom) -> None:
    """The form, for readers who may change it; else a line that says who may."""
    st.html('<h2 class="asked">Model</h2>')
    if not session.may_manage():
        st.html('<p class="none">Only an administrator, or someone using this machine, can change the model.</p>')
        return
    fixed = [name for name in MODEL_FIELDS if is_set_outside(name)]
    if fixed:
        names = ", ".join(str(Settings.model_fields[name].validation_alias) for name in fixed)
        st.info(
            views.label(f"Set in the environment or in secrets.toml, which takes precedence over this form: {names}.")
        )
    _fields(room, fixed)
    with st.container(horizontal=True, key="model_actions", gap="small"):
        listing = st.button("List its models", key="model_list")
        trying = st.button("Test", key="model_try")
        saving = st.button("Save", key="model_save", type="primary")
        clearing = st.button("Use the built-in engine", key="model_clear", type="tertiary")
    try:
        if listing:
            st.session_state.models_offered = Newsroom.models(_settings_from_form(room, fixed))
            st.rerun()
        if trying:
            with st.spinner("Asking the model …"):
                trial = room.model_trial(_settings_from_form(room, fixed))
            st.html(system_views.trial_html(trial))
        if saving:
            _save(room, fixed)
        if clearing:
            save_model(room.settings.home, {})
            _reopen("Answers now come from the built-in engine.")
    except OnRecordError as exc:
        st.error(views.label(exc))
    if notice := st.session_state.pop("model_notice", None):
        st.success(views.label(notice))


def _fields(room: Newsroom, fixed: list[str]) -> None:
    settings, ss = room.settings, st.session_state
    st.selectbox("Server", list(_SERVERS), index=_server(settings), key="model_server", on_change=_take_address)
    ss.setdefault("model_base_url", settings.base_url or "")
    if "model_notice" in ss:
        ss.model_api_key = ""  # else the browser keeps what was typed
    left, right = st.columns(2)  # new columns for each pair of fields, to keep their order on a phone
    left.text_input(_LABELS["base_url"], key="model_base_url", placeholder="https://…/v1", disabled="base_url" in fixed)
    right.text_input(
        _LABELS["api_key"],
        key="model_api_key",
        type="password",
        placeholder="Kept, never shown; type to replace it" if settings.api_key else "If the server asks for one",
        disabled="api_key" in fixed,
        autocomplete="off",
        live="300ms",  # the Tab key leads to the eye within the field, where nothing that was typed is sent
    )
    offered = ss.get("models_offered") or []
    left, right = st.columns(2)
    for column, name in ((left, "chat_model"), (right, "embed_model")):
        now = getattr(settings, name)
        options = list(dict.fromkeys((*([now] if now else []), *offered)))
        column.selectbox(
            _LABELS[name],
            options,
            index=0 if now else None,
            key=f"model_{name}",
            placeholder="Pick or type a name" if name == "chat_model" else "Built-in",
            accept_new_options=True,
            disabled=name in fixed,
        )
    left, right = st.columns(2)
    for column, name in ((left, "prompt_price"), (right, "completion_price")):
        column.number_input(
            _LABELS[name],
            value=getattr(settings, name),
            min_value=0.0,
            key=f"model_{name}",
            placeholder="Unknown",
            disabled=name in fixed,
        )


def _server(settings: Settings) -> int:
    addresses = list(_SERVERS.values())
    address = (settings.base_url or addresses[0]).rstrip("/")
    return addresses.index(address) if address in addresses else len(addresses) - 1


def _take_address() -> None:
    if address := _SERVERS[st.session_state.model_server]:
        st.session_state.model_base_url = address
    st.session_state.pop("models_offered", None)


def _values(room: Newsroom, fixed: list[str]) -> dict[str, str]:
    """The values of the form, without the fixed ones. An empty key means the saved one, if the address is the same."""
    values = {}
    for name in MODEL_FIELDS:
        if name in fixed:
            continue
        typed = st.session_state.get(f"model_{name}")
        values[name] = "" if typed is None else str(typed).strip()
    same_place = values.get("base_url", "") == (room.settings.base_url or "")
    if "api_key" in values and not values["api_key"] and room.settings.api_key and same_place:
        values["api_key"] = room.settings.api_key.get_secret_value()  # never sent to another address
    return values


def _settings_from_form(room: Newsroom, fixed: list[str]) -> Settings:
    """The settings with the values of the form. Raises BadSettings."""
    values: dict[str, object] = {name: value or None for name, value in _values(room, fixed).items()}
    if values.get("api_key"):
        values["api_key"] = SecretStr(str(values["api_key"]))
    return Settings(home=room.settings.home, **values)


def _save(room: Newsroom, fixed: list[str]) -> None:
    values = _values(room, fixed)
    save_model(room.settings.home, values)
    st.session_state.pop("model_api_key", None)
    _reopen("Saved. The next question is answered with it." if values.get("chat_model") else "Saved.")


def _reopen(notice: str) -> None:
    """Reopen the newsroom with the saved settings, for all sessions."""
    for name in [key for key in st.session_state if str(key).startswith("model_")]:
        st.session_state.pop(name)
    st.session_state.model_notice = notice
    session.jobs.clear()
    session.newsroom.clear()
    st.rerun()
