"""Whose words a sentence has: the sources' own from end to end, a piece of them, or others."""

from __future__ import annotations

import pytest

from rag.domain import Span
from rag.verification.quotations import wording

TEXT = (
    "Mayor Ida Holm opened the hall. “We did not say that the bridge is safe,” Holm told Radio North. “It is old.”\n\n"
    "The council meets in May – again."
)
ALL = [(Span(0, len(TEXT)), TEXT)]
FIRST = [(Span(0, 31), TEXT)]


@pytest.mark.parametrize(
    ("said", "speaker", "is_it"),
    [
        ("Mayor Ida Holm opened the hall.", None, "own"),
        ("Ida Holm: Mayor Ida Holm opened the hall.", "Ida Holm", "own"),
        ("Ida Holm: Mayor Ida Holm opened the hall.", None, "other"),
        ("The council meets in May - again. Mayor Ida Holm opened the hall.", None, "own"),
        ("Ida Holm: “We did not say that the bridge is safe” “It is old.”", "Ida Holm", "own"),
        ('"It is old."', None, "own"),
        ("“the bridge is safe”", None, "excerpt"),
        ("the bridge is safe", None, "excerpt"),
        ("“We did not say that the bridge is unsafe”", None, "other"),
        ("Holm said “It is old.”", None, "other"),
        ("The mayor opened the hall.", None, "other"),
        ("Ida Holm: ", "Ida Holm", "other"),
    ],
)
def test_wording(said: str, speaker: str | None, is_it: str) -> None:
    assert wording(said, ALL, speaker) == is_it


def test_only_the_cited_span_counts() -> None:
    assert wording("The council meets in May – again.", FIRST) == "other"
    assert wording("Ida Holm opened the hall.", [(Span(6, 31), TEXT)]) == "excerpt"
