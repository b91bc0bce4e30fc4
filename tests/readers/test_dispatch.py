from __future__ import annotations

import codecs
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import OnRecordError, UnreadableSource
from rag.readers.dispatch import read_file, read_source_bytes
from rag.text.canonical import canonical
from tests.guards import some

TURKISH = (
    "Ücret artmayacak\n\nBelediye başkanı pazartesi günü “ücretler artmayacak” dedi ve çalışmaların mayısta "
    "başlayacağını söyledi."
)
RUSSIAN = (
    "Плата не вырастет\n\nМэр города сказал в понедельник, что плата за проезд не вырастет, а работы начнутся "
    "в мае этого года."
)


@pytest.mark.parametrize(
    ("encoding", "mark", "text"),
    [
        ("utf-8", b"", TURKISH),
        ("utf-8", codecs.BOM_UTF8, TURKISH),
        ("utf-16-le", codecs.BOM_UTF16_LE, TURKISH),
        ("utf-16-be", codecs.BOM_UTF16_BE, RUSSIAN),
        ("utf-16-le", b"", TURKISH),
        ("utf-32-le", codecs.BOM_UTF32_LE, TURKISH),
        ("cp1254", b"", TURKISH),
        ("cp1251", b"", RUSSIAN),
        ("koi8-r", b"", RUSSIAN),
    ],
)
def test_the_encoding_is_recognised(encoding: str, mark: bytes, text: str) -> None:
    [extract] = read_source_bytes(mark + text.encode(encoding), "page.txt")
    assert f"{extract.title}\n\n{extract.text}" == text


def test_one_broken_byte_does_not_turn_utf8_into_another_encoding() -> None:
    data = TURKISH.encode().replace("günü".encode(), b"g\xc3n\xc3\xbc")
    [extract] = read_source_bytes(data, "page.txt")
    assert "g\ufffdnü “ücretler artmayacak” dedi" in extract.text


@pytest.mark.parametrize(
    ("text", "language"), [(TURKISH, "tr"), (RUSSIAN, "ru"), ("Kısa başlık", None), ("12 345 67", None)]
)
def test_the_language_is_found_or_left_empty_where_the_text_is_short(text: str, language: str | None) -> None:
    assert read_source_bytes(text.encode(), "page.txt")[0].language == language


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        bytes(range(256)) * 40,
        b"The council\x00\x01\x02\x03 agreed." * 9,
        b"\x7fELF" + b"\x00" * 500,
    ],
)
def test_binary_data_is_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"notes\.txt.*save the article as"):
        read_source_bytes(data, "notes.txt")


def test_a_packed_file_is_read() -> None:
    [extract] = read_source_bytes(gzip.compress(b"The council agreed."), "page.txt.gz")
    assert extract.text == "The council agreed."


@pytest.mark.parametrize("data", [b"", b" \n\t ", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"empty|no words"):
        read_source_bytes(data, "page.txt")


def test_a_file_over_the_bound_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="larger than 1 MB"):
        read_source_bytes(b"a " * 600_000, "page.txt", largest=1_000_000)


def test_front_matter_makes_a_file_markdown_whatever_its_name() -> None:
    page = b"---\r\ntitle: Trams\r\n---\r\nThe *council* agreed."
    for name in ("page.txt", "page.md", "page"):
        [extract] = read_source_bytes(page, name)
        assert (extract.title, extract.text) == ("Trams", "The council agreed.")


def test_a_rule_of_dashes_is_not_front_matter() -> None:
    [extract] = read_source_bytes(b"---\nThe council agreed: yes.\n---\nThe mayor did not.", "page.txt")
    assert extract.text == "The council agreed: yes.\n\nThe mayor did not."


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"no file .*gone\.txt"):
        read_file(tmp_path / "gone.txt")
    for nothing in (tmp_path, Path(os.devnull), Path("/dev/zero")):
        with pytest.raises(UnreadableSource, match=r"not a file|no file"):
            read_file(nothing)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "locked.txt"
    path.write_text("The council agreed.", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(UnreadableSource, match=r"locked\.txt can't be read"):
        read_file(path)


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a"]))
def test_any_bytes_give_canonical_text_or_a_clear_error(data: bytes, name: str) -> None:
    try:
        extracts = read_source_bytes(data, name)
    except OnRecordError:
        return
    assert all(canonical(extract.text) == extract.text != "" for extract in some(extracts))
