"""Canonical text."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rag.text.canonical import canonical, digest, fold


@given(st.text())
def test_canonical_text_is_canonical_already(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(st.text())
def test_canonical_text_is_nfc_and_has_no_control_characters(text: str) -> None:
    made = canonical(text)
    assert unicodedata.is_normalized("NFC", made)
    assert not [char for char in made if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]


@given(st.text(alphabet="abc çşİıĞ 😀👩‍👧 Жд.,“”’", max_size=80))
def test_letters_digits_and_marks_survive(text: str) -> None:
    seen = [char for char in unicodedata.normalize("NFC", text) if not char.isspace()]
    assert [char for char in canonical(text) if not char.isspace()] == seen


def test_overrides_that_turn_text_around_go() -> None:
    assert canonical("a\u202eb\u2066c") == "abc"


def test_parts_of_a_digest_cannot_run_together() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_turkish_letters_fold_together() -> None:
    assert fold("DİYARBAKIR") == fold("diyarbakır") == "diyarbakir"
