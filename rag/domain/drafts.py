"""Checks of a draft: what the record says of each quotation and claim in a user's own text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rag.domain.answers import Citation

_TITLE = 80  # characters
MAX_DRAFT_CHARS = 2_000_000  # characters: about 300,000 words

DraftFormat = Literal["docx", "html", "md", "json"]
FindingKind = Literal["quotation", "claim"]
FindingOutcome = Literal[
    "as_said", "altered", "other_speaker", "not_found", "supported", "contradicted", "newer", "unconfirmed"
]
Alteration = Literal["negation", "number", "name", "stitched", "cut", "added", "order", "wording"]
"""How a quotation differs from the record: a negation added or dropped; another number; another name or day; pieces of
two places in one pair of marks; words omitted without dots; words added; the same words in another order; other words.
"""

_WRONG: dict[FindingKind, frozenset[FindingOutcome]] = {
    "quotation": frozenset({"altered", "other_speaker", "not_found", "contradicted"}),
    "claim": frozenset({"contradicted"}),  # a true claim need not be in the library
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A quotation or a claim of a draft with what the record says of it.

    `[start, end)` are characters of the draft and `text` is what stands there; a quotation comes without its marks.
    `why` is a sentence for the reader. `speaker` and `said_on` are those that the draft gives for a quotation.
    `citations` are numbers in `DraftCheck.citations`: where the record has these words, or the nearest ones.
    `alteration` is set where the outcome is `altered`.
    """

    text: str
    start: int
    end: int
    kind: FindingKind
    outcome: FindingOutcome
    why: str
    speaker: str | None = None
    said_on: date | None = None
    citations: tuple[int, ...] = ()
    alteration: Alteration | None = None

    @property
    def stands(self) -> bool:
        """False for what should not be printed as written: a quotation that the record does not have, or has in other
        words or from another speaker, and a claim that it contradicts.
        """
        return self.outcome not in _WRONG[self.kind]

    @property
    def state(self) -> Literal["wrong", "open", "stands"]:
        """`wrong` if it does not stand, `open` if it needs a second look, else `stands`."""
        if not self.stands:
            return "wrong"
        return "open" if self.outcome in ("unconfirmed", "newer", "not_found") else "stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    """The findings of a draft in text order, and their number by outcome. `finished` is False where the check was
    stopped: the text after the last finding was not checked. `notices` say what was not checked, and why.
    """

    findings: tuple[Finding, ...] = ()
    citations: tuple[Citation, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    finished: bool = True
    elapsed_ms: float = 0.0

    @property
    def stands(self) -> bool:
        """True if the whole draft was checked and every finding stands."""
        return self.finished and all(item.stands for item in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft stored with its last check. `day` is the day that it is dated; `made` an aware UTC time. `check` is None
    once an article that it cited was removed; `changed` counts the findings whose outcome differs from the check
    before, None for a first check.
    """

    draft_id: str
    text: str
    day: date
    made: datetime | None = None
    check: DraftCheck | None = None
    changed: int | None = None

    @property
    def title(self) -> str:
        """The first line of the draft, shortened."""
        line = next((line for line in (part.strip() for part in self.text.splitlines()) if line), "Draft")
        return line if len(line) <= _TITLE else f"{line[: _TITLE - 1].rstrip()}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProgress:
    """The progress of a check: `done` of about `total` quotations and claims, and the latest finding, if any, with what
    it cites.
    """

    done: int
    total: int
    finding: Finding | None = None
    citations: tuple[Citation, ...] = ()
