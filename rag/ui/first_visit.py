"""What is shown while the library is empty: what this is, an answer as an example, and the ways to begin."""

from __future__ import annotations

import streamlit as st

from rag.errors import OnRecordError
from rag.newsroom import Newsroom
from rag.ui import session, views
from rag.ui.markup import html

_PATIENCE = 20.0  # seconds
_EXAMPLE = html(
    '<section class="demo" aria-label="An answer as an example"><p class="caps">An answer looks like this</p>'
    '<h2 class="asked">What did the harbour master say about night trams?</h2><div class="ans"><section class="voice">'
    '<p class="who"><b>Ida Holm</b> · harbour master · for Lakeside</p><blockquote class="direct"><p>“They will run '
    "every half hour, from June on.”</p><footer>to reporters · said 3 Feb 2022 · quoted · "
    '<small class="by">Lakeside Courier, 4 Feb 2022</small></footer></blockquote></section></div></section>'
)


def show(room: Newsroom) -> None:
    """The screen."""
    st.html('<h1 class="first">Ask what was said, on the record</h1>')
    st.html(
        '<p class="lede">Add a few articles and ask what was said in them. Every answer quotes who said what, when and '
        "where, and each quotation opens in its article.</p>"
    )
    samples = session.samples()
    with st.container(horizontal=True, key="begin", gap="small"):
        paste = st.button("Paste an article", type="primary", key="paste_first")
        sample = samples is not None and st.button("Try with the sample articles", key="try_samples")
    if paste:
        st.switch_page(session.ADD)
    if sample and samples is not None:
        try:
            with st.spinner("Adding the sample articles …"):
                room.add(samples)
                room.wait(_PATIENCE)  # what is suggested next comes from their statements
        except OnRecordError as exc:
            st.error(views.label(exc))
        else:
            st.rerun()
    st.html(_EXAMPLE)
