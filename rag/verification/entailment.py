"""Whether the cited sentences bear a claim out, as a judge has it that reads meaning: the seam, and what follows.

Rules see words; a judge reads sense. It may take back what the rules doubt, withhold what contradicts its source, and
mark what the source does not say. What the rules find plainly in the words, it cannot take back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from rag.display import truncate
from rag.domain import Usage
from rag.verification.rejection import Objection
from rag.verification.verify import Checked

Ruling = Literal["supported", "contradicted", "not_stated"]
_MOST_OF_A_CLAUSE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A claim to be judged with the sentences that it cites, each as a line with its attribution, outlet and day.
    `before` is the sentence before it, in which an antecedent may stand.
    """

    text: str
    sources: tuple[str, ...]
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge finds: the sources say the claim, contradict it, or do not say it. `clause` are the words of the
    claim that decide, where it is not supported.
    """

    ruling: Ruling
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdicts on several claims in their order, None where there is none, and what they cost."""

    verdicts: tuple[Verdict | None, ...]
    usage: Usage = field(default_factory=Usage)


class EntailmentJudge(Protocol):
    """Judges whether sources bear claims out. `name` names the model."""

    name: str

    def judge(self, claims: Sequence[ClaimCheck]) -> Verdicts:
        """A verdict for each claim, in their order. Raises ModelError."""
        ...


def settled(checked: Checked, verdict: Verdict | None) -> Checked:
    """A checked sentence after the verdict on it. Hard and firm objections stand whatever the verdict is; without a
    verdict all objections do.
    """
    if verdict is None or checked.outcome == "withheld":
        return checked
    if verdict.ruling == "supported":
        return replace(checked, objections=tuple(item for item in checked.objections if item.severity == "firm"))
    clause = truncate(verdict.clause, _MOST_OF_A_CLAUSE)
    if verdict.ruling == "contradicted":
        reason = f"its source contradicts “{clause}”" if clause else "its source contradicts it"
        return replace(checked, objections=(Objection(reason, "hard"), *checked.objections))
    reason = f"its source does not state “{clause}”" if clause else "its source does not state it"
    return replace(checked, objections=(Objection(reason), *checked.objections))
