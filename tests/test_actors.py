"""Actors of a library, through the door: one name for one, merged and split by hand, kept over rereading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Newsroom, Settings, UnknownActor, UnusableInput

WORDS = "Bo Marsh said on Monday that the harbour levy would rise."


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path)) as made:
        made.add_text(
            "Ukraine's interior minister, Bo Marsh, said the pier was safe.", title="Pier", published="2024-03-01"
        )
        made.add_text(WORDS, title="Levy", published="2024-03-05")
        made.add_text("The harbour levy is wrong, Robert Marsh said.", title="Reply", published="2024-03-06")
        made.wait()
        yield made


def test_a_minister_keeps_the_country_that_another_article_gives(room: Newsroom) -> None:
    (item,) = [one for one in room.statements(actor="Ukraine") if "levy" in one.text]
    assert (item.speaker, item.on_behalf_of, item.on_behalf_of_inferred) == ("Bo Marsh", "Ukraine", True)
    assert "levy would rise" in room.ask("What did the interior minister say about the levy?").answer


def test_actors_are_merged_and_split_by_hand_and_stay_so(room: Newsroom) -> None:
    merged = room.merge_actors("Bo Marsh", "Robert Marsh")
    assert (merged.name, merged.aliases, merged.decided) == ("Bo Marsh", ("Robert Marsh",), True)
    assert len(room.statements(actor="Bo Marsh")) == 3
    room.reindex()
    room.wait()
    assert room.actor("Robert Marsh").name == "Bo Marsh"
    assert [one.title for one in room.actor_articles("Bo Marsh")] == ["Reply", "Levy", "Pier"]
    assert room.split_actor("Bo Marsh", "Robert Marsh").name == "Robert Marsh"
    assert len(room.statements(actor="Bo Marsh")) == 2
    assert not room.reset_actor("Bo Marsh").decided


def test_what_cannot_be_merged_or_split_is_said(room: Newsroom) -> None:
    with pytest.raises(UnknownActor, match="Nobody Atall"):
        room.merge_actors("Bo Marsh", "Nobody Atall")
    with pytest.raises(UnusableInput, match="no name of"):
        room.split_actor("Bo Marsh", "Robert Marsh")
