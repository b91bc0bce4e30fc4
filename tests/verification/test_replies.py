from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.prompts import CANNOT_ANSWER, GOOD_LINES
from rag.verification.replies import MOST_IDS, MOST_OF_A_SENTENCE, MOST_SENTENCES, declines, read_reply

Drafts = list[tuple[str, tuple[str, ...]]]


def drafts(reply: str, size: int = 7) -> Drafts:
    """What a reply that comes in pieces of `size` characters makes."""
    pieces = [reply[at : at + size] for at in range(0, len(reply), size)]
    return [(draft.text, draft.sids) for draft in read_reply(pieces)]


SENTENCE = "The ferry leaves at noon."
FORMS = {
    "ids behind the full stop": (f"{SENTENCE} [s1]", ("s1",)),
    "ids before the full stop": ("The ferry leaves at noon [s1].", ("s1",)),
    "full stops on both sides": ("The ferry leaves at noon. [s1].", ("s1",)),
    "no blank": (f"{SENTENCE}[s1]", ("s1",)),
    "several groups": (f"{SENTENCE} [s1][s2] [s3]", ("s1", "s2", "s3")),
    "several in one group": (f"{SENTENCE} [s1, s2;s3 & s4 and s5 s6]", ("s1", "s2", "s3", "s4", "s5", "s6")),
    "a range": (f"{SENTENCE} [s1-s3]", ("s1", "s2", "s3")),
    "a range with a dash, half marked": (f"{SENTENCE} [s9–11]", ("s9", "s10", "s11")),
    "capital letters": (f"{SENTENCE} [S1]", ("s1",)),
    "bare numbers": (f"{SENTENCE} [1, 2]", ("s1", "s2")),
    "round brackets": (f"{SENTENCE} (s1, s2)", ("s1", "s2")),
    "lenticular brackets": (f"{SENTENCE} 【s1】", ("s1",)),
    "blanks inside": (f"{SENTENCE} [ s1 , s2 ]", ("s1", "s2")),
    "one id twice": (f"{SENTENCE} [s1] [s1]", ("s1",)),
    "ids in the middle": ("The ferry [s1] leaves at noon [s2].", ("s1", "s2")),
    "ids in front": (f"[s4] {SENTENCE}", ("s4",)),
    "a bullet": (f"- {SENTENCE} [s1]", ("s1",)),
    "a bullet in a quotation, bold": ("> * **The ferry** leaves at noon. [s1]", ("s1",)),
    "a numbered item": (f"12. {SENTENCE} [s1]", ("s1",)),
    "a heading": (f"## {SENTENCE} [s1]", ("s1",)),
    "leading zeros": (f"{SENTENCE} [s007]", ("s7",)),
    "carriage return": (f"{SENTENCE} [s1]\r\n", ("s1",)),
    "invisible characters": ("The fer\u200bry leaves\u202e at noon. [s1]", ("s1",)),
    "ids on the next line": (f"{SENTENCE}\n[s1]", ("s1",)),
    "ids behind a blank line, as a list": (f"{SENTENCE}\n\n- [s1], [s2]", ("s1", "s2")),
    "a line of sources": (f"{SENTENCE}\nSources: [s1][s2]\n", ("s1", "s2")),
    "sources in brackets": (f"{SENTENCE}\n(Source: s1)", ("s1",)),
    "bare ids on the next line": (f"{SENTENCE}\ns1, s2", ("s1", "s2")),
    "sources under a heading": (f"{SENTENCE}\n\n### Sources\n【s1】", ("s1",)),
    "a note behind the id": (f"{SENTENCE} 【s1†source】", ("s1",)),
    "notes with lines": (f"{SENTENCE} 【s1†L3-L9】【s2†L1】", ("s1", "s2")),
    "doubled brackets": (f"{SENTENCE} [[s1]]", ("s1",)),
    "a footnote": (f"{SENTENCE} [^s1]", ("s1",)),
    "a word before the ids": (f"{SENTENCE} [Sources: s1, s2]", ("s1", "s2")),
    "a bold heading": (f"**Answer**\n\n{SENTENCE} [s1]", ("s1",)),
    "a bold heading with a colon": (f"**Answer:** \n{SENTENCE} [s1]", ("s1",)),
    "headings": (f"# The ferry\n## Answer\n{SENTENCE} [s1]\n### Sources", ("s1",)),
    "a word as a heading": (f"Answer\n{SENTENCE} [s1]", ("s1",)),
    "a preamble": (f"Here is what the articles say:\n{SENTENCE} [s1]", ("s1",)),
    "no ids": (SENTENCE, ()),
    "a sentence in bold type": (f"**{SENTENCE}**", ()),
    "a sentence in bold type with ids below": (f"**{SENTENCE}**\n[s1]", ("s1",)),
}


@pytest.mark.parametrize(("reply", "sids"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("size", [1, 1000])
def test_forms_of_citing_are_read(reply: str, sids: tuple[str, ...], size: int) -> None:
    assert drafts(reply, size) == [(SENTENCE, sids)]


IMPOSSIBLE = {
    "too big": ("[s12345]", ("s12345",)),
    "a range too long": ("[s1-s9999]", ("s1-s9999",)),
    "a range backwards": ("[s9-s1]", ("s9-s1",)),
    "zero": ("[s0]", ("s0",)),
}


@pytest.mark.parametrize(("group", "sids"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_ids_are_kept_for_verification_to_refuse(group: str, sids: tuple[str, ...]) -> None:
    assert drafts(f"{SENTENCE} {group}") == [(SENTENCE, sids)]


@pytest.mark.parametrize(
    "brackets", ["[sic]", "(2022)", "[2022]", "[the mayor]", "[s]", "[s1x]", "[-1]", "[s-1]", "[]"]
)
def test_other_brackets_are_words_of_the_sentence(brackets: str) -> None:
    assert drafts(f"He {brackets} left.") == [(f"He {brackets} left.", ())]


def test_no_more_ids_than_a_reader_could_follow() -> None:
    ((_, sids),) = drafts(SENTENCE + "".join(f"[s{number}]" for number in range(1, 90)))
    assert len(sids) == MOST_IDS


def test_lines_and_sentences_with_ids_between_them_are_drafts_of_their_own() -> None:
    reply = "One sails. [s1] Two stays [s2]. “Three” sinks. [s3]\nFour\n\n[s5]\nFive, said the U.K. team. [s6] [s7]"
    expected: Drafts = [
        ("One sails.", ("s1",)),
        ("Two stays.", ("s2",)),
        ("“Three” sinks.", ("s3",)),
        ("Four", ("s5",)),
        ("Five, said the U.K. team.", ("s6", "s7")),
    ]
    assert all(drafts(reply, size) == expected for size in (1, 2, 3, 5, 1000))


def test_a_draft_comes_as_soon_as_it_is_complete() -> None:
    taken = 0

    def pieces() -> Iterator[str]:
        nonlocal taken
        for piece in ("One sails. [s1]\n", "Two stays. [s2] T", "hree sinks. [s3]"):
            taken += 1
            yield piece

    reading = read_reply(pieces())
    assert (next(reading).text, taken) == ("One sails.", 1)
    assert (next(reading).text, taken) == ("Two stays.", 2)
    assert (next(reading).text, taken) == ("Three sinks.", 3)


@pytest.mark.parametrize(
    "reply",
    [
        CANNOT_ANSWER,
        f"{CANNOT_ANSWER}.",
        f"**{CANNOT_ANSWER.lower()}**",
        f'"{CANNOT_ANSWER}" [s1]',
        "",
        "\n \n",
        "[s1]",
        "---",
    ],
)
def test_a_reply_that_claims_nothing_gives_no_draft(reply: str) -> None:
    assert drafts(reply) == []


def test_code_fences_are_left_out_and_preambles_cite_nothing() -> None:
    reply = f"Here is the answer:\n```markdown\n{SENTENCE} [s1]\n```"
    assert drafts(f"Here is what I found.\n{reply}") == [("Here is what I found.", ()), (SENTENCE, ("s1",))]


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\nIs it s2? [s2]\nNo.</think>\n{SENTENCE} [s1]",
        f"<think>a</think><THINK>b\n</THINK>{SENTENCE} [s1]",
        f"An opening tag that the server kept. </think>\n{SENTENCE} [s1]",
        f"{SENTENCE} [s1]\n<think>never closed. [s2]\nAnd on. [s3]",
    ],
)
def test_thoughts_are_left_out(reply: str) -> None:
    assert drafts(reply) == [(SENTENCE, ("s1",))]


def test_a_sentence_that_is_too_long_is_cut_and_cites_nothing() -> None:
    reply = f"The {'very ' * 4000}long. [s1]\n{SENTENCE} [s2]\n"
    (long, sids), after = drafts(reply)
    assert (len(long), sids) == (MOST_OF_A_SENTENCE, ())
    assert after == (SENTENCE, ("s2",))


CUT_OFF = {
    "in a word": (f"{SENTENCE} [s1]\nThe har", [(SENTENCE, ("s1",))]),
    "before the ids": (f"{SENTENCE} [s1]\nThe harbour closes.", [(SENTENCE, ("s1",))]),
    "in the ids": (f"{SENTENCE} [s1]\nThe harbour closes. [s", [(SENTENCE, ("s1",))]),
    "behind the ids": (f"{SENTENCE} [s1]", [(SENTENCE, ("s1",))]),
    "before ids of the next line": (f"{SENTENCE} [s1]\nThe harbour closes.\n", [(SENTENCE, ("s1",))]),
    "in the first sentence": ("The har", []),
}


@pytest.mark.parametrize(("reply", "expected"), CUT_OFF.values(), ids=CUT_OFF)
def test_half_a_sentence_of_a_reply_that_was_cut_off_is_no_draft(reply: str, expected: Drafts) -> None:
    assert [(item.text, item.sids) for item in read_reply([reply], cut_off=lambda: True)] == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (CANNOT_ANSWER, True),
        (f"<think>Is it? {CANNOT_ANSWER}\n</think>**{CANNOT_ANSWER}.**", True),
        (f"<think>\n{CANNOT_ANSWER}\n", False),
        ("", False),
        ("**Answer**", False),
    ],
)
def test_declining_is_told_from_saying_nothing(reply: str, expected: bool) -> None:
    assert declines(reply) is expected


def test_an_endless_reply_is_left_off() -> None:
    assert len(list(read_reply(repeat("More. [s1]\n")))) == MOST_SENTENCES
    assert len(list(read_reply(repeat("on and on " * 50)))) == 1
    assert list(read_reply(repeat("<think>\n" + "hm " * 300))) == []


@pytest.mark.large
@pytest.mark.parametrize(
    "filler", [" ", "[", "[s1", "[s1,", "(s1 ", "s1-", "*", "1. ", "[s1] ", ". [s1]", "<think>", "\u0301"]
)
def test_repetition_costs_no_time(filler: str) -> None:
    started = time.process_time()
    list(read_reply([filler * (100_000 // len(filler))]))
    list(read_reply([filler] * (20_000 // len(filler))))
    assert time.process_time() - started < 5


PARTS = [
    *("[", "]", "(", "【", "s", "S", "1", "99999", "-", "–", ",", " ", "\n", "\r", ".", "“", "”", "*", "#", "```"),
    *("and", "A", "word", "w" * 1990, "<think>", "</think>", "\u0301", "\u0958", "\x00", "\ud83d", "🚢", "é"),
    *(CANNOT_ANSWER, GOOD_LINES[0]),
]
HOSTILE = st.lists(st.sampled_from(PARTS), max_size=60)


@given(HOSTILE)
def test_any_reply_is_read_without_error_and_nothing_is_made_up(pieces: list[str]) -> None:
    reply = "".join(pieces)
    results = list(read_reply(pieces))
    assert len(results) <= MOST_SENTENCES
    assert sum(len(draft.text) for draft in results) <= len(unicodedata.normalize("NFC", reply))
    assert all(len(draft.sids) <= MOST_IDS and draft.text.strip() for draft in results)


@given(HOSTILE, st.integers(min_value=1, max_value=9))
def test_how_a_reply_is_cut_into_pieces_makes_no_difference(pieces: list[str], size: int) -> None:
    reply = "".join(pieces)
    assert drafts(reply, size) == drafts(reply, max(1, len(reply)))
