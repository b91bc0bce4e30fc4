"""Wire copies: folded under one original, shown as such, counted once, and the fold can be undone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from rag import AddResult, Filters, Newsroom, UnknownArticle, UnusableInput
from rag.domain import Extract, Span
from rag.stores.library import Library

WIRE = (
    "The old bridge over the Esk will close on 4 May for repairs, Mayor Ida Holm said on Monday. “We can’t wait "
    "another winter,” she told the council. Engineers found cracks in two of its nine arches last autumn. Trams "
    "will run on the new bridge instead, and ferries will carry bicycles.\n\n"
    "Shopkeepers on the east bank fear for their trade. The council has set aside 3 million crowns to help them, "
    "and expects work to last until 30 November."
)
FOLLOW_UP = (
    "Work on the old bridge over the Esk will take a year longer than planned, builders said on Friday. “We found rust "
    "in places nobody had looked at,” said chief engineer Bo Lind. The cost has grown to 9 million crowns."
)
SIBLING = WIRE.replace("Esk", "Orm").replace("Ida Holm", "Per Dahl").replace("4 May", "9 June").replace("nine", "six")


def add(room: Newsroom, text: str, outlet: str) -> AddResult:
    return room.add_text(text, title=f"Bridge to close, {outlet}", outlet=outlet, published="2024-04-01")


def test_copies_are_folded_under_the_original_and_counted_once(room: Newsroom) -> None:
    original = add(room, WIRE, "Wire")
    same = add(room, WIRE, "Herald")
    edited = add(room, WIRE.replace("on Monday", "Monday").replace(" over the Esk", ""), "Courier")
    cut = add(room, WIRE.split("\n\n")[0], "Evening News")
    assert [item.status for item in (original, same, edited, cut)] == ["added", "copy", "copy", "copy"]
    assert {item.of for item in (same, edited, cut)} == {original.article_id}
    room.wait()
    hits = room.search("When will the bridge close?")
    assert {hit.article_id for hit in hits} == {original.article_id}
    assert {item.outlet for item in room.copies(original.article_id or "")} == {"Herald", "Courier", "Evening News"}


def test_a_copy_answers_where_only_its_outlet_is_asked(room: Newsroom) -> None:
    add(room, WIRE, "Wire")
    same = add(room, WIRE, "Herald")
    room.wait()
    hits = room.search("When will the bridge close?", filters=Filters(outlet="Herald"))
    assert {hit.article_id for hit in hits} == {same.article_id}


def test_follow_ups_and_siblings_stay_apart(room: Newsroom) -> None:
    add(room, WIRE, "Wire")
    assert add(room, FOLLOW_UP, "Wire").status == "added"
    assert add(room, SIBLING, "Wire").status == "added"


def test_the_same_text_of_the_same_outlet_is_a_duplicate(room: Newsroom) -> None:
    add(room, WIRE, "Wire")
    assert add(room, WIRE, "Wire").status == "duplicate"
    assert room.add_text(WIRE, title="Pasted without an outlet").status == "duplicate"


def test_a_fold_can_be_undone_and_stays_undone(room: Newsroom) -> None:
    original = add(room, WIRE, "Wire")
    same = add(room, WIRE, "Herald")
    room.unfold(same.article_id or "")
    assert room.article(same.article_id or "").copy_of is None
    assert room.copies(original.article_id or "") == []
    with pytest.raises(UnusableInput, match="not folded"):
        room.unfold(same.article_id or "")
    with pytest.raises(UnknownArticle):
        room.unfold("nope")


def test_when_the_original_goes_its_first_copy_takes_its_place(room: Newsroom) -> None:
    original, second, third = (add(room, WIRE, outlet) for outlet in ("Wire", "Herald", "Courier"))
    room.remove(original.article_id or "")
    assert room.article(second.article_id or "").copy_of is None
    assert room.article(third.article_id or "").copy_of == second.article_id


def test_a_whole_that_comes_after_its_cut_copy_is_the_original(room: Newsroom) -> None:
    cut = add(room, WIRE.split("\n\n")[0], "Evening News")
    whole = add(room, WIRE, "Wire")
    assert whole.status == "added"
    assert room.article(cut.article_id or "").copy_of == whole.article_id


def test_a_copy_that_differs_in_a_fact_stays_an_article_and_says_so(room: Newsroom) -> None:
    original = add(room, WIRE, "Wire")
    changed = add(room, WIRE.replace("3 million", "5 million"), "Herald")
    message = "near copy of “Bridge to close, Wire”, differs in: 3 million / 5 million crowns"
    assert (changed.status, changed.of, changed.reason) == ("added", None, message)
    assert message in room.article(changed.article_id or "").notes
    assert [item.notes for item in room.articles(Filters(outlet="Herald"))] == [(message,)]
    room.wait()
    answer = room.ask("How many million crowns has the council set aside?")
    closing = room.ask("When will the bridge over the Esk close?")
    assert [len(item.citations) for item in closing.sentences] == [2]  # the same words twice are two sources
    assert [item.about for item in answer.conflicts] == ["“3” or “5”"]
    room.remove(original.article_id or "")
    assert room.article(changed.article_id or "").notes == ()


def test_folds_of_an_earlier_release_are_judged_again_when_a_library_is_opened(tmp_path: Path) -> None:
    with closing(Library(tmp_path / "library.sqlite")) as library:
        kept, changed, same = (
            library.articles.put(
                Extract(text=text, title=f"Bridge to close, {outlet}", outlet=outlet),
                key=None, name=outlet, cut=lambda text: [Span(0, len(text))], cut_as="whole",
            ).article_id or ""
            for outlet, text in (("Wire", WIRE), ("Herald", WIRE.replace("4 May", "9 May")), ("Courier", WIRE))
        )  # fmt: skip
        with library.writing() as connection:
            connection.exec_driver_sql(f"UPDATE article SET copy_of = '{kept}' WHERE article_id = '{changed}'")
            connection.exec_driver_sql("DELETE FROM near_copy")
            connection.exec_driver_sql("DELETE FROM meta WHERE key = 'folds_judged_by'")
    with closing(Library(tmp_path / "library.sqlite")) as library:
        assert [library.articles.get(one).copy_of for one in (kept, changed, same)] == [None, None, kept]
        assert library.articles.get(changed).notes == (
            "near copy of “Bridge to close, Wire”, differs in: 4 May / 9 May",
        )


def test_a_new_version_that_differs_leaves_its_fold(room: Newsroom, tmp_path: Path) -> None:
    add(room, WIRE, "Wire")
    page = tmp_path / "copy.md"
    page.write_text(f"---\ntitle: Bridge\noutlet: Herald\n---\n\n{WIRE}", "utf-8")
    (copied,) = room.add(page)
    assert copied.status == "copy"
    page.write_text(
        f"---\ntitle: Bridge\noutlet: Herald\n---\n\n{WIRE.replace('will close', 'will not close')}", "utf-8"
    )
    (updated,) = room.add(page)
    assert updated.status == "updated"
    assert room.article(updated.article_id or "").copy_of is None
