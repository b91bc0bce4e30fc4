"""The matrix of positions: who says what on which topic, what changed, and the table for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import ActorKind, Fragment, Positions, Statement
from rag.services.positions import matrix, polarity, table
from rag.statements.actor_registry import ActorRegistry, MentionRow


def said(text: str, by: str = "Ida Holm", day: int = 1, cue: str = "said", **more: Any) -> Statement:
    fields: dict[str, Any] = {
        "kind": "indirect",
        "title": "A title",
        "published": date(2024, 3, 1) + timedelta(days=day),
    } | more
    return Statement(
        speaker=by,
        source=Fragment(start=0, end=1, text=by),
        cue=Fragment(start=1, end=2, text=cue),
        content=(Fragment(start=2, end=2 + len(text), text=text),),
        text=text,
        article_id="a",
        version=str(day),
        **fields,
    )


def grid(*statements: Statement, actors: tuple[str, ...] = (), topics: tuple[str, ...] = ()) -> Positions:
    rows = {name: [item for item in statements if item.speaker == name] for name in actors}
    columns = {name: [item for item in statements if name in item.text] for name in topics}
    return matrix(statements, actors=rows, topics=columns)


def test_cells_hold_the_statements_of_actor_and_topic_oldest_first_and_empty_ones_are_there() -> None:
    late, early = said("the bridge is safe", day=9), said("the bridge is old", day=2)
    found = grid(
        late, early, said("the tram is late", by="Tom Reed"), actors=("Ida Holm", "Tom Reed"), topics=("bridge",)
    )
    assert found.said(found.cell("Ida Holm", "bridge")) == (early, late)
    assert found.cell("Tom Reed", "bridge").statements == ()
    assert (len(found.cells), found.elsewhere) == (2, 1)


def test_rows_are_registered_actors_each_once_and_no_description_in_small_letters() -> None:
    def mention(name: str, kind: ActorKind) -> MentionRow:
        return MentionRow(
            name=name, kind=kind, forms=(), role=None, body=None, former=False, mentions=1, statements=1,
            since=None, until=None,
        )  # fmt: skip

    known = ActorRegistry(
        [mention("Ida Holm", "person"), mention("Ida M. Holm", "person"), mention("Times", "body")], {}, {}
    )
    statements = [
        said("the bridge is old", by) for by in ("Ida Holm", "Ida M. Holm", "the times", "experts", "The Times")
    ]
    found = matrix(statements, actors={}, topics={"bridge": statements}, find_actor=known.of)
    assert {one: len(found.cell(one, "bridge").statements) for one in found.actors} == {"Ida M. Holm": 2, "Times": 1}


def test_a_topic_is_named_in_the_plural_if_that_is_common() -> None:
    both = ("Ida Holm", "Tom Reed")
    found = grid(
        *(said(text, by, day) for day, text in enumerate(("the tram is late", "our trams are red"), 1) for by in both)
    )
    assert found.topics == ("trams",)
    texts = ("the harbour is deep", "of the harbour", "the harbour is old", "her harbour", "the harbours of Norland")
    found = grid(*(said(text, by, day) for day, text in enumerate(texts, 1) for by in both))
    assert found.topics[0] == "harbours"
    found = grid(*(said(text, by, day) for day, text in enumerate((*texts[:4], *texts), 1) for by in both))
    assert found.topics[0] == "harbour"


def test_a_topic_is_cased_as_in_the_news() -> None:
    both = ("Ida Holm", "Tom Reed")
    texts = ("the Second Charter is old", "our trams are red", "the Second Charter binds us", "of the trams")
    found = grid(*(said(text, by, day) for day, text in enumerate(texts, 1) for by in both))
    assert {"Second Charter", "trams"} <= set(found.topics)


def test_without_names_the_most_frequent_actors_and_noun_phrases_are_taken() -> None:
    found = grid(
        said("the old bridge will close"),
        said("we will open the bridge again", day=2),
        said("nobody wants a bridge there", by="Tom Reed"),
        said("trams are late", by="Ann Moss"),
    )
    assert found.actors == ("Ida Holm", "Tom Reed")  # Ann Moss says nothing on the topic
    assert found.topics == ("bridge",)
    assert len(found.said(found.cell("Ida Holm", "bridge"))) == 2


def test_an_actor_with_one_statement_is_not_without_topic() -> None:
    one = said("the tram is late", by="Tom Reed")
    found = grid(one, said("the bridge is old"), said("the bridge stays"), actors=("Tom Reed",))
    assert found.said(found.cell("Tom Reed", "tram")) == (one,)


def test_a_statement_on_behalf_of_somebody_stands_with_them() -> None:
    found = grid(
        said("the bridge will close", on_behalf_of="Lakeside"), said("the bridge stays", on_behalf_of="Lakeside")
    )
    assert found.actors == ("Lakeside",)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (said("we support the bridge"), 1),
        (said("we do not support the bridge"), -1),
        (said("the bridge", cue="opposed"), -1),
        (said("the government is old"), 0),
        (said("the government supports it"), 1),
        (said("they support and they oppose it"), 0),
        (said("they oppose it", denied=True), 1),
    ],
)
def test_sides_are_told_by_words_of_support_and_opposition(statement: Statement, expected: int) -> None:
    assert polarity(statement) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "rule"),
    [
        ("we support the bridge", "we oppose the bridge", "side"),
        ("the old bridge will close in spring", "the old bridge will not close in spring", "negation"),
        ("the old bridge costs 9 million crowns", "the old bridge costs 12 million crowns", "figures"),
        ("the old bridge costs 9 million crowns", "the old bridge costs 9 million crowns or more", None),
        ("the old bridge will close in spring", "nobody will use the bridge", None),
        (
            "the bridge will close",
            "the bridge will not close in the night when the tram comes, the town has said",
            "negation",
        ),
        ("the bridge must be closed in May", "the bridge must stay open in May", "side"),
        ("we will sign the law on the bridge", "we will veto the law on the bridge", "side"),
        ("we will keep the bridge guards all year", "we will stop the bridge guards all year", "side"),
        ("the bridge toll would fall in May", "the bridge gate would open in May", None),
        ("we accept the new bridge", "we reject the new bridge", "side"),
        ("the bridge guards would be kept", "the bridge guards would be scrapped in May", "side"),
        ("no bridge in Velde would close next year", "shops in Velde would close by the bridge next year", None),
        ("I do not oppose the new bridge at Lind", "I support the new bridge at Lind", None),
        ("we will never sit on the bridge with Tom", "we are ready to sit on the bridge with Tom", "side"),
    ],
)
def test_a_change_is_marked_only_by_a_stated_rule(earlier: str, later: str, rule: str | None) -> None:
    found = grid(said(later, day=5), said(earlier, day=1), actors=("Ida Holm",), topics=("bridge",))
    assert [item.rule for item in found.changes] == ([rule] if rule else [])
    for item in found.changes:
        assert (found.statements[item.earlier].text, found.statements[item.later].text) == (earlier, later)


def test_statements_of_one_day_of_two_actors_or_told_as_a_stance_are_no_change() -> None:
    one, other = "we support the bridge", "we oppose the bridge"
    actors, topics = ("Ida Holm", "Tom Reed"), ("bridge",)
    assert not grid(said(one), said(other), actors=actors, topics=topics).changes
    assert not grid(said(one), said(other, by="Tom Reed", day=2), actors=actors, topics=topics).changes
    assert not grid(said(one), said(other, day=2, stance=True), actors=actors, topics=topics).changes


def test_a_denial_of_what_was_said_before_is_a_change() -> None:
    text = "the old bridge will close in spring"
    found = grid(said(text), said(text + " already", day=3, denied=True), actors=("Ida Holm",), topics=("bridge",))
    assert [item.rule for item in found.changes] == ["denial"]
    denied = said("we had closed the bridge", day=3, denied=True)  # "denied that", which is "did not"
    assert not grid(said("we did not close the bridge"), denied, actors=("Ida Holm",), topics=("bridge",)).changes


def test_the_table_says_where_nothing_was_found() -> None:
    found = grid(said("the bridge is old"), actors=("Ida Holm", "Tom Reed"), topics=("bridge",))
    head, *lines = csv.reader(io.StringIO(table(found)))
    assert {len(line) for line in lines} == {len(head)}
    assert [line[head.index("text")] for line in lines] == ["the bridge is old", "no statement found"]


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_no_cell_of_the_table_is_a_formula_and_no_text_is_lost(text: str) -> None:
    item = said("bridge", by=text, role="=cmd|'/C calc'!A0", venue="@SUM(A1)", title="-1+1", outlet="\tx")
    found = matrix([item], actors={text: [item]}, topics={"+bridge": [item]})
    head, line = csv.reader(io.StringIO(table(found), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)
    assert line[head.index("speaker")].removeprefix("'") == text.removeprefix("'")


def test_topics_are_what_articles_come_back_to_and_no_adjectives() -> None:
    about = [said(f"the federal harbour needs a {word} and the harbour is old", day=1) for word in ("crane", "quay")]
    once = [
        replace(said(f"the federal plan of the {word} has support", day=2), article_id=f"other {word}")
        for word in ("church", "school", "market")
    ]
    found = matrix([*about, *once], actors={}, topics={})
    assert found.topics[0] == "harbour"
    assert not {"federal", "plan"} & set(found.topics)


def test_the_topic_of_most_actors_comes_first_and_a_vague_noun_is_none() -> None:
    found = grid(
        said("the effects of the tram are good", day=1),
        said("the tram is late", by="Tom Reed", day=2),
        said("the bridge has effects", day=3),
        said("the bridge is old", by="Tom Reed", day=4),
        said("the bridge stands", by="Kari Moen", day=5),
        said("the effects are real", by="Tom Reed", day=6),
    )
    assert found.topics == ("bridge", "tram")


@pytest.mark.parametrize(
    ("statement", "supporting", "opposing"),
    [
        (said("we support the bridge", kind="direct"), 1, 0),
        (said("that she still supports the new bridge because of the trams"), 1, 0),
        (said("the bridge", cue="welcomed"), 1, 0),
        (said("the bridge in Lind", cue="condemned"), 0, 1),
        (said("they do not support the bridge"), 0, 1),
        (said("they do not oppose the bridge"), 0, 0),  # who is not against it need not be for it
        (said("the mayor supports the bridge"), 0, 0),  # which is the mayor's position
        (said("he opposes the bridge", kind="direct"), 0, 0),  # so is this
        (said("we oppose the bridge bill", kind="direct"), 0, 0),
        (said("a favoured bridge would be of stone"), 0, 0),
        (said("that the bridge is late", cue="agreed"), 0, 0),
        (said("we oppose the bridge is what they shout"), 0, 0),
        (said("judges who are opposed to the bridge"), 0, 0),
        (said("the bridge", cue="welcomed", denied=True), 0, 0),
    ],
)
def test_a_sign_stands_only_where_it_is_certain_what_the_speaker_is_for_or_against(
    statement: Statement, supporting: int, opposing: int
) -> None:
    cell = grid(statement, actors=("Ida Holm",), topics=("bridge",)).cell("Ida Holm", "bridge")
    assert (cell.supporting, cell.opposing) == (supporting, opposing)
