"""A briefing holds what bears on its topic, by a judge, and nothing twice but on the timeline."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from rag import Newsroom
from rag.domain import ArticleSummary, Briefing, BriefingRequest, Filters
from rag.errors import ModelUnavailable
from rag.providers.base import RelevanceJudge
from rag.services.briefings.composing import Composer
from rag.services.briefings.corpus import BriefingCorpus, read_articles
from rag.services.briefings.parties import _is_main
from rag.services.briefings.pipeline import BriefingMaker
from rag.services.briefings.relevance import SURE, TopicRelevance
from rag.services.briefings.sections import timeline


def part(made: Briefing, name: str) -> list[str]:
    return [one.text for item in made.sections if item.part == name for one in item.sentences]


def every(made: Briefing) -> list[str]:
    return [one.text for item in made.sections for one in item.sentences]


def filled(room: Newsroom, *articles: tuple[str, str, str]) -> None:
    for title, published, text in articles:
        room.add_text(text, title=title, published=published, outlet="Norland Courier")
    room.wait()


FERRY = (
    (
        "Tram crash near Lund square",
        "2024-06-03",
        (
            "Two trams collided near Lund square on Sunday. The fire service said 7 people had died. "
            "“The driver ignored our signals,” signal master Ole Brandt said."
        ),
    ),
    (
        "Toll of tram crash rises",
        "2024-06-05",
        (
            "The fire service said on Tuesday that 11 people had died in the Lund square tram crash. "
            "Sudria Trams, the operator, denied that the driver had ignored signals."
        ),
    ),
    (
        "Correction",
        "2024-06-06",
        "Correction: The Courier wrote that two trams had collided near Lund square. They collided at Esk gate.",
    ),
)


def test_an_article_that_only_shares_words_with_the_topic_is_set_aside(room: Newsroom) -> None:
    filled(
        room,
        *FERRY,
        (
            "Shares crash in Sudria",
            "2024-06-04",
            "Shares crashed on the exchange of Sudria as grain prices fell on Monday.",
        ),
    )
    made = room.brief(topic="tram crash at Lund")
    assert not any("grain" in text for text in every(made))
    assert "Shares crash in Sudria" not in [item.title for item in made.sources]


def test_the_newest_toll_and_the_correction_stand_and_nothing_twice(room: Newsroom) -> None:
    filled(room, *FERRY)
    made = room.brief(topic="tram crash")
    first = " ".join(part(made, "bottom-line"))
    assert "11 people" in first
    assert "7 people" not in first
    assert "They collided at Esk gate." in first
    told = [text for item in made.sections if item.part != "timeline" for text in part(made, item.part)]
    assert len(told) == len(set(told))
    assert len(part(made, "timeline")) == len(set(part(made, "timeline")))
    assert [item.about for item in made.conflicts] == ["whether the driver had ignored signals"]


def test_the_speakers_of_a_party_do_not_alternate(room: Newsroom) -> None:
    filled(
        room,
        (
            "Row over the dam",
            "2024-06-03",
            (
                "“The dam above Esk is safe for another century,” Mayor Ida Holm said.\n\n"
                "“The wall of the dam leaks at three places near the gate,” engineer Boris Vane said.\n\n"
                "“Divers from Sudria inspected the dam for us in May,” Holm said.\n\n"
                "“Nobody has measured how far the dam has sunk since spring,” Vane said."
            ),
        ),
    )
    speakers = [item.speaker for item in room.brief(topic="the dam").positions]
    assert len(speakers) > 2
    assert speakers == sorted(speakers, key=speakers.index)


class Silent:
    """A judge that is down."""

    fingerprint = "silent"

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        raise ModelUnavailable("The judge does not answer.")

    def warm(self) -> None:
        """Nothing to load."""


def test_without_the_judge_a_briefing_goes_by_words_and_says_so(room: Newsroom) -> None:
    filled(room, *FERRY)
    parts = room._parts
    judge: RelevanceJudge = Silent()
    maker = BriefingMaker(parts.library, parts.retriever, parts.embedder, judge=judge)
    asked = BriefingRequest(topic="tram crash", template="situation", length="medium", filters=Filters())
    *_, done = maker.stream(asked, cancel=threading.Event())
    assert "chosen by its words" in " ".join(done.briefing.notices)  # type: ignore[union-attr]
    assert every(done.briefing)  # type: ignore[union-attr]


def test_a_charge_and_its_denial_are_a_question_in_words(room: Newsroom) -> None:
    answer = (
        "Norland President Hanna Weld said that the trawler landing at Esk reef did not breach any treaties. "
        "Fishermen of Sudria had called it a breach of the reef treaty, which bans trawlers near the coast."
    )
    landing = "The trawler landing at Esk reef came on Sunday, the coastguard said."
    filled(
        room, ("Norland answers on the reef", "2024-06-03", answer), ("Trawler lands at reef", "2024-06-02", landing)
    )
    made = room.brief(topic="trawler landing at Esk reef")
    assert [item.about for item in made.conflicts] == ["whether it amounted to “a breach of the reef treaty”"]


def test_who_is_named_is_heard_though_their_words_have_not_the_topics(room: Newsroom) -> None:
    deal = (
        "Ukraine and Turkey will build trawlers together at Esk, Defence Minister Ida Holm of Ukraine said on Monday."
    )
    yard = "Trawlers from Turkey will be built at Esk in Ukraine under the deal, the minister Ida Holm said on Monday."
    reply = (
        "Turkey does not work with Ukraine at Esk to provoke anybody, a spokesman for Turkey said on Monday. "
        "“Our deals with Ukraine are no threat,” the Turkish spokesman, Osman Kaya, said."
    )
    filled(
        room,
        ("Ukraine and Turkey to build trawlers", "2024-06-03", deal),
        ("Trawlers of Turkey for Ukraine", "2024-06-03", yard),
        ("Turkey: deals with Ukraine are no threat", "2024-06-03", reply),
    )
    made = room.brief(topic="trawlers")
    assert any("no threat" in text for text in part(made, "positions"))
    assert not any("no threat" in text for text in part(made, "bottom-line"))


def test_a_sentence_of_a_roundup_is_on_the_topic_by_what_it_adds(room: Newsroom) -> None:
    roundup = (
        "Here is the latest from the Norland campaign on Monday. "
        "The tram crash at Lund square killed nine people, the fire service of Lund said. "
        "Hanna Weld was glad to have the endorsement of the singer Boris Vane, her spokesman Ole Brandt said."
    )
    filled(room, *FERRY, ("The latest: tram crash and campaign", "2024-06-04", roundup))
    made = room.brief(topic="tram crash at Lund square")
    assert any("nine people" in text or "11 people" in text for text in every(made))
    assert not any("endorsement" in text for text in every(made))


def test_a_count_of_another_day_is_no_dispute(room: Newsroom) -> None:
    filled(
        room,
        (
            "Harbour vote",
            "2024-06-03",
            "Hanna Weld had 40 delegates of the Esk harbour union on Monday, the union said.",
        ),
        (
            "Harbour vote goes on",
            "2024-06-09",
            "Hanna Weld had 90 delegates of the Esk harbour union on Sunday, it said.",
        ),
    )
    assert room.brief(topic="delegates of the harbour union").conflicts == ()


def test_an_aside_in_an_article_on_something_else_is_no_news_of_the_topic() -> None:
    relevance = TopicRelevance(
        headlines={"inquest": 3.0, "roundup": -6.0, "profile": -6.0},
        openings={"inquest": 3.0, "roundup": -6.0, "profile": 2.5},
        articles={"inquest": 0.9, "roundup": 0.6, "profile": 0.7},
    )
    assert [one for one in relevance.articles if relevance.is_about(one)] == ["inquest", "profile"]
    only_asides = replace(relevance, articles={"roundup": 0.6})
    assert only_asides.is_about("roundup")
    assert TopicRelevance().is_about("anything")


def test_an_anniversary_is_history_and_not_on_the_timeline(room: Newsroom) -> None:
    filled(
        room,
        *FERRY,
        (
            "Lund square tram crash: what is known",
            "2024-06-04",
            "The Lund square tram crash came 135 years after trams first ran there on June 2, 1889.",
        ),
    )
    corpus = BriefingCorpus(articles=tuple(read_articles(room._parts.library, _everything(room))))
    worth = dict.fromkeys(corpus.by_sid, 1.0)
    days = timeline(Composer(corpus=corpus, events=(), worth=worth), 20).days
    assert days
    assert all(day.year == 2024 for day in days)


def _everything(room: Newsroom) -> list[tuple[ArticleSummary, float]]:
    library = room._parts.library
    return [(one, 1.0) for one in library.articles.page(Filters())]


def test_a_sentence_belongs_to_the_speaker_of_most_of_it_and_a_headline_to_nobody(room: Newsroom) -> None:
    title = "Mayor Ida Holm says the dam leaks"
    words = "“The dam leaks and nobody repairs it,” Mayor Ida Holm said on Monday."
    filled(room, ("The dam", "2024-06-03", f"{words}\n\n{title}\n\nRepairs of the dam will begin in July."))
    article = next(iter(read_articles(room._parts.library, _everything(room))))
    (whole,) = [item for item in article.statements if item.kind == "direct"]
    piece = whole.content[0]
    part_of_it = replace(
        whole, speaker="the council", content=(replace(piece, end=piece.end - 9, text=piece.text[:-9]),)
    )
    at = article.text.index(title)
    in_heading = replace(whole, content=(replace(piece, start=at, end=at + len(title), text=title),))
    both = replace(article, statements=(whole, part_of_it))
    assert _is_main(whole, both)
    assert not _is_main(part_of_it, both)
    assert not _is_main(in_heading, both)


FIRE = (
    (
        "Blaze at Esk mill",
        "2024-06-03",
        "Fire broke out in the Esk mill on Monday, killing at least 9 people, the fire service of Esk said.",
    ),
    (
        "Esk mill burns on",
        "2024-06-04",
        "The Esk mill fire killed 14 people, the fire service of Esk said on Tuesday. The owner of the Esk mill fled.",
    ),
    (
        "Esk mourns",
        "2024-06-06",
        (
            "Mourners filled the square of Esk on Thursday after the Esk mill fire. "
            "Mayor Ida Holm told them that 16 people were killed and 30 others were hurt in the Esk mill."
        ),
    ),
)


def test_the_latest_toll_stands_in_the_bottom_line_and_none_that_it_replaces(room: Newsroom) -> None:
    filled(room, *FIRE)
    first = " ".join(part(room.brief(topic="Esk mill fire"), "bottom-line"))
    assert "16 people" in first
    assert "at least 9" not in first
    assert "14 people" not in first


def test_the_opening_of_an_article_is_news_though_it_is_of_yesterday(room: Newsroom) -> None:
    text = (
        "A tanker struck the pier of Esk on Sunday night and sank in the harbour of Esk.\n\n"
        "Harbour master Ole Brandt closed the harbour of Esk on Monday after the tanker sank."
    )
    filled(room, ("Tanker sinks at Esk", "2024-06-03", text))
    assert part(room.brief(topic="tanker at Esk"), "bottom-line")[0].startswith("A tanker struck")


def test_a_result_in_the_second_sentence_under_a_vague_headline_is_found(room: Newsroom) -> None:
    preview = (
        "Hanna Weld and Boris Vane will face each other in the Sudria primary on Tuesday, polls show a close race. "
        "Weld spoke at the docks of Sudria before the Sudria primary."
    )
    result = (
        "What a night it was for the docks.\n\n"
        "Hanna Weld won the Sudria primary on Tuesday and beat Boris Vane by nine points."
    )
    filled(
        room,
        ("Sudria primary: a close race", "2024-06-03", preview),
        ("An outsider topples the establishment", "2024-06-05", result),
    )
    assert part(room.brief(topic="Sudria primary"), "bottom-line")[0].startswith("Hanna Weld won")


def test_a_sentence_in_passing_needs_the_words_of_the_topic(room: Newsroom) -> None:
    filled(
        room,
        ("Weld opens museum", "2024-06-04", "Weld came by tram. Weld spoke of the tram crash. The tram crash hurt."),
    )
    article = next(iter(read_articles(room._parts.library, _everything(room))))
    by_tram, of_crash, unsure = article.sentences
    scores = {by_tram.sid: 0.7, of_crash.sid: 0.7, unsure.sid: SURE}
    passing = TopicRelevance(
        judge=Silent(),
        headlines={by_tram.article_id: -9.0},
        share=lambda text: sum(word in text for word in ("tram", "crash")) / 2,
        scores=scores,
        has_clear_sentence=True,
    )
    assert [item for item in article.sentences if passing.on_topic(item)] == [of_crash]
    assert all(map(replace(passing, headlines={by_tram.article_id: 0.0}).on_topic, article.sentences))
    assert all(map(replace(passing, has_clear_sentence=False).on_topic, article.sentences))
    alone = replace(passing, statement_only_ids={unsure.sid})
    assert alone.statement_on_topic(unsure)
    assert not alone.on_topic(unsure)


def test_headings_line_ups_and_parts_of_the_headline_are_no_sentences(room: Newsroom) -> None:
    text = (
        "The harbour stays closed.\n\nMayor Closes Harbour And Docks For Good.\n\n"
        "Esk: Holm, Brandt (Vane 77), Weld, Lenk, Dorn.\n\nMayor Ida Holm closed the harbour on Monday."
    )
    filled(room, ("Esk loses its port; The harbour stays closed", "2024-06-03", text))
    article = next(iter(read_articles(room._parts.library, _everything(room))))
    assert [item.text for item in article.usable_sentences] == ["Mayor Ida Holm closed the harbour on Monday."]
