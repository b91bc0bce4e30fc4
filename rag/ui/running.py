"""Running answers, briefings and checks of drafts, as tasks of `Jobs`.

Finished ones are in the library; this module has only what is running in this process, or what failed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.display import plural
from rag.domain import (
    Answer,
    AskEvent,
    DraftCheck,
    DraftProgress,
    Filters,
    Phase,
    TurnState,
    answer_text,
)
from rag.errors import OnRecordError, StoreError
from rag.jobs import Job, Jobs, new_job_id
from rag.newsroom import Newsroom
from rag.ui import answer_views

_MOST_AWAITED = 40  # articles whose statements an answer waits for; more would keep the reader waiting
_LONGEST_WAIT = 20.0  # seconds for those statements
_GRACE = 0.7  # seconds for a cancelled briefing to finish with what it has
_STATES: dict[str, TurnState] = {"done": "answered", "stopped": "stopped", "failed": "failed"}
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RunningAnswer:
    """A running answer. `number` is that of its turn, `stored` is set once the library has its final state."""

    number: int | None
    question: str
    job: Job[AskEvent]
    stored: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """True until the library has its final state."""
        return not self.stored.is_set()


def start_answer(
    room: Newsroom,
    jobs: Jobs,
    chat_id: str,
    question: str,
    filters: Filters,
    *,
    number: int | None = None,
    builtin: bool = False,
    ignore: Sequence[str] = (),
) -> None:
    """Store the question and start to answer it; does nothing while another answer of the conversation is running. It
    is stored in the library as it ends. `number` repeats a stored turn; `ignore` drops filters derived from the
    question. Raises StoreError.
    """

    def work(cancel: threading.Event) -> Iterator[AskEvent]:
        history = room.history(chat_id, before=answer.number)
        yield from _await_statements(room, cancel)
        yield from room.ask_stream(
            question, filters=filters, cancel=cancel, builtin=builtin, ignore=ignore, history=history
        )

    def store(job: Job[AskEvent]) -> None:
        try:
            room.keep_turn(
                chat_id,
                question,
                filters=filters,
                number=answer.number,
                state=_STATES[job.state],
                answer=partial_answer(question, job.events),
                error=str(job.error) if job.error else None,
            )
        except OnRecordError:
            _log.exception("an answer could not be kept")
        finally:
            jobs.drop(RunningAnswer, chat_id)
            answer.stored.set()

    answer = RunningAnswer(number=number, question=question, job=Job(work, store))
    if not jobs.register(chat_id, answer):
        return
    try:
        answer.number = room.keep_turn(chat_id, question, filters=filters, number=number)
    except StoreError:
        jobs.drop(RunningAnswer, chat_id)
        raise
    jobs.start(answer.job)


def _await_statements(room: Newsroom, cancel: threading.Event) -> Iterator[AskEvent]:
    """Wait for the statements of a few new articles: without them an answer would say that they have none."""
    until = time.monotonic() + _LONGEST_WAIT
    while (pending := room.pending().get("statements", 0)) and not room.why_pending():
        if pending > _MOST_AWAITED or cancel.is_set() or time.monotonic() > until:
            return
        yield Phase(name="reading", detail=plural(pending, "new article"))
        room.wait(1.0)


def partial_answer(question: str, events: tuple[AskEvent, ...]) -> Answer | None:
    """The finished answer, or the part that was shown; None if nothing was."""
    state = answer_views.progress(events)
    if state.answer or not (state.sentences or state.withheld):
        return state.answer
    engine = next((item.detail for item in events if isinstance(item, Phase) and item.name == "writing"), "")
    return Answer(
        question=question,
        abstained=False,
        support=0.0,
        engine=engine,
        answer=answer_text(state.sentences),
        sentences=state.sentences,
        citations=state.citations,
        withheld=state.withheld,
    )


@dataclass(slots=True, kw_only=True)
class DraftJob:
    """The running check of a draft of `day`."""

    job_id: str
    text: str
    day: date
    job: Job[DraftProgress | DraftCheck]

    @property
    def running(self) -> bool:
        """True until the check has ended."""
        return self.job.running


def start_check(room: Newsroom, jobs: Jobs, text: str, day: date) -> DraftJob:
    """Start the check of a draft."""

    def work(cancel: threading.Event) -> Iterator[DraftProgress | DraftCheck]:
        return room.check_stream(text, day=day, cancel=cancel)

    draft_job = DraftJob(job_id=new_job_id(), text=text, day=day, job=Job(work))
    jobs.register(draft_job.job_id, draft_job)
    jobs.start(draft_job.job)
    return draft_job
