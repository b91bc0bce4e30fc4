"""What a check makes of a claim: the objections to it, the spans that it cites, and its outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rag.domain import CheckOutcome, DraftSentence, Match, Span

_LAST_WORDS = re.compile(r"(?P<before>.*) (?P<words>“[^”]*”)", re.DOTALL)

Severity = Literal["hard", "missing", "firm", "soft"]
SEVERITIES: tuple[Severity, ...] = ("hard", "missing", "firm", "soft")
_WITHHOLDING = ("hard", "missing")


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason against a claim, worded for a reader to follow "withheld: " or "not confirmed: ".

    A `hard` objection withholds the claim: its source contradicts it, or quoted words do not stand there. So does a
    `missing` one, that the source lacks a number, a name or most of the words, unless a model of entailment reads the
    claim there. The others leave it not confirmed: a judge of entailment may overrule a `soft` one, but not a `firm`
    one, where the source says something else instead. `span` is the half-open interval of the claim, in characters,
    that is at fault, where known.
    """

    reason: str
    severity: Severity = "soft"
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSpan:
    """A cited span with its words: adjacent cited sentences of one version joined."""

    article_id: str
    version: str
    span: Span
    quote: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """A drafted sentence with the objections to it, the most severe first, and the spans that it cites. `sources` is
    empty where one of its ids does not exist, or no longer points to the same words.
    """

    draft: DraftSentence
    sources: tuple[CitedSpan, ...] = ()
    objections: tuple[Objection, ...] = ()

    @property
    def outcome(self) -> CheckOutcome:
        """`withheld` for a hard or missing objection, `unconfirmed` for others, `supported` without one."""
        if any(item.severity in _WITHHOLDING for item in self.objections):
            return "withheld"
        return "unconfirmed" if self.objections else "supported"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in a reader's words, each once, those that differ in their last word alone as one: those that
        withhold alone where there are any.
        """
        withholding = [item.reason for item in self.objections if item.severity in _WITHHOLDING]
        return tuple(_joined(withholding or [item.reason for item in self.objections]))

    @property
    def firm(self) -> bool:
        """True where a judge of entailment cannot overrule all objections."""
        return any(item.severity != "soft" for item in self.objections)

    @property
    def note(self) -> str | None:
        """The reasons in one line; None for no objection."""
        return "; ".join(self.reasons) or None


def _joined(reasons: Iterable[str]) -> Iterator[str]:
    """The reasons in order, each once: `the cited words do not name “A” or “B”` for two that name one each."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        match = _LAST_WORDS.fullmatch(reason)
        before, last = (match["before"], match["words"]) if match else (reason, "")
        words = groups.setdefault(before, [])
        if last not in words:
            words.append(last)
    for before, (*words, last) in groups.items():
        link = " or " if " not " in before else " and "
        yield " ".join(filter(None, (before, link.join(filter(None, (", ".join(words), last))))))
