"""A body under its acronym and in full."""

from __future__ import annotations

import pytest

from rag.question.acronyms import twins_of
from rag.question.intent import parse_intent


@pytest.mark.parametrize(
    ("text", "speakers", "twins"),
    [
        ("What did the OHB say about fees?", ["outer harbour board"], ("outer harbour board",)),
        ("What does the OHB want?", ["ohb", "outer harbour board"], ("outer harbour board",)),
        ("What did the Outer Harbour Board say about fees?", ["ohb"], ("ohb",)),
        ("What did the Union of Quarry Workers say?", ["uqw"], ("uqw",)),
        ("What did the OHB say about fees?", ["outer ferry board", "ida holm"], ()),
        ("What did the OH say about fees?", ["outer harbour"], ()),
        ("What did the JMB say about fees?", ["john marcus brand"], ()),
        ("What did the UAE say about fees?", ["union against eels"], ()),
        ("What did the NBC say about fees?", ["Norland's biggest city"], ()),
    ],
)
def test_the_other_name_of_a_body_is_found(text: str, speakers: list[str], twins: tuple[str, ...]) -> None:
    assert twins_of(parse_intent(text, ()), speakers) == twins
