"""Transcripts of briefings, interviews and hearings: a paragraph for each turn, with the label of who speaks."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import words_of
from rag.knowledge.words import BEFORE_CAPITALS
from rag.readers.headlines import byline, first_words
from rag.text.canonical import canonical
from rag.text.dates.written import is_weekday, written_days
from rag.text.language import detect_language

_CLOCK = r"(?:[\[(]?(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d+)?[\])]?\s*[-–—]?\s*)"
_NAME = r"(?:[^\W\d_a-z][\w.'’-]*)(?:,? (?:[^\W\d_a-z(][\w.'’)-]*|of|de|der|von|van|the|and|bin|al|for)){0,7}"
_TURN = re.compile(
    rf"^{_CLOCK}?[*_]{{0,3}}(?P<name>{_NAME}|[QA]\d?)(?: ?\([^()]{{1,60}}\)){{0,3}}[*_]{{0,3}} "
    rf"?{_CLOCK}?(?P<mark>[:：]|\.(?<=^[QA]\.))[*_]{{0,3}}(?:\s+(?P<words>\S.*)|\s*)$"
)
# As the record of a parliament writes it: "Mr. KROG. Thank you."
_RECORD = re.compile(
    rf"^(?P<name>{BEFORE_CAPITALS}"
    r" [A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,}(?: [A-ZÀ-Þ][A-ZÀ-Þ'’-]+){0,3}(?: of [A-Z]\w+)?)\.\s+(?=\S)"
)
# As offices write down what reporters ask: "Q    Will you send monitors?"
_QUESTION = re.compile(r"^(?P<name>[QA])(?:\t| {2,})\s*(?=\S)")
_TIMED = re.compile(rf"^(?P<name>{_NAME}) +{_CLOCK}$")
_BRACKETED = re.compile(rf"^\[(?P<name>{_NAME})\]\s+(?=\S)")
# Before the name of who asks, as committees number their questions: "Q12 Chair: When?"
_QUESTION_NUMBER = re.compile(
    rf"^[*_]{{0,3}}Q\.? ?\d{{1,4}}[.)]?[*_]{{0,3}}\s+(?=[*_]{{0,3}}{_NAME}(?: ?\([^()]{{1,60}}\))?[*_]{{0,3}} ?:)"
)
_STAMPED = re.compile(rf"^{_CLOCK}(?=\D)")
_STAGE_DIRECTION = re.compile(r"^[\[(].{1,200}[\])]$|^(?:END|###|\* \* \*|-{3,})\b.*$")
_NO_LABELS = words_of("nouns", "field_labels")
_FEWEST, _LONGEST_TITLE = 3, 200  # turns; characters


def is_transcript(text: str) -> bool:
    """True if most of a text is turns: three or more lines with a label, of two speakers, one of whom speaks again."""
    return _turns(text) is not None


def _turns(text: str) -> list[str] | None:
    stripped = map(str.strip, text.replace("\r\n", "\n").split("\n"))
    lines = [_QUESTION_NUMBER.sub("", line) if line else line for line in stripped]
    speakers = [_speaker(line) if line else None for line in lines]
    labels = Counter(filter(None, speakers))
    turns = sum(labels.values())
    if turns < _FEWEST or len(labels) < 2:
        return None
    stamped = all(_STAMPED.match(line) for line, name in zip(lines, speakers, strict=True) if name)
    if max(labels.values()) < 2 and not stamped:
        return None
    names = {name for name, count in labels.items() if count >= 2 or turns >= 2 * len(labels)}
    if sum(labels[name] for name in names) < 2 and not stamped:
        return None
    first = next(at for at, name in enumerate(speakers) if name)
    characters = sum(len(line) for line in lines[first:])
    labelled = sum(
        len(line) for line, (name, after) in zip(lines, pairwise([*speakers, None]), strict=True) if name or after
    )
    return lines if characters * 2 > sum(map(len, lines)) and labelled * 10 > characters else None


def read_transcript(text: str) -> Extract:
    """The transcript: the lines above the first turn are its head; each turn is one paragraph.

    Raises UnreadableSource where there are no words.
    """
    lines = [line for line in _turns(canonical(text)) or [] if line]
    first = next((at for at, line in enumerate(lines) if _speaker(line)), 0)
    head, turns = lines[:first], _paragraphs(lines[first:])
    authors = [name for line in head if (name := byline(line))]
    days = {day.day for line in head for day in written_days(line)}
    day = days.pop() if len(days) == 1 else None
    title = next((line for line in head if len(line) <= _LONGEST_TITLE), None)
    others = [line for line in head if line != title and not byline(line) and not _is_day(line)]
    body = canonical("\n\n".join([*others, *turns]))
    if not any(char.isalnum() for char in body):
        raise UnreadableSource("There are no words in this transcript; paste or save it again.")
    return Extract(
        text=body, title=title or first_words(turns[0]), byline=", ".join(authors) or None, published=day,
        date_basis="text" if day else None, language=detect_language(body),
    )  # fmt: skip


def _is_day(line: str) -> bool:
    """True for a line that is a day and nothing else."""
    days = written_days(line)
    if len(days) != 1:
        return False
    rest = line[: days[0].start] + line[days[0].end :]
    return all(is_weekday(word) for word in re.findall(r"[^\W_]+", rest))


def _paragraphs(lines: list[str]) -> list[str]:
    turns: list[str] = []
    for line in lines:
        stamped = _TIMED.match(line)
        if _speaker(line):
            turn = _BRACKETED.sub(r"\g<name>: ", _QUESTION.sub(r"\g<name>: ", line))
            bare = re.sub(rf"^{_CLOCK}|\*|(?<=\w) ?{_CLOCK}(?=[:：])", "", turn)
            turns.append(f"{stamped['name']}:" if stamped else bare.strip())
        elif not turns or _STAGE_DIRECTION.match(line) or _STAGE_DIRECTION.match(turns[-1]):
            turns.append(line)
        else:
            turns[-1] += f" {line}"
    return turns


def _speaker(line: str) -> str | None:
    """The speaker's name in a line, in lower case; None for a line without a label."""
    match = next(filter(None, (form.match(line) for form in (_TURN, _QUESTION, _TIMED, _RECORD, _BRACKETED))), None)
    if match is None or len(match["name"]) > 80:
        return None
    name = match["name"].strip(" .").lower()
    return None if name.split()[0] in _NO_LABELS else name
