"""The measurements by name, and the command that runs them."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.cli import DONE, UNUSABLE, main
from rag.errors import UnusableInput
from rag.evaluation.data import bootstrap_interval
from rag.evaluation.measures import MEASURES, run_measure

SCORERS = """
def content_recall(answer, contents):
    return max((float(text in answer) for text in contents), default=0.0)
"""
STORY = (
    "Mayor Ida Holm said on Monday that the old bridge will close in May.\n\nBuilder Tom Reed said that trams will run."
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two invented questions on an invented article, in the shape of the evaluation data."""
    folder = tmp_path / "data" / "polnear"
    folder.mkdir(parents=True)
    (folder.parent / "scorers.py").write_text(SCORERS, "utf-8")
    article = {"id": "n1", "publisher": "Lakeside Courier", "published": "2024-03-05", "title": "Bridge", "text": STORY}
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(json.dumps(article).encode()))
    question = {"qid": "q1", "question": "What did Ida Holm say about the bridge?", "answerable": True}
    gold = {"gold_article_ids": ["n1"], "gold_contents": ["the old bridge will close in May"]}
    swapped = {"qid": "q2", "question": "What did Tom Reed say about the old bridge?", "answerable": False}
    wrong = {"forbidden_contents": ["the old bridge will close in May"]}
    lines = [json.dumps(question | gold), json.dumps(swapped | wrong)]
    (folder / "whosaid_dev.jsonl").write_text("\n".join(lines), "utf-8")
    return folder.parent


def test_whosaid_counts_right_answers_and_words_given_to_another(data: Path, tmp_path: Path) -> None:
    result = run_measure("whosaid", data, home=tmp_path / "home")["metrics"]
    assert isinstance(result, dict)
    assert (result["answered"], result["cited"], result["swapped_wrong"], result["missed"]) == (1.0, 1.0, 0, [])
    assert (result["questions"], result["articles"]) == (2, 1)


def test_the_library_of_a_long_measurement_is_kept_for_the_next_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    homes = []

    def run(_data: Path, home: Path) -> Mapping[str, Any]:
        homes.append(home)
        return {}

    for name in ("whosaid", "speakers", "time"):
        monkeypatch.setitem(MEASURES, name, replace(MEASURES[name], run=run, files=MEASURES["whosaid"].files))
        run_measure(name, data)
    assert homes[0] == homes[1] != homes[2]
    assert homes[0].is_relative_to(tmp_path / "cache")
    (data / "polnear" / "corpus.jsonl.gz").write_bytes(b"changed")
    run_measure("whosaid", data)
    assert homes[3] != homes[0]


def test_a_run_names_its_data_and_its_code(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_data: Path, home: Path) -> Mapping[str, Any]:
        return {"home": home}

    monkeypatch.setitem(MEASURES, "whosaid", type(MEASURES["whosaid"])(run, MEASURES["whosaid"].files, ""))
    first, kept = run_measure("whosaid", data), run_measure("whosaid", data, home=tmp_path / "kept")
    assert first["data_sha256"] == kept["data_sha256"]
    assert first["code_version"] == kept["code_version"]
    assert kept["metrics"] == {"home": tmp_path / "kept"}
    (data / "polnear" / "corpus.jsonl.gz").write_bytes(b"changed")
    assert run_measure("whosaid", data)["data_sha256"] != first["data_sha256"]


@pytest.mark.parametrize("name", list(MEASURES))
def test_absent_data_is_unusable_input_with_the_remedy(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", name, "--data", str(tmp_path)]) == UNUSABLE
    assert "folder of the evaluation data" in capsys.readouterr().err


def test_an_unknown_measurement_names_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "luck", "--data", str(tmp_path)]) == UNUSABLE
    assert "polnear" in capsys.readouterr().err


def test_the_command_prints_one_object(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = type(MEASURES["whosaid"])(lambda _data, _home: {"right": 1.0}, MEASURES["whosaid"].files, "")
    monkeypatch.setitem(MEASURES, "whosaid", result)
    assert main(["eval", "whosaid", "--data", str(data), "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {
        *("name", "about", "made", "metrics", "intervals", "seconds", "data_sha256", "code_version", "settings")
    }


def test_an_interval_holds_the_value_and_is_the_same_every_time() -> None:
    def share(items: object) -> float:
        values = list(items)  # type: ignore[call-overload]
        return float(sum(values) / len(values))

    values = [True] * 80 + [False] * 20
    low, high = bootstrap_interval(values, share) or (0.0, 0.0)
    assert 0.70 < low < 0.8 < high < 0.90
    assert bootstrap_interval(values, share) == (low, high)
    assert bootstrap_interval([], share) is None


def test_the_mutation_suite_of_an_installed_package_says_where_to_run_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rag.evaluation.quotes", None)
    (tmp_path / "polnear").mkdir()
    (tmp_path / "polnear" / "dev.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(UnusableInput, match="clone"):
        run_measure("quotes", tmp_path)
