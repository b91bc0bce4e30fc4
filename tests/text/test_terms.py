"""Words for comparing: a noun of action stands under its verb, and no other word does."""

from __future__ import annotations

import pytest

from rag.text.terms import stem


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("ratification", "ratify"),
        ("production", "produce"),
        ("exclusion", "exclude"),
        ("invasion", "invade"),
        ("expansion", "expand"),
        ("extension", "extend"),
        ("decision", "decided"),
        ("permission", "permitted"),
        ("destruction", "destroyed"),
        ("response", "responds"),
        ("denials", "denied"),
    ],
)
def test_a_noun_of_action_is_its_verb(noun: str, verb: str) -> None:
    assert stem(noun) == stem(verb)


@pytest.mark.parametrize(("form", "base"), [("won", "win"), ("stolen", "steal"), ("fell", "fall"), ("said", "say")])
def test_an_irregular_form_has_the_stem_of_its_base(form: str, base: str) -> None:
    assert stem(form) == stem(base)


@pytest.mark.parametrize(("one", "other"), [("tension", "tend"), ("commission", "commit"), ("nation", "nate")])
def test_other_words_with_such_an_ending_stay_themselves(one: str, other: str) -> None:
    assert stem(one) != stem(other)
