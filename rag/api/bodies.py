"""What requests carry. Unknown fields are refused: a filter that is misspelled must not be passed over."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.domain import MAX_DRAFT_CHARS, MAX_QUESTION_CHARS, AmendedField, Filters

_Words = Annotated[str, Field(max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FilterBody(_Body):
    """Which articles may be used; days are inclusive days of publication."""

    outlet: _Words | None = None
    since: date | None = None
    until: date | None = None
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
    as_of: date | None = None
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
    url: Annotated[str, Field(max_length=2_000)] | None = None
    title: _Words | None = None
    outlet: _Words | None = None
    byline: _Words | None = None
    published: date | None = None

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
    day: date | None = None
