"""The door: adding, asking, removing, rebuilding, and two processes on one library."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from rag import (
    BadDate,
    BadSettings,
    Filters,
    Finished,
    Newsroom,
    Phase,
    SentenceShown,
    Settings,
    UnknownArticle,
    UnusableInput,
)
from rag.errors import ModelMissing
from rag.providers.cross_encoder import CrossEncoder
from rag.services.indexing import indexer as indexing
from tests.conftest import PROJECT
from tests.guards import some

STORY = "The mayor of Esk, Ida Holm, said that the old bridge will close in May.\n\nTrams will run on the new one."


def test_what_is_added_can_be_asked_for_at_once(room: Newsroom) -> None:
    result = room.add_text(STORY, title="Bridge to close", outlet="Esk Herald", published="2024-03-01")
    assert result.status == "added"
    assert room.search("bridge")[0].article_id == result.article_id
    article = room.article(result.article_id or "")
    assert (article.title, article.outlet, article.published) == ("Bridge to close", "Esk Herald", date(2024, 3, 1))
    assert article.date_basis == "user"


def test_a_folder_is_added_in_order_and_one_bad_file_does_not_stop_the_rest(room: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY, "utf-8")
    (folder / "b.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    (folder / "c.md").write_text("---\nurl: no address\n---\nText of a story.", "utf-8")
    (folder / "d.txt").write_text("", "utf-8")
    (folder / "e.md").write_text("# Rain\n\nIt rained in Esk on the whole day.", "utf-8")
    (folder / ".hidden.txt").write_text("hidden", "utf-8")
    results = room.add(folder)
    assert [(Path(item.source).name, item.status) for item in results] == [
        ("a.txt", "added"), ("b.txt", "rejected"), ("c.md", "rejected"), ("d.txt", "rejected"), ("e.md", "added"),
    ]  # fmt: skip
    assert all(item.reason for item in some(item for item in results if item.status == "rejected"))
    assert room.count() == 2
    assert {item.status for item in room.add(folder / "a.txt", folder / "e.md")} == {"duplicate"}


def test_a_missing_file_is_rejected_by_name(room: Newsroom, tmp_path: Path) -> None:
    (result,) = room.add(tmp_path / "nowhere.txt")
    assert result.status == "rejected"
    assert "nowhere.txt" in (result.reason or "")


def test_a_changed_file_becomes_a_new_version_and_old_citations_resolve(room: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    (first,) = room.add(path)
    room.wait()
    cited = room.ask("When will the old bridge close?").citations[0]
    path.write_text(STORY.replace("May", "June"), "utf-8")
    (second,) = room.add(path)
    room.wait()
    assert (second.status, second.article_id) == ("updated", first.article_id)
    assert "June" in room.ask("When will the old bridge close?").answer
    old = room.article(cited.article_id, cited.version)
    assert old.text[cited.start : cited.end] == cited.quote


def test_removal_takes_an_article_out_of_every_answer(room: Newsroom) -> None:
    result = room.add_text(STORY, title="Bridge to close")
    room.wait()
    assert not room.ask("When will the old bridge close?").abstained
    room.remove(result.article_id or "")
    assert room.search("bridge") == []
    assert room.ask("When will the old bridge close?").abstained
    assert room.statements() == []
    assert room.doctor().vectors == 0
    with pytest.raises(UnknownArticle):
        room.article(result.article_id or "")
    assert room.add_text(STORY, title="Bridge to close").status == "added"


def test_reindex_gives_the_same_search_from_the_record_alone(room: Newsroom) -> None:
    room.add(PROJECT / "corpus")
    room.wait()
    questions = ("drone plant", "annexation of Crimea", "ceasefire in July")
    before = [room.search(query) for query in questions]
    count = room.doctor().vectors
    room.reindex()
    room.wait()
    assert room.doctor().vectors == count
    assert [room.search(query) for query in questions] == before


def test_an_interrupted_newsroom_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Newsroom.open(Settings(home=tmp_path))
    first.add(PROJECT / "corpus")
    first.close()  # without waiting
    with Newsroom.open(Settings(home=tmp_path)) as second:
        second.wait()
        assert second.pending() == {"vectors": 0, "statements": 0}
        assert second.doctor().vectors == second.doctor().passages


def test_what_the_command_adds_is_answerable_in_an_open_newsroom(room: Newsroom, tmp_path: Path) -> None:
    room.add_text(STORY, title="Bridge to close")
    room.wait()
    room.search("harbour")
    story = tmp_path / "harbour.txt"
    story.write_text("Divers found a sunken ferry in the harbour.\n\nNobody knows its age.", "utf-8")
    command = [sys.executable, "-m", "rag", "add", str(story), "--home", str(room.settings.home)]
    subprocess.run(command, check=True, cwd=PROJECT, capture_output=True)
    # no shared words: only the vectors of the other process can find it
    assert "ferry" in room.search("What shipwreck was discovered underwater?", k=1)[0].text


def test_a_stream_gives_phases_then_sentences_then_the_answer(sample: Newsroom) -> None:
    events = list(sample.ask_stream("What is Turkey's stated position?"))
    assert isinstance(events[0], Phase)
    assert isinstance(events[-1], Finished)
    lines = [event.sentence for event in events if isinstance(event, SentenceShown)]
    assert tuple(lines) == events[-1].answer.sentences
    assert lines


def test_a_question_to_an_empty_library_abstains(room: Newsroom) -> None:
    answer = room.ask("What is Turkey's stated position?")
    assert answer.abstained
    assert answer.nearest == ()


@pytest.mark.parametrize("question", ["", "  \n", "\u200b", "x" * 1001])
def test_a_question_that_is_none_is_refused(sample: Newsroom, question: str) -> None:
    with pytest.raises(UnusableInput):
        sample.ask(question)


def test_filters_hold_for_answers(sample: Newsroom) -> None:
    answer = sample.ask("What is Turkey's stated position?", filters=Filters(until=date(2022, 2, 2)))
    assert {str(item.published) for item in answer.citations} == {"2022-02-02"}
    early = Filters(until=date(2021, 1, 1))
    assert sample.ask("What is Turkey's stated position?", filters=early).abstained
    assert sample.ask("What happened in the Donbass?", filters=early).abstained


def test_the_sample_corpus_holds_several_parties_a_timeline_and_a_disagreement(sample: Newsroom) -> None:
    actors = {item.on_behalf_of for item in sample.statements()}
    assert {"Turkey", "Ukraine", "Russia"} <= actors
    assert len({item.published for item in sample.articles()}) >= 4
    assert all(any("ample" in note for note in item.notes) for item in some(sample.articles()))
    assert "“did not violate" not in sample.ask("Did the drone strike violate the ceasefire?").answer


def test_statements_of_an_actor_are_that_actors_alone(sample: Newsroom) -> None:
    for country in ("Turkey", "Ukraine", "Russia"):
        items = sample.statements(actor=country)
        assert items
        assert all(country in (item.on_behalf_of, item.speaker) for item in some(items))


def test_a_wrong_date_is_named_with_the_remedy(room: Newsroom) -> None:
    with pytest.raises(BadDate, match="YYYY-MM-DD"):
        room.add_text(STORY, published="3rd of May")


def test_missing_weights_leave_search_by_words(room: Newsroom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import rag.providers.minilm as minilm

    def absent(*_: object) -> None:
        raise ModelMissing("The embedding model is not installed.")

    monkeypatch.setattr(minilm, "shared_minilm", absent)
    with Newsroom.open(Settings(home=tmp_path / "other")) as lame:
        lame.add_text(STORY, title="Bridge")
        lame.wait()
        assert lame.search("bridge")
        assert not lame.ask("When will the old bridge close?").abstained
        assert any("not installed" in line for line in lame.doctor().advice)


def test_a_chat_model_without_an_endpoint_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with (
        Newsroom.open(Settings(home=tmp_path, chat_model="some-model")) as room,
        pytest.raises(BadSettings, match="OPENAI_BASE_URL"),
    ):
        room.ask("Anything?")


def test_the_readmes_five_lines_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    block = readme.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").symlink_to(PROJECT / "corpus")
    exec(compile(block, "README.md", "exec"), {"print": lambda *_: None})


def test_each_of_those_asked_after_has_own_evidence(sample: Newsroom) -> None:
    answer = sample.ask("Compare what Turkey and Ukraine say about the deals")
    assert {item.statement.on_behalf_of for item in answer.sentences if item.statement} == {"Turkey", "Ukraine"}


def test_turkeys_position_in_the_sample_corpus_has_all_of_altuns_words(sample: Newsroom) -> None:
    answer = sample.ask("What is Turkey's stated position?")
    assert answer.withheld == ()
    for words in ("We’re not signing agreements", "aren’t directly linked", "mediator", "annexation"):
        assert words in answer.answer


def test_what_was_found_wrongly_can_be_cleared(room: Newsroom) -> None:
    result = room.add_text("3 Feb, 2022 16:56\n\nA headline\n\nThe text of the story is here.", published="", title="")
    article = room.article(result.article_id or "")
    assert (article.published, article.date_basis, article.title) == (None, None, "Untitled")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "example.org"])
def test_an_address_that_is_not_of_the_web_is_refused(room: Newsroom, url: str) -> None:
    with pytest.raises(UnusableInput, match="https://"):
        room.add_text(STORY, url=url)


def test_a_correction_is_noted_on_the_article_and_told_with_answers_that_rest_on_it(room: Newsroom) -> None:
    note = "CORRECTION: An earlier version gave the wrong month."
    result = room.add_text(f"{STORY}\n\n{note}", title="Bridge to close")
    room.wait()
    assert room.article(result.article_id or "").notes == (f"correction: {note}",)
    answer = room.ask("When will the old bridge close?")
    assert answer.sentences
    assert any(note in notice for notice in answer.notices)


def test_differences_between_versions_are_told_by_sentence(room: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    (first,) = room.add(path)
    path.write_text(STORY.replace("May", "June") + " Ferries too.", "utf-8")
    room.add(path)
    result = room.differences(first.article_id or "", first.version or "")
    assert [("May" in before, "June" in after) for before, after in result[:1]] == [(True, True)]
    assert ("", "Ferries too.") in result


def test_a_headline_counts_as_what_a_statement_is_about(sample: Newsroom) -> None:
    answer = sample.ask("Has Zelensky commented on the ceasefire?")
    assert "did not violate any accords" in answer.answer
    assert {item.statement.speaker for item in answer.sentences if item.statement} == {"Volodymyr Zelensky"}


def test_text_that_holds_several_articles_is_not_cut_to_its_first(room: Newsroom) -> None:
    lines = "\n".join(
        f'{{"title": "Story {n}", "text": "Ferry {n} sank in the harbour of Orm on Monday."}}' for n in (1, 2)
    )
    refused = room.add_text(lines)
    assert (refused.status, room.count()) == ("rejected", 0)
    assert "2 articles" in (refused.reason or "")
    assert [item.status for item in room.add_bytes(lines.encode(), name="two")] == ["added", "added"]


def test_extraction_waits_for_a_question_that_is_being_answered(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_PATIENCE", 60.0)
    asking = room.ask_stream("Who said that the bridge will close?")
    next(asking)
    room.add_text("The mayor said on Monday that the bridge will close.", title="Bridge", published="2024-05-15")
    assert not room.wait(timeout=0.5)
    assert room.pending()["statements"] == 1
    assert list(asking)
    assert room.wait(timeout=300)
    assert room.pending()["statements"] == 0


def test_an_index_of_words_that_lost_some_is_put_right_by_itself_and_said_so(tmp_path: Path) -> None:
    questions = ("drone plant", "annexation of Crimea", "ceasefire in July")
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.add(PROJECT / "corpus")
        room.wait()
        before = [room.search(query) for query in questions]
        texts = [room.statements(topic=query) for query in questions]
        assert any(texts)
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as library:
        library.execute("DELETE FROM passage_words WHERE rowid % 2 = 0")
        library.execute("DELETE FROM statement_words")
        library.execute("INSERT INTO passage_words (rowid, title, outlet, body) VALUES (99999, '', '', 'drone plant')")
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.search(questions[0])
        room.wait()
        assert [room.search(query) for query in questions] == before
        assert [room.statements(topic=query) for query in questions] == texts
        assert "index of words" in (room.doctor().repaired or "")


def test_reindex_makes_the_words_again_however_they_are(tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path)) as room:
        result = room.add_text(STORY, title="Bridge to close")
        room.wait()
        before = room.search("old bridge")
    with closing(sqlite3.connect(tmp_path / "library.db", isolation_level=None)) as library:
        library.execute("UPDATE passage_words_data SET block = x'00010203' WHERE id > 10")
    with Newsroom.open(Settings(home=tmp_path)) as room:
        room.reindex()
        room.wait()
        assert room.search("old bridge") == before
        room.remove(result.article_id or "")


def test_closing_waits_for_a_model_that_is_being_opened(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends inside the runtime of a model is aborted, whatever it had printed."""
    opened, go_on = threading.Event(), threading.Event()

    def warm(_: CrossEncoder) -> None:
        go_on.wait(20)
        opened.set()

    monkeypatch.setattr(CrossEncoder, "warm", warm)
    room.warm()
    closing = threading.Thread(target=room.close)
    closing.start()
    closing.join(0.5)
    waits = closing.is_alive()
    go_on.set()
    closing.join()
    assert waits
    assert opened.is_set()
