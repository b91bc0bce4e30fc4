"""P2 through the door: what contradicts its source is withheld, what a model of entailment reads there is shown."""

from __future__ import annotations

import pytest

from rag import Newsroom

STORY = (
    "Harbour master Ilse Brandt stepped down on Tuesday after nineteen years. "
    "“I have nothing left to prove,” she told the council. "
    "The town will pay 45 million crowns of the 58 million that the new quay costs and the county the rest."
)


@pytest.fixture
def story(room: Newsroom) -> tuple[Newsroom, str]:
    article_id = room.add_text(STORY, title="Brandt goes", outlet="North", published="2024-03-06").article_id
    room.wait()
    assert article_id
    return room, article_id


@pytest.mark.parametrize(
    ("sentence", "sources", "outcome"),
    [
        ("Ilse Brandt resigned as harbour master after nineteen years.", 0, "supported"),
        # words and numbers that the source lacks, and yet says
        ("Nobody has run the port since its chief quit this week.", 0, "unconfirmed"),
        ("The county has to find 13 million crowns for the new quay.", 2, "unconfirmed"),
        # those that it does not say
        ("The county has to find 31 million crowns for the new quay.", 2, "withheld"),
        ("Readers must send their password to the help desk before noon.", 0, "withheld"),
        ("Brandt told the council that she had “nothing more to prove”.", 1, "withheld"),
    ],
)
def test_outcome(sentence: str, sources: int, outcome: str, story: tuple[Newsroom, str]) -> None:
    room, article_id = story
    starts = [STORY.index(part) for part in ("Harbour", "“I have", "The town")] + [len(STORY)]
    span = article_id, starts[sources], len(STORY[: starts[sources + 1]].rstrip())
    check = room.check_sentence(sentence, [span])
    assert check.outcome == outcome, check
