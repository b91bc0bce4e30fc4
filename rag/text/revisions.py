"""What changed between two texts of one article, by sentence, and the notes in which outlets own up to a change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rag.domain import Span
from rag.text.sentences import sentences

NoteKind = Literal["correction", "retraction", "update"]

# The opening words of a note, as wires and newspapers write them; the first pattern that fits names its kind.
_NOTES: tuple[tuple[NoteKind, re.Pattern[str]], ...] = (
    (
        "retraction",
        re.compile(
            r"^(?:RETRACTION\b|Retraction:|(?:This|The) (?:article|story|report|piece) (?:has been|was|is) "
            r"(?:retracted|withdrawn)\b|.{0,40}\b(?:retracts|has retracted|withdraws) (?:this|the|its) "
            r"(?:article|story|report)\b)"
        ),
    ),
    (
        "correction",
        re.compile(
            r"^(?:\(?(?:CORRECTS?|CORRECTED|CORRECTION|Corrects|Corrected|Corrections?)\b(?=[\s:,(–—-])"
            r"|(?:An|a) (?:earlier|previous) (?:version|headline|edition) of this\b"
            r"|(?:This|The) (?:article|story|report|piece|headline|post) (?:has been|was) "
            r"(?:corrected|amended|revised)\b"
            r"|(?:Clarification|CLARIFICATION|Amendment)\b\s*:?"
            r"|Editors?[’']s? note\b.*(?i:\b(?:correct|amend|clarif|mis(?:stat|spel|identif|attribut|report)|erro"
            r"|wrong|earlier"
            r"|previous|updated|incorrect|removed|added|changed|revised))"
            r"|(?:Earlier|Previous) versions? of this\b)"
        ),
    ),
    (
        "update",
        re.compile(r"^(?:UPDATES?\b(?=[\s:])|(?:This|The) (?:article|story|report|piece) (?:has been|was) updated\b)"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence that says that the article was corrected, retracted or updated, with its half-open span."""

    kind: NoteKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
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


def changes(before: str, after: str) -> list[Change]:
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
        Change(before=tuple(spans[0][first + a : first + b]), after=tuple(spans[1][first + c : first + d]))
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
