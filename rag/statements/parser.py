"""The seam to a syntactic parser: what an adapter must do, and the words that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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
