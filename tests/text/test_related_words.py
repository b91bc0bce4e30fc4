"""Words that mean the same or the opposite, by their stems."""

from __future__ import annotations

import pytest

from rag.text.related_words import has_similar, is_common, news_synonyms, opposite
from rag.text.terms import stem


@pytest.mark.parametrize(
    ("word", "other", "is_similar"),
    [("buy", "purchase", True), ("resign", "quit", True), ("ship", "vessel", True), ("ship", "harvest", False)],
)
def test_synonyms_of_the_news_are_similar(word: str, other: str, is_similar: bool) -> None:
    assert has_similar(stem(word), {"qqq", stem(other)}) is is_similar


def test_a_word_is_similar_to_itself_among_others() -> None:
    assert has_similar("qqq", {"qqq"})
    assert not has_similar("qqq", set())


def test_opposites_are_not_similar() -> None:
    assert opposite(stem("accept"), stem("reject"))
    assert not has_similar(stem("accept"), {stem("reject")})


def test_the_news_has_synonyms_of_its_own() -> None:
    assert stem("vessel") in news_synonyms(stem("ship"))
    assert news_synonyms("qqq") == frozenset()


def test_words_of_the_tables_are_common() -> None:
    assert is_common("ship")
    assert not is_common("tolm")
