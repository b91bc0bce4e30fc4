"""On whose behalf somebody speaks, where countries, cities, peoples, companies and people share names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements
from rag.text.places import countries

Reading = Callable[[str], list[str | None]]
SAID = "said on Monday that the talks would go on."
ACTS = [
    ("Turkey", f"Turkey {SAID}"),
    ("Turkey", f"Türkiye {SAID}"),
    ("Turkey", f"Ankara {SAID}"),
    ("Turkey", f"Turkish officials {SAID}"),
    ("Turkey", f"A senior Turkish defence official {SAID}"),
    ("Turkey", f"The Turkish president's spokesman {SAID}"),
    ("Germany", f"The German foreign ministry {SAID}"),
    ("Germany", f"Germany's economy minister, Ute Kranz, {SAID}"),
    ("Germany", f"German Chancellor Ute Kranz {SAID}"),
    ("Germany", f"A spokesman for the German defence ministry {SAID}"),
    ("United Kingdom", f"Britain's defence secretary {SAID}"),
    ("United Kingdom", f"Downing Street {SAID}"),
    ("United Kingdom", f"Whitehall {SAID}"),
    ("United Kingdom", f"The Foreign Office {SAID}"),
    ("United Kingdom", f"A Downing Street spokeswoman {SAID}"),
    ("France", f"The Élysée {SAID}"),
    ("France", f"Matignon {SAID}"),
    ("France", f"The Quai d'Orsay {SAID}"),
    ("France", f"The president of France {SAID}"),
    ("France", f"Paris {SAID}"),
    ("France", "The talks would go on, according to Paris."),
    ("Russia", f"The Kremlin {SAID}"),
    ("Russia", f"Kremlin spokesman Oleg Marin {SAID}"),
    ("Russia", f"Moscow's ambassador {SAID}"),
    ("Russia", f"Russia's foreign minister, Oleg Marin, {SAID}"),
    ("Russia", f"Russian troops had left, the Russian army {SAID}"),
    ("Ukraine", f"Kyiv's army {SAID}"),
    ("United States", f"The White House {SAID}"),
    ("United States", f"US Secretary of State Dale Orton {SAID}"),
    ("United States", f"A Pentagon official {SAID}"),
    ("United States", f"The State Department {SAID}"),
    ("European Union", f"The EU's foreign policy chief, Marta Rossi, {SAID}"),
    ("European Union", f"Brussels {SAID}"),
    ("Jordan", f"Jordan {SAID}"),
    ("Jordan", f"Jordan's foreign minister {SAID}"),
    ("Chad", f"Chad's government {SAID}"),
    ("Georgia", f"Tbilisi was calm. Georgia's government {SAID}"),
    ("Georgia", f"Georgia's prime minister {SAID}"),
    ("South Korea", f"The guests in South Korea left. South Korea {SAID}"),
    ("Mexico", f"In Mexico it rained. Mexico {SAID}"),
    ("Ukraine", f"In Kyiv it rained, Ukrainian Defense Minister Oleh Marin {SAID}"),
    ("Mexico", f"The Mexican secretary of the economy {SAID}"),
    ("Saudi Arabia", f"The Saudi energy minister {SAID}"),
    ("Spain", f"The Spanish government {SAID}"),
]
SPEAKS_FOR_NO_STATE = [
    f"Berlin police {SAID}",
    f"The Berlin police {SAID}",
    f"Police in Berlin {SAID}",
    f"Berlin's police chief, Ute Kranz, {SAID}",
    f"Brussels mayor Marta Rossi {SAID}",
    f"The mayor of Paris {SAID}",
    f"London Mayor Dale Orton {SAID}",
    f"The Paris prosecutor {SAID}",
    f"Paris prosecutor Luc Morel {SAID}",
    f"Jerusalem residents {SAID}",
    f"Residents of Jerusalem {SAID}",
    f"Amsterdam firefighters {SAID}",
    f"A hospital in Wellington {SAID}",
    f"Georgia Governor Dale Orton {SAID}",
    f"Georgia's governor, Dale Orton, {SAID}",
    f"Washington Governor Dale Orton {SAID}",
    f"Georgia officials {SAID} The governor agreed.",
    f"Chad Smith {SAID}",
    f"Chad Smith fell. Smith {SAID}",
    f"Jim Jordan {SAID}",
    f"Rep. Jim Jordan left early. Jordan {SAID}",
    f"Jordan Peele {SAID}",
    f"Paris Hilton {SAID}",
    f"Israel Katz, a plumber, {SAID}",
    f"Georgia Lund {SAID}",
    f"Kenya Barris {SAID}",
    f"Jack London {SAID}",
    f"Swiss Re {SAID}",
    f"Turkish Airlines {SAID}",
    f"British Airways {SAID}",
    f"Air France {SAID}",
    f"The Bank of Ireland {SAID}",
    f"Royal Dutch Shell {SAID}",
    f"The Washington Post {SAID}",
    f"The Moscow Times {SAID}",
    f"The University of Vienna {SAID}",
    f"Turkey-backed rebels {SAID}",
    f"Russian-installed officials {SAID}",
    f"The Turkish opposition leader {SAID}",
    f"Kremlin critic Oleg Marin {SAID}",
    f"Former French President Luc Morel {SAID}",
    f"The president of the German Football Federation {SAID}",
    f"The UK director of Greenpeace {SAID}",
    f"German scientists {SAID}",
    f"A Turkish court {SAID}",
    f"Germans {SAID}",
    f"The Knesset {SAID}",
    f"Norwegian novelist Kari Lund {SAID}",
    f"Toyota's UK president {SAID}",
    f"The German and Danish governments {SAID}",
    f"Turkish and Russian officials {SAID}",
    f"UK and European voters {SAID}",
    f"Denzel Washington left. Washington {SAID}",
    f"France coach Luc Morel {SAID}",
    f"French far-right leader Luc Morel {SAID}",
]


@pytest.fixture(scope="module")
def speaks_for(parser: SpacyParser) -> Reading:
    def read(text: str) -> list[str | None]:
        statements = extract_statements(text, parser=parser, article_id="a", version="v")
        return [item.on_behalf_of if item.on_behalf_of in countries() else None for item in statements]

    return read


@pytest.mark.parametrize(("country", "text"), ACTS)
def test_who_acts_for_a_state_speaks_for_it(country: str, text: str, speaks_for: Reading) -> None:
    assert speaks_for(text)[-1] == country


@pytest.mark.parametrize("text", SPEAKS_FOR_NO_STATE)
def test_who_only_bears_the_name_of_a_state_does_not(text: str, speaks_for: Reading) -> None:
    assert set(speaks_for(text)) == {None}
