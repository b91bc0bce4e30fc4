"""Telling pages that hold no article (consent walls, checks for robots, error pages) from those that do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.knowledge.tables import table
from rag.readers import boilerplate
from rag.readers.headlines import word_count
from rag.text.sentences import sentences

_LONGEST = 3_000  # characters of such a page; a page with more words is an article with a notice on it
_SHORT_LINE = 4  # words of a button, which tells nothing


def refusal(title: str | None, lines: Sequence[str]) -> str | None:
    """Why `lines`, under `title`, are no article ("a consent wall, not the article"); None where they may be one.

    Both must hold: the page says what it is in words of such pages, and hardly any of its sentences tells of somebody
    else. A report on a consent wall, whatever its headline, tells of others.
    """
    if sum(map(len, lines)) > _LONGEST:
        return None
    text = "\n".join([title or "", *lines])
    kinds = {reason: len(patterns.findall(text)) for reason, patterns in _kinds()}
    reason, count = max(kinds.items(), key=lambda item: item[1])
    spoken = [span.of(line) for line in lines for span in sentences(line)]
    spoken = [sentence for sentence in spoken if word_count(sentence) > _SHORT_LINE]
    telling = [sentence for sentence in spoken if not _speaks_to_visitor(sentence)]
    if not count or len(telling) * 4 > len(spoken):
        return None
    return reason


def _speaks_to_visitor(sentence: str) -> bool:
    return boilerplate.addresses_visitor(sentence) or any(patterns.search(sentence) for _, patterns in _kinds())


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (str(kind["reason"]), re.compile("|".join(f"(?:{pattern})" for pattern in kind["patterns"]), re.IGNORECASE))
        for kind in table("no_articles").values()
    )
