"""Articles counted, one side shown, and what was done since above what was said, each over a library of its own."""

from __future__ import annotations

from collections.abc import Callable

from rag import Newsroom

QUARRY = """
Quarry opens | Orla Post | 2024-02-01
The Orla quarry opened, its owner said. It is deep.

Doctor objects | Orla Post | 2024-02-03
Doctor Ida Holm said the Orla quarry was a disaster for the lungs.

Mayor glad | Orla Post | 2024-02-05
Mayor Per Lund welcomed the Orla quarry on Monday.

Choir sings | Orla Post | 2024-02-06
The choir sang in the rain.
"""
FERRY = """
Ferry || 2024-01-09
Mayor Per Lund said on Monday that the ferry would stay open.

Ferry || 2024-05-07
Mayor Per Lund said on Monday that the ferry would close soon.
"""
PACT = """
No pact || 2023-03-07
Sudria's trade minister, Ida Holm, said on Monday that Sudria would not join the Orla timber pact.

Pact || 2024-02-07
Sudria joined the Orla timber pact on Tuesday.
"""
JOINED = PACT.replace("Sudria joined", "Norland joined")
SUNK = """
Orla ferry sinks
The Orla ferry sank on Monday. Police said 14 people drowned.
"""
Library = Callable[[str], Newsroom]


def test_articles_are_counted_and_one_side_is_shown(library_of: Library) -> None:
    room = library_of(QUARRY)
    count = room.ask("How many articles mention the Orla quarry?")
    assert "3 articles mention “the Orla quarry”." in count.notices
    assert len({item.article_id for item in count.citations}) == 3
    against = room.ask("Who is against the Orla quarry?").answer
    assert "Holm" in against
    assert "Lund" not in against
    support = room.ask("Who supports the Orla quarry?").answer
    assert "Lund" in support
    assert "Holm" not in support
    everybody = room.ask("Who has commented on the Orla quarry?").answer
    assert "Lund" in everybody
    assert "Holm" in everybody
    assert "choir" not in everybody


def test_the_newest_comes_first_and_the_older_is_marked(library_of: Library) -> None:
    room = library_of(FERRY)
    first, second = room.ask("What is Per Lund's position on the ferry?").sentences
    assert ("close" in first.text, first.note) == (True, None)
    assert ("open" in second.text, second.note) == (True, "earlier, 8 Jan 2024")
    assert "open" not in room.ask("What is the latest Per Lund said about the ferry?").answer


def test_a_later_act_comes_before_an_earlier_statement(library_of: Library) -> None:
    first, second, *_ = library_of(PACT).ask("What is Sudria's position on the Orla timber pact?").sentences
    assert first.text.startswith("Sudria joined")
    assert second.note
    assert "superseded by what followed on 7 Feb 2024" in second.note


def test_an_act_of_somebody_else_supersedes_nothing(library_of: Library) -> None:
    question = "What are the positions of Sudria and Norland on the Orla timber pact?"
    sentences = library_of(JOINED).ask(question).sentences
    (refusal,) = [one for one in sentences if "would not join" in one.text]
    assert refusal.note == "earlier, 6 Mar 2023"


def test_the_value_asked_for_is_marked(library_of: Library) -> None:
    sentences = library_of(SUNK).ask("How many people drowned when the Orla ferry sank?").sentences
    assert [one.text[slice(*one.answer_span)] for one in sentences if one.answer_span] == ["14"]
