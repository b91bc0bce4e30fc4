"""Copies that differ in a fact are no copies; versions of one story in another house's style are."""

from __future__ import annotations

import pytest

from rag.text.differences import differences, news_of
from rag.text.duplicates import is_copy, minhash_keys, near_copy
from tests.text import wire

STORY = (
    "About 60 people lost their work when fire destroyed the Orm tannery on Sunday, its owner, Siv Hall, said.\n\n"
    "No one was hurt. Hall denied that the tannery was insured twice. It will reopen in May 2025 and cost 3 million "
    "euros.\n\n"
    "The fire chief, Odd Moe, said the river 4 kilometres away had been too low. He had asked for six new pumps."
)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("60 people", "80 people", "60 / 80 people"),
        ("60 people", "sixteen people", "60 / sixteen people"),
        ("six new pumps", "nine new pumps", "six / nine"),
        ("3 million", "3 billion", "3 million / 3 billion euros"),
        ("euros", "dollars", "euros / dollars"),
        ("4 kilometres", "4 miles", "kilometres / miles"),
        ("denied", "confirmed", "denied / confirmed"),
        ("denied", "admitted", "denied / admitted"),
        ("No one was", "Someone was", "No one / Someone"),
        ("will reopen", "will not reopen", "not reopen"),
        ("will reopen", "may reopen", "will / may"),
        ("will reopen", "would reopen", "will / would"),
        ("too low", "too high", "low / high"),
        ("on Sunday", "on Friday", "Sunday / Friday"),
        ("in May 2025", "in June 2025", "May / June"),
        ("May 2025", "May 2026", "2025 / 2026"),
        ("Odd Moe", "Finn Bakke", "Odd Moe / Finn Bakke"),
        ("Orm tannery", "Esk tannery", "Orm / Esk"),
    ],
)
def test_a_changed_fact_keeps_a_copy_apart_and_is_named(before: str, after: str, told: str) -> None:
    changed_text = STORY.replace(before, after)
    assert changed_text != STORY
    assert not is_copy(changed_text, STORY)
    assert not is_copy(STORY, changed_text)
    assert told.split(" / ")[0] in str(near_copy(changed_text, STORY))
    if " / " in told:
        assert told in str(near_copy(changed_text, STORY))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("60 people", "sixty people"),
        ("3 million euros", "€3m"),
        ("3 million euros", "3,000,000 euros"),
        ("4 kilometres", "4 km"),
        ("4 kilometres", "4 kilometres (2.5 miles)"),
        ("No one", "Nobody"),
        ("was insured", "had been insured"),
        ("Odd Moe", "Od Moe"),
        ("on Sunday, its owner, Siv Hall, said", "Sunday, according to its owner, Siv Hall"),
        ("The fire chief, Odd Moe, said", "Fire chief Odd Moe said"),
        (" He had asked for six new pumps.", ""),
        ("pumps.", "pumps. (Orm Wire)"),
        ("pumps.", "pumps.\n\nReporting by Ada Lund; editing by Bo Marsh"),
        ("About 60", "ORM, Norland (Orm Wire) — About 60"),
    ],
)
def test_the_style_of_a_house_is_no_difference(before: str, after: str) -> None:
    version = STORY.replace(before, after)
    assert version != STORY
    assert differences(version, STORY) == ()
    assert is_copy(version, STORY)


def test_credits_and_datelines_are_no_news() -> None:
    assert news_of("By Ada Lund\nORM, Norland (Orm Wire) - The mill burned down.\nOrm Wire") == "The mill burned down."
    assert news_of("The mill burned down.") == "The mill burned down."


@pytest.mark.parametrize("half", ["dev", "held"])
def test_versions_of_a_story_fold_and_what_differs_does_not(half: str) -> None:
    versions = [name for name, text, story in wire.pairs("version", half) if not _folds(text, story)]
    others = [name for name, text, story in wire.pairs("other", half) if _folds(text, story)]
    assert others == []
    assert len(versions) <= 1, versions


def _folds(text: str, story: str) -> bool:
    return bool(set(minhash_keys(text)) & set(minhash_keys(story))) and (is_copy(text, story) or is_copy(story, text))


def test_a_sum_of_money_right_before_another_number_is_read() -> None:
    text = "The yard paid $2 million 60 years ago."
    assert differences(text, text.replace("60", "80"))[0].shown(theirs_first=False) == "60 / 80 years"
