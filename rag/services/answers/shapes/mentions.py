"""What the whole library holds on a subject: the articles that mention it, and the statements in them on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.domain import Evidence, EvidenceSentence, Filters, Hit, Statement
from rag.question.interpret import Interpretation
from rag.services.answers.shapes.base import Workbench, stands_in
from rag.text.terms import STOPWORDS, content_words, stem, words

_MOST_PASSAGES = 20_000  # that are looked through: those with the rarest word of the subject
_COMPARED = 10  # passages that one with the words in its headline alone is held beside
_MOST_OF = 0.5  # of the words of a subject
_ALIKE = 0.45  # cosine of two passages on one thing
_EMPTY = frozenset(stem(word) for word in "article story news matter issue thing question topic subject case".split())


_OPENING = re.compile(r"^(?:on|in|at|during|since|before|after|until|by)\s+", re.IGNORECASE)


class Mentions(NamedTuple):
    """A passage of each article that mentions a subject, newest article first; `copies` counts the wire copies that are
    folded under them."""

    hits: tuple[Hit, ...]
    copies: int


def subject_of(read: Interpretation) -> str:
    """What a question is about, without the outlets, days and languages that narrow it."""
    subject = read.shape.subject
    for item in read.scope.understood:
        if item.kind in ("outlet", "date", "language") and item.applied:
            subject = re.sub(rf"(?:{re.escape(item.text)}|{re.escape(_OPENING.sub('', item.text))})", " ", subject)
    return subject.strip(' ?.!,“”"')


def terms_of(subject: str) -> list[str]:
    """The words of a subject that carry meaning, each once."""
    kept = (word for word in words(subject) if word not in STOPWORDS and stem(word) not in _EMPTY)
    return list(dict.fromkeys(kept))


def mentioning(bench: Workbench, subject: str, filters: Filters) -> Mentions:
    """The articles with a passage that has, with its headline, every word of the subject."""
    terms = terms_of(subject)
    if not terms:
        return Mentions((), 0)
    counts = {term: bench.library.passages.frequency(term) for term in terms}
    rarest = min(terms, key=lambda term: (counts[term], term))
    most = min(_MOST_PASSAGES, counts[rarest])
    stems = {stem(term) for term in terms}
    passages = bench.library.passages.match([rarest], k=most, filters=filters) if most else []
    best: dict[str, tuple[float, Hit]] = {}
    for hit in bench.retriever.hits(passages):
        held = stems & set(content_words(hit.text))
        if stems <= held | set(content_words(hit.title)):
            weight = len(held) - hit.start / (hit.end + 1)
            if hit.article_id not in best or weight > best[hit.article_id][0]:
                best[hit.article_id] = (weight, hit)
    originals = bench.library.articles.originals(best)
    kept = [hit for key, (_, hit) in best.items() if originals.get(key, key) == key or originals[key] not in best]
    kept.sort(
        key=lambda hit: (hit.published is None, -(hit.published.toordinal() if hit.published else 0), hit.article_id)
    )
    return Mentions(tuple(kept), len(best) - len(kept))


def first_mentions(subject: str, evidence: Evidence) -> list[EvidenceSentence]:
    """Of each article, in the order of the hits, the first sentence that has most of the subject's words."""
    stems = {stem(term) for term in terms_of(subject)}
    firsts: list[EvidenceSentence] = []
    of_each = _by_article(evidence)
    for key in dict.fromkeys((hit.article_id, hit.version) for hit in evidence.hits):
        own = of_each.get(key, [])
        held = [len(stems & set(content_words(item.text))) for item in own]
        firsts += [own[held.index(max(held))]] if own else []
    return firsts


def statements_about(
    bench: Workbench, subject: str, filters: Filters, *, newest: int | None = None
) -> tuple[Evidence, list[tuple[Statement, list[EvidenceSentence]]]]:
    """The statements of the whole library on a subject, or of the `newest` articles on it, newest first, each with the
    sentences that it stands in: those that have one of its words, or stand in an article whose headline or opening has
    them all.
    """
    mentions = mentioning(bench, subject, filters)
    stems = {stem(term) for term in terms_of(subject)}
    hits = _in_one_sense(bench, stems, mentions.hits[:newest])
    spoken = bench.library.statements.find(filters, articles=[hit.article_id for hit in hits])
    evidence = bench.retriever.evidence(hits, spoken)
    of_each = _by_article(evidence)
    return evidence, [
        (item, own)
        for item in spoken
        if (own := [one for one in of_each.get((item.article_id, item.version), ()) if stands_in(item, one)])
        and _is_about(stems, item, own, evidence)
    ]


def _by_article(evidence: Evidence) -> dict[tuple[str, str], list[EvidenceSentence]]:
    found: dict[tuple[str, str], list[EvidenceSentence]] = {}
    for item in evidence.sentences:
        found.setdefault((item.article_id, item.version), []).append(item)
    return found


def _in_one_sense(bench: Workbench, stems: set[str], hits: Sequence[Hit]) -> list[Hit]:
    """The passages without those whose headline alone has the words, and in another sense than the others: unlike them
    all ("Toll rises to seven" where others tell of a bridge's toll)."""
    telling = [hit for hit in hits if stems & set(content_words(hit.text))]
    if not telling or len(telling) == len(hits):
        return list(hits)
    whole = [f"{hit.title}. {hit.text}" for hit in telling[:_COMPARED]]

    def is_alike(hit: Hit) -> bool:
        near = bench.retriever.likeness(whole, f"{hit.title}. {hit.text}")
        return near is None or max(near) >= _ALIKE

    return [hit for hit in hits if hit in telling or is_alike(hit)]


def _is_about(stems: set[str], item: Statement, own: Sequence[EvidenceSentence], evidence: Evidence) -> bool:
    """True where its sentences have most of the subject's words, or one and what leads to them the others."""
    held = stems & {term for one in own for term in content_words(f"{one.text} {item.venue or ''}")}
    if len(held) > _MOST_OF * len(stems):
        return True
    article = [one for one in evidence.sentences if one.article_id == item.article_id]
    before = [one for one in article if one.end <= own[0].start][-2:]
    leads = [own[0].title, *(one.text for one in before)]
    if held:
        leads += [one.text for one in article[:2]]
    return stems <= {term for text in leads for term in content_words(text)} | held
