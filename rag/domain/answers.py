"""Answers: drafted and checked sentences, citations, what was withheld, and the events of a stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rag.domain.articles import Filters, Hit
from rag.domain.spans import Match
from rag.domain.statements import Statement

UNREAD = "unread"  # the kind of a question in a language that is not read
LONGEST_QUESTION = 1000  # characters
SentenceKind = Literal["quoted", "indirect", "reported", "synthesis"]


Wording = Literal["own", "excerpt", "other"]


Outcome = Literal["supported", "unconfirmed"]
CheckOutcome = Literal["supported", "unconfirmed", "withheld"]
ClaimKind = Literal["said", "reported", "synthesis", "gap"]
UnderstoodKind = Literal["outlet", "date", "language", "actor", "part", "segment", "spelling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence that an engine wrote and nobody has checked, with the ids of the sentences that it rests on.

    `claim`, `speaker` and `day` are what a model says of its own sentence: what it is (a `gap` says what the articles
    do not give), and whose words of which day it hands on. They are claims to be checked like the text. `mends` is the
    number of the claim, from 1 among those that did not pass, that it is to replace. `remark` and `answer_span` become
    `note` and `answer_span` of the sentence where it is supported.
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
    `outcome` is `supported`, or `unconfirmed` where the checks could neither confirm nor refute it; `note` then has
    the reason. On a supported sentence `note` is a remark, such as that a later statement supersedes it. `answer_span`
    is the half-open interval of `text`, in characters, that holds the value asked for (a day, a number, a name).
    `translation` is a model's, into the language of the question; nobody has checked it, and it is no quotation.
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


def citation_marks(numbers: Iterable[int]) -> str:
    """`[1][2]`."""
    return "".join(f"[{n}]" for n in numbers)


def answer_text(sentences: Iterable[AnswerSentence]) -> str:
    """The plain text of an answer: a line for each sentence that has words, with its marks."""
    return "\n".join(f"{item.text} {citation_marks(item.citations)}".rstrip() for item in sentences if item.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCheck:
    """What the checks of answers make of a sentence over the spans that it cites; `reasons` is empty only where it is
    supported. `firm` tells that a judge of entailment would not take them back.
    """

    outcome: CheckOutcome
    reasons: tuple[str, ...] = ()
    firm: bool = False


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

    def plus(self, other: Usage) -> Usage:
        """Both together; the cost is known if that of one is."""
        costs = [item.cost_usd for item in (self, other) if item.cost_usd is not None]
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Something that a question was read to say, so that it can be shown, and taken back with `ask(..., ignore=)`.

    `text` is what the question has at `[start, end)`. `filters` is what it narrows the search to; where it narrows
    nothing they are empty: an `actor` (whose words are asked for), a `part` (one of several
    questions, answered by itself), a `segment` of a long question, a `spelling` (the word that was searched for instead
    of the one typed). `note` says in
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


Ending = Literal["complete", "cut", "refusal", "empty", "tool_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked, cited answer. `answer` is the plain text of the sentences with `[n]` marks.

    `support` is 0..1: how well the evidence answers. `nearest` are the passages closest to the question when
    the answer abstains. `rewritten` is the whole question that was answered where the one typed left something to the
    turns before. `notices` tell the reader what went differently, for example that a model was down. `understood` is
    what was read out of the question; nothing of it was applied in silence. `ending` is how the model's reply ended:
    where it is not `complete` and the answer abstains, the model gave nothing usable, whatever the articles hold.
    `kind` is the kind of answer that was asked for ("overview", "value", "position", "open" ...), and `subject` what an
    overview or a list is on, in the question's words; empty for everything.
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
    def headline(self) -> str:
        """What is said in the place of sentences where there are none: the model's failure is not the articles'."""
        if self.kind == UNREAD:
            return "The question was not read, so the articles may well answer it."
        if self.ending == "complete":
            return "The articles in the library do not answer this."
        return "The model gave no answer that can be used. The articles may hold one."


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
