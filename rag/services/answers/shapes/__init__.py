"""The shapes of answers: one function for each kind of answer that a question asks for."""

from __future__ import annotations

import threading
from dataclasses import replace

from rag.domain import OutlinePart
from rag.question.answer_type import VALUE_REQUIRED, AnswerType
from rag.question.interpret import Interpretation
from rag.question.kinds import AnswerKind
from rag.services.answers.base import value_name
from rag.services.answers.extractive import draft_record
from rag.services.answers.shapes.arrange import arrange
from rag.services.answers.shapes.base import AnswerDraft, Toolkit
from rag.services.answers.shapes.changes import changes, comparison
from rag.services.answers.shapes.lists import listing
from rag.services.answers.shapes.overview import outline_part, overview
from rag.services.answers.shapes.people import holder_of, said_when, who_is, who_said
from rag.services.answers.shapes.positions import with_acts
from rag.services.answers.shapes.reactions import reactions
from rag.services.answers.shapes.recap import recap
from rag.services.answers.shapes.sides import sides
from rag.services.answers.stated import Assessment

_OF_KIND = {
    AnswerKind.LIST: listing,
    AnswerKind.SIDE: sides,
    AnswerKind.REACTION: reactions,
    AnswerKind.WHO_IS: who_is,
    AnswerKind.WHO_SAID: who_said,
    AnswerKind.SAID_WHEN: said_when,
    AnswerKind.CHANGE: changes,
    AnswerKind.COMPARISON: comparison,
}
_OUTLINE_PARTS: dict[AnswerKind, OutlinePart] = {AnswerKind.TIMELINE: "timeline", AnswerKind.CONFLICTS: "conflicts"}
_CLAIM = "The articles show what was said and reported on this; whether it is true is for you to judge."
_NO_REASON = "The articles do not give a reason."
_NAMEABLE = VALUE_REQUIRED | {AnswerType.REASON, AnswerType.DAY}


def draft_by_kind(reading: Interpretation, tools: Toolkit, cancel: threading.Event) -> AnswerDraft | None:
    """The answer in the shape of its kind; None for kinds whose answer is the sentences that answer best, and if the
    kind yields nothing of its own.
    """
    if reading.last_answer and reading.kind is AnswerKind.OVERVIEW and (answer := recap(reading, tools, cancel)):
        return answer
    if reading.kind is AnswerKind.OVERVIEW:
        return overview(reading, tools, cancel)
    if part := _OUTLINE_PARTS.get(reading.kind):
        return outline_part(part, reading, tools, cancel)
    make = _OF_KIND.get(reading.kind)
    answer = make(reading, tools) if make else None
    if answer is None and reading.kind is AnswerKind.REACTION and not reading.shape.party:
        return overview(reading, tools, cancel)
    if answer is None and reading.kind is AnswerKind.CHANGE and reading.scope.is_dated:
        return overview(reading, tools, cancel)  # "What changed since January?": what is new since
    return answer


def arrange_by_kind(
    reading: Interpretation, tools: Toolkit, assessment: Assessment, cancel: threading.Event
) -> AnswerDraft:
    """The drafts of the built-in engine in the order of the kind and with its marks; no answer if no sentence has a
    value of the kind that the question asks for.
    """
    if assessment.gap is not None:
        if reading.is_bare_why:
            assessment = assessment._replace(gap=_NO_REASON)
        return holder_of(reading, tools) or AnswerDraft(assessment, ())
    drafts = tuple(draft_record(reading.question, assessment.evidence, cancel))
    if reading.kind is AnswerKind.POSITION or (reading.shape.newest_first and reading.question.asks_position):
        assessment, drafts = with_acts(reading, tools, assessment, drafts)
    ordered = arrange(reading, assessment.evidence, drafts)
    if reading.shape.is_claim:
        assessment = assessment._replace(notes=(*assessment.notes, _CLAIM))
    if drafts and not ordered:
        value = value_name(reading.shape.value) if reading.shape.value in _NAMEABLE else "an answer"
        lacks = _NO_REASON if reading.is_bare_why else f"The closest match does not give {value}."
        gap = " ".join([*assessment.notes, lacks])
        evidence = replace(assessment.evidence, positions=())
        return AnswerDraft(assessment._replace(gap=gap, evidence=evidence), ())
    return AnswerDraft(assessment, tuple(ordered))
