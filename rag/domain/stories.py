"""Stories: the articles about one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
