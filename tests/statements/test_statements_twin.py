"""Every statement of the twin of the real article: the same constructions, with other places, people and words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rag.domain import Month, Statement
from rag.providers.spacy_parser import SpacyParser
from rag.readers.pasted import read_pasted
from rag.statements import extract_statements
from tests.guards import some
from tests.statements.test_statements_article import Expected, is_as_expected
from tests.test_ask_twin import TWIN

PUBLISHED = date(2023, 5, 11)
QUEIROSA: dict[str, Any] = {"speaker": "Duarte Queirosa", "role": "interior minister", "actor": "Portugal"}
PRESS: dict[str, Any] = {"venue": "a press conference", "said_on": PUBLISHED}
TAZMALT: dict[str, Any] = {
    "speaker": "Yusuf Tazmalt",
    "role": "spokesman",
    "actor": "Morocco",
    "inferred": True,
    "venue": "Radio Norland",
    "said_on": date(2023, 5, 10),
}
BERRANI: dict[str, Any] = {"speaker": "Hamid Berrani", "role": "President", "actor": "Morocco", "inferred": True}
VALADAO: dict[str, Any] = {"speaker": "Ines Valadao", "role": "President", "actor": "Portugal"}
NAVY: dict[str, Any] = {"speaker": "Lisbon’s navy", "actor": "Portugal"}
STATEMENTS = [
    Expected(cue="has announced", kind="indirect", starts="Dozens of", ends="close to France", **QUEIROSA),
    Expected(cue="revealed", kind="mixed", starts="that “there are plans", ends="two states", **QUEIROSA, **PRESS),
    Expected(cue="disclosed", kind="direct", starts="“One of the", ends="in Portugal,”", **QUEIROSA, **PRESS),
    Expected(cue="adding", kind="indirect", starts="that after", ends="for approval", **QUEIROSA, **PRESS),
    Expected(cue="according to", kind="indirect", starts="Lisbon will", ends="the vessels", **QUEIROSA, **PRESS),
    Expected(cue="said", kind="indirect", starts="that naval cooperation", ends="with Paris", **TAZMALT),
    Expected(cue="said", kind="direct", starts="We’re not signing", ends="present quarrel.”", **TAZMALT),
    Expected(cue="has said", kind="indirect", starts="he hopes to play", ends="the two states", **BERRANI),
    Expected(
        cue="have repeatedly sounded the alarm",
        speaker="Northern leaders",
        kind="indirect",
        starts="that French ships",
        ends="a blockade",
    ),
    Expected(
        cue="has repeatedly denied",
        speaker="The Elysee",
        kind="indirect",
        starts="such",
        ends="claims",
        actor="France",
        denied=True,
    ),
    Expected(cue="has openly opposed", kind="indirect", starts="the 2016", ends="of Perla", stance=True, **BERRANI),
    Expected(cue="describing", kind="mixed", starts="it as an “abduction”", ends="the islet", **BERRANI),
    Expected(
        cue="poured scorn on",
        speaker="Lucien Marbeuf",
        kind="mixed",
        starts="the “reckless” conduct",
        ends="disputed waters",
        role="President",
        actor="France",
        venue="a phone call between Berrani and President Lucien Marbeuf",
        said_on=Month.of(2023, 3),
    ),
    Expected(
        cue="announced",
        kind="indirect",
        starts="it had successfully",
        ends="first time ever",
        said_on=Month.of(2022, 10),
        **NAVY,
    ),
    Expected(cue="claims", kind="indirect", starts="which", ends="first time ever", **NAVY),
    Expected(cue="said", kind="indirect", starts="that it did not", ends="any treaties", **VALADAO),
    Expected(cue="argued", kind="mixed", starts="that when", ends="it does so.”", **VALADAO),
]


@pytest.fixture(scope="module")
def statements(parser: SpacyParser) -> tuple[Statement, ...]:
    result = read_pasted(TWIN.read_text("utf-8"))
    assert result.published == PUBLISHED
    return extract_statements(
        result.text, parser=parser, article_id="a", version="v", published=PUBLISHED, title=result.title
    )


@pytest.mark.parametrize("expected", STATEMENTS, ids=lambda item: f"{item.speaker}: {item.starts}")
def test_a_statement_of_the_twin_is_found_with_all_its_fields(
    expected: Expected, statements: tuple[Statement, ...]
) -> None:
    is_as_expected(expected, statements)


def test_what_is_condemned_is_the_outlets_account(statements: tuple[Statement, ...]) -> None:
    assert all(item.stance for item in some([item for item in statements if item.text.startswith("The move")]))


def test_the_quotation_without_its_opening_mark_is_one_with_the_one_after_it(
    statements: tuple[Statement, ...],
) -> None:
    (pieces,) = ([part.text for part in item.content] for item in statements if item.text.startswith("We’re not"))
    assert [piece[-4:] for piece in pieces] == ["it,”", "el.”"]
