"""What every shape of an answer is built with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from rag.domain import DraftSentence, Evidence, Filters, OutlinePart
from rag.providers.base import log_odds
from rag.question.compound import merge_evidence
from rag.question.intent import Question
from rag.retrieval.search import Retriever
from rag.services.answers.base import cited_sentences
from rag.services.answers.stated import Assessment, StatementFinder
from rag.stores.library import Library

Source = tuple[DraftSentence, Evidence]  # a draft and the evidence whose ids it cites
# Makes a short brief of articles (ids), on a topic or None, or one part of it.
Overview = Callable[[str | None, Sequence[str], Filters, threading.Event, OutlinePart | None], Sequence[Source]]


class AnswerDraft(NamedTuple):
    """The evidence for a question, as assessed, and the sentences of its answer in order."""

    assessment: Assessment
    drafts: tuple[DraftSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolkit:
    """The parts that shapes are built with. `judge` scores the sentences of some evidence by how well they answer; it
    returns None if no judge is available. `overview` may be None.
    """

    library: Library
    retriever: Retriever
    finder: StatementFinder
    judge: Callable[[Question, Evidence], Evidence | None]
    overview: Overview | None = None


def day_of(draft: DraftSentence, evidence: Evidence) -> date | None:
    """The day of a draft: that of its statement if known, else that of the newest article that it cites."""
    if draft.statement and draft.statement.said_on:
        return draft.statement.said_on
    return newest_publication(draft, evidence)


def newest_publication(draft: DraftSentence, evidence: Evidence) -> date | None:
    """The day on which the newest article that a draft cites was published."""
    return max((item.published for item in cited_sentences(draft, evidence) if item.published), default=None)


def rebase(draft: DraftSentence, evidence: Evidence, union: Evidence) -> DraftSentence:
    """A draft over some evidence with the ids that its sentences have in the merged evidence."""
    places = {(one.article_id, one.version, one.start, one.end): one.sid for one in union.sentences}
    sids = (places[one.article_id, one.version, one.start, one.end] for one in cited_sentences(draft, evidence))
    return replace(draft, sids=tuple(sids))


def answer_from(sources: Sequence[Source], notes: tuple[str, ...] = ()) -> AnswerDraft:
    """Drafts over several pieces of evidence as one answer over the merged evidence."""
    union = merge_evidence(list({id(evidence): evidence for _, evidence in sources}.values()))
    drafts = tuple(rebase(draft, evidence, union) for draft, evidence in sources)
    return answer_over(union, drafts, notes)


def answer_over(evidence: Evidence, drafts: Sequence[DraftSentence], notes: tuple[str, ...] = ()) -> AnswerDraft:
    """An answer that its evidence fully supports."""
    return AnswerDraft(Assessment(evidence, 1.0, None, notes), tuple(drafts))


def no_answer(evidence: Evidence, gap: str) -> AnswerDraft:
    """An answer that only says what is missing."""
    return AnswerDraft(Assessment(evidence, 0.0, gap), ())


def odds_of(draft: DraftSentence, evidence: Evidence) -> float:
    """The log-odds of the best sentence that a draft cites."""
    return max((log_odds(one.score) for one in cited_sentences(draft, evidence)), default=0.0)
