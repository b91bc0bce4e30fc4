from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span
from rag.verification import CheckedDraft, Objection
from rag.verification.entailment import Entailment, confirm
from rag.verification.outcomes import CitedSpan

TEXT = "The harbour reopened on Monday. It took nine weeks to clear the channel."
START = TEXT.index("It took")
SOFT, FIRM, HARD = Objection("soft"), Objection("firm", "firm"), Objection("hard", "hard")
MISSING = Objection("missing", "missing")
SUPPORTED, OTHERWISE, NOTHING = Entailment(0.98, 0.01, 0.01), Entailment(0.1, 0.7, 0.2), Entailment(0.1, 0.2, 0.7)
UNSURE = Entailment(0.5, 0.3, 0.2)


@dataclass
class Scripted:
    """Says the same of every claim, and remembers what it was asked."""

    result: Entailment
    premises: list[str] = field(default_factory=list)

    def entail(self, claim: str, premises: Sequence[str]) -> list[Entailment]:
        self.premises += premises
        return [self.result for _ in premises]


def evidence() -> Evidence:
    item = EvidenceSentence(
        sid="s1", article_id="a", version="v", start=START, end=len(TEXT), text=TEXT[START:], title="Port is back",
        outlet=None, published=date(2025, 3, 10),
    )  # fmt: skip
    return Evidence(sentences=(item,), texts={("a", "v"): TEXT})


def check(text: str, *objections: Objection) -> CheckedDraft:
    source = CitedSpan(article_id="a", version="v", span=Span(START, len(TEXT)), quote=TEXT[START:], match="exact")
    return CheckedDraft(draft=DraftSentence(text=text, sids=("s1",)), sources=(source,), objections=objections)


@pytest.mark.parametrize(
    ("objections", "result", "outcome"),
    [
        ([SOFT], SUPPORTED, "supported"),
        ([SOFT, FIRM], SUPPORTED, "unconfirmed"),
        ([HARD], SUPPORTED, "withheld"),
        ([FIRM, HARD], SUPPORTED, "withheld"),
        ([MISSING], SUPPORTED, "unconfirmed"),
        ([MISSING], UNSURE, "unconfirmed"),
        ([MISSING], NOTHING, "withheld"),
        ([HARD, MISSING], SUPPORTED, "withheld"),
        ([SOFT], UNSURE, "unconfirmed"),
        ([], UNSURE, "supported"),
        ([], OTHERWISE, "unconfirmed"),
        ([], NOTHING, "unconfirmed"),
    ],
)
def test_the_model_lifts_soft_objections_and_adds_one(
    objections: Sequence[Objection], result: Entailment, outcome: str
) -> None:
    claim = check("Crews needed more than two months for the channel.", *objections)
    assert confirm(claim, evidence(), Scripted(result)).outcome == outcome


def test_the_reason_tells_what_the_model_thinks() -> None:
    claim = check("Crews needed a fortnight for the channel.")
    assert confirm(claim, evidence(), Scripted(OTHERWISE)).reasons == ("its source may say otherwise",)
    assert confirm(claim, evidence(), Scripted(NOTHING)).reasons == ("its source may not say all of it",)


def test_a_claim_is_compared_with_its_source_alone_and_in_context() -> None:
    model = Scripted(UNSURE)
    confirm(check("Crews needed nine weeks."), evidence(), model)
    assert model.premises == [TEXT[START:], f"Port is back. {TEXT}"]


@pytest.mark.parametrize(
    "text",
    ["It took ten weeks to clear the channel.", "Der Hafen wurde nach neun Wochen wieder für den Verkehr geöffnet."],
)
def test_near_copies_and_other_languages_are_not_compared(text: str) -> None:
    model = Scripted(OTHERWISE)
    claim = check(text)
    assert confirm(claim, evidence(), model) is claim
    assert not model.premises


def test_a_day_that_the_rules_worked_out_is_not_doubted() -> None:
    claim = check("On 7 March 2025 crews were done, after more than two months.")
    assert confirm(claim, evidence(), Scripted(OTHERWISE)) is claim


def test_what_is_withheld_is_not_compared() -> None:
    model = Scripted(SUPPORTED)
    claim = check("The channel “took more than two months”, crews found.", HARD)
    assert confirm(claim, evidence(), model) is claim
    assert not model.premises


def test_without_a_model_nothing_changes() -> None:
    claim = check("Crews needed nine weeks.", SOFT)
    assert confirm(claim, evidence(), None) is claim
