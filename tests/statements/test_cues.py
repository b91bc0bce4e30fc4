"""The table of cues: each row makes of its example what it says."""

from __future__ import annotations

from typing import Any

import pytest

from rag.knowledge.tables import table
from rag.providers.spacy_parser import SpacyParser
from rag.statements.attribution import attributions
from rag.statements.candidates import candidates
from rag.statements.cues import Verdict, keys_of, verdict
from rag.statements.parse_repair import parse_text

ROWS: list[dict[str, Any]] = table("cues")["cue"]


def name(row: dict[str, Any]) -> str:
    return f"{row['construction']} {row['class']} {row['confidence']}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_an_example_is_read_as_its_row_says(row: dict[str, Any], parser: SpacyParser) -> None:
    tree = parse_text(row["example"], parser)
    own = set(keys_of(row))
    judged = [verdict(item) for item in candidates(tree) if (item.construction, item.key) in own]
    assert Verdict(row["class"], row["confidence"]) in judged
    found = [
        (item.candidate.construction, item.verdict.kind, item.cue.of(tree.text), item.content)
        for item in attributions(tree)
    ]
    texts = [(*rest, " ... ".join(span.of(tree.text) for span in content)) for *rest, content in found]
    expected = (row["construction"], row["class"], row["cue"], row["content"])
    assert (expected in texts) is bool(row["content"])


def test_rows_have_a_known_class_a_confidence_and_words() -> None:
    for row in ROWS:
        assert row["class"] in ("saying", "thinking", "wishing", "judging")
        assert 0 < row["confidence"] < 1
        assert ("lists" in row) != ("words" in row)
        assert list(keys_of(row))
