"""Countries by the names that news uses."""

from __future__ import annotations

import pytest

from rag.knowledge.tables import rows
from rag.text.places import (
    acts_for_state,
    countries,
    countries_in,
    country_of,
    names_of,
    office_acts,
    places_in,
    same_place,
)


@pytest.mark.parametrize(
    ("words", "country"),
    [
        ("Türkiye", "Turkey"),
        ("Turkish officials", "Turkey"),
        ("Ankara", "Turkey"),
        ("the Kremlin", "Russia"),
        ("Kiev’s army", "Ukraine"),
        ("Kyiv", "Ukraine"),
        ("U.S. troops", "United States"),
        ("the US", "United States"),
        ("Papua New Guinea", "Papua New Guinea"),
        ("South Korean", "South Korea"),
        ("N’Djamena", "Chad"),
        ("Turkey and its Turkish drones", "Turkey"),
    ],
)
def test_a_name_is_its_country(words: str, country: str) -> None:
    assert country_of(words) == country


@pytest.mark.parametrize(
    "words", ["", "turkey soup", "they told us", "Ankara and Moscow", "Maliki", "Chadwick", "Polishing"]
)
def test_other_words_are_none_or_several(words: str) -> None:
    assert country_of(words) is None


def test_every_name_leads_back_to_its_country() -> None:
    for country in countries():
        for name in names_of(country):
            assert country_of(name) == country, name
            assert names_of(name) == names_of(country)


def test_no_two_countries_share_a_name() -> None:
    names = [name for country in countries() for name in names_of(country)]
    assert len(names) == len(set(names))


def test_the_members_of_the_united_nations_are_there() -> None:
    assert len(countries()) >= 193


def test_the_names_of_turkey() -> None:
    assert {"Turkey", "Türkiye", "Turkish", "Turks", "Ankara"} <= set(names_of("Turkey"))
    assert names_of("Atlantis") == ()


def test_places_are_offsets_into_the_words() -> None:
    text = "Between Kiev’s army and the Kremlin"
    assert [(text[start:end], country) for start, end, country in countries_in(text)] == [
        ("Kiev", "Ukraine"),
        ("Kremlin", "Russia"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "speaking", "same"),
    [
        ("Turkey", "Türkiye", False, True),
        ("Turkey", "Turkish", False, True),
        ("U.S.", "United States", False, True),
        ("Kiev", "Kyiv", False, True),
        ("Kyiv", "Ukraine", False, False),
        ("Ukraine", "Kyiv", True, False),
        ("Paris", "French", False, False),
        ("Kremlin", "Russia", False, False),
        ("Kremlin", "Russia", True, True),
        ("Kremlin", "Moscow", True, False),
        ("Knesset", "Israel", True, False),
        ("Turkey", "Russia", True, False),
        ("Lund", "Lund", False, True),
    ],
)
def test_only_names_of_a_state_are_the_same_place(one: str, other: str, speaking: bool, same: bool) -> None:
    assert same_place(one, other, speaking=speaking) is same
    assert same_place(other, one, speaking=speaking) is same


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("Ankara said no.", True),
        ("It failed, according to Ankara.", True),
        ("Berlin police said no.", False),
        ("Officials met in Paris.", False),
        ("Turkish officials said no.", True),
        ("Turkish Airlines said no.", False),
        ("Jim Jordan said no.", False),
        ("the president of France said no.", True),
        ("Turkey-backed rebels said no.", False),
        ("Germans said no.", False),
    ],
)
def test_a_mention_in_plain_text_acts_for_its_state(text: str, acts: bool) -> None:
    (mention,) = places_in(text)
    assert acts_for_state(mention, text) is acts


@pytest.mark.parametrize(
    ("head", "modifiers", "acts"),
    [
        ("ministers", ["fisheries"], True),
        ("official", ["defence"], True),
        ("official", ["football"], False),
        ("chief", ["defence"], True),
        ("chief", ["police"], False),
        ("director", [], False),
        ("leader", ["opposition"], False),
        ("governor", [], False),
        ("prosecutors", [], False),
    ],
)
def test_offices_of_the_state_act_for_it(head: str, modifiers: list[str], acts: bool) -> None:
    assert office_acts("demonym", head, modifiers) is acts


def test_the_table_has_a_canonical_row_for_each_country() -> None:
    table = rows("places")
    assert {row["kind"] for row in table} == {"state", "short", "demonym", "capital", "seat", "body"}
    assert all(row["name"] == row["country"] for row in table if row["kind"] == "state")
    assert {row["country"] for row in table} == {row["name"] for row in table if row["kind"] == "state"}
