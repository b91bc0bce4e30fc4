"""Briefings: as requested, as made, as listed, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Literal

from rag.domain.answers import AnswerSentence, Citation, Conflict, Usage, Withheld
from rag.domain.articles import ArticleSummary, Filters
from rag.domain.statements import Statement

_Day = date  # TimelineEntry has a field of that name


BriefingPart = Literal["summary", "bottom-line", "outlets", "timeline", "positions", "conflicts", "unknown", "sources"]


BriefingWork = Literal["searching", "reading", "grouping", "mapping", "writing", "checking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An event on the day that its article dates it, as the sentence that tells it."""

    date: _Day
    sentence: AnswerSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSection:
    """A heading and the checked sentences under it.

    `part` says what the section is, whatever its heading: the sentences of `timeline` are those of
    `Briefing.timeline`, those of `positions` hand on the statements of `Briefing.positions` grouped by party, and
    `sources` has none: its list is `Briefing.sources`. `notes` are the program's own remarks, such as that the
    articles hold no statement by somebody; they tell of the corpus, not of the news, and cite nothing.
    """

    heading: str
    sentences: tuple[AnswerSentence, ...] = ()
    part: BriefingPart = "summary"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSource:
    """An article that a briefing read. `copies` names the outlets of the wire copies that are folded under it."""

    article_id: str
    version: str
    title: str
    outlet: str | None
    byline: str | None
    published: date | None
    url: str | None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingRequest:
    """What a briefing was asked for. `template` is the name of a shipped one or the path of a user's file; `length` is
    `short`, `medium`, `long` or a number of words for the first section.
    """

    topic: str | None = None
    articles: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    template: str = "situation"
    length: str = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """A checked, cited briefing. Sentence numbers in sections and timeline refer to `citations`.

    `briefing_id` names it in the library. `made` is an aware UTC time. `sources` are all articles that it rests on or
    was allowed to rest on and read; `notices` tell the reader what went differently. `articles` are the ids that it was
    asked to be about, empty where they were found by topic and filters. `finished` is False where it was cancelled.
    """

    title: str
    template: str
    engine: str
    sections: tuple[BriefingSection, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    positions: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    usage: Usage = field(default_factory=Usage)
    briefing_id: str = ""
    topic: str | None = None
    filters: Filters = field(default_factory=Filters)
    sources: tuple[BriefingSource, ...] = ()
    made: datetime | None = None
    notices: tuple[str, ...] = ()
    elapsed_ms: float = 0.0
    articles: tuple[str, ...] = ()
    length: str = "medium"
    finished: bool = True

    @property
    def request(self) -> BriefingRequest:
        """What it was asked for, to make it again."""
        return BriefingRequest(
            topic=self.topic,
            articles=self.articles,
            filters=self.filters,
            template=self.template,
            length=self.length,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSummary:
    """An earlier briefing as a list shows it."""

    briefing_id: str
    title: str
    engine: str
    made: datetime
    request: BriefingRequest
    articles: int
    sentences: int
    finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A sentence of an earlier briefing that its sources no longer have, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingChanges:
    """What has changed since an earlier briefing: articles on its subject that it did not read, articles that have a
    new version or were removed, statements that were not there, and its sentences that the current texts don't have.
    """

    since: BriefingSummary
    new_articles: tuple[ArticleSummary, ...] = ()
    changed_articles: tuple[ArticleSummary, ...] = ()
    removed_articles: tuple[str, ...] = ()
    new_statements: tuple[Statement, ...] = ()
    gone: tuple[Gone, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, item.name) for item in fields(self) if item.name != "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingStep:
    """How far a briefing is: `done` of `total` of a step (in articles, or in sections while writing and checking) and
    what the model has been used for so far.
    """

    work: BriefingWork
    done: int = 0
    total: int = 0
    detail: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingFinished:
    """The last event of the making of a briefing."""

    briefing: Briefing


BriefEvent = BriefingStep | BriefingFinished
