"""Splitting a text of several articles, without splitting one article at its scene breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.knowledge.tables import table
from rag.readers import boilerplate
from rag.readers.date_lines import read_date_line
from rag.readers.headlines import byline, is_headline, word_count
from rag.readers.pasted import ADDRESS, is_page, is_prose
from rag.text.canonical import canonical

_RULE = re.compile(r"(?:([=\-–—_*~#+•⁂])\s?)(?:\1\s?){2,}|⁂")
_NUMBERED = re.compile(
    r"\W{{0,4}}(?:{article}|{document})\s*(?:no\.?|nr\.?|#)?\s*(\d{{1,4}})(?:\s*(?:{of})\s*\d{{1,4}})?\W{{0,4}}".format_map(
        table("export_labels")
    ),
    re.IGNORECASE,
)
_LONG_RULE, _LONGEST_HEAD = 10, 6  # characters of a rule that is no mere break of scene; lines above a sentence
_FEWEST_WORDS, _FEWEST_BARE, _FEWEST_OF_HEADLINE = 20, 40, 3  # of an article; of one without headline; of a headline

Mark = Literal["none", "break", "line", "divider"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not empty: its text, its offset, and the mark between it and the line before."""

    text: str
    start: int
    mark: Mark


def split_articles(text: str) -> list[str]:
    """The texts of the articles that `text` holds: the whole of it where it is one.

    An article begins at a headline with a byline or a day, as the first has them; below a divider (equals signs, or
    the number of an article) also at a bare headline or at none. A scene break, a heading within an article, a box, a
    footnote and a list of other stories begin no article.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(text)
    first = _headline_parts(lines)
    bare = is_page([line.text for line in lines])
    cuts, words = [0], 0
    for at, line in enumerate(lines):
        if words >= _FEWEST_WORDS and (line.mark != "none" or (not bare and is_prose(lines[at - 1].text))):
            head = _headline_parts(lines[at : at + _LONGEST_HEAD + 1])
            if head is None or first is None:
                begins = line.mark == "divider" and min(words, _words(lines, at)) >= _FEWEST_BARE
            else:
                begins = _is_article_start(line.mark, head, first) and _words(lines, at) >= _FEWEST_WORDS
            if begins:
                cuts.append(at)
                words = 0
        words += word_count(line.text)
    if len(cuts) == 1:
        return [text]
    parts = [lines[start:end] for start, end in zip(cuts, [*cuts[1:], None], strict=True)]
    return [text[part[0].start : part[-1].start] + part[-1].text for part in parts]


def _lines(text: str) -> list[_Line]:
    """The lines that are not empty. A rule becomes the mark of the line below it, unless it underlines a heading."""
    lines: list[_Line] = []
    mark: Mark = "none"
    at, above = 0, ""
    for raw in text.split("\n"):
        line = raw.strip()
        numbered = _NUMBERED.fullmatch(line)
        if (_RULE.fullmatch(line) and (not above or is_prose(above))) or numbered:
            long = len(line) >= _LONG_RULE
            mark = "divider" if numbered or line[0] == "=" else "line" if long or mark == "line" else "break"
        elif line:
            lines.append(_Line(line, at + len(raw) - len(raw.lstrip()), mark))
            mark = "none"
        above = line
        at += len(raw) + 1
    return lines


def _headline_parts(lines: list[_Line]) -> frozenset[str] | None:
    """Which of "byline" and "day" stand with the headline above the first sentence; None where there is no headline."""
    parts: set[str] = set()
    headline = False
    for line in (one.text for one in lines[: _LONGEST_HEAD + 1]):
        if boilerplate.heads_list(line) or boilerplate.may_head_list(line):
            return None
        clean = canonical(line)
        if dates := read_date_line(clean):
            parts |= {"day"} | ({"byline"} if dates.rest else set())
        elif byline(clean):
            parts.add("byline")
        elif is_prose(clean) and (headline or not is_headline(clean)):
            return frozenset(parts) if headline else None
        elif not ADDRESS.fullmatch(clean):
            headline = headline or (is_headline(clean) and word_count(clean) >= _FEWEST_OF_HEADLINE)
    return None


def _is_article_start(mark: Mark, head: frozenset[str], first: frozenset[str]) -> bool:
    if mark == "divider" or (mark == "line" and not first):
        return True
    return len(head) == 2 or bool(head and head >= first)


def _words(lines: list[_Line], start: int) -> int:
    """The number of words from a line to the next divider, counted no further than _FEWEST_BARE."""
    words = 0
    for at in range(start, len(lines)):
        if (at > start and lines[at].mark == "divider") or words >= _FEWEST_BARE:
            break
        words += word_count(lines[at].text)
    return words
