"""The claims of a draft: what in the record supports them, contradicts them, or is newer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from rag import display
from rag.domain import Article, DraftSentence, Evidence, EvidenceSentence, Filters, FindingOutcome, Hit, Span
from rag.retrieval.search import Retriever
from rag.services.drafts.draft_quotations import DraftQuotation
from rag.services.drafts.quotations import Place, Ruling
from rag.services.drafts.rare_words import RareWords
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.sentences import DATELINE, sentences, trimmed
from rag.text.terms import STOPWORDS, content_words, words
from rag.verification import verify
from rag.verification.conflicts import Disagreement, disagreements
from rag.verification.counts import quantities
from rag.verification.entailment import EntailmentModel, confirm, says_otherwise
from rag.verification.model_claims import ClaimCheck, EntailmentJudge, Verdict
from rag.verification.outcomes import CheckedDraft
from rag.verification.people import office_note, other_spellings
from rag.verification.tokens import tokens

_PASSAGES, _READ = 10, 3  # that are searched for; that are read: those with most words of the claim
_MOST_SCORED = 12_000  # passages with a word of a claim: scoring all that have a common one takes most of the time
_SEARCHED = 3  # passages near a claim in meaning whose sentences may say it in other words
_MOST_COMPARED = 4  # sentences that a claim is compared with
_SAME_TOPIC = 0.5  # share of a claim's content words in a sentence that is about the same topic
_NEAR_TOPIC = 0.34  # the same, for a sentence that is worth showing
_NEAR_IDENTICAL = 0.7  # the same, for one that is the same sentence with something changed
_FEWEST_WORDS = 3  # content words of a claim
_LONGEST_CLAUSE = 120  # characters of a claim that a reason quotes
_AS_LIKELY_AS_NOT, _SURE = 0.5, 0.8  # chances that a sentence supports a claim
_DRAFT = "draft"  # the id of a claim among the sentences of the evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClaim:
    """A sentence of a draft that can be looked up. `outside` has its words outside quotation marks, `span` is their
    longest stretch; `before` is the preceding sentence.
    """

    span: Span
    text: str
    outside: str
    before: str | None = None


def claims_of(
    text: str,
    sentence_spans: Sequence[Span],
    quotations: Sequence[DraftQuotation],
    *,
    names: frozenset[str] = frozenset(),
) -> list[DraftClaim]:
    """The sentences of a draft that are not questions and have a name, a number or a day outside quotation marks, and
    more than who is quoted and when. `names` are folded words that are names also where they open a sentence.
    """
    claims = []
    for at, span in enumerate(sentence_spans):
        if dateline := DATELINE.match(text, span.start, span.end):
            span = Span(dateline.end(), span.end)
        sentence = span.of(text)
        inside = [item for item in quotations if item.span.touches(span)]
        parts = list(_parts_outside(text, span, [item.span for item in inside]))
        outside = " ".join(part.of(text) for part in parts)
        speakers = " ".join(item.statement.speaker or "" for item in inside if item.statement)
        facts = [item for item in tokens(outside, names=names) if item.kind in ("name", "number", "day")]
        content = set(content_words(outside)) - set(content_words(speakers))
        if inside:  # "On 1 February 2031 Lund said:"
            content -= {word for item in facts if item.kind != "name" for word in content_words(item.form)}
        if sentence.rstrip("\"'”’ ").endswith("?") or len(content) < _FEWEST_WORDS:
            continue
        if facts:
            before = sentence_spans[at - 1].of(text) if at else None
            claims.append(DraftClaim(span=max(parts, key=len), text=sentence, outside=outside, before=before))
    return claims


def _parts_outside(text: str, sentence: Span, quotation_spans: Sequence[Span]) -> Iterator[Span]:
    """The stretches of a sentence outside its quotations."""
    inside = [span for span in quotation_spans if span.touches(sentence)]
    starts = [sentence.start, *(span.end for span in inside)]
    ends = [*(span.start for span in inside), sentence.end]
    for start, end in zip(starts, ends, strict=True):
        if start < end and (part := trimmed(text, start, end)):
            yield part


class ClaimChecker:
    """Checks claims as the sentences of answers are checked."""

    def __init__(
        self, library: Library, retriever: Retriever, entailment: EntailmentModel | None = None, *, today: date
    ) -> None:
        self._library = library
        self._today = today
        self._retriever = retriever
        self._entailment = entailment
        self._rare = RareWords(library)

    def rule(self, claim: DraftClaim) -> Ruling:
        """What the record says about the claim. One that it supports but for the spelling of a name, or an office that
        it does not give somebody on that day, is `unconfirmed`.
        """
        evidence = self._evidence(claim)
        record = "\n".join(f"{item.title}. {item.text}" for item in evidence.sentences)
        spellings = other_spellings(claim.outside, record)
        claim = _in_spelling(claim, spellings)
        ruling = self._rule(claim, evidence)
        notes = [f"The record spells the name “{name}”." for name in dict.fromkeys(spellings.values())]
        if note := office_note(claim.outside, self._library.actor_register.roles, today=self._today):
            notes.append(note)
        if not notes:
            return ruling
        ruling = replace(ruling, is_undecided=False)
        if ruling.outcome == "supported":
            return replace(ruling, outcome="unconfirmed", why=" ".join(notes))
        return replace(ruling, why=" ".join((ruling.why, *notes)))

    def decide(self, claims: Sequence[DraftClaim], rulings: Sequence[Ruling], judge: EntailmentJudge) -> list[Ruling]:
        """The rulings after one request to a judge of entailment, which decides what is open and has a place that may
        show it; a verdict that there is none for leaves it open. Raises ModelError.
        """
        open_places = [at for at, ruling in enumerate(rulings) if ruling.is_undecided and ruling.places]
        checks = [
            ClaimCheck(
                text=claims[at].text,
                sources=tuple(_source_line(place) for place in rulings[at].places),
                before=claims[at].before,
            )
            for at in open_places
        ]
        verdicts = dict(zip(open_places, judge.judge(checks).verdicts, strict=False)) if checks else {}
        return [_after_verdict(ruling, verdicts.get(at)) for at, ruling in enumerate(rulings)]

    def _rule(self, claim: DraftClaim, evidence: Evidence) -> Ruling:
        shares = {item.sid: _word_share(claim.outside, item) for item in evidence.sentences}
        ranked = sorted(evidence.sentences, key=lambda item: -shares[item.sid])[:_MOST_COMPARED]
        relevant = [item for item in ranked if shares[item.sid] >= _SAME_TOPIC]
        nearest = [item for item in relevant if shares[item.sid] == shares[relevant[0].sid]]
        checks: dict[str, CheckedDraft] = {}
        for item in nearest:
            checks[item.sid] = checked = self._verify(claim, [item], evidence)
            if checked.outcome == "supported":
                return self._supported_ruling(claim, item, evidence)
        # A sentence with fewer words of the claim cannot overrule a nearer one that says something else.
        for item in (item for item in nearest if checks[item.sid].outcome != "withheld"):
            joint = _joint_sentences(claim.outside, item, evidence)
            if len(joint) > 1 and self._verify(claim, joint, evidence).outcome == "supported":
                return Ruling(outcome="supported", why="The record says so.", places=self._places(joint))
        if against := self._contradiction(claim, relevant, checks, evidence):
            return against
        if ruling := self._ruling_by_meaning(claim):
            return ruling
        if nearest:
            checked = checks[nearest[0].sid]
            why = f"The record comes close but does not confirm this: {_in_words(checked)}."
            places = self._places(nearest[:1])
            return Ruling(outcome="unconfirmed", why=why, places=places, is_undecided=not checked.firm)
        weaker = [item for item in ranked if shares[item.sid] >= _NEAR_TOPIC][:1]
        why = "The library does not say this."
        outcome: FindingOutcome = "unconfirmed" if weaker else "not_found"
        return Ruling(outcome=outcome, why=why, places=self._places(weaker), is_undecided=bool(weaker))

    def _ruling_by_meaning(self, claim: DraftClaim) -> Ruling | None:
        """A ruling of `supported`, or `newer`, by the sentence that says the claim in other words; of `unconfirmed` by
        one that the model takes to say it, but for a value, or to say otherwise: it errs too often to accuse. None
        without any.
        """
        if self._entailment is None:
            return None
        evidence = self._retriever.evidence(self._retriever.search(claim.text, k=_SEARCHED, filters=Filters()))
        shares = {item: _word_share(claim.outside, item) for item in evidence.sentences}
        # A sentence without a word of the claim, under a headline without one, is about something else.
        ranked = sorted((item for item in shares if shares[item]), key=lambda item: -shares[item])[:_MOST_COMPARED]
        if not ranked:
            return None
        results = dict(zip(ranked, self._entailment.entail(claim.text, [item.text for item in ranked]), strict=True))
        best = max(ranked, key=lambda item: results[item].supported)
        checked = confirm(self._verify(claim, [best], evidence), evidence, self._entailment)
        if checked.outcome == "supported":
            return self._supported_ruling(claim, best, evidence)
        if results[best].supported >= _SURE:
            why = f"The record comes close but does not confirm this: {_in_words(checked)}."
            is_undecided = checked.outcome != "withheld" and not checked.firm
            return Ruling(outcome="unconfirmed", why=why, places=self._places([best]), is_undecided=is_undecided)
        worst = max(ranked, key=lambda item: results[item].contradicted)
        if (
            shares[worst] < _NEAR_TOPIC
            or max(results[best].supported, 1 - results[worst].contradicted) >= _AS_LIKELY_AS_NOT
        ):
            return None
        if not says_otherwise(claim.text, [worst], evidence, self._entailment):
            return None
        why = f"The record does not confirm this. Compare “{worst.text}”"
        return Ruling(outcome="unconfirmed", why=why, places=self._places([worst]), is_undecided=True)

    def _contradiction(
        self,
        claim: DraftClaim,
        relevant: Sequence[EvidenceSentence],
        checks: dict[str, CheckedDraft],
        evidence: Evidence,
    ) -> Ruling | None:
        """A ruling of `contradicted`: a sentence has another value for the same thing, or is nearly the same sentence
        with another number, day or name. None without one. `checks` has those of the nearest sentences by id.
        """

        def check(item: EvidenceSentence) -> CheckedDraft:
            return checks.get(item.sid) or checks.setdefault(item.sid, self._verify(claim, [item], evidence))

        own = _own_sentence(claim)
        for disagreement in disagreements(replace(evidence, sentences=tuple(relevant)), [own]):
            other = next(side for side in disagreement.sides if side.sid != own.sid)
            if disagreement.rule == "figure" or check(other).outcome == "withheld":
                rest = [item for item in evidence.sentences if item.sid != other.sid]
                if own_figure := _sentence_with_numbers(claim.outside, rest):
                    return self._newer_ruling(own_figure, [disagreement])
                why = f"The record says otherwise: “{other.text}”"
                return Ruling(outcome="contradicted", why=why, places=self._places([other]))
        facts = _keys(claim.outside, "number", "day")
        for item in relevant:
            if (
                _word_share(claim.outside, replace(item, title="")) >= _NEAR_IDENTICAL
                and not any(facts and facts <= _keys(other.text, "number", "day") for other in evidence.sentences)
                and _has_rival(claim.outside, item.text)
                and check(item).outcome == "withheld"
            ):
                why = f"The record says otherwise: {_in_words(check(item))}."
                return Ruling(outcome="contradicted", why=why, places=self._places([item]))
        return None

    def _evidence(self, claim: DraftClaim) -> Evidence:
        """The sentences that are near the claim, of the passages that have most of its words."""
        content = [word for word in words(claim.text) if word not in STOPWORDS]
        terms = self._rare.of(content, most_scored=_MOST_SCORED)
        candidates = self._retriever.hits(self._library.passages.match(terms, k=_PASSAGES, filters=Filters()))
        shares = {hit: _word_share(claim.outside, hit) for hit in candidates}
        ranked = sorted((hit for hit in candidates if shares[hit] >= _NEAR_TOPIC), key=lambda hit: -shares[hit])
        # No sentence has more words of the claim than its passage: one that is not on the topic is only to be shown.
        hits = [hit for hit in ranked[:_READ] if shares[hit] >= _SAME_TOPIC] or ranked[:1]
        statements = self._library.statements.find(Filters(), articles=list({hit.article_id for hit in hits}))
        near = [_around_claim(claim.outside, hit) for hit in hits]
        return replace(self._retriever.evidence(near), statements=tuple(statements))

    def _verify(self, claim: DraftClaim, items: Sequence[EvidenceSentence], evidence: Evidence) -> CheckedDraft:
        """The sentence checked against these; where that withholds it, what it says outside quotation marks alone: its
        quotations are findings of their own. What the rules support, the model of entailment may doubt.
        """
        draft = DraftSentence(text=claim.text, sids=tuple(item.sid for item in items))
        checked = verify(draft, evidence, before=claim.before)
        if checked.outcome == "withheld" and claim.outside != claim.text:
            checked = verify(replace(draft, text=claim.outside), evidence, before=claim.before)
        return confirm(checked, evidence, self._entailment) if checked.outcome == "supported" else checked

    def _supported_ruling(self, claim: DraftClaim, item: EvidenceSentence, evidence: Evidence) -> Ruling:
        """A ruling of `supported`, or `newer` if a later article says otherwise."""
        own = _own_sentence(claim)
        relevant = [one for one in evidence.sentences if _word_share(claim.outside, one) >= _SAME_TOPIC]
        against = [
            *disagreements(evidence, [item]),
            *disagreements(replace(evidence, sentences=tuple(relevant)), [own]),
            *_other_figures(claim, item, relevant),
        ]
        return self._newer_ruling(item, against) or Ruling(
            outcome="supported", why="The record says so.", places=self._places([item])
        )

    def _newer_ruling(self, item: EvidenceSentence, against: Sequence[Disagreement]) -> Ruling | None:
        """A ruling of `newer` if a sentence that disagrees appeared after the item; else None."""
        for disagreement in against:
            side = next((side for side in disagreement.sides if side.sid not in (item.sid, _DRAFT)), item)
            if item.published and side.published and side.published > item.published:
                about = f" on {disagreement.about}" if disagreement.about else ""
                why = f"A later article differs{about}."
                return Ruling(outcome="newer", why=why, places=self._places([side, item]))
        return None

    def _places(self, items: Sequence[EvidenceSentence]) -> tuple[Place, ...]:
        articles: dict[str, Article] = {}
        for item in items:
            if item.article_id not in articles:
                articles[item.article_id] = self._library.articles.get(item.article_id, item.version)
        return tuple(Place(article=articles[item.article_id], span=item.span) for item in items)


def _source_line(place: Place) -> str:
    article = place.article
    day = display.day(article.published) if article.published else None
    return f"{article.quote(place.span)} ({', '.join(filter(None, (article.title, article.outlet, day)))})"


def _after_verdict(ruling: Ruling, verdict: Verdict | None) -> Ruling:
    if verdict is None or verdict.ruling == "not_stated":
        return ruling
    if verdict.ruling == "supported":
        return replace(ruling, outcome="supported", why="The language model finds that the record says so.")
    clause = f"“{display.truncate(verdict.clause, _LONGEST_CLAUSE)}”" if verdict.clause else "this"
    return replace(
        ruling, outcome="contradicted", why=f"The language model finds that the record contradicts {clause}."
    )


def _own_sentence(claim: DraftClaim) -> EvidenceSentence:
    """What the claim says outside quotation marks, to be compared with sentences of the record."""
    return EvidenceSentence(
        sid=_DRAFT, article_id="", version="", start=0, end=len(claim.outside), text=claim.outside, title="",
        outlet=None, published=None,
    )  # fmt: skip


def _other_figures(
    claim: DraftClaim, item: EvidenceSentence, others: Sequence[EvidenceSentence]
) -> Iterator[Disagreement]:
    """Sentences that have another number than the claim and its source for what it counts or measures."""
    own, names = quantities(claim.outside), _keys(claim.outside, "name")
    agreed = own.items() & quantities(item.text).items()
    for other in others:
        theirs = quantities(other.text)
        differing = [thing for thing, value in agreed if theirs.get(thing, value) != value]
        if differing and names <= _keys(f"{other.title}. {other.text}", "name"):
            thing = " ".join(differing[0])
            about = f"“{own[differing[0]]} {thing}”: it has “{theirs[differing[0]]} {thing}”"
            yield Disagreement(about=about, rule="figure", sides=(item, other))


def _in_spelling(claim: DraftClaim, spellings: Mapping[str, str]) -> DraftClaim:
    """The claim with names spelled as in the record."""
    for word, name in spellings.items():
        right = max(name.split(), key=lambda part: SequenceMatcher(None, fold(part), fold(word)).ratio())
        text, outside = (re.sub(rf"\b{re.escape(word)}\b", right, text) for text in (claim.text, claim.outside))
        claim = replace(claim, text=text, outside=outside)
    return claim


def _in_words(check: CheckedDraft) -> str:
    """The reasons against a claim in words for its writer, after a clause about the record."""
    reasons = (re.sub("^it ", "your draft ", reason).replace("its source", "the record") for reason in check.reasons)
    return "; ".join(re.sub("^the record ", "it ", reason) for reason in reasons)


def _around_claim(text: str, hit: Hit) -> Hit:
    """The part of a passage from the first to the last sentence near the topic of a text, with one more on each side:
    each sentence that is read costs.
    """
    spans = sentences(hit.text)
    near = [
        at for at, span in enumerate(spans) if _word_share(text, replace(hit, text=span.of(hit.text))) >= _NEAR_TOPIC
    ]
    if not near:
        return hit
    part = Span(spans[max(0, near[0] - 1)].start, spans[min(near[-1] + 1, len(spans) - 1)].end)
    return replace(hit, start=hit.start + part.start, end=hit.start + part.end, text=part.of(hit.text))


def _joint_sentences(text: str, nearest: EvidenceSentence, evidence: Evidence) -> list[EvidenceSentence]:
    """The nearest sentence with those right before and behind it that have words of the text which it lacks. Sentences
    further apart are rarely about the same thing, and words of several of them can be put together to anything.
    """
    own = [item for item in evidence.sentences if item.article_id == nearest.article_id]
    at = own.index(nearest)
    whole = evidence.texts[nearest.article_id, nearest.version]
    lacking = set(content_words(text)) - set(content_words(nearest.text))
    joint = own[max(0, at - 1) : at + 2]
    return [
        item
        for item in joint
        if item is nearest
        or (
            lacking.intersection(content_words(item.text))
            and not whole[min(item.end, nearest.end) : max(item.start, nearest.start)].strip()
        )
    ]


def _word_share(text: str, item: EvidenceSentence | Hit) -> float:
    own = set(content_words(text))
    theirs = set(content_words(item.text)) | {word for word in words(item.title) if word not in STOPWORDS}
    return len(own & theirs) / len(own) if own else 0.0


def _sentence_with_numbers(text: str, items: Sequence[EvidenceSentence]) -> EvidenceSentence | None:
    """A sentence that is near the topic of the text and has all its numbers, if the text has any."""
    numbers = _keys(text, "number")
    near = (item for item in items if _word_share(text, item) >= _NEAR_TOPIC)
    return next((item for item in near if numbers and numbers <= _keys(item.text, "number")), None)


def _has_rival(ours: str, theirs: str) -> bool:
    """True if each text has a number, day or name that the other lacks, so that one replaces the other."""
    mine, its = (_keys(text, "number", "day", "name") for text in (ours, theirs))
    return bool(mine - its) and bool(its - mine)


def _keys(text: str, *kinds: str) -> set[str]:
    return {item.key for item in tokens(text) if item.kind in kinds}
