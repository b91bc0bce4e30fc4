"""Conversations: questions, their answers, and what has happened to the citations since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rag.domain.answers import Answer
from rag.domain.articles import Filters
from rag.domain.codec import as_json

TurnState = Literal["asked", "answered", "stopped", "failed"]


MarkKind = Literal["removed", "changed", "corrected"]


Judgement = Literal["useful", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What has happened to citation `n` since the answer was given.

    `removed`: its article is no longer in the library, and its words were removed with it. `changed`: its words no
    longer stand in the article's current text. `corrected`: a later version of the article carries a correction or a
    retraction.
    """

    n: int
    kind: MarkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A reader's judgement of an answer. `given` is an aware UTC time."""

    judgement: Judgement
    note: str | None
    given: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question of a conversation and its answer; `number` counts from 1, `asked` is an aware UTC time.

    `state` is `asked` while no answer is stored: it is being made, or the process that made it was interrupted. A
    `stopped` turn has the answer so far, a `failed` one the `error`. `marks` say what has happened to its citations
    since.
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

    def as_case(self) -> dict[str, Any]:
        """A judged turn as a case for evaluation, as plain JSON values."""
        return {
            "question": self.question,
            "filters": {name: value for name, value in as_json(self.filters).items() if value is not None},
            "judgement": self.feedback.judgement if self.feedback else None,
            "note": self.feedback.note if self.feedback else None,
            "given": as_json(self.feedback.given) if self.feedback else None,
            "answer": as_json(self.answer),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation: `turns`, oldest first, are the last ones of `total`. `begun` is an aware UTC time. `name` is the
    name that a reader gave it.
    """

    chat_id: str
    begun: datetime
    turns: tuple[Turn, ...]
    total: int
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTitle:
    """A conversation in a list: `title` is the name that a reader gave it, else its first question."""

    chat_id: str
    begun: datetime
    title: str
