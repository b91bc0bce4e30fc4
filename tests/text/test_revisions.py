"""Differences of versions and the notes that own up to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.canonical import canonical
from rag.text.revisions import changes, correction_notes, genre_of
from rag.text.sentences import sentences

SENTENCES = st.lists(st.sampled_from(["One came.", "Two went.", "“Three,” he said.", "Four stayed."]), max_size=8)
TEXTS = SENTENCES.map(" ".join).map(canonical)


@given(TEXTS, TEXTS)
def test_putting_the_changes_in_place_gives_the_newer_text(before: str, after: str) -> None:
    old = [span.of(before) for span in sentences(before)]
    starts = [span.start for span in sentences(before)]
    for change in reversed(changes(before, after)):
        at = starts.index(change.before[0].start) if change.before else None
        if at is None:
            continue
        old[at : at + len(change.before)] = [span.of(after) for span in change.after]
    results = [span.of(after) for change in changes(before, after) if not change.before for span in change.after]
    assert sorted([*old, *results]) == sorted(span.of(after) for span in sentences(after))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert changes(text, text) == []


def test_an_edit_in_a_long_text_that_repeats_itself_is_told_alone() -> None:
    refrain = [f"Verse {number} was sung. All rose." for number in range(400)]
    edited = [*refrain[:200], "Verse 200 was left out.", "All rose.", *refrain[201:]]
    before, after = " ".join(refrain), " ".join(edited)
    (change,) = changes(before, after)
    assert [span.of(before) for span in change.before] == ["Verse 200 was sung."]
    assert [span.of(after) for span in change.after] == ["Verse 200 was left out."]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("CORRECTS: Spells the mayor’s first name Ida.", "correction"),
        ("(CORRECTS day of vote to Tuesday)", "correction"),
        ("Correction: The bridge opened in May.", "correction"),
        ("An earlier version of this article said that the bridge was closed.", "correction"),
        ("This story has been corrected to show that the vote is on Tuesday.", "correction"),
        ("This article was amended on 4 May.", "correction"),
        ("Editor’s note: The headline was changed.", "correction"),
        ("This article has been retracted.", "retraction"),
        ("The Herald has retracted this article.", "retraction"),
        ("This story has been updated with comment from the mayor.", "update"),
    ],
)
def test_notes_are_recognised(line: str, kind: str) -> None:
    text = f"The bridge is open.\n\n{line}\n\nTrams run again."
    assert [(note.kind, note.span.of(text)) for note in correction_notes(text)] == [(kind, line)]


@pytest.mark.parametrize(
    "line",
    [
        "The minister corrected the record on Tuesday.",
        "A correction in the housing market is due.",
        "Correctional officers walked out.",
        "He retracted his claim that the bridge was unsafe.",
        "“An update is due,” she said.",
        "Editor’s note: The author is a member of the Green List and a guest of this paper.",
    ],
)
def test_news_about_corrections_is_no_note(line: str) -> None:
    assert correction_notes(f"The bridge is open.\n\n{line}") == []


@pytest.mark.parametrize(
    ("title", "text", "genre"),
    [
        ("Elmer bridge must go", "Elmer bridge must go.\n\nLETTERS.\n\nNobody needs it.", "readers' letters"),
        ("Letters: the bridge", "Nobody needs it.", "readers' letters"),
        ("The bridge", "Nobody needs it.\n\nA letter to the editor from Gus Arden of Elmer.", "readers' letters"),
        ("The bridge", "Readers write:\n\nNobody needs it.", "readers' letters"),
        ("The bridge", "Have your say\n\nNobody needs it.", "readers' letters"),
        ("The bridge", "Nobody needs it.\n\nAda Voss is a member of the Post's Board of Contributors.", "opinion"),
        ("Opinion: the bridge", "Nobody needs it.", "opinion"),
        ("Letters of a king found", "Letters of King Otto were found in Elmer on Monday.", None),
        ("Editor quits", "The editor quit after a letter to the editor was printed.", None),
    ],
)
def test_letters_and_opinion_are_told_by_what_they_call_themselves(title: str, text: str, genre: str | None) -> None:
    assert genre_of(title, "Sudria Post", text) == genre
