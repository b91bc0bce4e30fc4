"""Which articles are no reports: satire, opinion and advertising, by what they call themselves."""

from __future__ import annotations

import re
from functools import cache

from rag.knowledge.tables import table

_EDGE = 300  # characters at either end of an article in which it says what it is
_HEAD = 24  # characters of a headline that may name its section: "Opinion: ..."


@cache
def _genres() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    flags = re.IGNORECASE | re.MULTILINE
    return tuple(
        (name, re.compile(row["named"], flags), re.compile(row["says"], flags)) for name, row in table("genres").items()
    )


def genre_of(title: str, outlet: str | None, text: str) -> str | None:
    """What an article calls itself where it is no report; None for a report, and where it does not say."""
    edges = f"{text[:_EDGE]}\n{text[-_EDGE:]}" if len(text) > 2 * _EDGE else text
    for name, named, says in _genres():
        if named.search(outlet or "") or named.search(title[:_HEAD]) or says.search(edges):
            return name
    return None
