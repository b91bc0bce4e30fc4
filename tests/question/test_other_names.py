"""The acronym of an organisation and its long form."""

from __future__ import annotations

import pytest

from rag.question.intent import parse_intent
from rag.question.interpret import other_names


@pytest.mark.parametrize(
    ("text", "speakers", "others"),
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
def test_the_other_name_of_an_organisation(text: str, speakers: list[str], others: tuple[str, ...]) -> None:
    assert other_names(parse_intent(text, ()), speakers) == others
