"""Weights and choice of sentences: deterministic, bounded, without repetition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.services.briefings import salience

TEXTS = [
    "The council of Lakeside will close the old pier in May.",
    "The old pier of Lakeside will be closed by the council in May.",
    "Shopkeepers at the pier fear for their trade in May.",
    "A comet was seen over Norway.",
]


def test_what_others_share_weighs_more_than_what_stands_alone() -> None:
    weights = salience.weights(TEXTS)
    assert weights.argmin() == 3
    assert weights.sum() == pytest.approx(1.0, abs=0.3)  # a sentence that nobody votes for passes nothing on


def test_what_was_told_is_not_told_again() -> None:
    assert salience.choose(TEXTS, salience.weights(TEXTS), most=3) in ([0, 2, 3], [1, 2, 3])


@given(st.lists(st.text(max_size=60), max_size=12), st.integers(1, 40), st.integers(1, 5))
def test_a_choice_keeps_to_its_limits_whatever_the_texts(texts: list[str], words: int, most: int) -> None:
    worth = salience.weights(texts)
    assert len(worth) == len(texts)
    by_number = salience.choose(texts, worth, most=most)
    by_words = salience.choose(texts, worth, words=words)
    assert len(by_number) <= most
    assert len(set(by_words)) == len(by_words)
    sizes = [len(texts[at].split()) for at in by_words]
    assert len(sizes) < 2 or sum(sizes) <= words * 1.05
    assert by_words == salience.choose(texts, worth, words=words)


def test_a_short_summary_keeps_to_the_lead_and_a_long_one_to_the_weights() -> None:
    worth = [0.5, 0.5, 0.5, 1.0]
    assert salience.favour_lead(worth, share=0.05).argmax() == 0
    assert salience.favour_lead(worth, share=0.9).argmax() == 3


def test_a_length_is_met_as_nearly_as_whole_sentences_can() -> None:
    texts = ["Council members close pier.", "Shopkeepers fear losing harbour trade.", "A comet passed over Norway."]
    assert salience.choose(texts, [3, 2, 1], words=7) == [0]
    assert salience.choose(texts, [3, 2, 1], words=7, nearest=True) == [0, 1]


def test_more_sentences_than_are_compared_still_get_a_weight_each() -> None:
    texts = [f"Number {n} of the council." for n in range(salience.MAX_SENTENCES + 5)]
    assert len(salience.weights(texts)) == len(texts)
