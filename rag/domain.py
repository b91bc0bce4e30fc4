"""The values that the whole package speaks in: frozen, keyword-only, standard library only.

All offsets are half-open intervals `[start, end)` in characters (Unicode code points) of the canonical
text of one version of one article. Dates are `datetime.date`; `ingested` is an aware UTC `datetime`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal, TypedDict, Unpack

Match = Literal["exact", "typographic"]
AddStatus = Literal["added", "updated", "duplicate", "copy", "rejected"]
DateBasis = Literal["json-ld", "meta", "front-matter", "url", "dateline", "text", "user"]
SentenceKind = Literal["quoted", "indirect", "reported", "synthesis"]
StatementKind = Literal["direct", "mixed", "indirect"]
ChangeRule = Literal["denial", "side", "negation", "figures"]
Verdict = Literal["corrected", "dismissed", "added"]
EmbedKind = Literal["query", "document"]
AmendedField = Literal["title", "outlet", "byline", "published", "url"]
UnderstoodKind = Literal["outlet", "date", "language", "actor", "part"]
Step = Literal["adding", "vectors", "statements"]
Wording = Literal["own", "excerpt", "other"]
ExportFormat = Literal["md", "docx", "pdf", "html", "json"]
CheckStatus = Literal[
    "ok", "typographic", "altered", "unknown article", "unknown version", "text does not match its version"
]
SealState = Literal["unbroken", "broken", "of another library", "none"]
BriefingPart = Literal["summary", "bottom-line", "outlets", "timeline", "positions", "conflicts", "unknown", "sources"]
BriefingWork = Literal["searching", "reading", "grouping", "mapping", "writing", "checking"]
TurnState = Literal["asked", "answered", "stopped", "failed"]
MarkKind = Literal["removed", "changed", "corrected"]
Judgement = Literal["useful", "wrong"]


_Day = date  # for a class that has a field of that name


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty half-open interval of characters. Raises ValueError unless `0 <= start < end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}, {self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """True if `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """True if the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A span with the words that stand there, so that it can be shown without its article."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """The two offsets as one value."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What reading a source made of it; nothing of it is stored yet. `text` is canonical."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One reading of an article's text: its hash, its place in the order (from 1), when it was read."""

    version: str
    number: int
    ingested: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A field of an article as a user gave or corrected it; `found` is what the last reading found in its place.

    A day is written YYYY-MM-DD; None is an empty field. `made` is an aware UTC time.
    """

    field: AmendedField
    value: str | None
    found: str | None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece of news at one version. `text` is canonical and never changes within a version.

    `copy_of` is the id of the original under which a wire copy is folded, None for an original. `amended` holds the
    fields that are a user's word, which no later reading changes.
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
    text: str
    versions: tuple[Version, ...] = ()
    notes: tuple[str, ...] = ()
    copy_of: str | None = None
    amended: tuple[Amendment, ...] = ()

    def quote(self, span: Span) -> str:
        """The characters of the span. Raises ValueError where it runs past the text."""
        if span.end > len(self.text):
            raise ValueError(f"{span} runs past the {len(self.text)} characters of {self.article_id}")
        return span.of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """An article without its text: what a list shows. `words` counts words of the current version."""

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
    words: int
    notes: tuple[str, ...] = ()
    copy_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How articles spread: over days of publication, in their order; over outlets, the most first, the smallest under
    None together with those of no outlet; and over lengths, as (words from, articles).
    """

    days: tuple[tuple[date, int], ...]
    outlets: tuple[tuple[str | None, int], ...]
    lengths: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles may be used. None means no restriction; dates are inclusive days of publication.

    `speaker` keeps articles in which that person or body makes a statement. `as_of` uses only versions known by the
    end of that day: a first version is known from its publication (or its reading, where no date is given), a later one
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
    def moment(self) -> int | None:
        """The last second of the day `as_of`, in seconds since 1970 UTC."""
        if self.as_of is None:
            return None
        return int(datetime.combine(self.as_of, time.max, UTC).timestamp())

    def __bool__(self) -> bool:
        return any(getattr(self, item.name) is not None for item in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """What became of one source. `of` names the article that a duplicate or copy was folded under."""

    source: str
    status: AddStatus
    article_id: str | None = None
    version: str | None = None
    of: str | None = None
    reason: str | None = None


class ArticleChanges(TypedDict, total=False):
    """The fields of an article that a user may give; None leaves what is found, an empty text empties one."""

    title: str | None
    outlet: str | None
    byline: str | None
    published: date | str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One article that a source holds, as it would be added; nothing of it is stored.

    `first` is the beginning of its text. `known` is the id of the article that the library has from this source or
    with this text. `reason` says why it can't be read. `listed` marks an item of a feed: its page is read when it is
    added, so its text may be less than all, and empty. `key` and `found` are for adding it, `given` are corrections.
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
    key: str | None = None
    found: Extract | None = field(default=None, repr=False)
    given: ArticleChanges = field(default_factory=ArticleChanges)

    def corrected(self, **changes: Unpack[ArticleChanges]) -> Preview:
        """The same with fields in the user's word, as in `Newsroom.add`."""
        return replace(self, given={**self.given, **changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What went with a removed article. `answers` counts the earlier answers that cited it: their sentences that rested
    on it are emptied and marked.
    """

    article_id: str
    title: str
    versions: int
    passages: int
    statements: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a piece of work is: `done` of `total`, and the seconds that the rest may take, if known.

    `step` is `adding` (in sources), or `vectors` or `statements` (in article versions).
    """

    step: Step
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is indexed: a sentence-aligned span of one version. `passage_id` is a hash of the other four."""

    passage_id: str
    article_id: str
    version: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The two offsets as one value."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that a search found. `score` orders hits of one search; it does not compare across searches."""

    article_id: str
    version: str
    start: int
    end: int
    text: str
    score: float
    title: str
    outlet: str | None
    published: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who said what: source, cue and content with their spans, and the fields that the text gives.

    A field that the text does not give is None. `content` may have several pieces. `denied` marks a denial
    ("has repeatedly denied"): the content is what is denied. `stance` marks a reporter's characterisation
    ("has openly opposed ..."), which is not a stated position. `*_basis` name the passage or rule behind a field.
    `corrected` marks one that a user corrected or added.
    """

    speaker: str | None
    role: str | None = None
    on_behalf_of: str | None = None
    venue: str | None = None
    said_on: date | None = None
    said_on_basis: str | None = None
    kind: StatementKind
    source: Fragment | None
    cue: Fragment | None
    content: tuple[Fragment, ...]
    text: str
    article_id: str
    version: str
    denied: bool = False
    stance: bool = False
    confidence: float = 1.0
    speaker_basis: Fragment | None = None
    role_basis: Fragment | None = None
    on_behalf_of_basis: Fragment | None = None
    on_behalf_of_inferred: bool = False
    venue_basis: Fragment | None = None
    corrected: bool = False
    title: str | None = None
    outlet: str | None = None
    published: date | None = None


class StatementChanges(TypedDict, total=False):
    """The fields of a statement that a user may correct; None empties one. `said_on` may be written YYYY-MM-DD."""

    speaker: str | None
    role: str | None
    on_behalf_of: str | None
    venue: str | None
    said_on: date | str | None
    kind: StatementKind
    denied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a user decided about one statement of one version.

    `statement` is as corrected or added, or the one that was dismissed. `carried` says what became of it when the
    article changed: True where the next version has it too, False where its words stand there no more (or more than
    once), None while this is the current version. `made` is an aware UTC time.
    """

    verdict: Verdict
    statement: Statement
    carried: bool | None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionCell:
    """What one actor says on one topic: places in `Positions.statements`, oldest first. Empty where nothing was found.

    `supporting` and `opposing` count the statements whose own words are of support or of opposition, by word lists;
    the others say neither. A reporter's characterisation (`stance`) is in `statements` but is not counted.
    """

    actor: str
    topic: str
    statements: tuple[int, ...] = ()
    supporting: int = 0
    opposing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two statements of one actor on one topic that may differ, by a stated `rule`; places in `Positions.statements`.

    `denial`: one denies what the other does not. `side`: support against opposition. `negation`: much the same words,
    with and without a "not". `figures`: much the same words with other numbers.
    """

    actor: str
    topic: str
    earlier: int
    later: int
    rule: ChangeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """A matrix of actors by topics over statements, and where an actor's statements changed over time.

    `cells` holds a cell for each actor and topic, row by row. `statements` are all that the filters allow, newest
    first; `elsewhere` counts those in no cell: by other actors, on other topics, or by nobody named.
    """

    statements: tuple[Statement, ...]
    actors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    cells: tuple[PositionCell, ...] = ()
    changes: tuple[Change, ...] = ()
    elsewhere: int = 0

    def cell(self, actor: str, topic: str) -> PositionCell:
        """The cell of an actor and a topic of the matrix. Raises ValueError for others."""
        return self.cells[self.actors.index(actor) * len(self.topics) + self.topics.index(topic)]

    def said(self, cell: PositionCell) -> tuple[Statement, ...]:
        """The statements of a cell, oldest first."""
        return tuple(self.statements[at] for at in cell.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSentence:
    """A sentence that an engine may cite, by `sid`. `statements` are those whose content or cue lies in it."""

    sid: str
    article_id: str
    version: str
    start: int
    end: int
    text: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None = None
    score: float = 0.0

    @property
    def span(self) -> Span:
        """The two offsets as one value."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence that an engine wrote and nobody has checked, with the ids of the sentences that it rests on."""

    text: str
    sids: tuple[str, ...]
    kind: SentenceKind = "synthesis"
    statement: Statement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A span that was found: `quote` is `text[start:end]` of that version, byte for byte."""

    n: int
    article_id: str
    version: str
    start: int
    end: int
    quote: str
    match: Match
    title: str
    outlet: str | None
    published: date | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """A sentence that passed verification, with the numbers of its citations.

    `statement` is set where the sentence hands on one statement; faces show its speaker line. `wording` tells whose
    words it has: `own` whole sentences or quotations of its sources, `excerpt` words that stand in a source but begin
    or end in the middle, `other` in other words; None where nobody looked. A speaker's name before a colon is no part.
    """

    text: str
    kind: SentenceKind
    citations: tuple[int, ...]
    statement: Statement | None = None
    wording: Wording | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A sentence that failed verification and is not shown as fact, with a reason that a reader understands."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Cited sources that differ. `sides` holds lists of citation numbers, one list a side."""

    about: str
    sides: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that a model was sent and wrote; `cost_usd` is None where the price is not known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Something that a question was read to say, so that it can be shown, and taken back with `ask(..., ignore=)`.

    `text` is what the question has at `[start, end)`. `filters` is what it narrows the search to; where it narrows
    nothing they are empty: an `actor` (whose words are asked for), a `part` of a question with several. `note` says in
    words what was made of it, or, where `applied` is False, why nothing was.
    """

    kind: UnderstoodKind
    value: str
    text: str
    start: int
    end: int
    filters: Filters = field(default_factory=Filters)
    applied: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked, cited answer. `answer` is the plain text of the sentences with `[n]` marks.

    `support` is 0..1: how well the evidence answers. `nearest` are the passages closest to the question when
    the answer abstains. `rewritten` is the whole question that was answered where the one typed left something to the
    turns before. `notices` tell the reader what went differently, for example that a model was down. `understood` is
    what was read out of the question; nothing of it was applied in silence.
    """

    question: str
    abstained: bool
    support: float
    engine: str
    answer: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    usage: Usage = field(default_factory=Usage)
    elapsed_ms: float = 0.0
    nearest: tuple[Hit, ...] = ()
    notices: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()
    rewritten: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What became of citation `n` since the answer was given.

    `removed`: its article is in the library no more, and its words went with it. `changed`: its words stand in the
    article's current text no more. `corrected`: a later version of the article carries a correction or a retraction.
    """

    n: int
    kind: MarkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of an answer. `given` is an aware UTC time."""

    judgement: Judgement
    note: str | None
    given: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question of a conversation and what became of it; `number` counts from 1, `asked` is an aware UTC time.

    `state` is `asked` while nothing is kept of an answer: it is being made, or whoever made it was interrupted. A
    `stopped` one has what stood by then, a `failed` one the `error`. `marks` say what became of its citations since.
    """

    number: int
    question: str
    filters: Filters
    asked: datetime
    state: TurnState
    answer: Answer | None = None
    error: str | None = None
    marks: tuple[Mark, ...] = ()
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation: `turns`, oldest first, are the last ones of `total`. `begun` is an aware UTC time."""

    chat_id: str
    begun: datetime
    turns: tuple[Turn, ...]
    total: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one citation, or of one line that rests on citations, of an exported file.

    `n` is the number of the citation, None where the finding has none. `place` says where in the file, `reason` what is
    wrong, both in a reader's words; `reason` is empty where all is well. `against` is what it was held against: the
    text in the library, or the source text embedded in the file, or None where there was neither.
    """

    n: int | None
    place: str
    status: CheckStatus
    reason: str = ""
    article_id: str | None = None
    version: str | None = None
    against: Literal["library", "file"] | None = None

    @property
    def fine(self) -> bool:
        """True where nothing but typography differs."""
        return self.status in ("ok", "typographic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What checking an exported answer or briefing again has found.

    `checked` are all citations and every line that is not as it should be; `altered` those of them that are not fine.
    `digest` is True if the content is the one that was exported, False if not, None where the file has no digest (the
    plain JSON of a command). `seal` tells the same by a key that only the library has which exported the file.
    """

    file: str
    format: ExportFormat
    ok: bool
    checked: tuple[Checked, ...]
    altered: tuple[Checked, ...]
    digest: bool | None = None
    seal: SealState = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A library as one file, as found sound: its size in bytes and what it holds."""

    path: str
    bytes: int
    articles: int
    versions: int
    statements: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A library moved to another database, found to be the same there: its rows in all tables, and the vectors that
    came along, None where they are made again.
    """

    source: str
    target: str
    articles: int
    versions: int
    statements: int
    rows: int
    vectors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A step of answering, for progress: `searching`, `reading`, `writing` or `checking`, with a short detail."""

    name: Literal["searching", "reading", "writing", "checking"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceShown:
    """A verified sentence together with the citations that it introduces."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceWithheld:
    """A sentence that was withheld."""

    withheld: Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last event of a stream."""

    answer: Answer


AskEvent = Phase | SentenceShown | SentenceWithheld | Finished


def parse_day(value: str) -> date:
    """A day written as YYYY-MM-DD (a time after it is ignored). Raises ValueError otherwise."""
    return date.fromisoformat(value.strip()[:10])


def as_json(value: Any) -> Any:
    """Plain lists, dicts, strings and numbers of any value of this module, under the same names."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return dict(_pairs(value))
    return value


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(value):
        yield item.name, as_json(getattr(value, item.name))
