"""The shapes of answers: one function for each kind of answer that a question asks for."""

from __future__ import annotations

import threading
from dataclasses import replace

from rag.question.interpret import Interpretation
from rag.question.kinds import AnswerKind
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.shapes.arrange import arranged
from rag.services.answers.shapes.base import Shaped, Workbench
from rag.services.answers.shapes.changes import changed, compared
from rag.services.answers.shapes.lists import listed, sides
from rag.services.answers.shapes.overview import overview
from rag.services.answers.shapes.people import holder_of, said_when, who_is, who_said
from rag.services.answers.shapes.positions import with_acts
from rag.services.answers.stated import Gathered

_OF_KIND = {
    AnswerKind.LIST: listed,
    AnswerKind.SIDE: sides,
    AnswerKind.WHO_IS: who_is,
    AnswerKind.WHO_SAID: who_said,
    AnswerKind.SAID_WHEN: said_when,
    AnswerKind.CHANGE: changed,
    AnswerKind.COMPARISON: compared,
}
_CLAIM = "The articles show what was said and reported on this; whether it is true is for you to judge."
_VALUES = {
    "reason": "reason",
    "day": "day",
    "count": "number",
    "money": "sum of money",
    "share": "share",
    "amount": "amount",
    "age": "age",
    "measure": "measure",
    "country": "country",
    "name": "name",
}


def shaped_by_kind(read: Interpretation, bench: Workbench, cancel: threading.Event) -> Shaped | None:
    """The answer in the shape of its kind; None for kinds that are answered by the sentences which answer best, and
    where the kind has nothing of its own to say."""
    if read.kind is AnswerKind.OVERVIEW:
        return overview(read, bench, cancel)
    make = _OF_KIND.get(read.kind)
    shaped = make(read, bench) if make else None
    if shaped is None and read.kind is AnswerKind.CHANGE and read.scope.is_dated:
        return overview(read, bench, cancel)  # "What changed since January?": what is new since
    return shaped


def arranged_by_kind(read: Interpretation, bench: Workbench, gathered: Gathered, cancel: threading.Event) -> Shaped:
    """What was gathered, drafted and put in the order and under the marks of the kind; declined where no sentence has a
    value of the kind that is asked for."""
    if gathered.gap is not None:
        return holder_of(read, bench) or Shaped(gathered, ())
    engine = BuiltinEngine()
    drafts = tuple(
        item for item in engine.draft(read.question, gathered.evidence, cancel) if not hasattr(item, "cost_usd")
    )
    if read.kind is AnswerKind.POSITION or (read.shape.newest_first and read.question.asks_position):
        gathered, drafts = with_acts(read, bench, gathered, drafts)
    kept = arranged(read, gathered.evidence, drafts)
    if read.shape.is_claim:
        gathered = gathered._replace(notes=(*gathered.notes, _CLAIM))
    if drafts and not kept:
        missing = f"What comes nearest gives no {_VALUES.get(read.shape.value, 'answer')}."
        return Shaped(replace_gap(gathered, missing), ())
    return Shaped(gathered, tuple(kept))


def replace_gap(gathered: Gathered, missing: str) -> Gathered:
    """What was gathered, as not answering."""
    return gathered._replace(
        gap=" ".join([*gathered.notes, missing]), evidence=replace(gathered.evidence, positions=())
    )
