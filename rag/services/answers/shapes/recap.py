"""A summary of the last answer: the news of each article that it cites."""

from __future__ import annotations

import re
import threading
from datetime import date

from rag import display
from rag.domain import ArticleSummary
from rag.question.answer_claims import pieces_of
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import report_of
from rag.services.answers.shapes.base import AnswerDraft, Source, Toolkit, answer_from
from rag.services.answers.shapes.overview import full_text
from rag.text.grounding import locate

_PASSAGES = 5
_MOST_LINES = 8  # of the answer whose articles are looked for
_MOST_SENTENCES = 4
_SENTENCE = re.compile(r"\w.*[.!?][”\"’]?$", re.DOTALL)  # not a headline or a line under it


def recap(reading: Interpretation, tools: Toolkit, cancel: threading.Event) -> AnswerDraft | None:
    """The opening of each article that the last answer cites, the oldest first; of few articles also the main points
    of a brief on them. None if its articles are gone.
    """
    articles = cited_articles(reading, tools)
    if not articles:
        return None
    articles = sorted(articles[:_MOST_SENTENCES], key=lambda item: item.published or date.min)
    evidence = full_text(tools, articles)
    sources: list[Source] = []
    for item in articles:
        own = [one for one in evidence.sentences if one.article_id == item.article_id]
        whole = (one for one in own if _SENTENCE.match(one.text) and not PATTERNS.contextual_opening.match(one.text))
        if opening := next(whole, next(iter(own), None)):
            remark = display.day(opening.published) if opening.published else None
            sources.append((report_of(opening, remark=remark), evidence))
    if len(sources) < _MOST_SENTENCES and tools.overview:
        ids = [item.article_id for item in articles]
        texts = [draft.text for draft, _ in sources]
        outline = tools.overview(None, ids, reading.filters, cancel, None)
        more = [one for one in outline if not any(one[0].text in text or text in one[0].text for text in texts)]
        sources += more[: _MOST_SENTENCES - len(sources)]
    return answer_from(sources) if sources else None


def cited_articles(reading: Interpretation, tools: Toolkit) -> list[ArticleSummary]:
    """The articles in which the lines of the last answer stand word for word, in the order of the lines."""
    sources: dict[str, None] = {}
    for line in [line for line in reading.last_answer.splitlines() if line.strip()][:_MOST_LINES]:
        pieces = pieces_of(line)
        hits = tools.retriever.search(pieces[0], k=_PASSAGES, filters=reading.filters) if pieces else []
        keys = {(hit.article_id, hit.version) for hit in hits}
        texts = tools.library.articles.texts(keys)
        sources |= {key: None for (key, _), text in texts.items() if all(locate(piece, text) for piece in pieces)}
    summaries = tools.library.articles.summaries(sources)
    return [summaries[key] for key in sources if key in summaries]
