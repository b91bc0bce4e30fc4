"""Settings: engine, models, library and health as `onrecord doctor` says; keys are never shown."""

from __future__ import annotations

import json

import streamlit as st

from rag.newsroom import Newsroom
from rag.ui import auth, session, system_views, views


def main() -> None:
    """The page."""
    room = session.newsroom()
    st.html("<h1>Settings</h1>")
    st.html(
        '<p class="lede">They are read from the environment or from .streamlit/secrets.toml when the app starts.</p>'
    )
    health = room.doctor()
    st.html(system_views.health_html(health))
    if notice := views.pending_line(room.pending()):
        st.caption(notice)
    left, right = st.columns(2, gap="large")
    left.html('<h2 class="asked">Engine</h2>')
    spent = health.spent
    left.html(
        system_views.facts_html(
            {
                "Answers are written by": f"{health.engine} engine",
                "Endpoint": system_views.shown_address(health.endpoint),
                "Embeddings by": health.embedder,
                "Their languages": ", ".join(health.languages or ()) or None,
                "Tokens since the start": f"{spent.prompt_tokens + spent.completion_tokens:,}",
                "Cost since the start": None if spent.cost_usd is None else f"${spent.cost_usd:.4f}",
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
                "Vectors": f"{health.vectors:,}",
                "Could not be indexed": ", ".join(f"{step} {count:,}" for step, count in health.failed.items() if count)
                or None,
                "Articles in": ", ".join(f"{code} {count:,}" for code, count in health.articles_in.items()) or None,
            }
        )
    )
    st.html('<h2 class="asked">Every setting</h2>')
    st.html(system_views.settings_html(room.settings))
    st.html('<h2 class="asked">Versions</h2>')
    st.html(system_views.facts_html(health.versions))
    _judged(room)
    if auth.reader():
        st.html('<h2 class="asked">Signed in</h2>')
        st.html(
            f'<p class="row">As {views.esc(st.user.get("name") or st.user.get("email") or st.user.get("sub"))}.</p>'
        )
        st.button("Sign out", key="sign_out", on_click=st.logout)


def _judged(room: Newsroom) -> None:
    """Readers' judgements as evaluation cases. They hold what readers asked, so they stay on this machine."""
    st.html('<h2 class="asked">Judged answers</h2>')
    if not session.served_here():
        st.html(
            '<p class="none">They hold what readers asked; this server is open to others and does not give them.</p>'
        )
        return

    def plain() -> bytes:
        return json.dumps(room.cases(), ensure_ascii=False, indent=2).encode()

    st.html('<p class="none">Answers that readers marked as useful or wrong, as cases for an evaluation.</p>')
    st.download_button("Cases (JSON)", plain, file_name="cases.json", mime="application/json", on_click="ignore")


main()
