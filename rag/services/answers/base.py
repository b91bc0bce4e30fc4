"""What all parts of the room share: how sentences, statements and drafts relate, and what requests cost."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span, Statement, Usage
from rag.question.answer_type import AnswerType
from rag.retrieval.search import Retriever, idf_coverage
from rag.text.terms import content_words

BY_WORDS = 0.3  # of a sentence's score where sentences answer; the rest is likeness of meaning
_BY_PASSAGE = 0.3  # of the support: the words that the best passage holds; the rest is its best sentence's score


def value_name(kind: AnswerType) -> str:
    """What a reader calls a value of this kind, with its article: "a number"."""
    name = {AnswerType.COUNT: "number", AnswerType.MONEY: "sum of money"}.get(kind, str(kind))
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def total_usage(items: Iterable[Usage]) -> Usage:
    """What several requests cost together; an unknown cost counts as zero."""
    return reduce(Usage.plus, items, Usage())


def overlaps(item: Statement, sentence: EvidenceSentence, spans: Iterable[Span] | None = None) -> bool:
    """True if the sentence contains a part of one of these spans of the statement's article (default: its content)."""
    if (item.article_id, item.version) != (sentence.article_id, sentence.version):
        return False
    return any(
        sentence.span.touches(span) for span in ([part.span for part in item.content] if spans is None else spans)
    )


def cited_sentences(draft: DraftSentence, evidence: Evidence) -> list[EvidenceSentence]:
    """The sentences that a draft rests on, in its order."""
    by_sid = {item.sid: item for item in evidence.sentences}
    return [by_sid[sid] for sid in draft.sids if sid in by_sid]


def report_of(
    sentence: EvidenceSentence, *, remark: str | None = None, answer_span: tuple[int, int] | None = None
) -> DraftSentence:
    """A sentence of an article as a draft in the outlet's own words."""
    return DraftSentence(
        text=sentence.text, sids=(sentence.sid,), kind="reported", remark=remark, answer_span=answer_span
    )


def best_scores(sentences: Iterable[EvidenceSentence]) -> dict[str, float]:
    """The score of the best sentence of each article, by article id."""
    best: dict[str, float] = {}
    for item in sentences:
        best[item.article_id] = max(item.score, best.get(item.article_id, -math.inf))
    return best


def passage_support(retriever: Retriever, question: str, evidence: Evidence) -> float:
    """How well the best passage answers, 0..1: the weighted share of the question's words that it holds together with
    its title and outlet, and the score of the best sentence.
    """
    best = max((item.score for item in evidence.sentences), default=0.0)
    weights = retriever.weights(question)
    if not weights:
        return best
    passages = (f"{hit.title} {hit.outlet or ''} {hit.text}" for hit in evidence.hits)
    coverage = max((idf_coverage(weights, set(content_words(text))) for text in passages), default=0.0)
    return _BY_PASSAGE * coverage + (1 - _BY_PASSAGE) * best


def is_named(speaker: str | None) -> bool:
    """True for a speaker with a name, even if only a surname that may be anybody's."""
    parts = (speaker or "").split()
    return any(part[:1].isupper() for part in parts[1:]) or (len(parts) == 1 and parts[0][:1].isupper())
