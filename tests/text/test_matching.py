"""Where a text has the words of a search."""

from __future__ import annotations

from rag.text.matching import best_match


def test_the_match_is_a_whole_sentence_with_the_words_of_the_same_stem() -> None:
    text = "Rain fell. A judge said he had never been a U.S. citizen, immigrants’ lawyers said. More rain fell."
    match = best_match(text, "immigration")
    assert match
    assert match.sentence == match.span.of(text)
    assert match.sentence == "A judge said he had never been a U.S. citizen, immigrants’ lawyers said."
    assert [span.of(match.sentence) for span in match.words] == ["immigrants"]
    assert best_match(text, "zeppelin") is None


def test_a_quoted_phrase_matches_to_the_letter() -> None:
    match = best_match("The rain fell. Rains fall.", "“rains fall”")
    assert match
    assert match.sentence == "Rains fall."
    assert best_match("The rain fell.", '"rain falls"') is None


def test_the_sentence_with_most_of_the_words_is_shown_and_the_headline_only_if_nothing_else_has_one() -> None:
    text = "Harbour levy to rise\n\nA levy is due. The harbour levy rises in May. The harbour levy was low."
    match = best_match(text, "harbour levy", "Harbour levy to rise")
    assert match
    assert match.sentence == "The harbour levy rises in May."
    alone = best_match("Harbour levy to rise\n\nIt rises in May.", "harbour", "Harbour levy to rise")
    assert alone
    assert alone.sentence == "Harbour levy to rise"
