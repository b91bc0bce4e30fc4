"""What every shape of an answer is made with, and of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from rag.display import long_day
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Filters, Statement
from rag.question.intent import Question
from rag.retrieval.search import Retriever
from rag.services.answers.stated import Gathered, StatementFinder
from rag.stores.library import Library

# Makes a short brief of articles (ids), on a topic or None: its sentences, each with what it was drafted from.
Overview = Callable[[str | None, Sequence[str], Filters, threading.Event], Sequence[tuple[DraftSentence, Evidence]]]


class Shaped(NamedTuple):
    """What was gathered for a question, and the sentences of its answer in order."""

    gathered: Gathered
    drafts: tuple[DraftSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The parts that shapes are made with. `judged` scores the sentences of some evidence by how well they answer; it
    gives None without a judge. `overview` may be None.
    """

    library: Library
    retriever: Retriever
    stated: StatementFinder
    judged: Callable[[Question, Evidence], Evidence | None]
    overview: Overview | None = None


def day_of(draft: DraftSentence, evidence: Evidence) -> date | None:
    """The day of what a draft tells: of its statement where that is known, else of the newest article that it cites."""
    if draft.statement and draft.statement.said_on:
        return draft.statement.said_on
    days = [item.published for item in cited(draft, evidence) if item.published]
    return max(days, default=None)


def cited(draft: DraftSentence, evidence: Evidence) -> list[EvidenceSentence]:
    """The sentences that a draft rests on, in its order."""
    known = {item.sid: item for item in evidence.sentences}
    return [known[sid] for sid in draft.sids if sid in known]


def moved(draft: DraftSentence, evidence: Evidence, whole: Evidence) -> DraftSentence:
    """A draft over some evidence with the ids that its sentences have in the whole."""
    places = {(one.article_id, one.version, one.start, one.end): one.sid for one in whole.sentences}
    sids = (places[one.article_id, one.version, one.start, one.end] for one in cited(draft, evidence))
    return replace(draft, sids=tuple(sids))


def stands_in(item: Statement, sentence: EvidenceSentence) -> bool:
    """True if a piece of the statement's content lies in the sentence."""
    same = (item.article_id, item.version) == (sentence.article_id, sentence.version)
    return same and any(part.span.touches(sentence.span) for part in item.content)


def written(day: date) -> str:
    """A day for a reader: 7 March 2024, or March 2024 where no day is known."""
    return long_day(day)
