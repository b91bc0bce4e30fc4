"""Places in a text: half-open intervals of characters (Unicode code points) of one version's canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Match = Literal["exact", "typographic"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty half-open interval of characters. Raises ValueError unless `0 <= start < end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}, {self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` in the span."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """True if `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """True if the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A span with its text, so that it can be shown without its article."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """The two offsets as a Span."""
        return Span(self.start, self.end)
