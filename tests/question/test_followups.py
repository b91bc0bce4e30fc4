"""Follow-up questions: what is put in, where from, and what is left as it was typed."""

from __future__ import annotations

import pytest

from rag.question.followups import Turn, rewrite_standalone
from rag.text.terms import content_words

POSITION = Turn("What is Turkey's stated position on the drones?")
SAID = Turn("What did Oleksii Reznikov say about the plant?", "Oleksii Reznikov: “We will build it.” [1]")
SPOKE = Turn("Who spoke on Monday?", "Ida Holm: “It will close.” [1]")
HAPPENED = Turn("What happened in the Donbass in October?", "Ukraine used a drone in the Donbass. [1]")


@pytest.mark.parametrize(
    ("typed", "turn", "whole"),
    [
        ("and Russia's?", POSITION, "What is Russia’s stated position on the drones?"),
        ("And Russia?", POSITION, "What is Russia’s stated position on the drones?"),
        ("what about NATO?", POSITION, "What is NATO’s stated position on the drones?"),
        ("what about ukraine?", POSITION, "What is ukraine’s stated position on the drones?"),
        ("What about the exports?", POSITION, "What is Turkey's stated position on the exports?"),
        ("And about the exports?", POSITION, "What is Turkey's stated position on the exports?"),
        ("and in November?", HAPPENED, "What happened in the Donbass in November?"),
        ("And in 2021?", POSITION, "What is Turkey's stated position on the drones in 2021?"),
        ("what about Zelensky?", SAID, "What did Zelensky say about the plant?"),
    ],
)
def test_a_swap_exchanges_the_part_of_the_same_kind(typed: str, turn: Turn, whole: str) -> None:
    assert rewrite_standalone(typed, [turn]) == whole


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("when was that?", "When was that, of “What happened in the Donbass in October?”"),
        ("Why?", "Why, of “What happened in the Donbass in October?”"),
        ("who said so?", "Who said so, of “What happened in the Donbass in October?”"),
        ("What day was that?", "When was that, of “What happened in the Donbass in October?”"),
        ("On which date was it?", "When was it, of “What happened in the Donbass in October?”"),
        ("When did she say that?", "When did she say that, of “What happened in the Donbass in October?”"),
    ],
)
def test_a_bare_question_word_is_asked_of_the_last_question(typed: str, whole: str) -> None:
    assert rewrite_standalone(typed, [HAPPENED]) == whole


@pytest.mark.parametrize(
    ("typed", "turn", "whole"),
    [
        ("did he deny it?", SAID, "did Oleksii Reznikov deny the plant?"),
        ("What is his role?", SAID, "What is Oleksii Reznikov’s role?"),
        ("Did it supply the drones?", POSITION, "Did Turkey supply the drones?"),
        ("What do they want?", POSITION, "What do Turkey want?"),
        ("What did he promise?", SPOKE, "What did Ida Holm promise?"),
    ],
)
def test_a_pronoun_gets_the_name_that_it_stands_for(typed: str, turn: Turn, whole: str) -> None:
    assert rewrite_standalone(typed, [turn]) == whole


@pytest.mark.parametrize(
    ("typed", "turn", "whole"),
    [
        (
            "How does that compare with what Putin said?",
            POSITION,
            "How does Turkey's stated position on the drones compare with what Putin said?",
        ),
        (
            "Does it differ from Norland's view?",
            Turn("What did Ida Holm and Jon Lund say about the pier?"),
            "Does what Ida Holm and Jon Lund did say about the pier differ from Norland's view?",
        ),
    ],
)
def test_a_comparison_keeps_both_parties(typed: str, turn: Turn, whole: str) -> None:
    assert rewrite_standalone(typed, [turn]) == whole


@pytest.mark.parametrize(
    "typed",
    [
        "What did Lavrov say about the ceasefire?",
        "Did Erdogan say that he would go?",
        "What happened in Kyiv in November?",
        "How many drones were sold?",
        "Is there a factory?",
    ],
)
def test_a_whole_question_is_left_alone(typed: str) -> None:
    assert rewrite_standalone(typed, [POSITION]) is None


def test_a_pronoun_with_nothing_to_stand_for_is_left_alone() -> None:
    assert rewrite_standalone("did he deny it?", [Turn("What happened?", "Nothing of note. [1]")]) is None


def test_without_earlier_questions_nothing_is_put_in() -> None:
    assert rewrite_standalone("and Russia's?", []) is None


def test_a_pronoun_reaches_past_a_turn_that_names_nobody() -> None:
    turns = [SAID, Turn("When was that?", "On Monday. [1]")]
    assert rewrite_standalone("What did he promise?", turns) == "What did Oleksii Reznikov promise?"


def test_every_word_put_in_comes_from_the_history() -> None:
    whole = rewrite_standalone("and Russia's?", [POSITION]) or ""
    assert whole
    given = f"and Russia's? {POSITION.question} {POSITION.answer}"
    assert set(content_words(whole)) <= set(content_words(given))
