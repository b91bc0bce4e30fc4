"""Answers: drafted and checked sentences, citations, withheld sentences, and the events of a stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rag.domain.articles import Filters, Hit
from rag.domain.spans import Match
from rag.domain.statements import Statement

UNREADABLE = "unread"  # the kind of a question in an unsupported language
UNCLEAR = "unclear"  # the kind of a question that leaves open whom or what it is about
COURTESY = "courtesy"  # the kind of thanks and greetings, which ask nothing
MAX_QUESTION_CHARS = 1000  # characters
SentenceKind = Literal["quoted", "indirect", "reported", "synthesis"]


Speech = Literal["direct", "mixed", "indirect", "reported", "summary"]
Wording = Literal["own", "excerpt", "other"]


Outcome = Literal["supported", "unconfirmed"]
CheckOutcome = Literal["supported", "unconfirmed", "withheld"]
ClaimKind = Literal["said", "reported", "synthesis", "gap"]
UnderstoodKind = Literal["outlet", "date", "language", "actor", "part", "segment", "spelling"]


def sentence_kind(statement: Statement | None) -> SentenceKind:
    """The kind of an unchanged sentence with this statement: one of a stance is the outlet's account of it."""
    if statement is None or statement.stance:
        return "reported"
    return "quoted" if statement.kind == "direct" else "indirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence that an engine wrote and nobody has checked, with the ids of the sentences that it rests on.

    `claim`, `speaker` and `day` are a model's account of its own sentence: its kind (a `gap` says what the articles do
    not give), and whose words of which day it reports. They are checked like the text. `mends` is the number of the
    failed claim, counted from 1, that the sentence is to replace. `remark` and `answer_span` become `note` and
    `answer_span` of the sentence if it is supported.
    """

    text: str
    sids: tuple[str, ...]
    kind: SentenceKind = "synthesis"
    statement: Statement | None = None
    claim: ClaimKind | None = None
    speaker: str | None = None
    day: date | None = None
    mends: int | None = None
    remark: str | None = None
    answer_span: tuple[int, int] | None = None

    @classmethod
    def verbatim(cls, text: str, sids: Iterable[str], statement: Statement | None) -> DraftSentence:
        """Words of an article as they stand, with the statement in them."""
        return cls(text=text, sids=tuple(sids), kind=sentence_kind(statement), statement=statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A span that was located: `quote` is `text[start:end]` of that version, byte for byte."""

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

    `statement` is set where the sentence reports a single statement; faces then show its speaker line. `wording` says
    whose words it has: `own` for whole sentences or quotations of its sources, `excerpt` for words of a source that
    begin or end in the middle, `other` for any others; None where it was not determined. A speaker's name before a
    colon does not count. `outcome` is `supported`, or `unconfirmed` where the checks could neither confirm nor refute
    the sentence; `note` then has the reason. On a supported sentence `note` is a remark, such as that a later statement
    supersedes it. `answer_span` is the half-open interval of `text`, in characters, that holds the requested value (a
    day, a number, a name). `translation` is a model's, into the language of the question; it is unchecked and no
    quotation.
    """

    text: str
    kind: SentenceKind
    citations: tuple[int, ...]
    statement: Statement | None = None
    wording: Wording | None = None
    outcome: Outcome = "supported"
    note: str | None = None
    answer_span: tuple[int, int] | None = None
    translation: str | None = None

    @property
    def speech(self) -> Speech:
        """The kind of speech. An account in the outlet's words that quotes a named person is `mixed`."""
        item = self.statement
        if self.kind == "synthesis":
            return "summary"
        if self.kind == "reported":
            return "mixed" if item and item.speaker and item.kind != "indirect" and not item.stance else "reported"
        if item and item.kind == "mixed":
            return "mixed"
        return "direct" if self.kind == "quoted" else "indirect"


def citation_marks(numbers: Iterable[int]) -> str:
    """The marks of these citation numbers: `[1][2]`."""
    return "".join(f"[{n}]" for n in numbers)


def answer_text(sentences: Iterable[AnswerSentence]) -> str:
    """The plain text of an answer: one line with its marks for each sentence that has text."""
    return "\n".join(f"{item.text} {citation_marks(item.citations)}".rstrip() for item in sentences if item.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCheck:
    """The outcome of the answer checks for a sentence and the spans that it cites. `reasons` is empty only for
    `supported`; `firm` tells that a judge of entailment would not take them back.
    """

    outcome: CheckOutcome
    reasons: tuple[str, ...] = ()
    firm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A sentence that failed verification and is not shown as fact, with the reason for the reader."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Cited sources that contradict each other. `sides` has one tuple of citation numbers for each side."""

    about: str
    sides: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The tokens that a model received and wrote. `cost_usd` is None where the price is unknown."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None

    def plus(self, other: Usage) -> Usage:
        """The sum of both. Its cost is that of the parts whose cost is known; None where none is."""
        costs = [item.cost_usd for item in (self, other) if item.cost_usd is not None]
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One reading of a question, shown to the user, who can undo it with `ask(..., ignore=)`.

    `text` is what the question has at `[start, end)`. `filters` is how it narrows the search; they are empty for an
    `actor` (whose words are asked for), a `part` (one of several questions, answered by itself), a `segment` of a long
    question, and a `spelling` (the word that was searched for instead of the one typed). `note` explains the reading
    or, where `applied` is False, why it was not applied.
    """

    kind: UnderstoodKind
    value: str
    text: str
    start: int
    end: int
    filters: Filters = field(default_factory=Filters)
    applied: bool = True
    note: str = ""


Ending = Literal["complete", "cut", "refusal", "empty", "tool_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked, cited answer. `answer` is the plain text of the sentences with `[n]` marks.

    `support` is 0..1: how well the evidence answers. `nearest` are the passages closest to the question when the answer
    abstains. `rewritten` is the question that was answered, where a follow-up had to be completed from the turns
    before. `notices` tell the reader what did not go as usual, for example that a model was unavailable. `understood`
    are all readings of the question that were applied. `ending` is how the model's reply ended: where it is not
    `complete` and the answer abstains, the model gave nothing usable, whatever the articles hold. `kind` is the kind of
    answer asked for ("overview", "value", "position", "open" ...), or "courtesy" for thanks and the like, which are
    answered by a notice. `subject` is what an overview or a list is about, in
    the question's words; empty for everything.
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
    ending: Ending = "complete"
    kind: str = "open"
    subject: str = ""

    @property
    def is_by_party(self) -> bool:
        """True for a comparison, whose sentences are those of one party after the other."""
        return self.kind == "comparison"

    @property
    def is_sequence(self) -> bool:
        """True where the order of the sentences has a meaning of its own: events by day, contradictions in pairs."""
        return self.kind in ("timeline", "conflicts")

    @property
    def headline(self) -> str:
        """The line shown in place of sentences where there are none. It tells a failure of the model from a gap in the
        articles.
        """
        if self.kind == COURTESY:
            return self.notices[0]
        if self.kind == UNREADABLE:
            return "The question could not be read, so the articles may still answer it."
        if self.kind == UNCLEAR:
            return "The question is not clear."
        if self.ending == "complete":
            return "The articles in the library do not answer this."
        return "The model gave no usable answer. The articles may still have one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A step of answering, for progress, with a short detail."""

    name: Literal["searching", "reading", "writing", "checking"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceShown:
    """A verified sentence and the citations that it introduces."""

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
