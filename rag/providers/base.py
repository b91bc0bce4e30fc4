"""The seams to models: what an adapter must do, and the values that cross."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from rag.domain import Usage

if TYPE_CHECKING:  # importing it takes a tenth of a second, which listing articles need not spend
    import numpy as np
    import numpy.typing as npt

EmbedKind = Literal["query", "document"]
Vectors: TypeAlias = "npt.NDArray[np.float32]"


class Embedder(Protocol):
    """Turns texts into unit vectors that compare by dot product.

    `fingerprint` names everything that makes vectors comparable (model and quantisation, or address and model).
    `window` is the most tokens of a text that the model reads; `count` measures texts in those tokens,
    without special tokens. `languages` lists ISO 639-1 codes it was made for, or None if it is multilingual.
    """

    fingerprint: str
    window: int
    languages: tuple[str, ...] | None

    @property
    def dimensions(self) -> int:
        """Numbers in a vector. One behind an endpoint learns it from an answer, so this may raise ModelError."""
        ...

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Float32 array of shape (len(texts), dimensions), rows of length 1. Raises ModelError."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        ...


class Reranker(Protocol):
    """Reads a query together with each text and says how well the text answers it. `fingerprint` names the model."""

    fingerprint: str

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """A score from 0 to 1 for each text, in the order of the texts; more is better. Raises ModelError."""
        ...


class RelevanceJudge(Protocol):
    """Reads a question together with each sentence and says whether the sentence answers it. `fingerprint` names the
    model.

    Scores are 0..1, never quite either: about .5 where it may answer, above .9 where the model is sure. What is judged
    may have the sentence's context before it (headline, the sentence before).
    """

    fingerprint: str

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        """A score for each sentence, in their order; it depends on the pair alone. Raises ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A whole reply with what it cost."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """A language model behind an endpoint. Both methods raise ModelRefused or ModelUnavailable."""

    name: str

    def stream(self, messages: Sequence[Message], *, cancel: threading.Event | None = None) -> Iterator[str | Usage]:
        """Pieces of the reply as they come, then one Usage. Ends early, without error, once `cancel` is set."""
        ...

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply; with `schema`, as JSON of that schema where the endpoint offers it."""
        ...
