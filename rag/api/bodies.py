"""What requests carry and replies hold, for the OpenAPI document. Unknown fields of a request are refused: a filter
that is misspelled must not be passed over.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rag.domain import (
    MAX_DRAFT_CHARS,
    MAX_QUESTION_CHARS,
    AddResult,
    AmendedField,
    ArticleSummary,
    BriefingStep,
    Filters,
    Hit,
    Statement,
)

_Words = Annotated[str, Field(max_length=500)]


def _written(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD")  # pydantic would read a number as seconds since 1970
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Day = Annotated[date, BeforeValidator(_written)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FilterBody(_Body):
    """Which articles may be used; days are inclusive days of publication."""

    outlet: _Words | None = None
    since: Day | None = None
    until: Day | None = None
    speaker: _Words | None = None
    article: _Words | None = None
    language: _Words | None = None

    def filters(self, as_of: date | None = None) -> Filters:
        """As the door takes them."""
        return Filters(**self.model_dump(), as_of=as_of)


class Turn(_Body):
    """An earlier question of the conversation with the text of its answer."""

    question: Annotated[str, Field(max_length=MAX_QUESTION_CHARS)]
    answer: Annotated[str, Field(max_length=20_000)]


class AskBody(_Body):
    """A question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "What is Turkey's stated position?", "filters": {"until": "2022-02-04"}}]
        }
    )

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARS)]
    filters: FilterBody = FilterBody()
    as_of: Day | None = None
    history: Annotated[list[Turn], Field(max_length=20)] = []
    ignore: Annotated[list[_Words], Field(max_length=20)] = []


class ArticleBody(_Body):
    """An article to add: its text, or the address of its page."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "The port stays open, the minister said.",
                    "title": "Port stays open",
                    "outlet": "Post",
                    "published": "2031-05-03",
                }
            ]
        }
    )

    text: Annotated[str, Field(min_length=1)] | None = None
    url: Annotated[str, Field(max_length=2_000, pattern="^https?://")] | None = None  # a path would be this machine's
    title: _Words | None = None
    outlet: _Words | None = None
    byline: _Words | None = None
    published: Day | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.text is None and self.url is None:
            raise ValueError("give text, or the url of a page")
        return self


class AmendBody(_Body):
    """Fields of an article to correct; an empty text empties one, and a name in `undo` takes a correction back."""

    title: _Words | None = None
    outlet: _Words | None = None
    byline: _Words | None = None
    published: Annotated[str, Field(max_length=10)] | None = None
    url: Annotated[str, Field(max_length=2_000)] | None = None
    undo: list[AmendedField] = []


class BriefingBody(_Body):
    """A briefing over a topic, chosen articles, or all that pass the filters."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"topic": "drones"}]})

    topic: _Words | None = None
    articles: Annotated[list[_Words], Field(max_length=1_000)] = []
    filters: FilterBody = FilterBody()
    template: Literal["situation", "digest", "positions", "summary"] = "situation"
    length: Literal["short", "medium", "long"] = "medium"


class CheckBody(_Body):
    """A draft."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "“The port stays open,” the minister said."}]})

    text: Annotated[str, Field(min_length=1, max_length=MAX_DRAFT_CHARS)]
    day: Day | None = None


# -- replies


class ProblemDetails(BaseModel):
    """A problem, as RFC 9457 has it; `detail` names the remedy."""

    type: str
    title: str
    status: int
    detail: str


class State(BaseModel):
    """Whether the server answers or the library can be asked."""

    status: str
    detail: str | None = None


class Hits(BaseModel):
    """Passages, the best first."""

    hits: list[Hit]


class _Page(BaseModel):
    total: int
    next: str | None


class StatementPage(_Page):
    """Statements; `next` is the cursor of the page after it."""

    statements: list[Statement]


class ArticlePage(_Page):
    """Articles; `next` is the cursor of the page after it."""

    articles: list[ArticleSummary]


class Added(BaseModel):
    """What became of each article that was sent."""

    results: list[AddResult]


class MakingState(BaseModel):
    """A briefing that is being made."""

    id: str
    state: Literal["running", "done", "failed"]
    step: BriefingStep | None


class Embedded(BaseModel):
    """A citation card, as oEmbed has it."""

    version: Literal["1.0"]
    type: Literal["rich"]
    html: str
