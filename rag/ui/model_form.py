"""The form that sets a model up: server, address, key, models, price; tried before it is kept."""

from __future__ import annotations

import streamlit as st
from pydantic import SecretStr

from rag.domain import ModelTrial
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
    """The form, for those who may change it; else who may."""
    st.html('<h2 class="asked">Model</h2>')
    if not session.may_manage():
        st.html('<p class="none">Only an administrator, or someone at this machine itself, can change the model.</p>')
        return
    outside = [name for name in MODEL_FIELDS if is_set_outside(name)]
    if outside:
        names = ", ".join(str(Settings.model_fields[name].validation_alias) for name in outside)
        st.info(views.label(f"Set in the environment or in secrets.toml, which wins over this form: {names}."))
    _fields(room, outside)
    with st.container(horizontal=True, key="model_actions", gap="small"):
        listing = st.button("List its models", key="model_list")
        trying = st.button("Test", key="model_try")
        saving = st.button("Save", key="model_save", type="primary")
        clearing = st.button("Use the built-in engine", key="model_clear", type="tertiary")
    try:
        if listing:
            st.session_state.models_offered = Newsroom.models(_settings_from_form(room, outside))
            st.rerun()
        if trying:
            with st.spinner("Asking the model …"):
                trial = room.model_trial(_settings_from_form(room, outside))
            _tried(trial)
        if saving:
            _save(room, outside)
        if clearing:
            save_model(room.settings.home, {})
            _reopen("The built-in engine answers now.")
    except OnRecordError as exc:
        st.error(views.label(exc))
    if notice := st.session_state.pop("model_notice", None):
        st.success(views.label(notice))


def _fields(room: Newsroom, outside: list[str]) -> None:
    settings, ss = room.settings, st.session_state
    server = st.selectbox(
        "Server", list(_SERVERS), index=_server(settings), key="model_server", on_change=_take_address
    )
    del server
    ss.setdefault("model_base_url", settings.base_url or "")
    left, right = st.columns(2)  # a pair of columns for each pair of fields, so that a phone keeps their order
    left.text_input(
        _LABELS["base_url"], key="model_base_url", placeholder="https://…/v1", disabled="base_url" in outside
    )
    right.text_input(
        _LABELS["api_key"],
        key="model_api_key",
        type="password",
        placeholder="Kept, never shown; type to replace it" if settings.api_key else "If the server asks for one",
        disabled="api_key" in outside,
        autocomplete="off",
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
            disabled=name in outside,
        )
    left, right = st.columns(2)
    for column, name in ((left, "prompt_price"), (right, "completion_price")):
        column.number_input(
            _LABELS[name],
            value=getattr(settings, name),
            min_value=0.0,
            key=f"model_{name}",
            placeholder="Unknown",
            disabled=name in outside,
        )


def _server(settings: Settings) -> int:
    addresses = list(_SERVERS.values())
    address = (settings.base_url or addresses[0]).rstrip("/")
    return addresses.index(address) if address in addresses else len(addresses) - 1


def _take_address() -> None:
    if address := _SERVERS[st.session_state.model_server]:
        st.session_state.model_base_url = address
    st.session_state.pop("models_offered", None)


def _values(room: Newsroom, outside: list[str]) -> dict[str, str]:
    """What the form holds, without what is set elsewhere; a key that was not typed again is the one that was kept."""
    values = {}
    for name in MODEL_FIELDS:
        if name in outside:
            continue
        typed = st.session_state.get(f"model_{name}")
        values[name] = "" if typed is None else str(typed).strip()
    same_place = values.get("base_url", "") == (room.settings.base_url or "")
    if "api_key" in values and not values["api_key"] and room.settings.api_key and same_place:
        values["api_key"] = room.settings.api_key.get_secret_value()  # never sent to another address than its own
    return values


def _settings_from_form(room: Newsroom, outside: list[str]) -> Settings:
    """The settings as they would be. Raises BadSettings."""
    values: dict[str, object] = {name: value or None for name, value in _values(room, outside).items()}
    if values.get("api_key"):
        values["api_key"] = SecretStr(str(values["api_key"]))
    return Settings(home=room.settings.home, **values)


def _tried(trial: ModelTrial) -> None:
    st.html(system_views.trial_html(trial))


def _save(room: Newsroom, outside: list[str]) -> None:
    values = _values(room, outside)
    save_model(room.settings.home, values)
    st.session_state.pop("model_api_key", None)
    _reopen("Saved. The next question is answered with it." if values.get("chat_model") else "Saved.")


def _reopen(notice: str) -> None:
    """Open the newsroom again with what is set now, for all sessions."""
    for name in [key for key in st.session_state if str(key).startswith("model_")]:
        st.session_state.pop(name)
    st.session_state.model_notice = notice
    for resource in (session.answers, session.add_jobs, session.briefing_jobs, session.newsroom):
        resource.clear()
    st.rerun()
