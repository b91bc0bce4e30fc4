"""Transcripts of briefings, interviews and hearings: a paragraph for each turn, with the label of who speaks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from rag.domain import Extract
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical
from rag.text.language import detected

_CLOCK = r"(?:[\[(]?(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d+)?[\])]?\s*[-–—]?\s*)"
_NAME = r"(?:[^\W\d_a-z][\w.'’-]*)(?:,? (?:[^\W\d_a-z(][\w.'’)-]*|of|de|der|von|van|the|and|bin|al|for)){0,7}"
_TURN = re.compile(
    rf"^{_CLOCK}?[*_]{{0,3}}(?P<name>{_NAME}|[QA]\d?)(?: ?\([^()]{{1,60}}\))?[*_]{{0,3}} ?{_CLOCK}?(?P<mark>[:：]|\.(?<=^[QA]\.))[*_]{{0,3}}(?:\s+(?P<words>\S.*)|\s*)$"
)
_STAMPED = re.compile(rf"^(?P<name>{_NAME}) +{_CLOCK}$")
_ASIDE = re.compile(r"^[\[(].{1,200}[\])]$|^(?:END|###|\* \* \*|-{3,})\b.*$")
_NO_LABELS = frozenset(
    "note notes source sources photo date subject from to tags updated published credit image caption correction headline title location time moderator's".split()
)
_FEWEST = 4  # turns


def is_transcript(text: str) -> bool:
    """True if most of a text is turns: four or more lines with a label, of two speakers, one of whom speaks again."""
    return _turns(text) is not None


def _turns(text: str) -> list[str] | None:
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    labels = Counter(name for line in lines if (name := _label(line)))
    turns = sum(labels.values())
    if turns < _FEWEST or len(labels) < 2 or max(labels.values()) < 2:
        return None
    names = {name for name, count in labels.items() if count >= 2 or turns >= 2 * len(labels)}
    if sum(labels[name] for name in names) < 3:
        return None
    first = next(at for at, line in enumerate(lines) if _label(line))
    spoken = sum(len(line) for line in lines[first:])
    labelled = sum(len(line) for line, after in pairwise([*lines, ""]) if _label(line) or (after and _label(after)))
    return lines if spoken * 2 > sum(map(len, lines)) and labelled * 10 > spoken else None


def read_transcript(text: str) -> Extract:
    """The transcript: what stands above the first turn is its head; a turn is one paragraph, whatever paragraphs it had.

    Raises UnreadableSource where there are no words.
    """
    lines = _turns(canonical(text)) or []
    first = next((at for at, line in enumerate(lines) if _label(line)), 0)
    head, paragraphs = lines[:first], _paragraphs(lines[first:])
    body = canonical("\n\n".join(paragraphs))
    if not [line for line in head if line]:
        return replace(read_pasted("\n\n".join(paragraphs)), text=body, language=detected(body))
    above = read_pasted("\n\n".join([*(line for line in head if line), "…"]))
    kept = [line for line in above.text.split("\n\n") if line.strip() not in ("…", "")]
    titled = [line for line in kept if line != above.title]
    whole = canonical("\n\n".join([*titled, *paragraphs]))
    return replace(above, text=whole, title=above.title if above.title != "…" else kept[0], language=detected(body))


def _paragraphs(lines: list[str]) -> list[str]:
    turns: list[str] = []
    for line in lines:
        match = _TURN.match(line)
        stamped = _STAMPED.match(line)
        if (match or stamped) and _label(line):
            turns.append(re.sub(rf"^{_CLOCK}", "", line).replace("*", "").strip() if match else f"{stamped['name']}:")  # type: ignore[index]
        elif not line:
            continue
        elif _ASIDE.match(line) or not turns or _ASIDE.match(turns[-1]):
            turns.append(line)
        else:
            turns[-1] += f" {line}"
    return turns


def _label(line: str) -> str | None:
    """The name of who speaks in a line, folded to compare."""
    match = _TURN.match(line) or _STAMPED.match(line)
    if match is None or len(match["name"]) > 80:
        return None
    name = match["name"].strip(" .").lower()
    return None if name.split()[0] in _NO_LABELS else name
