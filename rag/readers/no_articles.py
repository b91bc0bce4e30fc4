"""Pages and files that are not articles: consent walls, bot checks, error pages, paywalls; code, logs, markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from rag.knowledge.tables import table
from rag.readers import boilerplate
from rag.readers.headlines import word_count
from rag.text.sentences import sentences

_LONGEST = 3_000  # characters of such a page; a page with more words is an article with a notice on it
_FEWEST = 8  # lines of which more than a quarter with somebody's words are an article, or of as many as there are
_LONGEST_WALL = 240  # characters
_SHORT_LINE = 4  # words of a button, which tells nothing


def page_refusal(title: str | None, lines: Sequence[str]) -> str | None:
    """Why `lines`, under `title`, are not an article ("a consent wall, not the article"); None where they may be one.

    Both must hold: the page uses the wording of such pages, and hardly any of its sentences is about somebody else.
    A report on a consent wall, whatever its headline, is about others.
    """
    if sum(map(len, lines)) > _LONGEST or sum(map(boilerplate.reports_speech, lines)) * 4 > max(len(lines), _FEWEST):
        return None
    page_sentences = [span.of(line) for line in lines for span in sentences(line)]
    page_sentences = [sentence for sentence in page_sentences if word_count(sentence) > _SHORT_LINE]
    others = [sentence for sentence in page_sentences if not boilerplate.addresses_visitor(sentence)]
    if len(page_sentences) >= _FEWEST and len(others) * 4 > len(page_sentences) * 3:
        return None  # before the patterns, which take far longer
    news = (sentence for sentence in others if _names_somebody(sentence))
    news = (sentence for sentence in news if not any(patterns.search(sentence) for _, patterns in _kinds()))
    if sum(1 for _ in islice(news, len(page_sentences) // 4 + 1)) * 4 > len(page_sentences):
        return None  # as soon as enough are about somebody: the patterns take most of the time
    text = "\n".join([title or "", *lines])
    kinds = {reason: len(patterns.findall(text)) for reason, patterns in _kinds()}
    reason, count = max(kinds.items(), key=lambda item: item[1])
    return reason if count else None


def _names_somebody(sentence: str) -> bool:
    """True for a sentence that may be about somebody: it has a name or a figure within it, or somebody's words. In
    scripts without capitals any may.
    """
    within = sentence.split()[1:]
    has_case = any(word[0].islower() for word in within)
    return not has_case or any(not word[0].islower() for word in within) or boilerplate.reports_speech(sentence)


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (str(kind["reason"]), re.compile("|".join(f"(?:{pattern})" for pattern in kind["patterns"]), re.IGNORECASE))
        for kind in table("no_articles").values()
    )


def find_wall(text: str, behind: Sequence[str]) -> str | None:
    """The line at the end of a text, or of those that were left out `behind` it, that asks a visitor to pay or sign in
    before reading on; None where there is none. Such a line is short and nobody's words.
    """
    last = text.rstrip().rpartition("\n")[2]
    for line in (last, *behind):
        if len(line) <= _LONGEST_WALL and _wall().search(line) and not boilerplate.reports_speech(line):
            return line
    return None


@cache
def _wall() -> re.Pattern[str]:
    return re.compile(str(table("no_articles")["subscribers"]["end"]), re.IGNORECASE)


_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:import |from \S+ import|#include|function |const |var |let |def |class "
    r"|return\b|</?\w+|//|/\*|\}|@media|\.[\w-]+\s*\{)"
)
_LOG = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\]? ?\S*\s*(?:\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE)\b|\[)"
)
_XML = re.compile(r"\s*<(?:\?xml\b|([a-zA-Z][\w:.-]*)(?:\s[^<>]{0,300})?>(?=.*</\1\s*>\s*\Z))", re.DOTALL)
_NAMES = {
    ".css": "a style sheet", ".js": "a program", ".py": "a program", ".sh": "a program", ".map": "a part of a page",
    ".log": "a log", ".ini": "settings", ".toml": "settings", ".cfg": "settings", ".lock": "settings",
    ".svg": "a picture", ".bib": "a list of references",
}  # fmt: skip
SAVE_AS = "save the article as text, HTML, PDF or Word and add that file"


def text_refusal(text: str, name: str) -> str | None:
    """Why a text is not an article, with the remedy; None where it may be one."""
    ending = next((what for end, what in _NAMES.items() if name.lower().endswith(end)), None)
    lines = [line for line in text[:20_000].split("\n") if line.strip()]
    if not lines:
        return None
    if ending:
        return f"{name} is {ending}, not an article; leave it out, or {SAVE_AS}."
    if sum(_CODE.search(line) is not None for line in lines) * 10 > 6 * len(lines) and len(lines) >= 5:
        return f"{name} looks like a program or a style sheet, not an article; {SAVE_AS}."
    if len(lines) >= 5 and sum(_LOG.match(line) is not None for line in lines) * 10 > 7 * len(lines):
        return f"{name} looks like a log, not an article; {SAVE_AS}."
    if _XML.match(text) and text.count("</") >= 2 and text.count("<") * 25 > len(text.split()):
        return f"{name} is XML of a kind that is not known here; {SAVE_AS}."
    return None
