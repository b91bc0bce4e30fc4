"""Quality: the accuracy in five lines, then every measurement with its goal, misses included."""

from __future__ import annotations

import streamlit as st

from rag.evaluation import reports
from rag.ui import system_views


def main() -> None:
    """The page."""
    st.html("<h1>How accurate is it?</h1>")
    figures, unseen = reports.figures(), reports.held_out_figures()
    if not figures:
        st.html(
            '<p class="none">No measurement was published. <code>onrecord eval NAME --data DIR</code> makes one.</p>'
        )
        return
    st.html(
        '<p class="lede">Counted on public data, misses included. Expect the second column on your own articles.</p>'
    )
    st.html(system_views.plain_html(figures, unseen))
    with st.expander("Every figure"):
        st.html(system_views.held_out_html(unseen))
        st.html("<p>What follows is development data: rules were worked out with it or beside it.</p>")
        st.html(system_views.figures_html(figures))


main()
