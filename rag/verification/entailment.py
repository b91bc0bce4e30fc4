"""What a small model of entailment adds to the rules: it confirms claims in other words than their source's, and doubts
such claims where the rules let them pass.

It withholds nothing, and of what the rules withhold it has shown, with a mark, only what they miss in the source: it
errs too often for more. A near copy of the source is left to the rules, which see every changed word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.domain import Evidence, EvidenceSentence
from rag.text.language import detect_language
from rag.text.sentences import sentence_before
from rag.text.terms import content_words
from rag.verification.outcomes import CheckedDraft, Objection
from rag.verification.premise import ArticleKey
from rag.verification.tokens import tokens

_NEAR_COPY = 0.8  # share of a claim's content words that its source has
_MOST_READ = 4  # cited sentences, about as many as the window of the model holds
_DOUBTFUL, _LIKELY, _SURE = 0.2, 0.5, 0.6  # chances of support
_OTHERWISE = 0.95  # chance of contradiction


@dataclass(frozen=True, slots=True)
class Entailment:
    """The chances that a premise says a claim, contradicts it, or does neither. They add up to 1."""

    supported: float
    contradicted: float
    not_stated: float


class EntailmentModel(Protocol):
    """Compares claims with premises in English. Safe to share between threads."""

    def entail(self, claim: str, premises: Sequence[str]) -> list[Entailment]:
        """What each premise says of the claim, in their order."""
        ...


def confirm(check: CheckedDraft, evidence: Evidence, model: EntailmentModel | None) -> CheckedDraft:
    """A checked sentence after the model, if there is one. Where the model is sure that the cited sentences support the
    claim, soft objections go; where it doubts that, there is one more. Missing ones become soft where it takes them to
    support the claim. What is withheld for another reason, near copies, and claims in other languages stay as they are.
    """
    cited = [item for item in evidence.sentences if item.sid in check.draft.sids]
    is_contradicted = any(item.severity == "hard" for item in check.objections)
    if model is None or is_contradicted or not _is_comparable(check.draft.text, cited):
        return check
    result = _entailment(model, check.draft.text, cited, evidence.texts)
    if check.outcome == "withheld":
        return replace(check, objections=_softened(check.objections)) if result.supported >= _LIKELY else check
    if result.supported >= _SURE:
        return replace(check, objections=tuple(item for item in check.objections if item.severity == "firm"))
    if check.objections or result.supported >= _DOUBTFUL or _names_day(check.draft.text):
        return check
    says = "may say otherwise" if result.contradicted > result.not_stated else "may not say all of it"
    return replace(check, objections=(Objection(f"its source {says}"),))


def _softened(objections: Sequence[Objection]) -> tuple[Objection, ...]:
    return tuple(replace(item, severity="soft") if item.severity == "missing" else item for item in objections)


def says_otherwise(
    claim: str, cited: Sequence[EvidenceSentence], evidence: Evidence, model: EntailmentModel | None
) -> bool:
    """True where the model is sure that sentences of the evidence contradict a claim that it can compare with them."""
    if model is None or not _is_comparable(claim, cited) or _names_day(claim):
        return False
    return _entailment(model, claim, cited, evidence.texts).contradicted >= _OTHERWISE


def _entailment(
    model: EntailmentModel, claim: str, cited: Sequence[EvidenceSentence], texts: Mapping[ArticleKey, str]
) -> Entailment:
    """The mean of what the cited sentences say alone and behind their headline and the sentence before."""
    alone, first = " ".join(item.text for item in cited), cited[0]
    whole = texts[first.article_id, first.version]
    span = sentence_before(whole, first.start)
    in_context = " ".join(filter(None, (f"{first.title.rstrip('.')}.", span.of(whole) if span else "", alone)))
    one, other = model.entail(claim, [alone, in_context])
    return Entailment(
        supported=(one.supported + other.supported) / 2,
        contradicted=(one.contradicted + other.contradicted) / 2,
        not_stated=(one.not_stated + other.not_stated) / 2,
    )


def _names_day(claim: str) -> bool:
    """True for a claim with a day, which the rules can work out from "on Monday" and the model cannot."""
    return any(item.kind == "day" for item in tokens(claim))


def _is_comparable(claim: str, cited: Sequence[EvidenceSentence]) -> bool:
    """True for a claim in English, as its source, which the model can read whole and of which it is no near copy."""
    if not 0 < len(cited) <= _MOST_READ:
        return False
    source = " ".join(item.text for item in cited)
    own = set(content_words(claim))
    is_copy = len(own & set(content_words(source))) >= _NEAR_COPY * len(own)
    return not is_copy and {detect_language(claim), detect_language(source)} <= {"en", None}
