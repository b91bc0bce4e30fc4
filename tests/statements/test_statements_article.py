"""Every statement of the real article, as a careful reader would list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag.domain import Month, Statement
from rag.providers.spacy_parser import SpacyParser
from rag.statements import extract_statements
from rag.text.canonical import canonical
from tests.guards import some

ARTICLE = Path(__file__).parents[3] / "shared" / "articles" / "turkish-drones-2022-02-03.txt"
HEADLINE = "Ukraine set to get Turkish military drones"
PUBLISHED = date(2022, 2, 3)
WEDNESDAY = date(2022, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a reader notes of one statement; `starts` and `ends` are the first and last words of its content."""

    cue: str
    speaker: str | None
    kind: str
    starts: str
    ends: str
    role: str | None = None
    actor: str | None = None
    inferred: bool = False
    venue: str | None = None
    said_on: date | None = None
    denied: bool = False
    stance: bool = False


RESNIKOV: dict[str, Any] = {"speaker": "Aleksey Reznikov", "role": "defense minister", "actor": "Ukraine"}
BRIEFING: dict[str, Any] = {"venue": "a briefing", "said_on": PUBLISHED}
ALTUN: dict[str, Any] = {
    "speaker": "Fahrettin Altun",
    "role": "communications director",
    "actor": "Turkey",
    "inferred": True,
    "venue": "Bloomberg",
    "said_on": WEDNESDAY,
}
ERDOGAN: dict[str, Any] = {"speaker": "Recep Tayyip Erdogan", "role": "President", "actor": "Turkey", "inferred": True}
ZELENSKY: dict[str, Any] = {"speaker": "Volodymyr Zelensky", "role": "President", "actor": "Ukraine"}

STATEMENTS = [
    Expected(cue="has announced", kind="indirect", starts="Scores of", ends="close to Russia", **RESNIKOV),
    Expected(cue="revealed", kind="mixed", starts="that “there are plans", ends="two states", **RESNIKOV, **BRIEFING),
    Expected(cue="disclosed", kind="direct", starts="“One of the", ends="in Ukraine,”", **RESNIKOV, **BRIEFING),
    Expected(cue="adding", kind="indirect", starts="that after", ends="for ratification", **RESNIKOV, **BRIEFING),
    Expected(cue="according to", kind="indirect", starts="Kiev will", ends="the equipment", **RESNIKOV, **BRIEFING),
    Expected(cue="said", kind="indirect", starts="that military cooperation", ends="with Moscow", **ALTUN),
    Expected(cue="said", kind="direct", starts="We’re not signing", ends="current crisis.”", **ALTUN),
    Expected(cue="has said", kind="indirect", starts="he hopes to play", ends="the two states", **ERDOGAN),
    Expected(
        cue="have repeatedly sounded the alarm",
        speaker="Western leaders",
        kind="indirect",
        starts="that Russian troops",
        ends="an incursion",
    ),
    Expected(
        cue="has repeatedly denied",
        speaker="The Kremlin",
        kind="indirect",
        starts="such",
        ends="accusations",
        actor="Russia",
        denied=True,
    ),
    Expected(cue="has openly opposed", kind="indirect", starts="the 2014", ends="of Crimea", stance=True, **ERDOGAN),
    Expected(cue="describing", kind="mixed", starts="it as an “annexation”", ends="the region", **ERDOGAN),
    Expected(
        cue="poured scorn on",
        speaker="Vladimir Putin",
        kind="mixed",
        starts="the “destructive” behavior",
        ends="war-torn region",
        role="President",
        actor="Russia",
        venue="a phone call between Erdogan and President Vladimir Putin",
        said_on=Month.of(2021, 12),
    ),
    Expected(
        cue="announced",
        speaker="Kiev’s army",
        kind="indirect",
        starts="it had successfully",
        ends="first time ever",
        actor="Ukraine",
        said_on=Month.of(2021, 10),
    ),
    Expected(
        cue="claims",
        speaker="Kiev’s army",
        kind="indirect",
        starts="which",
        ends="first time ever",
        actor="Ukraine",
    ),
    Expected(
        cue="was condemned as",
        speaker=None,
        kind="indirect",
        starts="The move",
        ends="a ceasefire",
        said_on=Month.of(2021, 7),
        stance=True,
    ),
    Expected(cue="said", kind="indirect", starts="that it did not", ends="any accords", **ZELENSKY),
    Expected(cue="argued", kind="mixed", starts="that when", ends="it does so.”", **ZELENSKY),
]

# The reporter's words on readiness: they neither hide nor change a statement above.
REPORTED_BESIDE = {"to be ready"}


def body() -> str:
    """The article without icons, date and headline, as ingest leaves it."""
    if not ARTICLE.is_file():
        pytest.skip("the shared folder with the real article is not beside the project")
    lines = canonical(ARTICLE.read_text(encoding="utf-8")).split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("The use of"))
    return "\n".join(line for line in lines[start:] if line != HEADLINE)


@pytest.fixture(scope="module")
def statements(parser: SpacyParser) -> tuple[Statement, ...]:
    return extract_statements(body(), parser=parser, article_id="a", version="v", published=PUBLISHED, title=HEADLINE)


@pytest.mark.parametrize("expected", STATEMENTS, ids=lambda item: f"{item.speaker}: {item.starts}")
def test_a_statement_of_the_article_is_found_with_all_its_fields(
    expected: Expected, statements: tuple[Statement, ...]
) -> None:
    is_as_expected(expected, statements)


def is_as_expected(expected: Expected, statements: tuple[Statement, ...]) -> None:
    """Asserts that the statement is found once, with all its fields."""
    results = [item for item in statements if item.text.startswith(expected.starts)]
    assert len(results) == 1, [item.text for item in statements]
    item = results[0]
    assert item.text.endswith(expected.ends)
    assert item.cue is not None
    assert item.cue.text == expected.cue
    fields = (item.speaker, item.role, item.on_behalf_of, item.on_behalf_of_inferred, item.venue, item.said_on)
    wanted = (expected.speaker, expected.role, expected.actor, expected.inferred, expected.venue, expected.said_on)
    assert fields == wanted
    assert (item.kind, item.denied, item.stance) == (expected.kind, expected.denied, expected.stance)


def test_nothing_else_is_found(statements: tuple[Statement, ...]) -> None:
    cues = [item.cue.text for item in statements if item.cue]
    assert sorted(cues) == sorted([expected.cue for expected in STATEMENTS] + list(REPORTED_BESIDE))


def test_every_fragment_is_the_characters_of_its_span(statements: tuple[Statement, ...]) -> None:
    text = body()
    for item in some(statements):
        bases = (item.speaker_basis, item.role_basis, item.on_behalf_of_basis, item.venue_basis)
        for fragment in (item.source, item.cue, *item.content, *bases):
            assert fragment is None or text[fragment.start : fragment.end] == fragment.text


def test_the_quotation_without_its_opening_mark_is_one_statement_with_the_one_after_it(
    statements: tuple[Statement, ...],
) -> None:
    pieces = [piece.text for item in statements if item.text.startswith("We’re not") for piece in item.content]
    assert pieces == [
        (
            "We’re not signing agreements for collaboration to target another country. Russia is among the "
            "first states to know that,”"
        ),
        "“The deals we have made and the ones we’ll clinch with Ukraine aren’t directly linked to the current crisis.”",
    ]


def test_wednesday_is_the_basis_of_the_day(statements: tuple[Statement, ...]) -> None:
    assert {item.said_on_basis for item in statements if item.speaker == "Fahrettin Altun"} == {"late on Wednesday"}


def test_the_basis_of_an_inferred_actor_is_the_passage_nearest_to_the_person(statements: tuple[Statement, ...]) -> None:
    bases = {
        item.on_behalf_of_basis.text for item in statements if item.on_behalf_of_inferred and item.on_behalf_of_basis
    }
    assert bases == {"Ankara enjoys good relations with both Kiev and Moscow."}


def test_the_outlets_own_word_is_nobodys_position(statements: tuple[Statement, ...]) -> None:
    assert all(item.stance for item in some(item for item in statements if "reabsorption" in item.text))
