"""Briefings: requests, results, summaries, and what has changed since one was made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

from rag.domain.answers import Answer, AnswerSentence, AskEvent, Citation, Conflict, Finished, Usage, Withheld
from rag.domain.articles import ArticleSummary, Filters
from rag.domain.statements import Statement

_Day = date  # TimelineEntry has a field of that name


BriefingPart = Literal["summary", "bottom-line", "outlets", "timeline", "positions", "conflicts", "unknown", "sources"]


OutlinePart = Literal["timeline", "conflicts"]  # of which an outline may consist alone


BriefingWork = Literal["searching", "reading", "grouping", "mapping", "writing", "checking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An event: its day, and the sentence that reports it."""

    date: _Day
    sentence: AnswerSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSection:
    """A heading and the checked sentences under it.

    `part` says what the section is, whatever its heading: the sentences of `timeline` are those of `Briefing.timeline`
    and then what undated articles tell, those of `positions` report the statements of `Briefing.positions` grouped by
    party, and `sources` has none: its list is `Briefing.sources`. `notes` are the program's own remarks, such as that
    the articles hold no statement by somebody; they are about the corpus and cite nothing.
    """

    heading: str
    sentences: tuple[AnswerSentence, ...] = ()
    part: BriefingPart = "summary"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingSource:
    """An article that a briefing used. `copies` are the outlets of the wire copies that are folded under it."""

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
    """The request for a briefing. `template` is the name of a shipped template or the path of a user's file; `length`
    is `short`, `medium`, `long` or a number of words for the first section.
    """

    topic: str | None = None
    articles: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    template: str = "situation"
    length: str = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """A checked, cited briefing. Citation numbers in sections and timeline refer to `citations`.

    `briefing_id` is its id in the library. `made` is an aware UTC time. `sources` are the articles that it rests on and
    those that were read for it. `notices` tell the reader what did not go as usual. `articles` are the ids that were
    requested, empty where articles were selected by topic and filters. `finished` is False where it was cancelled.
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
        """The request that makes this briefing again."""
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
    """What has changed since an earlier briefing: articles on its subject that it did not use, articles that have a new
    version or were removed, new statements, and sentences of the briefing that the current texts no longer have.
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
    """The progress of a briefing: `done` of `total` of a step (in articles, or in sections while writing and checking)
    and the model usage so far.
    """

    work: BriefingWork
    done: int = 0
    total: int = 0
    detail: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingFinished:
    """The last event of the stream of a briefing."""

    briefing: Briefing


BriefEvent = BriefingStep | BriefingFinished


def log_counts(event: AskEvent | BriefEvent) -> dict[str, Any]:
    """The counts of a finished answer or briefing for the log; empty for other events."""
    if isinstance(event, Finished):
        result: Answer | Briefing = event.answer
        counts = {"abstained": event.answer.abstained, "sentences": len(event.answer.sentences)}
    elif isinstance(event, BriefingFinished):
        result = event.briefing
        counts = {"finished": result.finished, "sentences": sum(len(section.sentences) for section in result.sections)}
    else:
        return {}
    tokens = {"prompt_tokens": result.usage.prompt_tokens, "completion_tokens": result.usage.completion_tokens}
    return {**counts, "withheld": len(result.withheld), "engine": result.engine, **tokens}
