"""Settings: model, engine, library and health, as in `onrecord doctor`; keys are never shown."""

from __future__ import annotations

import json

import streamlit as st

from rag.newsroom import Newsroom
from rag.ui import auth, controls, model_form, session, system_views, views


def main() -> None:
    """The page."""
    room = session.newsroom()
    st.html("<h1>Settings</h1>")
    health = room.doctor()
    st.html(system_views.health_html(health))
    controls.show_background(room)
    model_form.show(room)
    left, right = st.columns(2, gap="large")
    left.html('<h2 class="asked">Engine</h2>')
    usage = health.spent
    left.html(
        system_views.facts_html(
            {
                "Answer engine": health.engine,
                "Endpoint": system_views.shown_address(health.endpoint),
                "Search by meaning": room.settings.embed_model or ("built-in" if health.embedder else None),
                "Languages understood": ", ".join(map(views.language, health.languages or ())) or None,
                "Tokens used since start": f"{usage.prompt_tokens + usage.completion_tokens:,}",
                "Cost since start": None if usage.cost_usd is None else f"${usage.cost_usd:.4f}",
            }
        )
    )
    right.html('<h2 class="asked">Library</h2>')
    right.html(
        system_views.facts_html(
            {
                "Folder": health.home,
                "Articles": f"{health.articles:,}",
                "Passages": f"{health.passages:,}",
                "Searchable by meaning": f"{health.vectors:,}",
                "Could not be indexed": ", ".join(f"{step} {count:,}" for step, count in health.failed.items() if count)
                or None,
                "Article languages": ", ".join(
                    f"{views.language(code)} {count:,}" for code, count in health.articles_in.items()
                )
                or None,
            }
        )
    )
    with st.expander("Every setting"):
        st.html('<p class="row">Set in environment variables or .streamlit/secrets.toml, read at start.</p>')
        st.html(system_views.settings_html(room.settings))
    with st.expander("Versions"):
        st.html(system_views.facts_html({**health.versions, "search model": health.embedder}))
    _judged_answers(room)
    if auth.reader():
        st.html('<h2 class="asked">Signed in</h2>')
        st.html(
            f'<p class="row">As {views.esc(st.user.get("name") or st.user.get("email") or st.user.get("sub"))}.</p>'
        )
        st.button("Sign out", key="sign_out", on_click=st.logout)


def _judged_answers(room: Newsroom) -> None:
    """The judged answers as evaluation cases, only on this machine, as they contain readers' questions."""
    st.html('<h2 class="asked">Judged answers</h2>')
    if not session.is_local_only():
        st.html('<p class="none">They contain readers’ questions, so a server open to others does not offer them.</p>')
        return

    def plain() -> bytes:
        return json.dumps(room.cases(), ensure_ascii=False, indent=2).encode()

    st.html('<p class="none">Answers that readers marked as useful or wrong, as test cases.</p>')
    st.download_button("Cases (JSON)", plain, file_name="cases.json", mime="application/json", on_click="ignore")


main()
