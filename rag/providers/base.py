"""The seams to models: what an adapter must do, and the values that cross."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from rag.domain import EmbedKind, Usage

if TYPE_CHECKING:  # importing it takes a tenth of a second, which listing articles need not spend
    import numpy as np
    import numpy.typing as npt

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a parsed text. `start`, `end` are characters of the text that was parsed; `head` is the index of
    its governor in the same parse (its own index at the root). Tags are Universal POS, `tag` Penn Treebank,
    `dep` CLEAR labels, `entity` an OntoNotes type or "". `sentence` counts sentences from 0."""

    index: int
    start: int
    end: int
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    entity: str
    sentence: int


class Parser(Protocol):
    """A syntactic parser. `fingerprint` names model and version."""

    fingerprint: str

    def parse(self, text: str) -> tuple[Token, ...]:
        """The words of `text` in order, white space left out."""
        ...
