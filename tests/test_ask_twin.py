"""The main job on a page that ships: a pasted article built like the real one, with other places, people and words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Answer, Newsroom, Settings
from tests.conftest import PROJECT
from tests.guards import some
from tests.test_ask_real_article import said

TWIN = PROJECT / "tests" / "data" / "twin" / "ferries-2023-05-11.txt"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path_factory.mktemp("twin"))) as opened:
        assert [item.status for item in opened.add(TWIN)] == ["added"]
        opened.wait()
        yield opened


@pytest.fixture(scope="module", params=["What is Morocco's stated position?", "what is morocco’s stated position"])
def morocco(request: pytest.FixtureRequest, newsroom: Newsroom) -> Answer:
    return newsroom.ask(request.param)


def test_the_pasted_page_becomes_an_article(newsroom: Newsroom) -> None:
    (listed,) = newsroom.articles()
    article = newsroom.article(listed.article_id)
    assert (article.title, str(article.published)) == ("Portugal set to get Moroccan patrol boats", "2023-05-11")
    assert article.text.startswith("The use of Moroccan-made boats")
    assert "icon" not in article.text
    assert newsroom.add(Path(TWIN))[0].status == "duplicate"


def test_a_spokesman_speaks_for_the_country_of_his_president(morocco: Answer) -> None:
    words = said(morocco, "Yusuf Tazmalt")
    assert "is not meant to stir up conflict with Paris" in words
    assert "We’re not signing contracts for cooperation to threaten a third country" in words
    assert "aren’t directly tied to the present quarrel" in words
    quoted = some([item.statement for item in morocco.sentences if item.kind == "quoted"])[0]
    assert quoted is not None
    fields = (quoted.role, quoted.on_behalf_of, quoted.venue, str(quoted.said_on))
    assert fields == ("spokesman", "Morocco", "Radio Norland", "2023-05-10")


def test_what_the_president_says_and_what_is_reported_of_him(morocco: Answer) -> None:
    words = said(morocco, "Hamid Berrani")
    assert "hopes to play the part of a go-between" in words
    assert "has openly opposed" in words
    kinds = [item.kind for item in morocco.sentences]
    assert kinds[0] == "quoted"
    assert kinds.index("reported") > max(at for at, kind in enumerate(kinds) if kind != "reported")


def test_nobody_else_speaks_for_the_country(morocco: Answer) -> None:
    speakers = {item.statement.speaker for item in morocco.sentences if item.statement}
    assert speakers == {"Yusuf Tazmalt", "Hamid Berrani"}
    for strange in ("joint accord", "reckless", "did not violate", "special school"):
        assert strange not in morocco.answer
    assert not any(item.kind == "quoted" and "abduction" in item.text for item in morocco.sentences)


def test_every_citation_is_the_articles_own_characters(newsroom: Newsroom, morocco: Answer) -> None:
    for item in some(morocco.citations):
        assert newsroom.article(item.article_id, item.version).text[item.start : item.end] == item.quote
    assert all(item.citations for item in some(morocco.sentences))


@pytest.mark.parametrize(
    "question",
    ["What did NATO decide?", "What is Germany's stated position on the boats?", "Who won the football match?",
     "Did Tazmalt say anything about Perla?", "What did Queirosa deny?"],
)  # fmt: skip
def test_what_the_article_does_not_hold_is_not_answered(newsroom: Newsroom, question: str) -> None:
    answer = newsroom.ask(question)
    assert (answer.abstained, answer.sentences, answer.citations) == (True, (), ())


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("What did Queirosa say about the yard?", "Duarte Queirosa", "building of the Sirocco yard"),
        ("What did Valadao say about treaties?", "Ines Valadao", "did not violate any treaties"),
        ("What is France's position on the claims?", "The Elysee", "repeatedly denied"),
        ("Who said that the contracts are not tied to the present quarrel?", "Yusuf Tazmalt", "directly tied"),
        ("Who denied that French ships are gathering at the border?", "The Elysee", "has repeatedly denied"),
    ],
)
def test_words_stay_with_their_speaker(newsroom: Newsroom, question: str, speaker: str, words: str) -> None:
    assert words in said(newsroom.ask(question), speaker)
