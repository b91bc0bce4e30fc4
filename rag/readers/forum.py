"""Threads of a forum as they are copied or printed: one article a post, with its author and day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import pattern_of
from rag.readers.headlines import first_words
from rag.text.canonical import canonical
from rag.text.dates.written import written_days
from rag.text.language import detect_language

_HEAD = pattern_of("bylines", "post")  # "Posted by ivao » 3 May 2031, 14:02"
_NUMBER = re.compile(r"#\d{1,6}")
_FEWEST, _LONGEST_TITLE, _MOST_ABOVE = 2, 200, 8  # posts; characters; lines above the first post


def is_thread(text: str) -> bool:
    """True for two posts or more, each below a line with its author and day, the first near the top."""
    heads = _heads(_lines(text))
    return len(heads) >= _FEWEST and heads[0] <= _MOST_ABOVE


def read_thread(text: str) -> Iterator[Extract | UnreadableSource]:
    """The posts of a thread in its order, or the error of one without words. The first has the title of the thread, the
    others also their number.
    """
    lines = _lines(canonical(text))
    heads = _heads(lines)
    title = next((line for line in lines[: heads[0]] if len(line) <= _LONGEST_TITLE), None)
    for number, (start, end) in enumerate(pairwise([*heads, len(lines)]), start=1):
        head = _HEAD.fullmatch(lines[start])
        body = canonical("\n\n".join(lines[start + 1 : end]))
        if head is None or not any(map(str.isalnum, body)):
            yield UnreadableSource(f"Post {number} has no words of its own; leave it out.")
            continue
        day, author = written_days(head["day"])[0].day, head["name"] or head["name2"]
        yield Extract(
            text=body, title=(f"{title} ({number})" if number > 1 else title) if title else first_words(body),
            byline=author.strip(), published=day, date_basis="text", language=detect_language(body),
        )  # fmt: skip


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not _NUMBER.fullmatch(line)]


def _heads(lines: list[str]) -> list[int]:
    """Where a line names the author and the one day of a post."""
    return [
        at
        for at, line in enumerate(lines)
        if len(line) <= _LONGEST_TITLE and (head := _HEAD.fullmatch(line)) and len(written_days(head["day"])) == 1
    ]
