"""Event factuality: whether a claim presents as a fact what its source presents as planned, conditional, asked, denied
or alleged, and whether its source gives the reasons and rates that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.knowledge.words import MODALS
from rag.text.related_words import has_similar
from rag.text.sentences import sentences
from rag.text.terms import content_words
from rag.verification.attributions import attributions_in
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.premise import Premise
from rag.verification.tokens import Token, names_in, tokens

_FUTURE_CHARACTERS = 60  # behind a word of the future in which its verb is looked for
_SHORT = 3  # content words of a sentence that only denies: "Lund is not among them"
_LEAD = 4  # words before a verb among which its auxiliaries stand
_RELATIVE = re.compile(r",\s|\b(?:which|that)\b")  # from here on comes what the charge is about
_NOT_YET = MODALS | {"to", "if"}


def check_factuality(text: str, premise: Premise) -> Iterator[Objection]:
    """Objections to facts, reasons and rates of the claim that its source does not present as such."""
    names = names_in(f"{text}\n{premise.text}")
    claim, source, closest = tokens(text, names=names), tokens(premise.text, names=names), premise.closest
    attributions = list(attributions_in(text))
    is_reported_or_charged = bool(attributions) or PATTERNS.charge_word.search(text) is not None
    yield from _check_completion(claim, source, is_charge=is_reported_or_charged)
    is_reported = any(item.is_neutral for item in attributions)  # "would" is then the "will" of what was said
    conditional = PATTERNS.condition if is_reported else PATTERNS.conditional
    if (match := PATTERNS.condition.search(closest)) and not conditional.search(text):
        yield Objection(f"its source says so on a condition (“{match.group()}”)")
    is_open = PATTERNS.future.search(text) or PATTERNS.open_future.search(text)
    if not is_open and (marker := _future_marker(claim, closest)):
        yield Objection(f"its source has it as something to come (“{marker}”)")
    is_negative = PATTERNS.plain_negation.search(text)
    match = PATTERNS.limited_negation.search(closest)
    if match and is_negative and match[1].lower() not in text.lower():
        yield Objection(f"it leaves out “{match[1]}”")
    if (match := PATTERNS.cause.search(text)) and (
        not PATTERNS.causal.search(premise.text) or not _gives_reason(match, premise.text)
    ):
        yield Objection(f"its source gives no such reason (“{match.group()}”)", "soft", match.span())
    if not is_negative:
        yield from _check_short_denials(text, premise)
    if (match := PATTERNS.open_question.search(closest)) and not PATTERNS.openness.search(text):
        yield Objection(f"its source leaves this open (“{match.group()}”)", "firm")
    yield from _check_commitments_and_rates(text, premise)
    if (match := PATTERNS.accusation.search(closest)) and not PATTERNS.charge_word.search(text) and not attributions:
        charge = _RELATIVE.split(closest[match.end() :], maxsplit=1)[0]
        terms, charges = set(content_words(text)), set(content_words(charge))
        if 2 * len(terms & charges) >= len(terms - set(content_words(closest[: match.start()]))) > 0:
            yield Objection(f"its source has it as an accusation (“{match.group()}”)", "firm")


def _check_commitments_and_rates(text: str, premise: Premise) -> Iterator[Objection]:
    for match in PATTERNS.commitment.finditer(text):
        if not any(has_similar(term, premise.stems) for term in content_words(match.group())):
            yield Objection(f"its source does not say “{match.group()}”", "soft", match.span())
    for match in PATTERNS.rate.finditer(text):
        if not PATTERNS.rate.search(premise.text):
            yield Objection(f"its source does not say “{match.group()}”", "soft", match.span())


def _gives_reason(cause: re.Match[str], source: str) -> bool:
    """True if a sentence of the source has most words of the reason, and gives it for what it is the reason of."""
    effect, reason = cause.string[: cause.start()], re.split(r"[,;]", cause.string[cause.end() :], maxsplit=1)[0]
    terms, effects = content_words(reason), content_words(effect)
    for span in sentences(source):
        own = set(content_words(span.of(source)))
        shared = sum(has_similar(term, own) for term in terms)
        if shared < min(2, len(terms)) or 2 * shared < len(terms):
            continue
        if PATTERNS.cause.search(span.of(source)) or not effects:
            return True
        if PATTERNS.causal.search(span.of(source)) and any(has_similar(term, own) for term in effects):
            return True
    return False


def _check_short_denials(text: str, premise: Premise) -> Iterator[Objection]:
    terms = set(content_words(text))
    for span in sentences(premise.text):
        sentence = span.of(premise.text)
        denial = content_words(sentence)
        if PATTERNS.plain_negation.search(sentence) and 0 < len(denial) <= _SHORT and set(denial) <= terms:
            yield Objection(f"its source denies it (“{sentence.strip()}”)", "firm")


def _future_marker(claim: Sequence[Token], source: str) -> str:
    """The word by which the source presents what the claim says as planned, wanted or possible, else ""."""
    keys = {item.key for item in claim}
    for marker in PATTERNS.future.finditer(source):
        following = tokens(source[marker.end() : marker.end() + _FUTURE_CHARACTERS])
        if next((item.key for item in following if item.is_content and item.kind != "day"), None) in keys:
            return marker.group()
    return ""


def _check_completion(claim: Sequence[Token], source: Sequence[Token], *, is_charge: bool) -> Iterator[Objection]:
    """What the claim has as done ("has signed") is not what the source has as planned or asked for ("to sign"). In what
    somebody says or charges (`is_charge`) a noun will do: "a violation"."""
    for at, verb in enumerate(claim):
        if verb.kind != "word" or verb.tense != "past" or verb.is_reporting:
            continue
        lead = claim[max(0, at - _LEAD) : at]
        forms = {item.form for item in lead if item.sentence == verb.sentence}
        if not LEXICON.perfect & forms or _NOT_YET & forms or any(item.kind == "negation" for item in lead):
            continue
        places = [place for place, item in enumerate(source) if item.key == verb.key]
        if places and all(_is_not_done(source, place, is_charge=is_charge) for place in places):
            yield Objection(f"its source does not say that it is done (“{verb.form}”)", "soft", (verb.start, verb.end))
            return


def _is_not_done(source: Sequence[Token], at: int, *, is_charge: bool) -> bool:
    if source[at].form.endswith("ing") and at and source[at - 1].form in LEXICON.before_gerunds:
        return False  # accused of refusing
    forms = [item.form for item in source[max(0, at - _LEAD) : at]]
    if source[at].tense == "past":
        return not _NOT_YET.isdisjoint(set(forms) - {"to"}) or "to be" in " ".join(forms)
    return not is_charge or not _NOT_YET.isdisjoint(forms)
