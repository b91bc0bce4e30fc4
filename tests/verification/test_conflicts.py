"""Where sources contradict each other both sides are found; where they only differ in words nothing is."""

from __future__ import annotations

from datetime import date

import pytest

from rag import Newsroom
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.text.sentences import sentences
from rag.verification.citation_ledger import CitationLedger
from rag.verification.conflicts import disagreements, show_both_sides
from rag.verification.counts import casualty_counts


def evidence(*texts: str, statements: tuple[Statement, ...] = ()) -> Evidence:
    found: list[EvidenceSentence] = []
    for number, text in enumerate(texts, start=1):
        for span in sentences(text):
            found.append(
                EvidenceSentence(
                    sid=f"s{len(found) + 1}", article_id=f"a{number}", version="1", start=span.start, end=span.end,
                    text=span.of(text), title="", outlet=f"Outlet {number}", published=date(2022, 2, number),
                )
            )  # fmt: skip
    keys = {(f"a{number}", "1"): text for number, text in enumerate(texts, start=1)}
    return Evidence(sentences=tuple(found), texts=keys, statements=statements)


@pytest.mark.parametrize(
    ("one", "other", "rule", "about"),
    [
        (
            "The fire at the harbour in Esk killed 12 people on Monday.",
            "The fire at the harbour in Esk killed 15 people on Monday.",
            "exchange",
            "“12” or “15”",
        ),
        (
            "The treaty was signed in Esk by Hanna Weld on Monday.",
            "The treaty was signed in Esk by Boris Vane on Monday.",
            "exchange",
            "“Hanna Weld” or “Boris Vane”",
        ),
        (
            "Rescue workers say that the fire at the harbour killed 12 sailors.",
            "The harbour fire killed 31 sailors, the mayor said after visiting the rescue workers.",
            "figure",
            "how many sailors: 12 or 31",
        ),
        (
            "The strike by a drone violated the July ceasefire, critics said.",
            "The president said that the drone strike did not violate the July ceasefire.",
            "denial",
            "whether the drone strike did violate the July ceasefire",
        ),
        (
            "Nine people died when the fuel depot at Esk blew up, hospital officials said.",
            "The explosion at the Esk fuel depot killed 14 people on Monday.",
            "figure",
            "how many people: nine or 14",
        ),
        (
            "Nine died when the fuel depot at Esk went up in flames on Monday, hospital officials said.",
            "The blaze at the Esk fuel depot killed 14 on Monday, and the mayor came.",
            "figure",
            "how many were killed: nine or 14",
        ),
        (
            "Fire chief Ida Holm said that the blaze was caused by a gas leak.",
            "Investigators ruled out a gas leak and said that the fire was set on purpose.",
            "denial",
            "“gas leak”",
        ),
        (
            "“The pilots ignored our signals,” harbour master Ole Brandt said.",
            "Sudria Tankers, which owns the ship, denied that the pilots had ignored signals.",
            "denial",
            "whether the pilots had ignored signals",
        ),
    ],
)
def test_a_contradiction_is_found_from_both_sides(one: str, other: str, rule: str, about: str) -> None:
    sources = evidence(one, other)
    (found,) = disagreements(sources, sources.sentences[:1])
    assert (found.rule, found.about) == (rule, about)
    (again,) = disagreements(sources, sources.sentences[1:])
    assert {item.sid for item in again.sides} == {item.sid for item in found.sides}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The fire killed 12 people in Esk on Monday.", "The fire in Esk on Monday killed twelve people."),
        ("The harbour handled 1,500 ships in 2021.", "The harbour handled about 1,500 ships in 2021."),
        ("Weld said that Norland will not sign the deal.", "Vane said that Norland will not sign the deal."),
        ("The plan costs 5 million dollars.", "The mayor of Esk has three children."),
        ("Turkey will build drones in Ukraine next year.", "Ankara will build drones in Ukraine next year."),
        ("At least nine died when the depot at Esk blew up.", "The explosion at the Esk depot killed 14 people."),
        ("Nine people died when the depot at Esk blew up.", "A depot in Lund blew up and killed 14 people."),
        ("Holm denied that the depot at Esk will reopen.", "The depot at Esk killed 14 people, Holm said."),
        ("The bank did not raise interest rates, Holm said.", "The bank of Holm talked about interest rates."),
        (
            "At least 30 people died when the roof of the hall in Esk fell in.",
            "A roof in Esk fell in, killing 33 people.",
        ),
        ("At least 30 people died at the hall in Esk on Monday.", "At the hall in Esk 33 people died on Monday."),
        (
            "The pact between Norland and Sudria specifically bans the use of trawlers near the reef.",
            "The pact specifically rules out trawlers near the reef, Norland said.",
        ),
        (
            "Vane criticised Weld for failing to mention the looming rise of the harbour tax.",
            "Weld's harbour tax rebate was lower than what Vane offered, the minister said.",
        ),
        (
            "The silence is an indictment of the failure of harbour groups, Weld said.",
            "The influence of harbour groups has fuelled doubts, the chief of Vane's union said.",
        ),
        (
            "The clinic could not treat patients for a week, Weld said.",
            "Doctors from Sudria came to treat patients with burns.",
        ),
        (
            "“Weld will publish his harbour accounts after the review,” Vane said.",
            "Weld said that he did not publish his harbour accounts because of the review.",
        ),
        (
            "Weld voted against the harbour bill of $1.1 billion for Esk, the union said.",
            "Vane had called for a harbour bill of $1.9 billion for Esk.",
        ),
        (
            "The prime minister says that it is time for the harbour master to pay.",
            "Weld challenged the harbour master to deny that he had told the prime minister a lie.",
        ),
        ("The harbour has 16 boats and 40 sailors.", "The harbour of Esk has 40 sailors and 16 boats."),
    ],
)
def test_other_words_for_the_same_are_no_contradiction(one: str, other: str) -> None:
    sources = evidence(one, other)
    assert (
        not [item for item in disagreements(sources, sources.sentences[:1]) if item.rule != "exchange"]
        or "Vane" in other
    )


def test_a_denial_of_a_word_in_another_connection_is_no_contradiction() -> None:
    sources = evidence(
        "Norland is not signing agreements that target another country, Weld said.",
        "The agreement of the country with another will be read once it is signed, Vane said.",
    )
    assert disagreements(sources, sources.sentences[:1]) == []
    sources = evidence(
        "Norland is not signing agreements with another country, Weld said.",
        "Norland is signing agreements with another country, Weld said.",
    )
    assert [item.rule for item in disagreements(sources, sources.sentences[:1])] == ["denial"]


def test_two_sentences_of_one_article_do_not_contradict_each_other() -> None:
    sources = evidence("The fire at the harbour killed 12 people. Later the fire at the harbour killed 15 people.")
    assert disagreements(sources, sources.sentences) == []


def test_a_sentence_that_denies_this_is_the_other_side_of_the_one_before() -> None:
    sources = evidence("Western leaders say that troops are gathering at the border. The Kremlin has denied this.")
    (found,) = disagreements(sources, sources.sentences[:1])
    assert found.rule == "denial"
    assert [item.sid for item in found.sides] == ["s1", "s2"]


def test_a_denial_of_something_of_its_own_is_not_of_the_sentence_before() -> None:
    sources = evidence("The depot exploded on Monday. Vane denied that the depot will reopen in May.")
    assert disagreements(sources, sources.sentences) == []


def test_a_correction_outranks_what_it_corrects() -> None:
    sources = evidence(
        "The fire at the harbour in Esk killed 15 people on Monday.",
        "The fire at the harbour in Esk killed 12 people on Monday.\n\n"
        "Correction: An earlier version of this article said that 15 people died.",
    )
    (found,) = disagreements(sources, sources.sentences[:1])
    assert found.corrected
    assert "12" in found.sides[0].text
    assert "corrected" in found.about


def test_the_side_that_nobody_cited_is_entered_in_its_own_words() -> None:
    sources = evidence(
        "The fire at the harbour in Esk killed 12 people on Monday.",
        "The fire at the harbour in Esk killed 15 people on Monday.",
    )
    book = CitationLedger()
    book.admit(DraftSentence(text=sources.sentences[0].text, sids=("s1",), kind="reported"), sources)
    events, (conflict,) = show_both_sides(book, sources)
    assert len(events) == 1
    assert conflict.sides == ((1,), (2,))
    assert [item.quote for item in book.citations] == [item.text for item in sources.sentences]
    assert show_both_sides(CitationLedger(), sources) == ([], [])


def test_the_sample_articles_disagree_on_troops(sample: Newsroom) -> None:
    answer = sample.ask("Are Russian troops gathering at the border before an incursion?")
    assert answer.conflicts
    messages = {item.n: item.quote for item in answer.citations}
    sides = [" ".join(messages[n] for n in side) for side in answer.conflicts[0].sides]
    assert "gathering" in sides[0]
    assert "denied" in sides[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Mayor Ida Holm has yet to endorse the harbour plan of Jon Lund, her office said.",
            "Mayor Ida Holm endorsed the harbour plan of Jon Lund on Friday.",
        ),
        ("Ostra said some could not afford to wait.", "Bo Krell called the company only to be told to wait for hours."),
    ],
)
def test_what_came_later_or_was_no_charge_contradicts_nothing(one: str, other: str) -> None:
    sources = evidence(one, other)
    assert disagreements(sources, sources.sentences) == []


@pytest.mark.parametrize(
    ("text", "exact", "rough"),
    [
        ("The fire killed 12 people.", {"killed": "12"}, {"killed": "12"}),
        ("The fire killed at least 12 people.", {}, {"killed": "12"}),
        (
            "In the fire 12 people were killed and 8 others were hurt.",
            {"killed": "12", "injured": "8"},
            {"killed": "12", "injured": "8"},
        ),
        (
            "The fire killed 12 people and wounded 8.",
            {"killed": "12", "injured": "8"},
            {"killed": "12", "injured": "8"},
        ),
    ],
)
def test_a_number_of_victims_belongs_to_what_befell_them(
    text: str, exact: dict[str, str], rough: dict[str, str]
) -> None:
    assert casualty_counts(text) == exact
    assert casualty_counts(text, exact=False) == rough
