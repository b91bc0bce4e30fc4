"""The seams to models and pages: what an adapter must do, and the values that cross."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from rag.domain import Ending, Usage

if TYPE_CHECKING:  # importing it takes a tenth of a second, which listing articles need not spend
    import numpy as np
    import numpy.typing as npt

_SURROGATES = re.compile("[\ud800-\udfff]")

EmbedKind = Literal["query", "document"]
Vectors: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A fetched page or file. `url` is the one after redirects; `modified` and `etag` are for a conditional request.

    `data` is empty if the site answered that the page is `unchanged`.
    """

    url: str
    data: bytes
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False


class Embedder(Protocol):
    """Turns texts into unit vectors that are compared by dot product.

    `fingerprint` names everything that makes vectors comparable (model and quantisation, or address and model).
    `window` is the most tokens of a text that the model reads; `count` counts those tokens, without special ones.
    `languages` lists the ISO 639-1 codes that it was made for, or None if it is multilingual.
    """

    fingerprint: str
    window: int
    languages: tuple[str, ...] | None

    @property
    def dimensions(self) -> int:
        """The length of a vector. Behind an endpoint it is only known from an answer, so this may raise ModelError."""
        ...

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Float32 array of shape (len(texts), dimensions), rows of length 1. Raises ModelError."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        ...


class Reranker(Protocol):
    """Scores how well each text answers a query, reading both together. `fingerprint` names the model."""

    fingerprint: str

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """A score from 0 to 1 for each text, in the order of the texts; more is better. Raises ModelError."""
        ...


class RelevanceJudge(Protocol):
    """Scores whether each sentence answers a question, reading both together. `fingerprint` names the model.

    Scores lie between 0 and 1, both excluded: about .5 if the sentence may answer, above .9 if the model is sure. A
    sentence may be preceded by its context (headline, the sentence before).
    """

    fingerprint: str

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        """A score for each sentence, in their order; it depends on the pair alone. Raises ModelError."""
        ...

    def warm(self) -> None:
        """Load the model ahead of the first `judge`. Sends no request."""
        ...


def log_odds(score: float) -> float:
    """The log-odds of a score, which is clipped to a millionth from 0 and 1."""
    score = min(1 - 1e-6, max(1e-6, score))
    return math.log(score / (1 - score))


def score_of(odds: float) -> float:
    """The score of log-odds, which are clipped to 30: the inverse of `log_odds`."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def clean(text: str) -> str:
    """The text with replacement characters for surrogates, which no tokenizer accepts and no request can carry."""
    return _SURROGATES.sub("\ufffd", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


def prompt_messages(system: str, user: str) -> list[Message]:
    """The messages of a prompt."""
    return [Message(role="system", content=system), Message(role="user", content=user)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A whole reply with its usage."""

    text: str
    usage: Usage


_NOTICES: dict[Ending, str] = {
    "complete": "",
    "cut": "The model's reply was cut off at its maximum length.",
    "refusal": "The model refused to answer.",
    "empty": "The model gave no usable text.",
    "tool_calls": "The model called a tool instead of answering.",
}
_LONGEST_REFUSAL = 200  # characters of a refusal that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How a streamed reply ended: complete, cut off at its greatest length, with a refusal in the model's `words`,
    without text, or with a call of a tool that nobody offered.
    """

    ending: Ending
    words: str = ""

    @property
    def notice(self) -> str:
        """The notice for the reader; empty if the reply is complete."""
        notice = _NOTICES[self.ending]
        words = " ".join(self.words.split())
        words = words if len(words) <= _LONGEST_REFUSAL else words[: _LONGEST_REFUSAL - 1] + "…"
        return f"{notice[:-1]}: “{words}”" if words and self.ending == "refusal" else notice


class ChatModel(Protocol):
    """A language model behind an endpoint. Both methods raise ModelRefused or ModelUnavailable."""

    name: str

    def stream(
        self,
        messages: Sequence[Message],
        *,
        cancel: threading.Event | None = None,
        schema: dict[str, object] | None = None,
    ) -> Iterator[str | Reply | Usage]:
        """Pieces of the reply as they come, a Reply if it is not complete, then one Usage. With `schema` the reply is
        JSON of that schema, if the endpoint supports it. Ends early, without error, once `cancel` is set."""
        ...

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply; with `schema`, as JSON of that schema if the endpoint supports it."""
        ...
