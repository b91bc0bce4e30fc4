"""How a rule says what is wrong with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["hard", "firm", "soft"]


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a sentence, in a reader's words, as what follows "withheld: " or "not confirmed: ".

    A `hard` one is enough to withhold it: the source contradicts it or does not have the words. The others leave it not
    confirmed: a `soft` one is a doubt that a judge of entailment may take back, a `firm` one is not, since the words of
    the source tell of something else in its place. `span` is the half-open interval of the sentence, in characters, that offends, where it is known.
    """

    reason: str
    severity: Severity = "soft"
    span: tuple[int, int] | None = None
