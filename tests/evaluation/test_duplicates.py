from __future__ import annotations

from pathlib import Path

import pytest

from rag.evaluation.extraction import duplicates

DATA = Path(__file__).parents[2] / ".." / "shared" / "eval"


@pytest.mark.skipif(not DATA.is_dir(), reason="the evaluation data is not beside the project")
def test_every_near_duplicate_is_found_and_nothing_else() -> None:
    assert duplicates(DATA)["f1"] == 1.0
