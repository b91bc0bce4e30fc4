"""How days, counts and excerpts are written."""

from __future__ import annotations

from datetime import date

import pytest

from rag.display import (
    day,
    first_reason,
    plural,
    tally,
    truncate,
    venue_words,
    with_article,
    without_repeated_day,
    word_differences,
)
from rag.domain import Finding, Month


def test_days_are_written_alike_whatever_the_locale() -> None:
    assert (day(date(2022, 2, 3)), day(Month.of(2022, 2)), day(None)) == ("3 Feb 2022", "Feb 2022", "no date")


def test_counts_have_their_plural() -> None:
    assert [plural(n, "article") for n in (0, 1, 12000)] == ["0 articles", "1 article", "12,000 articles"]
    assert plural(2, "wire copy", "wire copies") == "2 wire copies"


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("Trams run again.", 16, "Trams run again."),
        ("Trams  run\nagain.", 40, "Trams run again."),
        ("Trams run again.", 12, "Trams run…"),
        ("Donaudampfschiff", 6, "Donau…"),
        ("One, two", 6, "One…"),
        ("", 5, ""),
    ],
)
def test_an_excerpt_is_never_longer_and_ends_at_a_word(text: str, most: int, shown: str) -> None:
    assert truncate(text, most) == shown
    assert len(truncate(text, most)) <= most


def test_what_became_of_a_draft_is_counted_by_kind_the_most_urgent_first() -> None:
    words = [
        Finding(text="x", start=0, end=1, kind="quotation", outcome=outcome, why="")
        for outcome in ("as_said", "altered", "as_said")
    ]
    assert tally(words) == [("3 quotations", "1 altered, 2 as said")]
    claim = Finding(text="x", start=0, end=1, kind="claim", outcome="supported", why="")
    assert tally([claim]) == [("1 claim", "1 supported")]
    assert tally([]) == []


@pytest.mark.parametrize(
    ("venue", "words"),
    [
        ("a briefing", "at a briefing"),
        ("a phone call with the premier of Sudria", "in a phone call with the premier of Sudria"),
        ("his speech", "in his speech"),
        ("the Courier", "to the Courier"),
        ("a conference call with reporters", "in a conference call with reporters"),
        ("an interview ahead of a meeting in Esk", "in an interview ahead of a meeting in Esk"),
        ("her third appearance at the fair", "in her third appearance at the fair"),
        ("two spring rallies", "at two spring rallies"),
        ("the Harbour Show", "on the Harbour Show"),
        ("a reporter of the Courier", "to a reporter of the Courier"),
    ],
)
def test_an_occasion_takes_its_preposition(venue: str, words: str) -> None:
    assert venue_words(venue) == words


@pytest.mark.parametrize(
    ("remark", "left"),
    [
        ("said on 2 Feb 2022 (“on Wednesday”)", ""),
        ("said in Feb 2022", ""),
        ("earlier, 2 Feb 2022", ""),
        ("2 Feb 2022", ""),
        ("earlier, 2 Feb 2022; superseded by two on 4 Mar 2022", "earlier; superseded by two on 4 Mar 2022"),
        ("the article names no day; it was published on 2 Feb 2022", "the article names no day"),
        ("earlier, 2 Mar 2022", "earlier, 2 Mar 2022"),
        ("put right on 2 Feb 2022", "put right on 2 Feb 2022"),
    ],
)
def test_a_remark_does_not_repeat_the_day_beside_it(remark: str, left: str) -> None:
    assert without_repeated_day(remark, "quoted · Esk Post, 2 Feb 2022") == left


def test_the_first_of_several_reasons_ends_at_a_semicolon_outside_quotation_marks() -> None:
    assert first_reason("its source does not say “a; b”; it leaves out “c”") == "its source does not say “a; b”"
    assert first_reason("its source does not say this") == "its source does not say this"


@pytest.mark.parametrize(
    ("ours", "theirs", "pairs"),
    [
        ("We are late", "we aren’t late", [("are", "aren’t")]),
        ("It cost £5 in all", "It cost £50", [("£5 in all", "£50")]),
        ("The mayor won’t go", "The mayor won't really go", [("", "really")]),
        ("“[T]he pier stays”", "The pier stays", []),
    ],
)
def test_two_texts_differ_in_whole_words(ours: str, theirs: str, pairs: list[tuple[str, str]]) -> None:
    assert word_differences(ours, theirs) == pairs


@pytest.mark.parametrize(
    "name",
    ["Kremlin", "Netherlands", "European Union", "Defense Ministry", "UN", "White House", "police", "Lib Dems", "BBC"],
)
def test_a_name_gets_its_article_inside_a_sentence(name: str) -> None:
    assert with_article(name) == f"the {name}"


def test_the_article_of_a_name_has_no_capital_inside_a_sentence() -> None:
    assert with_article("The Kremlin") == "the Kremlin"


@pytest.mark.parametrize("name", ["Turkey", "NATO", "Ida Holm", "the Courier", "Kiev's army", "Downing Street"])
def test_a_name_without_an_article_or_with_its_own_stays_as_it_is(name: str) -> None:
    assert with_article(name) == name
