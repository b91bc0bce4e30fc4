"""The sentences that answer "Why?"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rag.domain import DraftSentence, Evidence
from rag.question.answer_type import AnswerType, spans_of
from rag.question.conversation import actors_in
from rag.question.coverage import missing_names
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.shapes.base import odds_of
from rag.text.terms import content_words

_MOST_REASONS = 3
_AS_SURE = 1.5  # log-odds behind the best of all up to which a sentence is as sure as that one
_CLAUSE_END = re.compile(r"[,;:.!?”\"]")


def reasons(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The surest of the drafts that give a reason. A "Why?" of the turn before, or of a position, needs a word of
    reason; other questions are also answered by what is as sure, or where no draft has such a word.
    """
    if reading.is_bare_why:
        drafts = [draft for draft in drafts if _gives_reason(draft, reading)]
    return _surest(drafts, evidence, strictly=reading.question.asks_position or reading.is_bare_why)


def _surest(drafts: Sequence[DraftSentence], evidence: Evidence, *, strictly: bool) -> list[DraftSentence]:
    """The surest of those that have a word of reason, and of those without one that are as sure as the best; where none
    has such a word, of all, or `strictly` none.
    """
    with_reason = [
        draft
        for draft in drafts
        if spans_of(AnswerType.REASON, draft.text) or (strictly and PATTERNS.ground.search(draft.text))
    ]
    if strictly:
        return with_reason
    least = max((odds_of(draft, evidence) for draft in drafts), default=0.0) - _AS_SURE if with_reason else -math.inf
    candidates = [draft for draft in drafts if draft in with_reason or odds_of(draft, evidence) >= least]
    surest = sorted(candidates, key=lambda draft: -odds_of(draft, evidence))[:_MOST_REASONS]
    return [draft for draft in candidates if draft in surest]


def _gives_reason(draft: DraftSentence, reading: Interpretation) -> bool:
    """True for a sentence with a reason for what is asked: by or of whom the question names, and not one that makes the
    thing asked about the reason of something else ("jobs will go because of the bridge").
    """
    item = draft.statement
    of_whom = " ".join(filter(None, (item.speaker, item.on_behalf_of))) if item else ""
    names = [name for name in reading.question.names if name in actors_in(reading.question.text)]
    if missing_names(names, f"{of_whom} {draft.text}"):
        return False
    if names and not missing_names(names, of_whom):
        return True
    if PATTERNS.ground.search(draft.text):
        return True
    terms = set(content_words(reading.question.text))
    clauses = [_CLAUSE_END.split(draft.text[span.end :])[0] for span in spans_of(AnswerType.REASON, draft.text)]
    return any(not own or own - terms for own in (set(content_words(clause)) for clause in clauses))
