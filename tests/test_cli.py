"""The command `onrecord`: its JSON, its exit codes, its messages."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import Newsroom, Settings
from rag.cli import DONE, PARTLY, UNUSABLE, main
from tests.conftest import PROJECT
from tests.guards import some

STORY = "Mayor Ida Holm said that the old bridge will close in May.\n\nTrams will run on the new one."
CITATION = {"n", "article_id", "version", "start", "end", "quote", "match", "title", "outlet", "published", "url"}
ASK = {
    "question", "abstained", "support", "engine", "answer", "sentences", "citations", "withheld", "conflicts", "usage",
    "elapsed_ms",
}  # fmt: skip
EXTRACT = {"title", "outlet", "byline", "published", "updated", "date_basis", "language", "url", "text"}
SHOW = EXTRACT | {"article_id", "version", "ingested", "versions", "notes"}

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, Any, str]:
        code = main([*words, "--json", "--home", str(tmp_path / "home")])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    return path


def test_add_list_show_remove(run: Run, story: Path) -> None:
    code, added, notes = run("add", str(story), "--title", "Bridge to close", "--published", "2024-03-01")
    (result,) = added["results"]
    assert (code, result["status"]) == (DONE, "added")
    assert set(result) >= {"source", "status", "article_id", "version", "of", "reason"}
    assert "added" in notes
    code, listed, _ = run("list")
    assert (code, listed["total"]) == (DONE, 1)
    assert set(listed["articles"][0]) >= SHOW - {"text", "versions"}
    code, shown, _ = run("show", result["article_id"])
    assert set(shown) >= SHOW
    assert (shown["title"], shown["published"], shown["date_basis"]) == ("Bridge to close", "2024-03-01", "user")
    code, removed, _ = run("remove", result["article_id"])
    (report,) = removed.pop("reports")
    assert (code, removed) == (DONE, {"removed": [result["article_id"]]})
    assert (report["article_id"], report["versions"], report["answers"]) == (result["article_id"], 1, 0)
    assert run("list")[0] == PARTLY


def test_ask_gives_the_documented_json(run: Run) -> None:
    run("add", str(PROJECT / "corpus"))
    code, answer, _ = run("ask", "What is Turkey's stated position?")
    assert code == DONE
    assert set(answer) >= ASK
    assert all(set(item) >= CITATION for item in some(answer["citations"]))
    assert all(set(item) >= {"text", "kind", "citations"} for item in some(answer["sentences"]))
    assert set(answer["usage"]) >= {"prompt_tokens", "completion_tokens", "cost_usd"}
    for item in answer["citations"]:
        shown = run("show", item["article_id"])[1]
        assert shown["text"][item["start"] : item["end"]] == item["quote"]
    code, answer, _ = run("ask", "What did NATO decide?")
    assert (code, answer["abstained"]) == (PARTLY, True)
    code, answer, _ = run("ask", "What is Turkey's stated position?", "--as-of", "2021-12-31")
    assert (code, answer["abstained"]) == (PARTLY, True)


def test_search_gives_the_documented_json(run: Run) -> None:
    run("add", str(PROJECT / "corpus"))
    code, found, _ = run("search", "drone plant", "-k", "3", "--outlet", "sample gazette")
    assert code == DONE
    assert set(found) == {"hits", "elapsed_ms", "understood"}
    assert 0 < len(found["hits"]) <= 3
    for hit in found["hits"]:
        assert set(hit) >= {"article_id", "version", "start", "end", "text", "score", "title", "outlet", "published"}
        assert hit["outlet"] == "Sample Gazette"


def test_extract_stores_nothing(run: Run, story: Path) -> None:
    code, found, _ = run("extract", str(story))
    assert (code, set(found) >= EXTRACT) == (DONE, True)
    assert run("list")[1]["total"] == 0


def test_standard_input_is_a_source(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STORY.encode())))
    code, added, _ = run("add", "-")
    assert (code, added["results"][0]["status"]) == (DONE, "added")


def test_one_bad_source_makes_it_partly_done_and_all_bad_ones_unusable(run: Run, story: Path, tmp_path: Path) -> None:
    binary = tmp_path / "picture.txt"
    binary.write_bytes(bytes(range(256)) * 20)
    code, added, notes = run("add", str(binary), str(story))
    assert code == PARTLY
    assert [item["status"] for item in added["results"]] == ["rejected", "added"]
    assert "rejected" in notes
    assert run("add", str(binary), str(tmp_path / "nowhere.txt"))[0] == UNUSABLE


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["show", "nope"], "onrecord list"),
        (["remove", "nope"], "onrecord list"),
        (["ask", "  "], "Type what you want to know"),
        (["add", "story.txt", "--published", "soon"], "YYYY-MM-DD"),
        (["extract", "nowhere.txt"], "nowhere.txt"),
    ],
)
def test_unusable_input_is_one_sentence_with_the_remedy(run: Run, words: list[str], remedy: str) -> None:
    code, out, err = run(*words)
    assert code == UNUSABLE
    assert remedy in err
    assert "Traceback" not in err
    assert out in (None, {"removed": [], "reports": []})


def test_a_conversation_is_kept_and_its_follow_ups_are_made_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "home")]
    (tmp_path / "a.txt").write_text(
        STORY.replace("\n\n", "\n\nMayor Bo Vane said that the pier will stay.\n\n"), "utf-8"
    )
    main(["add", str(tmp_path / "a.txt"), *home])
    main(["ask", "What did Ida Holm say?", "--chat", "new", *home])
    chat = capsys.readouterr().err.split("Conversation ")[1].split()[0]
    assert main(["ask", "And Bo Vane?", "--chat", chat, *home]) == DONE
    assert "Read as “What did Bo Vane say?”" in capsys.readouterr().out
    assert main(["chats", *home]) == DONE
    assert f"{chat}  " in capsys.readouterr().out
    assert main(["chats", chat, *home]) == DONE
    output = capsys.readouterr().out
    assert (
        output.index("1. What did Ida Holm say?") < output.index("2. And Bo Vane?") < output.index("the pier will stay")
    )
    assert main(["chats", "--forget", *home]) == UNUSABLE
    assert main(["chats", chat, "--forget", *home]) == DONE
    assert main(["chats", *home]) == PARTLY
    assert main(["chats", chat, *home]) == UNUSABLE


@pytest.mark.parametrize("words", [["ask", "Why?", "--since", "soon"], ["search", "x", "-k", "0"], ["nonsense"], []])
def test_wrong_arguments_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == UNUSABLE


def test_doctor_and_reindex_say_how_things_stand(run: Run, story: Path) -> None:
    run("add", str(story))
    code, state, _ = run("doctor")
    assert (code, state["healthy"], state["engine"], state["articles"]) == (DONE, True, "built-in", 1)
    assert state["vectors"] == state["passages"] > 0
    assert set(state) >= {
        "healthy", "advice", "engine", "endpoint", "embedder", "languages", "home", "articles", "passages", "vectors",
        "pending", "spent", "repaired", "log", "versions",
    }  # fmt: skip
    code, state, _ = run("reindex")
    assert (code, state["vectors"]) == (DONE, state["passages"])


def test_for_people_the_answer_has_speakers_sources_and_what_the_outlets_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "home")]
    assert main(["add", str(PROJECT / "corpus"), *home]) == DONE
    assert main(["ask", "What is Turkey's stated position?", *home]) == DONE
    out = capsys.readouterr().out
    assert "Fahrettin Altun · communications director · for Turkey" in out
    assert "Sources" in out
    assert main(["ask", "What did NATO decide?", *home]) == PARTLY
    assert "The articles in the library do not answer this." in capsys.readouterr().out


def test_help_is_quick_to_load_and_names_every_command() -> None:
    heavy = "{'chromadb', 'openai', 'streamlit', 'spacy', 'onnxruntime'}"
    code = f"import sys, rag.cli; print(sorted({heavy} & set(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert process.stdout.strip() == "[]"
    document = (PROJECT / "docs" / "using.md").read_text("utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "rag", "--help"], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    for name in ("add", "list", "show", "remove", "reindex", "doctor", "search", "ask", "extract", "serve"):
        assert name in shown.stdout
        assert name in document


def test_positions_as_a_matrix_and_as_a_table(run: Run, story: Path, tmp_path: Path) -> None:
    run("add", str(story), "--published", "2024-03-01")
    table = tmp_path / "table.csv"
    code, found, _ = run("positions", "--csv", str(table), "--actor", "Ida Holm", "--actor", "Tom", "--topic", "bridge")
    assert code == DONE
    assert set(found) >= {"statements", "actors", "topics", "cells", "changes"}
    cells = {item["actor"]: item["statements"] for item in found["cells"]}
    assert "bridge" in found["statements"][cells["Ida Holm"][0]]["text"]
    assert cells["Tom"] == []
    assert "no statement found" in table.read_text("utf-8-sig")


def test_preview_lists_all_that_a_source_holds_and_stores_nothing(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps({"title": f"Bridge {n}", "text": f"{STORY} No. {n}."}) for n in range(2)]
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join([*lines, "{}"]), "utf-8")
    code, said, _ = run("preview", str(path))
    assert code == PARTLY
    assert [item["title"] for item in said["entries"]] == ["Bridge 0", "Bridge 1", None]
    assert said["entries"][0]["first"].startswith("Mayor Ida Holm")
    assert {"extract", "key", "corrections"}.isdisjoint(said["entries"][0])  # what only adding needs
    assert "no text" in said["entries"][2]["reason"]
    assert run("list")[1]["total"] == 0


def test_judged_answers_are_given_as_cases_for_an_evaluation(
    run: Run, story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add", str(story))
    assert run("eval", "cases")[:2] == (PARTLY, {"cases": []})
    with Newsroom.open(Settings(home=tmp_path / "home")) as room:
        answer = room.ask("What did Ida Holm say?")
        room.keep_turn("chat", answer.question, state="answered", answer=answer)
        room.judge("chat", 1, "wrong", "It closes in “June”.")
    code, given, _ = run("eval", "cases")
    assert code == DONE
    (case,) = given["cases"]
    assert (case["question"], case["judgement"], case["note"]) == (answer.question, "wrong", "It closes in “June”.")
    assert case["answer"]["citations"][0]["quote"] == answer.citations[0].quote
    assert main(["eval", "cases", "--home", str(tmp_path / "home")]) == DONE
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [case]
    run("eval", "cases", "--out", str(tmp_path / "cases.jsonl"))
    assert json.loads((tmp_path / "cases.jsonl").read_text("utf-8")) == case
