"""Quality: the latest measurements beside their floors and goals, misses included."""

from __future__ import annotations

import streamlit as st

from rag.evaluation import reports
from rag.ui import system_views


def main() -> None:
    """The page."""
    st.html("<h1>Quality</h1>")
    st.html(
        '<p class="lede">How well it works; misses included. What was measured from outside on data held out comes '
        "first. The rest is development data: rules were worked out with it or beside it, so expect less on other "
        "text.</p>"
    )
    figures = reports.figures()
    st.html(system_views.held_out_html(reports.held_out()))
    if not figures:
        st.html(
            '<p class="none">No measurement was published. <code>onrecord eval NAME --data DIR</code> makes one.</p>'
        )
        return
    st.html(system_views.figures_html(figures))


main()
