"""The lines of an exported document, which are the same in every format.

A document is a list of (level, text): level 1 its title, 2 sections, 3 and 4 headings below, 0 paragraphs. What a line
is follows from its level and its words alone, so that it can be read back from Markdown, Word or HTML, whatever its
looks have become on the way. `roles` says what each line is; writers and the check of a file both go by it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rag.domain import Month
from rag.text.canonical import canonical
from rag.text.grounding import same_words

FORM = 1  # of the lines; raised when they change so that older files are told apart

Role = Literal[
    "title", "meta", "note", "heading", "day", "who", "outlets", "summary", "nobody", "sentence", "foot", "differ",
    "count", "entry", "facts", "byline", "copies", "quote", "place", "url", "gone", "form", "digest", "seal", "loose",
]  # fmt: skip
SOURCES, CITATIONS, WITHHELD, ABOUT = "Sources", "Citations", "Withheld sentences", "About this file"
PARTS = (SOURCES, CITATIONS, WITHHELD, ABOUT)
NOBODY, SUMMARY = "Speaker not named", "In short"
FORMS = ("direct", "mixed", "indirect", "reported", "summary")
EXCERPT, OTHER_WORDS = "excerpt", "in other words"
NOTE, GONE = "Note: ", "Withheld: "

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_SENTENCE = re.compile(r"(?P<text>.*\S) (?P<marks>(?:\[\d{1,6}\])+)")
_MONTH = re.compile(r"([A-Z][a-z]{2}) (\d{4})\b")
_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})(?: \(inferred\))?")
_FOOT = re.compile(rf"[—–-] (?:.* · )?(?:{'|'.join(FORMS)})(?: · (?:{EXCERPT}|{OTHER_WORDS}))?")
_DIFFER = re.compile(r"Sources differ: (?:\[\d+\])+(?: against (?:\[\d+\])+)+ on .+")
_ENTRY = re.compile(r"\[(\d{1,6})\] (.+)")
_PLACE = re.compile(r"article (\S+) · version (\S+)(?: · characters (\d{1,12})[–-](\d{1,12}))?(?: · typographic)?")
_URL = re.compile(r"https?://[^\s<>\"]+")
_FACTS = re.compile(rf"(?:no date|\d{{1,2}} (?:{'|'.join(_MONTHS)}) \d{{4}}) · .+")
_FORM_LINE = re.compile(r"onrecord export (\d+) · (answer|briefing)")
_DIGEST = re.compile(r"Digest: ([0-9a-f]{64})")
_SEAL = re.compile(r"Seal: ([0-9a-f]{8}) ([0-9a-f]{64})")
_UNPRINTABLE = re.compile("[\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe-\U0001ffff]")  # XML holds none of them


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document; `role` is filled in by `roles`."""

    level: int
    text: str
    role: Role = "loose"


def plain(text: object) -> str:
    """Text that may stand in a line: canonical, on one line, single blanks."""
    return " ".join(_UNPRINTABLE.sub("", canonical(str(text))).split())


def day(value: date | None) -> str:
    """A day as `2 Feb 2022`, a month as `Feb 2022`, whatever the locale; `no date` where there is none."""
    if isinstance(value, Month):
        return f"{_MONTHS[value.month - 1]} {value.year}"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if value else "no date"


def day_of(text: str) -> date | None:
    """The day that a line of role `day` or `facts` begins with, or the month where it begins with one."""
    if (month := _MONTH.match(text)) and month[1] in _MONTHS:
        return Month.of(int(month[2]), _MONTHS.index(month[1]) + 1)
    if found := _DAY.match(text):
        try:
            return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
        except ValueError:
            return None
    return None


def web_address(url: str | None) -> str | None:
    """The address if it may be shown and linked: http or https, nothing that could end a link; else None."""
    return url if url and _URL.fullmatch(url) else None


def marks(numbers: Iterable[int]) -> str:
    """`[1][2]`."""
    return "".join(f"[{n}]" for n in numbers)


def split_sentence(text: str) -> tuple[str, tuple[int, ...]]:
    """The words of a sentence's line and the numbers that it cites."""
    found = _SENTENCE.fullmatch(text)
    if found is None:
        return text, ()
    return found["text"], tuple(int(n) for n in re.findall(r"\d+", found["marks"]))


def speech_of(foot: str) -> str:
    """The kind of speech that the line under a sentence gives; `summary` where there is none."""
    fields = foot[2:].split(" · ")
    return next((name for name in reversed(fields) if name in FORMS), "summary")


def split_entry(text: str) -> tuple[int, str]:
    """Number and title of the heading of a citation. Raises ValueError."""
    if found := _ENTRY.fullmatch(text):
        return int(found[1]), found[2]
    raise ValueError(text)


def split_place(text: str) -> tuple[str, str, int | None, int | None]:
    """Article id, version, start and end of a place; the offsets are None where it has none. Raises ValueError."""
    if found := _PLACE.fullmatch(text):
        start, end = (int(value) if value else None for value in (found[3], found[4]))
        return found[1], found[2], start, end
    raise ValueError(text)


def form_of(text: str) -> tuple[int, str]:
    """The form of the lines and what they are, `answer` or `briefing`. Raises ValueError."""
    if found := _FORM_LINE.fullmatch(text):
        return int(found[1]), found[2]
    raise ValueError(text)


def digest_of(lines: Sequence[Line]) -> str:
    """SHA-256 over all lines but digest and seal, as 64 hex digits; typography and white space do not count."""
    kept = [f"{line.level} {same_words(line.text)}" for line in lines if line.role not in ("digest", "seal")]
    return hashlib.sha256("\n".join(kept).encode("utf-8", "surrogatepass")).hexdigest()


def roles(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with what each of them is; `loose` is what has no place where it stands."""
    found: list[Line] = []
    part = ""
    for line in lines:
        if line.level == 2:
            part = line.text
        role = _PART_ROLES.get(part, _body)(line, [item.role for item in found[-1:]], part)
        found.append(replace(line, role=role))
    return tuple(found)


def _body(line: Line, before: Sequence[Role], part: str) -> Role:
    if line.level:
        return _head(line)
    if _SENTENCE.fullmatch(line.text) and part:
        return "sentence"
    if _FOOT.fullmatch(line.text) and before == ["sentence"]:
        return "foot"
    if line.text.startswith(NOTE):
        return "note"
    if _DIFFER.fullmatch(line.text):
        return "differ"
    return "loose" if part else "meta"


def _head(line: Line) -> Role:
    if line.level < 3:
        return "title" if line.level == 1 else "heading"
    if _DAY.fullmatch(line.text):
        return "day"
    if line.text.startswith(("The outlet reports", "The outlets report")):
        return "outlets"
    return "summary" if line.text == SUMMARY else "nobody" if line.text == NOBODY else "who"


def _source(line: Line, before: Sequence[Role], _: str) -> Role:
    if line.level:
        return "heading" if line.level == 2 else "entry" if line.level == 3 else "loose"
    if before == ["heading"]:
        return "count"
    if before == ["entry"]:
        return "facts" if _FACTS.fullmatch(line.text) else "loose"
    if line.text.startswith("By "):
        return "byline"
    if line.text.startswith("Also carried by "):
        return "copies"
    return _place(line)


def _citation(line: Line, before: Sequence[Role], _: str) -> Role:
    if line.level:
        return "heading" if line.level == 2 else "entry" if line.level == 3 and _ENTRY.fullmatch(line.text) else "loose"
    if before == ["entry"]:
        return "facts" if _FACTS.fullmatch(line.text) else "loose"
    if before == ["facts"]:
        return "quote"
    return _place(line)


def _place(line: Line) -> Role:
    if _PLACE.fullmatch(line.text):
        return "place"
    return "url" if _URL.fullmatch(line.text) else "loose"


def _withheld(line: Line, before: Sequence[Role], _: str) -> Role:
    if line.level:
        return "heading" if line.level == 2 else "loose"
    if before == ["heading"]:
        return "meta"
    return "gone" if line.text.startswith(GONE) else "loose"


def _about(line: Line, before: Sequence[Role], _: str) -> Role:
    if line.level:
        return "heading" if line.level == 2 else "loose"
    if before == ["heading"]:
        return "meta"
    for role, pattern in _KNOWN.items():
        if pattern.fullmatch(line.text):
            return role
    return "loose"


_KNOWN: dict[Role, re.Pattern[str]] = {"form": _FORM_LINE, "digest": _DIGEST, "seal": _SEAL}
_PART_ROLES = {SOURCES: _source, CITATIONS: _citation, WITHHELD: _withheld, ABOUT: _about}
