"""The tables of the language: what they hold is consistent, and each says where it comes from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import rag.knowledge.tables as tables
from rag.knowledge import words
from rag.question.lexicon import PATTERNS

ROOM = Path(tables.__file__).parent
FILES = sorted(path.name for path in ROOM.iterdir() if path.suffix in (".tsv", ".toml"))


@pytest.mark.parametrize("name", FILES)
def test_a_table_names_its_source_in_its_head(name: str) -> None:
    lines = (ROOM / name).read_text("utf-8").splitlines()
    head = lines[: next(at for at, line in enumerate(lines) if not line.startswith("#"))]
    assert any(line.startswith(("# Source", "# Sources")) for line in head)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".tsv")])
def test_no_row_stands_twice(name: str) -> None:
    rows = [tuple(row.values()) for row in tables.rows(name.removesuffix(".tsv"))]
    assert rows
    assert len(rows) == len(set(rows))


def test_days_and_numbers_are_in_order() -> None:
    assert (len(words.MONTHS), words.MONTHS[0], words.MONTHS[11]) == (12, "january", "december")
    assert (len(words.WEEKDAYS), words.WEEKDAYS[0], words.WEEKDAYS[6]) == (7, "monday", "sunday")
    assert [words.COUNTS[word] for word in ("zero", "nine", "nineteen", "twenty", "ninety")] == [0, 9, 19, 20, 90]


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("deny", ("deny", "denies", "denied", "denying")),
        ("say", ("say", "says", "said", "saying")),
        ("write", ("write", "writes", "wrote", "written", "writing")),
        ("argue", ("argue", "argues", "argued", "arguing")),
        ("admit", ("admit", "admits", "admitted", "admitting")),
        ("agree", ("agree", "agrees", "agreed", "agreeing")),
        ("dismiss", ("dismiss", "dismisses", "dismissed", "dismissing")),
        ("tell", ("tell", "tells", "told", "telling")),
    ],
)
def test_verbs_have_their_forms(verb: str, forms: tuple[str, ...]) -> None:
    assert words.forms_of(verb) == forms


def test_no_name_is_a_mans_and_a_womans() -> None:
    assert not words.MALE_NAMES & words.FEMALE_NAMES
    assert {"james", "recep", "volodymyr"} <= words.MALE_NAMES
    assert {"mary", "olena", "hillary"} <= words.FEMALE_NAMES
    assert {"jordan", "paris"} <= words.GIVEN_NAMES - words.GENDERED_NAMES


def test_nouns_that_look_like_verbs_of_saying_credit_nobody() -> None:
    assert {"said", "says", "claims", "denied", "told"} <= words.SAYING_FORMS
    assert words.SAYING_FORMS.isdisjoint({"state", "call", "calls", "demand", "demands", "promise", "note", "claim"})


def test_verbs_of_saying_are_one_list_for_articles_claims_and_places() -> None:
    assert {"contended", "explained", "concedes", "recalled", "stressed"} <= words.SAYING_FORMS & words.CUE_FORMS
    assert {"reiterated", "rebuts", "speaks", "believes"} <= words.CUE_FORMS
    assert words.SAYING_FORMS.isdisjoint({"estimates", "quotes", "thinks", "speak"})
    assert words.CUE_FORMS.isdisjoint({"speak", "spoken", "wants", "welcomed", "proposed"})
    assert {"welcomed", "proposed", "responded"} <= words.SAYING_VERBS


def test_verbs_of_saying_have_a_known_kind_and_known_uses() -> None:
    uses = set(re.findall(r"^# (\w+) {2,}\w", (ROOM / "saying.tsv").read_text("utf-8"), re.MULTILINE))
    kinds = set(get_args(words.Implication))
    for row in tables.rows("saying"):
        assert row["implies"] in kinds
        assert set(row["uses"].split()) <= uses
    assert words.verbs_of("denial") >= {"deny", "refute"}


@pytest.mark.parametrize("room", ["statements", "verification"])
def test_each_list_of_a_room_is_asked_for_by_its_name_and_none_is_left_over(room: str) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOM.parent / room).glob("*.py"))
    names = set(re.findall(r"\b(?:LEXICON|PATTERNS)\.(\w+)", code)) | set(re.findall(rf'"{room}", "(\w+)"', code))
    names |= set(re.findall(rf'table\("{room}"\)\["(\w+)"\]', code)) | set(re.findall(r'_stems_of\("(\w+)"\)', code))
    assert names - {"parts"} == tables.table(room).keys() - {"parts"}
    with pytest.raises(AttributeError, match="no entry nothing"):
        tables.WordLists(room).nothing  # noqa: B018


def test_each_pattern_of_questions_compiles_and_none_is_left_over() -> None:
    code = "\n".join(
        path.read_text("utf-8") for room in ("question", "services") for path in (ROOM.parent / room).rglob("*.py")
    )
    patterns = tables.table("questions")["patterns"].keys()
    assert patterns == set(re.findall(r"\bPATTERNS\.(\w+)", code))
    assert all(getattr(PATTERNS, name) for name in patterns)


def test_a_row_of_another_length_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.tsv").write_text("# head\nname\tkind\nA\tb\tc\n", "utf-8")
    monkeypatch.setattr(tables, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="zip"):
        tables.rows("odd")


def test_patterns_have_their_parts_and_no_line_breaks() -> None:
    pattern = tables.pattern_of("verification", "limited_negation")
    assert "\n" not in pattern.pattern
    assert pattern.search("It is not directly linked.")
    with pytest.raises(KeyError):
        tables.expand("verification", "{nothing_of_that_name}")


def test_words_of_groups_have_the_name_of_their_group() -> None:
    units = tables.groups_of("verification", "number_units")
    assert (units["mn"], units["million"], units["percentage"]) == ("million", "million", "percentage point")


def test_a_unit_has_its_name_for_all_its_forms_and_a_measure_its_size() -> None:
    assert {words.UNITS[form] for form in ("km", "kilometers", "kilometre")} == {"kilometre"}
    assert words.UNIT_SIZES["kilometre"] == ("length", 1000.0)
    assert "dollar" not in words.UNIT_SIZES
    assert "won" not in words.UNITS
