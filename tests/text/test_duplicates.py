from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.text.duplicates import compare, copies, is_copy, minhash_keys

LEAD = (
    "The town council of Eastmere agreed on Thursday to reopen the tram line to the harbour, which was closed in 1994."
)
WIRE = "\n\n".join(
    [
        LEAD,
        (
            "“We will not raise the fare,” the mayor, Ada Nolan, told the council. “That is a promise, and I "
            "intend to keep it.”"
        ),
        (
            "Work begins in May, according to the transport office of Eastmere, and should take two years. "
            "The town borrows nothing beyond the 11 million that the ministry in Westport granted."
        ),
        (
            "Opponents doubt the figures. Rex Weir, who leads the Ratepayers' League, said that the bridge "
            "alone would eat up half of the money and that the council knew it when it voted."
        ),
        (
            "The line carried 4,000 people a day before the ferries stopped, as the books of the Harbour "
            "Tramway Company show, and it never made a loss in the 61 years of its life."
        ),
        (
            "The last tram left the harbour on a wet Sunday in October with three people and a dog on board, "
            "and the driver rang the bell all the way up Mill Street."
        ),
    ]
)

EDITED = WIRE.replace("agreed on Thursday", "on Thursday agreed").replace("Opponents doubt", "Critics question")
CUT = "\n\n".join(WIRE.split("\n\n")[:3])
INNER_CUT = "\n\n".join(paragraph for paragraph in WIRE.split("\n\n") if not paragraph.startswith("Opponents"))
CORRECTED = WIRE.replace("4,000 people", "4,100 people")
RESPELLED = WIRE.replace("Weir", "Wier")
REWRAPPED = WIRE.replace("“", '"').replace("”", '"').replace("\n\n", "\n").upper()
FOLLOW_UP = f"""Work on the line to Eastmere harbour stopped on Friday: divers had found two mines below the bridge.

“Nobody goes near it until the navy has been,” said Captain Olaf Brandt of the port authority.

{WIRE}"""
NEW_STATEMENT = (
    f"{WIRE}\n\nThe union has its doubts. “Two years is what it took them to paint the station,” its secretary said."
)
SIBLING = (
    WIRE.replace("Eastmere", "Northcliff")
    .replace("Ada Nolan", "Bo Larsen")
    .replace("Rex Weir", "Ida Quist")
    .replace("11 million", "7 million")
    .replace("4,000", "2,500")
    .replace("61 years", "48 years")
    .replace("1994", "1987")
)
TEMPLATE = (
    "The unemployment rate in {} was {} percent in {}, the state office of labor said. It had been {} percent "
    "in the month before. Employers in {} added {} jobs, most of them in health care and in building."
)
TEXAS = TEMPLATE.format("Texas", "4.1", "May", "4.3", "Texas", "12,400")
FLORIDA = TEMPLATE.format("Florida", "3.9", "May", "3.8", "Florida", "9,100")
UNRELATED = (
    "A bakery on Mill Street was chosen as the best of the county for the third time. Its owner, who rises at "
    "two, said that she would now sleep until four, once, and that the bread would not forgive her."
)


@pytest.mark.parametrize(
    "copy",
    [WIRE, EDITED, CUT, INNER_CUT, RESPELLED, REWRAPPED],
    ids=["same", "edited", "cut", "cut within", "respelled", "rewrapped"],
)
def test_a_wire_copy_brings_nothing_new(copy: str) -> None:
    assert is_copy(copy, WIRE)
    assert set(minhash_keys(copy)) & set(minhash_keys(WIRE))


@pytest.mark.parametrize("later", [FOLLOW_UP, NEW_STATEMENT, SIBLING], ids=["follow-up", "statement", "sibling"])
def test_what_brings_new_facts_or_statements_is_no_copy(later: str) -> None:
    assert not is_copy(later, WIRE)


def test_siblings_of_a_template_are_no_copies_of_each_other() -> None:
    assert not is_copy(TEXAS, FLORIDA)
    assert not is_copy(FLORIDA, TEXAS)
    assert not is_copy(WIRE, SIBLING)


def test_the_whole_is_no_copy_of_what_was_cut_from_it() -> None:
    assert not is_copy(WIRE, CUT)


def test_the_comparison_says_what_is_new() -> None:
    result = compare(NEW_STATEMENT, WIRE)
    assert result.new_quotations == ("Two years is what it took them to paint the station,",)
    assert {"northcliff", "larsen", "7000000"} <= set(compare(SIBLING, WIRE).new_facts)
    assert compare(UNRELATED, WIRE).shared < 0.1


def test_pairs_are_found_by_their_keys_and_settled_by_comparison() -> None:
    texts = [WIRE, UNRELATED, EDITED, SIBLING, FOLLOW_UP, CUT, TEXAS, FLORIDA]
    assert set(copies(texts[:4])) == {(0, 2)}
    assert {pair for pair in copies(texts) if 4 not in pair} == {(0, 2), (0, 5), (2, 5)}


def test_texts_that_have_nothing_in_common_share_no_key() -> None:
    assert not set(minhash_keys(UNRELATED)) & set(minhash_keys(WIRE))


def test_keys_fit_the_integers_of_a_database_and_stay_the_same() -> None:
    assert minhash_keys(WIRE) == minhash_keys(WIRE)
    assert len(minhash_keys(WIRE)) == 40
    assert all(-(2**63) <= key < 2**63 for key in minhash_keys(WIRE))


@pytest.mark.parametrize("text", ["", " ", "One", "Two words", "…"])
def test_a_text_of_a_few_words_has_keys_and_is_a_copy_of_itself_alone(text: str) -> None:
    assert len(minhash_keys(text)) == 40
    assert is_copy(text, text)
    assert not is_copy(text, WIRE)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_compare(text: str, other: str) -> None:
    assert is_copy(text, text)
    assert 0 <= compare(text, other).shared <= 1


@given(st.integers(0, 120), st.sampled_from(["moreover", "x"]))
def test_one_word_more_anywhere_leaves_a_copy_a_copy(at: int, word: str) -> None:
    words = WIRE.split(" ")
    assume(words[at - 1 : at + 1] != ["11", "million"])  # that would be another number
    copy = " ".join([*words[:at], word, *words[at:]])
    assert is_copy(copy, WIRE)
    assert set(minhash_keys(copy)) & set(minhash_keys(WIRE))
