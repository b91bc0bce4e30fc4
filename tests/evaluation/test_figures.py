"""The floors in `docs/figures.md` are those that `onrecord eval check` holds the reports to."""

from __future__ import annotations

import pytest

from rag.evaluation import reports
from tests.conftest import PROJECT

# How a row begins -> the metrics whose floors it gives, in its order; None where there is none.
ROWS: dict[str, list[str | None]] = {
    "statements (`onrecord eval polnear`)": ["polnear.f1_30.f1", "polnear.f1_80.f1"],
    "direct / mixed / indirect F1": ["polnear.direct.f1", None, None],
    "speaker |": ["polnear.speaker"],
    "search, TIME": ["time.map", "time.ndcg@10"],
    "search, MultiHop-RAG": ["multihoprag.all_facts@10"],
    "search, speakers": ["speakers.found@4"],
    "article body": ["extraction.aeb.f1", "extraction.fundus_eval.f1"],
    "quotations that survive": ["extraction.aeb.quotations_kept"],
    "publication date F1": ["dates.f1"],
    "the same, a wrong date": ["dates.cost"],
    "support check (qags)": ["qags.cnndm.auc", "qags.xsum.auc"],
    "near-duplicate": ["duplicates.f1"],
    "answerable or not": ["clapnq.auc"],
    "cited sentences": ["clapnq.citation_f1_answered"],
    "questions that no article": ["abstention.abstain_r", "abstention.coverage"],
    "answers from noisy": ["rgb.right", None, None, "rgb.both_told"],
    "attacks quoted or cited": ["injection.quoted", "injection.canary_out"],
    "the articles' own questions": ["injection.recalled"],
    "harmless prompts": ["injection.false_alarms"],
    "faithful sentences in other": ["quotes.rejected"],
    "altered sentences that verification": ["quotes.accepted"],
}


def _floors() -> dict[str, str]:
    """What stands in the column of floors -> by what the row begins with, over all tables that have one."""
    floors: dict[str, str] = {}
    column = None
    for line in (PROJECT / "docs" / "figures.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            column = None
        elif "floor" in cells:
            column = cells.index("floor")
        elif column is not None and not line.startswith("|---"):
            floors[line.removeprefix("| ")] = cells[column]
    return floors


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}".removeprefix("0") if 0 < value < 1 else f"{value:g}"


@pytest.mark.parametrize("row", ROWS)
def test_the_floors_of_the_figures_are_those_that_are_held(row: str) -> None:
    held = {f"{item.measure}.{item.metric}": item.floor for item in reports.read_floors()}
    (cell,) = [cell for line, cell in _floors().items() if line.startswith(row)]
    assert cell == " / ".join(_shown(held[metric] if metric else None) for metric in ROWS[row])


def test_every_other_row_gives_no_floor() -> None:
    assert not [line for line, cell in _floors().items() if cell and not line.startswith(tuple(ROWS))]


def test_the_held_out_figures_are_published_as_such() -> None:
    page = reports.page()
    assert "## Held out" in page
    assert "development data" in page
    assert len(reports.held_out_figures()) >= 10
    assert all(f"| {item.what} | {item.value} |" in page for item in reports.held_out_figures())
