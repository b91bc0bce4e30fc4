"""What is true at a time: a rate, a price, a number that is asked for as of now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.domain import DraftSentence, Evidence
from rag.knowledge.tables import words_of
from rag.providers.base import log_odds
from rag.question.answer_type import TOTALS, AnswerType
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import best_scores, cited_sentences, report_of
from rag.services.answers.shapes.base import newest_publication
from rag.text.terms import content_words, stem

_MOST_BEHIND = 2.5  # log-odds behind the best sentence of an article, for another level of the same thing
_NOW = frozenset(map(stem, words_of("questions", "as_of_now")))


def asks_level(reading: Interpretation) -> bool:
    """True for a question for a number as of now."""
    value = reading.shape.value
    is_number = value in (*TOTALS, AnswerType.MEASURE, AnswerType.SIZE) or PATTERNS.level.search(reading.question.text)
    return reading.shape.newest_first and bool(is_number)


def with_levels(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, the surest first, without those far behind the best of their article, as they hold the level of
    something else, and with numbers of newer articles in sentences that hold, with their headline, every word of the
    question.
    """
    best = best_scores(evidence.sentences)
    odds = {
        draft.sids: max(log_odds(one.score) for one in sentences)
        for draft in drafts
        if (sentences := cited_sentences(draft, evidence))
    }
    sure = [
        draft
        for draft in drafts
        if odds.get(draft.sids, 0.0)
        >= max((log_odds(best[one.article_id]) for one in cited_sentences(draft, evidence)), default=0.0) - _MOST_BEHIND
    ]
    sure.sort(key=lambda draft: -odds.get(draft.sids, 0.0))
    newest = max((day for draft in sure if (day := newest_publication(draft, evidence))), default=date.max)
    terms = set(content_words(reading.question.text)) - _NOW
    newer = [
        one
        for one in evidence.sentences
        if (one.published or date.min) > newest
        and re.search(r"\d", one.text)
        and terms <= set(content_words(f"{one.title} {one.text}"))
    ]
    newer.sort(key=lambda one: -len(terms & set(content_words(one.text))))
    return [*map(report_of, newer[:1]), *sure]
