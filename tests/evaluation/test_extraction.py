from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.errors import UnreadableSource
from rag.evaluation.extraction import dates, extraction

DATA = Path(__file__).parents[2] / ".." / "shared" / "eval"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the evaluation data is not beside the project")


@needs_data
def test_bodies_of_pages_are_read_at_least_as_well_as_by_trafilatura_alone() -> None:
    found: Any = extraction(DATA)
    assert found["aeb"]["f1"] >= 0.975
    assert found["fundus_eval"]["f1"] >= 0.97
    assert found["aeb"]["quotations_kept"] >= 0.995
    assert found["fundus_eval"]["quotations_kept"] >= 0.995


@needs_data
def test_days_of_publication_are_read_better_than_by_htmldate_alone() -> None:
    found: Any = dates(DATA)
    assert found["f1"] >= 0.95
    assert found["cost"] <= 16


def test_absent_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="--data"):
        extraction(tmp_path)
