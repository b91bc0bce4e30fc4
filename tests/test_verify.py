"""What `Newsroom.export` and `Newsroom.verify` promise: over real briefings, over time, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Newsroom, Settings, UnreadableSource
from rag.cli import DONE, PARTLY, UNUSABLE, main
from rag.domain import as_json
from tests.conftest import PROJECT
from tests.services.forging import FORMATS

STORY = "Mayor Ida Holm said that the old bridge will close in May.\n\n“It is not safe,” Holm told Radio North."


@pytest.mark.parametrize("kind", FORMATS)
def test_a_briefing_of_the_sample_corpus_verifies(kind: str, sample_home: Path, tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=sample_home)) as room:
        briefing = room.brief(topic="drones")
        path = tmp_path / room.export_name(briefing, kind)  # type: ignore[arg-type]
        path.write_bytes(room.export(briefing, kind))  # type: ignore[arg-type]
        report = room.verify(path)
    assert report.ok, report.altered
    assert len(report.checked) == len(briefing.citations)
    assert report.file == f"situation-brief-drones.{kind}"


@pytest.mark.parametrize(
    "script", ["محمد قال إن السلام ممكن", "Володимир Зеленський сказав", "İğdır Valisi Şükrü Öğüç"]
)
def test_names_of_other_scripts_survive_every_format(script: str, room: Newsroom) -> None:
    room.add_text(
        f"{script}, a spokesman said on Friday.\n\nMore of it here.",
        title=script,
        outlet="Wire",
        published="2024-03-01",
    )
    answer = room.ask(f"What did the spokesman say about {script}?")
    for kind in FORMATS:
        report = room.verify(room.export(answer, kind))  # type: ignore[arg-type]
        assert report.ok, (kind, report.altered)
    pypdf = pytest.importorskip("pypdf")
    import io

    pages = pypdf.PdfReader(io.BytesIO(room.export(answer, "pdf"))).pages
    fonts = {font.get_object()["/BaseFont"] for page in pages for font in page["/Resources"]["/Font"].values()}
    assert not any("LastResort" in font for font in fonts)


def test_an_export_is_as_it_should_be_after_the_article_has_changed(room: Newsroom) -> None:
    url = "https://north.example/bridge"
    room.add_text(STORY, title="Bridge to close", outlet="North", published="2024-03-01", url=url)
    room.wait()
    answer = room.ask("What did Ida Holm say about the bridge?")
    files = {kind: room.export(answer, kind) for kind in FORMATS}  # type: ignore[arg-type]
    room.add_text(
        STORY.replace("May", "June"), title="Bridge to close later", outlet="North", published="2024-03-02", url=url
    )
    room.wait()
    for kind, data in files.items():
        report = room.verify(data)
        assert report.ok, (kind, report.altered)
    room.remove(room.articles()[0].article_id)
    assert {item.status for item in room.verify(files["md"]).altered} == {"unknown article"}
    assert all(room.verify(files[kind]).ok for kind in ("html", "docx", "pdf", "json"))


def test_what_a_library_sealed_no_other_can_seal(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path / "a")) as one, Newsroom.open(Settings(home=tmp_path / "b")) as other:
        for room in (one, other):
            room.add_text(STORY, title="Bridge", outlet="North", published="2024-03-01")
            room.wait()
        data = one.export(one.ask("What did Ida Holm say about the bridge?"), "md")
        assert one.verify(data).seal == "unbroken"
        assert (other.verify(data).seal, other.verify(data).ok) == ("of another library", True)


def test_the_plain_json_of_ask_verifies(sample: Newsroom) -> None:
    data = as_json(sample.ask("What is Turkey's stated position?"))
    report = sample.verify(json.dumps(data).encode(), "a.json")
    assert (report.ok, report.digest, report.seal) == (True, None, "none")
    data["sentences"][0]["text"] = data["sentences"][0]["text"].replace("not ", "")
    assert not sample.verify(json.dumps(data).encode()).ok


def test_a_file_that_is_not_there_is_told(room: Newsroom, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="Check its name"):
        room.verify(tmp_path / "nothing.md")


def test_the_command_exports_and_verifies(
    tmp_path: Path, sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(sample_home)]
    question = ["ask", "What is Turkey's stated position?"]
    target = tmp_path / "answer.md"
    assert main([*question, "--format", "md,docx,html,json,pdf", "-o", str(target), *home]) == DONE
    assert capsys.readouterr().out == ""
    for kind in FORMATS:
        assert main(["verify", str(target.with_suffix(f".{kind}")), "--json", *home]) == DONE
        data = json.loads(capsys.readouterr().out)
        assert (data["ok"], data["format"], data["altered"]) == (True, kind, [])
    target.write_text(target.read_text("utf-8").replace("not signing", "now signing"), "utf-8")
    assert main(["verify", str(target), *home]) == PARTLY
    assert "[1] citation 1: altered - " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--format", "rtf"], "is not an export format"),
        (["--format", "pdf"], "with -o"),
        (["-o", "x"], "is not an export format"),
        (["--format", "md", "-o", "nowhere/x.md"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_told(
    given: list[str], told: str, sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "What did Zelensky say?", *given, "--home", str(sample_home)]) == UNUSABLE
    assert told in capsys.readouterr().err


def test_an_answer_is_copied_with_its_citations(sample_home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["ask", "What did Zelensky say?", "--format", "md", "--home", str(sample_home)]) == DONE
    assert "## Citations" in capfdbinary.readouterr().out.decode()
    assert (PROJECT / "docs" / "exports.md").exists()


TRUE = "Holm told the council that the old bridge is going to close in May."
FALSE = "Holm promised the council that the old bridge will close for good in May."


def _exported(room: Newsroom, sentence: str | None, outcome: str = "supported") -> tuple[str, bytes]:
    """An answer whose one citation is true, with `sentence` in place of the record's words."""
    room.add_text(STORY, title="Bridge to close", outlet="North", published="2024-03-01")
    room.wait()
    answer = as_json(room.ask("What did Ida Holm say about the bridge?"))
    if sentence is not None:
        numbers = answer["sentences"][0]["citations"]
        kept = {"text": sentence, "kind": "synthesis", "citations": numbers, "outcome": outcome}
        answer["sentences"] = [kept]
        answer["answer"] = f"{sentence} {''.join(f'[{n}]' for n in numbers)}"
    return answer["citations"][0]["quote"], json.dumps(answer).encode()


def test_what_is_in_the_words_of_the_record_is_told_as_borne_out(room: Newsroom) -> None:
    _, data = _exported(room, None)
    report = room.verify(data, "a.json")
    assert report.ok
    assert report.sentences
    assert {item.basis for item in report.sentences} <= {"words", "statement"}
    assert report.vouched == ()


@pytest.mark.parametrize("sentence", [TRUE, FALSE])
def test_a_sentence_over_true_citations_that_only_its_writer_vouches_for_is_named(
    sentence: str, room: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, data = _exported(room, sentence)
    path = tmp_path / "a.json"
    path.write_bytes(data)
    report = room.verify(path)
    room.close()
    assert [item.text for item in report.sentences if item.basis in ("writer", "none")] == [sentence]
    code = main(["verify", str(path), "--home", str(tmp_path / "home")])
    output = capsys.readouterr().out
    assert "Everything matches" not in output
    assert "of 1" in output
    assert code == (DONE if report.ok else PARTLY)
    if report.ok:
        assert f"Only its writer vouches for: “{sentence}”" in output


def test_a_sentence_that_the_checks_would_withhold_is_no_pass(room: Newsroom) -> None:
    _, data = _exported(room, "Holm told the council that the old bridge will close in June.")
    report = room.verify(data, "a.json")
    assert not report.ok
    assert [item.basis for item in report.sentences] == ["none"]


@pytest.mark.parametrize(("outcome", "ok"), [("unconfirmed", True), ("supported", False)])
def test_words_that_the_source_lacks_pass_only_under_their_mark(outcome: str, ok: bool, room: Newsroom) -> None:
    _, data = _exported(room, "Pupils sang carols in a crowded station on Christmas morning.", outcome)
    verification = room.verify(data, "a.json")
    assert verification.ok is ok
    assert [item.basis for item in verification.sentences] == ["writer" if ok else "none"]
