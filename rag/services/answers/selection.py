"""Which sentences make an answer: as many as are likely to belong to it, not a fixed number.

Judged sentences (`relevance`) are taken by their own scores alone. Without a judge, each of the best candidates gets a
probability that a reader would pick it, and of all choices the one with the highest expected F1 is taken. Its weights
are a logistic regression on half of the development questions (those whose id hashes to an even number); what it gives
on the other half stands in `docs/figures.md`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rag.domain import EvidenceSentence
from rag.knowledge.words import MONTH_PATTERN, QUANTITIES
from rag.services.answers.relevance import log_odds
from rag.text.terms import content_words, words

# Of judged sentences, in log-odds. On the development questions of one half, ANSWERS keeps 96 % of those that can be
# answered and declines 62 % of those that can't from a passage on the same thing; of the other half 93 and 70 %.
ANSWERS = 1.5  # below it the best sentence of an article does not answer
_BESIDE = 0.5  # the same for a further sentence of an article that answers
_BEHIND, _FAR = 4.5, 9.0  # what is so far behind the best of all, or of its article, adds nothing that was asked for

_CANDIDATES = 8
_MOST = 5

_BASE = -3.34
_NEAR = 1.67  # its score as a share of the best one's
_RANK = 0.82  # by the inverse of its place
_KIND = 0.71  # it has what the question word asks for
_OWN = 0.74  # share of the question's words, those of the headline apart: these go for every sentence
_FEW = 1.55  # by the inverse of the number of candidates
_LEAD = 0.42  # it opens its article
_LENGTH = 0.34  # by the logarithm of its words

_NUMBER = rf"\d|\b(?:{'|'.join(sorted(QUANTITIES - {'one', 'half', 'third', 'quarter', 'twice'}))})\b"
# A question word, and what a sentence that answers it has.
_ASKED_FOR = (
    (
        r"\bwhen\b|\b(?:what|which) (?:year|date|day|month)\b|\bhow (?:old|long)\b",
        rf"\b1[5-9]\d\d\b|\b20\d\d\b|\b(?:{MONTH_PATTERN})\b",
    ),
    (r"\bhow (?:many|much|far|tall|big|large|high)\b", _NUMBER),
    (r"\bwhere\b", r"\b(?:in|at|near|on|from)\s+(?:the\s+)?(?-i:[A-Z])"),
    (r"\bwhy\b", r"\b(?:because|due to|in order|result|reasons?|causes?d?)\b"),
)
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=\s)[A-Z]\w+")


def answering(sentences: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Of judged sentences those that answer, at most five: articles whose best sentence is sure enough by itself and
    not far behind the best of all, and in them what the judge rather takes for an answer, too. Articles by their best
    sentence, inside them in the order given. None where none answers.
    """
    best: dict[str, float] = {}
    for item in sentences:
        best[item.article_id] = max(log_odds(item.score), best.get(item.article_id, -math.inf))
    most = max(best.values(), default=-math.inf)
    sure = {key: value for key, value in best.items() if value >= max(ANSWERS, most - _BEHIND)}
    near = [
        item
        for item in sentences
        if item.article_id in sure and log_odds(item.score) >= max(_BESIDE, sure[item.article_id] - _FAR)
    ]
    kept = {item.sid for item in sorted(near, key=lambda item: -item.score)[:_MOST]}
    articles = sorted(sure, key=lambda key: -sure[key])
    return sorted((item for item in near if item.sid in kept), key=lambda item: articles.index(item.article_id))


def select_sentences(question: str, sentences: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences that answer, at least one and at most five, in the order given. Of none: none."""
    ranked = sorted(sentences, key=lambda item: (-item.score, item.sid))[:_CANDIDATES]
    if not ranked:
        return []
    chances = sorted(
        ((_likely(question, item, at, ranked), item) for at, item in enumerate(ranked)), key=lambda pair: -pair[0]
    )
    expected = sum(chance for chance, _ in chances)
    sums = [sum(chance for chance, _ in chances[:size]) for size in range(1, min(_MOST, len(chances)) + 1)]
    size = max(range(len(sums)), key=lambda at: sums[at] / (at + 1 + expected)) + 1
    kept = {item.sid for _, item in chances[:size]}
    return [item for item in sentences if item.sid in kept]


def _likely(question: str, item: EvidenceSentence, at: int, ranked: Sequence[EvidenceSentence]) -> float:
    terms = set(content_words(question))
    own = terms - set(content_words(item.title)) or terms
    held = len(own & set(content_words(item.text))) / len(own) if own else 0.0
    weight = (
        _BASE
        + _NEAR * (item.score / ranked[0].score if ranked[0].score > 0 else 1.0)
        + _RANK / (1 + at)
        + _KIND * _fits(question, item.text)
        + _OWN * held
        + _FEW / len(ranked)
        + _LEAD * (item.start == 0)
        + _LENGTH * math.log(1 + len(item.text.split()))
    )
    return 1 / (1 + math.exp(-weight))


def _fits(question: str, text: str) -> bool:
    """True if the sentence has a date, a number, a place, a reason or two new names where the question asks for one."""
    for asks, has in _ASKED_FOR:
        if re.search(asks, question, re.IGNORECASE):
            return bool(re.search(has, text, re.IGNORECASE))
    if _WHO.search(question):
        known = set(words(question))
        return len([name for name in _CAPITAL.findall(text) if not set(words(name)) <= known]) > 1
    return False
