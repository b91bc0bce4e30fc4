"""Whether two names may be forms of one."""

from __future__ import annotations

import pytest

from rag.text.name_forms import same_name, same_person, spelled


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lund", "Lund", True),
        ("Minister Ada Lund", "Dr Ada Lund", True),
        ("A. Lund", "Ada Lund", True),
        ("Ada Lund", "Bo Lund", False),
        ("Ada Lund", "Ada Marsh", False),
        ("Ada", "Ada Lund", True),
        ("Ada", "Ada Mora Lund", False),
        ("Ada Mora Lund", "Mora Lund", True),
        ("Bill Lund", "William Lund", True),
        ("Oleh Zelensky", "Zelenskyy", True),
        ("the minister", "Lund", False),
        ("", "Lund", False),
    ],
)
def test_names_are_one_in_their_longer_and_shorter_forms(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("Ada Lund", "Ada Mora Lund", True),
        ("Mora Ada Lund", "Ada Mora Lund", False),
        ("J.P. Lund", "Jan Paul Lund", True),
        ("Bob Lund", "Robert Lund", True),
        ("Ada Lund", "Bea Lund", False),
        ("Lund", "Ada Lund", False),
        ("Ada Mora Lund", "Ada Lund", False),
    ],
)
def test_a_shorter_form_has_the_words_of_the_full_name_in_order(short: str, full: str, same: bool) -> None:
    assert same_person(short, full) is same


def test_spellings_of_other_scripts_share_a_key_and_short_names_are_as_they_are() -> None:
    assert spelled("zelenskyy") == spelled("zelensky") == spelled("zelenskiy")
    assert spelled("alexejew") == spelled("alexeyev")
    assert (spelled("lund"), spelled("lind")) == ("lund", "lind")
