"""Verification: what a source bears out is kept, everything else is withheld with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Fragment, Statement
from rag.text.sentences import sentences
from rag.verification import CheckedDraft, support, verify

TEXT = (
    "Foreign Minister Ada Lund said on Tuesday that Norland will not recognise any change of the border.\n\n"
    "“We have 16 patrol boats, and we’ll keep them – all of them,” she said. “Nobody is leaving.”\n\n"
    "Boris Vane, the mayor of Esk, called the plan “a gift to smugglers”. The harbour handled 1,500 ships in 2021."
)
KEY = ("a1", "v1")


def sentences_of(key: tuple[str, str], text: str, title: str) -> tuple[EvidenceSentence, ...]:
    return tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=key[0], version=key[1], start=span.start, end=span.end, text=span.of(text),
            title=title, outlet="Wire", published=date(2022, 3, 1),
        )
        for n, span in enumerate(sentences(text), start=1)
    )  # fmt: skip


def evidence() -> Evidence:
    items = sentences_of(KEY, TEXT, "Norland keeps its boats")
    return Evidence(sentences=items, texts={KEY: TEXT}, statements=(said("Ada Lund", 16), said("Boris Vane", None)))


def said(speaker: str, number: int | None) -> Statement:
    words = "“We have 16 patrol boats, and we’ll keep them – all of them,”" if number else "“a gift to smugglers”"
    start = TEXT.index(words)
    part = Fragment(start=start, end=start + len(words), text=words)
    return Statement(
        speaker=speaker, kind="direct", source=None, cue=None, content=(part,), text=words, article_id=KEY[0],
        version=KEY[1],
    )  # fmt: skip


def check(text: str, *sids: str) -> CheckedDraft:
    return verify(DraftSentence(text=text, sids=sids), evidence())


@pytest.mark.parametrize(
    ("text", "sids"),
    [
        ("Ada Lund said on Tuesday that Norland will not recognise any change of the border.", ["s1"]),
        ("Foreign Minister Ada Lund said that Norland will not recognise a change of the border.", ["s1"]),
        ("Ada Lund: “We have 16 patrol boats, and we'll keep them - all of them”", ["s1", "s2"]),
        ("Lund said: “Nobody is leaving.”", ["s1", "s2", "s3"]),
        ("Boris Vane called the plan “a gift to smugglers”.", ["s4"]),
        ("Ada Lund: “We have 16 patrol boats, and we’ll keep them – all of them” at the border", ["s1", "s2"]),
        ("Boris Vane called the plan “a gift to smugglers.”", ["s4"]),
        ("The harbour handled 1500 ships in 2021.", ["s5"]),
        ("On 1 March 2022 it was reported that the harbour handled 1,500 ships in 2021.", ["s5"]),
    ],
)
def test_what_the_source_says_is_kept(text: str, sids: list[str]) -> None:
    outcome = check(text, *sids)
    assert outcome.outcome == "supported", outcome.note
    for source in outcome.sources:
        assert TEXT[source.span.start : source.span.end] == source.quote


@pytest.mark.parametrize(
    ("text", "sids", "reason"),
    [
        ("Norland keeps its boats.", [], "names no sentence"),
        ("Norland keeps its boats.", ["s99"], "not given"),
        ("Ada Lund: “We have 16 patrol boats and we’ll sell them”", ["s2"], "do not stand"),
        ("Ada Lund: “We have 6 patrol boats”", ["s2"], "do not stand"),
        ("Ada Lund: “We have 16 patrol boats … all of them”", ["s2"], "do not stand"),
        ("Ada Lund: “We have 16 patrol boats, a gift to smugglers”", ["s2", "s4"], "do not stand"),
        ("Boris Vane: “Nobody is leaving”", ["s4"], "do not stand"),
        ("The harbour handled 15,000 ships in 2021.", ["s5"], "number"),
        ("The harbour handled 1,500 ships in 2022 and 2021.", ["s5"], "2022"),
        ("Ada Lund said that Norland has five patrol boats.", ["s1", "s2"], "number"),
        ("Ada Lund said that Sweden will not recognise any change of the border.", ["s1"], "Sweden"),
        ("Ada Lund said that Norland will recognise any change of the border.", ["s1"], "not"),
        ("The harbour did not handle 1,500 ships in 2021.", ["s5"], "denies"),
        ("Boris Vane: “We have 16 patrol boats”", ["s2", "s4"], "Ada Lund"),
        ("Ada Lund called the plan “a gift to smugglers”.", ["s1", "s4"], "Boris Vane"),
        ("The mayor of Esk is delighted with the plan and wants more of the same.", ["s4"], "does not say “"),
    ],
)
def test_what_the_source_does_not_say_is_withheld(text: str, sids: list[str], reason: str) -> None:
    outcome = check(text, *sids)
    assert outcome.outcome != "supported", text
    assert reason in (outcome.note or "")


def test_neighbouring_sentences_are_cited_as_one_span() -> None:
    outcome = check("Ada Lund: “Nobody is leaving.”", "s2", "s3")
    assert outcome.outcome == "supported"  # her name stands in another sentence of the article
    outcome = check("Ada Lund: “Nobody is leaving.”", "s3", "s1", "s2")
    assert outcome.outcome == "supported"
    assert len(outcome.sources) == 1


def test_typography_is_recorded() -> None:
    outcome = check("Ada Lund: “we'll keep them - all of them”", "s1", "s2")
    assert outcome.outcome == "supported"
    assert [source.match for source in outcome.sources] == ["typographic"]


def test_support_is_high_for_the_same_words_and_none_for_others() -> None:
    assert support("The harbour handled 1,500 ships", TEXT) == 1.0
    assert support("A comet passed overhead", TEXT) == 0.0
    assert support("", TEXT) == 0.0
    assert 0.0 < support("The harbour handled comets", TEXT) < 1.0


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("The port grew by 5 percentage points.", "The port grew by 5 percent.", "unit"),
        ("The port cost 5 billion dollars.", "The port cost 5 million dollars.", "unit"),
        ("The port cost €5 million.", "The port cost $5 million.", "unit"),
        ("The ferry runs for 20 miles.", "The ferry runs for 20 km.", "unit"),
        ("The fair was held on 4 May.", "The fair was held on 3 May, and 4 people came.", "date"),
        ("The fair was held on Monday.", "The fair was held on Tuesday.", "Monday|monday"),
        ("The foreign minister spoke of Esk.", "The defense minister spoke of foreign ships in Esk.", "title"),
        ("The town would sell the ferry.", "The town will sell the ferry.", "would"),
        ("The town will sell the ferry.", "The town may sell the ferry.", "may"),
        ("All fishermen left the town.", "Some fishermen left the town.", "some"),
        ("The mayor of Esk sold the ferry.", "The former mayor of Esk sold the ferry.", "former"),
        ("The mayor sold the ferry.", "The mayor allegedly sold the ferry.", "allegedly"),
        ("The mayor agreed to sell the ferry.", "The mayor refused to sell the ferry.", "refused"),
        ("The mayor took bribes.", "The mayor denied that he took bribes.", "denied"),
        ("Esk beat Norland at the fair.", "Norland beat Esk at the fair.", "place"),
        ("More than 40 ships came.", "Less than 40 ships came.", "less"),
        ("Wealthy Norland for Voters Leave Old Party", "Wealthy Voters Leave Old Party for Norland", "place"),
        (
            "The hall was full on Lund night’s Monday debate.",
            "The hall was full on Monday night’s Lund debate.",
            "place",
        ),
        ("The fisherman bit the shark.", "The shark bit the fisherman.", "place"),
        ("The talks ended before the strike.", "The strike ended before the talks.", "place"),
        ("Sold ferries are winner-take-some.", "Sold ferries are winner-take-all.", "all"),
        ("The will-be buyers left the town.", "The would-be buyers left the town.", "would"),
        (
            "The mayor was paid for doing something—that is plain.",
            "The mayor was paid for doing nothing—that is plain.",
            "no",
        ),
        ("At least 55 towns with 55 per mille came.", "At least 55 towns with 55 percent came.", "mille"),
        (
            "Lund wins in Esk and sells ferries.",
            "Lund loses the north and east; Holm wins in Esk and sells ferries.",
            "holm",
        ),
    ],
)
def test_a_small_word_that_turns_the_meaning_is_not_changed(text: str, source: str, reason: str) -> None:
    sentence = EvidenceSentence(
        sid="s1",
        article_id="a",
        version="1",
        start=0,
        end=len(source),
        text=source,
        title="",
        outlet=None,
        published=None,
    )
    outcome = verify(
        DraftSentence(text=text, sids=("s1",)), Evidence(sentences=(sentence,), texts={("a", "1"): source})
    )
    assert outcome.outcome != "supported"
    assert any(word in (outcome.note or "") for word in reason.split("|")), outcome.note


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The port grew by 5%.", "The port grew by 5 percent."),
        ("The port grew by 5 per cent.", "The port grew by 5%."),
        ("The port cost US$5 million.", "The port cost $5 million."),
        ("The ferry runs for 20 kilometres.", "The ferry runs for 20 km."),
        ("Weld says that the town will sell the ferry.", "Weld said that the town will sell the ferry."),
        ("The town has sold the ferry.", "The town sold the ferry."),
        ("On Tuesday the town sold the ferry.", "The town sold the ferry on Tuesday."),
        ("Türkiye sold the ferry.", "Turkey sold the ferry."),
        ("Turkish officials sold the ferry.", "Officials of Turkey sold the ferry."),
        ("The U.S. sold the ferry.", "The United States sold the ferry."),
        ("Britain said that it sold the ferry.", "Downing Street said that it sold the ferry."),
        ("Twelve ships came to the port.", "12 ships came to the port."),
        ("The ships and the ferries left the port.", "The ferries and the ships left the port."),
        ("The mayor of the old town is Lund.", "Lund is the mayor of the old town."),
        ("The ferry was sold by the town.", "The town sold the ferry."),
        ("Because the port was closed, the ferry left.", "The ferry left because the port was closed."),
        ("The new law will help would-be buyers.", "The new law will help would-be buyers in the town."),
    ],
)
def test_other_words_for_the_same_are_kept(text: str, source: str) -> None:
    sentence = EvidenceSentence(
        sid="s1",
        article_id="a",
        version="1",
        start=0,
        end=len(source),
        text=source,
        title="",
        outlet=None,
        published=None,
    )
    outcome = verify(
        DraftSentence(text=text, sids=("s1",)), Evidence(sentences=(sentence,), texts={("a", "1"): source})
    )
    assert outcome.outcome == "supported", outcome.note


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Three people died in a blast in Kyiv on Monday.", "Three people died in a blast in Ukraine on Monday."),
        ("Three people died in a blast in Ukraine on Monday.", "Three people died in a blast in Kyiv on Monday."),
        ("A warehouse in Jerusalem burned down.", "A warehouse in Israel burned down."),
        ("The port was bought by the Kremlin.", "The port was bought by Russia."),
        ("Ankara sold the ferry.", "Turkey sold the ferry."),
        ("Investors in Berlin sold the ferry.", "Investors in Germany sold the ferry."),
        ("The plan was praised in Washington.", "The plan was praised in the United States."),
        ("Berlin police closed the port.", "German police closed the port."),
        ("The Knesset rejected the plan.", "Israel rejected the plan."),
    ],
)
def test_a_city_is_never_its_country(text: str, source: str) -> None:
    sentence = EvidenceSentence(
        sid="s1", article_id="a", version="1", start=0, end=len(source), text=source, title="", outlet=None,
        published=None,
    )  # fmt: skip
    outcome = verify(
        DraftSentence(text=text, sids=("s1",)), Evidence(sentences=(sentence,), texts={("a", "1"): source})
    )
    assert outcome.outcome != "supported", outcome


def test_words_that_an_article_gives_to_nobody_are_credited_to_no_name_before_or_behind_them() -> None:
    text = "In the hall Vane and Lund met. They heard it was “a gift to smugglers and thieves” that day."
    words = "“a gift to smugglers and thieves”"
    start = text.index(words)
    part = Fragment(start=start, end=start + len(words), text=words)
    nobodys = Statement(
        speaker=None, kind="mixed", source=None, cue=None, content=(part,), text=words, article_id="a", version="1"
    )
    results = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id="a", version="1", start=span.start, end=span.end, text=span.of(text), title="",
            outlet=None, published=None,
        )
        for n, span in enumerate(sentences(text), start=1)
    )  # fmt: skip
    for statements in ((nobodys,), ()):
        sources = Evidence(sentences=results, texts={("a", "1"): text}, statements=statements)
        for told in (
            "“a gift to smugglers and thieves,” Vane said.",
            "“a gift to smugglers and thieves.” Vane said.",
            "“a gift to smugglers and thieves,” said Vane.",
            "Vane said: “a gift to smugglers and thieves”",
            "Vane: “a gift to smugglers and thieves”",
        ):
            outcome = verify(DraftSentence(text=told, sids=("s1", "s2")), sources)
            assert outcome.outcome != "supported", told
            assert "names no such speaker" in (outcome.note or "")


PARAGRAPHS = (
    "Two firms will build the trams, with a contract to be signed in Osk.\n\n"
    "Speaking on Friday, Mayor Ida Holm revealed that the first would run in May. She hoped to sell them in Osk."
)


def test_a_name_does_not_run_on_into_the_next_paragraph() -> None:
    key = ("a2", "v1")
    items = sentences_of(key, PARAGRAPHS, "Trams for Esk")
    evidence = Evidence(sentences=items, texts={key: PARAGRAPHS}, statements=())

    def outcome(text: str, *, speaker: str | None = None) -> str:
        part = Fragment(start=0, end=20, text=PARAGRAPHS[:20])
        statement = Statement(
            speaker=speaker, kind="indirect", source=None, cue=None, content=(part,), text=part.text,
            article_id=key[0], version=key[1],
        )  # fmt: skip
        draft = DraftSentence(text=text, sids=("s1", "s2"), statement=statement if speaker else None)
        return verify(draft, evidence).outcome

    assert outcome("A contract for the trams is to be signed in Osk.") == "supported"
    assert outcome("A contract for the trams is to be signed in Esk.") != "supported"
    assert outcome(f"Ida Holm: {items[0].text}", speaker="Ida Holm") == "supported"  # word for word
    assert outcome(f"Ida Holm: {items[0].text.replace('Two', 'Three')}", speaker="Ida Holm") != "supported"
