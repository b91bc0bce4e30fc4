"""The main job on real input: the pasted article, questions, checked answers, with no key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Answer, Newsroom, Settings
from tests.conftest import PROJECT
from tests.guards import some


@pytest.fixture(scope="module")
def newsroom(real_article: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path_factory.mktemp("real"))) as opened:
        assert [item.status for item in opened.add(real_article)] == ["added"]
        opened.wait()
        yield opened


def said(answer: Answer, speaker: str) -> str:
    lines = [item.text for item in answer.sentences if item.statement and item.statement.speaker == speaker]
    return "\n".join(lines)


@pytest.fixture(scope="module", params=["What is Turkey's stated position?", "what is turkiye’s stated position"])
def turkey(request: pytest.FixtureRequest, newsroom: Newsroom) -> Answer:
    return newsroom.ask(request.param)


def test_the_pasted_page_becomes_an_article(newsroom: Newsroom) -> None:
    (listed,) = newsroom.articles()
    article = newsroom.article(listed.article_id)
    assert article.title == "Ukraine set to get Turkish military drones"
    assert str(article.published) == "2022-02-03"
    assert article.text.startswith("The use of Turkish-made drones")
    assert "icon" not in article.text
    assert article.text.count("Ukraine set to get Turkish military drones") == 0


def test_adding_it_again_is_a_duplicate(newsroom: Newsroom, real_article: Path) -> None:
    (again,) = newsroom.add(real_article)
    assert again.status == "duplicate"
    assert again.of == newsroom.articles()[0].article_id
    pasted = newsroom.add_text(real_article.read_text("utf-8"))
    assert pasted.status == "duplicate"


def test_altun_speaks_for_turkey_to_bloomberg(turkey: Answer) -> None:
    words = said(turkey, "Fahrettin Altun")
    assert "is not intended to drive confrontation with Moscow" in words
    assert "We’re not signing agreements for collaboration to target another country" in words
    assert "aren’t directly linked to the current crisis" in words
    (quoted, *_) = [item.statement for item in turkey.sentences if item.kind == "quoted"]
    assert quoted is not None
    assert (quoted.role, quoted.on_behalf_of, quoted.venue, str(quoted.said_on)) == (
        "communications director",
        "Turkey",
        "Bloomberg",
        "2022-02-02",
    )


def test_erdogan_hopes_to_mediate_and_is_reported_to_oppose(turkey: Answer) -> None:
    words = said(turkey, "Recep Tayyip Erdogan")
    assert "hopes to play the role of a mediator" in words
    assert "has openly opposed" in words
    assert "annexation" in words


def test_nobody_else_speaks_for_turkey(turkey: Answer) -> None:
    assert {item.statement.speaker for item in turkey.sentences if item.statement} == {
        "Fahrettin Altun",
        "Recep Tayyip Erdogan",
    }
    for strange in ("framework agreement", "destructive", "did not violate", "training center"):
        assert strange not in turkey.answer


def test_the_outlets_own_word_is_nobodys_stated_position(turkey: Answer) -> None:
    stated = [item.text for item in turkey.sentences if item.kind in ("quoted", "indirect")]
    assert not any("reabsorption" in text for text in stated)
    assert not any(item.kind == "quoted" and "annexation" in item.text for item in turkey.sentences)


def test_direct_words_come_first_and_accounts_of_a_stance_last(turkey: Answer) -> None:
    kinds = [item.kind for item in turkey.sentences]
    assert kinds[0] == "quoted"
    assert kinds.index("reported") > max(index for index, kind in enumerate(kinds) if kind != "reported")


def test_every_citation_is_the_articles_own_characters(newsroom: Newsroom, turkey: Answer) -> None:
    assert turkey.citations
    for item in turkey.citations:
        text = newsroom.article(item.article_id, item.version).text
        assert text[item.start : item.end] == item.quote
    assert {n for item in turkey.sentences for n in item.citations} == {item.n for item in turkey.citations}
    assert all(item.citations for item in some(turkey.sentences))


@pytest.mark.parametrize(
    "question",
    ["What did NATO decide?", "what did nato decide?", "What is Germany's stated position on the drones?",
     "Who won the football match?"],
)  # fmt: skip
def test_what_the_article_does_not_hold_is_not_answered(newsroom: Newsroom, question: str) -> None:
    answer = newsroom.ask(question)
    assert answer.abstained
    assert answer.sentences == ()
    assert answer.citations == ()


def test_the_same_question_gets_the_same_answer(newsroom: Newsroom) -> None:
    first, second = (newsroom.ask("What is Turkey's stated position?") for _ in range(2))
    assert (first.answer, first.citations) == (second.answer, second.citations)


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("What did Reznikov say about the plant?", "Aleksey Reznikov", "construction of the Bayraktar plant"),
        ("What did Zelensky say about accords?", "Volodymyr Zelensky", "did not violate any accords"),
        ("What is Russia's position on the accusations?", "The Kremlin", "repeatedly denied"),
    ],
)
def test_words_stay_with_their_speaker(newsroom: Newsroom, question: str, speaker: str, words: str) -> None:
    assert words in said(newsroom.ask(question), speaker)


def test_the_same_words_in_two_articles_are_said_once_with_both_sources(real_article: Path, room: Newsroom) -> None:
    room.add(real_article, PROJECT / "corpus")
    room.wait()
    answer = room.ask("What is Turkey's stated position?")
    quoted = [item for item in answer.sentences if item.kind == "quoted"]
    assert answer.answer.count("We’re not signing agreements") == 1
    sources = {answer.citations[n - 1].article_id for item in quoted for n in item.citations}
    assert len(sources) == 2
    assert answer.withheld == ()


def test_who_said_it_is_answered_by_whoever_said_it_and_nobody_else(newsroom: Newsroom) -> None:
    answer = newsroom.ask("Who said that the deals are not linked to the current crisis?")
    assert {item.statement.speaker for item in answer.sentences if item.statement} == {"Fahrettin Altun"}
    assert "aren’t directly linked" in answer.answer


def test_who_denied_it_is_answered_with_the_denial_and_what_it_points_to(newsroom: Newsroom) -> None:
    answer = newsroom.ask("Who denied that Russian troops are gathering at the border?")
    assert answer.sentences[0].statement is not None
    assert (answer.sentences[0].statement.speaker, answer.sentences[0].statement.denied) == ("The Kremlin", True)


@pytest.mark.parametrize("question", ["Did Altun say anything about Crimea?", "Has Altun commented on Crimea?"])
def test_whether_somebody_commented_is_never_answered_with_anothers_words(newsroom: Newsroom, question: str) -> None:
    answer = newsroom.ask(question)
    assert answer.abstained
    assert answer.notices == ("Altun is quoted, but not on this.",)


def test_who_denied_nothing_is_told_so(newsroom: Newsroom) -> None:
    answer = newsroom.ask("What did Reznikov deny?")
    assert answer.abstained
    assert answer.notices == ("The articles have no denial of this by Reznikov.",)
