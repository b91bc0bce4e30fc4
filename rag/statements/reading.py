"""What the reading of one article gives."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain import ActorMention, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The statements of an article in the order of their contents, and whom it names."""

    statements: tuple[Statement, ...]
    mentions: tuple[ActorMention, ...] = ()
