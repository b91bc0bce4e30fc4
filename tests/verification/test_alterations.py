"""What kind of change a quotation has undergone, on texts made by hand."""

from __future__ import annotations

import pytest

from rag.domain import Fragment, Statement
from rag.verification.alterations import find_nearest, find_stitched_places, locate_pieces, pieces
from rag.verification.attributions import same_source

TEXT = (
    "“We will not close the harbour of Velde before the end of May,” the minister said. “The 48 boats that were bought "
    "in Norland stay where they are, and nobody has asked us to move them,” she added. Later she spoke of fish. "
    "“Our patience has an end, and the fishermen of the north know it.”"
)


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        ("We will close the harbour of Velde before the end of May", "negation"),
        ("The 84 boats that were bought in Norland stay where they are", "number"),
        ("The 48 boats that were bought in Sudria stay where they are", "name"),
        ("We will not close the harbour of Velde before the end of June", "name"),
        ("We will not close the harbour before the end of May", "cut"),
        ("We will certainly not close the harbour of Velde before the end of May", "added"),
        ("We will not shut the harbour of Velde before the end of May", "wording"),
        ("We will not before the end of May close the harbour of Velde", "order"),
        ("nobody had asked us to move them", "wording"),
        ("nobody has invited us to sell them", "wording"),  # one content word is left
        ("Our pride has no end", "negation"),
    ],
)
def test_a_changed_quotation_has_the_kind_of_its_change(quote: str, kind: str) -> None:
    assert locate_pieces(quote, TEXT) is None
    nearest = find_nearest(quote, TEXT)
    assert nearest is not None
    assert nearest.alteration == kind
    assert nearest.changes


@pytest.mark.parametrize(
    ("source", "quote", "kind"),
    [
        ("“[W]e keep the harbour open all winter,” she said.", "We keep the old harbour open all winter", "added"),
        ("It is of the town. “It has the rare merit of being open.”", "It has the of merit rare being open", "order"),
        ("“You do what you can and just have to be off of it.”", "You do what you can and just have to laugh off of it",
         "wording"),
        ("“We pay our dues. So why do they not pay their own?”", "We pay our why do they not pay their own?", "cut"),
    ],
)  # fmt: skip
def test_the_kind_is_that_of_the_change_alone(source: str, quote: str, kind: str) -> None:
    nearest = find_nearest(quote, source)
    assert nearest is not None
    assert nearest.alteration == kind, nearest.changes


def test_two_neighbouring_sentences_made_one_are_stitched() -> None:
    source = (
        "“This is a big year for our candidate, whom many of you know from the markets of the north. The country "
        "looks at us, and we have to show that we have his back,” she said."
    )
    pair = find_stitched_places("This is a big year for our to show that we have his back", [source])
    assert pair is not None
    assert pair[1][1].of(source) == "to show that we have his back"


@pytest.mark.parametrize(
    "quote",
    [
        "We will not close the harbour of Velde before the end of May",
        "we will not close the harbour of Velde",
        "[W]e will not close the harbour of Velde ... before the end of May.",
        "The 48 boats that were bought in Norland … nobody has asked us to move them",
        "The 48 boats [...] stay where they are,",
        "nobody has asked [the ministry] to move them",
    ],
)
def test_a_faithful_quotation_is_located(quote: str) -> None:
    assert locate_pieces(quote, TEXT) is not None


def test_pieces_of_a_quotation_stand_in_the_order_of_the_source() -> None:
    assert locate_pieces("nobody has asked us to move them ... The 48 boats", TEXT) is None


@pytest.mark.parametrize(
    ("quote", "source", "stands"),
    [
        ("We will ... sign it", "We will never, ever sign it", False),
        ("It is ... true", "It isn't - as I told you - true", False),
        ("The bridge ... will close", "The bridge, which is not safe, will close", True),
        ("We sign. ... We pay", "We sign. Nobody likes it. We pay", True),
    ],
)
def test_dots_hide_no_negation_of_the_words_beside_them(quote: str, source: str, stands: bool) -> None:
    assert (locate_pieces(quote, source) is not None) is stands


def test_omissions_and_insertions_part_a_quotation() -> None:
    assert pieces("“He … said [sic] it,") == ["“He", "said", "it"]


def test_a_stitched_quotation_names_both_places() -> None:
    pair = find_stitched_places("We will not close the harbour and the fishermen of the north know it", [TEXT])
    assert pair is not None
    (one, first), (other, second) = pair
    assert (one, other) == (0, 0)
    assert first.of(TEXT) == "We will not close the harbour"
    assert second.of(TEXT) == "and the fishermen of the north know it"


@pytest.mark.parametrize(
    "quote", ["The lighthouse keeper sold his red bicycle to a stranger", "it is what it was", "fish and chips"]
)
def test_words_that_were_made_from_nothing_there_are_near_nothing(quote: str) -> None:
    assert find_nearest(quote, TEXT) is None
    assert find_stitched_places(quote, [TEXT]) is None


def by(speaker: str | None, role: str | None = None, actor: str | None = None) -> Statement:
    return Statement(
        speaker=speaker, role=role, on_behalf_of=actor, kind="direct", source=None, cue=None,
        content=(Fragment(start=0, end=1, text="x"),), text="x", article_id="a", version="1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (by("Ada Lund"), by("Lund"), True),
        (by("Ada Lund"), by("Bo Marsh"), False),
        (by("the defence ministry"), by("Bo Marsh", "defence minister"), True),
        (by("Ankara"), by("Bo Marsh", actor="Turkey"), True),
        (by("Ada Lund"), by("Marsh"), False),
        (by("Ada Lund", actor="Turkey"), by("Bo Marsh", actor="Turkey"), False),
        (by("Ada Lund"), by("Bo Marsh and a clerk of the port"), False),
        (by("Ada Jordan"), by("Bo Marsh"), False),
        (by("Ada Lund and presidential nominee"), by("Bo Marsh", "president"), False),
        (by("Ada Lund"), by("Bloomberg"), None),
        (by("Norland Fish Agency"), by("Bo Marsh"), None),
        (by(None), by("Bo Marsh"), None),
        (by("Ada Lund"), by(None), None),
    ],
)
def test_two_attributions_name_one_source_or_two_or_it_is_not_known(
    ours: Statement, theirs: Statement, same: bool | None
) -> None:
    assert same_source(ours, theirs, is_surname=lambda word: word == "marsh") is same
