"""The log: one safe line a request, with its id through background work, and nothing that a reader wrote or read."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag import Newsroom, Settings, UnusableInput, logs
from tests.conftest import PROJECT
from tests.killing import TinyNewsroom, story

SECRET = "sk-live-0123456789abcdef"
LOG = logging.getLogger("rag.tests")
HOSTILE = 'trams\n{"level": "info", "event": "forged"}\r\x1b[31mred\x1b[0m\x00\u2028\u202e“quoted”'


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    root = logging.getLogger("rag")
    before = (root.level, root.propagate)
    yield
    logs.configure(Path(), target="none")
    root.level, root.propagate = before


def lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / logs.LOG_FILE).read_text("ascii").splitlines()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    settings = Settings(home=tmp_path / "home", api_key=SECRET)
    TinyNewsroom.log(settings)
    with TinyNewsroom.open(settings) as opened:
        yield opened


def test_a_question_and_what_was_added_leave_a_line_each_with_timings_and_none_of_their_words(
    room: TinyNewsroom, tmp_path: Path
) -> None:
    room.add_text(story(1), title="Unheard-of title", outlet="Secretive Outlet", url="https://north.example/path?q=1")
    room.wait()
    room.ask("What does bardol say about n1e0?")
    room.brief(topic="n1e0")
    results = {line["event"]: line for line in lines(tmp_path / "home")}
    assert results["add done"]["added"] == 1
    assert results["ask ended"]["ended"] == "done"
    assert {"opening", "searching"} <= set(results["ask ended"]["phases_ms"])
    assert results["ask ended"]["ms"] >= sum(results["ask ended"]["phases_ms"].values()) - 1
    assert results["brief ended"]["finished"] is True
    assert results["background work done"]["vectors"] == 1
    assert "statements" in results["background work done"]["phases_ms"]
    text = (tmp_path / "home" / logs.LOG_FILE).read_text("ascii")
    for word in ("bardol", "n1e0", "N1e0", "Unheard", "Secretive", "north.example", "The n1"):
        assert word not in text


def test_work_in_the_background_is_logged_under_the_request_that_brought_it(room: TinyNewsroom, tmp_path: Path) -> None:
    with logs.request("upload", LOG):
        asked_by = logs.current_request()
        room.add_text(story(1))
    room.wait()
    room.ask("Anything else?")
    results = {line["event"]: line for line in lines(tmp_path / "home")}
    assert asked_by
    assert {results[name]["request"] for name in ("add done", "background work done", "upload done")} == {asked_by}
    assert results["ask ended"]["request"] not in (None, asked_by)
    assert logs.current_request() is None


def test_an_answer_that_is_read_in_pieces_between_others_keeps_its_id_and_leaks_none(
    room: TinyNewsroom, tmp_path: Path
) -> None:
    room.add_text(story(1))
    first, second = room.ask_stream("What of n1e0?"), room.ask_stream("What of bardol?")
    next(first), next(second)
    assert logs.current_request() is None
    thread = threading.Thread(target=lambda: list(second))
    thread.start()
    list(first)
    thread.join()
    ids = [line["request"] for line in lines(tmp_path / "home") if line["event"] == "ask ended"]
    assert len(set(ids)) == 2


def test_an_answer_that_nobody_reads_to_its_end_is_logged_as_left(room: TinyNewsroom, tmp_path: Path) -> None:
    events = room.ask_stream("What of n1e0?")
    next(events)
    events.close()  # type: ignore[attr-defined]
    (line,) = [line for line in lines(tmp_path / "home") if line["event"] == "ask ended"]
    assert line["ended"] == "left"


def test_what_fails_is_named_by_its_class_and_place_and_not_by_its_words(room: TinyNewsroom, tmp_path: Path) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the words of an article")

    room._parts.ingestion.put = fails  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError):
        room.add_text(story(1))
    line = lines(tmp_path / "home")[-1]
    assert (line["level"], line["event"], line["error"]) == ("warning", "add failed", "RuntimeError")
    assert line["trace"][-1].endswith("fails")
    assert "words of an article" not in json.dumps(line)


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_value_can_forge_a_line_or_reach_a_terminal(form: str, tmp_path: Path) -> None:
    logs.configure(tmp_path, log_format=form)  # type: ignore[arg-type]
    LOG.info("read %s", HOSTILE, extra=logs.fields(title=HOSTILE, **{HOSTILE: [HOSTILE]}))
    written = (tmp_path / logs.LOG_FILE).read_bytes()
    assert written.count(b"\n") == 1
    assert all(32 <= byte < 127 for byte in written.rstrip(b"\n"))
    if form == "json":
        assert json.loads(written)["title"] == HOSTILE


def test_plain_warnings_on_standard_error_are_one_safe_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(tmp_path)
    LOG.info("not shown")
    LOG.warning("gone %s", HOSTILE, extra=logs.fields(reason=HOSTILE))
    output = capsys.readouterr().err
    assert output.startswith("onrecord: gone trams")
    assert output.count("\n") == 1
    assert output.isascii()
    assert "\x1b" not in output


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"key {SECRET}!",
        "hunter22",
        "https://reader:hunter22@endpoint.example/v1",
        "Authorization: Bearer abcdefghijklmnop",
        "sk-proj-abcdefghijk",
    ],
)
def test_secrets_are_blotted_out_wherever_they_stand(value: str, tmp_path: Path) -> None:
    logs.configure(tmp_path, secrets_to_hide=[SECRET, "hunter22"])
    LOG.warning("said %s", value, extra=logs.fields(told={"deep": [value]}))
    try:
        raise ValueError(value)
    except ValueError:
        LOG.exception("failed")
    text = (tmp_path / logs.LOG_FILE).read_text("ascii")
    assert "[secret]" in text
    for secret in (SECRET, "hunter22", "abcdefghijk"):
        assert secret not in text


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / logs.LOG_FILE).mkdir()
    logs.configure(tmp_path)
    LOG.info("said")
    assert capsys.readouterr().err == ""


def test_a_full_file_makes_room_and_one_that_was_taken_away_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.configure(tmp_path)
    for number in range(30):
        LOG.info("line %d", number)
    assert (tmp_path / f"{logs.LOG_FILE}.1").stat().st_size < 1400
    assert lines(tmp_path)[-1]["event"] == "line 29"
    (tmp_path / logs.LOG_FILE).unlink()
    LOG.info("once more")
    assert [line["event"] for line in lines(tmp_path)] == ["once more"]


def test_level_and_place_are_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Newsroom.log(Settings(home=tmp_path, log_level="WARNING", log_format="text", log_to="stderr"))
    LOG.info("not shown")
    LOG.warning("shown", extra=logs.fields(count=3))
    output = capsys.readouterr().err
    assert " warning shown logger=" in output
    assert "count=3" in output
    assert not (tmp_path / logs.LOG_FILE).exists()
    Newsroom.log(Settings(home=tmp_path, log_to="none"))
    LOG.error("not shown")
    assert capsys.readouterr().err == ""
    with pytest.raises(UnusableInput, match="ONRECORD_LOG_LEVEL"):
        Settings(log_level="loud")


def test_the_package_writes_no_log_unless_it_is_told_to(tmp_path: Path) -> None:
    program = (
        "import sys; from rag import Newsroom, Settings\n"
        "with Newsroom.open(Settings(home=sys.argv[1])) as room: room.count()\n"
        "import logging; logging.getLogger('rag.x').error('not shown')\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert process.stderr == ""
    assert not (tmp_path / logs.LOG_FILE).exists()
