"""The floors in `docs/figures.md` are those that `onrecord eval check` holds the reports to."""

from __future__ import annotations

import pytest

from rag.evaluation import reports
from tests.conftest import PROJECT

# How a row begins -> the metrics whose floors it gives, in its order; None where there is none.
ROWS: dict[str, list[str | None]] = {
    "statements (`onrecord eval polnear`), F1": ["polnear.f1_30.f1", "polnear.f1_80.f1"],
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


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}".removeprefix("0") if 0 < value < 1 else f"{value:g}"


@pytest.mark.parametrize("row", ROWS)
def test_the_floors_of_the_figures_are_those_that_are_held(row: str) -> None:
    floors = {f"{item.measure}.{item.metric}": item.floor for item in reports.read_floors()}
    lines = (PROJECT / "docs" / "figures.md").read_text("utf-8").splitlines()
    quality = lines[lines.index("## Quality (development data)") :]
    (line,) = [line for line in quality if line.startswith(f"| {row}")]
    wanted = " / ".join(_shown(floors[metric] if metric else None) for metric in ROWS[row])
    assert line.strip("|").split("|")[2].strip() == wanted


def test_every_other_row_of_the_quality_table_gives_no_floor() -> None:
    text = (PROJECT / "docs" / "figures.md").read_text("utf-8")
    table = text.partition("## Quality (development data)")[2].partition("\n## ")[0]
    for line in table.splitlines():
        if line.startswith("| ") and not any(line.startswith(f"| {row}") for row in ROWS) and "| floor |" not in line:
            assert not line.strip("|").split("|")[2].strip(), line


def test_the_held_out_figures_are_published_as_such() -> None:
    page = reports.page()
    assert "## Held out" in page
    assert "development data" in page
    assert len(reports.held_out_figures()) >= 10
    assert all(f"| {item.what} | {item.value} |" in page for item in reports.held_out_figures())
