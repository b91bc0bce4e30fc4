"""The register of actors: one name for one person or body, whatever articles call it."""

from __future__ import annotations

from datetime import date

import pytest

from rag.domain import ActorKind
from rag.statements import read_article
from rag.statements.actor_registry import ActorRegistry, MentionRow
from rag.statements.parsed_text import Parser


def row(
    name: str,
    kind: ActorKind = "person",
    *,
    role: str | None = None,
    body: str | None = None,
    former: bool = False,
    forms: tuple[str, ...] = (),
    day: date | None = None,
) -> MentionRow:
    return MentionRow(
        name=name, kind=kind, forms=forms, role=role, body=body, former=former, mentions=1, statements=1,
        since=day, until=day,
    )  # fmt: skip


def registry(*rows: MentionRow, choices: dict[str, str] | None = None) -> ActorRegistry:
    return ActorRegistry(rows, {}, choices or {})


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("Olena Zelenskyy", "Elena Zelensky", True),
        ("Bill Marsh", "William Marsh", True),
        ("J. Roe", "Jane Roe", True),
        ("Ada Holm", "Tor Holm", False),
        ("Ada Holm", "Ada M. Holm", True),
        ("Joe Marsh", "Joseph Q. Marsh", True),
        ("Alex Roe", "Alexander Roe", True),
        ("Ann Roe", "Jane A. Roe", False),
        ("Bo W. Marsh", "Bo H.W. Marsh", False),
        ("Bo Marsh", "Bo Marsh Jr.", False),
        ("Bo Marsh Sr.", "Bo Marsh Jr.", False),
    ],
)
def test_forms_of_one_name_are_one_person(one: str, other: str, joined: bool) -> None:
    assert (len(registry(row(one), row(other)).actors) == 1) is joined


def test_a_short_form_that_two_people_may_have_stays_apart() -> None:
    assert len(registry(row("J. Roe"), row("Jane Roe"), row("John Roe")).actors) == 3


def test_a_name_that_two_initials_may_complete_stays_apart() -> None:
    assert len(registry(row("Ada Holm"), row("Ada M. Holm"), row("Ada T. Holm")).actors) == 3


def test_a_headline_word_before_a_name_keeps_no_forms_apart() -> None:
    (one,) = registry(row("Ada Holm"), row("Ada Holm"), row("Crooked Ada Holm"), row("Ada M. Holm")).actors
    assert one.name == "Ada Holm"


def test_a_surname_alone_is_whose_the_library_is_full_of_and_else_nobodys() -> None:
    rows = (row("Ada Quill"), row("Quill"), row("Bo Quill"))
    assert len(ActorRegistry(rows, {"ada quill": 9, "bo quill": 1}, {}).actors) == 2
    assert len(ActorRegistry(rows, {"ada quill": 9, "bo quill": 2}, {}).actors) == 3


def test_a_surname_that_father_and_son_share_is_nobodys() -> None:
    rows = (row("Bo Quill"), row("Bo Quill Jr."), row("Quill"))
    assert len(ActorRegistry(rows, {"bo quill": 9, "bo quill jr.": 2, "quill": 1}, {}).actors) == 3


@pytest.mark.parametrize(
    ("alone", "articles", "actors"),
    [
        ((row("Quill", "body"),), 1, 1),
        ((row("Quill", "body"),), 3, 2),  # a company, named as often as a namesake of some standing
        ((row("Quill", "body"), row("Quill")), 3, 1),
    ],
)
def test_a_surname_taken_for_a_body_is_a_persons_where_few_articles_have_it(
    alone: tuple[MentionRow, ...], articles: int, actors: int
) -> None:
    rows = (row("Ada Quill"), *alone)
    assert len(ActorRegistry(rows, {"ada quill": 9, "quill": articles}, {}).actors) == actors


def test_a_capital_is_nobodys_surname() -> None:
    assert len(ActorRegistry((row("Ada Paris"), row("Paris", "body")), {"ada paris": 90, "paris": 1}, {}).actors) == 2


def test_an_acronym_is_one_with_and_without_points() -> None:
    actors = registry(row("E.P.A.", "body"), row("EPA", "body"), row("Esk Press Agency", "body", forms=("EPA",)))
    assert [one.name for one in actors.actors] == ["Esk Press Agency"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mayor Under Fire after Report Says Bridge Is Unsafe\n\nThe council wrote the report in May.", set()),
        ("The Beacon said the mayor lied. A beacon was lit. He told the Beacon so.", {"Beacon"}),
        ("The police said the road was shut.", set()),
    ],
)
def test_a_common_noun_is_no_actor(parser: Parser, text: str, names: set[str]) -> None:
    mentions = read_article(text, parser=parser, article_id="a", version="v").mentions
    assert {one.name for one in mentions} == names


def test_a_body_goes_with_its_acronym_and_without_its_article() -> None:
    actors = registry(row("Esk Press Agency", "body", forms=("EPA",)), row("EPA", "body"), row("the EPA", "body"))
    (one,) = actors.actors
    assert (one.name, actors.of("epa"), actors.of("The EPA")) == ("Esk Press Agency", one, one)


def test_what_a_reader_decided_goes_before_the_names() -> None:
    rows = (row("Bill Marsh"), row("William Marsh"), row("Ada Holm"), row("A. Quill"))
    apart = registry(*rows, choices={"bill marsh": "Bill Marsh", "a. quill": "Ada Holm", "ada holm": "Ada Holm"})
    assert sorted(one.name for one in apart.actors) == ["Ada Holm", "Bill Marsh", "William Marsh"]
    assert [one.aliases for one in apart.actors if one.name == "Ada Holm"] == [("A. Quill",)]


def test_an_office_is_asked_after_by_its_latest_holder_of_each_body() -> None:
    actors = registry(
        row("Ida Lund", role="interior minister", body="Norland", day=date(2022, 1, 1)),
        row("Bo Marsh", role="interior minister", body="Norland", day=date(2024, 1, 1)),
        row("Jon Roe", role="interior minister", body="Sudria", day=date(2024, 1, 1)),
        row("Ana Kos", role="head", body="Sudria's central bank", day=date(2024, 1, 1)),
    )
    assert [name for name, _ in actors.holders("What did Norland's interior minister say?")] == ["bo marsh"]
    assert {name for name, _ in actors.holders("What did the interior minister say?")} == {"bo marsh", "jon roe"}
    assert [name for name, _ in actors.holders("Has the governor of Sudria's central bank spoken?")] == ["ana kos"]


def test_who_gave_an_office_up_is_not_asked_after() -> None:
    actors = registry(
        row("Ida Lund", role="Prime Minister", day=date(2022, 1, 1)),
        row("Ida Lund", role="Former prime minister", former=True, day=date(2024, 1, 1)),
    )
    assert actors.holders("What does the prime minister say?") == []


@pytest.mark.parametrize(
    ("text", "name", "role", "body"),
    [
        ("Norland's central bank is led by Ana Kos.", "Ana Kos", "head", "Norland's central bank"),
        ("Mia Poe was appointed finance minister of Norland.", "Mia Poe", "finance minister of Norland", "Norland"),
        ("Leo Marsh, sworn in as mayor of Esk, said the levy would go.", "Leo Marsh", "mayor of Esk", "Esk"),
    ],
)
def test_an_article_tells_who_holds_an_office(parser: Parser, text: str, name: str, role: str, body: str) -> None:
    mentions = read_article(text, parser=parser, article_id="a", version="v").mentions
    assert (name, role, body) in [(one.name, one.role, one.body) for one in mentions]


def test_who_wants_an_office_does_not_hold_it(parser: Parser) -> None:
    text = "Mia Poe was not appointed minister. Jon Roe is a teacher."
    assert read_article(text, parser=parser, article_id="a", version="v").mentions == ()
