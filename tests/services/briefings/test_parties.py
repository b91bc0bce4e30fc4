"""Who is a party of a briefing."""

from __future__ import annotations

import pytest

from rag.services.briefings.parties import _is_thing


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        ("The report", True),
        ("one account of the fire", True),
        ("another study", True),
        ("the mayor", False),
        ("the council", False),
        ("a spokeswoman", False),
        ("his sister", False),
        ("organisers", False),
        ("The Report of Esk", False),  # a name
        ("Ida Holm", False),
    ],
)
def test_a_thing_is_no_party(speaker: str, expected: bool) -> None:
    assert _is_thing(speaker) == expected
