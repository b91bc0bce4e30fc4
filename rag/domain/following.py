"""Following the news: addresses that are read again, stories, what is watched, and what is new."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rag.domain.articles import AddResult, Filters
from rag.domain.statements import Statement

LEAST_INTERVAL, HOURLY = 5, 60  # minutes between two readings of an address
NewsKind = Literal["statement", "position", "correction", "conflict"]
"""What is new: a statement; a statement that differs from an earlier one of the same source; a correction or retraction
in an article that was cited; sources that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An address that is read again: a feed, or a page that lists articles.

    Of what it lists, articles that hold one of `words` (any, where there are none), in `language` if one is named, are
    added, as of `outlet` where one is named. Times are aware UTC. After several `failures` in a row it is `paused`;
    `error` says why in a sentence. `added` counts articles that came from it, `left` the older ones of a list of more
    than 1,000 that later rounds read.
    """

    address: str
    interval: int = HOURLY
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
    """A standing question, or an actor with a topic, that is asked again after each refresh. `checked` is an aware UTC
    time; `unread` counts news that nobody has seen.
    """

    watch_id: str
    question: str | None = None
    actor: str | None = None
    topic: str | None = None
    filters: Filters = field(default_factory=Filters)
    begun: datetime
    checked: datetime | None = None
    unread: int = 0

    @property
    def title(self) -> str:
        """What is watched, in a line."""
        return self.question or " on ".join(part for part in (self.actor, self.topic) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something new for a watch. `before` is the earlier statement that `statement` differs from, where it is a changed
    position; `text` says what is new in one line. `noticed` is an aware UTC time.
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
    """What reading the addresses again gave: results of articles that are new or changed or were refused, by address,
    what is new for the watches, and the addresses that could not be read, with the reason. `left` counts the older
    articles of long lists that later rounds read.
    """

    read: int = 0
    results: tuple[AddResult, ...] = ()
    news: tuple[News, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is new since a day (inclusive): news by watch, newest first, the stories that grew, and the articles of each
    outlet, counted.
    """

    since: date
    watches: tuple[tuple[Watch, tuple[News, ...]], ...] = ()
    articles: int = 0
    outlets: tuple[tuple[str, int], ...] = ()
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The articles about one event, over outlets, days and wire copies. `title` is the headline of its best article,
    `since` and `until` are its first and last day of publication, None where no article has one. `speakers` are those
    who speak, the most first. `articles` are ids in the order of their days, wire copies included, which `copies`
    names. The id stays as the story grows.
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
