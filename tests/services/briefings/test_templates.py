"""Templates: the shipped ones hold, a user's own file does too, and what is wrong with one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import UnreadableSource, UnusableInput
from rag.services.briefings.preparing import section_limits
from rag.services.briefings.templates import SHIPPED_TEMPLATES, length_in_words, load_template

GOOD = """
title = "Morning note: {subject}"
[[sections]]
part = "bottom-line"
heading = "Today"
words = { short = 30, medium = 60, long = 90 }
[[sections]]
part = "timeline"
heading = "So far"
most = 3
"""


@pytest.mark.parametrize("name", SHIPPED_TEMPLATES)
def test_a_shipped_template_is_whole(name: str) -> None:
    found = load_template(name)
    assert found.title_for("X {subject}").endswith("X {subject}")
    assert [item.part for item in found.sections][-1] == "sources"


def test_a_file_of_the_users_own_is_a_template(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, "utf-8")
    found = load_template(str(path))
    assert [(item.part, item.heading) for item in found.sections] == [("bottom-line", "Today"), ("timeline", "So far")]
    assert section_limits(found.sections[0], "short", first=True) == (None, 30)
    assert section_limits(found.sections[1], "long", first=False) == (3, None)
    assert section_limits(found.sections[0], "45", first=True) == (None, 45)
    assert section_limits(found.sections[1], "45", first=False) == (3, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = ", "is not TOML"),
        ("\udcff", "is not TOML"),
        ('title = "x"', "1 to 20"),
        (GOOD.replace("timeline", "horoscope"), "the part 'horoscope'"),
        (GOOD.replace("timeline", "bottom-line"), "twice"),
        (GOOD.replace("most = 3", "most = 0"), "a number from 1 to 200"),
        (GOOD.replace("most = 3", "most = true"), "a number from 1 to 200"),
        (GOOD.replace("most = 3", "most = { short = 1 }"), "short, medium, long"),
        (GOOD.replace("most = 3", ""), "either most"),
        (GOOD.replace("most = 3", "words = 3"), "measured in words"),
        (GOOD.replace('heading = "So far"', 'heading = ""'), "heading of section 2"),
        (GOOD.replace("part", "prat"), "unknown key 'prat'"),
        (GOOD.replace("title", "titel"), "'titel' is not a key"),
        ("#" * 70_000, "over 64000 bytes"),
    ],
)
def test_what_is_wrong_with_a_template_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnusableInput, match=told):
        load_template(str(path))


def test_a_template_that_is_not_there_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="Check its path"):
        load_template(str(tmp_path / "none.toml"))
    with pytest.raises(UnusableInput, match="situation, digest"):
        load_template("../../etc/passwd")


@pytest.mark.parametrize("length", ["", "-1", "5001", "3.5", "²", "Short"])
def test_a_length_is_one_of_three_or_a_number_of_words(length: str) -> None:
    with pytest.raises(UnusableInput, match="is no length"):
        length_in_words(length)
