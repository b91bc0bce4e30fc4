"""A question of several: what the articles answer is answered, and what they don't is said by name, with any engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Newsroom, Settings
from rag.cli import main
from tests.fakes import scripted, sid_of, supporting, verdicts

PLANT = "will be the construction of the Bayraktar plant"
ASKED = "What did Reznikov say about the plant, and what did Merkel say about the gas pipeline?"
UNANSWERED = "The articles do not answer “what did Merkel say about the gas pipeline”."


def test_the_part_that_is_there_is_answered_and_the_other_is_said_to_be_missing(sample: Newsroom) -> None:
    answer = sample.ask(ASKED)
    assert "construction of the Bayraktar plant" in answer.answer
    (notice,) = answer.notices
    assert notice.startswith(UNANSWERED)
    assert "Merkel" in notice.removeprefix(UNANSWERED)  # and why
    alone = sample.ask("What did Reznikov say about the plant?")
    assert [item.text for item in answer.sentences] == [item.text for item in alone.sentences]
    assert answer.support < alone.support
    parts = [item for item in answer.understood if item.kind == "part"]
    assert [ASKED[item.start : item.end] for item in parts] == [item.text for item in parts]


def test_a_part_is_judged_as_the_same_question_alone_is(sample: Newsroom) -> None:
    questions = (
        "What did Reznikov say about the plant?",
        "How many people live in Istanbul?",
        "What did Erdogan say about mediation?",
        "What did Turkey say about tourism?",
        "What did Ukraine say about the drone strike?",
    )
    alone = {question: sample.ask(question) for question in questions}
    for first in questions:
        for second in questions:
            if first == second:
                continue
            answer = sample.ask(f"{first} {second}")
            messages = {item for item in (first, second) if any(item.rstrip("?") in note for note in answer.notices)}
            if alone[first].abstained and alone[second].abstained:
                assert answer.abstained
            else:
                assert messages == {item for item in (first, second) if alone[item].abstained}
                lines = [one.text for item in (first, second) for one in alone[item].sentences]
                # What contradicts one part comes behind the other.
                assert {item.text for item in answer.sentences} == set(lines)


def test_parts_that_are_both_there_are_both_answered_and_cited_under_one_numbering(sample: Newsroom) -> None:
    answer = sample.ask("What did Reznikov say about the plant, and what did Ukraine say about the drone strike?")
    assert not answer.notices
    assert "Bayraktar plant" in answer.answer
    assert "did not violate any accords" in answer.answer
    assert [item.n for item in answer.citations] == list(range(1, len(answer.citations) + 1))
    for cited in answer.citations:
        assert sample.article(cited.article_id, cited.version).text[cited.start : cited.end] == cited.quote


def test_a_part_that_leans_on_the_one_before_is_made_whole(sample: Newsroom) -> None:
    answer = sample.ask("What did Reznikov say about the plant? What did he say about taxes?")
    assert "Bayraktar plant" in answer.answer
    assert "The articles do not answer “What did he say about taxes”." in answer.notices[0]
    assert any("What did Reznikov say about taxes?" in item.note for item in answer.understood)


def test_the_reader_can_have_it_asked_as_one(sample: Newsroom) -> None:
    answer = sample.ask(ASKED, ignore=("part",))
    assert not any(item.kind == "part" for item in answer.understood)
    assert not any("do not answer" in note for note in answer.notices)


def test_a_model_is_asked_only_about_the_part_that_has_evidence(sample_home: Path) -> None:
    def honest(prompt: str) -> str:
        return f"These unmanned aerial vehicles will be manufactured in Ukraine. [{sid_of(PLANT, prompt)}]"

    with scripted(honest, judge=supporting) as server:
        with Newsroom.open(Settings(home=sample_home, base_url=server.url, chat_model="scripted", timeout=5)) as room:
            answer = room.ask(ASKED)
        (sent,) = server.transcript
    assert "Merkel" not in json.dumps(sent["messages"])
    assert [item.text for item in answer.sentences if item.kind == "synthesis"] == [
        "These unmanned aerial vehicles will be manufactured in Ukraine."
    ]
    assert any(note.startswith(UNANSWERED) for note in answer.notices)
    assert answer.usage.prompt_tokens >= 9


def test_a_model_is_asked_part_by_part_its_cost_is_counted_and_a_part_it_only_lies_about_has_its_record(
    sample_home: Path,
) -> None:
    def honest(prompt: str) -> str:
        return f"These unmanned aerial vehicles will be manufactured in Ukraine. [{sid_of(PLANT, prompt)}]"

    question = "What did Reznikov say about the plant, and what did Ukraine say about the drone strike?"

    def judge(prompt: str) -> str:
        return verdicts("contradicted" if "hundred" in prompt else "supported")

    with scripted(honest, "It was a hundred strikes. [s1]", judge=judge) as server:
        with Newsroom.open(Settings(home=sample_home, base_url=server.url, chat_model="scripted", timeout=5)) as room:
            answer = room.ask(question)
        assert len(server.transcript) == 3  # the second part is asked about once more
    assert answer.usage.prompt_tokens > 18
    assert sum(item.kind == "synthesis" for item in answer.sentences) == 1
    assert any(item.kind != "synthesis" for item in answer.sentences)  # the record of the second part
    assert answer.withheld


def test_the_command_says_so_in_words_and_in_json(sample_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", ASKED, "--home", str(sample_home)]) == 0
    assert UNANSWERED in capsys.readouterr().out
    assert main(["ask", ASKED, "--home", str(sample_home), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert not data["abstained"]
    assert data["notices"][0].startswith(UNANSWERED)
