"""What the whole library holds on a subject: the articles that mention it, and their statements on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rag.domain import Evidence, EvidenceSentence, Filters, Hit, Statement
from rag.knowledge.tables import words_of
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import overlaps
from rag.services.answers.shapes.base import Toolkit
from rag.text.terms import STOPWORDS, content_words, is_english, stem, words

_MOST_PASSAGES = 20_000  # with the rarest word of the subject
_MOST_COMPARISONS = 10  # of a passage
_MANY = 6  # articles from which on a common word may mean several things
_MAJORITY = 0.5  # of the words of a subject
_ALIKE = 0.45  # cosine of two passages on one thing
_EMPTY = frozenset(stem(word) for word in words_of("questions", "empty_topics"))
Occurrence = tuple[Statement, list[EvidenceSentence]]  # a statement, and the sentences that it stands in


class Mentions(NamedTuple):
    """A passage of each article that mentions a subject, newest article first; `copies` counts the wire copies that are
    folded under them.
    """

    hits: tuple[Hit, ...]
    copies: int


def subject_of(reading: Interpretation) -> str:
    """What a question is about, without the outlets, days and languages of its scope."""
    subject = reading.shape.subject
    for item in reading.scope.understood:
        if item.kind in ("outlet", "date", "language") and item.applied:
            subject = re.sub(
                rf"(?:{re.escape(item.text)}|{re.escape(PATTERNS.opening_preposition.sub('', item.text))})",
                " ",
                subject,
            )
    return subject.strip(' ?.!,“”"')


def terms_of(subject: str) -> list[str]:
    """The words of a subject that carry meaning, each once."""
    terms = (word for word in words(subject) if word not in STOPWORDS and stem(word) not in _EMPTY)
    return list(dict.fromkeys(terms))


def mentioning(tools: Toolkit, subject: str, filters: Filters) -> Mentions:
    """The articles with a passage that has, with its headline, every word of the subject."""
    terms = terms_of(subject)
    if not terms:
        return Mentions((), 0)
    counts = {term: tools.library.passages.frequency(term) for term in terms}
    rarest = min(terms, key=lambda term: (counts[term], term))
    most = min(_MOST_PASSAGES, counts[rarest])
    stems = {stem(term) for term in terms}
    passages = tools.library.passages.match([rarest], k=most, filters=filters) if most else []
    best: dict[str, tuple[float, Hit]] = {}
    for hit in tools.retriever.hits(passages):
        overlap = stems & set(content_words(hit.text))
        if stems <= overlap | set(content_words(hit.title)):
            weight = len(overlap) - hit.start / (hit.end + 1)
            if hit.article_id not in best or weight > best[hit.article_id][0]:
                best[hit.article_id] = (weight, hit)
    originals = tools.library.articles.originals(best)
    hits = [hit for key, (_, hit) in best.items() if originals.get(key, key) == key or originals[key] not in best]
    hits.sort(key=lambda hit: (-(hit.published or date.min).toordinal(), hit.article_id))
    return Mentions(tuple(hits), len(best) - len(hits))


def mentioned_part(subject: str, tools: Toolkit) -> str:
    """The subject without common words that no article has, if others are left: "the mediation offer" of articles that
    only mediate. A name is never left out.
    """
    absent = {term for term in terms_of(subject) if is_english(term) and not tools.library.passages.frequency(term)} - {
        word.casefold() for word in subject.split() if not word.islower()
    }
    rest = " ".join(word for word in subject.split() if not absent.intersection(words(word)))
    return rest if terms_of(rest) else subject


def nearest_mentions(subject: str, tools: Toolkit, filters: Filters) -> tuple[str, Mentions]:
    """A subject with the articles that mention it. Where no article has all its words, common ones are left out, the
    rarest first, until one has the rest; a subject without a name, or whose names no article has, is left unchanged.
    """
    rest, mentions = subject, mentioning(tools, subject, filters)
    common = [term for term in terms_of(subject) if is_english(term) and term in subject.split()]
    if len(common) == len(terms_of(subject)):
        return subject, mentions
    while common and not mentions.hits:
        rarest = min(common, key=tools.library.passages.frequency)
        common.remove(rarest)
        rest = " ".join(word for word in rest.split() if words(word) != [rarest])
        mentions = mentioning(tools, rest, filters)
    return rest if mentions.hits else subject, mentions


def on_subject(subject: str, hits: Sequence[Hit]) -> list[Hit]:
    """Of passages that mention a subject those of articles that are about it, with all of its words in the headline or
    the opening passage; if there are none, all.
    """
    stems = {stem(term) for term in terms_of(subject)}
    about = [hit for hit in hits if stems <= set(content_words(f"{hit.title}. {'' if hit.start else hit.text}"))]
    return about or list(hits)


def is_ambiguous(tools: Toolkit, subject: str, hits: Sequence[Hit]) -> bool:
    """True for a single common word ("the plan") that articles on different things have."""
    terms = terms_of(subject)
    if len(terms) > 1 or not all(map(is_english, terms)) or len(hits) < _MANY:
        return False
    passages = [f"{hit.title}. {hit.text}" for hit in hits[:_MOST_COMPARISONS]]
    cosines = tools.retriever.likeness(passages[1:], passages[0])
    return cosines is not None and sum(cosine >= _ALIKE for cosine in cosines) < _MAJORITY * len(cosines)


def first_mentions(subject: str, evidence: Evidence) -> list[EvidenceSentence]:
    """Of each article, in the order of the hits, the first sentence with the most words of the subject."""
    stems = {stem(term) for term in terms_of(subject)}
    firsts: list[EvidenceSentence] = []
    by_article = _by_article(evidence)
    for key in dict.fromkeys((hit.article_id, hit.version) for hit in evidence.hits):
        own = by_article.get(key, [])
        firsts += [max(own, key=lambda item: len(stems & set(content_words(item.text))))] if own else []
    return firsts


def statements_about(
    tools: Toolkit, subject: str, filters: Filters, *, newest: int | None = None
) -> tuple[Evidence, list[Occurrence]]:
    """The statements of the whole library on a subject, or of the `newest` articles on it, newest first, each with its
    sentences. These hold a word of the subject, or stand in an article whose headline or opening holds all of them.
    """
    stems = {stem(term) for term in terms_of(subject)}
    hits = _in_one_sense(tools, stems, mentioning(tools, subject, filters).hits[:newest])
    statements = tools.library.statements.find(filters, articles=[hit.article_id for hit in hits])
    evidence = tools.retriever.evidence(hits, statements)
    by_article = _by_article(evidence)
    return evidence, [
        (item, own)
        for item in statements
        if (own := [one for one in by_article.get((item.article_id, item.version), ()) if overlaps(item, one)])
        and _is_about(stems, item, own, evidence)
    ]


def _by_article(evidence: Evidence) -> dict[tuple[str, str], list[EvidenceSentence]]:
    groups: dict[tuple[str, str], list[EvidenceSentence]] = {}
    for item in evidence.sentences:
        groups.setdefault((item.article_id, item.version), []).append(item)
    return groups


def _in_one_sense(tools: Toolkit, stems: set[str], hits: Sequence[Hit]) -> list[Hit]:
    """The passages without those that hold the words in the headline alone and in another sense: unlike all others
    ("Toll rises to seven" among articles on a bridge's toll).
    """
    on_subject = [hit for hit in hits if stems & set(content_words(hit.text))]
    if not on_subject or len(on_subject) == len(hits):
        return list(hits)
    passages = [f"{hit.title}. {hit.text}" for hit in on_subject[:_MOST_COMPARISONS]]

    def is_alike(hit: Hit) -> bool:
        cosines = tools.retriever.likeness(passages, f"{hit.title}. {hit.text}")
        return cosines is None or max(cosines) >= _ALIKE

    return [hit for hit in hits if hit in on_subject or is_alike(hit)]


def _is_about(stems: set[str], item: Statement, own: Sequence[EvidenceSentence], evidence: Evidence) -> bool:
    """True if its sentences hold most of the subject's words, or its context those that they lack: headline and the
    sentence before; where they hold one of the words, the opening as well.
    """
    overlap = stems & {term for one in own for term in content_words(f"{one.text} {item.venue or ''}")}
    if len(overlap) > _MAJORITY * len(stems):
        return True
    article = [one for one in evidence.sentences if one.article_id == item.article_id]
    before = [one for one in article if one.end <= own[0].start][-2:]
    context = [own[0].title, *(one.text for one in before[-1:])]
    if overlap:
        context += [one.text for one in (*before, *article[:2])]
    return stems <= {term for text in context for term in content_words(text)} | overlap
