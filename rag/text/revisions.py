"""What an article says of itself: notes on its corrections and updates, and its genre if it is not a report. Also the
differences between two versions of its text, by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Literal

from rag.domain import Span
from rag.knowledge.tables import pattern_of, table
from rag.text.sentences import sentences

NoteKind = Literal["correction", "retraction", "update"]

_KINDS: tuple[NoteKind, ...] = ("retraction", "correction", "update")  # the first that fits
_NOTES = tuple((kind, pattern_of("revision_notes", kind, flags=0)) for kind in _KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence that says that the article was corrected, retracted or updated, with its half-open span."""

    kind: NoteKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One difference: sentences of the older text (`before`) and of the newer (`after`) that stand for each other.

    One side is empty where sentences were only added or only removed; spans are those of their own text.
    """

    before: tuple[Span, ...]
    after: tuple[Span, ...]


def correction_notes(text: str) -> list[Note]:
    """The notes on corrections, retractions and updates in a canonical text, in order."""
    notes = []
    for span in sentences(text):
        sentence = span.of(text).lstrip("([*—– ")
        kind = next((kind for kind, pattern in _NOTES if pattern.match(sentence)), None)
        if kind:
            notes.append(Note(kind=kind, span=span))
    return notes


def changes(before: str, after: str) -> list[Revision]:
    """The differences of two canonical texts by whole sentences; white space between sentences is no difference."""
    spans = sentences(before), sentences(after)
    old, new = [span.of(before) for span in spans[0]], [span.of(after) for span in spans[1]]
    shorter = min(len(old), len(new))
    first = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    last = next((n for n in range(shorter - first) if old[-1 - n] != new[-1 - n]), shorter - first)
    # What is the same at both ends is taken off first: an edit is short, and only of more than 200 sentences does
    # difflib leave out the frequent ones.
    matcher = SequenceMatcher(a=old[first : len(old) - last], b=new[first : len(new) - last])
    return [
        Revision(before=tuple(spans[0][first + a : first + b]), after=tuple(spans[1][first + c : first + d]))
        for step, a, b, c, d in matcher.get_opcodes()
        if step != "equal"
    ]


def sentence_pairs(before: str, after: str) -> list[tuple[str, str]]:
    """The differences of two canonical texts as the sentences before and after, one of them empty where some were only
    added or removed.
    """
    return [
        (" ".join(span.of(before) for span in one.before), " ".join(span.of(after) for span in one.after))
        for one in changes(before, after)
    ]


# -- what an article calls itself: satire, opinion and advertising are no reports


_EDGE = 300  # characters at either end of an article in which it says what it is
_HEAD = 24  # characters of a headline that may name its section: "Opinion: ..."


@cache
def _genres() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    flags = re.IGNORECASE | re.MULTILINE
    return tuple(
        (name, re.compile(row["named"], flags), re.compile(row["says"], flags)) for name, row in table("genres").items()
    )


def genre_of(title: str, outlet: str | None, text: str) -> str | None:
    """What an article calls itself if it is not a report; None for a report, and if it does not say."""
    edges = f"{text[:_EDGE]}\n{text[-_EDGE:]}" if len(text) > 2 * _EDGE else text
    for name, name_pattern, says in _genres():
        if name_pattern.search(outlet or "") or name_pattern.search(title[:_HEAD]) or says.search(edges):
            return name
    return None
