"""Passages: they cover the text, keep within the window and never part a quotation from its attribution."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.domain import Span
from rag.text.canonical import canonical
from rag.text.chunking import MOST_CHARACTERS, passages

PIECES = st.sampled_from(
    ["“We will stay.”", "he said.", "The plan holds.", "\n", "\n\n", " ", "Bütün şehirler.", "Город стоит.", "😀",
     "no full stop", "U.S. troops", "“open", "close,” she added.", "''Well'',", "x" * 90, "1,500.5"]
)  # fmt: skip


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map(" ".join).map(canonical), st.integers(5, 120))
def test_passages_cover_the_text_in_order_without_overlap(text: str, limit: int) -> None:
    spans = passages(text, count=characters, limit=limit)
    at = 0
    for span in spans:
        assert not text[at : span.start].strip()
        assert span.start >= at
        at = span.end
    assert not text[at:].strip()


@given(st.text(max_size=300).map(canonical), st.integers(1, 60))
def test_any_text_is_covered_and_every_passage_fits(text: str, limit: int) -> None:
    def count(texts: Sequence[str]) -> list[int]:
        return [len(item.split()) for item in texts]

    spans = passages(text, count=count, limit=limit)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    # sizes are measured a sentence at a time; a passage holds no more than the limit of them
    assert all(len(span.of(text).split()) <= limit for span in spans)
    assert all(len(span) <= MOST_CHARACTERS + limit for span in spans)


@pytest.mark.parametrize("filler", range(0, 120, 7))
def test_a_quotation_stays_with_the_words_that_say_whose_it_is(filler: int) -> None:
    quoted = "“We will not sign. Not now,” the minister said. “Nobody asked us to.”"
    text = "Rain fell. " * filler + "\n\n" + quoted + "\n\n" + "Snow fell. " * 30
    text = canonical(text)
    at = text.index(quoted)
    held = [span for span in passages(text, count=characters, limit=150) if span.touches(Span(at, at + len(quoted)))]
    assert len(held) == 1


@pytest.mark.large
def test_five_megabytes_on_one_line_are_cut_in_bounded_pieces() -> None:
    text = "word " * 1_000_000 + "x" * 500_000
    spans = passages(text, count=lambda texts: [len(item) // 4 + 1 for item in texts], limit=240)
    assert spans[-1].end == len(text)
    assert max(len(span) for span in spans) <= MOST_CHARACTERS


def test_a_blank_text_has_no_passages() -> None:
    assert passages("", count=characters, limit=10) == []
