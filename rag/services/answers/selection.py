"""Which sentences make an answer: as many as probably belong to it, not a fixed number.

Judged sentences (`relevance`) are selected by their own scores alone. Without a judge, each of the best candidates
gets a probability that a reader would pick it, and the choice with the highest expected F1 wins. The weights are a
logistic regression on half of the development questions (those whose id hashes to an even number); the figures on the
other half are in `docs/figures.md`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.domain import Evidence, EvidenceSentence
from rag.knowledge.tables import expand, table
from rag.knowledge.words import MONTH_PATTERN, QUANTITIES
from rag.providers.base import log_odds, score_of
from rag.question.answer_type import TOTALS, AnswerType, answer_type
from rag.question.coverage import missing_names
from rag.question.interpret import Interpretation
from rag.question.kinds import asks_several
from rag.question.requirements import requirements
from rag.services.answers.base import best_scores
from rag.text.terms import content_words, words

# Of judged sentences, in log-odds.
ANSWERS = 0.0  # below it the best sentence of an article does not answer
_BEHIND_ALL = 4.5  # so far behind the best of all, an article adds nothing to the answer
_NEWS = -3.0  # from which on a later state or total with the value asked for replaces an earlier one
NEWS_SCORE = score_of(_NEWS + 0.1)
_WITHIN = 0.1  # log-odds within that distance

_MOST_CANDIDATES = 8
_MOST = 5

# The weights of the regression.
_INTERCEPT = -3.34
_RELATIVE_SCORE = 1.67  # by the share of the best score
_RANK = 0.82  # by the inverse of the rank
_TYPE = 0.71  # of a sentence with what the question word asks for
_COVERAGE = 0.74  # by the share of the question's words, those of the headline apart: these go for every sentence
_SCARCITY = 1.55  # by the inverse of the number of candidates
_OPENING = 0.42  # of a sentence that opens its article
_LENGTH = 0.34  # by the logarithm of the number of words

_EXACT_QUANTITIES = "|".join(sorted(QUANTITIES - {"one", "half", "third", "quarter", "twice"}))
_EXPECTED = tuple(
    tuple(
        re.compile(expand("questions", side, months=MONTH_PATTERN, quantities=_EXACT_QUANTITIES), re.IGNORECASE)
        for side in row
    )
    for row in table("questions")["expected"]
)
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=\s)[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Breadth:
    """How far behind the best sentence of its article another one still belongs to the answer, the least log-odds that
    it needs, and the most sentences of an article."""

    behind: float
    least: float
    most: int


# Chosen on half of the plain questions and on clapnq, whose answers are longer, so that neither cites worse.
NARROW = Breadth(4.0, -1.0, 3)  # one value or person is asked for
_VERDICT = Breadth(4.0, 0.0, 3)  # whether something is so: a denial counts beside an assertion
_OPEN = Breadth(9.0, -4.0, 2)  # an account or reasons
_SEVERAL = Breadth(7.0, 0.0, 5)  # several things, each with an answer of its own
_BREADTHS = {AnswerType.OPEN: _OPEN, AnswerType.REASON: _OPEN, AnswerType.YES_NO: _VERDICT}


def breadth_of(question: str) -> Breadth:
    """The breadth of the answer that a question asks for."""
    if asks_several(question):
        return _SEVERAL
    return _BREADTHS.get(answer_type(question), NARROW)


def answering(sentences: Sequence[EvidenceSentence], breadth: Breadth = NARROW) -> list[EvidenceSentence]:
    """Of judged sentences those that answer, at most five: in articles whose best sentence answers by itself and is not
    far behind the best of all, also those that probably do. Articles by their best sentence, which comes first; then
    the others of the article in its order. Empty if none answers.
    """
    best = {key: log_odds(score) for key, score in best_scores(sentences).items()}
    most = max(best.values(), default=-math.inf)
    sure = {key: value for key, value in best.items() if value >= max(ANSWERS, most - _BEHIND_ALL)}
    near = [
        item
        for item in sentences
        if (top := sure.get(item.article_id)) is not None
        and log_odds(item.score) >= min(top, max(breadth.least, top - breadth.behind))
    ]
    ranks = Counter[str]()
    selection: list[str] = []
    for item in sorted(near, key=lambda item: -item.score):
        ranks[item.article_id] += 1
        if ranks[item.article_id] <= breadth.most and len(selection) < _MOST:
            selection.append(item.sid)
    articles = sorted(sure, key=lambda key: -sure[key])

    def place(item: EvidenceSentence) -> tuple[int, bool]:
        return articles.index(item.article_id), log_odds(item.score) < sure[item.article_id]

    return sorted((item for item in near if item.sid in selection), key=place)


def with_news(evidence: Evidence, reading: Interpretation, sequel: Collection[str] = ()) -> Evidence:
    """The evidence with the answers of later articles as near to the best one as it takes to belong with it, where a
    later state or total replaces an earlier one: "14 are in hospital" holds fewer of the question's words than the
    report of the day before. Those of a `sequel` (ids) need not have its names.
    """
    needs, is_total = requirements(reading.question), reading.shape.value in TOTALS
    if not (is_total or reading.shape.newest_first):
        return evidence
    best = max(evidence.sentences, key=lambda item: item.score, default=None)
    if best is None or best.published is None or log_odds(best.score) < ANSWERS:
        return evidence
    least = log_odds(best.score) - _BEHIND_ALL
    day = best.published

    def is_news(item: EvidenceSentence) -> bool:
        if item.published is None or item.published <= day or not _NEWS <= log_odds(item.score) < least:
            return False
        if item.sid in sequel:
            return True
        if needs.mismatch(item.text, item.published) > 0:
            return False
        if is_total:
            return needs.has_value(reading.question.text, item.text)
        return not missing_names(needs.names, item.text)

    score = score_of(least + _WITHIN)
    return replace(
        evidence,
        sentences=tuple(replace(item, score=score) if is_news(item) else item for item in evidence.sentences),
    )


def select_sentences(question: str, sentences: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentences that answer, at least one and at most five, in the order of the argument; empty for none."""
    ranked = sorted(sentences, key=lambda item: (-item.score, item.sid))[:_MOST_CANDIDATES]
    if not ranked:
        return []
    likely = sorted(
        ((_probability(question, item, at, ranked), item) for at, item in enumerate(ranked)), key=lambda pair: -pair[0]
    )
    expectation = sum(probability for probability, _ in likely)
    sums = [sum(probability for probability, _ in likely[:size]) for size in range(1, min(_MOST, len(likely)) + 1)]
    size = max(range(len(sums)), key=lambda at: sums[at] / (at + 1 + expectation)) + 1
    selection = {item.sid for _, item in likely[:size]}
    return [item for item in sentences if item.sid in selection]


def _probability(question: str, item: EvidenceSentence, at: int, ranked: Sequence[EvidenceSentence]) -> float:
    terms = set(content_words(question))
    own = terms - set(content_words(item.title)) or terms
    coverage = len(own & set(content_words(item.text))) / len(own) if own else 0.0
    logit = (
        _INTERCEPT
        + _RELATIVE_SCORE * (item.score / ranked[0].score if ranked[0].score > 0 else 1.0)
        + _RANK / (1 + at)
        + _TYPE * _has_expected(question, item.text)
        + _COVERAGE * coverage
        + _SCARCITY / len(ranked)
        + _OPENING * (item.start == 0)
        + _LENGTH * math.log(1 + len(item.text.split()))
    )
    return score_of(logit)


def _has_expected(question: str, text: str) -> bool:
    """True if the sentence has the date, number, place, reason or two new names that the question asks for."""
    for asks, has in _EXPECTED:
        if asks.search(question):
            return bool(has.search(text))
    if _WHO.search(question):
        terms = set(words(question))
        return len([name for name in _CAPITAL.findall(text) if not set(words(name)) <= terms]) > 1
    return False
