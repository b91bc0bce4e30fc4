"""Statements: who said what, users' corrections of them, and the matrix of positions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Self, TypedDict

from rag.domain.spans import Fragment

StatementKind = Literal["direct", "mixed", "indirect"]


ChangeRule = Literal["denial", "side", "negation", "figures"]


Verdict = Literal["corrected", "dismissed", "added"]


_POINTING = frozenset("this that it these those so such".split())
_MOST_POINTING_WORDS = 3  # "such accusations"
_MONTH = re.compile(r"^\d{4}-\d{2}$")
SpeakerRule = Literal[
    "name",
    "surname",
    "role",
    "kinship",
    "pronoun",
    "relative",
    "description",
    "same source",
    "words",
    "heading",
    "none",
]
"""How the words of a source led to its speaker: by name; by a surname that several people share; by a role or kinship
that the text gives the person; as the antecedent of a pronoun or of "who"; by description; as the source of an earlier
statement with the same noun; by the source's own words; from the heading; `none` where nothing did."""
_CONSTRUCTION_TEXTS = {
    "transcript": "a label or signature on the line",
    "quote": "a quotation that goes with {cue}",
    "block": "a paragraph that {cue} introduces",
    "relayed": "words that somebody else quotes",
    "nested": "words that somebody else says were said",
    "clause": "the clause that goes with {cue}",
    "according": "the clause with {cue}",
    "in words": "a quotation given as somebody’s words",
    "inserted": "the sentence around {cue}",
    "as": "the clause with {cue}",
    "to": "the words after {cue}",
    "ing": "the words after {cue}",
    "object": "the object of {cue}",
    "object prep": "the object of {cue}",
    "object to": "whom and to what {cue} asks",
    "recipient to": "what {cue} asks somebody to do",
    "prep": "what {cue} is about",
    "light": "what {cue} says",
    "noun": "what the noun {cue} carries",
    "noun is": "what the noun {cue} is said to be",
    "adjective": "what {cue} is about",
    "adverb": "the clause with {cue}",
    "seems": "the clause with {cue}",
}
_PASSIVE_TEXT = "what {cue} reports"
_RULE_TEXTS: dict[SpeakerRule, str] = {
    "name": "{speaker} is named there",
    "surname": "of those called “{source}” it is taken to be {speaker}, the nearest",
    "role": "“{source}” is the role that the article gives {speaker}",
    "kinship": "“{source}” is what the article calls {speaker}",
    "pronoun": "“{source}” is taken to be {speaker}, the nearest person before it whom it fits",
    "relative": "“{source}” goes with {speaker} just before it",
    "description": "“{source}” is taken to be {speaker}, the nearest whom it can describe",
    "same source": "“{source}” repeats a source named before",
    "words": "the speaker is given in the article’s words",
    "heading": "the heading or the lead names {speaker} as the one who answers",
    "none": "the article does not say who speaks",
}


class Month(date):
    """A date of which only the month is known. It sorts as its first day, equals no day, and is written YYYY-MM
    wherever ISO dates are written.
    """

    @classmethod
    def of(cls, year: int, month: int) -> Self:
        """The month. Raises ValueError if there is no such month."""
        return cls(year, month, 1)

    def isoformat(self) -> str:
        """The month as YYYY-MM."""
        return f"{self.year:04}-{self.month:02}"

    __str__ = isoformat

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> Any:
        """How pydantic decodes a Month that was stored as JSON."""
        from pydantic_core import core_schema  # only where pydantic calls this

        text = core_schema.str_schema(pattern=_MONTH.pattern)
        return core_schema.no_info_plain_validator_function(
            _parse_month, json_schema_input_schema=text,
            serialization=core_schema.to_string_ser_schema(when_used="always"),
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Month) and (self.year, self.month) == (other.year, other.month)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((Month, self.year, self.month))


def _parse_month(value: object) -> Month:
    if isinstance(value, Month):
        return value
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return Month.of(int(value[:4]), int(value[5:]))
    raise ValueError("a month is written YYYY-MM")


def parse_day_or_month(text: str) -> date:
    """A day written YYYY-MM-DD, or a Month written YYYY-MM. Raises ValueError for anything else."""
    return Month.of(int(text[:4]), int(text[5:])) if _MONTH.fullmatch(text) else date.fromisoformat(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who said what: source, cue and content with their spans, and the fields that the text gives.

    A field that the text does not give is None. `content` may have several pieces. `denied` marks a denial ("has
    repeatedly denied"): the content is what is denied. `stance` marks a reporter's characterisation ("has openly
    opposed ..."), which is not a stated position. `*_basis` name the passage or rule behind a field. `corrected` marks
    one that a user corrected or added. `said_on` is a Month where the text gives no day.

    `speaker_candidates` are the two possible speakers where that is uncertain; `speaker` is then None. `construction`
    is the construction of the cue, `rule` how the source led to the speaker, and `antecedent` the mention that a
    pronoun or a description refers to; all are None for statements that no rule made.
    """

    speaker: str | None
    role: str | None = None
    on_behalf_of: str | None = None
    venue: str | None = None
    said_on: date | Month | None = None
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
    speaker_candidates: tuple[str, ...] = ()
    construction: str | None = None
    rule: SpeakerRule | None = None
    antecedent: Fragment | None = None
    title: str | None = None
    outlet: str | None = None
    published: date | None = None

    @property
    def day(self) -> date | Month | None:
        """When it was said; where the text does not say, when it was published."""
        return self.said_on or self.published

    @property
    def points_back(self) -> bool:
        """True for a content that means nothing without the sentence before it: "denied this", "such accusations"."""
        words = [word.strip('.,;:!?“”"') for word in self.text.casefold().split()]
        return len(words) <= _MOST_POINTING_WORDS and not _POINTING.isdisjoint(words[:1])

    @property
    def sort_day(self) -> date:
        """Its day, and before all others where it has none."""
        return self.day or date.min


class StatementChanges(TypedDict, total=False):
    """The fields of a statement that a user may correct; None clears one. `said_on` may be written YYYY-MM-DD."""

    speaker: str | None
    role: str | None
    on_behalf_of: str | None
    venue: str | None
    said_on: date | str | None
    kind: StatementKind
    denied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A user's decision about one statement of one version.

    `statement` is the corrected or added statement, or the dismissed one. `carried` says whether the decision was
    carried over to the next version: True if so, False if its words no longer stand there (or stand there more than
    once), None while this is the current version. `made` is an aware UTC time.
    """

    verdict: Verdict
    statement: Statement
    carried: bool | None
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionCell:
    """The statements of one actor on one topic: indices into `Positions.statements`, oldest first. Empty if none was
    found.

    `supporting` and `opposing` count the statements whose own words express support or opposition, by word lists; the
    others express neither. A reporter's characterisation (`stance`) is in `statements` but is not counted.
    """

    actor: str
    topic: str
    statements: tuple[int, ...] = ()
    supporting: int = 0
    opposing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two statements of one actor on one topic that may differ, by `rule`; indices into `Positions.statements`.

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

    `cells` has one cell for each actor and topic, row by row. `statements` are all that the filters allow, newest
    first; `elsewhere` counts those in no cell: by other actors, on other topics, or without a known speaker.
    """

    statements: tuple[Statement, ...]
    actors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    cells: tuple[PositionCell, ...] = ()
    changes: tuple[Change, ...] = ()
    elsewhere: int = 0

    def cell(self, actor: str, topic: str) -> PositionCell:
        """The cell of an actor and a topic. Raises ValueError if the matrix does not have them."""
        return self.cells[self.actors.index(actor) * len(self.topics) + self.topics.index(topic)]

    def said(self, cell: PositionCell) -> tuple[Statement, ...]:
        """The statements of a cell, oldest first."""
        return tuple(self.statements[at] for at in cell.statements)


def explain_statement(statement: Statement) -> str:
    """One sentence that explains how the statement was extracted: its construction, its rule, and the place of the
    antecedent if there is one. A statement that no rule made, by a user or a model, says so.
    """
    if statement.construction is None or statement.rule is None:
        return "Corrected or added by hand." if statement.corrected else "Read by the language model, not by a rule."
    cue = f"“{statement.cue.text}”" if statement.cue else "its cue"
    origin = _CONSTRUCTION_TEXTS.get(statement.construction, _PASSIVE_TEXT).format(cue=cue)
    source = statement.source.text if statement.source else ""
    if statement.speaker_candidates:
        names = " or ".join(statement.speaker_candidates)
        who = f"the speaker is not certain: “{source}” may be {names}"
    else:
        who = _RULE_TEXTS[statement.rule].format(speaker=statement.speaker or "nobody", source=source)
    at = statement.antecedent
    place = f" (“{at.text}”, characters {at.start} to {at.end})" if at is not None else ""
    return f"{origin[0].upper()}{origin[1:]}; {who}{place}."
