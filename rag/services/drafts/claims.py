"""The claims of a draft: what in the record supports them, contradicts them, or is newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.domain import Article, DraftSentence, Evidence, EvidenceSentence, Filters, Span
from rag.retrieval.search import Retriever
from rag.services.drafts.quotations import Place, Ruling
from rag.stores.library import Library
from rag.text.terms import STOPWORDS, content_words, words
from rag.verification import verify
from rag.verification.conflicts import disagreements
from rag.verification.tokens import tokens
from rag.verification.verify import CheckedSentence

_PASSAGES = 6
_MOST_COMPARED = 4  # sentences that a claim is compared with
_SAME_TOPIC = 0.5  # share of a claim's content words in a sentence that is about the same topic
_NEAR_TOPIC = 0.34  # the same, for a sentence that is worth showing
_NEAR_IDENTICAL = 0.7  # the same, for one that is the same sentence with something changed
_FEWEST_WORDS = 3  # content words of a claim


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClaim:
    """A sentence of a draft that can be looked up. `before` is the preceding sentence."""

    span: Span
    text: str
    before: str | None = None


def claims_of(text: str, sentence_spans: Sequence[Span], quotation_spans: Sequence[Span]) -> list[DraftClaim]:
    """The sentences of a draft that have a name, a number or a day, are no question and have no part in a quotation."""
    claims = []
    for at, span in enumerate(sentence_spans):
        sentence = span.of(text)
        in_quotation = any(span.touches(one) for one in quotation_spans)
        if in_quotation or sentence.rstrip("\"'”’ ").endswith("?") or len(content_words(sentence)) < _FEWEST_WORDS:
            continue
        if any(item.kind in ("name", "number", "day") for item in tokens(sentence)):
            before = sentence_spans[at - 1].of(text) if at else None
            claims.append(DraftClaim(span=span, text=sentence, before=before))
    return claims


class ClaimChecker:
    """Checks claims by the rules that the sentences of answers must pass."""

    def __init__(self, library: Library, retriever: Retriever) -> None:
        self._library = library
        self._retriever = retriever

    def rule(self, claim: DraftClaim) -> Ruling:
        """What the record says about the claim."""
        evidence = self._evidence(claim)
        shares = {item.sid: _word_share(claim.text, item) for item in evidence.sentences}
        ranked = sorted(evidence.sentences, key=lambda item: (-shares[item.sid], -item.score))[:_MOST_COMPARED]
        relevant = [item for item in ranked if shares[item.sid] >= _SAME_TOPIC]
        verdicts = [(item, self._verify(claim, [item], evidence)) for item in relevant]
        for item, checked in verdicts:
            if checked.outcome == "supported":
                return self._supported_ruling(item, evidence)
            if checked.outcome == "withheld":
                break  # a nearer sentence says otherwise
        refuted = any(checked.outcome == "withheld" for _, checked in verdicts)
        if len(relevant) > 1 and not refuted and (joint := self._joint_support(claim, relevant, evidence)):
            return joint
        if against := self._contradiction(claim, verdicts, evidence):
            return against
        if verdicts:
            item, checked = verdicts[0]
            why = f"The record comes close but does not confirm it: {'; '.join(checked.reasons)}."
            return Ruling(outcome="unconfirmed", why=why, places=self._places([item]))
        weaker = [item for item in ranked if shares[item.sid] >= _NEAR_TOPIC][:1]
        why = "The library does not say this."
        return Ruling(outcome="not_found" if not weaker else "unconfirmed", why=why, places=self._places(weaker))

    def _contradiction(
        self, claim: DraftClaim, verdicts: Sequence[tuple[EvidenceSentence, CheckedSentence]], evidence: Evidence
    ) -> Ruling | None:
        """A ruling of `contradicted`: a sentence has another value for the same thing, or is nearly the same sentence
        with another number, day or name. None without one.
        """
        own = EvidenceSentence(
            sid="draft", article_id="", version="", start=0, end=len(claim.text), text=claim.text, title="",
            outlet=None, published=None,
        )  # fmt: skip
        checked_by_id = {item.sid: checked for item, checked in verdicts}
        for disagreement in disagreements(evidence, [own]):
            other = next(side for side in disagreement.sides if side.sid != own.sid)
            if other.sid in checked_by_id and (
                disagreement.rule == "figure" or checked_by_id[other.sid].outcome == "withheld"
            ):
                why = f"The record says otherwise: “{other.text}”"
                return Ruling(outcome="contradicted", why=why, places=self._places([other]))
        for item, checked in verdicts:
            if (
                checked.outcome == "withheld"
                and _word_share(claim.text, item) >= _NEAR_IDENTICAL
                and _has_rival(claim.text, item.text)
            ):
                why = f"The record says otherwise: {'; '.join(checked.reasons)}."
                return Ruling(outcome="contradicted", why=why, places=self._places([item]))
        return None

    def _evidence(self, claim: DraftClaim) -> Evidence:
        hits = self._retriever.search(claim.text, k=_PASSAGES, filters=Filters())
        statements = self._library.statements.find(Filters(), articles=list({hit.article_id for hit in hits}))
        evidence = replace(self._retriever.evidence(hits), statements=tuple(statements))
        return self._retriever.score(claim.text, evidence)

    def _verify(self, claim: DraftClaim, items: Sequence[EvidenceSentence], evidence: Evidence) -> CheckedSentence:
        draft = DraftSentence(text=claim.text, sids=tuple(item.sid for item in items))
        return verify(draft, evidence, before=claim.before)

    def _joint_support(
        self, claim: DraftClaim, relevant: Sequence[EvidenceSentence], evidence: Evidence
    ) -> Ruling | None:
        """A ruling of `supported` if several sentences of one article support the claim together, else None."""
        own = [item for item in relevant if item.article_id == relevant[0].article_id]
        if len(own) < 2 or self._verify(claim, own, evidence).outcome != "supported":
            return None
        return Ruling(outcome="supported", why="The record says so.", places=self._places(own))

    def _supported_ruling(self, item: EvidenceSentence, evidence: Evidence) -> Ruling:
        """A ruling of `supported`, or `newer` if a later article says otherwise."""
        for disagreement in disagreements(evidence, [item]):
            other = next(side for side in disagreement.sides if side.sid != item.sid)
            if item.published and other.published and other.published > item.published:
                why = (
                    f"A later article differs on {disagreement.about}."
                    if disagreement.about
                    else "A later article differs."
                )
                return Ruling(outcome="newer", why=why, places=self._places([other, item]))
        return Ruling(outcome="supported", why="The record says so.", places=self._places([item]))

    def _places(self, items: Sequence[EvidenceSentence]) -> tuple[Place, ...]:
        articles: dict[str, Article] = {}
        for item in items:
            if item.article_id not in articles:
                articles[item.article_id] = self._library.articles.get(item.article_id, item.version)
        return tuple(Place(article=articles[item.article_id], span=item.span) for item in items)


def _word_share(text: str, item: EvidenceSentence) -> float:
    own = set(content_words(text))
    theirs = set(content_words(item.text)) | {word for word in words(item.title) if word not in STOPWORDS}
    return len(own & theirs) / len(own) if own else 0.0


def _has_rival(ours: str, theirs: str) -> bool:
    """True if each text has a number, day or name that the other lacks, so that one replaces the other."""
    mine, its = (
        {item.key for item in tokens(text) if item.kind in ("number", "day", "name")} for text in (ours, theirs)
    )
    return bool(mine - its) and bool(its - mine)
