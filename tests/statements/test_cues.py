"""The table of cues: each row makes of its example what it says."""

from __future__ import annotations

import pytest

from rag.knowledge.tables import rows
from rag.knowledge.words import verbs_of, verbs_used
from rag.providers.spacy_parser import SpacyParser
from rag.statements.attribution import attributions
from rag.statements.candidates import candidates
from rag.statements.cues import keys_of, verdict
from rag.statements.parse_repair import parse_text

ROWS = rows("cues")


def name(row: dict[str, str]) -> str:
    return f"{row['construction']} {row['class']} {row['confidence']}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_an_example_is_read_as_its_row_says(row: dict[str, str], parser: SpacyParser) -> None:
    tree = parse_text(row["example"].replace("\\n", "\n"), parser)
    own = set(keys_of(row))
    judged = [verdict(item) for item in candidates(tree) if (item.construction, item.key) in own]
    assert (row["class"], float(row["confidence"])) in [(item.kind, item.confidence) for item in judged if item]
    results = [
        (item.candidate.construction, item.verdict.kind, item.cue.of(tree.text), item.content)
        for item in attributions(tree)
    ]
    texts = [(*rest, " ... ".join(span.of(tree.text) for span in content)) for *rest, content in results]
    expected = (row["construction"], row["class"], row["cue"], row["content"])
    assert (expected in texts) is bool(row["content"])


def test_rows_have_a_known_class_a_confidence_and_words() -> None:
    for row in ROWS:
        assert row["class"] in ("saying", "thinking", "wishing", "judging")
        assert 0 < float(row["confidence"]) < 1
        assert list(keys_of(row))


@pytest.mark.parametrize("verb", sorted(verbs_used("cue") - verbs_of("thought")))
def test_a_verb_that_attributes_in_a_claim_does_so_in_an_article(verb: str) -> None:
    constructions = {construction for row in ROWS for construction, key in keys_of(row) if key == verb}
    assert constructions & {"clause", "object", "to"}
