"""Lists that an article counts off: demands, conditions, reasons ("First, ... Second, ...")."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain import DraftSentence, Evidence
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import cited_sentences, report_of

_FEWEST = 2  # points of a list
_WITHIN = 4  # sentences behind one that answers, in which its list begins


def with_points(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts; if the question asks for a list and an article counts one off right behind a sentence that answers,
    that list behind its sentence and nothing else.
    """
    if not PATTERNS.asks_list.search(reading.question.text):
        return list(drafts)
    for draft in drafts:
        for one in cited_sentences(draft, evidence):
            article = [other for other in evidence.sentences if other.article_id == one.article_id]
            at = article.index(one)
            near = [n for n in range(at, min(at + _WITHIN, len(article))) if PATTERNS.point.match(article[n].text)]
            points = [other for other in article[near[0] :] if PATTERNS.point.match(other.text)] if near else []
            if len(points) >= _FEWEST:
                return [*([] if one in points else [draft]), *map(report_of, points)]
    return list(drafts)
