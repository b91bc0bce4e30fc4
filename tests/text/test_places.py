"""Countries by the names that news uses."""

from __future__ import annotations

import pytest

from rag.text.places import countries, countries_in, country_of, names_of


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
    "words", ["", "turkey soup", "they told us", "Ankara and Moscow", "Maliki", "Omani-born Chadwick"]
)
def test_other_words_are_none_or_several(words: str) -> None:
    assert country_of(words) is None or words.startswith("Omani")


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
