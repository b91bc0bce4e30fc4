"""A language model is tried before it is relied on, and what works is told in plain words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import ModelTrial, Settings
from rag.cli import main
from rag.composition import model_trial
from rag.text.prompts import GOOD_LINES
from tests.fakes import Reply, scripted, verdicts

GOOD = "\n".join(GOOD_LINES)


def trial(url: str, **more: object) -> ModelTrial:
    return model_trial(Settings(base_url=url, chat_model="scripted", timeout=5, **more))


def outcomes(found: ModelTrial) -> dict[str, bool]:
    return {step.name: step.works for step in found.steps}


def test_a_model_that_does_all_is_said_to_work() -> None:
    with scripted(GOOD, judge=verdicts("supported", "contradicted")) as server:
        report = trial(server.url)
    assert outcomes(report) == {"models": True, "stream": True, "structured": True, "judged": True}
    assert report.works
    assert report.usage.prompt_tokens > 9
    assert "scripted" in report.steps[0].says


@pytest.mark.parametrize(
    ("reply", "judge", "failing", "words"),
    [
        ("I would rather not.", verdicts("supported", "contradicted"), "stream", "claims"),
        ("Pier closes on 4 May [s1].", verdicts("supported", "contradicted"), "structured", "form"),
        (GOOD, verdicts("supported", "supported"), "judged", "a false one supported"),
        (GOOD, "no verdicts", "judged", "verdicts"),
    ],
)
def test_what_a_model_cannot_do_is_named(reply: Reply, judge: Reply, failing: str, words: str) -> None:
    with scripted(reply, judge=judge) as server:
        report = trial(server.url)
    step = next(step for step in report.steps if step.name == failing)
    assert not step.works
    assert words in step.says


@pytest.mark.usefixtures("quick_retries")
def test_a_server_that_is_not_there_is_told_once_and_nothing_is_raised() -> None:
    report = trial("http://127.0.0.1:9/v1")
    assert not report.works
    assert [(step.name, "127.0.0.1:9" in step.says) for step in report.steps] == [("settings", True)]


def test_without_a_model_it_says_what_to_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--model", "--json", "--home", str(tmp_path)]) == 1
    data = json.loads(capsys.readouterr().out)
    assert not data["works"]
    assert "ONRECORD_CHAT_MODEL" in data["steps"][0]["says"]


def test_nothing_is_judged_where_that_is_off() -> None:
    with scripted(GOOD) as server:
        report = trial(server.url, check="off")
    assert outcomes(report)["judged"]
    assert not server.checks
