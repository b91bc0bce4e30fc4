"""Questions to begin with, made from what the library holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.domain import ArticleSummary, Statement
from rag.newsroom import Newsroom

_LATEST = 12  # articles looked at: bounded whatever the library's size, and news is what is new
_MOST = 3


def suggested(room: Newsroom) -> list[str]:
    """At most three questions that the latest articles answer."""
    articles = room.articles(limit=_LATEST)
    statements = [item for article in articles for item in room.statements(article=article.article_id)]
    return questions(articles, statements)


def questions(articles: Sequence[ArticleSummary], statements: Sequence[Statement]) -> list[str]:
    """About the party that speaks most, the person quoted most of another one, and the next party; what is short of
    three, as long as no statement has been read, is made up by the latest headlines.
    """
    spoken = [item for item in statements if item.speaker and not item.stance]
    counts = Counter(item.on_behalf_of for item in spoken if item.on_behalf_of and not item.on_behalf_of_inferred)
    parties = [name for name, _ in counts.most_common(2)]
    suggestions = [f"What is {_possessive(name)} stated position?" for name in parties]
    people = Counter(item.speaker for item in spoken if _is_name(item.speaker) and item.on_behalf_of not in parties[:1])
    suggestions[1:1] = [f"What did {name} say?" for name, _ in people.most_common(_MOST - len(suggestions))]
    suggestions += [f"What is reported on “{article.title}”?" for article in articles]
    return suggestions[:_MOST]


def _is_name(text: str | None) -> bool:
    """True for two or more words that each begin with a capital: a person rather than "the army"."""
    words = (text or "").split()
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"
