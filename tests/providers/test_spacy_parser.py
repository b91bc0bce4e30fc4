"""The parser adapter: offsets, bounds, threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.providers.spacy_parser import shared_parser
from rag.statements.parsed_text import Token
from tests.guards import some

PARSER = shared_parser()
TEXT = "Anna Petrova met officials in Oslo.\n\n''We’ll go,'' she said — “now”. 😀 Київ\nIt’s over."


def check(text: str, tokens: tuple[Token, ...]) -> None:
    end = 0
    for at, token in enumerate(tokens):
        assert token.index == at
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        assert token.text.strip()
        assert 0 <= token.head < len(tokens)
        assert tokens[token.head].sentence == token.sentence
        end = token.end


def test_every_word_is_the_characters_of_its_place() -> None:
    tokens = PARSER.parse(TEXT)
    check(TEXT, tokens)
    assert "".join(token.text for token in tokens) in TEXT.replace(" ", "").replace("\n", "").replace("''", "'")


def test_no_sentence_crosses_a_line_break() -> None:
    tokens = PARSER.parse(TEXT)
    for sentence in some({token.sentence for token in tokens}):
        words = [token for token in tokens if token.sentence == sentence]
        assert "\n" not in TEXT[words[0].start : words[-1].end]


def test_a_person_and_a_subject_are_recognised() -> None:
    tokens = {token.text: token for token in PARSER.parse(TEXT)}
    assert tokens["Petrova"].entity == "PERSON"
    assert tokens["Petrova"].dep == "nsubj"
    assert tokens["met"].lemma == "meet"


@pytest.mark.parametrize("text", ["", " \n ", "''", "\u00a0", "a" * 20_000, "😀" * 300, "word " * 3_000])
def test_odd_texts_are_parsed(text: str) -> None:
    check(text, PARSER.parse(text))


@settings(max_examples=40)
@given(st.text(alphabet=st.sampled_from("aB.,' \n\t“”\"’é😀1-"), max_size=200))
def test_any_text_keeps_its_offsets(text: str) -> None:
    check(text, PARSER.parse(text))


def test_a_long_line_is_parsed_in_pieces_with_offsets_kept() -> None:
    text = "The mayor said that the bridge is safe. " * 600
    tokens = PARSER.parse(text)
    check(text, tokens)
    assert sum(token.text == "mayor" for token in tokens) == 600


def test_threads_share_one_parser() -> None:
    texts = [f"Anna Petrova met {number} officials in Oslo." for number in range(8)]
    alone = [PARSER.parse(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(PARSER.parse, texts)) == alone


def test_the_fingerprint_names_library_and_pipeline() -> None:
    assert PARSER.fingerprint.startswith("spacy-3.8")
    assert "en_core_web_sm" in PARSER.fingerprint


def test_importing_the_adapter_does_not_load_the_library() -> None:
    code = "import sys; import rag.providers.spacy_parser; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
