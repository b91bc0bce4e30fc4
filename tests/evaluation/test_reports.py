"""Reports: what is kept of a run, how two compare, and floors that can't slip."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.cli import DONE, PARTLY, UNUSABLE, main
from rag.errors import UnreadableSource, UnusableInput
from rag.evaluation import reports
from rag.evaluation.reports import Floor, Report


def run(right: list[float], **fields: Any) -> dict[str, Any]:
    """What `measured` gives for items of these values."""
    return {
        "name": "luck",
        "about": "how lucky we are",
        "made": "2026-01-01T00:00:00+00:00",
        "code_version": "1",
        "data_sha256": "d" * 64,
        "seconds": 1.0,
        "metrics": {
            "inner": {"f1": 0.5, "interval": 1},
            "part": {"f1": 0.25},
            "part_interval": (0.2, 0.3),
            "missed": ["a sentence"],
        },
        "items": {"right": {f"id with words {at}": value for at, value in enumerate(right)}},
        **fields,
    }


def report(right: list[float], **fields: Any) -> Report:
    return replace(reports.report_of(run(right)), **fields)


def test_a_report_comes_back_as_it_was_written_and_keeps_no_words_of_the_data(tmp_path: Path) -> None:
    result = report([1, 0, 1, 1])
    reports.write(result, tmp_path / "deep" / "luck.json")
    text = (tmp_path / "deep" / "luck.json").read_text("utf-8")
    assert reports.read(tmp_path / "deep" / "luck.json") == result
    assert "words" not in text
    assert "sentence" not in text


def test_a_mean_over_items_gets_its_value_and_an_interval_around_it() -> None:
    result = report([1.0] * 60 + [0.0] * 40)
    low, high = result.intervals["right"]
    assert result.metrics["right"] == 0.6
    assert 0.45 < low < 0.6 < high < 0.75
    assert result.intervals["part.f1"] == (0.2, 0.3)
    assert result.metrics["inner.f1"] == 0.5


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"intervals": {}}', "\x00"])
def test_what_is_no_report_is_named_with_the_remedy(content: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(content, "utf-8")
    with pytest.raises(UnreadableSource, match="onrecord eval NAME --out FILE"):
        reports.read(tmp_path / "x.json")


def test_two_runs_compare_item_by_item() -> None:
    results = {item.metric: item for item in reports.compare(report([0, 0, 1, 1]), report([1, 0, 1, 0]))}
    assert (results["right"].rose, results["right"].fell) == (1, 1)
    low, high = results["right"].interval or (1, -1)
    assert low < 0 < high
    assert results["inner.f1"].interval is None


def test_a_gain_on_every_item_is_sure() -> None:
    result = reports.compare(report([0.1, 0.2, 0.3, 0.4]), report([0.2, 0.3, 0.4, 0.5]))
    low, _ = next(item.interval for item in result if item.metric == "right") or (0, 0)
    assert low > 0


@pytest.mark.parametrize("other", [{"name": "skill"}, {"data_sha256": "e" * 64}])
def test_runs_of_other_data_or_measures_are_not_compared(other: dict[str, Any]) -> None:
    with pytest.raises(UnusableInput, match="same measure on the same data"):
        reports.compare(report([1]), report([1], **other))


FLOOR = Floor(measure="luck", metric="right", floor=0.75, epsilon=0.05, goal=0.9, data_sha256="d" * 64, why="one item")


def test_a_floor_allows_its_epsilon_and_no_more() -> None:
    assert reports.check([report([1, 1, 1, 0])], [FLOOR]) == []
    fault, *_ = reports.check([report([1, 1, 1, 0, 0])], [FLOOR])
    assert "worse than the floor 0.75" in fault.reason


def test_a_check_fails_on_other_data_a_missing_report_and_an_unknown_metric() -> None:
    assert "not what the floor was set on" in reports.check([report([1], data_sha256="e")], [FLOOR])[0].reason
    assert "no report" in reports.check([], [FLOOR])[0].reason
    assert "no such metric" in reports.check([report([1])], [replace(FLOOR, metric="skill")])[0].reason


def test_a_floor_where_less_is_better() -> None:
    floor = Floor(measure="luck", metric="wrong", floor=1, better="lower")
    assert floor.holds(1)
    assert not floor.holds(2)


def test_pinning_raises_a_floor_and_lowers_it_only_when_told_to() -> None:
    assert reports.pin([FLOOR], report([1.0] * 4))[0].floor == 1.0
    assert reports.pin([FLOOR], report([1.0] * 73 + [0.0] * 27))[0].floor == 0.75  # within epsilon: it stays
    with pytest.raises(UnusableInput, match="--lower"):
        reports.pin([FLOOR], report([1, 0]))
    assert reports.pin([FLOOR], report([1, 0]), lower=True)[0].floor == 0.5


def test_figures_and_page_tell_misses(tmp_path: Path) -> None:
    reports.write(report([1, 1, 1, 0]), tmp_path / "luck.json")
    reports.write_floors([FLOOR, replace(FLOOR, metric="inner.f1", floor=0.6)], tmp_path / reports.FLOORS)
    assert reports.read_floors(tmp_path / reports.FLOORS)[0] == FLOOR
    states = {figure.metric: figure.state for figure in reports.figures(tmp_path)}
    assert (states["right"], states["inner.f1"], states["part.f1"]) == ("floor", "below", "free")
    page = reports.page(tmp_path)
    assert "| right | 0.75 |" in page
    assert "missed" in page
    assert "**below its floor**" in page


def test_no_published_reports_are_no_figures(tmp_path: Path) -> None:
    assert reports.figures(tmp_path / "nowhere") == ()


def test_the_published_reports_hold_their_floors_and_the_page_is_made_from_them() -> None:
    where = reports.folder()
    assert reports.check(reports.latest(where), reports.read_floors()) == []
    text = where.with_suffix(".md").read_text("utf-8")
    assert text == reports.page(where), "run `onrecord eval report`"


def test_the_commands_compare_check_pin_and_write_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first.json", tmp_path / "reports" / "luck.json"
    reports.write(report([1, 1, 0, 0]), first)
    reports.write(report([1.0] * 4), second)
    floors = tmp_path / "reports" / reports.FLOORS
    reports.write_floors([FLOOR], floors)
    assert main(["eval", "compare", str(first), str(second)]) == DONE
    assert "2 rose, 0 fell" in capsys.readouterr().out
    where = ["--reports", str(tmp_path / "reports")]
    assert main(["eval", "check", *where]) == DONE
    assert main(["eval", "pin", str(second), *where]) == DONE
    assert reports.read_floors(floors)[0].floor == 1.0
    assert main(["eval", "pin", str(first), *where]) == UNUSABLE
    assert main(["eval", "pin", str(first), *where, "--lower"]) == DONE
    reports.write_floors([FLOOR], floors)
    reports.write(report([1, 0]), second)
    assert main(["eval", "check", *where, "--json"]) == PARTLY
    assert main(["eval", "report", *where]) == DONE
    assert "## luck" in (tmp_path / "reports.md").read_text("utf-8")
    capsys.readouterr()


@pytest.mark.parametrize("arguments", [["compare", "a.json"], ["pin"], ["check", "a.json"], ["luck", "a.json"]])
def test_a_wrong_number_of_reports_is_unusable_input(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *arguments]) == UNUSABLE
    assert "report files" in capsys.readouterr().err


def test_json_of_a_comparison_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write(report([1, 0]), tmp_path / "a.json")
    assert main(["eval", "compare", str(tmp_path / "a.json"), str(tmp_path / "a.json"), "--json"]) == DONE
    assert {item["metric"] for item in json.loads(capsys.readouterr().out)["differences"]} >= {"right"}
