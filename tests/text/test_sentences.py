"""Sentences cover a text, in order, also where a line is longer than any paragraph or full of quotation marks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import Span
from rag.text.sentences import sentences, sentences_around

PIECES = st.sampled_from(
    ["He said so. ", "“No,” she said. ", "“ ", "`", "' ", "Mr. Holm left. ", "a" * 400, "« ", "1.5 ", "\n"]
)
TEXTS = st.lists(st.tuples(PIECES, st.integers(1, 900)), max_size=5).map(lambda runs: "".join(a * n for a, n in runs))


@given(TEXTS)
def test_every_visible_character_is_in_one_sentence_and_no_line_break_is(text: str) -> None:
    result = sentences(text)
    assert all(one.end <= other.start for one, other in pairwise(result))
    covered = {at for span in result for at in range(span.start, span.end)}
    assert all(at in covered for at, char in enumerate(text) if not char.isspace())
    assert not any("\n" in span.of(text) for span in result)


def test_a_line_without_end_has_the_sentences_that_its_paragraphs_have() -> None:
    messages = [f"“Ferry {number} is late,” the mayor of Esk said on Monday." for number in range(1500)]
    text = " ".join(messages)
    assert [span.of(text) for span in sentences(text)] == messages


@pytest.mark.parametrize("mark", ["`", "“", "’", '"'])
def test_a_run_of_marks_parts_no_sentences_that_stand_away_from_it(mark: str) -> None:
    text = f"The ferry is late. It waits. {mark * 100} The mayor left. It leaves at noon."
    results = [span.of(text) for span in sentences(text)]
    assert (results[0], results[-1]) == ("The ferry is late.", "It leaves at noon.")


@pytest.mark.parametrize("end", ["the quay opens in May.", "the crew said no.", "“The cook is ill.”"])
def test_a_word_that_may_be_cut_short_elsewhere_ends_a_sentence_before_a_capital(end: str) -> None:
    text = f"On Monday {end} Lund left. It is No. 10 in the list."
    assert [span.of(text) for span in sentences(text)] == [
        f"On Monday {end}",
        "Lund left.",
        "It is No. 10 in the list.",
    ]


def test_a_woman_with_her_title_ends_no_sentence() -> None:
    text = "Ms. Vik met Mr. Lund and Ms. Holm. It rained."
    assert [span.of(text) for span in sentences(text)] == ["Ms. Vik met Mr. Lund and Ms. Holm.", "It rained."]


def test_the_sentences_around_a_span_are_whole() -> None:
    text = "It rained.\n\nNo ship waits. “We won. I need him,” Holm said. He left."
    inside = Span(text.index("need"), text.index("need") + 4)
    assert sentences_around(text, inside).of(text) == "“We won. I need him,” Holm said."
    assert sentences_around(text, inside, before=True).of(text) == "No ship waits. “We won. I need him,” Holm said."
    first = Span(text.index("ship"), text.index("ship") + 4)
    assert sentences_around(text, first, before=True).of(text) == "It rained.\n\nNo ship waits."
