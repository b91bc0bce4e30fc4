"""Articles as read, stored, listed, added and removed; passages, and the filters that select among them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from typing import Literal, TypedDict, Unpack

from rag.domain.spans import Span
from rag.domain.statements import Correction

AddStatus = Literal["added", "updated", "duplicate", "copy", "rejected"]
NEAR_COPY_PREFIX = "near copy of "  # starts the note of an article that differs from another in a few facts


DateBasis = Literal["json-ld", "meta", "front-matter", "url", "dateline", "text", "user"]


Certainty = Literal["certain", "likely", "unsure"]


AmendedField = Literal["title", "outlet", "byline", "published", "url"]


Step = Literal["adding", "vectors", "statements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line that was taken for page furniture. `at` is the offset in the extract's text before which it stood."""

    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The result of reading one source; nothing of it is stored yet. `text` is canonical.

    `left_out` are the lines of the body that were taken for page furniture, in their order; `restored` puts them back.
    """

    text: str
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    updated: date | None = None
    date_basis: DateBasis | None = None
    language: str | None = None
    url: str | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def restored(self) -> Extract:
        """A copy with all left-out lines back in place, each as a paragraph."""
        parts, start = [], 0
        for line in self.left_out:
            parts += [self.text[start : line.at].strip(), line.text]
            start = line.at
        text = "\n\n".join(part for part in (*parts, self.text[start:].strip()) if part)
        return replace(self, text=text, left_out=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article: its hash, its number (from 1) and when it was read."""

    version: str
    number: int
    ingested: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A field of an article as a user set it; `found` is the value from the last reading.

    A day is written YYYY-MM-DD; None is an empty field. `made` is an aware UTC time.
    """

    field: AmendedField
    value: str | None
    found: str | None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFields:
    """An article without its text. `copy_of` is the id of the original under which a wire copy is folded, None for an
    original.
    """

    article_id: str
    version: str
    title: str
    outlet: str | None
    byline: str | None
    published: date | None
    updated: date | None
    ingested: datetime
    date_basis: DateBasis | None
    language: str | None
    url: str | None
    notes: tuple[str, ...] = ()
    copy_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(ArticleFields):
    """One piece of news at one version. `text` is canonical and never changes within a version. `amended` holds the
    fields that a user set; later readings do not change them.
    """

    text: str
    versions: tuple[Version, ...] = ()
    amended: tuple[Amendment, ...] = ()

    def quote(self, span: Span) -> str:
        """The characters of the span. Raises ValueError if it runs past the end of the text."""
        if span.end > len(self.text):
            raise ValueError(f"{span} runs past the {len(self.text)} characters of {self.article_id}")
        return span.of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary(ArticleFields):
    """An article as a list shows it. `words` counts the words of the current version."""

    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How articles are distributed: over days of publication, in order; over outlets, most articles first, with the
    smallest, if it has more, and those without an outlet together under None; and over lengths, as (least words,
    articles).
    """

    days: tuple[tuple[date, int], ...]
    outlets: tuple[tuple[str | None, int], ...]
    lengths: tuple[tuple[int, int], ...]
    has_more_outlets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles may be used. None means no restriction; dates are inclusive days of publication.

    `speaker` keeps articles in which that person or body makes a statement. `as_of` uses only versions known by the end
    of that day: a first version is known from its publication (or its reading, where no date is given), a later one
    from its reading.
    """

    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    speaker: str | None = None
    article: str | None = None
    language: str | None = None
    as_of: date | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until", "as_of"):
            if isinstance(value := getattr(self, name), str):
                object.__setattr__(self, name, parse_day(value))

    @property
    def as_of_end(self) -> int | None:
        """The last second of the day `as_of`, in seconds since 1970 UTC; None without `as_of`."""
        if self.as_of is None:
            return None
        return int(datetime.combine(self.as_of, time.max, UTC).timestamp())

    def __bool__(self) -> bool:
        return any(getattr(self, item.name) is not None for item in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """The result for one source. `of` is the id of the article that a duplicate or copy belongs to."""

    source: str
    status: AddStatus
    article_id: str | None = None
    version: str | None = None
    of: str | None = None
    reason: str | None = None


class ArticleChanges(TypedDict, total=False):
    """The fields of an article that a user may set: None keeps the extracted value, an empty string clears it."""

    title: str | None
    outlet: str | None
    byline: str | None
    published: date | str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One article of a source as it would be added; nothing of it is stored.

    `first` is the beginning of its text. `known` is the id of the article that the library has from this source or with
    this text. `reason` says why it can't be read. `listed` marks an item of a feed: its page is read when it is added,
    so the text may be incomplete or empty. `format` is the detected format of the source, `certainty` how sure the
    detection is, `notes` what a user should know of it. `key` and `extract` are needed to add it, `corrections` are
    the user's. `version_of` makes it a new version of the article with that id.
    """

    source: str
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    updated: date | None = None
    date_basis: DateBasis | None = None
    language: str | None = None
    url: str | None = None
    first: str = ""
    words: int = 0
    known: str | None = None
    reason: str | None = None
    listed: bool = False
    format: str = ""
    certainty: Certainty = "certain"
    notes: tuple[str, ...] = ()
    key: str | None = None
    extract: Extract | None = field(default=None, repr=False)
    corrections: ArticleChanges = field(default_factory=ArticleChanges)
    version_of: str | None = None

    @property
    def found(self) -> Extract | None:
        """The `extract`, by the name that scripts know it by."""
        return self.extract

    @property
    def left_out(self) -> tuple[str, ...]:
        """The lines that were taken for page furniture."""
        return tuple(line.text for line in self.extract.left_out) if self.extract else ()

    def restored(self) -> Preview:
        """A copy with the left-out lines back in the text."""
        if self.extract is None or not self.extract.left_out:
            return self
        extract = self.extract.restored()
        return replace(self, extract=extract, words=len(extract.text.split()))

    def corrected(self, **changes: Unpack[ArticleChanges]) -> Preview:
        """A copy with fields set by the user, as in `Newsroom.add`."""
        return replace(self, corrections={**self.corrections, **changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What was removed with an article. `answers` counts the earlier answers that cited it: their sentences that rested
    on it are emptied and marked.
    """

    article_id: str
    title: str
    versions: int
    passages: int
    statements: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedArticle:
    """An article as it was before its removal, with what brings it back: its versions, oldest first, the decisions
    about its statements, and the ids of its wire copies.
    """

    versions: tuple[Article, ...]
    corrections: tuple[Correction, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of some work: `done` of `total`, and the estimated seconds until all of it is finished, if known.
    For background work the estimate covers both of its steps.

    `step` is `adding` (counted in sources), or `vectors` or `statements` (counted in article versions).
    """

    step: Step
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The unit of the index: a span of whole sentences of one version. `passage_id` hashes the other four fields."""

    passage_id: str
    article_id: str
    version: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The two offsets as a Span."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that a search found. `score` ranks the hits of one search; it is not comparable across searches."""

    article_id: str
    version: str
    start: int
    end: int
    text: str
    score: float
    title: str
    outlet: str | None
    published: date | None


def parse_day(value: str) -> date:
    """The day of a text that begins with YYYY-MM-DD (a time after it is ignored). Raises ValueError otherwise."""
    return date.fromisoformat(value.strip()[:10])
