"""Quotation spans: well-formed, unbalanced, over paragraphs, and what is no quotation at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.quotations import quotations

PAIRS = [("“", "”"), ('"', '"'), ("''", "''"), ("«", "»"), ("„", "“"), ("»", "«"), ("‘", "’"), ("'", "'"), ("``", "''")]


def inner(text: str) -> list[str]:
    return [found.inner.of(text) for found in quotations(text)]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_every_pair_of_marks_is_read(left: str, right: str) -> None:
    text = f"She smiled. {left}We won’t go,{right} she said. {left}Never.{right}"
    assert inner(text) == ["We won’t go,", "Never."]
    assert next(found.span.of(text) for found in quotations(text)) == f"{left}We won’t go,{right}"


def test_a_missing_opening_mark_is_taken_to_stand_at_the_start_of_the_paragraph() -> None:
    text = "Intro.\n\nWe’re not leaving. They know that,” he said. “The deals are ours.”"
    first, second = quotations(text)
    assert first.inner.of(text) == "We’re not leaving. They know that,"
    assert (first.opened, first.closed) == (False, True)
    assert second.inner.of(text) == "The deals are ours."


def test_after_another_quotation_a_missing_opening_mark_stands_at_the_start_of_the_sentence() -> None:
    text = '"We stay," he said. They go," he added.'
    assert inner(text) == ["We stay,", "They go,"]


def test_a_quotation_over_paragraphs_is_one_quotation_a_paragraph_that_continues() -> None:
    text = "“First we talk.\n\n“Then we sign,” the mayor said."
    first, second = quotations(text)
    assert (first.closed, first.continues) == (False, False)
    assert (second.closed, second.continues) == (True, True)
    assert second.inner.of(text) == "Then we sign,"


def test_a_new_paragraph_with_a_quotation_of_its_own_does_not_continue_a_closed_one() -> None:
    assert not quotations("“First we talk.”\n\n“Then we sign,” the mayor said.")[1].continues


def test_a_missing_closing_mark_ends_at_the_next_opening_mark_or_at_the_end_of_the_paragraph() -> None:
    text = "“We stay. “They go,” he said.\n“And then"
    assert inner(text) == ["We stay.", "They go,", "And then"]
    assert [found.closed for found in quotations(text)] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "The workers' rights and the '90s, rock 'n' roll, don't, the Joneses' car.",
        "The workers’ rights and the ’90s, don’t, the Joneses’ car.",
        'A 6" pipe and a 12" record.',
        'Nothing "" here.',
    ],
)
def test_apostrophes_and_measures_are_no_quotations(text: str) -> None:
    assert inner(text) == []


def test_an_apostrophe_inside_a_single_quoted_sentence_does_not_end_it() -> None:
    assert inner("'We don't sell the workers' homes,' she said.") == ["We don't sell the workers' homes,"]


def test_a_quotation_inside_a_quotation_is_part_of_it() -> None:
    assert inner("“He told me ‘no’ twice,” she said.") == ["He told me ‘no’ twice,"]
    assert inner("‘He told me “no” twice,’ she said.") == ["He told me “no” twice,"]


def test_marks_of_the_wrong_shape_are_read_by_what_stands_around_them() -> None:
    assert inner('”We go,“ he said, and “we stay".') == ["We go,", "we stay"]


@given(st.text(alphabet=st.sampled_from("ab ,.!?\n\"'“”„«»‘’`—()7"), max_size=80))
def test_quotations_are_ordered_disjoint_spans_inside_one_line(text: str) -> None:
    result = quotations(text)
    for item in result:
        assert item.span.holds(item.inner)
        assert item.span.end <= len(text)
        assert "\n" not in item.span.of(text)
        assert item.inner.of(text) == item.inner.of(text).strip()
    assert all(a.span.end <= b.span.start for a, b in pairwise(result))


WORDS = st.lists(st.sampled_from(["we", "won’t", "go", "there", "now"]), min_size=1, max_size=6).map(" ".join)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5), st.sampled_from(PAIRS[:6]))
def test_well_formed_quotations_are_found_as_they_stand(pieces: list[tuple[str, str]], pair: tuple[str, str]) -> None:
    left, right = pair
    text = " ".join(f"{left}{said},{right} she said. {plain}." for said, plain in pieces)
    assert inner(text) == [f"{said}," for said, _ in pieces]


@pytest.mark.large
@pytest.mark.parametrize("unit", ["'a ", '"a ', "a' ", 'a" ', "“a "])
def test_a_long_line_of_unbalanced_marks_takes_linear_time(unit: str) -> None:
    quotations(unit * 100_000)
