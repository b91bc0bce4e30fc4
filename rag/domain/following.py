"""Following the news: addresses that are read regularly, watches, news and stories."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rag.domain.articles import AddResult, Filters
from rag.domain.statements import Statement

MIN_INTERVAL, DEFAULT_INTERVAL = 5, 60  # minutes between two readings of an address
DigestFormat = Literal["text", "md", "html", "atom"]
NewsKind = Literal["statement", "position", "correction", "conflict", "article"]
"""What is new: a statement; a statement that differs from an earlier one of the same actor; a correction or retraction
in a cited article; sources that contradict each other; an article of a story, without a new statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An address that is read regularly: a feed, or a page that lists articles.

    Of the listed articles, those that contain one of `words` (all, if it is empty) and are in `language` (if set) are
    added, under `outlet` if set. Times are aware UTC. After several `failures` in a row it is `paused`; `error` is the
    reason as a sentence. `added` counts the articles that came from it, `left` the older ones of a list of more than
    1,000 that later rounds read.
    """

    address: str
    interval: int = DEFAULT_INTERVAL
    words: tuple[str, ...] = ()
    outlet: str | None = None
    language: str | None = None
    begun: datetime
    last_read: datetime | None = None
    next_read: datetime
    error: str | None = None
    failures: int = 0
    paused: bool = False
    added: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A question, or an actor with a topic, that is asked again after each refresh; or a `story` (its id) that may
    grow, with the title that it had. `checked` is an aware UTC time; `unread` counts the news that nobody has seen.
    """

    watch_id: str
    question: str | None = None
    actor: str | None = None
    topic: str | None = None
    story: str | None = None
    story_title: str | None = None
    filters: Filters = field(default_factory=Filters)
    begun: datetime
    checked: datetime | None = None
    unread: int = 0

    @property
    def title(self) -> str:
        """What is watched, in one line."""
        return self.question or self.story_title or " on ".join(part for part in (self.actor, self.topic) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something new for a watch. `text` says what in one line. Where a position changed, `before` is the earlier
    statement that `statement` differs from. `noticed` is an aware UTC time.
    """

    news_id: str
    watch_id: str
    kind: NewsKind
    text: str
    article_id: str
    title: str
    outlet: str | None = None
    published: date | None = None
    statement: Statement | None = None
    before: Statement | None = None
    noticed: datetime
    seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """The result of reading the addresses: results by article that is new, changed or rejected, news for the watches,
    and (address, reason) for each address that could not be read. `left` counts the older articles of long lists that
    later rounds read.
    """

    read: int = 0
    results: tuple[AddResult, ...] = ()
    news: tuple[News, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is new since a day (inclusive): news by watch, newest first, the stories that grew, and the number of
    articles by outlet.
    """

    since: date
    watches: tuple[tuple[Watch, tuple[News, ...]], ...] = ()
    articles: int = 0
    outlets: tuple[tuple[str, int], ...] = ()
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles about one event, across outlets, days and wire copies. `title` is the headline of its best article,
    `since` and `until` are its first and last day of publication, None where no article has one. `speakers` are ordered
    by their number of statements. `articles` are ids in order of publication, including the wire copies, which `copies`
    lists. The id stays the same as the story grows.
    """

    story_id: str
    title: str
    article_id: str
    since: date | None = None
    until: date | None = None
    outlets: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
