"""Events: grouped by what they tell and when; the day that a sentence tells of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rag.domain import ArticleSummary, EvidenceSentence
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, event_date, group_into_events
from rag.services.briefings.preparing import of_the_named


def read(name: str, title: str, text: str, day: date | None, outlet: str = "Courier") -> BriefedArticle:
    about = ArticleSummary(
        article_id=name, version="1", title=title, outlet=outlet, byline=None, published=day, updated=None,
        ingested=datetime.now(UTC), date_basis=None, language="en", url=None, words=len(text.split()),
    )  # fmt: skip
    sentence = EvidenceSentence(
        sid=f"s{name}", article_id=name, version="1", start=0, end=len(text), text=text, title=title, outlet=outlet,
        published=day,
    )  # fmt: skip
    return BriefedArticle(about=about, text=text, sentences=(sentence,), statements=(), copies=())


PIER = "The council of Lakeside will close the old ferry pier in spring."


def test_articles_on_one_thing_within_days_are_one_event_and_the_widest_comes_first() -> None:
    found = group_into_events(
        [
            read("a", "Comet seen", "A bright comet was seen over Norway last night.", date(2024, 3, 5)),
            read("b", "Pier to close", PIER, date(2024, 3, 5)),
            read("c", "Old pier will close", PIER, date(2024, 3, 7), outlet="Herald"),
            read("d", "Pier to close", PIER, date(2024, 6, 1)),
        ],
        None,
    )
    assert [[item.about.article_id for item in event.articles] for event in found] == [["b", "c"], ["a"], ["d"]]
    assert (found[0].outlets, found[0].originals, found[0].day) == (2, 2, date(2024, 3, 5))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The pier closed on Monday.", date(2024, 3, 4)),
        ("The pier closed on 4 March and reopened on 5 March.", date(2024, 3, 4)),
        ("“We will meet on Monday,” she said on Tuesday.", date(2024, 3, 5)),
        ("The pier closed in the spring.", None),
    ],
)
def test_a_sentence_tells_of_the_first_day_that_it_names_in_its_own_words(text: str, day: date | None) -> None:
    assert event_date(read("a", "Pier", text, date(2024, 3, 6)).sentences[0]) == day


def test_without_a_day_of_publication_no_day_is_guessed() -> None:
    assert event_date(read("a", "Pier", "The pier closed on Monday.", None).sentences[0]) is None


def test_a_topic_of_one_name_keeps_to_the_articles_that_have_it() -> None:
    day = date(2024, 3, 7)
    named = read("a", "Records of Ostra Academy opened", "A judge opened the records of Ostra Academy.", day)
    other = read("b", "Poll", "A poll by the Academy of Elin has Ostra ahead.", day)
    material = BriefingCorpus(articles=(named, other))
    assert of_the_named("Ostra Academy", material).articles == (named,)
    assert of_the_named("ostra academy", material) == material
    assert of_the_named("Ida Holm", material) == material
