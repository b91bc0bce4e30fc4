"""Locating quotations: typography is forgiven, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.canonical import canonical
from rag.text.grounding import locate

TEXT = "The minister said “we won’t sell the port – not now, not later”, and 16 dead were counted at 1,500 sites."


@given(st.text(max_size=200).map(canonical), st.data())
def test_a_run_of_whole_words_is_found_where_the_same_words_stand(text: str, data: st.DataObject) -> None:
    words = text.split()
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    match = locate(quote, text)
    if match:  # words that are marks only, or start inside a number, may not count as a quotation
        assert locate(match.span.of(text), text) is not None
        assert 0 <= match.span.start < match.span.end <= len(text)


@given(st.text(alphabet="abc “”\"'‘’ –-,.1", max_size=60), st.text(alphabet="abc “”\"'‘’ –-,.1", max_size=20))
def test_what_is_found_has_the_letters_and_digits_of_the_quotation_in_order(text: str, quote: str) -> None:
    match = locate(quote, text)
    if match:
        assert [c for c in match.span.of(text) if c.isalnum()] == [c for c in quote if c.isalnum()]


@pytest.mark.parametrize(
    "quote",
    ["we won't sell the port", "“we won’t sell\nthe port”", "the port - not now", "the port — not\u00a0now, not later"],
)
def test_typography_is_forgiven(quote: str) -> None:
    match = locate(quote, TEXT)
    assert match is not None
    assert match.match == "typographic" or quote.strip("“”") in TEXT


@pytest.mark.parametrize(
    "quote",
    [
        "we will sell the port",  # negation
        "6 dead were counted",  # inside a number
        "500 sites",  # after a thousands separator
        "we won’t sell the ports",  # a letter more
        "sell the port … not later",  # elision
        "not later, not now",  # order
        "We won’t sell",  # case
        "ell the port",  # inside a word
        "",
        "“”",
    ],
)
def test_an_altered_quotation_is_not_found(quote: str) -> None:
    assert locate(quote, TEXT) is None


def test_an_exact_match_is_called_exact() -> None:
    match = locate("not now, not later", TEXT)
    assert match is not None
    assert match.match == "exact"
