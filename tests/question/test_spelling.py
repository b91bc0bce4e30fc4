from __future__ import annotations

import pytest

from rag.question.spelling import edit_distance, repair_spelling

KNOWN = frozenset("ida holm tram council say".split())
NEAR = ("The council said the hospital tram would be cheaper than the mayor had feared.", "Hospital tram in Europe")
SPEAKERS = ("ida holm", "serhiy voloshyn", "yevhen hrabar", "mayor lindgren")


@pytest.mark.parametrize(
    ("misspelt", "corrected"),
    [
        ("What did the coucnil say?", "What did the council say?"),
        ("When will teh tram reach the hopsital?", "When will the tram reach the hospital?"),
        ("Wat did the council say?", "What did the council say?"),
        ("What did the European Union say?", "What did the European Union say?"),  # no slip for "Europe"
        ("Why doesn't the council pay?", "Why doesn't the council pay?"),
        ("Who died there?", "Who died there?"),  # an English word, and no "did"
        ("What did Lindgrem say?", "What did Lindgren say?"),
        ("What did Sergei Voloshin say?", "What did Serhiy Voloshyn say?"),
        ("What did Evgeny Grabar say?", "What did Yevhen Hrabar say?"),  # the same letters in two languages
        ("What did Stefan Voloshyn say?", "What did Stefan Voloshyn say?"),  # another person of that surname
        ("What did Hahn say?", "What did Hahn say?"),  # too short to be anybody but Hahn
        ("What about zymurgy?", "What about zymurgy?"),
        ("Will the clinic pay?", "Will the hospital pay?"),
        ("Was the hospital clinic paid?", "Was the hospital clinic paid?"),  # the question has the synonym itself
        ("Who may clinic there?", "Who may clinic there?"),  # where no noun stands, a synonym might be another word
        ("What did the major say?", "What did the mayor say?"),  # a word, and a slip for a title
    ],
)
def test_misspelt_words_are_corrected(misspelt: str, corrected: str) -> None:
    repair = repair_spelling(misspelt, is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore=())
    assert repair.text == corrected
    for item in repair.readings(misspelt):
        assert misspelt[item.start : item.end] == item.text
        assert item.note == f"Searched for {item.value}"


def test_a_synonym_is_rather_a_word_of_the_table_than_another_with_its_stem() -> None:
    texts = ["The rule of law is a rule of thumb.", "The ruling came on Monday."]
    repair = repair_spelling(
        "Who liked the verdict?", is_known=lambda word: word == "liked", texts=texts, speakers=(), ignore=()
    )

    assert repair.text == "Who liked the ruling?"


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("They stayed in contact.", "How long is the contract?"),
        ("They stayed in contact about the deal.", "How long is the deal?"),
    ],
)
def test_an_english_word_is_no_slip_for_another_but_has_synonyms(text: str, corrected: str) -> None:
    repair = repair_spelling(
        "How long is the contract?", is_known=lambda word: False, texts=[text], speakers=(), ignore=()
    )

    assert repair.text == corrected


def test_a_replacement_that_the_reader_rejected_is_not_made() -> None:
    repair = repair_spelling(
        "The coucnil?", is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore={"council"}
    )
    assert repair.replacements == ()


def test_offsets_map_back_to_the_original_question() -> None:
    misspelt = "Will teh hosptial tram come?"
    repair = repair_spelling(misspelt, is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore=())
    at = repair.text.index("tram")
    assert misspelt[repair.original_offset(at) :].startswith("tram")


@pytest.mark.parametrize(
    ("one", "other", "off"), [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abcd", 1), ("abc", "xyz", 3)]
)
def test_edit_distance(one: str, other: str, off: int) -> None:
    assert edit_distance(one, other, 3) == off


def test_another_form_of_a_word_is_searched_for_and_not_shown() -> None:
    question = repair_spelling(
        "Which hospitals agree?", is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore=()
    )
    assert question.text == "Which hospital agree?"
    assert question.readings("Which hospitals agree?") == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What is Norways position?", "What is Norway’s position?"),
        ("what is norways stance on herring", "what is Norway’s stance on herring"),
        ("Whats Norways position on herring?", "What is Norway’s position on herring?"),
        ("What is Norways positon?", "What is Norway’s position?"),
        ("What is holms position on the tram?", "What is Holm’s position on the tram?"),
        ("What is Mayors position?", "What is Mayor’s position?"),  # a name that the articles have
        ("What are the turkeys positions in the barn?", "What are the turkeys positions in the barn?"),
        ("Who plucks turkeys in Norway?", "Who plucks turkeys in Norway?"),
        ("What is Brussels position?", "What is Brussels position?"),
        ("What is the Netherlands position?", "What is the Netherlands position?"),
    ],
)
def test_an_apostrophe_that_was_left_out_is_put_back(typed: str, meant: str) -> None:
    repair = repair_spelling(typed, is_known=lambda word: word in KNOWN, texts=NEAR, speakers=SPEAKERS, ignore=())
    assert repair.text == meant
    if typed != meant:
        assert any("’" in item.value or item.value == "position" for item in repair.readings(typed))


def test_an_apostrophe_that_the_reader_does_not_want_is_left_out() -> None:
    repair = repair_spelling(
        "What is Norways position?", is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore={"norways"}
    )
    assert repair.text == "What is Norways position?"


@pytest.mark.parametrize("text", ["0", "?", "…"])
def test_a_text_without_words_stays_as_it_is(text: str) -> None:
    assert repair_spelling(text, is_known=KNOWN.__contains__, texts=NEAR, speakers=SPEAKERS, ignore=()).text == text
