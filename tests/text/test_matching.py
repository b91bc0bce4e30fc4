"""Where a text has the words of a search."""

from __future__ import annotations

from rag.text.matching import first_match


def test_the_first_match_is_a_whole_sentence_with_the_words_of_the_same_stem() -> None:
    text = "Rain fell. A judge said he had never been a U.S. citizen, immigrants’ lawyers said. More rain fell."
    match = first_match(text, "immigration")
    assert match
    assert match.sentence == match.span.of(text)
    assert match.sentence == "A judge said he had never been a U.S. citizen, immigrants’ lawyers said."
    assert [span.of(match.sentence) for span in match.words] == ["immigrants"]
    assert first_match(text, "zeppelin") is None


def test_a_quoted_phrase_matches_to_the_letter() -> None:
    match = first_match("The rain fell. Rains fall.", "“rains fall”")
    assert match
    assert match.sentence == "Rains fall."
    assert first_match("The rain fell.", '"rain falls"') is None
